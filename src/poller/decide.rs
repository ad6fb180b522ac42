//! From the items of a document to what is committed: which are new, what the watches make of them, which alerts that
//! raises.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::{Shared, lock};
use crate::model::{
    Alert, AlertId, AlertKind, Decision, Feed, FeedState, Item, ItemKeys, Knowledge, Lead, MAX_MEMBERS, Match, Member,
    Outcome, Record, Seen, StoryId, Suppression,
};
use crate::parse;
use crate::store::{PollCommit, Raise};

/// A feed's first poll raises at most so many alerts a watch one by one; more become one summary.
pub const FIRST_RUN_ALERTS: usize = 5;

/// What a document comes to.
pub(super) struct Decided {
    pub(super) records: Vec<Record>,
    raise: Vec<Raise>,
    seen: Option<Seen>,
}

impl Decided {
    pub(super) fn into_commit(self, state: FeedState) -> PollCommit {
        PollCommit { state, seen: self.seen, records: self.records, raise: self.raise }
    }
}

/// Decides the items that are not known, oldest first, so that the first report of a story is the one that opens it.
pub(super) fn decide(
    shared: &Shared,
    feed: &Feed,
    first_run: bool,
    items: Vec<(Item, ItemKeys)>,
    seen: &Seen,
    now: Timestamp,
) -> Decided {
    let today = u32::try_from(now.as_second() / 86_400).unwrap_or(0);
    let keys: Vec<ItemKeys> = items.iter().map(|(_, keys)| *keys).collect();
    let after = seen.after_reading(&keys, today);
    let mut records: Vec<Record> = items
        .into_iter()
        .rev()
        .filter_map(|(item, keys)| unknown(feed, item, &keys, seen))
        .map(|item| record(shared, item, first_run, now))
        .collect();
    let raise = alerts(shared, feed, first_run, &mut records, now);
    Decided { records, raise, seen: (after != *seen).then_some(after) }
}

/// The item if it is new or says something new; under an id of its own if it wears another item's GUID or URL.
fn unknown(feed: &Feed, mut item: Item, keys: &ItemKeys, seen: &Seen) -> Option<Item> {
    match seen.knowledge(keys) {
        Knowledge::Unchanged => return None,
        Knowledge::New | Knowledge::Edited => {}
        Knowledge::Reused => item.id = parse::id_by_fingerprint(feed.id, keys),
    }
    Some(item)
}

fn record(shared: &Shared, item: Item, first_run: bool, now: Timestamp) -> Record {
    let lookback = SignedDuration::try_from(shared.options.lookback).unwrap_or(SignedDuration::MAX);
    let oldest = now.checked_sub(lookback).unwrap_or(Timestamp::MIN);
    let baseline = first_run && item.date().is_none_or(|date| date < oldest);
    let matches = shared.parts.matcher.match_item(&item);
    let story = lock(&shared.stories).assign(&item, now);
    let decisions = matches.into_iter().map(|matched| {
        let outcome = if !matched.alerts() {
            Outcome::Suppressed(Suppression::BelowThreshold)
        } else if baseline {
            Outcome::Suppressed(Suppression::FirstRun)
        } else {
            Outcome::Alerted(AlertId::new(story, &matched.watch, AlertKind::News.name(), 0))
        };
        Decision { matched, outcome }
    });
    let decisions = decisions.collect();
    Record { seen: now, item, story, decisions }
}

/// The alerts that the records propose; on a feed's first run, a summary for each watch that would raise many.
fn alerts(shared: &Shared, feed: &Feed, first_run: bool, records: &mut [Record], now: Timestamp) -> Vec<Raise> {
    let mut by_watch: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    let mut proposed = HashSet::new();
    for (r, record) in records.iter().enumerate() {
        for (d, decision) in record.decisions.iter().enumerate() {
            if let Outcome::Alerted(alert) = decision.outcome
                && proposed.insert(alert)
            {
                by_watch.entry(decision.matched.watch.clone()).or_default().push((r, d));
            }
        }
    }
    let mut raise = Vec::new();
    for (watch, places) in by_watch {
        if first_run && places.len() > FIRST_RUN_ALERTS {
            let alert = summary(feed, &watch, &places, records, now);
            for record in records.iter_mut() {
                for decision in record.decisions.iter_mut().filter(|decision| decision.matched.watch == watch) {
                    if let Outcome::Alerted(_) = decision.outcome {
                        decision.outcome = Outcome::Suppressed(Suppression::Summarised(alert.id));
                    }
                }
            }
            raise.push(addressed(shared, &watch, alert, now));
        } else {
            for (r, d) in places {
                let record = &records[r];
                let alert = news(&record.item, record.story, &record.decisions[d].matched, now);
                raise.push(addressed(shared, &watch, alert, now));
            }
        }
    }
    raise
}

fn news(item: &Item, story: StoryId, matched: &Match, now: Timestamp) -> Alert {
    let lead = Lead::of(item);
    Alert {
        id: AlertId::new(story, &matched.watch, AlertKind::News.name(), 0),
        kind: AlertKind::News,
        watch: matched.watch.clone(),
        raised: now,
        story: Some(story),
        headline: headline(&lead),
        lead: Some(lead),
        matched: Some(matched.clone()),
        members: Vec::new(),
        member_count: 1,
        text: String::new(),
    }
}

/// The title; an untitled item (a note, a post) speaks for itself.
fn headline(lead: &Lead) -> String {
    if !lead.title.is_empty() {
        lead.title.clone()
    } else if !lead.summary.is_empty() {
        lead.summary.chars().take(120).collect()
    } else {
        lead.link.clone().unwrap_or_else(|| "(an item without a text)".to_owned())
    }
}

fn summary(feed: &Feed, watch: &str, places: &[(usize, usize)], records: &[Record], now: Timestamp) -> Alert {
    let members = places.iter().rev().take(MAX_MEMBERS).map(|(r, d)| {
        let record = &records[*r];
        Member::of(&record.item, record.decisions[*d].matched.score)
    });
    let story = records[places[0].0].story;
    // Another feed's first poll may find the same story at the bottom of its own pile.
    let kind = format!("{} of {}", AlertKind::Summary, feed.id);
    Alert {
        id: AlertId::new(story, watch, &kind, 0),
        kind: AlertKind::Summary,
        watch: watch.to_owned(),
        raised: now,
        story: Some(story),
        headline: format!("“{}” already holds {} items for this watch", feed.name, places.len()),
        lead: None,
        matched: None,
        members: members.collect(),
        member_count: places.len(),
        text: "This is the feed's first poll. From now on each new item alerts by itself.".to_owned(),
    }
}

fn addressed(shared: &Shared, watch: &str, alert: Alert, now: Timestamp) -> Raise {
    let watch = shared.parts.matcher.watches().iter().find(|known| known.name == watch);
    let deliveries = watch.map(|watch| shared.deliveries(&watch.targets, &alert, now)).unwrap_or_default();
    Raise { alert, deliveries }
}
