//! What publishers ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a document asks of those who poll it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// RSS `ttl`: how long not to come back.
    #[serde(default)]
    pub ttl: Option<Duration>,
    /// RSS 1.0 syndication: how often it changes.
    #[serde(default)]
    pub update_period: Option<Duration>,
    /// RSS `skipHours`: hours at which not to come. Bit h is hour h of UTC, 0 to 23.
    #[serde(default)]
    pub skip_hours: u32,
    /// RSS `skipDays`: days on which not to come. Bit 0 is Monday, bit 6 Sunday (UTC).
    #[serde(default)]
    pub skip_days: u8,
}
