//! `newswatch outbox`: what waits, and what was given up.

use std::path::PathBuf;

use super::alerts::state;
use super::out::Out;
use super::reach::{self, Reach};
use super::{CliError, file};
use crate::store::OutboxReport;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration whose store is asked
    config: Option<PathBuf>,
    /// At most so many rows
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let report: OutboxReport = match Reach::of(&file::load(args.config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/outbox", &[("limit", Some(args.limit.to_string()))]).await?,
        Reach::Store(admin) => admin.outbox(args.limit).await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.json, out, show)
}

fn show(report: &OutboxReport, out: &mut Out) -> Result<(), CliError> {
    out.line(format!("{} waiting, {}", report.waiting, file::counted(report.dead, "dead letter")))?;
    for row in &report.deliveries {
        out.line(format!("  {}  {}", row.alert(), state(row)))?;
    }
    Ok(())
}
