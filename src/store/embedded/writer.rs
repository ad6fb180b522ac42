//! The one thread that changes the store.

use std::collections::{HashMap, HashSet};
use std::fs::File;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::super::archive::Archive;
use super::super::lock::InstanceLock;
use super::super::{Claimed, Committed, Obeyed, Order, PollCommit, Raise, Settlement, StoreError};
use super::changes::Changes;
use super::open::{self, Opened, archive_key};
use super::queue::{self, Claims};
use super::trees::{
    TreeId, Trees, amendment_key, chunk_key, json, outbox_key, put_chunked, recent_key, split_recent, target_prefix,
};
use super::update::Updates;
use super::{ARCHIVE_KEEP_DAYS, MAX_GROUP};
use crate::model::{
    AlertId, AlertKind, Amendment, Decision, Delivery, FeedState, Label, Outcome, Record, Suppression,
    Thread,
};

/// No delivery waits longer than this from one attempt to the next.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(28);

pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Work for the writer; see [`super::super::Store`] for what each means.
pub(super) enum Command {
    CommitPoll(Box<PollCommit>, Reply<Committed>),
    Amend(Box<Amendment>, Vec<Thread>, Reply<()>),
    SaveStates(Vec<FeedState>, Reply<()>),
    Raise(Box<Raise>, Reply<Committed>),
    Claim { target: String, now: Timestamp, limit: usize, reply: Reply<Claimed> },
    Settle(Box<Settlement>, Reply<()>),
    Label(AlertId, Option<Box<Label>>, Reply<()>),
    Order(Vec<Order>, Reply<Vec<Obeyed>>),
    Expire(Reply<()>),
}

/// An answer that is given once everything is durable.
type Answer = Box<dyn FnOnce()>;

pub(super) struct Writer {
    trees: Trees,
    archive: Archive,
    log: File,
    _lock: InstanceLock,
    claimed: Claims,
    updates: Updates,
}

impl Writer {
    pub(super) fn new(opened: Opened, claimed: Claims) -> Self {
        let Opened { trees, archive, log, lock } = opened;
        Self { trees, archive, log, _lock: lock, claimed, updates: Updates::default() }
    }

    /// Works until the queue is closed, or until the store fails: nothing is taken on after a failure, because what is
    /// on the disk is then unknown. Whoever still waits learns that the store is closed, and whoever closes it, why.
    pub(super) fn run(mut self, queue: mpsc::Receiver<Command>) -> Result<(), StoreError> {
        let ended = self.work_off(queue);
        if let Err(error) = &ended {
            tracing::error!(%error, "the store failed");
            open::abandon(&self.trees.db);
        }
        ended
    }

    fn work_off(&mut self, mut queue: mpsc::Receiver<Command>) -> Result<(), StoreError> {
        let mut group = Vec::with_capacity(MAX_GROUP);
        while queue.blocking_recv_many(&mut group, MAX_GROUP) > 0 {
            self.work(group.drain(..))?;
        }
        // All that was answered for is durable; this is for sled, which syncs when it is dropped and cannot bear that to
        // fail.
        open::sync(&self.trees, &self.log)
    }

    /// Changes first, in one transaction with one sync; then claims and orders, which so see only what is durable.
    fn work(&mut self, group: impl Iterator<Item = Command>) -> Result<(), StoreError> {
        let trees = self.trees.clone();
        let mut changes = Changes::over(&trees);
        let mut records = Vec::new();
        let mut answers: Vec<Answer> = Vec::new();
        let mut afterwards = Vec::new();
        for command in group {
            match command {
                Command::CommitPoll(commit, reply) => {
                    let committed = commit_poll(&mut changes, &mut self.updates, *commit, &mut records);
                    // A conflict concerns its caller alone; anything else is the end.
                    match committed {
                        Err(error) if !matches!(error, StoreError::Conflict(_)) => return Err(fail(reply, error)),
                        other => answers.push(Box::new(move || drop(reply.send(other)))),
                    }
                }
                Command::SaveStates(states, reply) => {
                    let saved = save_states(&mut changes, &trees, states);
                    answers.push(answer(saved, reply)?);
                }
                Command::Raise(one, reply) => {
                    let raised = raise(&mut changes, &one);
                    let committed = raised.map(|raised| Committed { raised: raised.into_iter().collect() });
                    answers.push(answer(committed, reply)?);
                }
                Command::Settle(settlement, reply) => {
                    let settled = self.settle(&mut changes, &settlement);
                    answers.push(answer(settled, reply)?);
                }
                Command::Amend(amendment, threads, reply) => {
                    let amended = amend(&mut changes, &amendment, &threads);
                    answers.push(answer(amended, reply)?);
                }
                Command::Label(alert, label, reply) => {
                    let labelled = put_label(&mut changes, alert, label.as_deref());
                    answers.push(answer(labelled, reply)?);
                }
                Command::Expire(reply) => {
                    let expired = self.expire(&mut changes);
                    answers.push(answer(expired, reply)?);
                }
                later @ (Command::Claim { .. } | Command::Order(..)) => afterwards.push(later),
            }
        }
        self.make_durable(changes, &records)?;
        answers.into_iter().for_each(|answer| answer());
        for command in afterwards {
            match command {
                Command::Claim { target, now, limit, reply } => {
                    answer(self.claim(&target, now, limit), reply)?();
                }
                Command::Order(orders, reply) => answer(self.order(&orders), reply)?(),
                _ => {}
            }
        }
        Ok(())
    }

    /// In a transaction of its own, so that it finds every row where it is.
    fn order(&mut self, orders: &[Order]) -> Result<Vec<Obeyed>, StoreError> {
        let trees = self.trees.clone();
        let mut changes = Changes::over(&trees);
        let obeyed = queue::obey(&trees, &mut changes, &self.claimed, orders)?;
        self.make_durable(changes, &[])?;
        // An update that nobody is told of any more takes in nothing further.
        orders.iter().for_each(|order| self.updates.close(order.alert));
        Ok(obeyed)
    }

    /// The archive before the transaction that makes its new length valid, the sync before any answer.
    fn make_durable(&mut self, mut changes: Changes<'_>, records: &[Record]) -> Result<(), StoreError> {
        if !records.is_empty() {
            for (date, length) in self.archive.append(&records.iter().collect::<Vec<_>>())? {
                changes.put(TreeId::Meta, archive_key(date), json(&length)?);
            }
        }
        if !changes.is_empty() {
            changes.apply()?;
            open::sync(&self.trees, &self.log)?;
        }
        Ok(())
    }

    fn claim(&mut self, target: &str, now: Timestamp, limit: usize) -> Result<Claimed, StoreError> {
        let mut claimed = Claimed::default();
        for row in self.trees.scan(TreeId::Outbox, &target_prefix(target)) {
            let (key, value) = row?;
            let delivery: Delivery = self.trees.parse(&value)?;
            if self.claimed.contains_key(&delivery.id) || delivery.target != target {
                continue;
            }
            // A clock that was far ahead when the row was written must not stall it now.
            let waits = delivery.due > now && delivery.due.duration_since(now) <= MAX_WAIT;
            if waits || claimed.deliveries.len() >= limit {
                claimed.next_due = Some(delivery.due);
                break;
            }
            let Some(alert) = self.trees.alert(delivery.alert)? else {
                return Err(self.trees.damaged(format!("delivery {} has no alert", delivery.id)));
            };
            self.claimed.insert(delivery.id, key.to_vec());
            self.updates.close(delivery.alert);
            claimed.deliveries.push((delivery, alert));
        }
        Ok(claimed)
    }

    fn settle(&mut self, changes: &mut Changes<'_>, settlement: &Settlement) -> Result<(), StoreError> {
        let (id, alert) = match settlement {
            Settlement::Sent(sent) => (sent.id, sent.alert),
            Settlement::Retry(delivery) => (delivery.id, delivery.alert),
            Settlement::Dead(letter, _) => (letter.delivery.id, letter.delivery.alert),
        };
        match (self.claimed.remove(&id), settlement) {
            (Some(key), _) => changes.remove(TreeId::Outbox, key),
            // Buried without a claim, because its target is gone: the row is as it was read.
            (None, Settlement::Dead(letter, _)) => changes.remove(TreeId::Outbox, outbox_key(&letter.delivery)),
            (None, _) => return Err(self.trees.damaged(format!("delivery {id} was settled without a claim"))),
        }
        let history = [alert.to_bytes(), id.to_bytes()].concat();
        match settlement {
            Settlement::Sent(sent) => changes.put(TreeId::Sent, history, json(sent)?),
            Settlement::Retry(delivery) => changes.put(TreeId::Outbox, outbox_key(delivery), json(delivery)?),
            Settlement::Dead(letter, notice) => {
                changes.put(TreeId::Dead, history, json(letter)?);
                if let Some(notice) = notice {
                    raise(changes, notice)?;
                }
            }
        }
        Ok(())
    }

    /// Alerts go with the items of their time: what is older than every removed segment is forgotten with it.
    fn expire(&mut self, changes: &mut Changes<'_>) -> Result<(), StoreError> {
        let removed = self.archive.expire(ARCHIVE_KEEP_DAYS)?;
        let Some(last) = removed.last() else { return Ok(()) };
        for date in &removed {
            changes.remove(TreeId::Meta, archive_key(*date));
        }
        let end = last.tomorrow().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        let oldest = end.map_or(i64::MIN, |end| end.timestamp().as_millisecond());
        let waiting: HashSet<AlertId> = self
            .trees
            .scan(TreeId::Outbox, &[])
            .map(|row| Ok(self.trees.parse::<Delivery>(&row?.1)?.alert))
            .collect::<Result<_, StoreError>>()?;
        for row in self.trees.scan(TreeId::Recent, &[]) {
            let (key, _) = row?;
            let (raised, id) = split_recent(&key).ok_or_else(|| self.trees.damaged("a key of `recent`"))?;
            if raised >= oldest {
                break;
            }
            if waiting.contains(&id) {
                continue;
            }
            changes.remove(TreeId::Recent, key.to_vec());
            for tree in [TreeId::Alerts, TreeId::Sent, TreeId::Dead, TreeId::Threads] {
                for row in self.trees.scan(tree, &id.to_bytes()) {
                    changes.remove(tree, row?.0.to_vec());
                }
            }
        }
        Ok(())
    }
}

/// Answers once everything is durable; an error is told at once and ends the writer.
fn answer<T: 'static>(result: Result<T, StoreError>, reply: Reply<T>) -> Result<Answer, StoreError> {
    match result {
        Ok(value) => Ok(Box::new(move || drop(reply.send(Ok(value))))),
        Err(error) => Err(fail(reply, error)),
    }
}

/// The caller gets the error in full, the log gets its text.
fn fail<T>(reply: Reply<T>, error: StoreError) -> StoreError {
    tracing::error!(%error, "the store failed");
    let _ = reply.send(Err(error));
    StoreError::Closed
}

fn commit_poll(
    changes: &mut Changes<'_>,
    updates: &mut Updates,
    commit: PollCommit,
    records: &mut Vec<Record>,
) -> Result<Committed, StoreError> {
    let PollCommit { state, seen, records: mut found, raise: proposals, threads } = commit;
    let key = state.id.to_bytes().to_vec();
    let stored = changes.get(TreeId::Feeds, &key)?.map(|value| version(&value)).transpose()?.unwrap_or(0);
    if stored + 1 != state.version {
        return Err(StoreError::Conflict(state.id));
    }
    changes.put(TreeId::Feeds, key.clone(), json(&state)?);
    if let Some(seen) = seen {
        put_chunked(changes, TreeId::Seen, &key, &seen.encode())?;
    }
    put_threads(changes, &threads)?;
    let (mut raised, mut told_in) = (Vec::new(), HashMap::new());
    for proposal in &proposals {
        match (proposal.alert.kind, proposal.alert.thread) {
            (AlertKind::Update, Some(thread)) => {
                let (update, new) = updates.raise(changes, proposal)?;
                raised.extend(new.then_some(update));
                told_in.insert(thread, update);
            }
            _ => raised.extend(raise(changes, proposal)?),
        }
    }
    let mut fresh: HashSet<AlertId> = raised.iter().copied().collect();
    for decision in found.iter_mut().flat_map(|record| &mut record.decisions) {
        settle_outcome(decision, &mut fresh, &told_in);
    }
    records.extend(found);
    Ok(Committed { raised })
}

/// The first decision of a new alert raised it; every other one found the story alerted already. What is proposed for the
/// update of a thread is told in the one that it went into.
fn settle_outcome(decision: &mut Decision, fresh: &mut HashSet<AlertId>, told_in: &HashMap<AlertId, AlertId>) {
    match decision.outcome {
        Outcome::Alerted(alert) if !fresh.remove(&alert) => {
            decision.outcome = Outcome::Suppressed(Suppression::SameStory(alert));
        }
        Outcome::Updated(thread) => {
            if let Some(update) = told_in.get(&thread) {
                decision.outcome = Outcome::Updated(*update);
            }
        }
        _ => {}
    }
}

fn put_threads(changes: &mut Changes<'_>, threads: &[Thread]) -> Result<(), StoreError> {
    threads.iter().try_for_each(|thread| put_chunked(changes, TreeId::Threads, &thread.id.to_bytes(), &json(thread)?))
}

fn amend(changes: &mut Changes<'_>, amendment: &Amendment, threads: &[Thread]) -> Result<(), StoreError> {
    put_chunked(changes, TreeId::Amendments, &amendment_key(amendment), &json(amendment)?)?;
    put_threads(changes, threads)
}

/// Puts the alert and its outbox rows, unless the alert exists; returns its id if it is new.
pub(super) fn raise(changes: &mut Changes<'_>, raise: &Raise) -> Result<Option<AlertId>, StoreError> {
    let id = raise.alert.id;
    if changes.get(TreeId::Alerts, &chunk_key(&id.to_bytes(), 0))?.is_some() {
        return Ok(None);
    }
    put_chunked(changes, TreeId::Alerts, &id.to_bytes(), &json(&raise.alert)?)?;
    changes.put(TreeId::Recent, recent_key(raise.alert.raised, id), Vec::new());
    for delivery in &raise.deliveries {
        changes.put(TreeId::Outbox, outbox_key(delivery), json(delivery)?);
    }
    Ok(Some(id))
}

/// In chunks like an alert, whose terms it carries; nothing is what is left of a label that is taken away.
fn put_label(changes: &mut Changes<'_>, alert: AlertId, label: Option<&Label>) -> Result<(), StoreError> {
    let value = label.map(json).transpose()?.unwrap_or_default();
    put_chunked(changes, TreeId::Labels, &alert.to_bytes(), &value)
}

fn save_states(changes: &mut Changes<'_>, trees: &Trees, states: Vec<FeedState>) -> Result<(), StoreError> {
    for state in states {
        let key = state.id.to_bytes().to_vec();
        let stored = changes.get(TreeId::Feeds, &key)?.map(|value| version(&value)).transpose();
        let stored = stored.map_err(|_| trees.damaged(format!("the state of feed {}", state.id)))?;
        if stored.unwrap_or(0) <= state.version {
            changes.put(TreeId::Feeds, key, json(&state)?);
        }
    }
    Ok(())
}

fn version(value: &[u8]) -> Result<u64, StoreError> {
    let state: FeedState = serde_json::from_slice(value)
        .map_err(|error| StoreError::Damaged { path: "db".into(), what: error.to_string() })?;
    Ok(state.version)
}
