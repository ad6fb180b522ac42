//! The queue of deliveries as a person sees it, and what a person may ask of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Alert, AlertId, AlertKind, DeadLetter, Delivery, DeliveryId};

/// Most orders that are carried out in one step.
pub const MAX_ORDERS: usize = 1_000;

/// Where a delivery of the queue stands, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// For an attempt.
    Waiting,
    /// The attempt is being made.
    Sending,
    /// Given up.
    Dead,
}

impl QueueState {
    /// All of them, in the order in which they are listed.
    pub const ALL: [QueueState; 3] = [QueueState::Waiting, QueueState::Sending, QueueState::Dead];

    /// As it stands in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            QueueState::Waiting => "waiting",
            QueueState::Sending => "sending",
            QueueState::Dead => "dead",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Which rows of the queue are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueQuery {
    /// Only those that stand so; all where none is named.
    pub state: Option<QueueState>,
    /// Only those for this target.
    pub target: Option<String>,
    /// Only those whose own id, or that of their alert, begins so.
    pub id: Option<String>,
    /// Only those behind this place: [`QueueReport::next`] of an earlier answer.
    pub after: Option<String>,
    /// At most so many rows.
    pub limit: usize,
    /// Whether the rows carry their whole alerts.
    pub whole: bool,
}

/// A delivery of the queue, with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum QueuedDelivery {
    /// It waits for an attempt, also where its target wants it to wait.
    Waiting(Delivery),
    /// The attempt is being made.
    Sending(Delivery),
    /// It was given up.
    Dead(DeadLetter),
}

impl QueuedDelivery {
    /// The delivery.
    pub fn delivery(&self) -> &Delivery {
        match self {
            QueuedDelivery::Waiting(delivery) | QueuedDelivery::Sending(delivery) => delivery,
            QueuedDelivery::Dead(letter) => &letter.delivery,
        }
    }

    /// Where it stands.
    pub fn state(&self) -> QueueState {
        match self {
            QueuedDelivery::Waiting(_) => QueueState::Waiting,
            QueuedDelivery::Sending(_) => QueueState::Sending,
            QueuedDelivery::Dead(_) => QueueState::Dead,
        }
    }
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: QueuedDelivery,
    /// The alert's watch; `None` where the alert is lost.
    #[serde(default)]
    pub watch: Option<String>,
    /// The alert's kind.
    #[serde(default)]
    pub kind: Option<AlertKind>,
    /// The alert's headline.
    #[serde(default)]
    pub headline: Option<String>,
    /// The whole alert, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<Alert>>,
}

/// The queue: its size, and rows of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct QueueReport {
    /// How many deliveries wait, of the target that was asked for or of all.
    pub waiting: usize,
    /// How many are being sent at this moment.
    pub sending: usize,
    /// How many were given up.
    pub dead: usize,
    /// The rows: those in the outbox by target and due time, then the dead letters.
    pub deliveries: Vec<Queued>,
    /// Where the next rows begin; `None` where these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What somebody wants done with a delivery of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The delivery.
    pub delivery: DeliveryId,
    /// What it tells.
    pub alert: AlertId,
    /// Its target, by name.
    pub target: String,
    /// When that is wanted.
    pub now: Timestamp,
    /// What is wanted.
    pub wish: Wish,
}

/// What is wanted of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To be sent: a waiting one is due at once, with its deadline; a dead letter waits again, with this deadline and its
    /// attempts counted anew.
    Revive {
        /// After it a revived one becomes a dead letter again.
        deadline: Timestamp,
    },
    /// To be given up for this reason: a waiting one becomes a dead letter, and nobody else is told.
    Bury {
        /// Who wants it so, and why.
        reason: String,
    },
}

/// What came of an [`Order`].
#[expect(clippy::large_enum_variant, reason = "there are a thousand at most, and they are mostly of this one")]
#[derive(Debug, Clone, PartialEq)]
pub enum Obeyed {
    /// It is done; so the delivery stands now.
    Done(QueuedDelivery),
    /// Nothing was done: the delivery is being sent at this moment.
    Sending,
    /// Nothing was done: it is a dead letter already.
    Dead,
    /// Nothing was done: its target has accepted it.
    Sent,
    /// Nothing was done: the queue does not have it.
    Gone,
}
