//! The targets, behind the trait `Notifier`.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use newswatch::model::{Alert, Delivery};
use newswatch::notify::{Notifier, NotifyError};

use crate::faults::{Faults, befalls, outages, weather};
use crate::gate::Gate;
use crate::ledger::Ledger;

/// How long an attempt may take, in milliseconds.
const TIMEOUT: u64 = 20_000;
/// What a notifier says that has a bug. The hook for panics knows it.
pub const PANIC: &str = "a bug that is part of the simulation";

pub struct Receiver {
    gate: Arc<Gate>,
    ledger: Arc<Ledger>,
    faults: Faults,
    outages: Vec<(Range<u64>, u8)>,
}

impl Receiver {
    pub fn new(gate: &Arc<Gate>, ledger: &Arc<Ledger>, faults: Faults, target: &str, end: u64) -> Self {
        let outages = outages(gate, &format!("target {target}"), 3, end);
        Self { gate: gate.clone(), ledger: ledger.clone(), faults, outages }
    }

    async fn dies(&self, dice: &mut fastrand::Rng, delivery: &Delivery, when: &str) {
        if befalls(&self.gate, dice, self.faults.death) {
            self.ledger.log(format!("dies {when} {} reached {}", delivery.id, delivery.target));
            self.gate.die().await;
        }
    }
}

#[async_trait]
impl Notifier for Receiver {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        self.ledger.attempts(delivery, alert, now);
        let name = format!("{} to {}", delivery.id, delivery.target);
        let mut dice = self.gate.enter(format!("send {name}"), 3_000).await;
        self.dies(&mut dice, delivery, "before").await;
        let fault = (dice.u8(..) < self.faults.notify).then(|| dice.u8(0..32));
        let fault = weather(&self.outages, self.gate.now()).or(fault).filter(|_| !self.gate.is_calm());
        let accepts = matches!(fault, None | Some(20..));
        if accepts {
            self.ledger.accepts(delivery, fault.is_some());
        } else {
            self.ledger.log(format!("{} fails {} in way {}", delivery.target, delivery.id, fault.unwrap_or_default()));
        }
        self.dies(&mut dice, delivery, "after").await;
        let mut dice = self.gate.enter(format!("answer {name}"), 2_000).await;
        let transient = |why: &str, retry_after| Err(NotifyError::Transient { why: why.to_owned(), retry_after });
        match fault {
            None => Ok(()),
            Some(0 | 3..=8) => transient("502", None),
            Some(1 | 9..=12) => transient("429", Some(Duration::from_secs(dice.u64(1..1_800)))),
            Some(2 | 13..=14 | 20..=24) => {
                self.gate.wait_until(self.gate.now() + TIMEOUT, &format!("hang {name}")).await;
                transient("no answer", None)
            }
            Some(15 | 16) => Err(NotifyError::Permanent { why: "404".to_owned() }),
            Some(17) => {
                self.ledger.goes(&delivery.target);
                Err(NotifyError::Gone { why: "410".to_owned() })
            }
            Some(18 | 19) => panic!("{PANIC}"),
            Some(_) => transient("the connection was reset", None),
        }
    }
}
