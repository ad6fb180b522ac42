//! The embedded backend: sled for state, one writer thread, one sync for all commits that wait.
//!
//! All changes go through a single thread (`writer`). It takes every command that waits, applies them in one
//! transaction over all trees, syncs once, and only then answers: a group commit without a timer. Reads that decide
//! nothing go to the trees directly.

mod changes;
mod open;
mod outbox;
mod queue;
mod trees;
mod update;
mod writer;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use self::queue::Claims;
use self::trees::Trees;
use self::writer::{Claim, Command, Reply, Writer};
use super::{
    AlertQuery, AlertReport, Answer, Claimed, Committed, HandOver, Obeyed, Order, OutboxReport, PollCommit, QueueQuery,
    QueueReport, Raise, Settlement, Store, StoreError, Turn, Visit, archive,
};
use crate::model::{Alert, AlertId, Amendment, Delivery, FeedId, FeedState, Label, Seen, Silence, Thread};

/// The format that this version writes. Raised by every change that an older version could not read.
pub const FORMAT: u32 = 4;
/// Memory that sled may use for pages, in bytes.
pub const CACHE_BYTES: u64 = 64 << 20;
/// Most commands that share one sync; also the length of the writer's queue. A full queue blocks.
pub const MAX_GROUP: usize = 256;
/// Days with items that are kept, and with them the alerts of their time.
pub const ARCHIVE_KEEP_DAYS: usize = 90;

/// The embedded store; see the module.
#[derive(Debug)]
pub struct Embedded {
    trees: Trees,
    /// What is being sent.
    claims: Claims,
    archive_dir: PathBuf,
    /// `None` once closed.
    commands: Mutex<Option<mpsc::Sender<Command>>>,
    writer: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
}

impl Embedded {
    /// Opens the store in `state_dir`, creating it where there is none. Fails at once where another process holds it.
    pub fn open(state_dir: &Path) -> Result<Self, StoreError> {
        let opened = open::open(state_dir)?;
        let trees = opened.trees.clone();
        let (commands, queue) = mpsc::channel(MAX_GROUP);
        let claims = Claims::default();
        let writer = Writer::new(opened, claims.clone());
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || writer.run(queue)).map_err(
            |source| StoreError::Io { what: "cannot start a thread for", path: state_dir.to_owned(), source },
        )?;
        Ok(Self {
            trees,
            claims,
            archive_dir: archive_dir(state_dir),
            commands: Mutex::new(Some(commands)),
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Sends a command to the writer and waits until it is durable.
    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, StoreError> {
        let commands = self.commands.lock().map_err(|_| StoreError::Closed)?.clone().ok_or(StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        commands.send(command(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Reads from the trees off the async threads: sled may have to go to the disk.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Trees) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let trees = self.trees.clone();
        tokio::task::spawn_blocking(move || read(&trees)).await.map_err(|_| StoreError::Closed)?
    }
}

/// Where the archive of a state directory lies.
pub(super) fn archive_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("archive")
}

#[async_trait]
impl Store for Embedded {
    async fn load_feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        self.read(Trees::feeds).await
    }

    async fn seen(&self, feed: FeedId) -> Result<Seen, StoreError> {
        self.read(move |trees| trees.seen(feed)).await
    }

    async fn turn(&self) -> Result<Box<dyn Turn>, StoreError> {
        let commands = self.commands.lock().map_err(|_| StoreError::Closed)?.clone().ok_or(StoreError::Closed)?;
        let place = commands.reserve_owned().await.map_err(|_| StoreError::Closed)?;
        Ok(Box::new(Place(place)))
    }

    async fn save_states(&self, states: Vec<FeedState>) -> Result<(), StoreError> {
        self.ask(|reply| Command::SaveStates(states, reply)).await
    }

    async fn raise(&self, raise: Raise) -> Result<Committed, StoreError> {
        self.ask(|reply| Command::Raise(Box::new(raise), reply)).await
    }

    async fn claim(&self, target: &str, now: Timestamp, limit: usize) -> Result<Claimed, StoreError> {
        let target = target.to_owned();
        self.ask(|reply| Command::Claim(Claim::Due { target, now, limit, reply })).await
    }

    async fn claim_overdue(
        &self,
        target: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Delivery, Alert)>, StoreError> {
        let target = target.to_owned();
        self.ask(|reply| Command::Claim(Claim::Overdue { target, now, limit, reply })).await
    }

    async fn release(&self, target: &str, now: Timestamp, most: usize) -> Result<usize, StoreError> {
        let target = target.to_owned();
        self.ask(|reply| Command::Release { target, now, most, reply }).await
    }

    async fn unhold(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.ask(|reply| Command::Unhold(now, reply)).await
    }

    async fn hand_over(&self, order: HandOver) -> Result<usize, StoreError> {
        self.ask(|reply| Command::HandOver(order, reply)).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<(), StoreError> {
        self.ask(|reply| Command::Settle(Box::new(settlement), reply)).await
    }

    async fn alerts(&self, query: AlertQuery) -> Result<Vec<AlertReport>, StoreError> {
        self.read(move |trees| trees.alerts(&query)).await
    }

    async fn outbox(&self, limit: usize) -> Result<OutboxReport, StoreError> {
        self.read(move |trees| trees.outbox_report(limit)).await
    }

    async fn queue(&self, query: QueueQuery) -> Result<QueueReport, StoreError> {
        let claims = self.claims.clone();
        self.read(move |trees| queue::look(trees, &claims, &query)).await
    }

    async fn order(&self, orders: Vec<Order>) -> Result<Vec<Obeyed>, StoreError> {
        self.ask(|reply| Command::Order(orders, reply)).await
    }

    async fn threads(&self) -> Result<Vec<Thread>, StoreError> {
        self.read(Trees::threads).await
    }

    async fn silences(&self) -> Result<Vec<Silence>, StoreError> {
        self.read(Trees::silences).await
    }

    async fn put_silence(&self, silence: Silence) -> Result<(), StoreError> {
        self.ask(|reply| Command::PutSilence(Box::new(silence), reply)).await
    }

    async fn amendments(&self) -> Result<Vec<Amendment>, StoreError> {
        self.read(Trees::amendments).await
    }

    async fn label(&self, alert: AlertId, label: Option<Label>) -> Result<(), StoreError> {
        self.ask(|reply| Command::Label(alert, label.map(Box::new), reply)).await
    }

    async fn labels(&self) -> Result<Vec<Label>, StoreError> {
        self.read(Trees::labels).await
    }

    async fn replay(&self, since: Timestamp, mut visit: Visit) -> Result<(), StoreError> {
        let dir = self.archive_dir.clone();
        let replay = move || archive::replay(&dir, since, &mut |record| -> ControlFlow<()> { visit(record) });
        tokio::task::spawn_blocking(replay).await.map_err(|_| StoreError::Closed)?
    }

    async fn expire(&self) -> Result<(), StoreError> {
        self.ask(Command::Expire).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        if let Ok(mut commands) = self.commands.lock() {
            commands.take();
        }
        let thread = self.writer.lock().ok().and_then(|mut writer| writer.take());
        let Some(thread) = thread else { return Ok(()) };
        // The writer answers whatever still waits, then ends; a panic of its has already been reported.
        let ended = tokio::task::spawn_blocking(move || thread.join()).await;
        ended.ok().and_then(Result::ok).unwrap_or(Err(StoreError::Closed))
    }
}

/// A place in the writer's queue.
struct Place(mpsc::OwnedPermit<Command>);

impl Place {
    /// Puts the command into the queue now; the answer is there once it is durable.
    fn hand_in<T: Send + 'static>(self, command: impl FnOnce(Reply<T>) -> Command) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        self.0.send(command(reply));
        Box::pin(async { answer.await.map_err(|_| StoreError::Closed)? })
    }
}

impl Turn for Place {
    fn commit(self: Box<Self>, commit: PollCommit) -> Answer<Committed> {
        self.hand_in(|reply| Command::CommitPoll(Box::new(commit), reply))
    }

    fn amend(self: Box<Self>, amendment: Amendment, threads: Vec<Thread>) -> Answer<()> {
        self.hand_in(|reply| Command::Amend(Box::new(amendment), threads, reply))
    }

    fn put_threads(self: Box<Self>, threads: Vec<Thread>) -> Answer<()> {
        self.hand_in(|reply| Command::PutThreads(threads, reply))
    }
}

/// A store behind the trait, as the flows take it.
impl From<Embedded> for Arc<dyn Store> {
    fn from(store: Embedded) -> Self {
        Arc::new(store)
    }
}
