//! What is the matter with a target.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A target that accepts nothing now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Its name.
    pub target: String,
    /// Since when.
    pub since: Timestamp,
    /// Why the last attempt failed.
    pub last_error: String,
    /// Whether it has said that it is gone, so that it is not tried before the next start.
    pub gone: bool,
}
