//! What was learned of when a feed publishes; `schedule` learns it, and says what to expect of it.

use serde::{Deserialize, Serialize, Serializer};

/// Counts that fade. All times are seconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// The last reading.
    pub read: Option<i64>,
    /// Items.
    #[serde(serialize_with = "in_three_digits")]
    pub items: f32,
    /// Of these, items that alerted.
    #[serde(serialize_with = "in_three_digits")]
    pub matched: f32,
    /// Seconds in which they came.
    #[serde(serialize_with = "whole")]
    pub seconds: f64,
    /// Items by hour: those of weekdays, then those of the weekend (UTC). Empty before the first reading.
    #[serde(serialize_with = "each_in_three_digits")]
    pub hours: Vec<f32>,
    /// Items by twelfth of an hour.
    #[serde(serialize_with = "each_in_three_digits")]
    pub parts: Vec<f32>,
    /// Items of the last hours.
    #[serde(serialize_with = "in_three_digits")]
    pub recent: f32,
    /// Items that were to be expected in these.
    #[serde(serialize_with = "in_three_digits")]
    pub expected: f32,
    /// Items a day in the long run, as it was when the newest of them came: a silence is judged by it, for what was counted
    /// before fades while it lasts.
    #[serde(default, serialize_with = "in_three_digits")]
    pub before_silence: f32,
    /// Most items that the feed has shown at once.
    pub window: u32,
}

/// Stored short.
fn in_three_digits<S: Serializer>(count: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f32(super::spread::in_three_digits(*count))
}

fn whole<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(seconds.round())
}

fn each_in_three_digits<S: Serializer>(counts: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(counts.iter().map(|count| super::spread::in_three_digits(*count)))
}
