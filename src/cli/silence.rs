//! `newswatch silence`: what nobody wants to hear of for a while.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::file::counted;
use super::out::{self, Out};
use super::reach::{self, Reach};
use super::status::time;
use super::test_target::config_and;
use super::{CliError, file};
use crate::clock::Clock;
use crate::model::Silence;
use crate::notify::inert;
use crate::web::{Meant, PREVIEW_DAYS, SilenceReport, Silencing};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Hold back what a selector covers, and say what that would have been in the last days
    #[command(override_usage = "newswatch silence add [CONFIG] SELECTOR --for 4h --why TEXT")]
    Add {
        /// The configuration (optional), and what is covered: conditions that all have to hold, as in 'watch=harbour lang=et';
        /// keys are watch, lang, feed, tag, title and story, `!=` excludes, a comma separates alternatives, `*` is any text
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] SELECTOR")]
        words: Vec<String>,
        /// For how long: minutes, hours, days or weeks, as in 30m, 4h, 2d, 1w; 90 days at most
        #[arg(long = "for", value_name = "DURATION")]
        length: Length,
        /// From when, as in RFC 3339; from now where it is left out
        #[arg(long, value_name = "TIME")]
        from: Option<Timestamp>,
        /// What for: whoever finds the silence has to understand it
        #[arg(long, value_name = "TEXT")]
        why: String,
        /// Only show what it would have held back
        #[arg(long)]
        dry_run: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the silences that hold or are to come
    List {
        /// The configuration whose store is asked
        config: Option<PathBuf>,
        /// Those that have ended, too
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End a silence now
    #[command(override_usage = "newswatch silence end [CONFIG] ID")]
    End {
        /// The configuration (optional), and the silence's id or enough of its beginning
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ID")]
        words: Vec<String>,
    },
}

/// How long a silence lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Length(SignedDuration);

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [("m", 1), ("h", 60), ("d", 24 * 60), ("w", 7 * 24 * 60)];
        let length = units.into_iter().find_map(|(unit, minutes)| {
            let digits = text.strip_suffix(unit).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse::<i64>().ok().filter(|count| (1..=1_000_000).contains(count))?.checked_mul(minutes)
        });
        let length = length.map(|minutes| Length(SignedDuration::from_mins(minutes)));
        length.ok_or_else(|| "a number and a unit, such as 30m, 4h, 2d or 1w".to_owned())
    }
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    match args.command {
        Command::Add { words, length, from, why, dry_run, json } => {
            let (config, selector) = config_and(words)?;
            let starts = from.unwrap_or_else(|| Clock::system().now());
            let ends = starts.checked_add(length.0).map_err(|error| CliError::Usage(error.to_string()))?;
            let wanted = Silencing { selector, starts: from, ends, why, by: user(), dry_run };
            let report: SilenceReport = match Reach::of(&file::load(config)?).await? {
                Reach::Daemon(daemon) => daemon.post("/v1/silence", &wanted).await?,
                Reach::Store(admin) => admin.silence(wanted).await.map_err(CliError::failure)?,
            };
            reach::print(&report, json, out, |report, out| show_made(report, dry_run, out))
        }
        Command::List { config, all, json } => {
            let mut silences: Vec<Silence> = match Reach::of(&file::load(config)?).await? {
                Reach::Daemon(daemon) => daemon.get("/v1/silences", &[]).await?,
                Reach::Store(admin) => admin.silences().await.map_err(CliError::failure)?,
            };
            let now = Clock::system().now();
            silences.retain(|silence| all || silence.ends > now);
            reach::print(&silences, json, out, |silences, out| list(silences, now, out))
        }
        Command::End { words } => {
            let (config, id) = config_and(words)?;
            let silence: Silence = match Reach::of(&file::load(config)?).await? {
                Reach::Daemon(daemon) => daemon.post("/v1/silence/end", &Meant { id }).await?,
                Reach::Store(admin) => admin.end_silence(&id).await.map_err(CliError::failure)?,
            };
            out::say(&format!("silence {} ({}) has ended", silence.id, inert(&silence.selector)));
            Ok(())
        }
    }
}

/// Who asks, as far as the environment knows.
fn user() -> String {
    let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    var("SUDO_USER").or_else(|| var("USER")).or_else(|| var("LOGNAME")).unwrap_or_else(|| "somebody".to_owned())
}

fn show_made(report: &SilenceReport, dry_run: bool, out: &mut Out) -> Result<(), CliError> {
    let Silence { id, starts, ends, .. } = &report.silence;
    let made = if dry_run { "would hold".to_owned() } else { format!("{id} holds") };
    out.line(format!("silence {made} from {} until {}", time(*starts), time(*ends)))?;
    let (covered, of) = (report.covered, counted(report.reports, "report"));
    out.line(format!("in the last {PREVIEW_DAYS} days it would have covered {covered} of {of}"))?;
    report.titles.iter().try_for_each(|title| out.line(format!("  {}", inert(title))))
}

fn list(silences: &[Silence], now: Timestamp, out: &mut Out) -> Result<(), CliError> {
    if silences.is_empty() {
        out::say("nothing is silenced");
    }
    for silence in silences {
        let Silence { id, selector, starts, ends, why, by, .. } = silence;
        let state = match (silence.holds(now), *starts > now) {
            (true, _) => format!("until {}", time(*ends)),
            (false, true) => format!("from {} until {}", time(*starts), time(*ends)),
            (false, false) => format!("ended {}", time(*ends)),
        };
        out.line(format!("{id}  {}  {state}  {} ({})", inert(selector), inert(why), inert(by)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_a_number_and_a_unit() {
        let minutes = |text: &str| text.parse::<Length>().map(|length| length.0.as_mins());
        assert_eq!(
            [minutes("30m"), minutes("4h"), minutes("2d"), minutes("1w")],
            [Ok(30), Ok(240), Ok(2_880), Ok(10_080)]
        );
        for bad in ["", "4", "h", "0h", "-1h", "1.5h", "9999999999d", "4 h"] {
            assert!(minutes(bad).is_err(), "{bad}");
        }
    }
}
