//! What was learned of when a feed publishes; `schedule` learns it, and says what to expect of it.

use serde::{Deserialize, Serialize};

/// Counts that fade. All times are seconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// The last reading.
    pub read: Option<i64>,
    /// Items.
    pub items: f32,
    /// Of these, items that alerted.
    pub matched: f32,
    /// Seconds in which they came.
    pub seconds: f64,
    /// Items by hour: those of weekdays, then those of the weekend (UTC). Empty before the first reading.
    pub hours: Vec<f32>,
    /// Items by twelfth of an hour.
    pub parts: Vec<f32>,
    /// Items of the last hours.
    pub recent: f32,
    /// Items that were to be expected in these.
    pub expected: f32,
    /// Most items that the feed has shown at once.
    pub window: u32,
}
