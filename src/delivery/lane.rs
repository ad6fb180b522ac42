//! The way to one target.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, Ended, bury};
use super::{Parts, bundle, notice};
use crate::dispatch::{Company, Health, Pacer, Turn};
use crate::model::{Alert, Delivery, DeliveryState, Hold, Target, TargetKind};
use crate::notify::{Notifier, capacity};
use crate::schedule;
use crate::store::{Claimed, HandOver, Settlement, StoreError};

/// A lane looks at the clock at least this often, because wall clocks jump.
const MAX_SLEEP: Duration = Duration::from_secs(60);
/// While a target fails, what waits for it is looked through this often: for what its fallback has to be told, and for what
/// is past its deadline.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Most rows that one transaction hands over or buries.
const BATCH: usize = 256;

/// What a lane did with what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    /// Whether deliveries wait for another attempt, or for one that their target's rate forbids now.
    pub waiting: bool,
}

/// A claimed delivery with its alert.
type Row = (Delivery, Alert);

/// See the module.
pub struct Lane {
    parts: Parts,
    target: Target,
    notifier: Arc<dyn Notifier>,
    pacer: Pacer,
    health: Health,
    /// Claimed, and to be attempted as soon as there is room.
    ready: VecDeque<Row>,
    attempts: JoinSet<Result<Ended, StoreError>>,
    /// Why the last attempt failed.
    last_error: String,
    /// Since when the target has failed, where the owner was told of it.
    warned: Option<Timestamp>,
    /// When what waits is looked through again, while the target fails.
    look_at: Option<Timestamp>,
}

impl Lane {
    /// A lane to `target`, which `notifier` serves.
    pub fn new(parts: Parts, target: Target, notifier: Arc<dyn Notifier>) -> Self {
        Self {
            pacer: Pacer::new(target.manner.clone()),
            health: Health::default(),
            ready: VecDeque::new(),
            attempts: JoinSet::new(),
            last_error: String::new(),
            warned: None,
            look_at: None,
            parts,
            target,
            notifier,
        }
    }

    /// Delivers until cancelled; attempts that are under way are finished.
    pub async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        let mut wake = self.parts.wake.subscribe();
        while !cancel.is_cancelled() {
            wake.mark_unchanged();
            let next = self.step().await?;
            let sleep = self.until(next);
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                Some(done) = self.attempts.join_next() => self.take_in(done).await?,
                // The sender lives in `parts`, so this cannot fail.
                _ = wake.changed(), if self.has_room() => {}
                () = tokio::time::sleep(sleep), if self.has_room() => {}
            }
        }
        while let Some(done) = self.attempts.join_next().await {
            self.take_in(done).await?;
        }
        Ok(())
    }

    /// Attempts everything that is due, once, and returns.
    pub async fn drain(mut self, cancel: CancellationToken) -> Result<Drained, StoreError> {
        loop {
            let next = if cancel.is_cancelled() { None } else { self.step().await? };
            match self.attempts.join_next().await {
                Some(done) => self.take_in(done).await?,
                None if next.is_some_and(|next| next <= self.now()) => {}
                None => break,
            }
        }
        self.put_back().await?;
        let rows = self.parts.store.outbox(usize::MAX).await?.deliveries;
        let waits = |row: &DeliveryState| match row {
            DeliveryState::Waiting(row) => row.target == self.target.name && row.held.is_none(),
            _ => false,
        };
        Ok(Drained { waiting: rows.iter().any(waits) })
    }

    /// Does what is to be done at the time of this clock, and waits for all attempts.
    #[cfg(test)]
    pub(super) async fn work(&mut self, clock: crate::clock::Clock) {
        self.parts.clock = clock;
        loop {
            let next = self.step().await.expect("a store");
            match self.attempts.join_next().await {
                Some(done) => self.take_in(done).await.expect("a store"),
                None if next.is_some_and(|next| next <= self.now()) => {}
                None => return,
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Starts what may be started; returns when there may be more to do.
    async fn step(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.now();
        if self.health.failing_since().is_some() {
            self.mind_trouble(now).await?;
        }
        if let Some(later) = self.health.not_before(now) {
            return Ok(Some(later.min(self.look_at.unwrap_or(later))));
        }
        self.keep_quiet(now).await?;
        self.start_ready();
        if !self.ready.is_empty() || !self.has_room() {
            return Ok(self.pacer.next_room());
        }
        if self.pacer.room(1, now) == 0 {
            return Ok(self.pacer.next_room());
        }
        let claimed = self.claim(now).await?;
        let next_due = claimed.next_due;
        let digests = self.plan(claimed, now).await?;
        self.start_ready();
        Ok(if digests { Some(now) } else { next_due })
    }

    fn has_room(&self) -> bool {
        self.attempts.len() < self.most_attempts()
    }

    /// A target that fails is tried with one delivery at a time.
    fn most_attempts(&self) -> usize {
        if self.health.failing_since().is_some() { 1 } else { concurrency(&self.target.kind) }
    }

    /// Takes what is due out of the outbox: as much as can be told together, where that may have to be.
    async fn claim(&mut self, now: Timestamp) -> Result<Claimed, StoreError> {
        let (store, name) = (self.parts.store.clone(), self.target.name.clone());
        if self.health.failing_since().is_some() {
            let claimed = store.claim(&name, now, 1).await?;
            if !claimed.deliveries.is_empty() || store.release(&name, now, 1).await? == 0 {
                return Ok(claimed);
            }
            return store.claim(&name, now, 1).await;
        }
        let free = self.most_attempts() - self.attempts.len();
        let most = if self.pacer.gathers() { capacity(&self.target.kind) } else { free };
        store.claim(&name, now, most).await
    }

    /// Sorts what was claimed into what waits, what goes out together, and what goes out by itself. Returns whether there are
    /// digests now, which are in the outbox.
    async fn plan(&mut self, claimed: Claimed, now: Timestamp) -> Result<bool, StoreError> {
        let backlog = claimed.next_due.is_some_and(|due| due <= now);
        let (mut held, mut together): (Vec<Settlement>, Vec<(Company, Vec<Row>)>) = (Vec::new(), Vec::new());
        for row in claimed.deliveries {
            match self.pacer.turn(&row.0, &row.1, now) {
                Turn::Wait(why, until) => held.push(Settlement::Retry(self.held(row.0, why, until))),
                Turn::Go(Company::Alone) => self.ready.push_back(row),
                Turn::Go(company) => match together.iter_mut().find(|(known, _)| *known == company) {
                    Some((_, rows)) => rows.push(row),
                    None => together.push((company, vec![row])),
                },
            }
        }
        self.settle(held).await?;
        let mut digests = Vec::new();
        for (company, rows) in together {
            let (alone, rest) = match company {
                Company::Any => self.within_rate(rows, backlog, now),
                _ => {
                    self.pacer.tells(&company, now);
                    (Vec::new(), rows)
                }
            };
            self.ready.extend(alone);
            for rows in rest.chunks(capacity(&self.target.kind)) {
                match rows {
                    [row] => self.ready.push_back(row.clone()),
                    rows => digests.push(bundle::digest(&self.target, rows, now)),
                }
            }
        }
        let any = !digests.is_empty();
        self.settle(digests).await?;
        Ok(any)
    }

    /// What goes out by itself, and what has to be told in a summary since the target wants no more messages.
    fn within_rate(&mut self, mut rows: Vec<Row>, backlog: bool, now: Timestamp) -> (Vec<Row>, Vec<Row>) {
        let wanted = rows.len() + self.ready.len();
        let room = self.pacer.room(wanted, now).saturating_sub(self.ready.len());
        if rows.len() <= room && !(backlog && self.pacer.is_limited()) {
            return (rows, Vec::new());
        }
        // The last message is the summary.
        let alone = if backlog { 0 } else { room.saturating_sub(1) };
        let rest = rows.split_off(alone);
        (rows, rest)
    }

    fn held(&self, row: Delivery, why: Hold, until: Timestamp) -> Delivery {
        // A clock that was ahead when it was raised would put it off from one digest to the next.
        let created = row.created.min(self.now());
        Delivery { created, due: until, held: Some(why), deadline: schedule::due(until, self.target.deadline), ..row }
    }

    /// Records together what is known together: one sync for all.
    async fn settle(&self, settlements: Vec<Settlement>) -> Result<(), StoreError> {
        let store = &self.parts.store;
        let all = settlements.into_iter().map(|settlement| {
            let store = store.clone();
            async move { store.settle(settlement).await }
        });
        let mut settling: JoinSet<Result<(), StoreError>> = all.collect();
        while let Some(settled) = settling.join_next().await {
            settled.unwrap_or(Err(StoreError::Closed))?;
        }
        Ok(())
    }

    /// Quiet hours may have begun while what is ready waited for room.
    async fn keep_quiet(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut held = Vec::new();
        for (delivery, alert) in std::mem::take(&mut self.ready) {
            match self.pacer.quiet_until(&alert, now) {
                Some(end) => held.push(Settlement::Retry(self.held(delivery, Hold::QuietHours, end))),
                None => self.ready.push_back((delivery, alert)),
            }
        }
        self.settle(held).await
    }

    fn start_ready(&mut self) {
        // Not when the step began: the store took its time, and the rate is that of attempts.
        let now = self.now();
        while self.has_room() && self.pacer.room(1, now) > 0 {
            let Some((delivery, alert)) = self.ready.pop_front() else { return };
            self.pacer.sends(now);
            let (parts, target) = (self.parts.clone(), self.target.clone());
            let attempt = Attempt { parts, target, delivery, alert: alert.into() };
            self.attempts.spawn(attempt.make(self.notifier.clone()));
        }
    }

    /// Takes in how an attempt ended.
    async fn take_in(
        &mut self,
        done: Result<Result<Ended, StoreError>, tokio::task::JoinError>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        match ended(done)? {
            // Whoever refuses is there.
            Some(Ended::Accepted | Ended::Refused) => {
                if let Some(since) = self.health.accepted() {
                    self.recover(since, now).await?;
                }
            }
            Some(Ended::Failed { since, peace, why }) => {
                self.last_error = why;
                self.health.failed(now, since, peace);
            }
            Some(Ended::Gone { why }) => {
                tracing::error!(target = self.target.name, why, "gone: it is not tried again before the next start");
                self.last_error = why;
                self.health.gone(now);
                // The dead letter's notice says so.
                self.warned = self.health.failing_since();
            }
            None => {}
        }
        Ok(())
    }

    /// The target takes deliveries again: all that were tried before go out now.
    async fn recover(&mut self, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let released = self.parts.store.release(&self.target.name, now, usize::MAX).await?;
        tracing::info!(target = self.target.name, %since, released, "accepts again");
        self.look_at = None;
        if self.warned.take().is_some() {
            let notice = notice::trouble(&self.parts.owner, &self.target, since, None, now);
            self.parts.store.raise(*notice).await?;
            self.parts.wake.send_replace(());
        }
        Ok(())
    }

    /// While the target fails: its fallback is told what waits, what is past its deadline is given up, the owner hears of it.
    async fn mind_trouble(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.put_back().await?;
        let Some(since) = self.health.failing_since() else { return Ok(()) };
        if self.look_at.is_some_and(|at| at > now && at <= schedule::due(now, LOOK_EVERY)) {
            return Ok(());
        }
        self.look_at = Some(schedule::due(now, LOOK_EVERY));
        let lasted = |wait: Duration| self.health.is_gone() || schedule::due(since, wait) <= now;
        let fallback = self.target.manner.fallback.clone().filter(|fallback| lasted(fallback.after));
        let warns = lasted(notice::patience(&self.target)) && self.warned != Some(since);
        if let Some(fallback) = fallback {
            self.hand_over(&fallback.target, now).await?;
        }
        self.bury_overdue(since, now).await?;
        if warns {
            self.warned = Some(since);
            let notice = notice::trouble(&self.parts.owner, &self.target, since, Some(&self.last_error), now);
            self.parts.store.raise(*notice).await?;
            self.parts.wake.send_replace(());
        }
        Ok(())
    }

    async fn hand_over(&self, to: &str, now: Timestamp) -> Result<(), StoreError> {
        let Some(fallback) = self.parts.targets.iter().find(|target| target.name == to) else { return Ok(()) };
        let order = HandOver {
            from: self.target.name.clone(),
            to: to.to_owned(),
            deadline: schedule::due(now, fallback.deadline),
            now,
            most: BATCH,
        };
        let mut handed = 0;
        loop {
            match self.parts.store.hand_over(order.clone()).await? {
                0 => break,
                more => handed += more,
            }
        }
        if handed > 0 {
            tracing::warn!(target = self.target.name, fallback = to, handed, "told to the fallback");
            self.parts.wake.send_replace(());
        }
        Ok(())
    }

    /// A target that fails is not tried with each delivery: those whose time is up are dead letters.
    async fn bury_overdue(&self, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let overdue = self.parts.store.claim_overdue(&self.target.name, now, BATCH).await?;
            if overdue.is_empty() {
                return Ok(());
            }
            let letters = overdue.into_iter().map(|(delivery, alert)| {
                let last = &self.last_error;
                let reason =
                    format!("not accepted before its deadline: the target has failed since {since:.0}, last: {last}");
                bury(&self.parts, delivery, &alert, reason, now)
            });
            self.settle(letters.collect()).await?;
            self.parts.wake.send_replace(());
        }
    }

    /// Lets go of what was claimed and is not going to be attempted soon.
    async fn put_back(&mut self) -> Result<(), StoreError> {
        let rows: Vec<Settlement> = self.ready.drain(..).map(|(delivery, _)| Settlement::Retry(delivery)).collect();
        self.settle(rows).await
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let wait = next.map(|due| due.duration_since(self.now()).max(SignedDuration::ZERO));
        wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(MAX_SLEEP).min(MAX_SLEEP)
    }
}

fn ended(done: Result<Result<Ended, StoreError>, tokio::task::JoinError>) -> Result<Option<Ended>, StoreError> {
    match done {
        Ok(ended) => ended.map(Some),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Ok(None),
    }
}

/// Attempts at once. A terminal shows alerts in their order; mail servers count connections.
fn concurrency(kind: &TargetKind) -> usize {
    match kind {
        TargetKind::Terminal(_) => 1,
        TargetKind::Email(_) => 2,
        TargetKind::Webhook(_) => 4,
    }
}
