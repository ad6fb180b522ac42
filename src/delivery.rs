//! The second half of the trip: from the outbox to the target.
//!
//! Each target has a lane of its own: it claims what is due, attempts it, and records the outcome. A slow or dead target
//! holds up nobody else, and nothing is held in memory that is not also on the disk: a lane that dies loses nothing.
//!
//! A notifier that panics has failed for now, like a server that does not answer: if it ended the daemon, the same row
//! would be the first to be met after the next start, and no alert would ever leave again.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::backoff::Ladder;
use crate::clock::{Clock, Dice};
use crate::model::{
    Alert, AlertKind, DeadLetter, Delivery, DeliveryState, MAX_REASON_BYTES, Sent, Target, TargetKind, clip,
};
use crate::notify::{Notifier, NotifyError};
use crate::schedule;
use crate::store::{Raise, Settlement, Store, StoreError};

/// A lane looks at the clock at least this often, because wall clocks jump.
const MAX_SLEEP: Duration = Duration::from_secs(60);
/// Longest wait that a target's `Retry-After` is granted.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
/// An attempt that ends later than this after it was due was not made when it was planned: the process did not run, or
/// the machine slept. Longer than any attempt takes.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(15);
/// From a first attempt that came long after the deadline to the one that decides: a machine that has just woken has its
/// network back by then.
const GRACE: Duration = Duration::from_mins(10);

/// What all lanes share.
#[derive(Clone)]
pub struct Parts {
    /// Where the outbox is.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Clock,
    /// Jitter.
    pub dice: Arc<Dice>,
    /// Changes when there may be something new in the outbox.
    pub wake: watch::Sender<()>,
    /// The targets that are told of dead letters.
    pub owner: Arc<[Target]>,
}

/// What a lane did with what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    /// Whether deliveries still wait for another attempt.
    pub waiting: bool,
}

/// The way to one target.
pub struct Lane {
    parts: Parts,
    target: Target,
    notifier: Arc<dyn Notifier>,
    attempts: JoinSet<Result<(), StoreError>>,
}

impl Lane {
    /// A lane to `target`, which `notifier` serves.
    pub fn new(parts: Parts, target: Target, notifier: Arc<dyn Notifier>) -> Self {
        Self { parts, target, notifier, attempts: JoinSet::new() }
    }

    /// Delivers until cancelled; attempts that are under way are finished.
    pub async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        let mut wake = self.parts.wake.subscribe();
        while !cancel.is_cancelled() {
            wake.mark_unchanged();
            let next_due = self.start_due().await?;
            let sleep = self.until(next_due);
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                Some(done) = self.attempts.join_next() => settled(done)?,
                // The sender lives in `parts`, so this cannot fail.
                _ = wake.changed(), if self.has_room() => {}
                () = tokio::time::sleep(sleep), if self.has_room() => {}
            }
        }
        while let Some(done) = self.attempts.join_next().await {
            settled(done)?;
        }
        Ok(())
    }

    /// Attempts everything that is due, once, and returns.
    pub async fn drain(mut self, cancel: CancellationToken) -> Result<Drained, StoreError> {
        loop {
            let next_due = if cancel.is_cancelled() { None } else { self.start_due().await? };
            match self.attempts.join_next().await {
                Some(done) => settled(done)?,
                None => return Ok(Drained { waiting: next_due.is_some() }),
            }
        }
    }

    fn has_room(&self) -> bool {
        self.attempts.len() < concurrency(&self.target.kind)
    }

    /// Claims what is due as far as there is room; returns when the next one is due.
    async fn start_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let room = concurrency(&self.target.kind) - self.attempts.len();
        if room == 0 {
            return Ok(None);
        }
        let claimed = self.parts.store.claim(&self.target.name, self.parts.clock.now(), room).await?;
        for (delivery, alert) in claimed.deliveries {
            let (parts, target) = (self.parts.clone(), self.target.clone());
            let attempt = Attempt { parts, target, delivery, alert: alert.into() };
            let notifier = self.notifier.clone();
            self.attempts.spawn(attempt.make(notifier));
        }
        Ok(claimed.next_due)
    }

    fn until(&self, next_due: Option<Timestamp>) -> Duration {
        let wait = next_due.map(|due| due.duration_since(self.parts.clock.now()).max(SignedDuration::ZERO));
        wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(MAX_SLEEP).min(MAX_SLEEP)
    }
}

/// A claimed delivery.
struct Attempt {
    parts: Parts,
    target: Target,
    delivery: Delivery,
    alert: Arc<Alert>,
}

impl Attempt {
    async fn make(self, notifier: Arc<dyn Notifier>) -> Result<(), StoreError> {
        let settlement = self.judge(self.guarded(notifier).await);
        let dead = matches!(settlement, Settlement::Dead(..));
        self.parts.store.settle(settlement).await?;
        if dead {
            self.parts.wake.send_replace(());
        }
        Ok(())
    }

    /// One attempt, in a task of its own: a panic ends that task and nothing else.
    async fn guarded(&self, notifier: Arc<dyn Notifier>) -> Result<(), NotifyError> {
        let (delivery, alert, now) = (self.delivery.clone(), self.alert.clone(), self.parts.clock.now());
        let task = tokio::spawn(async move { notifier.notify(&delivery, &alert, now).await });
        AbortOnDropHandle::new(task).await.unwrap_or_else(|error| {
            // It is cancelled only by the end of the runtime, which does not wait for what becomes of this.
            Err(NotifyError::Transient {
                why: format!("a bug in newswatch, please report it: {error}"),
                retry_after: None,
            })
        })
    }

    /// Sent, again later, or dead. The last attempt is made at the deadline itself, or, where nobody was there to make
    /// it, when somebody is there again, and a second time after [`GRACE`].
    fn judge(&self, outcome: Result<(), NotifyError>) -> Settlement {
        let now = self.parts.clock.now();
        let (delivery, target) = (&self.delivery, &self.target.name);
        let attempts = delivery.attempts + 1;
        let mut tried = Delivery { attempts, ..delivery.clone() };
        match outcome {
            Ok(()) => {
                tracing::info!(%target, alert = %self.alert.id, delivery = %delivery.id, attempts, "accepted");
                let (id, alert) = (delivery.id, delivery.alert);
                let held = delivery.held;
                Settlement::Sent(Sent { id, alert, target: target.clone(), accepted: now, attempts, held })
            }
            Err(NotifyError::Transient { why, retry_after }) if !is_spent(delivery, now) => {
                let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
                let wait = ladder(&self.target.kind).wait(attempts, self.parts.dice.roll()).max(asked);
                tried.due = match now < delivery.deadline {
                    true => schedule::due(now, wait).min(delivery.deadline),
                    false => schedule::due(now, GRACE.max(asked)),
                };
                tracing::warn!(%target, delivery = %delivery.id, attempts, error = why, next = %tried.due, "not accepted");
                tried.last_error = Some(clip(&why, MAX_REASON_BYTES).to_owned());
                Settlement::Retry(tried)
            }
            Err(NotifyError::Transient { why, .. }) => {
                let reason = format!("not accepted before its deadline, last: {why}");
                bury(&self.parts.owner, tried, &self.alert, reason, now)
            }
            Err(NotifyError::Permanent { why }) => {
                bury(&self.parts.owner, tried, &self.alert, format!("refused for good: {why}"), now)
            }
        }
    }
}

/// Whether an attempt that failed for now, at `now`, was the last one. One that came long after the deadline, because
/// nobody was there to make it in time, is not: the network may not be up yet. It is followed by one that is due after
/// the deadline, which tells the two apart, and that one decides.
fn is_spent(delivery: &Delivery, now: Timestamp) -> bool {
    let punctual = now.duration_since(delivery.due) <= PUNCTUAL;
    now >= delivery.deadline && (punctual || delivery.due > delivery.deadline)
}

/// Turns deliveries to targets that the configuration no longer has into dead letters, and tells the owner.
pub async fn bury_orphans(parts: &Parts, targets: &[Target]) -> Result<(), StoreError> {
    let now = parts.clock.now();
    for state in parts.store.outbox(usize::MAX).await?.deliveries {
        if let DeliveryState::Waiting(delivery) = state
            && targets.iter().all(|target| target.name != delivery.target)
        {
            let reason = format!("the configuration has no target `{}` any more", delivery.target);
            let letter = DeadLetter { reason: reason.clone(), buried: now, delivery: delivery.clone() };
            let notice = notice(&parts.owner, &delivery, &reason, now);
            tracing::error!(target = %delivery.target, delivery = %delivery.id, reason, "dead letter");
            parts.store.settle(Settlement::Dead(letter, Some(notice))).await?;
        }
    }
    Ok(())
}

fn bury(owner: &[Target], delivery: Delivery, alert: &Alert, reason: String, now: Timestamp) -> Settlement {
    tracing::error!(target = %delivery.target, delivery = %delivery.id, alert = %alert.id, reason, "dead letter");
    // A notice that cannot be delivered would only beget further notices.
    let told = if alert.kind == AlertKind::Notice { None } else { Some(notice(owner, &delivery, &reason, now)) };
    let reason = clip(&reason, MAX_REASON_BYTES).to_owned();
    Settlement::Dead(DeadLetter { delivery, buried: now, reason }, told)
}

/// Tells the owner's other targets; where there is none, the notice stands in the report of alerts. One notice a target an hour: its id is that of the hour, and the store keeps the
/// first; the rest stands in the outbox's report.
fn notice(owner: &[Target], delivery: &Delivery, reason: &str, now: Timestamp) -> Box<Raise> {
    let target = &delivery.target;
    let subject = format!("dead letters of {target} in hour {}", now.as_second() / 3_600);
    let headline = format!("An alert did not reach the target “{target}”");
    let text = format!(
        "Alert {} became a dead letter: {reason}.\nThere may be more; `newswatch outbox` lists them all. At most one \
         such notice an hour is sent for a target.",
        delivery.alert
    );
    let alert = Alert::about_itself(AlertKind::Notice, &subject, headline, text, now);
    let others = owner.iter().filter(|other| other.name != *target);
    let deliveries: Vec<Delivery> =
        others.map(|other| Delivery::new(alert.id, &other.name, now, schedule::due(now, other.deadline))).collect();
    Box::new(Raise { alert, deliveries })
}

fn settled(done: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), StoreError> {
    match done {
        Ok(settled) => settled,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Ok(()),
    }
}

/// Attempts at once. A terminal and a chat show alerts in their order; mail servers count connections.
fn concurrency(kind: &TargetKind) -> usize {
    match kind {
        TargetKind::Terminal(_) | TargetKind::Service(_) => 1,
        TargetKind::Email(_) | TargetKind::Exec(_) => 2,
        TargetKind::Webhook(_) => 4,
    }
}

fn ladder(kind: &TargetKind) -> Ladder {
    match kind {
        TargetKind::Terminal(_) => Ladder::TERMINAL,
        TargetKind::Email(_) => Ladder::EMAIL,
        TargetKind::Webhook(_) | TargetKind::Service(_) | TargetKind::Exec(_) => Ladder::WEBHOOK,
    }
}

#[cfg(test)]
mod tests;
