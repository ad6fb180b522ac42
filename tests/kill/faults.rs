//! A disk that is full or broken: the program ends, says so, and loses nothing.

use std::thread;

use crate::ledger::WATCHES;
use crate::row::{Report, Row};
use crate::support::shim::Step;
use crate::world::{Disk, Fate, Mode, World};

const FAULTS: [(Step, &str); 5] = [
    (Step::ArchiveWrite, "ENOSPC"),
    (Step::ArchiveSync, "EIO"),
    (Step::DbWrite, "ENOSPC"),
    (Step::DbRangeSync, "EIO"),
    (Step::DbSync, "EIO"),
];

/// Lets every call of a life fail, from each one on.
fn fail_everywhere(disk: Disk, mode: Mode) -> Option<Report> {
    let mut world = World::new(disk)?;
    let mut report = Report::default();
    world.publish(&[&[WATCHES[0].0]]);
    world.recover(mode);
    world.publish(&[&[WATCHES[0].0]]);
    world.recover(mode);
    let counts = world.shim.counts();
    for (step, errno) in FAULTS {
        for n in 1..=counts[step.name()] {
            world.publish(&[&[WATCHES[n as usize % 2].0]]);
            let fate = Fate { shim: Some(world.shim.fail_from(step, n, errno)), ..Fate::default() };
            let lived = world.live(mode, Row::Fault, &fate);
            world.cut();
            let recorded = world.look();
            let what = format!("{errno} from {} {n} on, as {mode:?}", step.name());
            match lived.output.code() {
                // Everything was recorded already when the fault came; sled panics where the very last sync of all, its
                // own, fails.
                Some(0 | 101) if world.pending().is_empty() && lived.taken.is_subset(&recorded) => {}
                Some(1)
                    if (!lived.told_to_stop || world.pending().is_empty())
                        && lived.output.stderr.contains("newswatch: ") =>
                {
                    report.tally(Row::Fault).kills += 1;
                }
                _ => world.ledger.wrong(format!("{what}: told to stop: {}; {}", lived.told_to_stop, lived.output)),
            }
            world.recover(Mode::Once);
        }
    }
    report.close(world);
    Some(report)
}

#[test]
fn a_disk_that_fails_ends_the_program_and_loses_nothing() {
    let ways =
        [(Disk::Kept, Mode::Once), (Disk::Cut, Mode::Once), (Disk::Kept, Mode::Daemon), (Disk::Cut, Mode::Daemon)];
    let mut report = Report::default();
    let reports: Vec<_> = thread::scope(|scope| {
        let worlds = ways.map(|(disk, mode)| scope.spawn(move || fail_everywhere(disk, mode)));
        worlds.into_iter().map(|world| world.join().expect("a world that stands")).collect()
    });
    for one in reports {
        let Some(one) = one else { return };
        report.merge(one);
    }
    println!("{report}");
    let total = report.total();
    assert!(report.wrong.is_empty() && total.lost == 0, "{report}");
    assert!(total.kills >= 4 * FAULTS.len(), "the disk hardly failed:\n{report}");
}
