//! One attempt at one delivery, and what comes of it.
//!
//! A notifier that panics has failed for now, like a server that does not answer: if it ended the daemon, the same row
//! would be the first to be met after the next start, and no alert would ever leave again.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::task::AbortOnDropHandle;

use super::{Parts, notice};
use crate::backoff::Ladder;
use crate::model::{Alert, AlertKind, DeadLetter, Delivery, MAX_REASON_BYTES, Sent, Target, TargetKind, clip};
use crate::notify::{Notifier, NotifyError};
use crate::schedule;
use crate::store::{Settlement, StoreError};

/// Longest wait that a target's `Retry-After` is granted.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);
/// An attempt that ends later than this after it was due was not made when it was planned: the process did not run, or
/// the machine slept. Longer than any attempt takes.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(15);
/// From a first attempt that came long after the deadline to the one that decides: a machine that has just woken has its
/// network back by then.
const GRACE: Duration = Duration::from_mins(10);

/// A claimed delivery.
pub(super) struct Attempt {
    pub(super) parts: Parts,
    pub(super) target: Target,
    pub(super) delivery: Delivery,
    pub(super) alert: Arc<Alert>,
}

/// What an attempt says of its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// It takes deliveries.
    Accepted,
    /// It did not take this one; since when it has not, for how long it wants peace, and why.
    Failed { since: Option<Timestamp>, peace: Option<Duration>, why: String },
    /// It never will take this one, which says nothing of others.
    Refused,
    /// It is there no more.
    Gone { why: String },
}

impl Attempt {
    pub(super) async fn make(self, notifier: Arc<dyn Notifier>) -> Result<Ended, StoreError> {
        let outcome = self.guarded(notifier).await;
        let ended = match &outcome {
            Ok(()) => Ended::Accepted,
            Err(NotifyError::Transient { why, retry_after }) => {
                Ended::Failed { since: self.delivery.failing_since, peace: *retry_after, why: why.clone() }
            }
            Err(NotifyError::Permanent { .. }) => Ended::Refused,
            Err(NotifyError::Gone { why }) => Ended::Gone { why: why.clone() },
        };
        let settlement = self.judge(outcome);
        let dead = matches!(settlement, Settlement::Dead(..));
        self.parts.store.settle(settlement).await?;
        if dead {
            self.parts.wake.send_replace(());
        }
        Ok(ended)
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
        let mut tried = Delivery { attempts, held: None, ..delivery.clone() };
        match outcome {
            Ok(()) => {
                tracing::info!(%target, alert = %self.alert.id, delivery = %delivery.id, attempts, "accepted");
                let (id, alert, held) = (delivery.id, delivery.alert, delivery.held);
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
                tried.failing_since.get_or_insert(now);
                Settlement::Retry(tried)
            }
            Err(NotifyError::Transient { why, .. }) => {
                let reason = format!("not accepted before its deadline, last: {why}");
                bury(&self.parts, tried, &self.alert, reason, now)
            }
            Err(NotifyError::Permanent { why }) => {
                bury(&self.parts, tried, &self.alert, format!("refused for good: {why}"), now)
            }
            Err(NotifyError::Gone { why }) => {
                let reason = format!("refused for good: {why}");
                let told = notice::gone(&self.parts.owner, &tried, &reason, now);
                match bury(&self.parts, tried, &self.alert, reason, now) {
                    // Who is told that the target is gone need not hear of the letter besides.
                    Settlement::Dead(letter, Some(_)) => Settlement::Dead(letter, Some(told)),
                    other => other,
                }
            }
        }
    }
}

/// Whether an attempt that failed for now, at `now`, was the last one. One that came long after the deadline, because
/// nobody was there to make it in time, is not: the network may not be up yet. It is followed by one that is due after
/// the deadline, which tells the two apart, and that one decides.
pub(super) fn is_spent(delivery: &Delivery, now: Timestamp) -> bool {
    let punctual = now.duration_since(delivery.due) <= PUNCTUAL;
    now >= delivery.deadline && (punctual || delivery.due > delivery.deadline)
}

/// Makes a dead letter, of which the owner is told.
pub(super) fn bury(parts: &Parts, delivery: Delivery, alert: &Alert, reason: String, now: Timestamp) -> Settlement {
    tracing::error!(target = %delivery.target, delivery = %delivery.id, alert = %alert.id, reason, "dead letter");
    // A notice that cannot be delivered would only beget further notices.
    let is_notice = alert.kind == AlertKind::Notice;
    let told = if is_notice { None } else { Some(notice::dead_letter(&parts.owner, &delivery, &reason, now)) };
    let reason = clip(&reason, MAX_REASON_BYTES).to_owned();
    Settlement::Dead(DeadLetter { delivery, buried: now, reason }, told)
}

fn ladder(kind: &TargetKind) -> Ladder {
    match kind {
        TargetKind::Terminal(_) => Ladder::TERMINAL,
        TargetKind::Email(_) => Ladder::EMAIL,
        TargetKind::Webhook(_) | TargetKind::Service(_) | TargetKind::Exec(_) => Ladder::WEBHOOK,
    }
}
