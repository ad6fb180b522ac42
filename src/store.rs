//! Stop 6 of the trip: what must outlive a crash.
//!
//! The boundary is the work, not keys and values: load feeds, commit a poll, claim, settle a delivery, replay items,
//! expire. Whatever returns `Ok` is durable. Backends differ in where they keep things, never in what these calls mean.
//!
//! The [`Embedded`] backend holds its state in [sled](https://docs.rs/sled/0.34) and its items in an append-only
//! [`archive`].

pub mod archive;
mod embedded;
mod lock;
mod queue;

use std::fs::DirBuilder;
use std::future::Future;
use std::ops::ControlFlow;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{
    Alert, AlertId, Amendment, DeadLetter, Delivery, DeliveryState, Digested, FeedId, FeedState, Label, Record, Seen,
    Sent, Silence, Thread, Verdict,
};

pub use embedded::{ARCHIVE_KEEP_DAYS, CACHE_BYTES, Embedded, FORMAT, MAX_GROUP};
pub use queue::{MAX_ORDERS, Obeyed, Order, QueueQuery, QueueReport, QueueState, Queued, QueuedDelivery, Wish};

/// What can go wrong with a store. After anything but `Conflict` and `Closed`, a daemon stops rather than go on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error("{path} is in use by {holder}; stop that one first, or give this one another `state_dir`", path = path.display())]
    Held {
        /// The state directory.
        path: PathBuf,
        /// The holder, as it described itself.
        holder: String,
    },
    /// It was written by a later version of newswatch.
    #[error("{path} has format {found}, and this newswatch knows formats up to {known}; use the newer version", path = path.display())]
    Newer {
        /// The store's directory.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format known here.
        known: u32,
    },
    /// Reading or writing failed.
    #[error("{what} {path}: {source}", path = path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the database in {path} failed: {message}", path = path.display())]
    Database {
        /// Its directory.
        path: PathBuf,
        /// What it said.
        message: String,
    },
    /// Stored data is not what was written.
    #[error("{path} is damaged: {what}. Nothing was changed; move the directory aside to start anew, and keep it", path = path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A commit was made on top of another state than the stored one.
    #[error("feed {0} was committed by somebody else in the meantime")]
    Conflict(FeedId),
    /// The store failed before, or was closed, and takes no more work.
    #[error("the store is closed")]
    Closed,
}

/// An alert to be raised, with one delivery a target. Raising an alert whose id exists changes nothing. An update
/// ([`crate::model::AlertKind::Update`]) goes into the one of its thread that still waits, as long as nobody has claimed a
/// delivery of that one; otherwise it becomes the next one, under the next number.
#[derive(Debug, Clone, PartialEq)]
pub struct Raise {
    /// The alert.
    pub alert: Alert,
    /// Its outbox rows.
    pub deliveries: Vec<Delivery>,
}

/// All that one poll changes: stored together or not at all.
#[derive(Debug, Clone)]
pub struct PollCommit {
    /// The feed's new state; its version is one above the stored one.
    pub state: FeedState,
    /// Its seen items, where they changed.
    pub seen: Option<Seen>,
    /// New items with their decisions. An `Alerted` outcome is a proposal: where the alert exists already, the store
    /// records it as the same story.
    pub records: Vec<Record>,
    /// The alerts that the records propose.
    pub raise: Vec<Raise>,
    /// The threads that they changed, whole.
    pub threads: Vec<Thread>,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The alerts that are new; what went into an update that waits already is not among them.
    pub raised: Vec<AlertId>,
}

/// A place in the order of commits. What decides a commit may depend on those before it: whoever decides under a lock and
/// submits before letting go of it has its commits applied, and archived, in the order of their deciding.
pub trait Turn: Send {
    /// Hands in what a poll changed: durable, in one transaction, when the answer is there.
    fn commit(self: Box<Self>, commit: PollCommit) -> Answer<Committed>;
    /// Hands in what somebody says of a story, with the threads that it changes.
    fn amend(self: Box<Self>, amendment: Amendment, threads: Vec<Thread>) -> Answer<()>;
    /// Hands in threads that somebody changed.
    fn put_threads(self: Box<Self>, threads: Vec<Thread>) -> Answer<()>;
}

/// What was handed in, on its way to the disk.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// Deliveries to be attempted now; nobody else gets them until they are settled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claimed {
    /// Each with its alert, the longest waiting first.
    pub deliveries: Vec<(Delivery, Alert)>,
    /// When the target's next delivery is due; `None` where nothing else waits.
    pub next_due: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Settlement {
    /// The target accepted it.
    Sent(Sent),
    /// It is tried again at the new `due`.
    Retry(Delivery),
    /// It is given up, and somebody is told.
    Dead(DeadLetter, Option<Box<Raise>>),
    /// They are told by this digest, which takes their places in the outbox. All of them are claimed.
    Digest(Vec<Digested>, Box<Raise>),
}

/// Deliveries that wait for a target that fails, to be made to another target as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The target that fails.
    pub from: String,
    /// Who is told in its place.
    pub to: String,
    /// Its deliveries' deadline.
    pub deadline: Timestamp,
    /// When they are put into the outbox.
    pub now: Timestamp,
    /// Most of them.
    pub most: usize,
}

/// Which alerts are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AlertQuery {
    /// Only those whose ids begin so.
    pub id: Option<String>,
    /// Only those of this watch.
    pub watch: Option<String>,
    /// Only those raised at or after this.
    pub since: Option<Timestamp>,
    /// At most so many, the newest first.
    pub limit: usize,
}

/// An alert with what became of its deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertReport {
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
    /// One a target.
    pub deliveries: Vec<DeliveryState>,
    /// What somebody made of it.
    #[serde(default)]
    pub label: Option<Verdict>,
}

/// The outbox and the dead letters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutboxReport {
    /// How many deliveries wait.
    pub waiting: usize,
    /// How many were given up.
    pub dead: usize,
    /// The rows, waiting ones first by target and due time, at most as many as were asked for.
    pub deliveries: Vec<DeliveryState>,
}

/// Called with each replayed record until it breaks.
pub type Visit = Box<dyn FnMut(Record) -> ControlFlow<()> + Send>;

/// A store of newswatch.
#[async_trait]
pub trait Store: Send + Sync {
    /// The states of all feeds that were ever polled.
    async fn load_feeds(&self) -> Result<Vec<FeedState>, StoreError>;
    /// The seen items of a feed; empty for a feed that was never read.
    async fn seen(&self, feed: FeedId) -> Result<Seen, StoreError>;
    /// A place in the order of commits; waits while too many are under way.
    async fn turn(&self) -> Result<Box<dyn Turn>, StoreError>;
    /// Stores what a poll changed, in one transaction.
    async fn commit_poll(&self, commit: PollCommit) -> Result<Committed, StoreError> {
        self.turn().await?.commit(commit).await
    }
    /// Stores when feeds are due that had nothing new. A state of an older version than the stored one is passed over.
    async fn save_states(&self, states: Vec<FeedState>) -> Result<(), StoreError>;
    /// Raises an alert that comes from no poll, such as a notice.
    async fn raise(&self, raise: Raise) -> Result<Committed, StoreError>;
    /// All threads that are stored.
    async fn threads(&self) -> Result<Vec<Thread>, StoreError>;
    /// All that people have said of stories, in the order in which they did.
    async fn amendments(&self) -> Result<Vec<Amendment>, StoreError>;
    /// All silences that are kept, also those that have ended.
    async fn silences(&self) -> Result<Vec<Silence>, StoreError>;
    /// Stores a silence, in place of the one with its id.
    async fn put_silence(&self, silence: Silence) -> Result<(), StoreError>;
    /// Takes up to `limit` deliveries of a target that are due at `now`.
    async fn claim(&self, target: &str, now: Timestamp, limit: usize) -> Result<Claimed, StoreError>;
    /// Takes up to `limit` deliveries of a target whose deadline has passed at `now`.
    async fn claim_overdue(
        &self,
        target: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Delivery, Alert)>, StoreError>;
    /// Makes up to `most` deliveries of a target due at `now` that wait for another attempt, the next first. Returns how
    /// many those are.
    async fn release(&self, target: &str, now: Timestamp, most: usize) -> Result<usize, StoreError>;
    /// Makes deliveries due at `now` that were held: their targets may want to be told in another manner now. Returns how
    /// many those are.
    async fn unhold(&self, now: Timestamp) -> Result<usize, StoreError>;
    /// Puts deliveries of waiting alerts to another target into the outbox, but for those that it has or had already.
    /// Returns how many were looked at; with 0 there are no more.
    async fn hand_over(&self, order: HandOver) -> Result<usize, StoreError>;
    /// Records how an attempt ended.
    async fn settle(&self, settlement: Settlement) -> Result<(), StoreError>;
    /// Alerts, the newest first.
    async fn alerts(&self, query: AlertQuery) -> Result<Vec<AlertReport>, StoreError>;
    /// The outbox and the dead letters, with at most `limit` rows.
    async fn outbox(&self, limit: usize) -> Result<OutboxReport, StoreError>;
    /// The queue with what is being sent, and the rows that are asked for.
    async fn queue(&self, query: QueueQuery) -> Result<QueueReport, StoreError>;
    /// Does with deliveries of the queue what somebody wants, as far as it can be done, in one step; at most
    /// [`MAX_ORDERS`]. The answer tells of each what came of it, in their order. What is being sent is left alone.
    async fn order(&self, orders: Vec<Order>) -> Result<Vec<Obeyed>, StoreError>;
    /// Puts an alert's label in place of the one it had; `None` takes that away.
    async fn label(&self, alert: AlertId, label: Option<Label>) -> Result<(), StoreError>;
    /// All labels, also those of alerts that are forgotten.
    async fn labels(&self) -> Result<Vec<Label>, StoreError>;
    /// Every archived record seen at or after `since`, oldest day first.
    async fn replay(&self, since: Timestamp, visit: Visit) -> Result<(), StoreError>;
    /// Forgets what is older than it needs to be, but nothing that still waits, and no label.
    async fn expire(&self) -> Result<(), StoreError>;
    /// Finishes all work and lets go of the store. The error is what ended it before, or what fails on the way out.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Creates a directory, and those above it, for the owner and the group: what a desk waits for is nobody else's business.
fn create_dir(path: &Path) -> Result<(), StoreError> {
    let created = DirBuilder::new().recursive(true).mode(0o750).create(path);
    created.map_err(|source| StoreError::Io { what: "cannot create", path: path.to_owned(), source })
}
