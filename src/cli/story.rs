//! `newswatch story`: who tells a story, and what to do about a wrong guess.

use std::path::PathBuf;

use super::out::{self, Out};
use super::reach::{self, Reach};
use super::status::time;
use super::test_target::{config_and, not_a_file};
use super::{CliError, file};
use crate::model::{Amendment, Outcome, Pair, Said};
use crate::notify::inert;
use crate::web::{Amending, ReportReport, StoryReport, told_by};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show who tells a story, in which order, and what was told of it
    #[command(override_usage = "newswatch story show [--json] [CONFIG] ID")]
    Show {
        /// The configuration (optional), and the id of the story, of one of its items or of an alert about it; the
        /// beginning of an id is enough, and an item's URL or GUID will do
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ID")]
        words: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that an item does not tell its story: from now on it is another one
    #[command(override_usage = "newswatch story split [CONFIG] ITEM")]
    Split {
        /// The configuration (optional), and the item's id, URL or GUID
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ITEM")]
        words: Vec<String>,
    },
    /// Say that two stories are one: from now on the first is the second
    #[command(override_usage = "newswatch story join [CONFIG] STORY INTO")]
    Join {
        /// The configuration (optional), and two stories, as `show` takes them
        #[arg(num_args = 2..=3, required = true, value_name = "[CONFIG] STORY INTO")]
        words: Vec<String>,
    },
    /// Print every pair of items that was split or joined, to measure the grouping by
    Pairs {
        /// The configuration whose store is asked
        config: Option<PathBuf>,
        /// Print one JSON object a pair
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    match args.command {
        Command::Show { words, json } => {
            let (config, wanted) = config_and(words)?;
            let report: StoryReport = match Reach::of(&file::load(config)?).await? {
                Reach::Daemon(daemon) => daemon.get("/v1/story", &[("story", Some(wanted))]).await?,
                Reach::Store(admin) => admin.story(&wanted).await.map_err(CliError::failure)?,
            };
            reach::print(&report, json, out, show)
        }
        Command::Split { words } => {
            let (config, item) = config_and(words)?;
            amend(config, Amending::Split(item)).await
        }
        Command::Join { mut words } => {
            let (Some(into), Some(from)) = (words.pop(), words.pop()) else {
                return Err(CliError::Usage("the usage is: story join [CONFIG] STORY INTO".to_owned()));
            };
            if words.is_empty() {
                not_a_file(&from)?;
            }
            amend(words.pop().map(PathBuf::from), Amending::Join(from, into)).await
        }
        Command::Pairs { config, json } => pairs(config, json, out).await,
    }
}

async fn amend(config: Option<PathBuf>, amending: Amending) -> Result<(), CliError> {
    let amendment: Amendment = match Reach::of(&file::load(config)?).await? {
        Reach::Daemon(daemon) => daemon.post("/v1/story/amend", &amending).await?,
        Reach::Store(admin) => admin.amend(&amending).await.map_err(CliError::failure)?,
    };
    let title = |sides: &[crate::model::Side]| sides.first().map(|side| inert(&side.title)).unwrap_or_default();
    let (these, those) = (title(&amendment.these), title(&amendment.those));
    out::say(&match amendment.said {
        Said::Split { from, into, .. } => format!("“{these}” is story {into} now, and no longer {from} (“{those}”)"),
        Said::Join { from, into } => format!("story {from} (“{these}”) is {into} (“{those}”) now"),
    });
    out::say("alerts that went out stay as they are; the pairs are kept: newswatch story pairs");
    Ok(())
}

async fn pairs(config: Option<PathBuf>, json: bool, out: &mut Out) -> Result<(), CliError> {
    let pairs: Vec<Pair> = match Reach::of(&file::load(config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/story/pairs", &[]).await?,
        Reach::Store(admin) => admin.pairs().await.map_err(CliError::failure)?,
    };
    for pair in &pairs {
        reach::print(pair, json, out, |pair, out| {
            let relation = if pair.same { "one story" } else { "two stories" };
            out.line(format!("{relation}, said {}", time(pair.at)))?;
            out.line(format!("  {}: {}", inert(&pair.a.source), inert(&pair.a.title)))?;
            out.line(format!("  {}: {}", inert(&pair.b.source), inert(&pair.b.title)))
        })?;
    }
    out.flush()
}

fn show(report: &StoryReport, out: &mut Out) -> Result<(), CliError> {
    let StoryReport { story, standing, reports } = report;
    let first = format!("first {} {}", inert(&standing.first_outlet), time(standing.first_at));
    out.line(format!("story {story}"))?;
    out.line(format!("  {}, {standing}; {first}", file::counted(standing.reports, "report")))?;
    reports.iter().try_for_each(|report| show_report(report, out))
}

fn show_report(report: &ReportReport, out: &mut Out) -> Result<(), CliError> {
    let ReportReport { side, link, seen, origin, outcomes } = report;
    let language = side.lang.as_deref().map(|tag| format!(" · {}", inert(tag))).unwrap_or_default();
    let published = side.published.map_or_else(|| "undated".to_owned(), |at| format!("published {}", time(at)));
    out.line(format!("“{}”", inert(&side.title)))?;
    out.line(format!(
        "  {}{language} · {published} · seen {} · origin {}",
        inert(&side.source),
        time(*seen),
        origin + 1
    ))?;
    if let Some(link) = link {
        out.line(format!("  {}", inert(link)))?;
    }
    out.line(format!("  item {}", side.id))?;
    for (watch, outcome) in outcomes {
        let what = match (outcome, told_by(*outcome)) {
            (Outcome::Alerted(_), Some(alert)) => format!("raised alert {alert}"),
            (Outcome::Updated(_), Some(alert)) => format!("told in update {alert}"),
            (Outcome::Suppressed(why), _) => why.to_string(),
            _ => continue,
        };
        out.line(format!("  {}: {what}", inert(watch)))?;
    }
    Ok(())
}
