//! The manner in which a target wants to be told: when, how often, and who is told in its place.

use std::time::Duration;

use super::{Calendar, Hours};

/// See the module. The default is at once, each alert by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// What is not urgent waits for the end of these.
    pub quiet_hours: Vec<Hours>,
    /// All waits for the next of these times, and is told in one message.
    pub digest: Option<Calendar>,
    /// Alerts that belong together are told together.
    pub group: Option<Grouping>,
    /// Most messages; what is more is told in one summary.
    pub rate: Option<Rate>,
    /// Who is told when this target fails.
    pub fallback: Option<Fallback>,
}

/// Alerts of one watch or of one story are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grouping {
    /// What belongs together.
    pub by: GroupBy,
    /// How long the first alert of a group waits for others.
    pub wait: Duration,
    /// Shortest time from one message about a group to the next.
    pub interval: Duration,
}

/// What belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// Alerts of one watch.
    Watch,
    /// Alerts about one story, of whichever watches.
    Story,
}

/// So many messages in any stretch of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub messages: u32,
    /// In which time.
    pub per: Duration,
}

/// Who is told in place of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// The other target, by name.
    pub target: String,
    /// How long the target has to have failed.
    pub after: Duration,
}
