//! Deliveries: an alert on its way to one target.

use std::fmt;

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
    /// Why it waits before its first attempt, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Hold>,
    /// Since when its target has failed at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Whether the target's fallback is told in its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub handed_over: bool,
}

/// Why a delivery waits before its first attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// The target has quiet hours, and the alert is not urgent.
    QuietHours,
    /// The target is told in digests.
    Digest,
    /// Others of its group may join it, or the group was told a moment ago.
    Group,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hold::QuietHours => "quiet hours",
            Hold::Digest => "the next digest",
            Hold::Group => "others of its group",
        })
    }
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
            held: None,
            failing_since: None,
            handed_over: false,
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
    /// Why it had waited before its first attempt, where it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Hold>,
}

/// A delivery that is told in a digest: what becomes of that becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digested {
    /// The delivery.
    pub id: DeliveryId,
    /// What was to be told.
    pub alert: AlertId,
    /// Who is told.
    pub target: String,
    /// The alert that tells it, of the kind [`super::AlertKind::Digest`].
    pub digest: AlertId,
    /// When it was put into it.
    pub at: Timestamp,
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
    /// Told in a digest.
    Digested(Digested),
    /// Given up.
    Dead(DeadLetter),
}

impl DeliveryState {
    /// Whether it waits, or waited, because its target wants it so.
    pub fn is_held(&self) -> bool {
        match self {
            DeliveryState::Waiting(delivery) => delivery.held.is_some(),
            DeliveryState::Sent(sent) => sent.held.is_some(),
            DeliveryState::Digested(_) => true,
            DeliveryState::Dead(dead) => dead.delivery.held.is_some(),
        }
    }

    /// What is told.
    pub fn alert(&self) -> AlertId {
        match self {
            DeliveryState::Waiting(delivery) => delivery.alert,
            DeliveryState::Sent(sent) => sent.alert,
            DeliveryState::Digested(digested) => digested.alert,
            DeliveryState::Dead(dead) => dead.delivery.alert,
        }
    }

    /// Who is told, by name.
    pub fn target(&self) -> &str {
        match self {
            DeliveryState::Waiting(delivery) => &delivery.target,
            DeliveryState::Sent(sent) => &sent.target,
            DeliveryState::Digested(digested) => &digested.target,
            DeliveryState::Dead(dead) => &dead.delivery.target,
        }
    }
}
