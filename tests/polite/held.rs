//! Virtual time that stands still while something real is under way: a request, or a write to the disk.
//!
//! Tokio's paused clock jumps ahead when nothing is left to do. It does not while a blocking task runs, so one does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;

use async_trait::async_trait;
use jiff::Timestamp;
use newswatch::clock::Clock;
use newswatch::fetch::{Ask, FetchError, Fetched, Fetcher, Fetching};
use newswatch::model::{Alert, AlertId, Amendment, Delivery, FeedId, FeedState, Label, Seen, Silence, Thread};
use newswatch::store::{
    AlertQuery, AlertReport, Answer, Claimed, Committed, HandOver, Obeyed, Order, OutboxReport, PollCommit, QueueQuery,
    QueueReport, Raise, Settlement, Store, StoreError, Turn, Visit,
};

/// Holds time until it is dropped.
pub(crate) struct Hold(#[expect(dead_code, reason = "it is dropped")] mpsc::Sender<()>);

/// Holds time.
pub(crate) fn hold() -> Hold {
    let (held, release) = mpsc::channel();
    tokio::task::spawn_blocking(move || release.recv());
    Hold(held)
}

/// The real fetcher, which takes no time. It tells the origin what time it is.
pub(crate) struct HeldFetcher {
    pub(crate) fetcher: Fetcher,
    pub(crate) clock: Clock,
    pub(crate) now_ms: Arc<AtomicI64>,
}

#[async_trait]
impl Fetching for HeldFetcher {
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let _hold = hold();
        self.now_ms.store(self.clock.now().as_millisecond(), Ordering::SeqCst);
        self.fetcher.fetch(ask).await
    }
}

/// The real store, which takes no time.
pub(crate) struct HeldStore(pub(crate) Arc<dyn Store>);

struct HeldTurn(Box<dyn Turn>);

fn held<T: 'static>(answer: Answer<T>) -> Answer<T> {
    Box::pin(async move {
        let _hold = hold();
        answer.await
    })
}

impl Turn for HeldTurn {
    fn commit(self: Box<Self>, commit: PollCommit) -> Answer<Committed> {
        held(self.0.commit(commit))
    }

    fn amend(self: Box<Self>, amendment: Amendment, threads: Vec<Thread>) -> Answer<()> {
        held(self.0.amend(amendment, threads))
    }

    fn put_threads(self: Box<Self>, threads: Vec<Thread>) -> Answer<()> {
        held(self.0.put_threads(threads))
    }
}

macro_rules! held_store {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $out:ty;)*) => {
        #[async_trait]
        impl Store for HeldStore {
            async fn turn(&self) -> Result<Box<dyn Turn>, StoreError> {
                let _hold = hold();
                Ok(Box::new(HeldTurn(self.0.turn().await?)))
            }

            $(async fn $name(&self, $($arg: $kind),*) -> Result<$out, StoreError> {
                let _hold = hold();
                self.0.$name($($arg),*).await
            })*
        }
    };
}

held_store! {
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
    claim(target: &str, now: Timestamp, limit: usize) -> Claimed;
    settle(settlement: Settlement) -> ();
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
