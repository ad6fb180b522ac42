//! The queue of deliveries: what stands in it, and what people do about it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::admin::{Admin, AdminError, short};
use crate::model::{AlertId, Delivery, MAX_REASON_BYTES, Target, clip};
use crate::schedule;
use crate::store::{MAX_ORDERS, Obeyed, Order, QueueQuery, QueueReport, QueueState, Queued, QueuedDelivery, Wish};

/// Longest name of somebody that a reason tells, in bytes.
const MAX_WHO_BYTES: usize = 100;

/// What is to be done with deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steering {
    /// To be sent now: `newswatch outbox retry`.
    Retry {
        /// Beginnings of the ids of deliveries or of their alerts.
        ids: Vec<String>,
        /// Only those for this target.
        target: Option<String>,
    },
    /// All dead letters are to be sent.
    RetryDead {
        /// Only those for this target.
        target: Option<String>,
    },
    /// To be given up: `newswatch outbox drop`.
    Drop {
        /// The beginning of the id of a delivery or of its alert.
        id: String,
        /// Only those for this target.
        target: Option<String>,
        /// Who wants it so.
        who: String,
        /// Why.
        why: String,
    },
}

/// What came of it for one delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Steered {
    /// The row; as it stands now where it was changed.
    #[serde(flatten)]
    pub row: Queued,
    /// Why nothing was done; `None` where it was.
    pub refused: Option<String>,
}

impl Admin {
    /// The queue, and the rows that are asked for.
    pub async fn queue(&self, query: QueueQuery) -> Result<QueueReport, AdminError> {
        Ok(self.store.queue(query).await?)
    }

    /// Does what is wanted of each delivery that is meant, as far as it can be done.
    pub async fn steer(&self, wanted: &Steering) -> Result<Vec<Steered>, AdminError> {
        let mut steered = Vec::new();
        match wanted {
            Steering::Retry { ids, target } => {
                for id in ids {
                    let rows = self.meant(id, target.as_deref()).await?;
                    steered.extend(self.order(rows, |row| self.revived(row)).await?);
                }
            }
            Steering::RetryDead { target } => {
                let query = QueueQuery { target: target.clone(), limit: MAX_ORDERS, ..QueueQuery::default() };
                let mut query = QueueQuery { state: Some(QueueState::Dead), ..query };
                loop {
                    let QueueReport { deliveries, next, .. } = self.store.queue(query.clone()).await?;
                    steered.extend(self.order(deliveries, |row| self.revived(row)).await?);
                    query.after = next;
                    if query.after.is_none() {
                        break;
                    }
                }
            }
            Steering::Drop { id, target, who, why } => {
                let rows = self.meant(id, target.as_deref()).await?;
                let reason = format!("dropped by {}: {why}", clip(who, MAX_WHO_BYTES));
                let reason = clip(&reason, MAX_REASON_BYTES);
                steered = self.order(rows, |_| Ok(Wish::Bury { reason: reason.to_owned() })).await?;
            }
        }
        if let Some(wake) = &self.wake {
            wake.send_replace(());
        }
        Ok(steered)
    }

    /// The rows of one alert that are meant by the beginning of an id.
    async fn meant(&self, wanted: &str, target: Option<&str>) -> Result<Vec<Queued>, AdminError> {
        let id = wanted.to_ascii_lowercase();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AdminError::NotQueued(short(wanted)));
        }
        let (id, target) = (Some(id), target.map(str::to_owned));
        let query = QueueQuery { id, target, limit: MAX_ORDERS, ..QueueQuery::default() };
        let rows = self.store.queue(query).await?.deliveries;
        let alerts: BTreeSet<AlertId> = rows.iter().map(|row| row.delivery.delivery().alert).collect();
        match alerts.len() {
            0 => Err(AdminError::NotQueued(short(wanted))),
            1 => Ok(rows),
            _ => Err(AdminError::AmbiguousDelivery(short(wanted))),
        }
    }

    fn revived(&self, delivery: &Delivery) -> Result<Wish, String> {
        let is_its = |target: &&Target| target.name == delivery.target;
        match self.targets.iter().find(is_its) {
            Some(target) => Ok(Wish::Revive { deadline: schedule::due(self.clock.now(), target.deadline) }),
            None => Err(format!("the configuration has no target `{}` any more", delivery.target)),
        }
    }

    async fn order(
        &self,
        rows: Vec<Queued>,
        wish: impl Fn(&Delivery) -> Result<Wish, String>,
    ) -> Result<Vec<Steered>, AdminError> {
        let now = self.clock.now();
        let (mut orders, mut ordered, mut steered) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let delivery = row.delivery.delivery();
            match wish(delivery) {
                Ok(wish) => {
                    let Delivery { id, alert, target, .. } = delivery.clone();
                    orders.push(Order { delivery: id, alert, target, now, wish });
                    ordered.push(row);
                }
                Err(why) => steered.push(Steered { row, refused: Some(why) }),
            }
        }
        let obeyed = self.store.order(orders).await?;
        steered.extend(ordered.into_iter().zip(obeyed).map(|(row, obeyed)| told(row, obeyed)));
        Ok(steered)
    }
}

fn told(row: Queued, obeyed: Obeyed) -> Steered {
    let refused = match obeyed {
        Obeyed::Done(delivery) => {
            match &delivery {
                QueuedDelivery::Dead(letter) => {
                    let (delivery, reason) = (&letter.delivery, &letter.reason);
                    tracing::warn!(target = %delivery.target, delivery = %delivery.id, reason, "dead letter");
                }
                _ => tracing::info!(delivery = %delivery.delivery().id, "is sent now, because somebody wants it so"),
            }
            return Steered { row: Queued { delivery, ..row }, refused: None };
        }
        Obeyed::Sending => "it is being sent at this moment: see what comes of that",
        Obeyed::Dead => "it is a dead letter already",
        Obeyed::Sent => "its target has accepted it",
        Obeyed::Gone => "it has left the queue",
    };
    Steered { row, refused: Some(refused.to_owned()) }
}
