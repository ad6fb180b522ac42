//! `newswatch alerts`: what was raised, and what became of it.

use std::path::PathBuf;

use super::out::{self, Out};
use super::reach::{self, Reach};
use super::since::Since;
use super::status::time;
use super::{CliError, file};
use crate::clock::Clock;
use crate::model::DeliveryState;
use crate::notify::{inert, plain};
use crate::store::{AlertQuery, AlertReport};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration whose store is asked
    config: Option<PathBuf>,
    /// Only alerts of this watch
    #[arg(long)]
    watch: Option<String>,
    /// Only alerts raised since then: `1d` or `12h` ago, or a time (RFC 3339)
    #[arg(long, value_name = "WHEN")]
    since: Option<Since>,
    /// At most so many, the newest first
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Print one JSON object an alert
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let since = args.since.map(|since| since.from(Clock::system().now()));
    let (loaded, wanted) = (file::load(args.config)?, args.watch.clone());
    let query = AlertQuery { id: None, watch: args.watch, since, limit: args.limit };
    let alerts: Vec<AlertReport> = match Reach::of(&loaded).await? {
        Reach::Daemon(daemon) => {
            let since = query.since.map(|since| since.to_string());
            let asked = [("watch", query.watch), ("since", since), ("limit", Some(query.limit.to_string()))];
            daemon.get("/v1/alerts", &asked).await?
        }
        Reach::Store(admin) => admin.alerts(query).await.map_err(CliError::failure)?,
    };
    let known = |name: &String| loaded.config.watches.iter().any(|watch| watch.name == *name);
    if let Some(name) = wanted.filter(|name| alerts.is_empty() && !known(name)) {
        out::say(&format!("newswatch: no alert of a watch `{}`, and the configuration has none", inert(&name)));
    }
    for report in &alerts {
        reach::print(report, args.json, out, show)?;
    }
    out.flush()
}

fn show(report: &AlertReport, out: &mut Out) -> Result<(), CliError> {
    out.line(format!("{}  {}", time(report.alert.raised), plain(&report.alert).trim_end()))?;
    if let Some(label) = report.label {
        out.line(format!("  labelled {label}"))?;
    }
    for delivery in &report.deliveries {
        out.line(format!("  {}", state(delivery)))?;
    }
    out.line("")
}

/// Where a delivery stands, in a line.
pub(super) fn state(delivery: &DeliveryState) -> String {
    match delivery {
        DeliveryState::Sent(sent) => {
            let attempts = file::counted(sent.attempts as usize, "attempt");
            format!("{}: accepted {} after {attempts}", inert(&sent.target), time(sent.accepted))
        }
        DeliveryState::Waiting(row) => {
            let attempts = file::counted(row.attempts as usize, "attempt");
            let error = row.last_error.as_deref().map(|why| format!(", last: {}", inert(why))).unwrap_or_default();
            let held = row.held.map(|held| format!(" for {held}")).unwrap_or_default();
            let (target, due) = (inert(&row.target), time(row.due));
            format!("{target}: waiting{held}, next attempt {due}, {attempts} so far{error}")
        }
        DeliveryState::Digested(row) => {
            format!("{}: told in digest {} of {}", inert(&row.target), row.digest, time(row.at))
        }
        DeliveryState::Dead(letter) => {
            let target = inert(&letter.delivery.target);
            format!("{target}: dead letter since {}: {}", time(letter.buried), inert(&letter.reason))
        }
    }
}
