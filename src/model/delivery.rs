//! Deliveries: an alert on its way to one target.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, DeliveryId};

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// From the alert and the target.
    pub id: DeliveryId,
    /// What is to be told.
    pub alert: AlertId,
    /// Who is to be told, by name.
    pub target: String,
    /// When it was put into the outbox.
    pub created: Timestamp,
    /// No attempt before this.
    pub due: Timestamp,
    /// Attempts made so far.
    pub attempts: u32,
    /// After this it becomes a dead letter.
    pub deadline: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

impl Delivery {
    /// A new row, due at once.
    pub fn new(alert: AlertId, target: &str, now: Timestamp, deadline: Timestamp) -> Self {
        Self {
            id: DeliveryId::new(alert, target),
            alert,
            target: target.to_owned(),
            created: now,
            due: now,
            attempts: 0,
            deadline,
            last_error: None,
        }
    }

    /// The id that this delivery has where it is one of another alert.
    pub fn of(&self, alert: AlertId) -> DeliveryId {
        DeliveryId::new(alert, &self.target)
    }
}

/// A delivery that its target accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The delivery.
    pub id: DeliveryId,
    /// What was told.
    pub alert: AlertId,
    /// Who was told.
    pub target: String,
    /// When the target accepted it.
    pub accepted: Timestamp,
    /// Attempts made, the good one included.
    pub attempts: u32,
}

/// A delivery that was given up: refused for good, or not accepted before its deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The delivery as it was.
    pub delivery: Delivery,
    /// When it was given up.
    pub buried: Timestamp,
    /// Why.
    pub reason: String,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// In the outbox.
    Waiting(Delivery),
    /// Accepted.
    Sent(Sent),
    /// Given up.
    Dead(DeadLetter),
}

impl DeliveryState {
    /// Who is told, by name.
    pub fn target(&self) -> &str {
        match self {
            DeliveryState::Waiting(delivery) => &delivery.target,
            DeliveryState::Sent(sent) => &sent.target,
            DeliveryState::Dead(dead) => &dead.delivery.target,
        }
    }
}
