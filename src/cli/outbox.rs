//! `newswatch outbox`: what waits, what is being sent, what was given up, and what to do about it.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use serde_json::json;

use super::file::Loaded;
use super::out::{self, Out};
use super::reach::{self, Reach};
use super::status::time;
use super::test_target::not_a_file;
use super::{CliError, file};
use crate::notify::inert;
use crate::store::{QueueQuery, QueueReport, QueueState, Queued, QueuedDelivery};
use crate::web::{Steered, Steering};

/// Rows that an export asks for at once.
const PAGE: usize = 500;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The configuration whose store is asked
    config: Option<PathBuf>,
    #[command(flatten)]
    which: Which,
    /// At most so many rows
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only deliveries to this target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only those that stand so: `waiting`, `sending` or `dead`
    #[arg(long, value_parser = state_named)]
    state: Option<QueueState>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Send now what waits, and send what was given up after all
    #[command(override_usage = "newswatch outbox retry [--target NAME] [CONFIG] ID...\n       \
                                newswatch outbox retry --all-dead [--target NAME] [CONFIG]")]
    Retry {
        /// The configuration (optional), and deliveries: their ids or those of their alerts; beginnings are enough
        #[arg(value_name = "[CONFIG] ID")]
        words: Vec<String>,
        /// All dead letters
        #[arg(long)]
        all_dead: bool,
        /// Only deliveries to this target
        #[arg(long, value_name = "NAME")]
        target: Option<String>,
    },
    /// Give up what waits: it becomes a dead letter that says who dropped it, and why
    #[command(override_usage = "newswatch outbox drop --why TEXT [--target NAME] [CONFIG] ID")]
    Drop {
        /// The configuration (optional), and the delivery: its id or that of its alert; the beginning is enough
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ID")]
        words: Vec<String>,
        /// Why, for whoever asks later
        #[arg(long, required = true, value_name = "TEXT")]
        why: String,
        /// Only the delivery to this target
        #[arg(long, value_name = "NAME")]
        target: Option<String>,
    },
    /// Print every delivery with its whole alert, a JSON object a line
    #[command(override_usage = "newswatch outbox export [--state STATE] [--target NAME] [CONFIG]")]
    Export {
        /// The configuration whose store is asked
        config: Option<PathBuf>,
        #[command(flatten)]
        which: Which,
    },
}

fn state_named(name: &str) -> Result<QueueState, String> {
    QueueState::named(name).ok_or_else(|| "expected `waiting`, `sending` or `dead`".to_owned())
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    match args.command {
        Some(Command::Retry { words, all_dead, target }) => {
            let (config, wanted) = retry(words, all_dead, target)?;
            steer(config, wanted).await
        }
        Some(Command::Drop { mut words, why, target }) => {
            if why.trim().is_empty() {
                return Err(CliError::Usage("--why says nothing: whoever asks later has to know".to_owned()));
            }
            let id = words.pop().unwrap_or_default();
            not_a_file(&id)?;
            steer(words.pop().map(PathBuf::from), Steering::Drop { id, target, who: who(), why }).await
        }
        Some(Command::Export { config, which }) => export(config, which, out).await,
        None => {
            let Which { target, state } = args.which;
            let reach = Reach::of(&file::load(args.config)?).await?;
            let query = QueueQuery { state, target, limit: args.limit, ..QueueQuery::default() };
            let report = ask(&reach, query).await?;
            reach::print(&report, args.json, out, show)
        }
    }
}

async fn ask(reach: &Reach, query: QueueQuery) -> Result<QueueReport, CliError> {
    match reach {
        Reach::Daemon(daemon) => {
            let asked = [
                ("state", query.state.map(|state| state.name().to_owned())),
                ("target", query.target),
                ("after", query.after),
                ("limit", Some(query.limit.to_string())),
                ("whole", Some(query.whole.to_string())),
            ];
            daemon.get("/v1/outbox", &asked).await
        }
        Reach::Store(admin) => admin.queue(query).await.map_err(CliError::failure),
    }
}

/// A first word that is a file is the configuration.
fn retry(
    mut words: Vec<String>,
    all_dead: bool,
    target: Option<String>,
) -> Result<(Option<PathBuf>, Steering), CliError> {
    let is_id = |word: &String| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let config = words.first().is_some_and(|word| !is_id(word)).then(|| PathBuf::from(words.remove(0)));
    match (all_dead, words.is_empty()) {
        (true, true) => Ok((config, Steering::RetryDead { target })),
        (false, false) => Ok((config, Steering::Retry { ids: words, target })),
        (true, false) => Err(CliError::Usage("--all-dead stands in place of ids".to_owned())),
        (false, true) => Err(CliError::Usage("an id is missing; --all-dead means all dead letters".to_owned())),
    }
}

async fn steer(config: Option<PathBuf>, wanted: Steering) -> Result<(), CliError> {
    let loaded: Loaded = file::load(config)?;
    let steered: Vec<Steered> = match Reach::of(&loaded).await? {
        Reach::Daemon(daemon) => daemon.post("/v1/outbox/steer", &wanted).await?,
        Reach::Store(admin) => admin.steer(&wanted).await.map_err(CliError::failure)?,
    };
    if steered.is_empty() {
        out::say("there is no dead letter");
    }
    let mut refused = 0;
    for Steered { row, refused: why } in &steered {
        let delivery = row.delivery.delivery();
        let what = match (why, &row.delivery) {
            (Some(why), _) => {
                refused += 1;
                format!("is left as it is: {}", inert(why))
            }
            (None, QueuedDelivery::Dead(letter)) => format!("is a dead letter now: {}", inert(&letter.reason)),
            (None, _) => format!("is due at once, and tried until {}", time(delivery.deadline)),
        };
        out::say(&format!("delivery {} to {} {what}", delivery.id, inert(&delivery.target)));
    }
    match (refused, steered.len()) {
        (0, _) => Ok(()),
        (_, 1) => Err(CliError::Failure("nothing was changed".to_owned())),
        (_, all) => Err(CliError::Failure(format!("{refused} of {all} deliveries are left as they were"))),
    }
}

/// The person at the keyboard, as far as the environment knows.
fn who() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty()).unwrap_or_else(|| {
        let owner = std::fs::metadata("/proc/self").map(|process| process.uid().to_string());
        owner.map_or_else(|_| "somebody".to_owned(), |uid| format!("user {uid}"))
    })
}

/// A row that moves while this runs is told once; what begins to wait meanwhile may be missing.
async fn export(config: Option<PathBuf>, which: Which, out: &mut Out) -> Result<(), CliError> {
    let reach = Reach::of(&file::load(config)?).await?;
    let Which { target, state } = which;
    let mut query = QueueQuery { state, target, limit: PAGE, whole: true, ..QueueQuery::default() };
    let mut told = HashSet::new();
    loop {
        let QueueReport { deliveries, next, .. } = ask(&reach, query.clone()).await?;
        for row in deliveries {
            if told.insert(row.delivery.delivery().id) {
                out.json(&json!({ "delivery": row.delivery, "alert": row.told }))?;
            }
        }
        query.after = next;
        if query.after.is_none() {
            return out.flush();
        }
    }
}

fn show(report: &QueueReport, out: &mut Out) -> Result<(), CliError> {
    let dead = file::counted(report.dead, "dead letter");
    match report.sending {
        0 => out.line(format!("{} waiting, {dead}", report.waiting))?,
        sending => out.line(format!("{} waiting, {sending} being sent, {dead}", report.waiting))?,
    }
    report.deliveries.iter().try_for_each(|row| show_row(row, out))?;
    if report.next.is_some() {
        out::say(&format!("newswatch: these are the first {}; --limit shows more", report.deliveries.len()));
    }
    Ok(())
}

fn show_row(row: &Queued, out: &mut Out) -> Result<(), CliError> {
    let (watch, headline) = (row.watch.as_deref().unwrap_or("?"), row.headline.as_deref().unwrap_or("(lost)"));
    let delivery = row.delivery.delivery();
    out.line(format!("[{}] {}", inert(watch), inert(headline)))?;
    out.line(format!("  {}", standing(&row.delivery)))?;
    out.line(format!("  delivery {}, alert {}", delivery.id, delivery.alert))
}

fn standing(row: &QueuedDelivery) -> String {
    let delivery = row.delivery();
    let target = inert(&delivery.target);
    let attempts = file::counted(delivery.attempts as usize, "attempt");
    let error = delivery.last_error.as_deref().map(|why| format!(", last: {}", inert(why))).unwrap_or_default();
    match row {
        QueuedDelivery::Sending(_) => format!("{target}: being sent at this moment, {attempts} before{error}"),
        QueuedDelivery::Waiting(_) => {
            let held = delivery.held.map(|held| format!(", held for {held}")).unwrap_or_default();
            let (due, deadline) = (time(delivery.due), time(delivery.deadline));
            format!("{target}: waiting{held}, next attempt {due}, {attempts} so far, given up {deadline}{error}")
        }
        QueuedDelivery::Dead(letter) => {
            format!("{target}: dead letter since {}, {attempts}: {}", time(letter.buried), inert(&letter.reason))
        }
    }
}
