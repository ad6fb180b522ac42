//! The answers of the admin API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::latency::Ledger;
use crate::model::{FeedId, Match, Record, Verdict};

/// `newswatch status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusReport {
    /// Of the program that answers.
    pub version: String,
    /// The daemon's process, where one runs.
    pub pid: Option<u32>,
    /// Since when it runs.
    pub started: Option<Timestamp>,
    /// Where its state lies.
    pub state_dir: String,
    /// The configured feeds.
    pub feeds: FeedsSummary,
    /// When the next feed is due.
    pub next_poll: Option<Timestamp>,
    /// Deliveries that wait.
    pub outbox_waiting: usize,
    /// Deliveries that were given up.
    pub dead_letters: usize,
    /// Alerts raised in the last 24 hours.
    pub alerts_last_24h: usize,
    /// When the latest alert was raised.
    pub latest_alert: Option<Timestamp>,
    /// How long news took from its publication to its targets, in the last 7 days.
    #[serde(default)]
    pub latency: Ledger,
}

/// How the feeds are doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedsSummary {
    /// In the configuration.
    pub configured: usize,
    /// Read well at the last poll.
    pub well: usize,
    /// Failed at the last poll.
    pub failing: usize,
    /// Gone for good.
    pub gone: usize,
    /// Not polled yet.
    pub never_polled: usize,
}

/// A line of `newswatch feeds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedReport {
    /// Its id.
    pub id: FeedId,
    /// What people call it.
    pub name: String,
    /// Its URL or path, without a password.
    pub source: String,
    /// Its own title.
    pub title: Option<String>,
    /// One word: `well`, `failing`, `gone`, `never polled`.
    pub health: String,
    /// When it is due.
    pub next_due: Option<Timestamp>,
    /// Items a day, as far as its polls have shown.
    #[serde(default)]
    pub items_a_day: Option<f64>,
    /// When it was last polled.
    pub last_poll: Option<Timestamp>,
    /// When it was last read well.
    pub last_ok: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Why the last poll failed.
    pub last_error: Option<String>,
    /// What parsing repaired or passed over.
    pub warnings: Vec<String>,
}

/// `newswatch explain`: what was decided then, and what the watches make of it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainReport {
    /// The item with the decisions of its day.
    pub record: Record,
    /// What the watches of today's configuration make of it.
    pub now: Vec<Match>,
}

/// `newswatch label`: what somebody makes of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelling {
    /// The alert's id, or enough of its beginning.
    pub alert: String,
    /// The label; `None` takes away the one that it has.
    pub label: Option<Verdict>,
}
