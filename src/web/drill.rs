//! Drills: a marked item that goes the whole way to real targets.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::admin::{Admin, AdminError, short};
use crate::model::{AlertId, DeliveryState};

/// How long a drill waits for its targets.
pub const DRILL_TIMEOUT: Duration = Duration::from_secs(60);
/// Most drills that wait for their turn.
pub const MAX_DRILLS: usize = 4;

/// What a drill is to reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drilling {
    /// One target, by name; all of them where nothing is said.
    pub target: Option<String>,
}

/// `newswatch drill`: when the item was at each stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillReport {
    /// The alert that it raised.
    pub alert: AlertId,
    /// When its feed was due, and its item published.
    pub due: Timestamp,
    /// When the document with it had been received.
    pub received: Timestamp,
    /// When it had been parsed, matched and judged.
    pub raised: Timestamp,
    /// When all of that was durable.
    pub committed: Timestamp,
    /// What became of it at each target.
    pub deliveries: Vec<DeliveryState>,
}

impl DrillReport {
    /// Whether every target has accepted it; there is at least one.
    pub fn passed(&self) -> bool {
        !self.deliveries.is_empty() && self.deliveries.iter().all(|state| matches!(state, DeliveryState::Sent(_)))
    }
}

/// An order to a daemon, and where its report goes. An error is a text: it may come from anywhere on the way.
#[derive(Debug)]
pub struct DrillOrder {
    /// What to reach.
    pub drilling: Drilling,
    /// Who waits for it.
    pub reply: oneshot::Sender<Result<DrillReport, String>>,
}

impl Admin {
    /// Sends a marked item the whole way.
    pub async fn drill(&self, drilling: Drilling) -> Result<DrillReport, AdminError> {
        let failed = |why: &str| AdminError::Drill(why.to_owned());
        let orders: &mpsc::Sender<DrillOrder> = self.drills.as_ref().ok_or_else(|| failed("no daemon runs"))?;
        if let Some(name) =
            drilling.target.as_ref().filter(|name| self.targets.iter().all(|known| known.name != **name))
        {
            return Err(AdminError::NoSuchTarget(short(name)));
        }
        let (reply, report) = oneshot::channel();
        let stopped = |_| failed("the daemon stops");
        orders.try_send(DrillOrder { drilling, reply }).map_err(|_| failed("another drill is under way"))?;
        report.await.map_err(|_| ()).map_err(stopped)?.map_err(AdminError::Drill)
    }
}
