//! The store as the daemon of a simulation has it: each call waits for its turn, and the process may die before it or once
//! it is durable.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use newswatch::model::{Alert, AlertId, Amendment, Delivery, FeedId, FeedState, Label, Seen, Silence, Thread};
use newswatch::store::{
    AlertQuery, AlertReport, Answer, Claimed, Committed, HandOver, Obeyed, Order, OutboxReport, PollCommit, QueueQuery,
    QueueReport, Raise, Settlement, Store, StoreError, Turn, Visit,
};

use crate::faults::{Faults, befalls};
use crate::gate::Gate;
use crate::ledger::Ledger;
use crate::stay::stay;

/// A slow disk, in milliseconds.
const SLOW: u64 = 2_000;

/// See the module.
pub struct Risky {
    pub store: Arc<dyn Store>,
    pub gate: Arc<Gate>,
    pub ledger: Arc<Ledger>,
    pub faults: Faults,
    /// It has failed, and takes no more work in this life.
    pub failed: Arc<AtomicBool>,
}

type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

impl Risky {
    /// Waits for its turn. Whoever comes back may do its work; what it brings says whether to die of it.
    async fn enter(&self, name: &str, risk: u32) -> Result<bool, StoreError> {
        let mut dice = self.gate.enter(name.to_owned(), SLOW).await;
        if befalls(&self.gate, &mut dice, self.faults.death * risk / 100) {
            self.ledger.log(format!("dies before: {name}"));
            self.gate.die().await;
        }
        if befalls(&self.gate, &mut dice, self.faults.failure * risk / 100) {
            self.ledger.log(format!("the store fails: {name}"));
            self.failed.store(true, Ordering::SeqCst);
        }
        if self.failed.load(Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        Ok(befalls(&self.gate, &mut dice, self.faults.death * risk / 100))
    }

    async fn does<T: Send>(
        &self,
        name: String,
        risk: u32,
        work: Work<'_, T>,
        entry: impl FnOnce(&Ledger, &Result<T, StoreError>) + Send,
    ) -> Result<T, StoreError> {
        let dies = self.enter(&name, risk).await?;
        let result = stay(work);
        entry(&self.ledger, &result);
        if let Err(error) = &result {
            self.ledger.wrong(format!("{name}: {error}"));
        }
        if dies {
            self.ledger.log(format!("dies after: {name}"));
            self.gate.die().await;
        }
        // Others may go on before the answer is there. Of what is read in passing, nobody would know.
        if risk > 2 {
            self.gate.enter(format!("answer {name}"), SLOW).await;
        }
        result
    }
}

struct RiskyTurn {
    turn: Box<dyn Turn>,
    gate: Arc<Gate>,
    ledger: Arc<Ledger>,
    name: String,
    dies: bool,
}

impl Turn for RiskyTurn {
    fn commit(self: Box<Self>, commit: PollCommit) -> Answer<Committed> {
        let Self { turn, gate, ledger, name, dies } = *self;
        let result = stay(turn.commit(commit.clone()));
        ledger.committed(&commit, &result);
        Box::pin(async move {
            if dies {
                ledger.log(format!("dies after: {name}"));
                gate.die().await;
            }
            gate.enter(format!("answer {name}"), SLOW).await;
            result
        })
    }

    fn amend(self: Box<Self>, amendment: Amendment, threads: Vec<Thread>) -> Answer<()> {
        self.turn.amend(amendment, threads)
    }

    fn put_threads(self: Box<Self>, threads: Vec<Thread>) -> Answer<()> {
        self.turn.put_threads(threads)
    }
}

/// Those that tell the ledger nothing, with their names and risks in 1/100.
macro_rules! plain {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $out:ty, $risk:literal, $called:expr;)*) => {
        #[async_trait]
        impl Store for Risky {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
                self.does($called, $risk, self.store.$name($($arg),*), |_, _| {}).await
            })*

            async fn turn(&self) -> Result<Box<dyn Turn>, StoreError> {
                let name = format!("commit {}", self.ledger.polling().map_or("-".to_owned(), |feed| feed.to_string()));
                let dies = self.enter(&name, 100).await?;
                let turn = stay(self.store.turn())?;
                let (gate, ledger) = (self.gate.clone(), self.ledger.clone());
                Ok(Box::new(RiskyTurn { turn, gate, ledger, name, dies }))
            }

            async fn raise(&self, raise: Raise) -> Result<Committed, StoreError> {
                let entry = {
                    let raise = raise.clone();
                    move |ledger: &Ledger, result: &Result<Committed, StoreError>| match result {
                        Ok(committed) if !committed.raised.is_empty() => ledger.raised(&raise),
                        _ => {}
                    }
                };
                self.does(format!("raise {}", raise.alert.id), 100, self.store.raise(raise), entry).await
            }

            async fn claim(&self, target: &str, now: Timestamp, limit: usize) -> Result<Claimed, StoreError> {
                let entry = |ledger: &Ledger, result: &Result<Claimed, StoreError>| {
                    result.iter().for_each(|claimed| ledger.claimed(claimed));
                };
                self.does(format!("claim {target}"), 1, self.store.claim(target, now, limit), entry).await
            }

            async fn claim_overdue(
                &self,
                target: &str,
                now: Timestamp,
                limit: usize,
            ) -> Result<Vec<(Delivery, Alert)>, StoreError> {
                let entry = |ledger: &Ledger, result: &Result<Vec<(Delivery, Alert)>, StoreError>| {
                    result.iter().flatten().for_each(|(delivery, alert)| ledger.claimed_one(delivery, alert));
                };
                let work = self.store.claim_overdue(target, now, limit);
                self.does(format!("claim overdue {target}"), 2, work, entry).await
            }

            async fn settle(&self, settlement: Settlement) -> Result<(), StoreError> {
                let name = match &settlement {
                    Settlement::Sent(sent) => format!("settle {} of {}: sent", sent.id, sent.target),
                    Settlement::Retry(row) => format!("settle {} of {}: again", row.id, row.target),
                    Settlement::Dead(letter, _) => format!("settle {}: dead", letter.delivery.id),
                    Settlement::Digest(_, raise) => format!("settle {}: digest", raise.alert.id),
                };
                let entry = {
                    let settlement = settlement.clone();
                    move |ledger: &Ledger, result: &Result<(), StoreError>| {
                        if result.is_ok() {
                            ledger.settled(&settlement);
                        }
                    }
                };
                self.does(name, 100, self.store.settle(settlement), entry).await
            }
        }
    };
}

plain! {
    load_feeds() -> Vec<FeedState>, 5, "load feeds".to_owned();
    seen(feed: FeedId) -> Seen, 10, format!("seen {feed}");
    save_states(states: Vec<FeedState>) -> (), 20, "save states".to_owned();
    threads() -> Vec<Thread>, 5, "threads".to_owned();
    amendments() -> Vec<Amendment>, 5, "amendments".to_owned();
    silences() -> Vec<Silence>, 5, "silences".to_owned();
    put_silence(silence: Silence) -> (), 100, "put silence".to_owned();
    release(target: &str, now: Timestamp, most: usize) -> usize, 20, format!("release {target}");
    hand_over(order: HandOver) -> usize, 20, format!("hand over {}", order.from);
    unhold(now: Timestamp) -> usize, 10, "unhold".to_owned();
    alerts(query: AlertQuery) -> Vec<AlertReport>, 1, "alerts".to_owned();
    outbox(limit: usize) -> OutboxReport, 5, "outbox".to_owned();
    queue(query: QueueQuery) -> QueueReport, 1, "queue".to_owned();
    order(orders: Vec<Order>) -> Vec<Obeyed>, 1, "order".to_owned();
    label(alert: AlertId, label: Option<Label>) -> (), 1, "label".to_owned();
    labels() -> Vec<Label>, 1, "labels".to_owned();
    replay(since: Timestamp, visit: Visit) -> (), 5, "replay".to_owned();
    expire() -> (), 10, "expire".to_owned();
    close() -> (), 1, "close".to_owned();
}
