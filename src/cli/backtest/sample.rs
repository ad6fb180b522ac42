//! A few of many lines, however many there were.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::items::{Named, moment};
use crate::notify::inert;

/// Lines with their times, the first or the newest of those that were put in.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    most: usize,
    newest: bool,
    count: usize,
    lines: VecDeque<(Timestamp, String)>,
}

impl Sample {
    /// Keeps the first lines.
    pub(super) fn first(most: usize) -> Self {
        Self { most, newest: false, count: 0, lines: VecDeque::new() }
    }

    /// Keeps the last lines.
    pub(super) fn newest(most: usize) -> Self {
        Self { newest: true, ..Self::first(most) }
    }

    /// Puts a line in; it is made only where it is kept.
    pub(super) fn put(&mut self, at: Timestamp, line: impl FnOnce() -> String) {
        self.count += 1;
        if self.lines.len() >= self.most {
            if !self.newest || self.most == 0 {
                return;
            }
            self.lines.pop_front();
        }
        self.lines.push_back((at, line()));
    }

    /// How many lines were put in.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How many of them are not kept.
    pub(super) fn hidden(&self) -> usize {
        self.count - self.lines.len()
    }

    /// The lines that are kept, with their times.
    pub(super) fn lines(&self) -> impl Iterator<Item = &(Timestamp, String)> {
        self.lines.iter()
    }
}

/// An item in a line, with the id by which `explain` knows it.
pub(super) fn line(score: f64, named: &Named) -> String {
    format!("{score:.2}  {}  {}  [{}]", date(named), inert(&named.item.title), inert(&named.id))
}

/// An item's date, as wide as any other.
pub(super) fn date(named: &Named) -> String {
    named.item.date().map_or_else(|| "undated         ".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// The time by which lines of several samples are put in order.
pub(super) fn order(named: &Named) -> Timestamp {
    named.item.date().unwrap_or_else(|| moment(named))
}
