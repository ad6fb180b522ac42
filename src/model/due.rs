//! Why a feed is due when it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the time of a feed's next poll was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Due {
    /// What decided.
    pub because: Because,
    /// The price of a request at that time, where it was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<f64>,
    /// How long the feed would be left alone at that price if its news came evenly, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<f64>,
    /// Until when the publisher wants to be left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

/// What decided when a feed is polled next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// It was never polled.
    #[default]
    New,
    /// That is when a request brings most, at its price.
    Plan,
    /// Its `every`.
    Every,
    /// Its publisher: `max-age`, `Expires`, `Retry-After`, `ttl`, `sy:update*`.
    Publisher,
    /// Its publisher: `skipHours`, `skipDays`.
    Skip,
    /// It failed.
    Failure,
    /// Its server asked for peace.
    Refusal,
    /// A hub pushes it.
    Push,
}
