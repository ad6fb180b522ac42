//! Records: an item with everything that was decided about it. This is what the archive keeps, so that every decision
//! can be explained afterwards, also the decision not to alert.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, Item, Match, SilenceId, StoryId};

/// An archived item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When newswatch first had it in hand.
    pub seen: Timestamp,
    /// The item.
    pub item: Item,
    /// The story that it tells.
    pub story: StoryId,
    /// What each watch with any evidence made of it.
    pub decisions: Vec<Decision>,
}

/// What one watch made of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The evidence and its score.
    #[serde(flatten)]
    pub matched: Match,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It raised this alert.
    Alerted(AlertId),
    /// It is told in this update of a story that the watch had alerted on.
    Updated(AlertId),
    /// It raised none.
    Suppressed(Suppression),
}

/// Why a match raised no alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// The score stayed below the watch's threshold.
    BelowThreshold,
    /// The watch had already alerted on this story, with this alert, and this report adds nothing to it.
    SameStory(AlertId),
    /// The feed's first poll found it, and it is older than `lookback` or has no date.
    FirstRun,
    /// It is an edit, and the watch had found enough in an earlier version.
    Edited,
    /// The feed's first poll found so many that this alert names them together.
    Summarised(AlertId),
    /// This silence covers it.
    Silenced(SilenceId),
    /// Somebody has acknowledged the story, which this alert had told first.
    Acknowledged(AlertId),
}

impl fmt::Display for Suppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Suppression::BelowThreshold => f.write_str("the score is below the threshold"),
            Suppression::SameStory(alert) => write!(f, "the same story already raised alert {alert}"),
            Suppression::FirstRun => f.write_str("the feed already held it at its first poll, older than `lookback`"),
            Suppression::Edited => f.write_str("it is an edit, and an earlier version was told or held back already"),
            Suppression::Silenced(silence) => write!(f, "silence {silence} covers it"),
            Suppression::Acknowledged(alert) => write!(f, "its story was acknowledged, first told by alert {alert}"),
            Suppression::Summarised(alert) => write!(f, "the feed's first poll found many; alert {alert} names them"),
        }
    }
}
