//! Seen items: how newswatch knows that an item is not new, in some 70 bytes an item.
//!
//! Those of a feed are one compact value, never a row each. What the feed still shows carries no date; what leaves it moves
//! to the group of that day, and the whole group is forgotten [`SEEN_KEEP_DAYS`] later. A poll that finds the feed unchanged
//! therefore changes nothing here. How an item is told from another is in `recognise`.
//!
//! Eight bytes identify a key among those of one feed; they would not across feeds.

mod codec;

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::ItemId;

pub use codec::SeenError;

/// Days that an item is remembered after it left the feed.
pub const SEEN_KEEP_DAYS: u32 = 30;
/// Most remembered items that left a feed; the oldest days are forgotten first.
const MAX_GONE: usize = 25_000;
/// Most watches that are remembered of an item.
pub const MAX_TOLD: usize = 255;
/// Two titles whose sketches differ in no more bits tell the same thing.
const SIMILAR_BITS: u32 = 9;
/// Of one title.
const SAME_BITS: u32 = 4;

/// What an item can be recognised by, as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKeys {
    /// Of its GUID, where no other item of the same document has it.
    pub guid: Option<u64>,
    /// Of its canonical URL, where no other item of the same document has it.
    pub link: Option<u64>,
    /// Of its GUID, its URL and its beginning, whether another item of the document begins so or not. `None` where an earlier version of newswatch stored it.
    pub text: Option<u64>,
    /// Of what it says, but for the digits below its title. `None` where an earlier version of newswatch stored it.
    pub words: Option<u64>,
    /// Of these digits.
    pub figures: u32,
    /// Of the words below its title; 0 where there are none.
    pub body: u32,
    /// When it was published, in seconds since 1970-01-01T00:00Z, as far as it says.
    pub published: Option<i64>,
    /// Of its title; similar titles have similar sketches.
    pub sketch: u32,
}

impl ItemKeys {
    /// The hash of a key of the given kind.
    pub fn hash(kind: &str, key: &str) -> u64 {
        xxh3_64(format!("{kind}\0{key}").as_bytes())
    }

    /// The keys that its publisher gave it.
    pub fn given(&self) -> impl Iterator<Item = u64> {
        [self.guid, self.link].into_iter().flatten()
    }

    /// All that tells an item from another.
    pub fn each(&self) -> impl Iterator<Item = u64> {
        self.given().chain(self.text)
    }
}

/// An item, in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenItem {
    /// Its id, whatever keys it wears now. `None` where an earlier version of newswatch stored it.
    pub id: Option<ItemId>,
    /// What it can be recognised by.
    pub keys: ItemKeys,
    /// Hashes of the watches that found enough in it to alert, at most [`MAX_TOLD`].
    pub told: Vec<u32>,
}

/// The seen items of one feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Those that the feed showed at its last reading.
    present: Vec<SeenItem>,
    /// Those that left it and versions that were edited since, by the day on which that was (days since 1970-01-01), the
    /// latest day first.
    gone: Vec<(u32, Vec<SeenItem>)>,
}

impl Seen {
    /// Those that the feed showed at its last reading.
    pub fn present(&self) -> &[SeenItem] {
        &self.present
    }

    /// Those that left it and versions that were edited since, from the latest day on.
    pub fn gone(&self) -> impl Iterator<Item = &SeenItem> {
        self.gone.iter().flat_map(|(_, items)| items)
    }

    /// What is seen after a reading on day `today` that showed these items. Where `figures_count`, an item with other digits
    /// is another version of it.
    pub fn after_reading(&self, mut shown: Vec<SeenItem>, today: u32, figures_count: bool) -> Seen {
        shown.sort_unstable();
        let version = |item: &SeenItem| (item.id, item.keys.words, figures_count.then_some(item.keys.figures));
        let versions: HashSet<_> = shown.iter().map(version).collect();
        let keys: HashSet<u64> = shown.iter().flat_map(|item| item.keys.each()).collect();
        // What an earlier version stored goes as soon as its key is worn by an item that has an id.
        let is_shown = |item: &SeenItem| match item.id {
            Some(_) => versions.contains(&version(item)),
            None => item.keys.each().any(|key| keys.contains(&key)),
        };
        let absent = |items: &[SeenItem]| -> Vec<SeenItem> { items.iter().filter(|i| !is_shown(i)).cloned().collect() };

        let mut left_today = absent(&self.present);
        let mut gone = Vec::with_capacity(self.gone.len() + 1);
        for (day, items) in &self.gone {
            if *day == today {
                left_today.extend(absent(items));
            } else if day.saturating_add(SEEN_KEEP_DAYS) >= today {
                gone.push((*day, absent(items)));
            }
        }
        gone.push((today, left_today));
        gone.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        forget_beyond_limit(&mut gone);
        Seen { present: shown, gone }
    }
}

/// Drops the oldest days, which stand last, and of the day that is in between some, until [`MAX_GONE`] holds.
fn forget_beyond_limit(gone: &mut Vec<(u32, Vec<SeenItem>)>) {
    let mut room = MAX_GONE;
    for (_, items) in gone.iter_mut() {
        items.truncate(room);
        room -= items.len();
    }
    gone.retain(|(_, items)| !items.is_empty());
}

/// A 32-bit SimHash (Charikar 2002) over the character trigrams of the title's letters and digits: titles that differ
/// in a word differ in few bits, unrelated ones in about half.
pub fn title_sketch(title: &str) -> u32 {
    let letters: Vec<char> = title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut balance = [0i32; 32];
    for trigram in letters.windows(3.min(letters.len().max(1))) {
        // Three letters of up to four bytes each, without asking for memory.
        let (mut bytes, mut length) = ([0; 12], 0);
        for letter in trigram {
            length += letter.encode_utf8(&mut bytes[length..]).len();
        }
        let hash = xxh3_64(&bytes[..length]);
        for (bit, sum) in balance.iter_mut().enumerate() {
            *sum += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    balance.iter().enumerate().filter(|(_, sum)| **sum > 0).fold(0, |sketch, (bit, _)| sketch | 1 << bit)
}

/// Whether two sketches are those of titles that tell the same thing. Of unrelated titles, 1 in 100 pass.
pub fn similar_sketches(a: u32, b: u32) -> bool {
    (a ^ b).count_ones() <= SIMILAR_BITS
}

/// Whether two sketches are those of one title, give or take a sign. Of unrelated titles, 1 in 100,000 pass.
pub fn same_sketches(a: u32, b: u32) -> bool {
    (a ^ b).count_ones() <= SAME_BITS
}

#[cfg(test)]
mod tests;
