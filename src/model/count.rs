//! Counts: numbers of a news item that say how many of something there are.

use serde::{Deserialize, Serialize};

/// A number of something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// How many: greater than 0, at most 10¹⁵.
    pub value: f64,
    /// What is counted: a word that is the same for all numbers that may be compared, such as "dead" or "ships"; at most 96
    /// bytes.
    pub of: String,
    /// The number with the word beside it as they are written, at most 40 bytes.
    pub text: String,
}
