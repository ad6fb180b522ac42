//! Alerts: what a watch raises, whole enough to be sent again without looking anything up.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, FeedId, Item, ItemId, Match, Standing, StoryId, clip};

/// Longest text of an item that an alert carries, in bytes; the archive has it whole.
pub const MAX_LEAD_TEXT_BYTES: usize = 2_000;
/// Longest link that an alert carries, in bytes; a longer one is left out, for a part of it leads nowhere.
pub const MAX_LINK_BYTES: usize = 2_048;
/// Longest language tag (RFC 5646, 4.4.1); what is longer is none.
const MAX_LANGUAGE_BYTES: usize = 35;
/// Longest title in a summary and longest name of a feed that an alert carries, in bytes.
pub const MAX_MEMBER_TEXT_BYTES: usize = 300;
/// Most items that a summary names one by one.
pub const MAX_MEMBERS: usize = 20;

/// Longest headline that is made of an untitled item's text, in characters.
const MAX_HEADLINE_CHARS: usize = 120;

/// The watch of drills; no configured watch may be called so.
pub const DRILL_WATCH: &str = "drill";
/// The watch of notices and tests; no configured watch may be called so.
const ITSELF: &str = "newswatch";

/// Why an alert exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The first report of a story.
    News,
    /// Further reports of a story, collected over a quiet period.
    Update,
    /// So many independent outlets tell the story that it counts as confirmed.
    Corroborated,
    /// A report of the story scores higher than any before, and high enough to be told at once.
    Escalated,
    /// A number of the story grew.
    Grown,
    /// A report of the story was corrected.
    Corrected,
    /// A report of the story was taken back.
    Withdrawn,
    /// An item of the story was edited, in a feed whose edits alert.
    Edited,
    /// A report that was taken for one of the story, but names other facts: it may well be another event.
    Distinct,
    /// Nobody has acknowledged the story.
    Reminder,
    /// What a feed already held at its first poll, in one alert.
    Summary,
    /// Alerts that one target is told together.
    Digest,
    /// newswatch about itself: a dead letter, a feed that is gone.
    Notice,
    /// Somebody tries out a target.
    Test,
    /// A marked item has gone the whole way.
    Drill,
}

impl AlertKind {
    /// The kind as it stands in ids, payloads and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            AlertKind::News => "news",
            AlertKind::Update => "update",
            AlertKind::Corroborated => "corroborated",
            AlertKind::Escalated => "escalated",
            AlertKind::Grown => "grown",
            AlertKind::Corrected => "corrected",
            AlertKind::Withdrawn => "withdrawn",
            AlertKind::Edited => "edited",
            AlertKind::Distinct => "distinct",
            AlertKind::Reminder => "reminder",
            AlertKind::Summary => "summary",
            AlertKind::Digest => "digest",
            AlertKind::Notice => "notice",
            AlertKind::Test => "test",
            AlertKind::Drill => "drill",
        }
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a watch raises; goes to each of its targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// A pure function of what it is about.
    pub id: AlertId,
    /// Why it exists.
    pub kind: AlertKind,
    /// The watch that raised it; `newswatch` for notices and tests.
    pub watch: String,
    /// Whether it passes the quiet hours of targets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// When it was raised.
    pub raised: Timestamp,
    /// The story, but for notices and tests.
    pub story: Option<StoryId>,
    /// The alert that told the story first, where this one tells more of it.
    #[serde(default)]
    pub thread: Option<AlertId>,
    /// How many tell the story, where more than one does.
    #[serde(default)]
    pub standing: Option<Standing>,
    /// One line that says it all.
    pub headline: String,
    /// The item it is about, shortened; `None` for notices.
    pub lead: Option<Lead>,
    /// The evidence on the lead; spans are offsets into the lead's texts.
    pub matched: Option<Match>,
    /// The items of a summary or an update, the first [`MAX_MEMBERS`] of them; the alerts of a digest, all of them.
    pub members: Vec<Member>,
    /// How many items it stands for.
    pub member_count: usize,
    /// A notice's own text.
    pub text: String,
    /// The link by which whoever is told can act on it; it is made when the alert is told, and not stored.
    #[serde(skip)]
    pub page: Option<String>,
}

impl Alert {
    /// Takes in a later update of the same story: its items come behind those that are here, its standing is the newer.
    pub fn absorb(&mut self, later: Alert) {
        self.member_count += later.member_count;
        self.members.extend(later.members);
        self.members.truncate(MAX_MEMBERS);
        self.standing = later.standing;
        self.headline = later.headline;
    }

    /// What newswatch says about itself, under an id that is that of the subject: once is enough for each.
    pub fn about_itself(kind: AlertKind, subject: &str, headline: String, text: String, now: Timestamp) -> Self {
        Self {
            id: AlertId::notice(subject),
            kind,
            watch: ITSELF.to_owned(),
            urgent: false,
            raised: now,
            story: None,
            thread: None,
            standing: None,
            headline,
            lead: None,
            matched: None,
            members: Vec::new(),
            member_count: 0,
            text,
            page: None,
        }
    }
}

/// An item as an alert carries it: its texts cut to [`MAX_LEAD_TEXT_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The item.
    pub item: ItemId,
    /// Its feed.
    pub feed: FeedId,
    /// What people call that feed.
    pub feed_name: String,
    /// Absolute URL.
    pub link: Option<String>,
    /// Headline.
    pub title: String,
    /// Short text, else the beginning of the full one.
    pub summary: String,
    /// When it was published, else changed.
    pub published: Option<Timestamp>,
    /// BCP 47.
    pub language: Option<String>,
    /// How it came in; `None` in alerts that were raised before this was kept.
    #[serde(default)]
    pub arrival: Option<Arrival>,
}

/// How an item came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The last reading of the feed that did not have it; `None` at the feed's first.
    pub missing: Option<Timestamp>,
    /// When the document with it had been received.
    pub received: Timestamp,
}

/// A line of a summary or an update.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The item.
    pub item: ItemId,
    /// Headline, cut to [`MAX_MEMBER_TEXT_BYTES`].
    pub title: String,
    /// Absolute URL.
    pub link: Option<String>,
    /// Its score.
    pub score: f64,
    /// What people call its feed.
    #[serde(default)]
    pub outlet: String,
    /// When it was published, else changed.
    #[serde(default)]
    pub published: Option<Timestamp>,
    /// What is special about it, in words; mostly empty.
    #[serde(default)]
    pub note: String,
    /// The watch, where it is not that of the alert: in a digest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub watch: String,
}

impl Lead {
    /// The item, shortened.
    pub fn of(item: &Item) -> Self {
        let text = if item.summary.is_empty() { &item.body } else { &item.summary };
        Self {
            item: item.id,
            feed: item.feed,
            feed_name: clip(&item.feed_name, MAX_MEMBER_TEXT_BYTES).to_owned(),
            link: link_of(item),
            title: cut(&item.title).to_owned(),
            summary: cut(text).to_owned(),
            published: item.date(),
            language: item.language.clone().filter(|tag| tag.len() <= MAX_LANGUAGE_BYTES),
            arrival: None,
        }
    }
}

impl Lead {
    /// The title; an untitled item (a note, a post) speaks for itself.
    pub fn headline(&self) -> String {
        if !self.title.is_empty() {
            self.title.clone()
        } else if !self.summary.is_empty() {
            self.summary.chars().take(MAX_HEADLINE_CHARS).collect()
        } else {
            self.link.clone().unwrap_or_else(|| "(an item without a text)".to_owned())
        }
    }
}

impl Member {
    /// The item, shortened to a line.
    pub fn of(item: &Item, score: f64) -> Self {
        Self {
            item: item.id,
            title: clip(&item.title, MAX_MEMBER_TEXT_BYTES).to_owned(),
            link: link_of(item),
            score,
            outlet: clip(&item.feed_name, MAX_MEMBER_TEXT_BYTES).to_owned(),
            published: item.date(),
            note: String::new(),
            watch: String::new(),
        }
    }
}

fn link_of(item: &Item) -> Option<String> {
    item.link.clone().filter(|link| link.len() <= MAX_LINK_BYTES)
}

fn cut(text: &str) -> &str {
    clip(text, MAX_LEAD_TEXT_BYTES)
}
