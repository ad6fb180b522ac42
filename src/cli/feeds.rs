//! `newswatch feeds`: how each feed is doing, and why it is polled when it is.

use jiff::{SignedDuration, Timestamp};

use super::out::Out;
use super::reach::{self, Reach};
use super::status::{seconds, time};
use super::test_target::config_and;
use super::{CliError, Report, file};
use crate::clock::Clock;
use crate::latency::Quantiles;
use crate::model::{Because, Due, Skip};
use crate::notify::inert;
use crate::web::{FeedReport, WhyReport};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: Report,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show how the time of a feed's next poll is reckoned: what it publishes when, hints, limits, budget
    #[command(override_usage = "newswatch feeds why [--json] [CONFIG] URL")]
    Why {
        /// The configuration (optional), and the feed's URL, path, name or id
        #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] URL")]
        words: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What is due for longer is overdue.
const OVERDUE: SignedDuration = SignedDuration::from_mins(1);

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    if let Some(Command::Why { words, json }) = args.command {
        return why(words, json, out).await;
    }
    let report: Vec<FeedReport> = match Reach::of(&file::load(args.report.config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/feeds", &[]).await?,
        Reach::Store(admin) => admin.feeds().await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.report.json, out, |feeds, out| feeds.iter().try_for_each(|feed| show(feed, out)))
}

async fn why(words: Vec<String>, json: bool, out: &mut Out) -> Result<(), CliError> {
    let (config, feed) = config_and(words)?;
    let report: WhyReport = match Reach::of(&file::load(config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/feeds/why", &[("feed", Some(feed))]).await?,
        Reach::Store(admin) => admin.why(&feed).await.map_err(CliError::failure)?,
    };
    reach::print(&report, json, out, show_why)
}

fn show(feed: &FeedReport, out: &mut Out) -> Result<(), CliError> {
    let next = match (feed.next_due, feed.health.as_str()) {
        (Some(_), "gone") | (None, _) => String::new(),
        (Some(due), _) => format!(", next poll {} ({})", when(due), because(&feed.due)),
    };
    let rate = feed.items_a_day.map(|rate| format!(", {rate} items a day")).unwrap_or_default();
    out.line(format!("{:<12} {}{rate}{next}", feed.health, inert(&feed.name)))?;
    if feed.source != feed.name {
        out.line(format!("             {}", inert(&feed.source)))?;
    }
    if let Some(moved) = &feed.moved {
        out.line(format!("             moved to {}", inert(moved)))?;
    }
    let costs = costs(feed);
    if !costs.is_empty() {
        out.line(format!("             {}", costs.join("; ")))?;
    }
    for condition in &feed.conditions {
        let (kind, since) = (condition.kind, time(condition.since));
        out.line(format!("             {kind} since {since}: {}", inert(&condition.says)))?;
    }
    if let Some(hub) = &feed.hub {
        let state = match (&hub.trouble, hub.until) {
            (Some(trouble), _) => format!("does not push: {}", inert(trouble)),
            (None, Some(until)) => format!("pushes until {}", time(until)),
            (None, None) => "was asked to push".to_owned(),
        };
        out.line(format!("             {} {state}", inert(&hub.url)))?;
    }
    if let Some(error) = &feed.last_error {
        let last =
            feed.last_ok.map_or_else(|| "never read well".to_owned(), |at| format!("last read well {}", time(at)));
        out.line(format!("             {}: {}; {last}", file::counted(feed.failures as usize, "time"), inert(error)))?;
    }
    feed.warnings.iter().try_for_each(|warning| out.line(format!("             repaired: {}", inert(warning))))
}

/// What is overdue stands in line for its host, or nobody polls.
fn when(due: Timestamp) -> String {
    if Clock::system().now().duration_since(due) > OVERDUE { format!("overdue since {}", time(due)) } else { time(due) }
}

/// How soon it brings news, and what that costs.
fn costs(feed: &FeedReport) -> Vec<String> {
    let delay = feed
        .delay
        .map(|Quantiles { p50_s, p99_s }| format!("seen after {} (p50), {} (p99)", seconds(p50_s), seconds(p99_s)));
    let bytes = feed.bytes_a_day.map(|bytes| format!("{} a day", size(bytes)));
    let unchanged = feed.unchanged_share.map(|share| format!("{:.0} % of polls unchanged", share * 100.0));
    delay.into_iter().chain(bytes).chain(unchanged).collect()
}

/// Bytes in the unit that suits them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Why it is due then, in a few words.
fn because(due: &Due) -> &'static str {
    match due.because {
        Because::New => "never polled",
        Because::Plan => "as planned",
        Because::Every => "every",
        Because::Publisher => "not before, says its publisher",
        Because::Skip => "its publisher skips hours until then",
        Because::Failure => "it failed",
        Because::Refusal => "its host asks for peace",
        Because::Push => "its hub pushes it",
    }
}

fn show_why(why: &WhyReport, out: &mut Out) -> Result<(), CliError> {
    let feed = &why.feed;
    out.line(format!("{} {}", inert(&feed.name), inert(&feed.source)))?;
    let last = feed.last_poll.map_or_else(|| "never".to_owned(), time);
    let next = feed.next_due.map_or_else(|| "at once".to_owned(), when);
    out.line(format!("last poll   {last}"))?;
    out.line(format!("next poll   {next}"))?;
    for line in reckoning(why) {
        out.line(format!("because     {line}"))?;
    }
    out.line(format!("rate        {}", rate(why)))?;
    let most = why.expected.iter().copied().fold(0.0, f64::max);
    if most > 0.0 {
        let bars: String = why.expected.iter().map(|hour| bar(hour / most)).collect();
        out.line(format!("next 24 h   {bars}  (an hour a bar, the highest {most} items)"))?;
    }
    out.line(format!("asked       {}", asked(why)))?;
    let (shortest, longest) = why.bounds_s;
    let (shortest, longest) = (seconds(shortest as f64), seconds(longest as f64));
    out.line(format!("bounds      {shortest} to {longest} between two polls; budget {}", why.budget))?;
    out.line(format!("silence     told after {}, if 5 items were to be expected", seconds(why.usual_silence_s)))?;
    let costs = costs(feed);
    if !costs.is_empty() {
        out.line(format!("so far      {}", costs.join("; ")))?;
    }
    if let Some(error) = &feed.last_error {
        out.line(format!("failing     {}: {}", file::counted(feed.failures as usize, "time"), inert(error)))?;
    }
    feed.conditions.iter().try_for_each(|condition| {
        let (kind, since) = (condition.kind, time(condition.since));
        out.line(format!("condition   {kind} since {since}: {}", inert(&condition.says)))
    })
}

/// What decided, in sentences.
fn reckoning(why: &WhyReport) -> Vec<String> {
    let due = &why.feed.due;
    let until = due.not_before.map(|at| format!("until {}", time(at))).unwrap_or_default();
    let plan = || {
        let price = due.price.map(|price| format!("{price:.3e}")).unwrap_or_default();
        let interval = due.interval.map(seconds).unwrap_or_default();
        format!(
            "a request has the price {price} (weighted item-seconds): if its news came evenly, the feed would be polled \
             every {interval}"
        )
    };
    match due.because {
        Because::New => vec!["it was never polled".to_owned()],
        Because::Plan => {
            vec![
                "then the news that is expected to wait there is worth a request for the first time".to_owned(),
                plan(),
            ]
        }
        Because::Every => vec![format!("`every` asks for it each {}", seconds(why.every_s.unwrap_or_default()))],
        Because::Publisher => vec![format!("its publisher wants to be left alone {until}")],
        Because::Skip => vec!["its publisher skips the hours until then (skipHours, skipDays)".to_owned()],
        Because::Failure => {
            vec![format!(
                "it failed {} in a row, and is tried again later each time",
                file::counted(why.feed.failures as usize, "time")
            )]
        }
        Because::Refusal => vec![format!(
            "its host has asked for peace (429, 503), {} in a row; that holds for all feeds of the host",
            file::counted(why.refusals as usize, "time")
        )],
        Because::Push => vec!["a hub pushes it; polls are a safety net".to_owned(), plan()],
    }
}

fn rate(why: &WhyReport) -> String {
    let rate = why.feed.items_a_day.map_or_else(|| "not known yet".to_owned(), |rate| format!("{rate} items a day"));
    let interest = match why.interest {
        ..=1.005 => "none of its items alert".to_owned(),
        interest => format!("it counts {interest} times, since its items alert"),
    };
    format!("{rate}; shows up to {} at once; {interest}", why.window)
}

/// What publisher and host ask for.
fn asked(why: &WhyReport) -> String {
    let mut asked = Vec::new();
    asked.extend(why.asked.ttl.map(|ttl| format!("ttl {}", seconds(ttl.as_secs_f64()))));
    asked.extend(why.asked.update_period.map(|period| format!("sy:update {}", seconds(period.as_secs_f64()))));
    let Skip { hours, days } = why.asked.skip;
    let listed = |bits: u32, names: &dyn Fn(u32) -> String| -> String {
        (0..32).filter(|bit| bits >> bit & 1 == 1).map(names).collect::<Vec<_>>().join(" ")
    };
    if hours != 0 {
        asked.push(format!("skipHours {}", listed(hours, &|hour| hour.to_string())));
    }
    if days != 0 {
        const DAYS: [&str; 8] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "?"];
        asked.push(format!("skipDays {}", listed(days.into(), &|day| DAYS[day.min(7) as usize].to_owned())));
    }
    asked.extend(why.feed.due.not_before.map(|at| format!("not before {}", time(at))));
    if asked.is_empty() { "nothing".to_owned() } else { asked.join(", ") }
}

/// A part of 1 as a bar.
fn bar(part: f64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    BARS[((part * 8.0) as usize).min(7)]
}
