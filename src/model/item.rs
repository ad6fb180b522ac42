//! Items: what RSS calls item and Atom entry.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FeedId, ItemId};

/// One published item, as plain text: what is matched, shown and archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Stable over polls and restarts.
    pub id: ItemId,
    /// The feed it came in.
    pub feed: FeedId,
    /// What people call that feed.
    pub feed_name: String,
    /// RSS `guid`, Atom and JSON Feed `id`, as published.
    pub guid: Option<String>,
    /// Absolute URL of the item.
    pub link: Option<String>,
    /// Headline, plain text; may be empty.
    pub title: String,
    /// Short text, plain; may be empty.
    pub summary: String,
    /// Full text where the feed carries it, plain; may be empty.
    pub body: String,
    /// When it was published, as far as the feed says.
    pub published: Option<Timestamp>,
    /// When it was last changed, as far as the feed says.
    pub updated: Option<Timestamp>,
    /// Names or addresses.
    pub authors: Vec<String>,
    /// Categories or tags.
    pub categories: Vec<String>,
    /// BCP 47, from the item, its feed or the configuration.
    pub language: Option<String>,
}

impl Item {
    /// The text of a field.
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Summary => &self.summary,
            Field::Body => &self.body,
        }
    }

    /// `published`, else `updated`.
    pub fn date(&self) -> Option<Timestamp> {
        self.published.or(self.updated)
    }
}

/// A part of an item in which terms are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline.
    Title,
    /// The short text.
    Summary,
    /// The full text.
    Body,
}

impl Field {
    /// All fields, the most telling first.
    pub const ALL: [Field; 3] = [Field::Title, Field::Summary, Field::Body];
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Title => "title",
            Field::Summary => "summary",
            Field::Body => "body",
        })
    }
}
