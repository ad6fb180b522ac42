//! From what a feed says to what is committed: the story of each new item, what its watches' readers have to be told of
//! it, and which alerts that raises.
//!
//! This is done under the lock of the stories, and the commit is handed in before it is let go of: what was decided first
//! is also archived first, so that the archive rebuilds the stories as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use jiff::Timestamp;

use super::Shared;
use super::alerts;
use super::decide::{Fresh, Reading};
use super::notices;
use super::withdrawal;
use crate::model::{
    Alert, AlertId, AlertKind, DRILL_WATCH, Decision, Edits, Feed, FeedState, Followed, Item, Match, Outcome, Record,
    Seen, StoryId, Suppression, Thread, Watch,
};
use crate::recognise::MIN_MOVED;
use crate::route::{self, Occasion};
use crate::silence::Subject;
use crate::store::{PollCommit, Raise};
use crate::story::{Facts, Judgement, Looked, Report, Stories, Why};

/// A feed's first poll raises at most so many alerts a watch one by one; more become one summary.
pub const FIRST_RUN_ALERTS: usize = 5;

/// Judges a reading, and makes a commit of it.
pub(super) fn judge(
    shared: &Shared,
    stories: &mut Stories,
    feed: &Feed,
    first_run: bool,
    reading: Reading,
    state: FeedState,
    now: Timestamp,
) -> PollCommit {
    stories.threads.forget(now, |story| stories.index.is_open(story));
    let mut judging = Judging {
        shared,
        stories,
        feed,
        now,
        records: Vec::with_capacity(reading.fresh.len()),
        raise: Vec::new(),
        changed: BTreeSet::new(),
        first: BTreeMap::new(),
    };
    judging.withdrawn(&reading);
    let Reading { fresh, seen, shown, moved, arrival, .. } = reading;
    for fresh in fresh {
        judging.take(fresh);
    }
    if first_run {
        judging.summarise();
    }
    // The publisher's doing: the owner is told.
    if moved >= MIN_MOVED && moved * 2 >= shown.len() {
        let alert = notices::rekeyed(feed, moved, now);
        judging.raise.push(shared.to_owner(alert, now));
    }
    judging
        .raise
        .iter_mut()
        .filter_map(|raise| raise.alert.lead.as_mut())
        .for_each(|lead| lead.arrival = Some(arrival));
    judging.into_commit(state, seen)
}

struct Judging<'a> {
    shared: &'a Shared,
    stories: &'a mut Stories,
    feed: &'a Feed,
    now: Timestamp,
    records: Vec<Record>,
    raise: Vec<Raise>,
    /// The threads that changed, by story and watch.
    changed: BTreeSet<(StoryId, String)>,
    /// By watch, where the decisions stand that opened a thread: a record, and a decision of it.
    first: BTreeMap<String, Vec<(usize, usize)>>,
}

/// What there is to tell of an item beside its match.
struct Told<'a> {
    facts: &'a Facts,
    differs: bool,
    returned: bool,
}

impl Judging<'_> {
    fn take(&mut self, fresh: Fresh) {
        if fresh.recounted && !self.counts(&fresh) {
            return;
        }
        let assigned = self.stories.index.assign(&fresh.item, self.now);
        let (story, differs) = (assigned.story, matches!(assigned.why, Why::Similar(similarity) if similarity.differs));
        let Fresh { item, matches, facts, .. } = &fresh;
        let mut record =
            Record { seen: self.now, item: item.clone(), story, decisions: Vec::with_capacity(matches.len()) };
        for matched in matches {
            let outcome = match facts {
                _ if fresh.baseline && matched.alerts() => Outcome::Suppressed(Suppression::FirstRun),
                _ if self.is_old(&fresh, story, matched) => Outcome::Suppressed(Suppression::Edited),
                Some(facts) if !fresh.baseline => {
                    self.judge(&record, matched, Told { facts, differs, returned: fresh.returned })
                }
                _ => Outcome::Suppressed(Suppression::BelowThreshold),
            };
            record.decisions.push(Decision { matched: matched.clone(), outcome });
        }
        if let (Some(facts), true) = (facts, fresh.edited) {
            self.judge_absent(&record, facts);
        }
        self.records.push(record);
    }

    /// Whether it matters that only digits of an item have changed: for a watch that finds enough in it by them, or whose
    /// readers want to hear of numbers that grow. Comments are counted at each poll, and fill no archive.
    fn counts(&self, fresh: &Fresh) -> bool {
        let story = self.stories.index.story_of(fresh.item.id);
        let watches = self.shared.parts.matcher.watches();
        fresh.matches.iter().filter(|matched| matched.alerts()).any(|matched| {
            let watch = watches.iter().find(|watch| watch.name == matched.watch);
            let grows = watch.zip(story).zip(fresh.facts.as_ref()).is_some_and(|((watch, story), facts)| {
                self.stories.threads.grows(story, &watch.name, facts, &watch.realert)
            });
            grows || (!fresh.was_told(&matched.watch) && self.finds_digits(&fresh.item, matched))
        })
    }

    /// Whether a watch finds enough in an item only for its digits. If not, it is the watch that is new.
    fn finds_digits(&self, item: &Item, matched: &Match) -> bool {
        let words = |text: &str| text.chars().filter(|c| !c.is_numeric()).collect::<String>();
        let item = Item { summary: words(&item.summary), body: words(&item.body), ..item.clone() };
        let without = self.shared.parts.matcher.match_item(&item);
        !without.iter().any(|other| other.watch == matched.watch && other.alerts())
    }

    /// Whether an edit is nothing new to a watch that follows the item no more.
    fn is_old(&self, fresh: &Fresh, story: StoryId, matched: &Match) -> bool {
        let follows = || self.stories.threads.get(story, &matched.watch).is_some_and(|t| t.follows(fresh.item.id));
        fresh.edited
            && !fresh.returned
            && !fresh.later
            && matched.alerts()
            && fresh.was_told(&matched.watch)
            && self.feed.edits != Edits::Alert
            && !follows()
    }

    /// An edit may leave nothing of what a watch had found: its readers hear of that, too.
    fn judge_absent(&mut self, record: &Record, facts: &Facts) {
        let shared = self.shared;
        for watch in shared.parts.matcher.watches() {
            let found = record.decisions.iter().any(|decision| decision.matched.watch == watch.name);
            if !found && self.stories.threads.get(record.story, &watch.name).is_some() {
                let nothing = Match {
                    watch: watch.name.clone(),
                    score: 0.0,
                    threshold: watch.threshold,
                    hits: Vec::new(),
                    parts: Vec::new(),
                };
                self.judge(record, &nothing, Told { facts, differs: false, returned: false });
            }
        }
    }

    /// What comes of one match, with the alert that it raises.
    fn judge(&mut self, record: &Record, matched: &Match, told: Told<'_>) -> Outcome {
        let shared = self.shared;
        let Some(watch) = shared.parts.matcher.watches().iter().find(|watch| watch.name == matched.watch) else {
            return Outcome::Suppressed(Suppression::BelowThreshold);
        };
        let report = Report {
            item: &record.item,
            facts: told.facts,
            story: record.story,
            differs: told.differs,
            returned: told.returned,
            watch: &watch.name,
            score: matched.score,
            matches: matched.alerts(),
            realert: &watch.realert,
            edits: self.feed.edits,
        };
        let judgement = self.stories.threads.judge(&report, self.now);
        let below = Outcome::Suppressed(Suppression::BelowThreshold);
        let Some(thread) = self.stories.threads.get(record.story, &watch.name) else { return below };
        let (id, now) = (thread.id, self.now);
        self.changed.insert((record.story, watch.name.clone()));
        // Nobody has heard of a thread whose reports were all covered by silences: it is news.
        let unheard = thread.told.as_ref().is_some_and(Vec::is_empty);
        let tells = !matches!(judgement, Judgement::Known | Judgement::Nothing);
        let held = if tells && matched.alerts() { self.held_back(record, thread, &judgement) } else { None };
        if let Some(why) = held {
            return Outcome::Suppressed(why);
        }
        let (alert, due, outcome) = match judgement {
            Judgement::First => {
                let place = (self.records.len(), record.decisions.len());
                self.first.entry(watch.name.clone()).or_default().push(place);
                (alerts::news(id, &record.item, record.story, matched, now), now, Outcome::Alerted(id))
            }
            Judgement::Again(..) | Judgement::Update(_) if unheard && matched.alerts() => {
                (alerts::news(id, &record.item, record.story, matched, now), now, Outcome::Alerted(id))
            }
            // What nobody has heard of needs no correction.
            Judgement::Again(..) | Judgement::Update(_) if unheard => return below,
            Judgement::Again(kind, why) => {
                let alert = alerts::again(kind, &why, thread, &record.item, matched, now);
                let outcome = Outcome::Alerted(alert.id);
                (alert, now, outcome)
            }
            Judgement::Update(note) => {
                let alert = alerts::update(thread, &record.item, matched.score, note, now);
                (alert, shared.quiet_until(now), Outcome::Updated(id))
            }
            Judgement::Known if matched.alerts() => return Outcome::Suppressed(Suppression::SameStory(id)),
            Judgement::Known | Judgement::Nothing => return below,
        };
        self.address(watch, alert, due);
        if matched.alerts() { outcome } else { below }
    }

    /// Why a report is written down and not told, where it is.
    fn held_back(&self, record: &Record, thread: &Thread, judgement: &Judgement) -> Option<Suppression> {
        let silences = self.shared.parts.silences.lock().unwrap_or_else(PoisonError::into_inner);
        let source = self.feed.source.to_string();
        let subject = Subject {
            watch: &thread.watch,
            feed: &self.feed.name,
            source: &source,
            tags: &self.feed.tags,
            language: record.item.language.as_deref(),
            title: &record.item.title,
            story: record.story.to_string(),
        };
        let covering = silences.covering(&subject, self.now).map(Suppression::Silenced);
        // What matters is told whoever has acknowledged what was known before.
        let calm = matches!(judgement, Judgement::Update(_)) && thread.acknowledged.is_some();
        covering.or_else(|| calm.then_some(Suppression::Acknowledged(thread.id)))
    }

    /// Raises an alert of a watch to those whom its routes name, to be told at `due`.
    fn address(&mut self, watch: &Watch, mut alert: Alert, due: Timestamp) {
        alert.urgent = watch.urgent;
        if watch.name == DRILL_WATCH {
            alert.kind = AlertKind::Drill;
        }
        let thread = alert.story.and_then(|story| self.stories.threads.get(story, &watch.name));
        let told = thread.and_then(|thread| thread.told.clone()).unwrap_or_default();
        let by_members = alert.members.iter().map(|member| member.score).max_by(f64::total_cmp);
        let occasion = Occasion {
            watch,
            feed: self.feed,
            score: alert.matched.as_ref().map(|matched| matched.score).or(by_members),
            now: self.now,
            told: &told,
        };
        let names = route::targets(&self.shared.options.routes, &occasion);
        if let Some(story) = alert.story {
            self.stories.threads.tell(story, &watch.name, &names);
        }
        let deliveries = self.shared.deliveries(&names, &alert, due);
        self.raise.push(Raise { alert, deliveries });
    }

    /// Tells of reports that the feed has taken back.
    fn withdrawn(&mut self, reading: &Reading) {
        if reading.partial || !self.stories.threads.follows(self.feed.id) {
            return;
        }
        let shared = self.shared;
        let now = self.now;
        let look = |followed: &Followed| withdrawal::look(followed, &reading.shown, now);
        let Looked { changed, withdrawn } = self.stories.threads.look(self.feed.id, look);
        self.changed.extend(changed);
        for (thread, followed) in withdrawn {
            let watch = shared.parts.matcher.watches().iter().find(|watch| watch.name == thread.watch);
            if let Some(watch) = watch.filter(|watch| watch.realert.correction) {
                let unheard = thread.told.as_ref().is_some_and(Vec::is_empty);
                if !unheard {
                    let alert = alerts::withdrawn(self.feed, &thread, &followed, self.now);
                    self.address(watch, alert, self.now);
                }
            }
        }
    }

    /// Makes one summary a watch of what would raise many alerts: the feed is read for the first time.
    fn summarise(&mut self) {
        for (watch, places) in std::mem::take(&mut self.first) {
            if places.len() <= FIRST_RUN_ALERTS {
                continue;
            }
            let Some(known) = self.shared.parts.matcher.watches().iter().find(|known| known.name == watch) else {
                continue;
            };
            let opened: BTreeSet<AlertId> =
                places.iter().map(|(r, _)| AlertId::first(self.records[*r].story, &watch)).collect();
            let alert = alerts::summary(self.feed, &watch, &places, &self.records, self.now);
            for record in &mut self.records {
                let of_these = opened.contains(&AlertId::first(record.story, &watch));
                for decision in record.decisions.iter_mut().filter(|d| of_these && d.matched.watch == watch) {
                    if let Outcome::Alerted(_) | Outcome::Updated(_) = decision.outcome {
                        decision.outcome = Outcome::Suppressed(Suppression::Summarised(alert.id));
                    }
                }
            }
            self.raise.retain(|raise| !opened.contains(&raise.alert.thread.unwrap_or(raise.alert.id)));
            self.changed.retain(|(story, name)| *name != watch || !opened.contains(&AlertId::first(*story, name)));
            opened.into_iter().for_each(|id| self.stories.threads.close(id));
            self.address(known, alert, self.now);
        }
    }

    fn into_commit(self, state: FeedState, seen: Option<Seen>) -> PollCommit {
        let threads = &self.stories.threads;
        let changed = self.changed.iter().filter_map(|(story, watch)| threads.get(*story, watch).cloned());
        let threads: Vec<Thread> = changed.collect();
        PollCommit { state, seen, records: self.records, raise: self.raise, threads }
    }
}

impl Shared {
    /// Until when the reports of a story are collected that come in from `now` on.
    fn quiet_until(&self, now: Timestamp) -> Timestamp {
        crate::schedule::due(now, self.options.quiet)
    }
}
