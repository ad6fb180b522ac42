//! What publishers ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a document asks of those who poll it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// RSS `ttl`: how long not to come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Duration>,
    /// RSS 1.0 syndication: how often it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_period: Option<Duration>,
    /// When not to come.
    #[serde(flatten)]
    pub skip: Skip,
}

/// Hours and days at which not to come (UTC).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// RSS `skipHours`: bit h is hour h, 0 to 23.
    #[serde(default, rename = "skip_hours")]
    pub hours: u32,
    /// RSS `skipDays`: bit 0 is Monday, bit 6 Sunday.
    #[serde(default, rename = "skip_days")]
    pub days: u8,
}
