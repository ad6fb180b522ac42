//! Seen keys: how newswatch knows that an item is not new, in 12 bytes a key.
//!
//! A feed's keys are one compact value, never a row a key. Keys of items that the feed still shows carry no date; when
//! an item leaves the feed, its keys move to the group of that day, and the whole group is forgotten
//! [`SEEN_KEEP_DAYS`] later. A poll that finds the feed unchanged therefore changes nothing here.
//!
//! Eight bytes identify a key among those of one feed; they would not across feeds.

use xxhash_rust::xxh3::xxh3_64;

/// Days that a key is remembered after its item left the feed.
pub const SEEN_KEEP_DAYS: u32 = 30;
/// Most keys of items that left a feed; the oldest days are forgotten first.
const MAX_GONE_KEYS: usize = 100_000;
/// Two titles whose sketches differ in no more bits tell the same thing.
const SIMILAR_BITS: u32 = 9;
/// Bytes of one key with its sketch.
const ENTRY_BYTES: usize = 12;

/// The stored value is not one that this program wrote.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seen keys of a feed are damaged: {0}")]
pub struct SeenError(&'static str);

/// What an item can be recognised by, as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemKeys {
    /// Of its GUID, where it has one that no other item of the same document has.
    pub guid: Option<u64>,
    /// Of its canonical URL, on the same condition.
    pub link: Option<u64>,
    /// Of what it says and when it was published, without GUID and URL, where no other item of the document says the same.
    pub content: Option<u64>,
    /// Of all that it says.
    pub fingerprint: u64,
    /// Of its title; similar titles have similar sketches.
    pub sketch: u32,
}

impl ItemKeys {
    /// The hash of a key of the given kind.
    pub fn hash(kind: &str, key: &str) -> u64 {
        xxh3_64(format!("{kind}\0{key}").as_bytes())
    }

    fn each(&self) -> impl Iterator<Item = u64> {
        [self.guid, self.link, self.content, Some(self.fingerprint)].into_iter().flatten()
    }
}

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Never seen.
    New,
    /// Seen, and it says what it said.
    Unchanged,
    /// It says what it said, of the same time, under another GUID or URL.
    Moved,
    /// Its GUID or URL is known with a similar title, but it says something else now.
    Edited,
    /// Its GUID or URL is known from an item with another title: another item wears them.
    Reused,
}

/// The seen keys of one feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of the items that the feed showed at its last reading.
    present: Group,
    /// Of the items that left it, by the day on which they did (days since 1970-01-01).
    gone: Vec<(u32, Group)>,
}

/// Keys with the sketches of their items' titles, sorted by key.
type Group = Vec<(u64, u32)>;

impl Seen {
    /// Whether nothing was ever seen.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty() && self.gone.is_empty()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.groups().map(Vec::len).sum()
    }

    fn groups(&self) -> impl Iterator<Item = &Group> {
        std::iter::once(&self.present).chain(self.gone.iter().map(|(_, group)| group))
    }

    fn sketch_of(&self, key: u64) -> Option<u32> {
        self.groups().find_map(|group| {
            let at = group.binary_search_by_key(&key, |entry| entry.0).ok()?;
            Some(group[at].1)
        })
    }

    /// What is known of the item with these keys.
    pub fn knowledge(&self, keys: &ItemKeys) -> Knowledge {
        if self.sketch_of(keys.fingerprint).is_some() {
            return Knowledge::Unchanged;
        }
        if keys.content.is_some_and(|key| self.sketch_of(key).is_some()) {
            return Knowledge::Moved;
        }
        let mut known = [keys.guid, keys.link].into_iter().flatten().filter_map(|key| self.sketch_of(key)).peekable();
        if known.peek().is_none() {
            Knowledge::New
        } else if known.any(|sketch| similar_sketches(sketch, keys.sketch)) {
            Knowledge::Edited
        } else {
            Knowledge::Reused
        }
    }

    /// The seen keys after a reading on day `today` that showed items with these keys.
    pub fn after_reading(&self, items: &[ItemKeys], today: u32) -> Seen {
        let mut present: Group = items.iter().flat_map(|item| item.each().map(|key| (key, item.sketch))).collect();
        present.sort_unstable();
        present.dedup_by_key(|entry| entry.0);
        let shown = |key: u64| present.binary_search_by_key(&key, |entry| entry.0).is_ok();
        let absent = |group: &Group| -> Group { group.iter().copied().filter(|(key, _)| !shown(*key)).collect() };

        let mut left_today = absent(&self.present);
        let mut gone = Vec::new();
        for (day, group) in &self.gone {
            if *day == today {
                left_today.extend(absent(group));
            } else if day.saturating_add(SEEN_KEEP_DAYS) >= today {
                gone.push((*day, absent(group)));
            }
        }
        left_today.sort_unstable();
        gone.push((today, left_today));
        gone.retain(|(_, group)| !group.is_empty());
        gone.sort_unstable_by_key(|(day, _)| std::cmp::Reverse(*day));
        forget_beyond_limit(&mut gone);
        Seen { present, gone }
    }

    /// The value as stored: the present group, then the others, each `day, count, entries`, little-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len() * ENTRY_BYTES + (self.gone.len() + 1) * 8);
        let groups = std::iter::once((0, &self.present)).chain(self.gone.iter().map(|(day, group)| (*day, group)));
        for (day, group) in groups {
            bytes.extend_from_slice(&day.to_le_bytes());
            bytes.extend_from_slice(&(group.len() as u32).to_le_bytes());
            for (key, sketch) in group {
                bytes.extend_from_slice(&key.to_le_bytes());
                bytes.extend_from_slice(&sketch.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads what [`Seen::encode`] wrote. An empty value is a feed that was never read.
    pub fn decode(mut bytes: &[u8]) -> Result<Seen, SeenError> {
        let mut groups = Vec::new();
        while !bytes.is_empty() {
            let day = u32::from_le_bytes(take(&mut bytes)?);
            let count = u32::from_le_bytes(take(&mut bytes)?) as usize;
            let mut group = Group::with_capacity(count.min(bytes.len() / ENTRY_BYTES));
            for _ in 0..count {
                group.push((u64::from_le_bytes(take(&mut bytes)?), u32::from_le_bytes(take(&mut bytes)?)));
            }
            if !group.is_sorted() {
                return Err(SeenError("keys out of order"));
            }
            groups.push((day, group));
        }
        let mut groups = groups.into_iter();
        let present = groups.next().map(|(_, group)| group).unwrap_or_default();
        Ok(Seen { present, gone: groups.collect() })
    }
}

/// Drops the oldest days, which stand last, and of the day that is in between some, until [`MAX_GONE_KEYS`] holds.
fn forget_beyond_limit(gone: &mut Vec<(u32, Group)>) {
    let mut room = MAX_GONE_KEYS;
    for (_, group) in gone.iter_mut() {
        group.truncate(room);
        room -= group.len();
    }
    gone.retain(|(_, group)| !group.is_empty());
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], SeenError> {
    let (head, rest) = bytes.split_first_chunk::<N>().ok_or(SeenError("cut short"))?;
    *bytes = rest;
    Ok(*head)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(guid: &str, title: &str) -> ItemKeys {
        ItemKeys {
            guid: Some(ItemKeys::hash("guid", guid)),
            link: None,
            content: None,
            fingerprint: ItemKeys::hash("fingerprint", &format!("{guid}{title}")),
            sketch: title_sketch(title),
        }
    }

    #[test]
    fn tells_new_unchanged_edited_and_reused_apart() {
        let first = keys("1", "Explosion reported in the port of Odesa");
        let seen = Seen::default().after_reading(&[first], 20_000);
        assert_eq!(seen.knowledge(&first), Knowledge::Unchanged);
        assert_eq!(seen.knowledge(&keys("1", "Explosions reported in the port of Odesa")), Knowledge::Edited);
        assert_eq!(seen.knowledge(&keys("1", "Minister resigns over budget row")), Knowledge::Reused);
        assert_eq!(seen.knowledge(&keys("2", "Something else entirely")), Knowledge::New);
    }

    #[test]
    fn keys_expire_thirty_days_after_the_item_left_not_before() {
        let old = keys("1", "An item");
        let other = keys("2", "Another");
        let mut seen = Seen::default().after_reading(&[old], 100);
        for day in 101..200 {
            seen = seen.after_reading(&[old], day);
        }
        seen = seen.after_reading(&[other], 200);
        seen = seen.after_reading(&[other], 230);
        assert_eq!(seen.knowledge(&old), Knowledge::Unchanged);
        seen = seen.after_reading(&[other], 231);
        assert_eq!(seen.knowledge(&old), Knowledge::New);
    }

    #[test]
    fn an_item_that_comes_back_is_known_and_moves_back() {
        let item = keys("1", "An item");
        let seen = Seen::default().after_reading(&[item], 1).after_reading(&[], 2).after_reading(&[item], 3);
        assert_eq!(seen.knowledge(&item), Knowledge::Unchanged);
        assert!(seen.gone.is_empty());
    }

    #[test]
    fn stored_bytes_lead_back_and_damage_is_an_error() {
        let seen =
            Seen::default().after_reading(&[keys("1", "a"), keys("2", "b")], 5).after_reading(&[keys("3", "c")], 6);
        let bytes = seen.encode();
        assert_eq!(Seen::decode(&bytes), Ok(seen));
        assert_eq!(Seen::decode(&[]), Ok(Seen::default()));
        for len in 1..bytes.len() {
            let whole_groups = Seen::decode(&bytes[..len]).is_ok();
            assert!(!whole_groups || len == 8 + 2 * ENTRY_BYTES, "{len}");
        }
    }

    #[test]
    fn many_gone_keys_are_bounded_from_the_oldest_day() {
        let day = |d: u32| -> Vec<ItemKeys> { (0..30_000).map(|i| keys(&format!("{d}-{i}"), "t")).collect() };
        let mut seen = Seen::default();
        for d in 0..4 {
            seen = seen.after_reading(&day(d), d);
        }
        assert!(seen.gone.iter().map(|(_, g)| g.len()).sum::<usize>() <= MAX_GONE_KEYS);
        assert_eq!(seen.knowledge(&day(2)[7]), Knowledge::Unchanged);
        for burst in 0..9 {
            let fresh: Vec<ItemKeys> = (0..20_000).map(|i| keys(&format!("b{burst}-{i}"), "t")).collect();
            seen = seen.after_reading(&fresh, 9);
        }
        assert!(seen.gone.iter().map(|(_, g)| g.len()).sum::<usize>() <= MAX_GONE_KEYS);
    }
}
