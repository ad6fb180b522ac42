//! The answers of the admin API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::latency::{Ledger, Quantiles};
use crate::model::{Asked, ConditionKind, Due, FeedId, Match, Record, Trouble, Verdict};

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
    /// Targets that accept nothing now.
    #[serde(default)]
    pub troubles: Vec<Trouble>,
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
    /// Why it is due then.
    #[serde(default)]
    pub due: Due,
    /// From publication to the poll that found it, of the last weeks.
    #[serde(default)]
    pub delay: Option<Quantiles>,
    /// What its polls cost, in bytes a day on the wire.
    #[serde(default)]
    pub bytes_a_day: Option<u64>,
    /// Share of its polls that its server answered with 304 Not Modified.
    #[serde(default)]
    pub unchanged_share: Option<f64>,
    /// What is the matter with it.
    #[serde(default)]
    pub conditions: Vec<ConditionReport>,
    /// Where it has moved to.
    #[serde(default)]
    pub moved: Option<String>,
    /// The hub that pushes it.
    #[serde(default)]
    pub hub: Option<HubReport>,
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

/// What is the matter with a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionReport {
    /// What it is.
    pub kind: ConditionKind,
    /// Since when.
    pub since: Timestamp,
    /// In words.
    pub says: String,
}

/// A hub of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubReport {
    /// Its URL.
    pub url: String,
    /// Until when it pushes.
    pub until: Option<Timestamp>,
    /// When it last did.
    pub last_push: Option<Timestamp>,
    /// Why it does not.
    pub trouble: Option<String>,
}

/// `newswatch feeds why`: how the time of a feed's next poll is reckoned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyReport {
    /// How the feed is doing.
    pub feed: FeedReport,
    /// Its fixed interval, in seconds.
    pub every_s: Option<f64>,
    /// The budget of requests, as the configuration writes it.
    pub budget: String,
    /// How much more than others it matters, since its items alert: 1 to 8.
    pub interest: f64,
    /// Items that are to be expected in each of the next 24 hours.
    pub expected: Vec<f64>,
    /// Most items that it has shown at once.
    pub window: u32,
    /// Shortest and longest time between two of its polls, in seconds.
    pub bounds_s: (u64, u64),
    /// What its document asks of its readers.
    pub asked: Asked,
    /// How many times in a row its host has asked for peace.
    pub refusals: u32,
    /// How long it may be silent until that is told, in seconds.
    pub usual_silence_s: f64,
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
