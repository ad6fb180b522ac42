//! What a person types: one file a command.
//!
//! Data goes to standard output, talk to standard error. Exit codes: 0 well, 1 failure, 2 usage, 75 try again,
//! 78 configuration, 130 interrupted.

mod ack;
mod alerts;
mod backtest;
mod check;
mod drill;
mod explain;
mod feeds;
mod file;
mod frequency;
mod golden;
mod import;
mod inspect;
mod label;
mod line;
mod log;
mod out;
mod outbox;
mod reach;
mod run;
mod shell;
mod silence;
mod since;
mod status;
mod story;
mod suppressed;
mod test_target;
mod wording;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::out::Out;
use crate::notify::inert;

/// Watches news feeds and tells people when what they wait for is published.
#[derive(Debug, Parser)]
#[command(name = "newswatch", version, max_term_width = 100)]
#[command(
    after_help = "CONFIG defaults to /etc/newswatch/newswatch.toml, then to newswatch/newswatch.toml in the XDG \
                        configuration directory."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch: poll the feeds, deliver the alerts
    Run(run::Args),
    /// Name every mistake of a configuration
    Check(check::Args),
    /// Show what a feed says, as the watcher sees it
    Inspect(inspect::Args),
    /// Show what the watches would have alerted on
    Backtest(backtest::Args),
    /// Show why an item did or did not alert
    Explain(explain::Args),
    /// Show how the watching goes
    Status(Report),
    /// Show how each feed is doing, and why it is polled when it is
    Feeds(feeds::Args),
    /// Show what was held back, and why
    Suppressed(suppressed::Args),
    /// Show alerts and what became of their deliveries
    Alerts(alerts::Args),
    /// Say that a story is in hand: its updates are not told any more
    Ack(ack::Args),
    /// Hold alerts back for a while; list and end such silences
    Silence(silence::Args),
    /// Say of an alert whether it was worth reading
    Label(label::Args),
    /// Show who tells a story, and mend a wrong guess
    Story(story::Args),
    /// Show the deliveries that wait, are being sent or were given up; send, drop or export them
    Outbox(outbox::Args),
    /// Send a marked item the whole way to the targets, and show when it was where
    Drill(drill::Args),
    /// Send a test alert to a target
    TestTarget(test_target::Args),
    /// Print the feeds of an OPML list for a configuration
    Import(import::Import),
    /// Print the feeds of a configuration as OPML
    Export(import::Export),
    /// Print a completion script
    Completions(shell::Completions),
    /// Print the manual page
    Man,
}

/// A command that reports on a configuration's daemon or store.
#[derive(Debug, clap::Args)]
struct Report {
    /// The configuration whose store is asked
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Why a command failed, and how that is told.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Something went wrong; exit code 1.
    #[error("{0}")]
    Failure(String),
    /// What was asked makes no sense; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It may go well later; exit code 75.
    #[error("{0}")]
    TryAgain(String),
    /// The configuration has mistakes, which have been told; exit code 78.
    #[error("{0}")]
    Config(String),
    /// A signal ended it before its work was done; exit code 130.
    #[error("interrupted; what was done is kept, and the rest is done when it is run again")]
    Interrupted,
    /// Standard output is closed: whoever read it has seen enough; exit code 0.
    #[error("standard output is closed")]
    Closed,
    /// Standard output cannot be written; exit code 1.
    #[error("cannot write to standard output: {0}")]
    Out(std::io::Error),
}

impl CliError {
    fn failure(error: impl ToString) -> Self {
        CliError::Failure(error.to_string())
    }

    fn code(&self) -> u8 {
        match self {
            CliError::Failure(_) | CliError::Out(_) => 1,
            CliError::Usage(_) => 2,
            CliError::TryAgain(_) => 75,
            CliError::Config(_) => 78,
            CliError::Interrupted => 130,
            CliError::Closed => 0,
        }
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe { CliError::Closed } else { CliError::Out(error) }
    }
}

/// Runs a command to its exit code.
pub fn run(cli: Cli) -> ExitCode {
    log::init(matches!(cli.command, Command::Run(_)));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(&CliError::Failure(format!("cannot start: {error}"))),
    };
    let mut out = Out::new();
    let result = runtime.block_on(dispatch(cli.command, &mut out));
    // A blocked write to standard output must not hold the exit up.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => tell(&error),
    }
}

async fn dispatch(command: Command, out: &mut Out) -> Result<(), CliError> {
    match command {
        Command::Run(args) => run::run(args).await,
        Command::Check(args) => check::run(args, out).await,
        Command::Inspect(args) => inspect::run(args, out).await,
        Command::Backtest(args) => backtest::run(args, out).await,
        Command::Explain(args) => explain::run(args, out).await,
        Command::Status(args) => status::run(args, out).await,
        Command::Feeds(args) => feeds::run(args, out).await,
        Command::Alerts(args) => alerts::run(args, out).await,
        Command::Ack(args) => ack::run(args).await,
        Command::Silence(args) => silence::run(args, out).await,
        Command::Label(args) => label::run(args).await,
        Command::Story(args) => story::run(args, out).await,
        Command::Suppressed(args) => suppressed::run(args, out).await,
        Command::Outbox(args) => outbox::run(args, out).await,
        Command::Drill(args) => drill::run(args, out).await,
        Command::TestTarget(args) => test_target::run(args, out).await,
        Command::Import(args) => import::import(&args, out),
        Command::Export(args) => import::export(args, out),
        Command::Completions(args) => shell::completions(&args, out),
        Command::Man => shell::man(out),
    }
}

fn tell(error: &CliError) -> ExitCode {
    if !matches!(error, CliError::Closed) {
        // It may quote a server, a feed or a file.
        out::say(&inert(&format!("newswatch: {error}")));
    }
    ExitCode::from(error.code())
}
