//! `newswatch suppressed`: what was held back, and why.

use std::path::PathBuf;

use super::out::{self, Out};
use super::reach::{self, Reach};
use super::since::Since;
use super::status::time;
use super::{CliError, file};
use crate::clock::Clock;
use crate::notify::inert;
use crate::web::{SuppressedQuery, SuppressedReport, SuppressedRow};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration whose store is asked
    config: Option<PathBuf>,
    /// Only what was seen since then: `1d` or `12h` ago, or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", default_value = "1d")]
    since: Since,
    /// Only what this watch found
    #[arg(long, value_name = "NAME")]
    watch: Option<String>,
    /// Also what only stayed below the threshold
    #[arg(long)]
    all: bool,
    /// Print one JSON object a suppression
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let since = args.since.from(Clock::system().now());
    let (loaded, wanted) = (file::load(args.config)?, args.watch.clone());
    let query = SuppressedQuery { since, watch: args.watch, all: args.all };
    let report: SuppressedReport = match Reach::of(&loaded).await? {
        Reach::Daemon(daemon) => {
            let asked = [
                ("since", Some(query.since.to_string())),
                ("watch", query.watch),
                ("all", Some(query.all.to_string())),
            ];
            daemon.get("/v1/suppressed", &asked).await?
        }
        Reach::Store(admin) => admin.suppressed(query).await.map_err(CliError::failure)?,
    };
    let SuppressedReport { suppressed, earlier, below_threshold } = &report;
    let known = |name: &String| loaded.config.watches.iter().any(|watch| watch.name == *name);
    if let Some(name) = wanted.filter(|name| suppressed.is_empty() && *below_threshold == 0 && !known(name)) {
        out::say(&format!("newswatch: nothing of a watch `{}`, and the configuration has none", inert(&name)));
    }
    for row in suppressed {
        reach::print(row, args.json, out, show)?;
    }
    out.flush()?;
    if *earlier > 0 {
        out::say(&format!(
            "newswatch: these are the latest {}; {earlier} were earlier: see less by --since",
            suppressed.len()
        ));
    }
    if !args.all {
        out::say(&format!(
            "{} held back since {}; {below_threshold} more only stayed below the threshold: --all shows them",
            suppressed.len() + earlier,
            time(since)
        ));
    }
    Ok(())
}

fn show(row: &SuppressedRow, out: &mut Out) -> Result<(), CliError> {
    let SuppressedRow { seen, watch, score, threshold, reason, item, title, .. } = row;
    let (seen, watch, reason, title) = (time(*seen), inert(watch), inert(reason), inert(title));
    out.line(format!("{seen}  [{watch}] {score:.2} of {threshold:.2}  {reason}  “{title}”  {item}"))
}
