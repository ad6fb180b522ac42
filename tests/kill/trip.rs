//! The scenario: lives that end at every step of the trip while an alert is in flight, each followed by one that has to
//! make it good.

use std::collections::{BTreeMap, HashMap};
use std::thread;
use std::time::Duration;

use crate::ledger::WATCHES;
use crate::row::{Commit, Report, Row, When};
use crate::support::shim::{Shim, Step};
use crate::trap::Moment;
use crate::world::{Disk, Fate, Lived, Mode, World};

/// Attempts for each kill that a row asks for, before it is given up: not every life dies where it was meant to.
const PATIENCE: usize = 6;
/// Longest delay between the feed's answer and a random kill.
const DECIDING: u64 = 12_000;
/// Longest life of those that a clock ends.
const LIFE: u64 = 250_000;

/// What a scenario does.
#[derive(Clone, Debug)]
pub struct Plan {
    pub disk: Disk,
    pub modes: Vec<Mode>,
    /// The rows, one list for each world; worlds run side by side.
    pub worlds: Vec<Vec<Row>>,
    /// Kills for each row.
    pub quota: usize,
    pub seed: u64,
}

/// Where in a life a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Opening,
    Commit(Commit),
    Closing,
}

impl Spot {
    /// After the receiver took the webhook.
    fn is_late(self) -> bool {
        matches!(self, Spot::Commit(Commit::Record) | Spot::Closing)
    }
}

/// Carries out a plan; `None` where there is no compiler for the shim.
pub fn travel(plan: &Plan) -> Option<Report> {
    let mut report = Report::default();
    let reports: Vec<Option<Report>> = thread::scope(|scope| {
        let worlds = plan.worlds.iter().enumerate();
        let worlds: Vec<_> =
            worlds.map(|(at, rows)| scope.spawn(move || Traveller::new(plan, at as u64)?.travel(rows))).collect();
        worlds.into_iter().map(|world| world.join().expect("a world that stands")).collect()
    });
    for one in reports {
        report.merge(one?);
    }
    Some(report)
}

struct Traveller<'a> {
    plan: &'a Plan,
    world: World,
    dice: fastrand::Rng,
    report: Report,
    /// What a life without a kill does of each step.
    counts: HashMap<Mode, BTreeMap<String, u64>>,
    /// What kills right before the n-th call of a step have shown of it.
    known: HashMap<(Mode, Step), BTreeMap<u64, Spot>>,
    turn: usize,
}

/// The way in which a row's life is to end.
struct Aim {
    /// The call, where the disk does it.
    call: Option<(Step, When, u64)>,
    fate: Fate,
}

impl<'a> Traveller<'a> {
    fn new(plan: &'a Plan, number: u64) -> Option<Self> {
        let dice = fastrand::Rng::with_seed(plan.seed.wrapping_mul(1_000).wrapping_add(number));
        Some(Self {
            plan,
            world: World::new(plan.disk)?,
            dice,
            report: Report::default(),
            counts: HashMap::new(),
            known: HashMap::new(),
            turn: 0,
        })
    }

    fn travel(mut self, rows: &[Row]) -> Option<Report> {
        self.learn();
        if self.plan.disk == Disk::CutUnsynced {
            self.world.shim = self.world.shim.drop_syncs();
        }
        for row in rows {
            let mut patience = PATIENCE * self.plan.quota;
            while self.report.tally(*row).kills < self.plan.quota && patience > 0 {
                patience -= 1;
                self.turn += 1;
                let mode = self.plan.modes[self.turn % self.plan.modes.len()];
                match row {
                    Row::Made => self.be_born()?,
                    Row::Opened => {
                        self.die(Row::Posted, mode, false);
                        self.die(*row, mode, true);
                    }
                    _ => self.die(*row, mode, true),
                }
            }
        }
        self.report.close(self.world);
        Some(self.report)
    }

    /// Lives a whole life in each mode and counts its calls.
    fn learn(&mut self) {
        for mode in &self.plan.modes {
            self.world.publish(&[&[WATCHES[0].0]]);
            self.world.recover(*mode);
            self.counts.insert(*mode, self.world.shim.counts());
        }
        self.world.cut();
    }

    /// A life that ends as the row says or, at times, elsewhere; then, with `again`, one that makes it good.
    fn die(&mut self, row: Row, mode: Mode, again: bool) {
        let aim = self.aim(row, mode);
        // One alert where calls are counted, so that every life makes the same ones.
        let one: &[&[&str]] = &[&[WATCHES[self.turn % 2].0]];
        let several: &[&[&str]] = &[&[WATCHES[0].0, WATCHES[1].0], &[WATCHES[self.turn % 2].0]];
        let news = self.world.ledger.items();
        self.world.publish(if aim.call.is_some() { one } else { several });
        let lived = self.world.live(mode, row, &aim.fate);
        self.world.cut();
        let recorded = self.world.look();
        if lived.output.was_killed() {
            let unrecorded = lived.taken.difference(&recorded).next().is_some();
            let died = self.place(&aim, row, mode, &lived, unrecorded);
            self.world.ledger.ended_by(died);
            self.report.tally(died).kills += 1;
            // Whatever proves that the poll was committed: the feed need not show these items any more.
            let durable = Row::Database(Commit::Poll, Step::DbSync, When::After);
            let committed = died == row && (died == durable || matches!(died, Row::Connect(_)));
            if committed || self.world.ledger.newest_taken_in_this_life(&self.world.attempts()) >= Some(news) {
                self.world.scroll();
            }
        } else if lived.output.code() != Some(0) {
            self.world.ledger.wrong(format!("it ended by itself: {}", lived.output));
        }
        if again {
            self.make_good();
        }
    }

    fn make_good(&mut self) {
        if self.dice.bool() {
            self.world.publish(&[&[WATCHES[1].0]]);
        }
        let daemon = self.plan.modes.contains(&Mode::Daemon) && self.dice.u8(..4) == 0;
        self.world.recover(if daemon { Mode::Daemon } else { Mode::Once });
        // What a life that ended well has done is done.
        if self.dice.bool() {
            self.world.cut();
        }
    }

    fn aim(&mut self, row: Row, mode: Mode) -> Aim {
        let trap = |moment, delay| Aim { call: None, fate: Fate { trap: Some((moment, delay)), ..Fate::default() } };
        match row {
            Row::Asked => trap(Moment::Asked, Duration::ZERO),
            Row::Answered => trap(Moment::Answered, Duration::ZERO),
            Row::Decided => trap(Moment::Answered, Duration::from_micros(self.dice.u64(1..DECIDING))),
            Row::Posted => trap(Moment::Posted, Duration::ZERO),
            Row::Accepted => trap(Moment::Accepted, Duration::ZERO),
            Row::AnyMoment => {
                let clock = Some(Duration::from_micros(self.dice.u64(..LIFE)));
                Aim { call: None, fate: Fate { clock, ..Fate::default() } }
            }
            Row::Archive(step, when) => self.at_call(step, when, 1),
            // The first connection is the one to the feed.
            Row::Connect(when) => self.at_call(Step::NetConnect, when, 2),
            Row::Database(commit, step, when) => {
                let (when, n) = self.choose(mode, step, when, Spot::Commit(commit));
                self.at_call(step, when, n)
            }
            _ => {
                let steps =
                    [Step::DbWrite, Step::DbWrite, Step::DbSync, Step::Rename, Step::DbRangeSync, Step::DirSync];
                let step = steps[self.dice.usize(..steps.len())];
                let most = if step == Step::Rename { 1 } else { 5 };
                let (when, n) = (When::BOTH[self.dice.usize(..2)], self.dice.u64(1..=most));
                self.at_call(step, when, n)
            }
        }
    }

    fn at_call(&self, step: Step, when: When, n: u64) -> Aim {
        let kill = if when == When::Before { Shim::kill_before } else { Shim::kill_after };
        let shim = Some(kill(&self.world.shim, step, n));
        Aim { call: Some((step, when, n)), fate: Fate { shim, ..Fate::default() } }
    }

    /// The call to kill at: one that is known to be at the wanted spot or, before, one of which nothing is known.
    fn choose(&mut self, mode: Mode, step: Step, when: When, wanted: Spot) -> (When, u64) {
        let most = self.counts[&mode].get(step.name()).copied().unwrap_or(0).max(1);
        let known = self.known.entry((mode, step)).or_default();
        let there: Vec<u64> = known.iter().filter(|(_, spot)| **spot == wanted).map(|(n, _)| *n).collect();
        if !there.is_empty() {
            return (when, there[self.turn / 2 % there.len()]);
        }
        let unknown = (1..=most).find(|n| !known.contains_key(n)).unwrap_or_else(|| {
            known.clear();
            1
        });
        (When::Before, unknown)
    }

    /// Where a process died, by what the servers saw of it and what its store knows.
    fn place(&mut self, aim: &Aim, row: Row, mode: Mode, lived: &Lived, unrecorded: bool) -> Row {
        let (answered, tried) = (lived.saw(Moment::Answered), !lived.taken.is_empty());
        let Some((step, when, n)) = aim.call else {
            let late = row == Row::Decided && (lived.archived || tried);
            return if late { Row::AnyMoment } else { row };
        };
        let known = self.known.entry((mode, step)).or_default();
        let spot = if !lived.saw(Moment::Asked) {
            Spot::Opening
        } else if !tried {
            Spot::Commit(Commit::Poll)
        } else if when == When::After {
            // The record may have been made: only what was learned of the call says that it was this one.
            known.get(&n).copied().unwrap_or(Spot::Closing)
        } else if unrecorded || known.range(..n).all(|(_, spot)| !spot.is_late()) {
            // The first call after the webhook was taken is the record's, even if nothing of it shows: what was written
            // and not synced survives a kill.
            Spot::Commit(Commit::Record)
        } else {
            Spot::Closing
        };
        // Calls before it have to be known for the first one to be known as such.
        let sure = !spot.is_late() || unrecorded || (1..n).all(|earlier| known.contains_key(&earlier));
        let spot = if sure { spot } else { Spot::Closing };
        if when == When::Before && sure || spot == Spot::Opening {
            known.insert(n, spot);
        }
        match (spot, step) {
            (Spot::Opening, _) => Row::Opened,
            (Spot::Closing, _) => Row::Elsewhere,
            (Spot::Commit(Commit::Poll), Step::ArchiveWrite | Step::ArchiveSync) => Row::Archive(step, when),
            (Spot::Commit(Commit::Poll), Step::NetConnect) if answered => Row::Connect(when),
            (Spot::Commit(commit), Step::DbWrite | Step::DbRangeSync | Step::DbSync) if answered => {
                Row::Database(commit, step, when)
            }
            _ => Row::Elsewhere,
        }
    }

    /// A store of its own, killed while it is being made.
    fn be_born(&mut self) -> Option<()> {
        let mut world = World::new(self.plan.disk)?;
        world.publish(&[&[WATCHES[0].0]]);
        let steps = [Step::DbWrite, Step::DbWrite, Step::DbSync, Step::DirSync, Step::OtherWrite, Step::DbRangeSync];
        let (step, n) = (steps[self.turn % steps.len()], self.dice.u64(1..=3));
        let kill = if self.dice.bool() { Shim::kill_before } else { Shim::kill_after };
        let fate = Fate { shim: Some(kill(&world.shim, step, n)), ..Fate::default() };
        let lived = world.live(Mode::Once, Row::Made, &fate);
        world.cut();
        if lived.output.was_killed() {
            let row = if lived.saw(Moment::Asked) { Row::Elsewhere } else { Row::Made };
            world.ledger.ended_by(row);
            self.report.tally(row).kills += 1;
        }
        world.look();
        world.recover(Mode::Once);
        self.report.close(world);
        Some(())
    }
}
