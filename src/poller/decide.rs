//! From the items of a document to what can be decided without looking at other feeds: which are new, and what the watches
//! make of them.

use jiff::{SignedDuration, Timestamp};

use super::Shared;
use crate::model::{Edits, Feed, Item, ItemId, ItemKeys, Knowledge, Match, Seen};
use crate::parse;
use crate::story::{Facts, link_hash};

/// So many items under new keys at one poll are no accident.
pub(super) const MIN_MOVED: usize = 3;

/// A document, read.
pub(super) struct Reading {
    /// What is new or says something new, oldest first, so that the first report of a story is the one that opens it.
    pub(super) fresh: Vec<Fresh>,
    /// The seen keys from now on, where they changed.
    pub(super) seen: Option<Seen>,
    /// All that the document shows, in its order.
    pub(super) shown: Vec<Shown>,
    /// How many of these are known under another GUID or URL.
    pub(super) moved: usize,
}

/// An item that is to be decided.
pub(super) struct Fresh {
    pub(super) item: Item,
    /// What every watch with any evidence made of it.
    pub(super) matches: Vec<Match>,
    /// Where a thread may ask for them.
    pub(super) facts: Option<Facts>,
    /// It was known, and says something else now.
    pub(super) edited: bool,
    /// A feed's first poll found it, and it is too old to be news.
    pub(super) baseline: bool,
}

/// What a thread may recognise an item by.
pub(super) struct Shown {
    /// Its id, and the one that it has where another item has worn its GUID.
    pub(super) ids: [ItemId; 2],
    pub(super) link: Option<u64>,
    pub(super) date: Option<Timestamp>,
}

/// Reads the items of a document, which stand in its order.
pub(super) fn read(
    shared: &Shared,
    feed: &Feed,
    first_run: bool,
    items: Vec<(Item, ItemKeys)>,
    seen: &Seen,
    now: Timestamp,
) -> Reading {
    let today = u32::try_from(now.as_second() / 86_400).unwrap_or(0);
    let keys: Vec<ItemKeys> = items.iter().map(|(_, keys)| *keys).collect();
    let after = seen.after_reading(&keys, today);
    let shown = items.iter().map(|(item, keys)| shown(feed, item, keys)).collect();
    let lookback = SignedDuration::try_from(shared.options.lookback).unwrap_or(SignedDuration::MAX);
    let oldest = now.checked_sub(lookback).unwrap_or(Timestamp::MIN);
    let known: Vec<Knowledge> = items.iter().map(|(_, keys)| seen.knowledge(keys)).collect();
    let has_moved = has_moved(&known);
    let (mut fresh, mut moved) = (Vec::new(), 0);
    for ((mut item, keys), knowledge) in items.into_iter().zip(known).rev() {
        match knowledge {
            Knowledge::Unchanged => continue,
            // Without a date what says the same may be another siren, unless all that the feed shows has moved.
            Knowledge::Moved if item.published.is_none() && !has_moved => {}
            Knowledge::Moved => {
                moved += 1;
                continue;
            }
            Knowledge::Edited if feed.edits == Edits::Ignore => continue,
            Knowledge::New | Knowledge::Edited => {}
            // Under an id of its own: it wears another item's GUID or URL.
            Knowledge::Reused => item.id = parse::id_by_fingerprint(feed.id, &keys),
        }
        let edited = knowledge == Knowledge::Edited;
        let matches = shared.parts.matcher.match_item(&item);
        let facts = (edited || matches.iter().any(Match::alerts)).then(|| Facts::of(&item));
        let baseline = first_run && item.date().is_none_or(|date| date < oldest);
        fresh.push(Fresh { item, matches, facts, edited, baseline });
    }
    Reading { fresh, seen: (after != *seen).then_some(after), shown, moved }
}

/// Whether the publisher has given everything new keys.
fn has_moved(known: &[Knowledge]) -> bool {
    let moved = known.iter().filter(|knowledge| **knowledge == Knowledge::Moved).count();
    moved >= MIN_MOVED && !known.contains(&Knowledge::Unchanged)
}

fn shown(feed: &Feed, item: &Item, keys: &ItemKeys) -> Shown {
    Shown {
        ids: [item.id, parse::id_by_fingerprint(feed.id, keys)],
        link: item.link.as_deref().map(link_hash),
        date: item.published,
    }
}
