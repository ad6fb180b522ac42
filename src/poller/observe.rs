//! From what a poll met to what it says of the feed.

use jiff::{SignedDuration, Timestamp};

use super::poll::Poll;
use crate::coverage::{self, Outcome};
use crate::fetch::FetchError;
use crate::model::{ConditionKind, MAX_REASON_BYTES, clip};
use crate::parse::ParseError;
use crate::schedule::{self, Hints};
use crate::store::Raise;

/// What has happened before a whole reading that the server had called unchanged has to lie so far back: items are often
/// dated before they are brought out.
const STALE: SignedDuration = SignedDuration::from_hours(6);
/// Most of the feed's conditions that are told at once.
const MAX_CHANGES: usize = 8;

/// A poll that failed.
pub(super) struct Failure {
    /// For metrics and logs.
    pub(super) class: &'static str,
    /// In words.
    pub(super) why: String,
    /// What it means for the schedule, by how many times in a row.
    pub(super) polled: fn(u32) -> schedule::Polled,
    /// When the server wants to be asked again.
    pub(super) hints: Hints,
    /// What is the matter with the feed, or perhaps with our network.
    pub(super) kind: ConditionKind,
}

impl Failure {
    /// It could not be fetched.
    pub(super) fn fetch(error: &FetchError) -> Self {
        let hints = match error {
            FetchError::Refused { hints, .. } => *hints,
            _ => Hints::default(),
        };
        let kind = match error {
            FetchError::Connect(_) | FetchError::Timeout(_) | FetchError::Broken(_) => ConditionKind::Unreachable,
            FetchError::Certificate(_) => ConditionKind::Certificate,
            FetchError::Status(401 | 407) => ConditionKind::Login,
            _ => ConditionKind::Failing,
        };
        let polled: fn(u32) -> schedule::Polled = match error {
            FetchError::Refused { .. } => schedule::Polled::Refused,
            _ if kind == ConditionKind::Unreachable => schedule::Polled::Unreached,
            _ => schedule::Polled::Failed,
        };
        Self { class: error.class(), why: error.to_string(), polled, hints, kind }
    }

    /// It could not be read.
    pub(super) fn parse(error: &ParseError, hints: Hints) -> Self {
        let kind = match error {
            ParseError::ChallengePage(_) => ConditionKind::Challenge,
            ParseError::LoginPage(_) => ConditionKind::Login,
            ParseError::HtmlPage(_) => ConditionKind::Page,
            _ => ConditionKind::Failing,
        };
        Self { class: error.class(), why: error.to_string(), polled: schedule::Polled::Failed, hints, kind }
    }

    /// A bug, or a shutdown.
    pub(super) fn panic(why: &str, hints: Hints) -> Self {
        let kind = ConditionKind::Failing;
        Self { class: "panic", why: why.to_owned(), polled: schedule::Polled::Failed, hints, kind }
    }
}

impl Poll {
    /// Learns what the poll says of the feed's coverage; returns what the owner has to hear.
    pub(super) fn observe(&mut self, outcome: Outcome<'_>, clock: Option<Timestamp>) -> Vec<Raise> {
        let since = self.state.coverage.silent_since().map(Timestamp::as_second);
        let missed = since.map_or(0.0, |since| self.state.rhythm.missed(since, self.now.as_second()));
        let skew = clock.map(|clock| clock.duration_since(self.now) - self.terms.clock);
        let poll = coverage::Poll { now: self.now, outcome, skew, missed };
        let (coverage, changes) = coverage::after(std::mem::take(&mut self.state.coverage), &poll);
        self.state.coverage = coverage;
        if !self.state.coverage.holds(ConditionKind::Gap) && self.state.coverage.gap.is_none() {
            self.state.coverage.closer = None;
        }
        let raise = changes.iter().take(MAX_CHANGES).map(|change| {
            let alert = super::notices::condition(&self.feed, change, self.now);
            tracing::warn!(feed = %self.feed.name, condition = %change.kind, begins = change.begins, "{}", change.says);
            self.shared.to_owner(alert, self.now)
        });
        raise.collect()
    }

    /// What a failure says of the feed; nothing where it is our network that is gone.
    pub(super) fn failing(&mut self, failure: &Failure) -> Vec<Raise> {
        let ours = failure.kind == ConditionKind::Unreachable && !self.terms.others_reached;
        let kind = if ours { None } else { Some(failure.kind) };
        self.observe(Outcome::Failed(kind, clip(&failure.why, MAX_REASON_BYTES)), None)
    }

    /// Whether a server is not to be asked if anything has changed, but for all that there is.
    pub(super) fn must_read_whole(&self) -> bool {
        let coverage = &self.state.coverage;
        let long_ago = coverage.full.is_some_and(|full| self.now.duration_since(full) >= coverage::READ_WHOLE);
        long_ago || coverage.gap.is_some() || coverage.holds(ConditionKind::Stuck)
    }

    /// Whether a document holds what its server had called unchanged.
    pub(super) fn is_stale(&self, before: Option<Timestamp>, mut new: impl Iterator<Item = Option<Timestamp>>) -> bool {
        let coverage = &self.state.coverage;
        let called_unchanged = self.whole && coverage.gap.is_none() && !coverage.holds(ConditionKind::Stuck);
        let Some(before) = before.filter(|_| called_unchanged) else { return false };
        new.any(|date| date.is_some_and(|date| before.duration_since(date) > STALE))
    }
}
