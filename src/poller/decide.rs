//! From the items of a document to what can be decided without looking at other feeds: which are new, and what the watches
//! make of them.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::{Shared, lock};
use crate::model::{Arrival, Edits, Feed, Item, ItemId, ItemKeys, MAX_TOLD, Match, Seen, SeenItem};
use crate::recognise::{Knowledge, Recognised, other_id, recognise};
use crate::schedule;
use crate::story::Facts;

/// A document, read.
pub(super) struct Reading {
    /// What is new or says something new, oldest first, so that the first report of a story is the one that opens it.
    pub(super) fresh: Vec<Fresh>,
    /// The seen items from now on, where they changed.
    pub(super) seen: Option<Seen>,
    /// All that the document shows, in its order.
    pub(super) shown: Vec<Shown>,
    /// How many of these are known under other keys.
    pub(super) moved: usize,
    /// How what is new in it came in.
    pub(super) arrival: Arrival,
    /// Whether it is only a part of what the feed shows.
    pub(super) partial: bool,
}

impl Reading {
    /// What it brought that tells of the feed's rhythm.
    pub(super) fn brought(&self) -> schedule::Shown {
        let new = || self.fresh.iter().filter(|fresh| !fresh.edited || fresh.returned);
        schedule::Shown {
            dates: new().map(|fresh| fresh.item.date().map(Timestamp::as_second)).collect(),
            matched: new().filter(|fresh| fresh.matches.iter().any(Match::alerts)).count(),
            items: self.shown.len(),
        }
    }

    /// Dates of what it brought.
    pub(super) fn new_dates(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.fresh.iter().filter(|fresh| !fresh.edited || fresh.returned).map(|fresh| fresh.item.date())
    }
}

/// An item that is to be decided.
pub(super) struct Fresh {
    pub(super) item: Item,
    /// What every watch with any evidence made of it.
    pub(super) matches: Vec<Match>,
    /// Where a thread may ask for them.
    pub(super) facts: Option<Facts>,
    /// It was known, and says something else now.
    pub(super) edited: bool,
    /// It was gone from its feed, and is back with a later date.
    pub(super) returned: bool,
    /// All that is new is digits below its title.
    pub(super) recounted: bool,
    /// A feed's first poll found it, and it is too old to be news.
    pub(super) baseline: bool,
    /// Its date is later than before.
    pub(super) later: bool,
    /// Hashes of the watches that have found enough in it before.
    told: Vec<u32>,
}

impl Fresh {
    /// Whether this watch has found enough in it before, so that it is no first report.
    pub(super) fn was_told(&self, watch: &str) -> bool {
        self.told.contains(&told(watch))
    }
}

/// What a thread may recognise an item by.
pub(super) struct Shown {
    pub(super) id: ItemId,
    /// The item whose keys it wears.
    pub(super) worn: Option<ItemId>,
    pub(super) date: Option<Timestamp>,
    /// Of its title.
    pub(super) sketch: u32,
}

/// Reads the items of a document, which stand in its order. One that is only a part of the feed says nothing of what is not
/// in it.
pub(super) fn read(
    shared: &Shared,
    feed: &Feed,
    first_run: bool,
    items: Vec<(Item, ItemKeys)>,
    partial: bool,
    seen: &Seen,
    arrival: Arrival,
) -> Reading {
    let now = arrival.received;
    let today = u32::try_from(now.as_second() / 86_400).unwrap_or(0);
    let keys: Vec<(ItemId, ItemKeys)> = items.iter().map(|(item, keys)| (item.id, *keys)).collect();
    let recognised = recognise(feed.id, feed.edits, now.as_second(), &keys, seen);
    let shown = recognised.iter().zip(&items).map(|(known, (item, keys))| Shown {
        id: known.id,
        worn: known.worn,
        date: item.date(),
        sketch: keys.sketch,
    });
    let shown = shown.collect();
    let moved = recognised.iter().filter(|known| known.moved).count();
    let lookback = SignedDuration::try_from(shared.options.lookback).unwrap_or(SignedDuration::MAX);
    let oldest = now.checked_sub(lookback).unwrap_or(Timestamp::MIN);
    let (mut fresh, mut rows) = (Vec::new(), Vec::with_capacity(items.len()));
    for ((item, keys), known) in items.into_iter().zip(recognised).rev() {
        let mut row = SeenItem { id: Some(known.id), keys, told: known.told.clone() };
        if feed.edits == Edits::Alert && known.knowledge == Knowledge::Unchanged && !known.later {
            // A stale copy of the document does not turn back time: its next fresh copy is no edit.
            row.keys.published = row.keys.published.max(known.published.filter(|date| *date <= now.as_second()));
        }
        if !is_settled(known.knowledge, feed.edits) {
            let baseline = first_run && item.date().is_none_or(|date| date < oldest);
            row.id = Some(id_of(shared, feed, &keys, &known));
            let item = Item { id: row.id.unwrap_or(item.id), ..item };
            let read = fresh_of(shared, item, known, baseline);
            let found = read.matches.iter().filter(|matched| matched.alerts()).map(|matched| told(&matched.watch));
            row.told.extend(found.filter(|watch| !read.told.contains(watch)));
            row.told.truncate(MAX_TOLD);
            fresh.push(read);
        }
        rows.push(row);
    }
    if partial {
        let ids: HashSet<Option<ItemId>> = rows.iter().map(|row| row.id).collect();
        rows.extend(seen.present().iter().filter(|row| !ids.contains(&row.id)).cloned());
    }
    let after = seen.after_reading(rows, today, feed.edits == Edits::Alert);
    Reading { fresh, seen: (after != *seen).then_some(after), shown, moved, arrival, partial }
}

/// Which of the items were seen before.
pub(super) fn known(feed: &Feed, items: &[(Item, ItemKeys)], seen: &Seen, now: Timestamp) -> Vec<bool> {
    let keys: Vec<(ItemId, ItemKeys)> = items.iter().map(|(item, keys)| (item.id, *keys)).collect();
    let recognised = recognise(feed.id, feed.edits, now.as_second(), &keys, seen);
    recognised.iter().map(|known| !matches!(known.knowledge, Knowledge::New | Knowledge::Reused)).collect()
}

/// Of items from elsewhere than the feed those that it never had, in whatever version.
pub(super) fn never_seen(
    feed: &Feed,
    items: Vec<(Item, ItemKeys)>,
    seen: &Seen,
    now: Timestamp,
) -> impl Iterator<Item = (Item, ItemKeys)> {
    let keys: Vec<(ItemId, ItemKeys)> = items.iter().map(|(item, keys)| (item.id, *keys)).collect();
    let recognised = recognise(feed.id, feed.edits, now.as_second(), &keys, seen);
    items.into_iter().zip(recognised).filter(|(_, known)| known.knowledge == Knowledge::New).map(|(item, _)| item)
}

/// Whether there is nothing about an item to decide.
fn is_settled(knowledge: Knowledge, edits: Edits) -> bool {
    match knowledge {
        Knowledge::Unchanged | Knowledge::Moved => true,
        Knowledge::Edited | Knowledge::Returned | Knowledge::Recounted => edits == Edits::Ignore,
        Knowledge::New | Knowledge::Reused => false,
    }
}

/// The id of an item to decide. Where its story has ended, what comes back or is edited and has to be told all the same opens
/// another one: the first alert of a story is raised once.
fn id_of(shared: &Shared, feed: &Feed, keys: &ItemKeys, known: &Recognised) -> ItemId {
    let told_again = match known.knowledge {
        Knowledge::Returned => true,
        Knowledge::Edited => feed.edits == Edits::Alert,
        _ => false,
    };
    if told_again && lock(&shared.parts.stories).index.story_of(known.id).is_none() {
        other_id(feed.id, keys)
    } else {
        known.id
    }
}

fn fresh_of(shared: &Shared, item: Item, known: Recognised, baseline: bool) -> Fresh {
    let recounted = known.knowledge == Knowledge::Recounted;
    let returned = known.knowledge == Knowledge::Returned;
    let edited = recounted || returned || known.knowledge == Knowledge::Edited;
    let matches = shared.parts.matcher.match_item(&item);
    let facts = (edited || matches.iter().any(Match::alerts)).then(|| Facts::of(&item));
    Fresh { item, matches, facts, edited, returned, recounted, baseline, later: known.later, told: known.told }
}

/// What it is remembered by that a watch has found enough in an item.
fn told(watch: &str) -> u32 {
    xxh3_64(watch.as_bytes()) as u32
}
