//! `newswatch drill`: a marked item goes the whole way.

use std::path::PathBuf;

use jiff::Timestamp;

use super::alerts::state;
use super::out::Out;
use super::reach::{self, Reach};
use super::{CliError, file};
use crate::daemon;
use crate::model::DeliveryState;
use crate::web::{DRILL_TIMEOUT, DrillReport, Drilling};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration whose targets are tried
    config: Option<PathBuf>,
    /// Only this target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let loaded = file::load(args.config)?;
    let drilling = Drilling { target: args.target };
    let known = |name: &String| loaded.config.targets.iter().any(|target| target.name == *name);
    if let Some(name) = drilling.target.as_ref().filter(|name| !known(name)) {
        let names: Vec<&str> = loaded.config.targets.iter().map(|target| target.name.as_str()).collect();
        return Err(CliError::Usage(format!("no target `{name}`; the configuration has: {}", names.join(", "))));
    }
    let report = match Reach::daemon(&loaded, DRILL_TIMEOUT * 2).await? {
        Some(daemon) => daemon.post("/v1/drill", &drilling).await?,
        // A terminal target writes by itself.
        None => {
            out.flush()?;
            daemon::drill(loaded.config.clone(), &loaded.place(), drilling).await.map_err(super::run::explain)?
        }
    };
    let passed = report_passed(&report);
    reach::print(&report, args.json, out, show)?;
    passed
}

fn report_passed(report: &DrillReport) -> Result<(), CliError> {
    if report.passed() {
        return Ok(());
    }
    Err(CliError::Failure(format!("not every target has accepted it within {} s", DRILL_TIMEOUT.as_secs())))
}

fn show(report: &DrillReport, out: &mut Out) -> Result<(), CliError> {
    let after = |at: Timestamp| at.duration_since(report.due).as_secs_f64();
    out.line(format!("drill {}", report.alert))?;
    for (stop, at) in
        [("due", report.due), ("received", report.received), ("matched", report.raised), ("durable", report.committed)]
    {
        out.line(format!("  {stop:<10} {:>8.3} s  {at:.3}", after(at)))?;
    }
    for delivery in &report.deliveries {
        match delivery {
            DeliveryState::Sent(sent) => {
                out.line(format!(
                    "  accepted   {:>8.3} s  {:.3}  {}",
                    after(sent.accepted),
                    sent.accepted,
                    sent.target
                ))?;
            }
            other => out.line(format!("  not yet               {}", state(other)))?,
        }
    }
    Ok(())
}
