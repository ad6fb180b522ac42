//! The promise in simulated worlds: the real poller, lanes and store, in virtual time, with faults at every await of a
//! trait. Everything that happens in a world follows from its seed.
//!
//! What is not in it: the store's group commits, for each call is let through by itself, and what a power cut leaves of a
//! file (`tests/kill/` has both); pushes, routes and silences.
//!
//! `NEWSWATCH_SIMULATION_SEED=7` lives through one world again and prints all that happens in it;
//! `NEWSWATCH_SIMULATION_SEEDS` is how many there are, from `NEWSWATCH_SIMULATION_FROM` on.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(unreachable_pub, reason = "nothing is private to a test binary")]
#![allow(clippy::print_stdout, reason = "the table is what a person wants to see")]

mod audit;
mod broken;
mod faults;
mod gate;
mod ledger;
mod manners;
mod news;
mod origin;
mod receiver;
mod stay;
mod store;
mod world;

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use broken::Bug;
use world::{Run, run};

/// How many worlds there are where nobody says another number.
const SEEDS: u64 = 1_000;
/// Worlds at once.
const THREADS: usize = 2;
/// Lines of a log that are printed without being asked for.
const TAIL: usize = 60;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().expect("a number"))
}

/// Notifiers panic as they are told; that is no news.
fn hush_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(receiver::PANIC) {
                hook(info);
            }
        }));
    });
}

/// Lives through worlds until `stop` says that it is enough.
fn live_through(seeds: Range<u64>, bug: Option<Bug>, stop: impl Fn(u64, Run) -> bool + Sync) {
    hush_panics();
    let (next, over) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while over.load(Ordering::SeqCst) == 0 {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if !seeds.contains(&seed) {
                        break;
                    }
                    over.fetch_add(u64::from(stop(seed, run(seed, bug))), Ordering::SeqCst);
                }
            });
        }
    });
}

fn report(seed: u64, run: &Run, lines: usize) -> String {
    let tail = &run.lines[run.lines.len().saturating_sub(lines)..];
    let wrong = run.wrong.join("\n  ");
    format!(
        "NEWSWATCH_SIMULATION_SEED={seed} cargo test --test simulation\n{}\n{} wrong:\n  {wrong}",
        tail.join("\n"),
        run.wrong.len()
    )
}

#[test]
fn the_promise_holds_whatever_fails() {
    if let Some(seed) = number("NEWSWATCH_SIMULATION_SEED") {
        hush_panics();
        let run = run(seed, None);
        println!("{}", report(seed, &run, usize::MAX));
        assert!(run.wrong.is_empty());
        return;
    }
    let from = number("NEWSWATCH_SIMULATION_FROM").unwrap_or(0);
    let seeds = number("NEWSWATCH_SIMULATION_SEEDS").unwrap_or(SEEDS * number("NEWSWATCH_SOAK").unwrap_or(1));
    let (failures, counts) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    live_through(from..from + seeds, None, |seed, run| {
        counts.lock().unwrap().push(run.counts);
        let mut failures = failures.lock().unwrap();
        if !run.wrong.is_empty() {
            failures.push(report(seed, &run, TAIL));
        }
        failures.len() >= 5
    });
    let (failures, counts) = (failures.into_inner().unwrap(), counts.into_inner().unwrap());
    let sum = |of: fn(&ledger::Counts) -> u64| counts.iter().map(of).sum::<u64>();
    println!(
        "{} worlds, {} lives, {} alerts, {} attempts, {} accepted, of these {} again; {} digests, {} with what came \
         before; {} dead letters; {} stories taken for one that had ended",
        counts.len(),
        sum(|c| c.lives),
        sum(|c| c.alerts),
        sum(|c| c.attempts),
        sum(|c| c.accepted),
        sum(|c| c.repeated),
        sum(|c| c.digests),
        sum(|c| c.repeated_in_digest),
        sum(|c| c.dead),
        sum(|c| c.held_back),
    );
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_seed_gives_the_same_world_each_time() {
    live_through(0..8, None, |seed, first| {
        let second = run(seed, None);
        let differ = first.lines.iter().zip(&second.lines).position(|(a, b)| a != b);
        let at = |run: &Run| run.lines.get(differ.unwrap_or(run.lines.len() - 1)).cloned();
        assert_eq!((seed, first.hash), (seed, second.hash), "{differ:?}:\n{:?}\n{:?}", at(&first), at(&second));
        false
    });
}

#[test]
fn whatever_breaks_the_promise_is_noticed() {
    for bug in Bug::ALL {
        let found = Mutex::new(None);
        live_through(0..200, Some(bug), |seed, run| {
            let wrong = run.wrong.into_iter().next();
            let is_wrong = wrong.is_some();
            found.lock().unwrap().get_or_insert_with(|| (seed, wrong.clone()));
            if is_wrong {
                *found.lock().unwrap() = Some((seed, wrong));
            }
            is_wrong
        });
        let found = found.into_inner().unwrap();
        println!("{bug:?}: {found:?}");
        assert!(found.is_some_and(|(_, wrong)| wrong.is_some()), "{bug:?} goes unnoticed");
    }
}
