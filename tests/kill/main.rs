//! The promise, under fire: no alert is lost and none is sent again after it was recorded, whenever the process is
//! killed, the power cut, or the disk full.
//!
//! `NEWSWATCH_SOAK=10` makes ten times as many kills; `NEWSWATCH_KILL_SEED` replays the random ones of a run, which
//! prints its seed.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]
#![allow(unreachable_pub, reason = "nothing is private to a test binary")]
#![allow(clippy::print_stdout, reason = "the table is what a person wants to see")]

#[path = "../support/mod.rs"]
mod support;

mod faults;
mod instance;
mod ledger;
mod row;
mod trap;
mod trip;
mod world;

use row::{Row, When};
use support::shim::Step;
use trip::{Plan, travel};
use world::{Disk, Mode};

const SEED: u64 = 20_261_122;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// Everything that can be killed at, in worlds that take about the same time.
fn everywhere(disk: Disk, quota: usize) -> Plan {
    let both = |row: fn(When) -> Row| When::BOTH.map(row).to_vec();
    let worlds = vec![
        vec![Row::Asked, Row::Answered, Row::Decided],
        vec![Row::Posted, Row::Accepted],
        both(|when| Row::Archive(Step::ArchiveWrite, when)),
        both(|when| Row::Archive(Step::ArchiveSync, when)),
        both(Row::Connect),
        Row::of_database(Step::DbWrite).collect(),
        Row::of_database(Step::DbRangeSync).collect(),
        Row::of_database(Step::DbSync).collect(),
        vec![Row::Made, Row::AnyMoment],
        vec![Row::Opened],
    ];
    let soak = number("NEWSWATCH_SOAK", 1) as usize;
    let seed = number("NEWSWATCH_KILL_SEED", SEED);
    println!("seed {seed}, on {disk:?}");
    Plan { disk, modes: vec![Mode::Once, Mode::Daemon], worlds, quota: quota * soak, seed }
}

fn nothing_is_lost(plan: &Plan, kills: usize) {
    let Some(report) = travel(plan) else { return };
    println!("{report}");
    assert!(report.wrong.is_empty(), "{report}");
    for row in plan.worlds.iter().flatten() {
        let (_, tally) = report.rows.iter().find(|(known, _)| known == row).unwrap_or_else(|| panic!("never {row}"));
        assert!(tally.kills >= plan.quota && tally.lost == 0, "{row}:\n{report}");
    }
    let total = report.total();
    assert!(total.kills >= kills && total.lost == 0, "{report}");
}

#[test]
fn nothing_is_lost_when_the_process_is_killed() {
    nothing_is_lost(&everywhere(Disk::Kept, 10), 200);
}

#[test]
fn nothing_is_lost_when_the_power_is_cut() {
    nothing_is_lost(&everywhere(Disk::Cut, 3), 60);
}

#[test]
fn without_syncs_the_same_scenario_loses_alerts() {
    let control = Plan { disk: Disk::CutUnsynced, modes: vec![Mode::Once], ..everywhere(Disk::CutUnsynced, 1) };
    let Some(report) = travel(&control) else { return };
    println!("{report}");
    assert!(report.total().lost > 0, "the test would not notice a disk that syncs nothing:\n{report}");
}
