//! Which items tell one story.

use jiff::Timestamp;

use super::keys::{Keys, Same};
use super::reading::{Reading, read};
use super::window::{Newcomer, Window};
use crate::model::{Item, ItemId, Said, StoryId};

/// An item joins the story that it tells with at least this probability.
pub const JOIN: f64 = 0.48;

/// The story of an item, and how it came to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assignment {
    /// The story.
    pub story: StoryId,
    /// How it came to it.
    pub why: Why,
}

/// How an item came to its story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// It is the first report of it, as far as is known.
    Opened,
    /// It told it before: an edit of an item keeps its story.
    Known,
    /// An item of another feed has its URL and a similar headline.
    SameLink,
    /// An item of another feed has its headline.
    SameTitle,
    /// An item of its own feed has its URL or its headline, the same text and the same date.
    SameText,
    /// It resembles the story's reports.
    Similar(Similarity),
}

/// How an item resembles a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// How probable it is that it tells the same event, in 0..1.
    pub score: f64,
    /// The report that it resembles most.
    pub to: ItemId,
    /// Whether it names other facts than that one, so that it may well be another event.
    pub differs: bool,
}

/// The stories of the last [`WINDOW`](super::WINDOW).
///
/// Its state is a function of the items that came in within the window, in their order, and of what people said of them:
/// remembering these leads to the same further guesses as having made them.
#[derive(Debug, Default)]
pub struct StoryIndex {
    keys: Keys,
    window: Window,
}

impl StoryIndex {
    /// The story of an item that came in at `now`; it opens one where it joins none.
    pub fn assign(&mut self, item: &Item, now: Timestamp) -> Assignment {
        self.keys.forget(now);
        self.window.forget(now);
        let reading = read(item);
        let assignment = self.find(item, &reading, now);
        self.add(item, &reading, assignment.story, now);
        assignment
    }

    /// Puts an item back with the story that it was given when it came in, at `now`: how the index is rebuilt from the
    /// archive.
    pub fn remember(&mut self, item: &Item, story: StoryId, now: Timestamp) {
        self.add(item, &read(item), story, now);
    }

    /// Takes to heart what somebody says of a story.
    pub fn amend(&mut self, said: Said) {
        match said {
            Said::Split { item, into, .. } => self.window.split(item, into),
            Said::Join { from, into } => self.window.join(from, into),
        }
    }

    /// Whether an item of the window tells this story.
    pub fn is_open(&self, story: StoryId) -> bool {
        self.window.is_open(story)
    }

    /// How many items are remembered.
    pub fn len(&self) -> usize {
        self.window.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.window.len() == 0
    }

    fn find(&self, item: &Item, reading: &Reading, now: Timestamp) -> Assignment {
        if let Some(story) = self.window.story_of(item.id) {
            return Assignment { story, why: Why::Known };
        }
        if let Some((copied, same)) = self.keys.find(item)
            && let Some(story) = self.window.story_of(copied)
        {
            let why = match same {
                Same::Link => Why::SameLink,
                Same::Title => Why::SameTitle,
                Same::Text => Why::SameText,
            };
            return Assignment { story, why };
        }
        let candidates = self.window.candidates(&newcomer(item, reading, now));
        let best = candidates.into_iter().reduce(|best, one| if one.score > best.score { one } else { best });
        match best.filter(|best| best.score >= JOIN) {
            Some(best) => {
                let similarity = Similarity { score: best.score, to: best.nearest, differs: best.differs };
                Assignment { story: best.story, why: Why::Similar(similarity) }
            }
            None => Assignment { story: StoryId::opened_by(item.id), why: Why::Opened },
        }
    }

    fn add(&mut self, item: &Item, reading: &Reading, story: StoryId, now: Timestamp) {
        self.keys.add(item, now);
        self.window.add(item.id, story, now, &newcomer(item, reading, now));
    }
}

fn newcomer<'a>(item: &Item, reading: &'a Reading, now: Timestamp) -> Newcomer<'a> {
    // What says that it comes from the future came in now.
    let at = item.date().map_or(now, |date| date.min(now));
    Newcomer { feed: item.feed, minute: at.as_second().div_euclid(60), reading }
}

#[cfg(test)]
mod tests;
