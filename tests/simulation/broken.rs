//! Stores that break the promise, each in a way of its own: the simulation has to notice every one.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use newswatch::model::{
    Alert, AlertId, AlertKind, Amendment, Delivery, DeliveryId, FeedId, FeedState, Label, Seen, Sent, Silence, Thread,
};
use newswatch::store::{
    AlertQuery, AlertReport, Answer, Claimed, Committed, HandOver, Obeyed, Order, OutboxReport, PollCommit, QueueQuery,
    QueueReport, Raise, Settlement, Store, StoreError, Turn, Visit,
};

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A success is recorded before the attempt.
    SentBeforeAttempt,
    /// A success is not recorded.
    SuccessForgotten,
    /// Of the rows that are claimed, one is forgotten.
    RowForgotten,
    /// A commit drops an alert.
    AlertDropped,
    /// What is seen and the validators are stored, and the items are not.
    SeenWithoutItems,
    /// A digest loses a member between two attempts.
    DigestChanges,
    /// Each attempt has an id of its own.
    IdChanges,
    /// Nobody is told of a dead letter.
    DeadLetterHushed,
    /// A dead letter is not kept.
    DeadLetterLost,
    /// Targets are told at once, whatever their manner. This one is in the lanes.
    Impatient,
}

impl Bug {
    pub const ALL: [Bug; 10] = [
        Bug::SentBeforeAttempt,
        Bug::SuccessForgotten,
        Bug::RowForgotten,
        Bug::AlertDropped,
        Bug::SeenWithoutItems,
        Bug::DigestChanges,
        Bug::IdChanges,
        Bug::DeadLetterHushed,
        Bug::DeadLetterLost,
        Bug::Impatient,
    ];
}

/// A store with a bug.
pub struct Broken {
    store: Arc<dyn Store>,
    bug: Bug,
    /// Deliveries that were settled before their time.
    settled: Mutex<HashSet<DeliveryId>>,
}

impl Broken {
    pub fn new(store: Arc<dyn Store>, bug: Bug) -> Self {
        Self { store, bug, settled: Mutex::default() }
    }

    async fn spoil(&self, target: &str, now: Timestamp, claimed: &mut Claimed) -> Result<(), StoreError> {
        match self.bug {
            Bug::SentBeforeAttempt => {
                for (row, _) in &claimed.deliveries {
                    let (id, alert, target) = (row.id, row.alert, target.to_owned());
                    let sent = Sent { id, alert, target, accepted: now, attempts: 1, held: None };
                    self.store.settle(Settlement::Sent(sent)).await?;
                    self.settled.lock().unwrap().insert(id);
                }
            }
            Bug::RowForgotten if claimed.deliveries.len() > 1 => drop(claimed.deliveries.pop()),
            Bug::DigestChanges => {
                let retried = claimed.deliveries.iter_mut().filter(|(row, _)| row.attempts > 0);
                for (_, alert) in retried.filter(|(_, alert)| alert.kind == AlertKind::Digest) {
                    alert.members.pop();
                }
            }
            Bug::IdChanges => {
                for (row, _) in claimed.deliveries.iter_mut().filter(|(row, _)| row.attempts > 0) {
                    row.id = DeliveryId::new(row.alert, &row.attempts.to_string());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

struct BrokenTurn(Box<dyn Turn>, Bug);

impl Turn for BrokenTurn {
    fn commit(self: Box<Self>, mut commit: PollCommit) -> Answer<Committed> {
        match self.1 {
            Bug::AlertDropped => drop(commit.raise.pop()),
            Bug::SeenWithoutItems => commit.records.clear(),
            _ => {}
        }
        self.0.commit(commit)
    }

    fn amend(self: Box<Self>, amendment: Amendment, threads: Vec<Thread>) -> Answer<()> {
        self.0.amend(amendment, threads)
    }

    fn put_threads(self: Box<Self>, threads: Vec<Thread>) -> Answer<()> {
        self.0.put_threads(threads)
    }
}

macro_rules! plain {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $out:ty;)*) => {
        #[async_trait]
        impl Store for Broken {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
                self.store.$name($($arg),*).await
            })*

            async fn turn(&self) -> Result<Box<dyn Turn>, StoreError> {
                Ok(Box::new(BrokenTurn(self.store.turn().await?, self.bug)))
            }

            async fn claim(&self, target: &str, now: Timestamp, limit: usize) -> Result<Claimed, StoreError> {
                let mut claimed = self.store.claim(target, now, limit).await?;
                self.spoil(target, now, &mut claimed).await?;
                Ok(claimed)
            }

            async fn settle(&self, settlement: Settlement) -> Result<(), StoreError> {
                let id = match &settlement {
                    Settlement::Sent(sent) => sent.id,
                    Settlement::Retry(row) => row.id,
                    Settlement::Dead(letter, _) => letter.delivery.id,
                    Settlement::Digest(..) => return self.store.settle(settlement).await,
                };
                if self.settled.lock().unwrap().remove(&id) {
                    return Ok(());
                }
                match (self.bug, settlement) {
                    (Bug::SuccessForgotten, Settlement::Sent(_)) => Ok(()),
                    (Bug::DeadLetterLost, Settlement::Dead(..)) => Ok(()),
                    (Bug::DeadLetterHushed, Settlement::Dead(letter, _)) => {
                        self.store.settle(Settlement::Dead(letter, None)).await
                    }
                    (_, settlement) => self.store.settle(settlement).await,
                }
            }
        }
    };
}

plain! {
    load_feeds() -> Vec<FeedState>;
    seen(feed: FeedId) -> Seen;
    save_states(states: Vec<FeedState>) -> ();
    raise(raise: Raise) -> Committed;
    threads() -> Vec<Thread>;
    amendments() -> Vec<Amendment>;
    silences() -> Vec<Silence>;
    put_silence(silence: Silence) -> ();
    release(target: &str, now: Timestamp, most: usize) -> usize;
    hand_over(order: HandOver) -> usize;
    unhold(now: Timestamp) -> usize;
    claim_overdue(target: &str, now: Timestamp, limit: usize) -> Vec<(Delivery, Alert)>;
    alerts(query: AlertQuery) -> Vec<AlertReport>;
    outbox(limit: usize) -> OutboxReport;
    queue(query: QueueQuery) -> QueueReport;
    order(orders: Vec<Order>) -> Vec<Obeyed>;
    label(alert: AlertId, label: Option<Label>) -> ();
    labels() -> Vec<Label>;
    replay(since: Timestamp, visit: Visit) -> ();
    expire() -> ();
    close() -> ();
}
