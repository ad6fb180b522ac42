//! Amendments: what people say of stories that were guessed wrongly. They change what further reports join, never an alert
//! that went out; and they are kept for good, as labelled pairs to measure the guessing by.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Item, ItemId, MAX_MEMBER_TEXT_BYTES, StoryId, clip};

/// Most items of a side that an amendment names.
pub const MAX_SIDE: usize = 20;

/// What somebody said of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// When they did.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub said: Said,
    /// Items of the one side: what was split off, or the story that was joined to another.
    pub these: Vec<Side>,
    /// Items of the other: what they were split from, or joined to.
    pub those: Vec<Side>,
}

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// An item does not tell its story, but another one.
    Split {
        /// The item.
        item: ItemId,
        /// The story that it was taken for.
        from: StoryId,
        /// The one that it tells.
        into: StoryId,
    },
    /// Two stories are one.
    Join {
        /// The one that ends.
        from: StoryId,
        /// The one that goes on.
        into: StoryId,
    },
}

/// An item of an amendment, with all that a measurement of the guessing needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The item.
    pub id: ItemId,
    /// Headline, cut to [`MAX_MEMBER_TEXT_BYTES`].
    pub title: String,
    /// Short text, cut to [`MAX_MEMBER_TEXT_BYTES`].
    pub summary: String,
    /// What people call its feed.
    pub source: String,
    /// When it was published, else changed.
    pub published: Option<Timestamp>,
    /// BCP 47.
    pub lang: Option<String>,
}

impl Side {
    /// The item, shortened.
    pub fn of(item: &Item) -> Self {
        let cut = |text: &str| clip(text, MAX_MEMBER_TEXT_BYTES).to_owned();
        Self {
            id: item.id,
            title: cut(&item.title),
            summary: cut(&item.summary),
            source: cut(&item.feed_name),
            published: item.date(),
            lang: item.language.as_deref().map(cut),
        }
    }
}

/// Two items, and whether they tell one story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Whether they do.
    pub same: bool,
    /// When somebody said so.
    pub at: Timestamp,
    /// The one.
    pub a: Side,
    /// The other.
    pub b: Side,
}

impl Amendment {
    /// Every item of the one side with every item of the other.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        let same = matches!(self.said, Said::Join { .. });
        self.these
            .iter()
            .flat_map(move |a| self.those.iter().map(move |b| Pair { same, at: self.at, a: a.clone(), b: b.clone() }))
    }
}
