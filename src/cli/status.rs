//! `newswatch status`: one screen.

use jiff::Timestamp;

use super::out::Out;
use super::reach::{self, Reach};
use super::{CliError, Report, file};
use crate::web::StatusReport;

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
    ))
}

/// To the second, UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
