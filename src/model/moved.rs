//! Where a feed has gone, as its server says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

/// A permanent redirect (301, 308).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it leads.
    pub to: Url,
    /// Since when every good poll was led there.
    pub since: Timestamp,
    /// Whether the feed is asked for there, and no more where it was.
    pub kept: bool,
}
