//! The steps of the trip at which a process is killed, and the table of what came of it.

use std::fmt;

use crate::support::shim::Step;
use crate::world::World;

/// So many wrongs are told one by one.
const SHOWN: usize = 10;

/// Which of the two commits of an alert's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Commit {
    /// The poll's.
    Poll,
    /// The record that the target accepted.
    Record,
}

/// Right before or right after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    Before,
    After,
}

impl When {
    pub const BOTH: [When; 2] = [When::Before, When::After];
}

/// How a life ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// By itself, well.
    Clean,
    /// Killed while the store was being made.
    Made,
    /// Killed while the store was being opened.
    Opened,
    /// Killed when the feed server had the request.
    Asked,
    /// Killed when the feed server had answered.
    Answered,
    /// Killed between the answer and the archive.
    Decided,
    /// Killed at the archive.
    Archive(Step, When),
    /// Killed at the database.
    Database(Commit, Step, When),
    /// Killed at the way to the receiver.
    Connect(When),
    /// Killed when the receiver had the webhook and had not answered.
    Posted,
    /// Killed when the receiver had answered.
    Accepted,
    /// Killed by the clock.
    AnyMoment,
    /// Killed at a place that no row asks for, such as the closing of the store.
    Elsewhere,
    /// Ended by itself because the disk failed.
    Fault,
}

const DATABASE: [Step; 3] = [Step::DbWrite, Step::DbRangeSync, Step::DbSync];

impl Row {
    /// The rows at the database, of one step.
    pub fn of_database(step: Step) -> impl Iterator<Item = Row> {
        let both = [Commit::Poll, Commit::Record];
        both.into_iter().flat_map(move |commit| When::BOTH.map(|when| Row::Database(commit, step, when)))
    }

    /// All kills, in the order of the trip.
    pub fn kills() -> Vec<Row> {
        let mut rows = vec![Row::Made, Row::Opened, Row::Asked, Row::Answered, Row::Decided];
        let at = |commit| move |step| When::BOTH.map(|when| Row::Database(commit, step, when));
        for step in [Step::ArchiveWrite, Step::ArchiveSync] {
            rows.extend(When::BOTH.map(|when| Row::Archive(step, when)));
        }
        rows.extend(DATABASE.into_iter().flat_map(at(Commit::Poll)));
        rows.extend(When::BOTH.map(Row::Connect));
        rows.extend([Row::Posted, Row::Accepted]);
        rows.extend(DATABASE.into_iter().flat_map(at(Commit::Record)));
        rows.extend([Row::AnyMoment, Row::Elsewhere]);
        rows
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = |when: &When| if *when == When::Before { "before" } else { "after" };
        let text = match self {
            Row::Clean => "ended well".to_owned(),
            Row::Made => "the store is made".to_owned(),
            Row::Opened => "the store is opened".to_owned(),
            Row::Asked => "feed server: request received".to_owned(),
            Row::Answered => "feed server: response sent".to_owned(),
            Row::Decided => "between response and archive".to_owned(),
            Row::Archive(step, at) => format!("poll: {} {}", when(at), step.name()),
            Row::Database(Commit::Poll, step, at) => format!("poll: {} {}", when(at), step.name()),
            Row::Database(Commit::Record, step, at) => format!("record: {} {}", when(at), step.name()),
            Row::Connect(at) => format!("{} connecting to the receiver", when(at)),
            Row::Posted => "receiver: request received".to_owned(),
            Row::Accepted => "receiver: answer sent".to_owned(),
            Row::AnyMoment => "at any moment".to_owned(),
            Row::Elsewhere => "elsewhere".to_owned(),
            Row::Fault => "the disk failed".to_owned(),
        };
        f.pad(&text)
    }
}

/// What came of the lives that ended in one way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub kills: usize,
    pub repeats: usize,
    pub lost: usize,
}

/// What came of a scenario.
#[derive(Default)]
pub struct Report {
    pub rows: Vec<(Row, Tally)>,
    pub wrong: Vec<String>,
}

impl Report {
    /// The tally of a row.
    pub fn tally(&mut self, row: Row) -> &mut Tally {
        let at = self.rows.iter().position(|(known, _)| *known == row).unwrap_or_else(|| {
            self.rows.push((row, Tally::default()));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }

    /// Adds what came of another world.
    pub fn merge(&mut self, other: Report) {
        for (row, tally) in other.rows {
            let mine = self.tally(row);
            mine.kills += tally.kills;
            mine.repeats += tally.repeats;
            mine.lost += tally.lost;
        }
        self.wrong.extend(other.wrong);
    }

    /// Adds what the books of a world say.
    pub fn close(&mut self, world: World) {
        let (wrong, costs) = world.close();
        self.wrong.extend(wrong);
        for (row, repeats, lost) in costs {
            let tally = self.tally(row);
            tally.repeats += repeats;
            tally.lost += lost;
        }
    }

    /// The kills, repeats and losses of all rows.
    pub fn total(&self) -> Tally {
        let add = |sum: Tally, (_, tally): &(Row, Tally)| Tally {
            kills: sum.kills + tally.kills,
            repeats: sum.repeats + tally.repeats,
            lost: sum.lost + tally.lost,
        };
        self.rows.iter().fold(Tally::default(), add)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = Row::kills();
        let mut rows = self.rows.clone();
        rows.sort_by_key(|(row, _)| order.iter().position(|known| known == row));
        writeln!(f, "{:<34}{:>6}{:>9}{:>6}", "step", "kills", "repeats", "lost")?;
        let sum = self.total();
        let lines = rows.iter().map(|(row, tally)| (row.to_string(), *tally)).chain([("all".to_owned(), sum)]);
        for (name, Tally { kills, repeats, lost }) in lines {
            writeln!(f, "{name:<34}{kills:>6}{repeats:>9}{lost:>6}")?;
        }
        self.wrong.iter().take(SHOWN).try_for_each(|wrong| writeln!(f, "WRONG: {wrong}"))?;
        let more = self.wrong.len().saturating_sub(SHOWN);
        if more > 0 { writeln!(f, "… and {more} more") } else { Ok(()) }
    }
}
