//! What the scheduler makes of a trace of publications, in virtual time:
//! `cargo run --release --example schedule -- TRACE.csv --budget 24 [--window 20] [--start-days 14] [--warm-days 7]
//! [--fail 0.2] [--rounded] [--json]`.
//!
//! A trace has a line `feed_id,unix_time` for each item. Polling begins start-days after the trace's first midnight (UTC); the
//! first poll of a feed shows its newest items and counts none. What is published from warm-days later until a day before
//! the trace's end is measured: the delay from publication to the poll that finds it. What a poll finds no more, since the
//! feed shows only its newest items, was missed.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a measurement for developers")]

use std::path::PathBuf;

use clap::Parser;
use jiff::Timestamp;
use newswatch::model::{Rhythm, Skip};
use newswatch::schedule::{MAX_JITTER, Outlook, Pace, Plan, Price, Shown};

const DAY: i64 = 86_400;
/// Shortest and longest time between two polls of a feed, in seconds.
const BOUNDS: (i64, i64) = (300, DAY);

#[derive(Parser)]
struct Args {
    trace: PathBuf,
    /// Polls a feed a day
    #[arg(long, default_value_t = 24.0)]
    budget: f64,
    /// Items that a feed shows
    #[arg(long, default_value_t = 20)]
    window: usize,
    /// Days of the trace before polling begins
    #[arg(long, default_value_t = 14)]
    start_days: i64,
    /// Days of polling before anything is measured
    #[arg(long, default_value_t = 7)]
    warm_days: i64,
    /// The feeds' dates are rounded down to the hour
    #[arg(long)]
    rounded: bool,
    /// Share of polls that fail
    #[arg(long, default_value_t = 0.0)]
    fail: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn main() {
    let args = Args::parse();
    let feeds = read(&args.trace);
    let mut world = World::new(&args, feeds);
    world.run();
    world.report(args.json);
}

/// The times at which each feed publishes.
fn read(path: &PathBuf) -> Vec<Vec<i64>> {
    let mut feeds = std::collections::BTreeMap::<String, Vec<i64>>::new();
    for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate().skip(1) {
        let (feed, at) = line.split_once(',').unwrap_or_else(|| panic!("line {}: no comma", number + 1));
        feeds.entry(feed.to_owned()).or_default().push(at.trim().parse().unwrap());
    }
    let mut feeds: Vec<Vec<i64>> = feeds.into_values().collect();
    feeds.iter_mut().for_each(|times| times.sort_unstable());
    feeds
}

struct Feed {
    times: Vec<i64>,
    /// How many of them are known.
    known: usize,
    rhythm: Rhythm,
    /// When it was last read.
    read: i64,
}

struct World<'a> {
    args: &'a Args,
    feeds: Vec<Feed>,
    pace: Pace,
    start: i64,
    end: i64,
    random: fastrand::Rng,
    delays: Vec<i64>,
    missed: usize,
    spent_by_day: Vec<u32>,
}

impl<'a> World<'a> {
    fn new(args: &'a Args, feeds: Vec<Vec<i64>>) -> Self {
        let first = feeds.iter().filter_map(|times| times.first()).min().unwrap();
        let end = *feeds.iter().filter_map(|times| times.last()).max().unwrap();
        let start = first.div_euclid(DAY) * DAY + args.start_days * DAY;
        let feeds: Vec<Feed> = feeds
            .into_iter()
            .map(|times| {
                let known = times.partition_point(|at| *at <= start);
                let first = &times[known.saturating_sub(args.window)..known];
                let rhythm = Rhythm::default().after(&shown(first, first.len(), args.rounded), start);
                Feed { times, known, rhythm, read: start }
            })
            .collect();
        let outlooks: Vec<Outlook> = feeds.iter().map(|feed| Outlook::of(&feed.rhythm)).collect();
        let rate = args.budget * feeds.len() as f64 / DAY as f64;
        let price = Price::new(rate, BOUNDS.0, BOUNDS.1, &outlooks, start as f64);
        let mut pace = Pace::new(price, feeds.len(), time(start));
        for (at, outlook) in outlooks.into_iter().enumerate() {
            pace.plan(at, plan(outlook, start, start, 0));
        }
        let days = usize::try_from((end - start) / DAY + 1).unwrap();
        Self {
            args,
            feeds,
            pace,
            start,
            end,
            random: fastrand::Rng::with_seed(1),
            delays: Vec::new(),
            missed: 0,
            spent_by_day: vec![0; days],
        }
    }

    fn run(&mut self) {
        let mut now = self.start;
        while let Some(next) = self.pace.next() {
            now = now.max(next.as_second() + i64::from(next.subsec_nanosecond() > 0));
            if now >= self.end {
                break;
            }
            if let Some(at) = self.pace.pop(time(now)) {
                self.poll(at, now);
            }
        }
        let unseen = self.feeds.iter().flat_map(|feed| &feed.times[feed.known..]).filter(|at| self.counts(**at));
        let unseen: Vec<i64> = unseen.map(|at| self.end - at).collect();
        self.delays.extend(unseen);
        self.delays.sort_unstable();
    }

    fn counts(&self, at: i64) -> bool {
        at >= self.start + self.args.warm_days * DAY && at < self.end - DAY
    }

    fn poll(&mut self, at: usize, now: i64) {
        self.pace.spend();
        self.spent_by_day[usize::try_from((now - self.start) / DAY).unwrap()] += 1;
        if self.random.f64() < self.args.fail {
            // It is still due, and asked again after the shortest interval.
            let feed = &self.feeds[at];
            self.pace.plan(at, plan(Outlook::of(&feed.rhythm), feed.read, now + BOUNDS.0, 0));
            return;
        }
        let (known, rhythm) = (self.feeds[at].known, std::mem::take(&mut self.feeds[at].rhythm));
        let times = &self.feeds[at].times;
        let published = known + times[known..].partition_point(|at| *at <= now);
        let shown = known.max(published.saturating_sub(self.args.window));
        let found = self::shown(&times[shown..published], self.args.window, self.args.rounded);
        self.missed += times[known..shown].iter().filter(|at| self.counts(**at)).count();
        let delays: Vec<i64> =
            times[shown..published].iter().filter(|at| self.counts(**at)).map(|at| now - at).collect();
        self.delays.extend(delays);
        (self.feeds[at].known, self.feeds[at].read) = (published, now);
        self.feeds[at].rhythm = rhythm.after(&found, now);
        let outlook = Outlook::of(&self.feeds[at].rhythm);
        self.pace.plan(at, plan(outlook, now, now, self.random.i32(0..1_000)));
    }

    fn report(&self, json: bool) {
        let minutes = |seconds: i64| seconds as f64 / 60.0;
        let at = |share: f64| minutes(self.delays[((self.delays.len() - 1) as f64 * share) as usize]);
        let mean = self.delays.iter().map(|delay| minutes(*delay)).sum::<f64>() / self.delays.len() as f64;
        let missed = self.missed as f64 / (self.missed + self.delays.len()) as f64;
        let budget = self.args.budget * self.feeds.len() as f64;
        let spent: u32 = self.spent_by_day.iter().sum();
        let days = (self.end - self.start) as f64 / DAY as f64;
        let share = f64::from(spent) / (budget * days);
        let fullest = self.spent_by_day.iter().max().copied().unwrap_or(0);
        let fullest = f64::from(fullest) / budget;
        let (p50, p90, p99) = (at(0.5), at(0.9), at(0.99));
        let size = self.feeds.iter().map(|feed| serde_json::to_vec(&feed.rhythm).unwrap().len()).max().unwrap_or(0);
        if json {
            println!(
                "{}",
                serde_json::json!({
                    "mean_min": mean, "p50_min": p50, "p90_min": p90, "p99_min": p99, "missed": missed,
                    "requests": spent, "budget": budget * days,
                })
            );
        } else {
            println!(
                "delay: mean {mean:.2} min, p50 {p50:.2}, p90 {p90:.2}, p99 {p99:.2}; missed {:.4} %",
                missed * 100.0
            );
            println!("requests: {spent}, {share:.4} of the budget, {fullest:.3} on the fullest day");
            println!("state: {size} bytes a feed at most");
        }
    }
}

fn shown(times: &[i64], items: usize, rounded: bool) -> Shown {
    let date = |at: &i64| if rounded { at - at.rem_euclid(3_600) } else { *at };
    Shown { dates: times.iter().map(|at| Some(date(at))).collect(), matched: 0, items }
}

fn plan(outlook: Outlook, last: i64, not_before: i64, jitter: i32) -> Plan {
    let jitter = MAX_JITTER * jitter / 1_000;
    Plan { outlook, last: time(last), not_before: time(not_before), skip: Skip::default(), bounds: BOUNDS, jitter }
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}
