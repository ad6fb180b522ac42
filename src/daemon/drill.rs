//! Drills: a marked item goes the whole way, from a feed of its own through fetching, parsing, matching, judging and the
//! durable commit to real targets. On order, and at the configured times.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{DaemonError, Parts};
use crate::config::DrillConfig;
use crate::fetch::Fetcher;
use crate::matcher::Matcher;
use crate::model::{AlertKind, Calendar, DRILL_WATCH, DeliveryState, Feed, Role, Source, Target, Term, Watch};
use crate::poller::{self, Poller};
use crate::store::{AlertQuery, AlertReport};
use crate::web::{DRILL_TIMEOUT, DrillOrder, DrillReport, Drilling};

/// How often it is looked whether the targets have accepted.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The document of a drill, in the state directory.
const DOCUMENT: &str = "drill.xml";
/// The clock is looked at so often for the next scheduled drill, because wall clocks jump.
const MAX_SLEEP: Duration = Duration::from_secs(60);

/// Sends a marked item on its way; the targets have it in their outboxes when this returns. The report knows nothing of them
/// yet.
pub(super) async fn set_out(parts: &Parts, state_dir: &Path, drilling: &Drilling) -> Result<DrillReport, DaemonError> {
    let due = parts.clock.now();
    let mark = format!("newswatch drill {:x}", due.as_millisecond());
    let path = state_dir.join(DOCUMENT);
    let failed = |error: std::io::Error| DaemonError::Drill(format!("cannot write {}: {error}", path.display()));
    tokio::fs::write(&path, document(&mark, due)).await.map_err(failed)?;
    let named = |target: &&Target| drilling.target.as_ref().is_none_or(|name| *name == target.name);
    let targets: Vec<String> = parts.config.targets.iter().filter(named).map(|target| target.name.clone()).collect();
    let watch = Watch {
        name: DRILL_WATCH.to_owned(),
        terms: vec![Term { text: mark, role: Role::Strong }],
        threshold: crate::config::THRESHOLD_NORMAL,
        targets,
        urgent: true,
        ..Watch::default()
    };
    let feed = Feed { name: "newswatch drill".to_owned(), ..Feed::new(Source::File(path.clone())) };
    let round = trip(parts, watch, feed).await?;
    let query = AlertQuery { watch: Some(DRILL_WATCH.to_owned()), since: Some(due), limit: 1, ..AlertQuery::default() };
    let report = parts.store.alerts(query).await?.pop().filter(|report| report.alert.kind == AlertKind::Drill);
    let AlertReport { alert, deliveries, .. } = report.ok_or_else(|| {
        DaemonError::Drill(format!("the marked item raised no alert ({} failed to be read)", round.failed))
    })?;
    let received = alert.lead.and_then(|lead| lead.arrival).map_or(alert.raised, |arrival| arrival.received);
    let committed = parts.clock.now();
    Ok(DrillReport { alert: alert.id, due, received, raised: alert.raised, committed, deliveries })
}

/// One round over the feed of the drill, with everything that a round over other feeds has, but for what they have told.
async fn trip(parts: &Parts, watch: Watch, feed: Feed) -> Result<poller::Round, DaemonError> {
    let limits = &parts.config.fetch;
    let contact = parts.config.contact.as_deref();
    let fetcher = Fetcher::new(parts.client.clone(), parts.policy.clone(), contact, limits.clone());
    let trip = poller::Parts {
        store: parts.store.clone(),
        fetching: Arc::new(fetcher),
        matcher: Arc::new(Matcher::new(&[watch])?),
        stories: Arc::default(),
        silences: Arc::default(),
        clock: parts.clock.clone(),
        dice: parts.dice.clone(),
        wake: parts.wake.clone(),
    };
    let options = poller::Options { routes: Vec::new(), ..parts.options() };
    let poller = Poller::new(trip, options, &[feed], None).await?;
    Ok(poller.once(CancellationToken::new()).await?)
}

/// An Atom document (RFC 4287) with one entry.
fn document(mark: &str, now: Timestamp) -> String {
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>newswatch drill</title><id>urn:newswatch:drill</id>\
         <updated>{now}</updated><entry><id>urn:newswatch:{mark}</id><title>{mark}</title><updated>{now}</updated>\
         <published>{now}</published><summary>A drill: this item was made by newswatch to see whether alerts reach you. \
         Nothing has happened.</summary></entry></feed>\n"
    )
}

/// The report with what has become of it by now.
pub(super) async fn look(parts: &Parts, mut report: DrillReport) -> Result<DrillReport, DaemonError> {
    let query = AlertQuery { id: Some(report.alert.to_string()), limit: 1, ..AlertQuery::default() };
    if let Some(found) = parts.store.alerts(query).await?.pop() {
        report.deliveries = found.deliveries;
    }
    Ok(report)
}

/// Waits until every target has accepted the alert or given it up, [`DRILL_TIMEOUT`] at most.
pub(super) async fn arrive(parts: &Parts, mut report: DrillReport) -> Result<DrillReport, DaemonError> {
    let deadline = tokio::time::Instant::now() + DRILL_TIMEOUT;
    loop {
        report = look(parts, report).await?;
        let waits = report.deliveries.iter().any(|state| matches!(state, DeliveryState::Waiting(_)));
        if !waits || tokio::time::Instant::now() >= deadline {
            return Ok(report);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Drills on order and at their times until cancelled. `passed` is told how each scheduled one went.
pub(super) async fn run(
    parts: Parts,
    state_dir: std::path::PathBuf,
    mut orders: mpsc::Receiver<DrillOrder>,
    passed: tokio::sync::watch::Sender<bool>,
    cancel: CancellationToken,
) -> Result<(), DaemonError> {
    let schedule = parts.config.drill.clone();
    let mut next = schedule.as_ref().and_then(|drill| drill.times.next(parts.clock.now()));
    loop {
        let now = parts.clock.now();
        if let (Some(drill), Some(at)) = (&schedule, next)
            && at <= now
        {
            passed.send_replace(scheduled(&parts, &state_dir, drill).await);
            next = drill.times.next(now);
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Ok(()),
            order = orders.recv() => match order {
                Some(order) => answer(&parts, &state_dir, order, &cancel).await,
                None => return Ok(()),
            },
            () = tokio::time::sleep(until(next, &schedule.as_ref().map(|drill| drill.times.clone()), now)) => {}
        }
    }
}

fn until(next: Option<Timestamp>, times: &Option<Calendar>, now: Timestamp) -> Duration {
    let wait = next.filter(|_| times.is_some()).map(|at| at.duration_since(now).max(SignedDuration::ZERO));
    wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(MAX_SLEEP).min(MAX_SLEEP)
}

async fn answer(parts: &Parts, state_dir: &Path, order: DrillOrder, cancel: &CancellationToken) {
    let DrillOrder { drilling, reply } = order;
    let drilled = async { arrive(parts, set_out(parts, state_dir, &drilling).await?).await };
    tokio::select! {
        () = cancel.cancelled() => {}
        report = drilled => reply_with(reply, report),
    }
}

fn reply_with(reply: oneshot::Sender<Result<DrillReport, String>>, report: Result<DrillReport, DaemonError>) {
    // Who asked may have gone.
    let _ = reply.send(report.map_err(|error| error.to_string()));
}

/// A drill at its time: whether every target accepted it.
async fn scheduled(parts: &Parts, state_dir: &Path, drill: &DrillConfig) -> bool {
    let mut all = true;
    for target in &drill.targets {
        let drilling = Drilling { target: Some(target.clone()) };
        let report = async { arrive(parts, set_out(parts, state_dir, &drilling).await?).await }.await;
        let passed = report.as_ref().is_ok_and(DrillReport::passed);
        let why = report.err().map(|error| error.to_string()).unwrap_or_default();
        match passed {
            true => tracing::info!(target, "drill passed"),
            false => tracing::error!(target, why, "drill failed: `newswatch outbox` says where it waits"),
        }
        all &= passed;
    }
    all
}
