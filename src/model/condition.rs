//! Conditions: what may keep the news of a feed from being seen, while it lasts.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ItemId, Spread};

/// What is the matter with a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    /// Its server cannot be reached, though others can.
    Unreachable,
    /// Its server's certificate is not valid.
    Certificate,
    /// A protection service keeps programs out.
    Challenge,
    /// It wants to know who asks.
    Login,
    /// There is a page for people where the feed was.
    Page,
    /// It fails in another way.
    Failing,
    /// Nothing new comes for longer than ever.
    Silent,
    /// The same, and it is the same document to the byte.
    Frozen,
    /// Its server called the feed unchanged when it was not.
    Stuck,
    /// It shows far fewer items at once than it used to.
    Shrunk,
    /// Its publisher's clock is wrong.
    Skewed,
    /// Two readings had no item in common: what came between them was not seen.
    Gap,
}

impl ConditionKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ConditionKind::Unreachable => "unreachable",
            ConditionKind::Certificate => "certificate",
            ConditionKind::Challenge => "challenge",
            ConditionKind::Login => "login",
            ConditionKind::Page => "page",
            ConditionKind::Failing => "failing",
            ConditionKind::Silent => "silent",
            ConditionKind::Frozen => "frozen",
            ConditionKind::Stuck => "stuck",
            ConditionKind::Shrunk => "shrunk",
            ConditionKind::Skewed => "skewed",
            ConditionKind::Gap => "gap",
        }
    }

    /// Whether it shows in polls that fail.
    pub fn is_failure(self) -> bool {
        self <= ConditionKind::Failing
    }
}

impl fmt::Display for ConditionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A condition that holds, or of which there have been signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it is.
    pub kind: ConditionKind,
    /// The first sign of it.
    pub since: Timestamp,
    /// Polls that have shown it.
    pub signs: u32,
    /// Whether it holds; until then it is a suspicion that nobody hears of.
    pub holds: bool,
    /// Since when polls have shown no more of it, and how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<(Timestamp, u32)>,
    /// The last sign, in words.
    pub says: String,
}

/// How well a feed is covered: what is the matter with it, and what that is judged by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    /// What holds or is suspected, one of a kind.
    pub conditions: Vec<Condition>,
    /// The first reading.
    pub first: Option<Timestamp>,
    /// When the newest item came.
    pub newest: Option<Timestamp>,
    /// Times between readings that brought something new.
    pub pauses: Spread,
    /// The last complete document, be it changed or not.
    pub full: Option<Timestamp>,
    /// A hash of it.
    pub body: Option<u64>,
    /// The week since 1970, and the fewest items that it has shown at once in it and in the week before.
    pub fewest: (i64, Option<u32>, Option<u32>),
    /// A gap that has yet to be made good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// Longest time between two polls while gaps are feared, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closer: Option<i64>,
}

/// A time in which more came than the feed shows at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The last good reading before it.
    pub from: Timestamp,
    /// The reading that found it.
    pub to: Timestamp,
    /// The items that this has shown, and with it those of earlier ones whose gaps are not made good: whatever else is known
    /// was known before.
    pub shown: Vec<ItemId>,
}

impl Coverage {
    /// Since when it is silent: silences that began before anybody watched are not counted.
    pub fn silent_since(&self) -> Option<Timestamp> {
        self.first.map(|first| self.newest.map_or(first, |newest| newest.max(first)))
    }

    /// The conditions that hold.
    pub fn holding(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(|condition| condition.holds)
    }

    /// Whether a condition holds.
    pub fn holds(&self, kind: ConditionKind) -> bool {
        self.holding().any(|condition| condition.kind == kind)
    }
}
