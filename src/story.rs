//! Stop 5 of the trip: says whether an item is news or a further report of what was told, and what the readers of each
//! watch have to hear of it.
//!
//! ```text
//! index     which items tell one story: certain keys, then likeness (its own map is in `index`)
//! thread    what was told of a story for a watch, and what a further report comes to: an alert, a line, nothing
//!   origin, sketch, outlet, agency     which reports are independent of each other
//!   number, correction                 what grew, what was taken back
//! ```
//!
//! Everything here is a function of what came in, in its order: no clock, no dice. The index is rebuilt from the archive
//! after a restart, the threads are stored with the commits that change them.

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
pub use thread::{CERTAIN_SCORE, Facts, Judgement, Looked, Presence, Report, Threads, earlier};

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
