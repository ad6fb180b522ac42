//! `newswatch status`: one screen.

use jiff::Timestamp;

use super::out::Out;
use super::reach::{self, Reach};
use super::{CliError, Report, file};
use crate::latency::{Latency, Ledger, Quantiles};
use crate::model::Trouble;
use crate::notify::inert;
use crate::web::StatusReport;

/// Most watches, targets and feeds that are shown, each.
const MAX_SLOWEST: usize = 5;

pub(super) async fn run(args: Report, out: &mut Out) -> Result<(), CliError> {
    let report = match Reach::of(&file::load(args.config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/status", &[]).await?,
        Reach::Store(admin) => admin.status().await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.json, out, show)
}

fn show(report: &StatusReport, out: &mut Out) -> Result<(), CliError> {
    let daemon = match (report.pid, report.started) {
        (Some(pid), Some(started)) => format!("running as process {pid} since {}", time(started)),
        _ => "not running".to_owned(),
    };
    out.line(format!("newswatch {}: {daemon}", report.version))?;
    out.line(format!("state      {}", report.state_dir))?;
    let feeds = &report.feeds;
    let mut line = format!("feeds      {} configured, {} well", feeds.configured, feeds.well);
    for (count, word) in [(feeds.failing, "failing"), (feeds.gone, "gone"), (feeds.never_polled, "never polled")] {
        if count > 0 {
            line = format!("{line}, {count} {word}");
        }
    }
    out.line(line)?;
    if report.pid.is_some() {
        out.line(format!("next poll  {}", report.next_poll.map_or_else(|| "none".to_owned(), time)))?;
    }
    let latest = report.latest_alert.map_or_else(|| "none yet".to_owned(), |at| format!("the latest at {}", time(at)));
    out.line(format!("alerts     {} in the last 24 hours, {latest}", report.alerts_last_24h))?;
    out.line(format!(
        "outbox     {} waiting, {}",
        report.outbox_waiting,
        file::counted(report.dead_letters, "dead letter")
    ))?;
    for trouble in &report.troubles {
        let Trouble { target, since, last_error, gone } = trouble;
        let state = if *gone { "is gone" } else { "fails" };
        let (target, last) = (inert(target), inert(last_error));
        out.line(format!("target     {target} {state} since {}, last: {last}", time(*since)))?;
    }
    latency(&report.latency, out)
}

/// How long news took: in all, then by watch, target and feed, the slowest first.
fn latency(ledger: &Ledger, out: &mut Out) -> Result<(), CliError> {
    let Some(line) = of(&ledger.all) else { return Ok(()) };
    out.line(format!("latency    {line}; deliveries in 7 days: {}", ledger.all.deliveries))?;
    for (what, parts) in [("watch", &ledger.watches), ("target", &ledger.targets), ("feed", &ledger.feeds)] {
        let mut slowest: Vec<(&String, &Latency)> = parts.iter().collect();
        slowest.sort_by(|a, b| tail(b.1).total_cmp(&tail(a.1)).then(a.0.cmp(b.0)));
        for (name, latency) in slowest.iter().take(MAX_SLOWEST) {
            if let Some(line) = of(latency) {
                out.line(format!("  {what:<8} {}: {line}", inert(name)))?;
            }
        }
    }
    Ok(())
}

fn tail(latency: &Latency) -> f64 {
    latency.total.or(latency.received).map_or(0.0, |all| all.p99_s)
}

/// From publication to the target, and its two halves.
fn of(latency: &Latency) -> Option<String> {
    let total = latency.total?;
    let part = |name: &str, part: Option<Quantiles>| {
        part.map(|part| format!("{name} {} / {}", seconds(part.p50_s), seconds(part.p99_s))).unwrap_or_default()
    };
    let (seen, sent) = (part("seen after", latency.received), part("sent in", latency.accepted));
    Some(format!("p50 {}, p99 {} from publication ({seen}, {sent})", seconds(total.p50_s), seconds(total.p99_s)))
}

/// A duration in the unit that suits it.
pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        ..60.0 => format!("{seconds:.1} s"),
        60.0..7_200.0 => format!("{:.1} min", seconds / 60.0),
        7_200.0..172_800.0 => format!("{:.1} h", seconds / 3_600.0),
        _ => format!("{:.1} d", seconds / 86_400.0),
    }
}

/// To the second, UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
