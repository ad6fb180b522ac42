//! Silences: what somebody does not want to hear of for a while.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SilenceId;

/// Longest selector and longest reason of a silence, in bytes.
pub const MAX_SILENCE_TEXT_BYTES: usize = 1_000;

/// Between two moments alerts that a selector covers are held back, and written down as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// From its selector and when it was made.
    pub id: SilenceId,
    /// What it covers, as written: `watch=grain lang=et`.
    pub selector: String,
    /// From when.
    pub starts: Timestamp,
    /// Until when; moved forward where somebody ends it early.
    pub ends: Timestamp,
    /// What for.
    pub why: String,
    /// Who made it: the user of the machine.
    pub by: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Silence {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts <= now && now < self.ends
    }
}
