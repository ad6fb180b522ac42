//! Certain keys: an item is another outlet's copy of one that has its URL or its headline.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::{MAX_ITEMS, WINDOW};
use crate::model::{FeedId, Item, ItemId, similar_sketches, title_sketch};

/// Shorter headlines ("Live updates", "Earthquake") say too little to join by.
pub const MIN_TITLE_WORDS: usize = 4;

/// By what an item was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    Link,
    Title,
    Text,
}

/// What is remembered of the last item that had a key.
#[derive(Debug, Clone, Copy)]
struct Told {
    item: ItemId,
    feed: FeedId,
    seen: Timestamp,
    date: Option<Timestamp>,
    sketch: u32,
    text: u64,
}

/// A place where an item can be looked up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Link(u64),
    Title(u64),
}

/// The keys of the items of the last [`WINDOW`].
#[derive(Debug, Default)]
pub(super) struct Keys {
    told: HashMap<Key, Told>,
    /// Every key with the time at which it was told, oldest first.
    order: VecDeque<(Timestamp, Key)>,
}

impl Keys {
    /// The item that this one is certainly a copy of.
    pub(super) fn find(&self, item: &Item) -> Option<(ItemId, Same)> {
        let (sketch, text) = (title_sketch(&item.title), text_hash(item));
        keys(item).find_map(|key| {
            let told = self.told.get(&key).filter(|told| is_near(told.date, item.date()))?;
            let same = match key {
                // A feed may give one URL or one headline to everything that it publishes, and say the same of each siren.
                _ if told.feed == item.feed => (told.text == text && told.date == item.date()).then_some(Same::Text),
                Key::Link(_) => similar_sketches(told.sketch, sketch).then_some(Same::Link),
                Key::Title(_) => Some(Same::Title),
            };
            Some((told.item, same?))
        })
    }

    /// Remembers an item that came in at `seen`.
    pub(super) fn add(&mut self, item: &Item, seen: Timestamp) {
        let (sketch, text) = (title_sketch(&item.title), text_hash(item));
        let told = Told { item: item.id, feed: item.feed, seen, date: item.date(), sketch, text };
        for key in keys(item) {
            self.told.insert(key, told);
            self.order.push_back((seen, key));
        }
        self.forget(seen);
    }

    /// Forgets what was told longer ago than [`WINDOW`], and what is too much.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let window = SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX);
        while let Some((seen, key)) = self.order.front().copied() {
            if now.duration_since(seen) <= window && self.order.len() <= 2 * MAX_ITEMS {
                break;
            }
            self.order.pop_front();
            // A key that was told again since stands further back in the order.
            if self.told.get(&key).is_some_and(|told| told.seen <= seen) {
                self.told.remove(&key);
            }
        }
    }
}

/// What was published years apart is no copy; without a date nobody knows.
fn is_near(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    let apart = one.zip(other).map(|(one, other)| one.duration_since(other).abs());
    apart.is_none_or(|apart| apart <= SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX))
}

fn keys(item: &Item) -> impl Iterator<Item = Key> + '_ {
    let link = item.link.as_ref().map(|link| Key::Link(xxh3_64(link.as_bytes())));
    let told = words(&item.title).nth(MIN_TITLE_WORDS - 1).is_some();
    let title = told.then(|| Key::Title(xxh3_64(normal(&item.title).as_bytes())));
    link.into_iter().chain(title)
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
