//! The one thread that changes the store.

use std::collections::{HashMap, HashSet};
use std::fs::File;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::super::archive::Archive;
use super::super::lock::InstanceLock;
use super::super::{Claimed, Committed, HandOver, Obeyed, Order, PollCommit, Raise, Settlement, StoreError};
use super::changes::Changes;
use super::open::{self, Opened, archive_key};
use super::outbox;
use super::queue::{self, Claims};
use super::trees::{
    TreeId, Trees, amendment_key, chunk_key, json, outbox_key, put_chunked, recent_key, split_recent, target_prefix,
};
use super::update::Updates;
use super::{ARCHIVE_KEEP_DAYS, MAX_GROUP};
use crate::model::{
    Alert, AlertId, AlertKind, Amendment, Decision, Delivery, Digested, FeedState, Label, Outcome, Record, Silence,
    Suppression, Thread,
};

/// No delivery waits longer than this from one attempt to the next.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(28);
/// Nor is one held for longer than to the same hour of next week.
const MAX_HOLD: SignedDuration = SignedDuration::from_hours(8 * 24);

pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Work for the writer; see [`super::super::Store`] for what each means.
pub(super) enum Command {
    CommitPoll(Box<PollCommit>, Reply<Committed>),
    Amend(Box<Amendment>, Vec<Thread>, Reply<()>),
    SaveStates(Vec<FeedState>, Reply<()>),
    Raise(Box<Raise>, Reply<Committed>),
    Claim(Claim),
    Release { target: String, now: Timestamp, most: usize, reply: Reply<usize> },
    Unhold(Timestamp, Reply<usize>),
    HandOver(HandOver, Reply<usize>),
    Settle(Box<Settlement>, Reply<()>),
    PutSilence(Box<Silence>, Reply<()>),
    PutThreads(Vec<Thread>, Reply<()>),
    Label(AlertId, Option<Box<Label>>, Reply<()>),
    Order(Vec<Order>, Reply<Vec<Obeyed>>),
    Expire(Reply<()>),
}

/// What is wanted of rows that are durable.
pub(super) enum Claim {
    Due { target: String, now: Timestamp, limit: usize, reply: Reply<Claimed> },
    Overdue { target: String, now: Timestamp, limit: usize, reply: Reply<Vec<(Delivery, Alert)>> },
    Order(Vec<Order>, Reply<Vec<Obeyed>>),
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
        let mut claims = Vec::new();
        for command in group {
            match command {
                Command::Claim(claim) => claims.push(claim),
                Command::Order(orders, reply) => claims.push(Claim::Order(orders, reply)),
                command => answers.extend(self.change(&mut changes, &mut records, command)?),
            }
        }
        self.make_durable(changes, &records)?;
        answers.into_iter().for_each(|answer| answer());
        for claim in claims {
            match claim {
                Claim::Due { target, now, limit, reply } => answer(self.claim(&target, now, limit), reply)?(),
                Claim::Overdue { target, now, limit, reply } => {
                    answer(self.claim_overdue(&target, now, limit), reply)?();
                }
                Claim::Order(orders, reply) => answer(self.order(&orders), reply)?(),
            }
        }
        Ok(())
    }

    /// What a command changes; its answer waits until that is durable.
    fn change(
        &mut self,
        changes: &mut Changes<'_>,
        records: &mut Vec<Record>,
        command: Command,
    ) -> Result<Option<Answer>, StoreError> {
        let answered = match command {
            Command::CommitPoll(commit, reply) => {
                // A conflict concerns its caller alone; anything else is the end.
                match commit_poll(changes, &mut self.updates, *commit, records) {
                    Err(error) if !matches!(error, StoreError::Conflict(_)) => return Err(fail(reply, error)),
                    other => Box::new(move || drop(reply.send(other))),
                }
            }
            Command::SaveStates(states, reply) => answer(save_states(changes, &self.trees, states), reply)?,
            Command::Raise(one, reply) => {
                let raised = raise(changes, &one);
                answer(raised.map(|raised| Committed { raised: raised.into_iter().collect() }), reply)?
            }
            Command::Settle(settlement, reply) => answer(self.settle(changes, &settlement), reply)?,
            Command::Amend(amendment, threads, reply) => answer(amend(changes, &amendment, &threads), reply)?,
            Command::PutSilence(silence, reply) => {
                let value = json(&silence)?;
                answer(put_chunked(changes, TreeId::Silences, &silence.id.to_bytes(), &value), reply)?
            }
            Command::PutThreads(threads, reply) => answer(put_threads(changes, &threads), reply)?,
            Command::Label(alert, label, reply) => answer(put_label(changes, alert, label.as_deref()), reply)?,
            Command::Expire(reply) => answer(self.expire(changes), reply)?,
            Command::Release { target, now, most, reply } => {
                answer(outbox::release(changes, &self.claimed, &target, now, most), reply)?
            }
            Command::Unhold(now, reply) => answer(outbox::unhold(changes, &self.claimed, now), reply)?,
            Command::HandOver(order, reply) => answer(outbox::hand_over(changes, &self.claimed, &order), reply)?,
            // After the changes.
            Command::Claim(_) | Command::Order(..) => return Ok(None),
        };
        Ok(Some(answered))
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
        let trees = self.trees.clone();
        for row in trees.scan(TreeId::Outbox, &target_prefix(target)) {
            let (key, value) = row?;
            let delivery: Delivery = self.trees.parse(&value)?;
            if self.claimed.contains_key(&delivery.id) || delivery.target != target {
                continue;
            }
            // A clock that was far ahead when the row was written must not stall it now.
            let longest = if delivery.held.is_some() { MAX_HOLD } else { MAX_WAIT };
            let waits = delivery.due > now && delivery.due.duration_since(now) <= longest;
            if waits || claimed.deliveries.len() >= limit {
                claimed.next_due = Some(delivery.due);
                break;
            }
            claimed.deliveries.push(self.take(key.to_vec(), delivery)?);
        }
        Ok(claimed)
    }

    fn claim_overdue(
        &mut self,
        target: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Delivery, Alert)>, StoreError> {
        let mut overdue = Vec::new();
        let trees = self.trees.clone();
        for row in trees.scan(TreeId::Outbox, &target_prefix(target)) {
            let (key, value) = row?;
            let delivery: Delivery = self.trees.parse(&value)?;
            let free = delivery.target == target && !self.claimed.contains_key(&delivery.id);
            if free && delivery.deadline <= now && overdue.len() < limit {
                overdue.push(self.take(key.to_vec(), delivery)?);
            }
        }
        Ok(overdue)
    }

    /// Claims a row.
    fn take(&mut self, key: Vec<u8>, delivery: Delivery) -> Result<(Delivery, Alert), StoreError> {
        let Some(alert) = self.trees.alert(delivery.alert)? else {
            return Err(self.trees.damaged(format!("delivery {} has no alert", delivery.id)));
        };
        self.claimed.insert(delivery.id, key);
        self.updates.close(delivery.alert);
        Ok((delivery, alert))
    }

    fn settle(&mut self, changes: &mut Changes<'_>, settlement: &Settlement) -> Result<(), StoreError> {
        let (id, alert) = match settlement {
            Settlement::Sent(sent) => (sent.id, sent.alert),
            Settlement::Retry(delivery) => (delivery.id, delivery.alert),
            Settlement::Dead(letter, _) => (letter.delivery.id, letter.delivery.alert),
            Settlement::Digest(members, digest) => return self.digest(changes, members, digest),
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
            // Done above.
            Settlement::Digest(..) => {}
        }
        Ok(())
    }

    fn digest(&mut self, changes: &mut Changes<'_>, members: &[Digested], digest: &Raise) -> Result<(), StoreError> {
        for member in members {
            let Some(key) = self.claimed.remove(&member.id) else {
                return Err(self
                    .trees
                    .damaged(format!("delivery {} was put into a digest without a claim", member.id)));
            };
            changes.remove(TreeId::Outbox, key);
            let history = [member.alert.to_bytes(), member.id.to_bytes()].concat();
            changes.put(TreeId::Digested, history, json(member)?);
        }
        raise(changes, digest)?;
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
        for silence in self.trees.silences()?.iter().filter(|silence| silence.ends.as_millisecond() < oldest) {
            put_chunked(changes, TreeId::Silences, &silence.id.to_bytes(), &[])?;
        }
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
            for tree in [TreeId::Alerts, TreeId::Sent, TreeId::Digested, TreeId::Dead, TreeId::Threads] {
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
