//! Stop 5 of the trip: says whether an item is news or another outlet's copy of it.
//!
//! An item joins a story that it certainly belongs to, and opens one otherwise: joining what is different could hold
//! back a first report, which is the worse mistake. It belongs to a story that
//!
//! 1. it told before (an edit of an item keeps its story),
//! 2. has an item of another feed at the same URL with a similar title, or with the same headline of at least
//!    [`MIN_TITLE_WORDS`] words,
//! 3. has an item of the same feed with the same URL or headline and the same text.
//!
//! The index is a pure function of the items that were put through it in their order, so replaying the archive rebuilds
//! it. It remembers [`WINDOW`] and at most [`MAX_ITEMS`] items.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::model::{FeedId, Item, ItemId, StoryId, similar_sketches, title_sketch};

/// How long a story stays open to further items, from its newest one.
pub const WINDOW: Duration = Duration::from_hours(72);
/// Most items that are remembered; the oldest go first.
pub const MAX_ITEMS: usize = 200_000;
/// Shorter headlines ("Live updates", "Earthquake") say too little to join by.
pub const MIN_TITLE_WORDS: usize = 4;

/// What is remembered of an item.
#[derive(Debug, Clone, Copy)]
struct Told {
    story: StoryId,
    feed: FeedId,
    at: Timestamp,
    sketch: u32,
    text: u64,
}

/// A place where an item can be looked up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Item(ItemId),
    Link(u64),
    Title(u64),
}

/// The stories of the last [`WINDOW`].
#[derive(Debug, Default)]
pub struct StoryIndex {
    told: HashMap<Key, Told>,
    /// Every key with the time at which it was told, oldest first.
    order: VecDeque<(Timestamp, Key)>,
}

impl StoryIndex {
    /// The story of an item that came in at `now`; it opens one where it joins none.
    pub fn assign(&mut self, item: &Item, now: Timestamp) -> StoryId {
        self.forget(now);
        let story = self.find(item).unwrap_or_else(|| StoryId::opened_by(item.id));
        self.remember(item, story, now);
        story
    }

    /// Puts an item back with the story that it was given before: how the index is rebuilt from the archive.
    pub fn remember(&mut self, item: &Item, story: StoryId, now: Timestamp) {
        let told = Told { story, feed: item.feed, at: now, sketch: title_sketch(&item.title), text: text_hash(item) };
        for key in keys(item) {
            self.told.insert(key, told);
            self.order.push_back((now, key));
        }
        self.forget(now);
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.told.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn find(&self, item: &Item) -> Option<StoryId> {
        let sketch = title_sketch(&item.title);
        keys(item).into_iter().find_map(|key| {
            let told = self.told.get(&key)?;
            let joins = match key {
                Key::Item(_) => true,
                // A feed may give one URL or one headline to everything that it publishes.
                _ if told.feed == item.feed => told.text == text_hash(item),
                Key::Link(_) => similar_sketches(told.sketch, sketch),
                Key::Title(_) => true,
            };
            joins.then_some(told.story)
        })
    }

    fn forget(&mut self, now: Timestamp) {
        let window = jiff::SignedDuration::try_from(WINDOW).unwrap_or(jiff::SignedDuration::MAX);
        while let Some(&(at, key)) = self.order.front() {
            let stale = now.duration_since(at) > window;
            if !stale && self.order.len() <= 3 * MAX_ITEMS {
                break;
            }
            self.order.pop_front();
            // A key that was told again since stands further back in the order.
            if self.told.get(&key).is_some_and(|told| told.at <= at) {
                self.told.remove(&key);
            }
        }
    }
}

fn keys(item: &Item) -> Vec<Key> {
    let mut keys = vec![Key::Item(item.id)];
    keys.extend(item.link.as_ref().map(|link| Key::Link(xxh3_64(link.as_bytes()))));
    if words(&item.title).count() >= MIN_TITLE_WORDS {
        keys.push(Key::Title(xxh3_64(normal(&item.title).as_bytes())));
    }
    keys
}

fn words(title: &str) -> impl Iterator<Item = &str> {
    title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A headline without case and punctuation.
fn normal(title: &str) -> String {
    words(title).map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Everything that the item says.
fn text_hash(item: &Item) -> u64 {
    xxh3_64(format!("{}\0{}\0{}", normal(&item.title), item.summary, item.body).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(feed: &str, guid: &str, link: &str, title: &str, summary: &str) -> Item {
        let feed = FeedId::new(feed);
        Item {
            id: ItemId::new(feed, "guid", guid.as_bytes()),
            feed,
            feed_name: String::new(),
            guid: Some(guid.to_owned()),
            link: (!link.is_empty()).then(|| link.to_owned()),
            title: title.to_owned(),
            summary: summary.to_owned(),
            body: String::new(),
            published: None,
            updated: None,
            authors: vec![],
            categories: vec![],
            language: None,
        }
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hours)
    }

    #[test]
    fn copies_join_and_different_news_does_not() {
        let mut index = StoryIndex::default();
        let first =
            index.assign(&item("a", "1", "https://x/1", "Blast heard near the naval base of Odesa", "s"), at(0));
        let copy =
            index.assign(&item("b", "9", "https://y/7", "Blast heard near the naval base of Odesa!", "other"), at(1));
        let same_link =
            index.assign(&item("c", "3", "https://x/1", "Blasts heard near the naval base of Odesa", ""), at(2));
        let other = index.assign(&item("b", "10", "https://y/8", "Minister visits a school", ""), at(3));
        assert_eq!((first, first), (copy, same_link));
        assert_ne!(first, other);
    }

    #[test]
    fn a_standing_headline_or_link_joins_nothing() {
        let mut index = StoryIndex::default();
        let monday = index.assign(&item("a", "1", "https://x", "The daily briefing of today", "on fish"), at(0));
        let tuesday = index.assign(&item("a", "2", "https://x", "The daily briefing of today", "on Odesa"), at(24));
        assert_ne!(monday, tuesday);
        let short = index.assign(&item("b", "1", "", "Live updates", "x"), at(1));
        let short_again = index.assign(&item("c", "1", "", "Live updates", "y"), at(1));
        assert_ne!(short, short_again);
    }

    #[test]
    fn an_edit_keeps_its_story_and_stories_end_with_the_window() {
        let mut index = StoryIndex::default();
        let first = index.assign(&item("a", "1", "", "Port is closed after the storm", ""), at(0));
        assert_eq!(index.assign(&item("a", "1", "", "Port reopened", ""), at(71)), first);
        let later = item("b", "1", "", "Port is closed after the storm", "");
        assert_ne!(index.assign(&later, at(73)), first);
        index.assign(&item("z", "z", "", "", ""), at(400));
        assert_eq!(index.len(), 1);
    }

    #[test]
    fn replaying_rebuilds_the_same_index() {
        let items: Vec<Item> = (0..50)
            .map(|n| item(&format!("f{}", n % 5), &n.to_string(), "", &format!("The same four words {}", n % 7), ""))
            .collect();
        let mut live = StoryIndex::default();
        let stories: Vec<StoryId> = items.iter().enumerate().map(|(n, i)| live.assign(i, at(n as i64))).collect();
        let mut rebuilt = StoryIndex::default();
        for (n, (item, story)) in items.iter().zip(&stories).enumerate() {
            rebuilt.remember(item, *story, at(n as i64));
        }
        let next = item("q", "q", "", "The same four words 3", "");
        assert_eq!(live.assign(&next, at(60)), rebuilt.assign(&next, at(60)));
    }
}
