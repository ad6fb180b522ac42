//! What may keep a feed's news from being seen: found in its polls, and told when it begins and when it ends.
//!
//! Each [`ConditionKind`] has a hysteresis: it begins after several signs over some time, and ends after several polls
//! without one, so that a feed that wavers is two notices and not a hundred. Nothing here stops a feed.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Condition, ConditionKind, Coverage, MAX_REASON_BYTES, clip};

/// A feed with validators is read whole so often, whatever its server says of it: it may call everything unchanged.
pub const READ_WHOLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A server that called a changed feed unchanged is not asked so again for as long.
pub const STUCK_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// No shorter silence is told of …
pub const SILENCE: SignedDuration = SignedDuration::from_hours(24);
/// … nor one that is not so many times as long as all but a twentieth of the pauses before …
const PAUSES: f64 = 3.0;
/// … nor one in which fewer items were to be expected, at the feed's usual hours: 1 in 150 if they come by chance.
const EXPECTED: f64 = 5.0;
/// Items that come within this time of each other are one batch, with no pause between them.
const BATCH: SignedDuration = SignedDuration::from_mins(10);
/// A publisher's clock may be wrong by so much.
pub const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Items may be dated so far ahead …
const AHEAD: SignedDuration = SignedDuration::from_mins(15);
/// … and what is further ahead than time zones reach is the date of an event.
const ZONES: SignedDuration = SignedDuration::from_hours(14);
/// A feed that shows fewer than this at once may show less.
const FEW_ITEMS: u32 = 8;

const WEEK: i64 = 7 * 24 * 3_600;

/// What a poll has shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll<'a> {
    /// When it was.
    pub now: Timestamp,
    /// How it went.
    pub outcome: Outcome<'a>,
    /// By how much the server's clock is ahead of ours, as far as it says.
    pub skew: Option<SignedDuration>,
    /// Items that were to be expected since the newest one.
    pub missed: f64,
}

/// How a poll went.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<'a> {
    /// It failed; for no reason of the feed where there is no kind.
    Failed(Option<ConditionKind>, &'a str),
    /// The server says that nothing has changed.
    Unchanged,
    /// A document.
    Read(Read),
    /// Two documents had no item in common; what was done about it, in words.
    Gap(&'a str),
    /// A document that was pushed, with the dates of what is new in it: no poll has shown anything.
    Pushed(Vec<Option<Timestamp>>),
}

/// What a document has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// All its items.
    pub items: usize,
    /// Dates of those that are new; `None` for what has no date.
    pub new: Vec<Option<Timestamp>>,
    /// A hash of its bytes.
    pub body: u64,
    /// It holds what was published before its server last called it unchanged.
    pub stale: bool,
    /// It has no item in common with the one before, which is yet to be looked into.
    pub gap: bool,
}

/// A condition that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub kind: ConditionKind,
    /// Whether it begins.
    pub begins: bool,
    /// The first sign of it.
    pub since: Timestamp,
    /// The last sign of it, in words.
    pub says: String,
}

/// After so many signs, over such a time.
type Enough = (u32, SignedDuration);

/// When a condition begins and ends.
fn hysteresis(kind: ConditionKind) -> (Enough, Enough) {
    const AT_ONCE: Enough = (1, SignedDuration::ZERO);
    let hours = SignedDuration::from_hours;
    match kind {
        ConditionKind::Silent | ConditionKind::Frozen => (AT_ONCE, AT_ONCE),
        ConditionKind::Stuck => (AT_ONCE, (1, STUCK_FOR)),
        ConditionKind::Gap => (AT_ONCE, (3, hours(24))),
        ConditionKind::Shrunk | ConditionKind::Skewed => ((3, hours(1)), (3, hours(1))),
        _ => ((3, SignedDuration::from_mins(30)), (3, hours(1))),
    }
}

/// The coverage after a poll, and what has begun or ended with it.
pub fn after(mut coverage: Coverage, poll: &Poll<'_>) -> (Coverage, Vec<Change>) {
    let now = poll.now;
    let mut changes = Vec::new();
    let mut see = |coverage: &mut Coverage, kind, since, sign: Option<String>| {
        changes.extend(coverage.see(kind, since, sign, now));
    };
    let failed = match &poll.outcome {
        Outcome::Failed(None, _) => return (coverage, changes),
        Outcome::Failed(Some(kind), why) => Some((*kind, *why)),
        Outcome::Unchanged | Outcome::Read(_) => None,
        Outcome::Gap(says) => {
            see(&mut coverage, ConditionKind::Gap, now, Some((*says).to_owned()));
            return (coverage, changes);
        }
        Outcome::Pushed(new) => {
            coverage.count_pause(new, now);
            if !new.is_empty() {
                see(&mut coverage, ConditionKind::Silent, now, None);
                see(&mut coverage, ConditionKind::Frozen, now, None);
            }
            return (coverage, changes);
        }
    };
    // One failure is told of at a time: a feed that fails now so, now so, is one notice.
    let failing = coverage.failing(failed.map(|(kind, _)| kind));
    if let Some(kind) = failing {
        see(&mut coverage, kind, now, failed.map(|(_, why)| why.to_owned()));
    }
    if failed.is_some() {
        return (coverage, changes);
    }
    let nothing = Read::default();
    let read = match &poll.outcome {
        Outcome::Read(read) => Some(read),
        _ => None,
    };
    let new = &read.unwrap_or(&nothing).new;
    if let Some(read) = read {
        see(&mut coverage, ConditionKind::Stuck, now, stuck(read));
        if !read.gap {
            see(&mut coverage, ConditionKind::Gap, now, None);
        }
        let sign = shrunk(&mut coverage.fewest, u32::try_from(read.items).unwrap_or(u32::MAX), now);
        see(&mut coverage, ConditionKind::Shrunk, now, sign);
        coverage.full = Some(now);
    }
    if poll.skew.is_some() || !new.is_empty() {
        see(&mut coverage, ConditionKind::Skewed, now, skewed(poll.skew, new, now));
    }
    coverage.first = coverage.first.or(Some(now));
    let same = read.is_some_and(|read| coverage.body == Some(read.body));
    coverage.body = read.map(|read| read.body).or(coverage.body);
    let silence = if new.is_empty() { silence(&coverage, poll.missed, now) } else { None };
    let since = coverage.silent_since().unwrap_or(now);
    coverage.count_pause(new, now);
    for (kind, other, says) in [
        (ConditionKind::Silent, ConditionKind::Frozen, ""),
        (ConditionKind::Frozen, ConditionKind::Silent, ", and its document is the same to the byte"),
    ] {
        let it = coverage.holds(kind) || (!coverage.holds(other) && same == (kind == ConditionKind::Frozen));
        see(&mut coverage, kind, since, silence.as_ref().filter(|_| it).map(|silence| format!("{silence}{says}")));
    }
    (coverage, changes)
}

/// Longest silence that is usual for a feed.
pub fn usual_silence(coverage: &Coverage) -> SignedDuration {
    let pauses = coverage.pauses.quantile(0.95).unwrap_or(0.0) * PAUSES;
    SILENCE.max(SignedDuration::try_from_secs_f64(pauses).unwrap_or(SignedDuration::MAX))
}

/// A silence that is told of lasts until something new comes.
fn silence(coverage: &Coverage, missed: f64, now: Timestamp) -> Option<String> {
    let silent = now.duration_since(coverage.silent_since()?);
    let told = coverage.holds(ConditionKind::Silent) || coverage.holds(ConditionKind::Frozen);
    let unusual = silent > usual_silence(coverage) && missed >= EXPECTED;
    (told || unusual).then(|| {
        let hours = silent.as_hours();
        format!("nothing new for {hours} hours, in which about {missed:.0} items were to be expected")
    })
}

fn stuck(read: &Read) -> Option<String> {
    let say = || "it was called unchanged, and holds items that were published before".to_owned();
    read.stale.then(say)
}

/// Counts what is shown, and compares it with the fewest items of the week before.
fn shrunk(fewest: &mut (i64, Option<u32>, Option<u32>), items: u32, now: Timestamp) -> Option<String> {
    let week = now.as_second().div_euclid(WEEK);
    let (counted, this, before) = *fewest;
    *fewest = match week - counted {
        0 => (week, Some(this.unwrap_or(items).min(items)), before),
        1 => (week, Some(items), this),
        _ => (week, Some(items), None),
    };
    let usual = fewest.2.filter(|usual| *usual >= FEW_ITEMS && items < *usual / 2)?;
    Some(format!("it shows {items} items at once, and never fewer than {usual} in the week before"))
}

fn skewed(skew: Option<SignedDuration>, new: &[Option<Timestamp>], now: Timestamp) -> Option<String> {
    if let Some(skew) = skew.filter(|skew| skew.abs() > SKEW) {
        let side = if skew.is_positive() { "ahead" } else { "behind" };
        return Some(format!("its server's clock is {} minutes {side}", skew.abs().as_mins()));
    }
    let ahead = new.iter().flatten().map(|date| date.duration_since(now)).filter(|ahead| *ahead <= ZONES).max()?;
    (ahead > AHEAD).then(|| format!("its items are dated up to {} minutes ahead", ahead.as_mins()))
}

impl Coverage {
    /// The failure that is suspected or holds. What is only suspected becomes what a poll has met.
    fn failing(&mut self, met: Option<ConditionKind>) -> Option<ConditionKind> {
        let Some(known) = self.conditions.iter_mut().find(|condition| condition.kind.is_failure()) else { return met };
        if !known.holds {
            known.kind = met.unwrap_or(known.kind);
        }
        Some(known.kind)
    }

    /// Counts the pause that new items end. A silence is one of the feed, whatever its items are dated: some are dated days
    /// before they come. Only of what was there at first their dates have to tell.
    fn count_pause(&mut self, new: &[Option<Timestamp>], now: Timestamp) {
        let date_of = |date: &Option<Timestamp>| date.map_or(now, |date| date.min(now));
        let mut dates: Vec<Timestamp> = match self.first {
            Some(first) if first < now => new.first().map(|_| now).into_iter().collect(),
            _ => new.iter().map(date_of).collect(),
        };
        dates.sort_unstable();
        for date in dates {
            let pause = self.newest.map(|newest| date.duration_since(newest));
            if let Some(pause) = pause.filter(|pause| *pause > BATCH) {
                // What is remembered of pauses is of the last hundred or so, however often a feed publishes.
                self.pauses.add(pause.as_secs_f64());
                if self.pauses.count() > 100.0 {
                    self.pauses.fade(0.5);
                }
            }
            self.newest = self.newest.max(Some(date));
        }
    }

    /// Takes a sign of a condition, or its absence.
    fn see(&mut self, kind: ConditionKind, since: Timestamp, sign: Option<String>, now: Timestamp) -> Option<Change> {
        let (begin, end) = hysteresis(kind);
        let at = self.conditions.iter().position(|condition| condition.kind == kind);
        let Some(says) = sign else {
            let condition = &mut self.conditions[at?];
            let (clear, polls) = condition.clear.map_or((now, 1), |(clear, polls)| (clear, polls.saturating_add(1)));
            condition.clear = Some((clear, polls));
            let ends = !condition.holds || (polls >= end.0 && now.duration_since(clear) >= end.1);
            let ended = ends.then(|| self.conditions.swap_remove(at.unwrap_or_default()))?;
            return ended.holds.then(|| ended.change(false));
        };
        let at = at.unwrap_or_else(|| {
            self.conditions.push(Condition { kind, since, signs: 0, holds: false, clear: None, says: String::new() });
            self.conditions.len() - 1
        });
        let condition = &mut self.conditions[at];
        condition.signs = condition.signs.saturating_add(1);
        condition.clear = None;
        condition.says = clip(&says, MAX_REASON_BYTES).to_owned();
        let enough = condition.signs >= begin.0 && now.duration_since(condition.since) >= begin.1;
        let begins = enough && !condition.holds;
        condition.holds |= begins;
        begins.then(|| condition.change(true))
    }
}

impl Condition {
    fn change(&self, begins: bool) -> Change {
        Change { kind: self.kind, begins, since: self.since, says: self.says.clone() }
    }
}

#[cfg(test)]
mod tests;
