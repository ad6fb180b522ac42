//! What it costs to choose the next feed and to plan its next poll, among 10,000, 100,000 and 1,000,000 feeds, and what a feed
//! takes. The feeds have a hundred rhythms and 24 requests a day each; two hours of them are played, with the hourly plans
//! of all. The reference takes the first of an ordered set and puts it back. Run it with `cargo bench --bench schedule`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{Budget, Rhythm, Skip};
use newswatch::schedule::{Outlook, Pace, Plan, Price, Shown};

const FLEETS: [usize; 3] = [10_000, 100_000, 1_000_000];
const RHYTHMS: usize = 100;
const PLAYED: SignedDuration = SignedDuration::from_hours(2);
const BOUNDS: (i64, i64) = (300, 86_400);

fn main() {
    let start = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 20_000);
    let outlooks: Vec<Outlook> = (0..RHYTHMS).map(|n| Outlook::of(&rhythm(n, start))).collect();
    println!("{:>9} {:>9} {:>14} {:>16} {:>12}", "feeds", "polls", "µs a choice", "× an ordered set", "bytes a feed");
    for feeds in FLEETS {
        let before = resident();
        let mine: Vec<Outlook> = (0..feeds).map(|feed| outlooks[feed % RHYTHMS].clone()).collect();
        let rate = Budget::PerFeedDay(24).rate(feeds);
        let price = Price::new(rate, BOUNDS.0, BOUNDS.1, &mine, start.as_second() as f64);
        drop(mine);
        let mut random = fastrand::Rng::with_seed(1);
        let mut pace = Pace::new(price, feeds, start);
        for feed in 0..feeds {
            let last = start - SignedDuration::from_secs(random.i64(0..7_200));
            pace.plan(feed, plan(&outlooks[feed % RHYTHMS], last));
        }
        let taken = resident().saturating_sub(before);
        let timer = Instant::now();
        let (mut polls, mut now) = (0_u32, start);
        while now < start + PLAYED {
            now = pace.next().map_or(start + PLAYED, |next| next.max(now));
            if let Some(feed) = pace.pop(now) {
                pace.spend();
                pace.plan(feed, plan(&outlooks[feed % RHYTHMS], now));
                polls += 1;
            }
        }
        let cost = timer.elapsed().as_secs_f64() / f64::from(polls);
        let ratio = cost / ordered_set(feeds, polls);
        println!("{feeds:>9} {polls:>9} {:>14.2} {ratio:>16.1} {:>12}", cost * 1e6, taken / feeds as u64);
    }
}

fn plan(outlook: &Outlook, last: Timestamp) -> Plan {
    Plan {
        outlook: outlook.clone(),
        last,
        not_before: last,
        skip: Skip::default(),
        bounds: BOUNDS,
        jitter: SignedDuration::ZERO,
    }
}

/// A feed of 1 to 50 items a day, at hours of its own, as four weeks of polls have shown it.
fn rhythm(n: usize, now: Timestamp) -> Rhythm {
    let mut random = fastrand::Rng::with_seed(n as u64);
    let (items, begins) = (1 + random.i64(0..50), random.i64(0..24) * 3_600);
    (0..28).fold(Rhythm::default(), |rhythm, day| {
        let midnight = now.as_second() - (28 - day) * 86_400;
        let dates = (0..items).map(|_| Some(midnight + (begins + random.i64(0..36_000)) % 86_400)).collect();
        rhythm.after(&Shown { dates, matched: 0, items: 20 }, midnight + 86_400)
    })
}

/// Seconds to take the first of an ordered set and to put it back later.
fn ordered_set(feeds: usize, times: u32) -> f64 {
    let mut random = fastrand::Rng::with_seed(2);
    let mut set: BTreeSet<(i64, usize)> = (0..feeds).map(|feed| (random.i64(0..3_600), feed)).collect();
    let timer = Instant::now();
    for _ in 0..times {
        if let Some((due, feed)) = set.pop_first() {
            set.insert((due + 3_600, feed));
        }
    }
    timer.elapsed().as_secs_f64() / f64::from(times)
}

/// Bytes of memory that the process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1024
}
