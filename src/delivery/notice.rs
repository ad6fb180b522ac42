//! What the owner is told of targets.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{Alert, AlertKind, Delivery, Target, TargetKind};
use crate::schedule;
use crate::store::Raise;

/// The owner is told of a target that has failed for so long; of one with a fallback, when that is told in its place.
pub const WARN_AFTER: Duration = Duration::from_hours(1);
/// The same for mail servers, which put strangers off for a while (RFC 6647) and may be away for hours.
pub const WARN_AFTER_MAIL: Duration = Duration::from_hours(4);

/// How long `target` may fail before the owner hears of it.
pub(super) fn patience(target: &Target) -> Duration {
    match (&target.manner.fallback, &target.kind) {
        (Some(fallback), _) => fallback.after,
        (None, TargetKind::Email(_)) => WARN_AFTER_MAIL,
        (None, _) => WARN_AFTER,
    }
}

/// Tells the owner's other targets; where there is none, the notice stands in the report of alerts. One notice a target an
/// hour: its id is that of the hour, and the store keeps the first; the rest stands in the outbox's report.
pub(super) fn dead_letter(owner: &[Target], delivery: &Delivery, reason: &str, now: Timestamp) -> Box<Raise> {
    let target = &delivery.target;
    let subject = format!("dead letters of {target} in hour {}", now.as_second() / 3_600);
    let headline = format!("An alert did not reach the target “{target}”");
    let text = format!(
        "Alert {} became a dead letter: {reason}.\nThere may be more; `newswatch outbox` lists them all. At most one \
         such notice an hour is sent for a target.",
        delivery.alert
    );
    to_others(owner, target, &subject, headline, text, now)
}

/// The target has said that it is there no more.
pub(super) fn gone(owner: &[Target], delivery: &Delivery, reason: &str, now: Timestamp) -> Box<Raise> {
    let target = &delivery.target;
    let text = format!(
        "Alert {} became a dead letter: {reason}.\nThe target is not tried again before the next start; what is raised until \
         then waits for it, up to its deadline. Mend its configuration; `newswatch outbox retry` revives dead letters.",
        delivery.alert
    );
    let headline = format!("The target “{target}” is gone");
    to_others(owner, target, &format!("target {target} gone {now}"), headline, text, now)
}

/// The target fails, or has accepted something again.
pub(super) fn trouble(
    owner: &[Target],
    target: &Target,
    since: Timestamp,
    last_error: Option<&str>,
    now: Timestamp,
) -> Box<Raise> {
    let name = &target.name;
    let (side, headline, text) = match last_error {
        Some(error) => {
            let fallback = target
                .manner
                .fallback
                .as_ref()
                .map(|fallback| format!(" What waits for it is told to “{}” in its place.", fallback.target));
            let text = format!(
                "It has accepted nothing since {since:.0}, last: {error}. It is tried again and again, and nothing is lost.{}",
                fallback.unwrap_or_default()
            );
            ("fails", format!("The target “{name}” fails"), text)
        }
        None => {
            let text = format!("It had failed since {since:.0}. What has waited is delivered now.");
            ("is well", format!("The target “{name}” is well again"), text)
        }
    };
    to_others(owner, name, &format!("target {name} {side} {since}"), headline, text, now)
}

fn to_others(
    owner: &[Target],
    target: &str,
    subject: &str,
    headline: String,
    text: String,
    now: Timestamp,
) -> Box<Raise> {
    let alert = Alert::about_itself(AlertKind::Notice, subject, headline, text, now);
    let others = owner.iter().filter(|other| other.name != target);
    let row = |other: &Target| Delivery::new(alert.id, &other.name, now, schedule::due(now, other.deadline));
    let deliveries = others.map(row).collect();
    Box::new(Raise { alert, deliveries })
}
