//! Holds the trip against its objective: an alert is with its target within `alert_within` of when it could have been
//! found. The owner is told when that begins to fail, by which stop, and when it holds again.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::latency::Times;
use crate::model::{Alert, AlertKind, Delivery, DeliveryState, Target};
use crate::schedule;
use crate::store::{AlertQuery, AlertReport, Raise, Store, StoreError};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(60);
/// It holds again when no alert was late for as long.
const CALM: SignedDuration = SignedDuration::from_hours(1);
/// Alerts raised earlier are looked at no more: the deadlines of deliveries are shorter.
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most alerts that are looked at, the newest first.
const MAX_ALERTS: usize = 5_000;
/// Most alerts that a notice names.
const MAX_NAMED: usize = 5;

/// See the module.
pub struct Objective {
    store: Arc<dyn Store>,
    clock: Clock,
    wake: watch::Sender<()>,
    within: Duration,
    owner: Vec<Target>,
    /// Since when alerts are late, where the owner has been told so.
    late: Option<Timestamp>,
}

/// An alert that is late at a target.
struct Late {
    alert: Alert,
    target: String,
    times: Times,
}

impl Objective {
    /// That alerts are accepted `within` so long.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Clock,
        wake: watch::Sender<()>,
        within: Duration,
        owner: Vec<Target>,
    ) -> Self {
        Self { store, clock, wake, within, owner, late: None }
    }

    /// Looks at it every minute until cancelled.
    pub async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        while !cancel.is_cancelled() {
            self.check().await?;
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        Ok(())
    }

    /// Looks once.
    pub async fn check(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let since = Some(now.checked_sub(OLDEST).unwrap_or(Timestamp::MIN));
        let alerts = self.store.alerts(AlertQuery { since, limit: MAX_ALERTS, ..AlertQuery::default() }).await?;
        let late: Vec<Late> = alerts.into_iter().flat_map(|report| self.late_of(report, now)).collect();
        let notice = match (late.last(), self.late) {
            (Some(first), None) => {
                self.late = Some(first.times.available);
                self.begins(&late, first, now)
            }
            (None, Some(since)) => {
                self.late = None;
                self.ends(since, now)
            }
            _ => return Ok(()),
        };
        tracing::warn!(notice = notice.headline, "objective");
        let row = |target: &Target| Delivery::new(notice.id, &target.name, now, schedule::due(now, target.deadline));
        let deliveries = self.owner.iter().map(row).collect();
        self.store.raise(Raise { alert: notice, deliveries }).await?;
        self.wake.send_replace(());
        Ok(())
    }

    /// Where an alert is late, or was within the last hour.
    fn late_of(&self, report: AlertReport, now: Timestamp) -> Vec<Late> {
        let AlertReport { alert, deliveries, .. } = report;
        let late = deliveries.iter().filter_map(|delivery| {
            let times = Times::of(&alert, delivery)?;
            let current = match delivery {
                DeliveryState::Waiting(_) => true,
                DeliveryState::Sent(sent) => now.duration_since(sent.accepted) < CALM,
                // It is told with others, or somebody is told of it as such.
                DeliveryState::Digested(_) | DeliveryState::Dead(_) => false,
            };
            let late = current && times.wait(now) > self.within;
            late.then(|| Late { alert: alert.clone(), target: delivery.target().to_owned(), times })
        });
        late.collect()
    }

    fn begins(&self, late: &[Late], first: &Late, now: Timestamp) -> Alert {
        let subject = format!("late {} {}", first.alert.id, first.target);
        let headline = format!("Alerts take longer than {}", words(self.within));
        let mut text = String::new();
        for Late { alert, target, times } in late.iter().rev().take(MAX_NAMED) {
            let end = times.accepted.unwrap_or(now);
            let state = if times.accepted.is_some() { "took" } else { "has waited for" };
            let until_found = words(span(times.available, times.received));
            let then = words(span(times.received, end));
            let total = words(times.wait(now));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "“{}” to {target} {state} {total}: {until_found} until a poll found it, {then} from there.",
                alert.headline
            );
        }
        if late.len() > MAX_NAMED {
            let _ = writeln!(text, "So did {} more.", late.len() - MAX_NAMED);
        }
        let text = text.trim_end().to_owned();
        Alert::about_itself(AlertKind::Notice, &subject, headline, text, now)
    }

    fn ends(&self, since: Timestamp, now: Timestamp) -> Alert {
        let subject = format!("in time {now}");
        let headline = format!("Alerts are accepted within {} again", words(self.within));
        let text = format!("For an hour none was late. It began with news of {since:.0}.");
        Alert::about_itself(AlertKind::Notice, &subject, headline, text, now)
    }
}

fn span(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// A duration for people: two units at most.
fn words(duration: Duration) -> String {
    let (hours, minutes, seconds) = (duration.as_secs() / 3_600, duration.as_secs() / 60 % 60, duration.as_secs() % 60);
    match (hours, minutes, seconds) {
        (0, 0, _) => format!("{seconds} s"),
        (0, _, 0) => format!("{minutes} min"),
        (0, _, _) => format!("{minutes} min {seconds} s"),
        (_, 0, _) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}
