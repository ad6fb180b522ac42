//! Which items tell one story.
//!
//! An item belongs to a story
//!
//! 1. that it told before (an edit of an item keeps its story),
//! 2. of which it certainly is a copy: another feed's item at the same URL with a similar title, or with the same headline
//!    of at least [`MIN_TITLE_WORDS`] words; or an item of its own feed with the same URL or headline and the same text,
//! 3. that it resembles, in whatever language: the cautious choice, since joining what is different could hold back a first
//!    report.
//!
//! ```text
//! words → stem, skeleton, lexicon → read      an item as features: words, names, places, actors, events, numbers
//! window                                      the reports of the last 72 hours, and who has which feature
//! search → alike → model                      who shares what is rare; how alike they are; how likely that is one event
//! ```
//!
//! The index is a pure function of the items that it remembers in their order, so replaying the archive rebuilds it. It
//! remembers [`WINDOW`] and at most [`MAX_ITEMS`] items.

use jiff::{SignedDuration, Timestamp};

use super::alike::{Probe, Rarity};
use super::read::{Kind, Reading, read};
use super::search::Scratch;
use super::window::{Report, Window, date};
use super::{MAX_ITEMS, WINDOW};
use crate::model::{Item, ItemId, Said, StoryId, similar_sketches};

/// Newest reports with a headline or an address that are looked at.
const COPIES: usize = 16;
/// The logarithm of the odds from which on an item joins a story.
const ENOUGH: f64 = -0.75;
/// What makes a probability of the odds of a join: a summand and a factor, read off how many joins were right at which
/// odds. Those that were made are right more often than the model of pairs expects, since the best of many was taken.
const CALIBRATION: (f64, f64) = (1.3, 0.55);

/// Which story an item tells, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assignment {
    /// The story.
    pub story: StoryId,
    /// How that is known.
    pub why: Why,
}

/// Why an item belongs to its story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// It opened it: no known story is its own.
    Opened,
    /// It told it before, and comes again.
    Known,
    /// Another feed has it at the same address, with a similar headline.
    SameLink,
    /// Another feed has the same headline.
    SameTitle,
    /// Its own feed has the same text.
    SameText,
    /// It resembles the reports of the story.
    Similar(Similarity),
}

/// How an item resembles a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// How likely it tells of the same event, from 0 to 1.
    pub score: f64,
    /// The report that it resembles most.
    pub to: ItemId,
    /// Whether it names facts that no report of the story has, so that it may be another event after all.
    pub differs: bool,
}

/// The stories of the last [`WINDOW`].
#[derive(Debug, Default)]
pub struct StoryIndex {
    window: Window,
    scratch: Scratch,
}

impl StoryIndex {
    /// The story of an item that came in at `now`; it opens one where it joins none.
    pub fn assign(&mut self, item: &Item, now: Timestamp) -> Assignment {
        self.forget(now);
        let reading = read(item);
        let assignment = self.find(item, &reading, now);
        self.window.put(item, &reading, assignment.story, now);
        self.forget(now);
        assignment
    }

    /// Puts an item back with the story that it was given before: how the index is rebuilt from the archive.
    pub fn remember(&mut self, item: &Item, story: StoryId, now: Timestamp) {
        self.window.put(item, &read(item), story, now);
        self.forget(now);
    }

    /// Takes to heart what somebody says of a story.
    pub fn amend(&mut self, said: Said) {
        match said {
            Said::Split { item, into, .. } => self.window.give(item, into),
            Said::Join { from, into } => self.window.give_all(from, into),
        }
    }

    /// The story that an item of the window tells.
    pub fn story_of(&self, item: ItemId) -> Option<StoryId> {
        self.window.of_item(item).map(|report| report.story)
    }

    /// Whether an item of the window tells this story.
    pub fn is_open(&self, story: StoryId) -> bool {
        self.window.of_story(story).next().is_some()
    }

    /// How many items are remembered.
    pub fn len(&self) -> usize {
        self.window.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.window.len() == 0
    }

    fn forget(&mut self, now: Timestamp) {
        let length = SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX);
        self.window.forget(now, length, MAX_ITEMS);
    }

    fn find(&mut self, item: &Item, reading: &Reading, now: Timestamp) -> Assignment {
        if let Some(report) = self.window.of_item(item.id) {
            return Assignment { story: report.story, why: Why::Known };
        }
        let date = date(item, now);
        if let Some(copy) = self.copy_of(item, reading, date) {
            return copy;
        }
        let rarity = Rarity::of(&self.window);
        let probe = Probe::new(item.feed, date, reading, &self.window, rarity);
        let found = super::search::search(&self.window, &probe, reading, rarity, &mut self.scratch);
        let joined = found.filter(|found| found.odds >= ENOUGH).and_then(|found| {
            let to = self.window.report(found.to)?.id;
            let score = 1.0 / (1.0 + (-(CALIBRATION.0 + CALIBRATION.1 * found.odds)).exp());
            let why = Why::Similar(Similarity { score, to, differs: found.differs });
            Some(Assignment { story: found.story, why })
        });
        joined.unwrap_or(Assignment { story: StoryId::opened_by(item.id), why: Why::Opened })
    }

    /// The story that the item certainly belongs to.
    fn copy_of(&self, item: &Item, reading: &Reading, date: i64) -> Option<Assignment> {
        let keys = reading.features.iter().filter(|feature| matches!(feature.kind, Kind::Link | Kind::Title));
        keys.filter_map(|key| Some((key.kind, self.window.with(key.hash)?.0))).find_map(|(kind, slots)| {
            let mut reports = slots.iter().rev().take(COPIES).filter_map(|slot| self.window.report(*slot));
            reports.find_map(|report| {
                let why = why_copy(kind, report, item, reading, date)?;
                Some(Assignment { story: report.story, why })
            })
        })
    }
}

fn why_copy(kind: Kind, report: &Report, item: &Item, reading: &Reading, date: i64) -> Option<Why> {
    // A feed may give one URL or one headline to everything that it publishes.
    if report.feed == item.feed {
        // Nor is the siren of today that of yesterday, though both say the same.
        let same_time = item.date().is_none() || report.date == date;
        return (report.text == reading.text && same_time).then_some(Why::SameText);
    }
    let days_apart = date.abs_diff(report.date) > WINDOW.as_secs();
    match kind {
        Kind::Link => similar_sketches(report.sketch, reading.sketch).then_some(Why::SameLink),
        // The same headline of another year is another event.
        _ => (!days_apart).then_some(Why::SameTitle),
    }
}

#[cfg(test)]
mod tests;
