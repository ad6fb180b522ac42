//! Threads: what the readers of one watch were told about one story. A thread is opened by an alert; every further report
//! of the story is told in it: in an update, or by an alert of its own where it matters.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, AlertKind, Count, FeedId, ItemId, StoryId};

/// Longest headline of a thread, in bytes: as much as a mail's subject shows.
pub const MAX_HEADLINE_BYTES: usize = 800;
/// Most outlets that a thread tells apart; what comes after them is counted among them.
pub const MAX_OUTLETS: usize = 256;
/// Most origins that a thread tells apart.
pub const MAX_ORIGINS: usize = 64;
/// Most texts of one origin that others are compared with, the newest.
pub const MAX_SKETCHES: usize = 8;
/// Most items whose edits and whose end a thread follows, the newest.
pub const MAX_FOLLOWED: usize = 50;
/// Longest title of an item that a thread follows, in bytes.
pub const MAX_FOLLOWED_TITLE_BYTES: usize = 160;
/// So many readings in a row have to miss an item before it counts as withdrawn: some servers have old copies.
pub const MIN_MISSING: u32 = 2;
/// Most counts that a thread remembers, the newest.
pub const MAX_COUNTS: usize = 32;

/// See the module. Stored whole with each commit that changes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The alert that opened it.
    pub id: AlertId,
    /// The story.
    pub story: StoryId,
    /// The watch, by name.
    pub watch: String,
    /// The headline of the first report, cut to [`MAX_HEADLINE_BYTES`].
    pub headline: String,
    /// Who published the earliest report.
    pub first_outlet: String,
    /// When it was published, as far as is known; else when it came in.
    pub first_at: Timestamp,
    /// When the latest report came in.
    pub newest: Timestamp,
    /// Reports so far, edits not counted.
    pub reports: usize,
    /// Outlets so far, as hashes of their owners; at most [`MAX_OUTLETS`].
    pub outlets: Vec<u64>,
    /// What the reports go back to; at most [`MAX_ORIGINS`].
    pub origins: Vec<Origin>,
    /// The best score so far.
    pub best: f64,
    /// The largest numbers so far of what they count; at most [`MAX_COUNTS`].
    pub counts: Vec<Count>,
    /// The items of the latest reports; at most [`MAX_FOLLOWED`].
    pub followed: Vec<Followed>,
    /// How many alerts of a kind it has raised.
    pub raised: Vec<(AlertKind, u32)>,
    /// Names of the targets that were told of it; `None` in threads from before this was kept. A thread that nobody was
    /// told of, for a silence, is opened by the next report.
    #[serde(default)]
    pub told: Option<Vec<String>>,
    /// When it was opened; `None` in threads from before this was kept.
    #[serde(default)]
    pub opened: Option<Timestamp>,
    /// When somebody acknowledged it: what further reports add is written down, and no longer told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Timestamp>,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (outlets, independent) = (self.outlets, self.independent);
        write!(f, "{outlets} outlet{}, {independent} independent", plural(outlets))
    }
}

impl Thread {
    /// How it stands, for people.
    pub fn standing(&self) -> Standing {
        Standing {
            reports: self.reports,
            outlets: self.outlets.len(),
            independent: self.origins.len(),
            first_outlet: self.first_outlet.clone(),
            first_at: self.first_at,
            headline: self.headline.clone(),
        }
    }

    /// Whether it follows this item.
    pub fn follows(&self, item: ItemId) -> bool {
        self.followed.iter().any(|followed| followed.item == item)
    }

    /// How many alerts of this kind it has raised.
    pub fn ordinal(&self, kind: AlertKind) -> u32 {
        self.raised.iter().find(|(raised, _)| *raised == kind).map_or(0, |(_, count)| *count)
    }
}

/// What reports go back to that are not independent of each other: they credit one agency, appear with one owner, or are
/// nearly the same text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The agencies that they credit.
    pub agencies: Vec<String>,
    /// Hashes of their outlets' owners.
    pub owners: Vec<u64>,
    /// Sketches of their texts; at most [`MAX_SKETCHES`].
    pub sketches: Vec<Vec<u32>>,
}

/// An item whose fate matters to a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// The item.
    pub item: ItemId,
    /// Where it came in.
    pub feed: FeedId,
    /// Headline, cut to [`MAX_FOLLOWED_TITLE_BYTES`].
    pub title: String,
    /// When it was published, as far as is known.
    pub published: Option<Timestamp>,
    /// Whether the watch finds enough in its latest version.
    pub matches: bool,
    /// Whether its headline or text says by itself that it was corrected.
    pub corrected: bool,
    /// Whether its feed has taken it back, or it says so by itself.
    pub withdrawn: bool,
    /// In how many readings in a row it was missing where it ought to stand.
    #[serde(default)]
    pub missing: u32,
}

/// How many tell a story, and who was first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Items that match the watch.
    pub reports: usize,
    /// Their publishers.
    pub outlets: usize,
    /// Publishers that do not go back to each other or to one agency, as far as the items tell.
    pub independent: usize,
    /// Who published the earliest report.
    pub first_outlet: String,
    /// When it was published, as far as is known; else when it came in.
    pub first_at: Timestamp,
    /// The headline under which the story was first told, cut to [`MAX_HEADLINE_BYTES`].
    pub headline: String,
}
