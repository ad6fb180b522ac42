//! What a further report of a story comes to, for the readers of one watch: an alert at once where it matters, a line of
//! the next update otherwise, and nothing where it adds nothing.
//!
//! A report that finds no thread opens one, whatever else is known of its story: a first report is never held back.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::correction::{Correction, correction};
use super::number::{counts, grew};
use super::{WINDOW, origin, outlet};
use crate::model::{
    AlertId, AlertKind, Count, Edits, FeedId, Followed, Item, Lead, MAX_COUNTS, MAX_FOLLOWED, MAX_FOLLOWED_TITLE_BYTES,
    MAX_HEADLINE_BYTES, MAX_MEMBER_TEXT_BYTES, MAX_OUTLETS, MIN_MISSING, Origin, Realert, StoryId, Thread, clip,
};

/// A report that scores so much on its watch is told at once if its facts differ from those of the story it was taken for.
pub const CERTAIN_SCORE: f64 = 0.7;

/// Threads that have ended are looked for so often.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What an item says of itself that matters to threads.
#[derive(Debug)]
pub struct Facts {
    owner: u64,
    origin: Origin,
    counts: Vec<Count>,
    correction: Option<Correction>,
}

impl Facts {
    /// Those of `item`.
    pub fn of(item: &Item) -> Self {
        let owner = xxh3_64(outlet::owner(item).as_bytes());
        Self { owner, origin: origin::of(item), counts: counts(item), correction: correction(item) }
    }
}

/// A report of a story that a watch has looked at.
#[derive(Debug)]
pub struct Report<'a> {
    /// The item.
    pub item: &'a Item,
    /// What it says of itself.
    pub facts: &'a Facts,
    /// The story that it tells.
    pub story: StoryId,
    /// Whether it names other facts than the story.
    pub differs: bool,
    /// Whether it was gone from its feed, and is back with a later date.
    pub returned: bool,
    /// The watch.
    pub watch: &'a str,
    /// What the watch made of it.
    pub score: f64,
    /// Whether that is enough to alert.
    pub matches: bool,
    /// What alerts again.
    pub realert: &'a Realert,
    /// What its feed's edits come to.
    pub edits: Edits,
}

/// What a report comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It opens a thread: it alerts.
    First,
    /// It alerts again, for the reason of this kind; in words.
    Again(AlertKind, String),
    /// It is told with the next update; what is special about it, if anything.
    Update(String),
    /// The thread knows it already.
    Known,
    /// No thread, and not enough for one.
    Nothing,
}

/// The open threads.
#[derive(Debug, Default)]
pub struct Threads {
    /// By what the first alert of their story would be.
    open: HashMap<AlertId, Thread>,
    /// Those that follow an item of a feed.
    followers: HashMap<FeedId, BTreeSet<AlertId>>,
    /// When it was last looked for those that have ended.
    looked: Option<Timestamp>,
}

impl Threads {
    /// Those that were stored.
    pub fn new(threads: impl IntoIterator<Item = Thread>) -> Self {
        // By its story: one that was joined to another keeps the id of its first alert.
        let key = |thread: &Thread| AlertId::first(thread.story, &thread.watch);
        let open = threads.into_iter().map(|thread| (key(&thread), thread)).collect();
        let mut threads = Self { open, ..Self::default() };
        threads.list_followers();
        threads
    }

    /// The thread of a story for a watch.
    pub fn get(&self, story: StoryId, watch: &str) -> Option<&Thread> {
        self.open.get(&AlertId::first(story, watch))
    }

    /// All that are open, in any order.
    pub fn iter(&self) -> impl Iterator<Item = &Thread> {
        self.open.values()
    }

    /// Judges a report that came in at `now`, and makes it part of its thread.
    pub fn judge(&mut self, report: &Report<'_>, now: Timestamp) -> Judgement {
        let id = AlertId::first(report.story, report.watch);
        let Some(thread) = self.open.get_mut(&id) else {
            if !report.matches {
                return Judgement::Nothing;
            }
            self.open.insert(id, opened(id, report, now));
            self.followers.entry(report.item.feed).or_default().insert(id);
            return Judgement::First;
        };
        let judgement = match thread.followed.iter().position(|followed| followed.item == report.item.id) {
            Some(at) => edited(thread, at, report),
            None if report.matches => {
                self.followers.entry(report.item.feed).or_default().insert(id);
                joined(thread, report, now)
            }
            None => Judgement::Nothing,
        };
        if let Judgement::Again(kind, _) = judgement {
            count_alert(thread, kind);
        }
        judgement
    }

    /// Takes down who is told of a thread.
    pub fn tell(&mut self, story: StoryId, watch: &str, targets: &[String]) {
        if let Some(thread) = self.open.get_mut(&AlertId::first(story, watch)) {
            let told = thread.told.get_or_insert_default();
            told.extend(targets.iter().filter(|name| !told.contains(name)).cloned().collect::<Vec<_>>());
        }
    }

    /// Takes down that somebody acknowledged the thread that this alert opened, or that this alert belongs to. Returns the
    /// thread.
    pub fn acknowledge(&mut self, thread: AlertId, now: Timestamp) -> Option<Thread> {
        let thread = self.open.values_mut().find(|open| open.id == thread)?;
        thread.acknowledged.get_or_insert(now);
        Some(thread.clone())
    }

    /// Whether the readers of a watch want to hear that a number in the story has grown to one of these.
    pub fn grows(&self, story: StoryId, watch: &str, facts: &Facts, realert: &Realert) -> bool {
        self.get(story, watch).is_some_and(|thread| growth(&thread.counts, facts, realert).is_some())
    }

    /// Takes back a thread that was opened a moment ago: its first report was told in another way.
    pub fn close(&mut self, id: AlertId) {
        self.open.remove(&id);
    }

    /// Forgets the threads without a report for longer than [`WINDOW`] whose stories are not open either. Looks for them
    /// now and then only.
    pub fn forget(&mut self, now: Timestamp, is_open: impl Fn(StoryId) -> bool) {
        if self.looked.is_some_and(|looked| now.duration_since(looked).abs() < LOOK_EVERY) {
            return;
        }
        self.looked = Some(now);
        self.open.retain(|_, thread| now.duration_since(thread.newest) <= window() || is_open(thread.story));
        self.list_followers();
    }

    fn list_followers(&mut self) {
        self.followers.clear();
        for (id, thread) in &self.open {
            for followed in &thread.followed {
                self.followers.entry(followed.feed).or_default().insert(*id);
            }
        }
    }

    /// Where `from` and `into` become one story, the readers of `from` are told of the whole of it in their old thread,
    /// unless they have one for `into`. Returns the threads that changed.
    pub fn join(&mut self, from: StoryId, into: StoryId) -> Vec<Thread> {
        let watches: Vec<(AlertId, String)> =
            self.open.values().filter(|thread| thread.story == from).map(|t| (t.id, t.watch.clone())).collect();
        let mut changed = Vec::new();
        for (id, watch) in watches {
            let to = AlertId::first(into, &watch);
            if !self.open.contains_key(&to)
                && let Some(mut thread) = self.open.remove(&id)
            {
                thread.story = into;
                changed.push(thread.clone());
                self.open.insert(to, thread);
            }
        }
        self.list_followers();
        changed
    }

    /// Whether any thread follows an item of this feed.
    pub fn follows(&self, feed: FeedId) -> bool {
        self.followers.contains_key(&feed)
    }

    /// Takes down what `look` sees of the items of `feed`. One that was missing [`MIN_MISSING`] times in a row counts as
    /// withdrawn, once.
    pub fn look(&mut self, feed: FeedId, look: impl Fn(&Followed) -> Presence) -> Looked {
        let mut looked = Looked::default();
        for id in self.followers.get(&feed).into_iter().flatten() {
            let Some(thread) = self.open.get_mut(id) else { continue };
            let mut gone = None;
            let mut changed = false;
            for followed in thread.followed.iter_mut().filter(|followed| followed.feed == feed) {
                let (missing, published) = match look(followed) {
                    Presence::Shown(date) => (0, date.or(followed.published)),
                    Presence::Missing => (followed.missing.saturating_add(1).min(MIN_MISSING), followed.published),
                    Presence::Unknown => (followed.missing, followed.published),
                };
                changed |= (missing, published) != (followed.missing, followed.published);
                (followed.missing, followed.published) = (missing, published);
                if missing >= MIN_MISSING && !followed.withdrawn {
                    followed.withdrawn = true;
                    // One alert tells of all that went at once.
                    gone.get_or_insert_with(|| followed.clone());
                }
            }
            if changed {
                looked.changed.push((thread.story, thread.watch.clone()));
            }
            if let Some(followed) = gone {
                count_alert(thread, AlertKind::Withdrawn);
                looked.withdrawn.push((thread.clone(), followed));
            }
        }
        looked
    }
}

/// What a document shows of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The item, or what took its place, and its date.
    Shown(Option<Timestamp>),
    /// A gap where it ought to stand.
    Missing,
    /// Neither.
    Unknown,
}

/// What comes of looking for the items of a feed.
#[derive(Debug, Default)]
pub struct Looked {
    /// The threads that changed, by story and watch.
    pub changed: Vec<(StoryId, String)>,
    /// Threads that have to tell of an item that was withdrawn.
    pub withdrawn: Vec<(Thread, Followed)>,
}

fn count_alert(thread: &mut Thread, kind: AlertKind) {
    match thread.raised.iter_mut().find(|(raised, _)| *raised == kind) {
        Some((_, count)) => *count += 1,
        None => thread.raised.push((kind, 1)),
    }
}

fn opened(id: AlertId, report: &Report<'_>, now: Timestamp) -> Thread {
    let mut thread = Thread {
        id,
        story: report.story,
        watch: report.watch.to_owned(),
        headline: clip(&Lead::of(report.item).headline(), MAX_HEADLINE_BYTES).to_owned(),
        first_outlet: outlet_name(report.item),
        first_at: report.item.date().map_or(now, |date| date.min(now)),
        newest: now,
        reports: 0,
        outlets: Vec::new(),
        origins: Vec::new(),
        best: 0.0,
        counts: Vec::new(),
        followed: Vec::new(),
        raised: Vec::new(),
        told: Some(Vec::new()),
        opened: Some(now),
        acknowledged: None,
    };
    take_in(&mut thread, report, now);
    thread
}

fn outlet_name(item: &Item) -> String {
    clip(&item.feed_name, MAX_MEMBER_TEXT_BYTES).to_owned()
}

fn window() -> SignedDuration {
    SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX)
}

/// When an item was published, if that is before what was the first report so far: feeds are read in any order. A date of
/// long before is none.
pub fn earlier(item: &Item, first: Timestamp) -> Option<Timestamp> {
    item.date().filter(|date| *date < first && first.duration_since(*date) <= window())
}

/// Adds what a further report brings.
fn take_in(thread: &mut Thread, report: &Report<'_>, now: Timestamp) {
    let Facts { owner, origin, counts, correction } = report.facts;
    if let Some(date) = earlier(report.item, thread.first_at) {
        thread.first_at = date;
        thread.first_outlet = outlet_name(report.item);
    }
    thread.newest = thread.newest.max(now);
    thread.reports += 1;
    if !thread.outlets.contains(owner) && thread.outlets.len() < MAX_OUTLETS {
        thread.outlets.push(*owner);
    }
    origin::add(&mut thread.origins, origin.clone());
    thread.best = thread.best.max(report.score);
    remember_counts(&mut thread.counts, counts);
    thread.followed.push(Followed {
        item: report.item.id,
        feed: report.item.feed,
        title: clip(&report.item.title, MAX_FOLLOWED_TITLE_BYTES).to_owned(),
        published: report.item.date(),
        matches: true,
        corrected: *correction == Some(Correction::Corrected),
        withdrawn: *correction == Some(Correction::Withdrawn),
        missing: 0,
    });
    let surplus = thread.followed.len().saturating_sub(MAX_FOLLOWED);
    thread.followed.drain(..surplus);
}

/// Keeps the larger of two counts of the same thing.
fn remember_counts(known: &mut Vec<Count>, counts: &[Count]) {
    for count in counts {
        match known.iter_mut().find(|known| known.of == count.of) {
            Some(known) if known.value >= count.value => {}
            Some(known) => *known = count.clone(),
            None => known.push(count.clone()),
        }
    }
    let surplus = known.len().saturating_sub(MAX_COUNTS);
    known.drain(..surplus);
}

fn joined(thread: &mut Thread, report: &Report<'_>, now: Timestamp) -> Judgement {
    let (best, before) = (thread.best, thread.counts.clone());
    let realert = report.realert;
    take_in(thread, report, now);
    // The first that tells of it: other outlets copy a correction as they copied the report.
    if realert.correction
        && let Some(correction) = report.facts.correction
        && thread.ordinal(kind_of(correction)) == 0
    {
        return corrected(correction);
    }
    if let Some(why) = growth(&before, report.facts, realert) {
        return Judgement::Again(AlertKind::Grown, why);
    }
    if report.differs && report.score >= CERTAIN_SCORE {
        return Judgement::Again(AlertKind::Distinct, "perhaps another event".to_owned());
    }
    let wanted = realert.corroborated.map_or(usize::MAX, |wanted| wanted as usize);
    // Once: a report that ties two origins together may lower the number again. If the report that made it so many was
    // told for another reason, the next one tells it.
    if thread.origins.len() >= wanted && thread.ordinal(AlertKind::Corroborated) == 0 {
        return Judgement::Again(AlertKind::Corroborated, format!("{} independent outlets", thread.origins.len()));
    }
    if let Some(wanted) = realert.score
        && best < wanted
        && report.score >= wanted
    {
        return Judgement::Again(AlertKind::Escalated, format!("score {:.2}, so far {best:.2}", report.score));
    }
    Judgement::Update(String::new())
}

fn edited(thread: &mut Thread, at: usize, report: &Report<'_>) -> Judgement {
    let before = thread.counts.clone();
    if report.matches {
        remember_counts(&mut thread.counts, &report.facts.counts);
        thread.best = thread.best.max(report.score);
    }
    let followed = &mut thread.followed[at];
    let matched = std::mem::replace(&mut followed.matches, report.matches);
    if let Some(correction) = report.facts.correction {
        let known = match correction {
            Correction::Corrected => &mut followed.corrected,
            Correction::Withdrawn => &mut followed.withdrawn,
        };
        if !std::mem::replace(known, true) && report.realert.correction {
            return corrected(correction);
        }
    }
    if report.matches {
        if let Some(why) = growth(&before, report.facts, report.realert) {
            return Judgement::Again(AlertKind::Grown, why);
        }
        if report.edits == Edits::Alert {
            return Judgement::Again(AlertKind::Edited, "edited".to_owned());
        }
    }
    match (matched, report.matches) {
        (true, false) => Judgement::Update("edited: the watch finds too little in it now".to_owned()),
        (false, true) => Judgement::Update("edited: the watch finds enough in it again".to_owned()),
        (true, true) if report.returned => Judgement::Update("in its feed again, with a later date".to_owned()),
        _ => Judgement::Known,
    }
}

fn corrected(correction: Correction) -> Judgement {
    let kind = kind_of(correction);
    Judgement::Again(kind, kind.name().to_owned())
}

fn kind_of(correction: Correction) -> AlertKind {
    match correction {
        Correction::Corrected => AlertKind::Corrected,
        Correction::Withdrawn => AlertKind::Withdrawn,
    }
}

fn growth(before: &[Count], facts: &Facts, realert: &Realert) -> Option<String> {
    let (was, is) = grew(before, &facts.counts).filter(|_| realert.number)?;
    Some(format!("{}, was {}", is.text, was.text))
}

#[cfg(test)]
mod tests;
