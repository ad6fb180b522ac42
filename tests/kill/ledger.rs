//! What was published, what has to come of it, and what did.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::row::Row;
use crate::support::webhook_receiver::Attempt;

/// The watches of the configuration; each waits for its own word.
pub const WATCHES: [(&str, &str); 2] = [("tartus", "Tartus"), ("hmeimim", "Hmeimim")];

/// An alert as the receiver knows it: the item's number and the watch.
pub type Pair = (usize, String);

/// One run of the program.
struct Life {
    /// Before it was started, and after the one before had ended.
    from: Timestamp,
    /// How it was ended.
    row: Row,
    /// Whether it ended by itself, well, so that all it did is recorded.
    clean: bool,
    /// The deliveries that the store knew to be accepted afterwards.
    recorded: BTreeSet<String>,
}

/// The books of one world.
#[derive(Default)]
pub struct Ledger {
    /// The watches that each item is for, by its number.
    items: Vec<Vec<String>>,
    lives: Vec<Life>,
    /// Attempts whose process was killed before the receiver answered.
    unanswered: BTreeSet<(usize, String)>,
    lost: BTreeMap<Pair, Row>,
    wrong: Vec<String>,
}

/// A webhook that the receiver took.
struct Taken {
    life: usize,
    id: String,
    pair: Pair,
    answered: bool,
}

impl Ledger {
    /// Enters a new item; returns its number.
    pub fn publish(&mut self, watches: &[&str]) -> usize {
        self.items.push(watches.iter().map(|watch| (*watch).to_owned()).collect());
        self.items.len() - 1
    }

    /// How many items there are.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// The words by which the watches know an item.
    pub fn words(&self, item: usize) -> impl Iterator<Item = &'static str> {
        WATCHES
            .iter()
            .filter(move |(name, _)| self.items[item].iter().any(|watch| watch == name))
            .map(|(_, word)| *word)
    }

    pub fn begin_life(&mut self, row: Row) {
        self.lives.push(Life { from: Timestamp::now(), row, clean: false, recorded: BTreeSet::new() });
    }

    pub fn end_life(&mut self, row: Row, clean: bool, unanswered: Option<String>) {
        self.unanswered.extend(unanswered.map(|id| (self.lives.len() - 1, id)));
        let life = self.lives.last_mut().expect("a life");
        (life.row, life.clean) = (row, clean);
    }

    /// Corrects how the last life was ended, once more is known.
    pub fn ended_by(&mut self, row: Row) {
        self.lives.last_mut().expect("a life").row = row;
    }

    /// Something that may not be.
    pub fn wrong(&mut self, what: String) {
        let row = self.lives.last().map_or(Row::Clean, |life| life.row);
        self.wrong.push(format!("after life {} ({row}): {what}", self.lives.len()));
    }

    /// What the store says was accepted: none of it is sent again, and all of it came.
    pub fn recorded(&mut self, ids: BTreeSet<String>, attempts: &[Attempt]) {
        let came: BTreeSet<String> =
            self.taken(attempts).into_iter().filter(|taken| taken.answered).map(|taken| taken.id).collect();
        for id in ids.difference(&came) {
            self.wrong(format!("the store says that {id} was accepted, and it was not"));
        }
        self.lives.last_mut().expect("a life").recorded = ids;
    }

    /// The ids that the receiver took in this life.
    pub fn taken_in_this_life(&self, attempts: &[Attempt]) -> BTreeSet<String> {
        let last = self.lives.len() - 1;
        self.taken(attempts).into_iter().filter(|taken| taken.life == last).map(|taken| taken.id).collect()
    }

    /// The newest item of which the receiver took an alert in this life.
    pub fn newest_taken_in_this_life(&self, attempts: &[Attempt]) -> Option<usize> {
        let last = self.lives.len() - 1;
        self.taken(attempts).into_iter().filter(|taken| taken.life == last).map(|taken| taken.pair.0).max()
    }

    /// The alerts that have not come, and are not known to be lost.
    pub fn pending(&self, attempts: &[Attempt]) -> BTreeSet<Pair> {
        let mut pending = self.expected();
        for taken in self.taken(attempts) {
            if taken.answered {
                pending.remove(&taken.pair);
            }
        }
        pending.retain(|pair| !self.lost.contains_key(pair));
        pending
    }

    /// Gives up what has not come although the program says that nothing is left to do.
    pub fn give_up(&mut self, pending: BTreeSet<Pair>) {
        let killed = self.lives.iter().rev().find(|life| !life.clean).map_or(Row::Clean, |life| life.row);
        self.lost.extend(pending.into_iter().map(|pair| (pair, killed)));
    }

    fn expected(&self) -> BTreeSet<Pair> {
        let items = self.items.iter().enumerate();
        items.flat_map(|(n, watches)| watches.iter().map(move |watch| (n, watch.clone()))).collect()
    }

    /// By the time at which the sender wrote it: the receiver may read what a killed process sent only later.
    fn life_at(&self, at: Timestamp) -> usize {
        self.lives.iter().rposition(|life| life.from <= at).unwrap_or(0)
    }

    fn taken(&self, attempts: &[Attempt]) -> Vec<Taken> {
        let taken = |attempt: &Attempt| {
            let life = self.life_at(attempt.body["timestamp"].as_str()?.parse().ok()?);
            let answered = !self.unanswered.contains(&(life, attempt.id.clone()));
            Some(Taken { life, id: attempt.id.clone(), pair: pair(attempt)?, answered })
        };
        attempts.iter().filter(|attempt| attempt.accepted()).filter_map(taken).collect()
    }

    /// Closes the books: what went wrong, and for each way of dying what was repeated and lost.
    pub fn close(mut self, attempts: &[Attempt]) -> (Vec<String>, Vec<(Row, usize, usize)>) {
        let expected = self.expected();
        for attempt in attempts {
            if let Some(fault) = &attempt.fault {
                self.wrong.push(format!("a webhook that is none: {fault}"));
            } else if pair(attempt).is_none_or(|pair| !expected.contains(&pair)) {
                self.wrong.push(format!("nobody waits for {}", attempt.body));
            }
        }
        let (mut by_id, mut by_pair) = (BTreeMap::<String, Taken>::new(), BTreeMap::<Pair, String>::new());
        let mut costs = Vec::new();
        for taken in self.taken(attempts) {
            let id = by_pair.entry(taken.pair.clone()).or_insert_with(|| taken.id.clone());
            if *id != taken.id {
                self.wrong.push(format!("{:?} came as {id} and as {}", taken.pair, taken.id));
            }
            if let Some(earlier) = by_id.get(&taken.id) {
                costs.push((self.lives[earlier.life].row, 1, 0));
                self.wrong.extend(self.needless(earlier, &taken));
            }
            by_id.insert(taken.id.clone(), taken);
        }
        costs.extend(self.lost.values().map(|row| (*row, 0, 1)));
        (self.wrong, costs)
    }

    /// Why the second of two may not be, if it may not.
    fn needless(&self, first: &Taken, second: &Taken) -> Option<String> {
        let life = &self.lives[first.life];
        let why = if first.pair != second.pair {
            format!("is also {:?}", second.pair)
        } else if first.life == second.life {
            "came twice in one life".to_owned()
        } else if life.clean {
            "came again after a life that ended well".to_owned()
        } else if self.lives[first.life..second.life].iter().any(|life| life.recorded.contains(&first.id)) {
            "came again although it was recorded".to_owned()
        } else {
            return None;
        };
        Some(format!("{} for {:?}, in life {} ({}), {why}", first.id, first.pair, first.life + 1, life.row))
    }
}

fn pair(attempt: &Attempt) -> Option<Pair> {
    let data = &attempt.body["data"];
    let number = data["item"]["link"].as_str()?.rsplit('/').next()?.parse().ok()?;
    Some((number, data["watch"].as_str()?.to_owned()))
}
