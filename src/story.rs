//! Stop 5 of the trip: says whether an item is news or another outlet's copy of it.

pub mod agency;
mod alike;
pub mod correction;
mod index;
mod lexicon;
mod model;
pub mod number;
mod origin;
pub mod outlet;
mod read;
#[cfg(test)]
mod sample;
mod search;
mod seed;
mod skeleton;
mod sketch;
mod stem;
mod thread;
mod tokens;
mod weights;
mod window;
mod words;

use std::time::Duration;

use crate::model::{Amendment, ItemId, Said, StoryId};

pub use index::{Assignment, Similarity, StoryIndex, Why};
pub use origin::origins;
pub use read::MIN_TITLE_WORDS;
pub use thread::{CERTAIN_SCORE, Facts, Judgement, Report, Threads, link_hash};

/// How long a story stays open to further items, from its newest one.
pub const WINDOW: Duration = Duration::from_hours(72);
/// Most items that are remembered; the oldest go first.
pub const MAX_ITEMS: usize = 200_000;

/// The stories of the last [`WINDOW`], and what was told of them.
#[derive(Debug, Default)]
pub struct Stories {
    /// Which items tell one story.
    pub index: StoryIndex,
    /// What the readers of each watch were told.
    pub threads: Threads,
}

/// The story of an item that was taken for one of `story`, after all that people have said.
pub fn amended(amendments: &[Amendment], item: ItemId, story: StoryId) -> StoryId {
    amendments.iter().fold(story, |story, amendment| match amendment.said {
        Said::Split { item: split, from, into } if split == item && from == story => into,
        Said::Join { from, into } if from == story => into,
        _ => story,
    })
}
