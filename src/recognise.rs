//! Between stops 3 and 4 of the trip: which items of a document are known, and as what.
//!
//! Publishers give items new GUIDs and URLs, give old ones to other items, and change what items say. An item keeps the id
//! that it was first given through all of that:
//!
//! 1. It says what a known item says, of the same second or under the same key: it is that item, whatever else it wears.
//! 2. Its GUID is known, or its URL if the GUIDs do not contradict, with what it says, with a similar title, or with the same
//!    text and date: it is that item, as it was or edited. If it left the feed, or another item wore its GUID meanwhile,
//!    and it comes back with a later date, it may be the siren of today after that of yesterday, or an article that was
//!    touched up.
//! 3. Its GUID or URL is known with another title: another item wears it.
//! 4. What has no key of its own is known by its beginning.
//! 5. Items without a date that tells, and items of the same second whose title alone is the same, have moved if all that
//!    the feed shows has.
//!
//! In doubt an item is new: a report that is told twice is a nuisance, one that is not told is a loss.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::model::{Edits, FeedId, ItemId, ItemKeys, Seen, SeenItem, similar_sketches};

/// So many items under new keys at one poll are no accident.
pub const MIN_MOVED: usize = 3;
/// A feed whose items have all moved shows one that has not for so many that have, at most.
const MOVED_TO_STAYED: usize = 4;
/// Dates that lie no further apart are one, in seconds: some feeds reckon them anew at each request.
const SAME_MOMENT: i64 = 60;
/// Dates that were made for the request, or for a cache before it, are not older, in seconds.
const MADE_NOW: i64 = 5 * 60;
/// A date without a time of day is midnight somewhere: a quarter of an hour in UTC, in seconds.
const QUARTER: i64 = 15 * 60;

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Never seen.
    New,
    /// Seen, and it says what it said.
    Unchanged,
    /// It says what it said, under another GUID or URL.
    Moved,
    /// It is known, but says something else now.
    Edited,
    /// It was gone, and is back with a later date.
    Returned,
    /// It is known, and only digits below its title have changed: they may count the dead or the comments.
    Recounted,
    /// It wears a GUID or URL that is known from another item.
    Reused,
}

/// An item of a document, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The id that it was first given.
    pub id: ItemId,
    /// What is known of it.
    pub knowledge: Knowledge,
    /// Hashes of the watches that have found enough in it to alert.
    pub told: Vec<u32>,
    /// Whether it wears other keys than before.
    pub moved: bool,
    /// Its date before, in seconds since 1970-01-01T00:00Z.
    pub published: Option<i64>,
    /// Whether its date is later than that.
    pub later: bool,
    /// The known item whose keys it wears, where it is another one.
    pub worn: Option<ItemId>,
}

/// Recognises the items of a document of `feed` that came in at `now` (in seconds), each given with the id that its keys
/// make. `edits` says whether a date or a number alone is an edit.
pub fn recognise(feed: FeedId, edits: Edits, now: i64, items: &[(ItemId, ItemKeys)], seen: &Seen) -> Vec<Recognised> {
    let mut reading = Reading::new(edits, now, items, seen);
    reading.each(items, Reading::same);
    reading.each(items, Reading::by_date);
    reading.each(items, Reading::by_key);
    reading.each(items, Reading::recounted);
    reading.all_moved(items, seen.present());
    let mut taken = HashSet::new();
    let named = items.iter().zip(&reading.found).map(|((id, keys), found)| {
        let new = Found { knowledge: Knowledge::New, known: None, worn: None };
        let mut recognised = named(feed, *id, keys, found.unwrap_or(new), &reading.ids);
        // Two items of a document are never one, though each wears a key of the same known item: the first is.
        if !taken.insert(recognised.id) {
            let id = other_id(feed, keys);
            taken.insert(id);
            let worn = Some(recognised.id);
            recognised = another(id, Knowledge::Reused, worn);
        }
        recognised
    });
    named.collect()
}

fn named(feed: FeedId, id: ItemId, keys: &ItemKeys, found: Found<'_>, ids: &HashSet<ItemId>) -> Recognised {
    let Found { knowledge, known, worn } = found;
    let worn = worn.and_then(|worn| worn.id);
    let Some(known) = known else {
        let id = if knowledge == Knowledge::Reused || ids.contains(&id) { other_id(feed, keys) } else { id };
        return another(id, knowledge, worn);
    };
    let moved = known.id.is_some() && (differ(keys.guid, known.keys.guid) || differ(keys.link, known.keys.link));
    let (published, later) = (known.keys.published, later(keys, &known.keys));
    Recognised { id: known.id.unwrap_or(id), knowledge, told: known.told.clone(), moved, published, later, worn }
}

/// An item that is none of those that are known.
fn another(id: ItemId, knowledge: Knowledge, worn: Option<ItemId>) -> Recognised {
    Recognised { id, knowledge, told: Vec::new(), moved: false, published: None, later: false, worn }
}

/// The id of an item whose keys make the id of another.
pub fn other_id(feed: FeedId, keys: &ItemKeys) -> ItemId {
    let ItemKeys { text, words, figures, published, .. } = *keys;
    let parts = [text, words, Some(u64::from(figures)), published.map(|at| at as u64)];
    let bytes = parts.map(|part| part.unwrap_or(0).to_be_bytes());
    ItemId::new(feed, "other", bytes.as_flattened())
}

#[derive(Clone, Copy)]
struct Found<'s> {
    knowledge: Knowledge,
    known: Option<&'s SeenItem>,
    /// Another item that wore its key.
    worn: Option<&'s SeenItem>,
}

impl<'s> Found<'s> {
    fn of(knowledge: Knowledge, known: &'s SeenItem) -> Self {
        Self { knowledge, known: Some(known), worn: None }
    }
}

/// The seen items that a document may mean, and which it does.
struct Reading<'s> {
    edits: Edits,
    now: i64,
    /// Those with a key, the present first, then from the latest day on.
    by_key: HashMap<u64, Vec<&'s SeenItem>>,
    /// Those that say what an item of the document says, but for digits, and did so in the same second.
    by_words: HashMap<(u64, i64), VecDeque<&'s SeenItem>>,
    /// How many items of the document begin so.
    beginnings: HashMap<u64, usize>,
    /// Ids of items of the document that are known.
    ids: HashSet<ItemId>,
    /// The ids of the last reading.
    present: HashSet<ItemId>,
    found: Vec<Option<Found<'s>>>,
    /// The ids that were found.
    claimed: HashSet<ItemId>,
}

impl<'s> Reading<'s> {
    fn new(edits: Edits, now: i64, items: &[(ItemId, ItemKeys)], seen: &'s Seen) -> Self {
        let keys = || items.iter().map(|(_, keys)| keys);
        let mut reading = Self {
            edits,
            now,
            by_key: keys().flat_map(ItemKeys::each).map(|key| (key, Vec::new())).collect(),
            by_words: keys().filter_map(said).map(|said| (said, VecDeque::new())).collect(),
            beginnings: HashMap::new(),
            ids: HashSet::new(),
            present: seen.present().iter().filter_map(|item| item.id).collect(),
            found: vec![None; items.len()],
            claimed: HashSet::new(),
        };
        let made: HashSet<ItemId> = items.iter().map(|(id, _)| *id).collect();
        for item in seen.present().iter().chain(seen.gone()) {
            for key in item.keys.each() {
                reading.by_key.entry(key).and_modify(|list| list.push(item));
            }
            if let Some(said) = said(&item.keys) {
                reading.by_words.entry(said).and_modify(|list| list.push_back(item));
            }
            reading.ids.extend(item.id.filter(|id| made.contains(id)));
        }
        for text in keys().filter_map(|keys| keys.text) {
            *reading.beginnings.entry(text).or_insert(0) += 1;
        }
        reading
    }

    /// Looks for each item that was not found yet.
    fn each(&mut self, items: &[(ItemId, ItemKeys)], look: fn(&mut Self, &ItemKeys) -> Option<Found<'s>>) {
        for (at, (_, keys)) in items.iter().enumerate() {
            if self.found[at].is_none_or(|found| found.known.is_none()) {
                let found = look(self, keys).or(self.found[at]);
                self.find(at, found);
            }
        }
    }

    fn find(&mut self, at: usize, found: Option<Found<'s>>) {
        self.claimed.extend(found.and_then(|found| found.known?.id));
        self.found[at] = found;
    }

    /// Whether no item of the document is this one yet.
    fn is_free(&self, known: &SeenItem) -> bool {
        known.id.is_none_or(|id| !self.claimed.contains(&id))
    }

    /// Under a known key, with all that it said, of the same time.
    fn same(&mut self, keys: &ItemKeys) -> Option<Found<'s>> {
        let of = |keys: &ItemKeys| (keys.words, keys.figures, keys.published);
        let mut known = keys.each().filter_map(|key| self.by_key.get(&key)).flatten();
        let known = known.find(|known| of(&known.keys) == of(keys) && self.is_free(known))?;
        Some(Found::of(Knowledge::Unchanged, known))
    }

    /// By its second, whatever keys it wears.
    fn by_date(&mut self, keys: &ItemKeys) -> Option<Found<'s>> {
        let same = |known: &&&SeenItem| known.keys.figures == keys.figures && self.is_free(known);
        let known = self.by_words.get(&said(keys)?)?.iter().find(same)?;
        Some(Found::of(Knowledge::Moved, known))
    }

    /// By its second, with other digits: what said so has just left the feed, or that one moved and counts its comments.
    fn recounted(&mut self, keys: &ItemKeys) -> Option<Found<'s>> {
        let was_there = |known: &SeenItem| known.id.is_some_and(|id| self.present.contains(&id));
        let mut known = self.by_words.get(&said(keys)?)?.iter();
        let known = known.find(|known| was_there(known) && self.is_free(known))?;
        Some(Found::of(self.unchanged(keys, known), known))
    }

    /// By GUID or URL: a known one tells either way. By its beginning, where both are new or it has neither.
    fn by_key(&mut self, keys: &ItemKeys) -> Option<Found<'s>> {
        let wearers = || keys.given().filter_map(|key| self.by_key.get(&key)).flatten().copied();
        let Some(worn) = wearers().next() else { return self.by_text(keys) };
        let alike =
            |known: &SeenItem| similar_sketches(known.keys.sketch, keys.sketch) || is_retitled(keys, &known.keys);
        let says_so = |known: &SeenItem| known.keys.words.map_or_else(|| alike(known), |was| Some(was) == keys.words);
        let was_away = |known: &SeenItem| known.id.is_some_and(|id| !self.present.contains(&id));
        let free = || wearers().filter(|known| self.is_free(known) && !contradict(keys, &known.keys));
        let same = free().find(|known| says_so(known));
        let Some(known) = same.or_else(|| free().find(|known| alike(known))) else {
            return Some(Found { knowledge: Knowledge::Reused, known: None, worn: Some(worn) });
        };
        let knowledge = match same {
            _ if was_away(known) && later(keys, &known.keys) => Knowledge::Returned,
            Some(_) => self.unchanged(keys, known),
            None => Knowledge::Edited,
        };
        Some(Found::of(knowledge, known))
    }

    /// By its beginning, where no other item of the document begins so. It has no key that tells one time from another.
    fn by_text(&self, keys: &ItemKeys) -> Option<Found<'s>> {
        let text = keys.text.filter(|text| self.beginnings.get(text) == Some(&1))?;
        let known = self.by_key.get(&text)?.iter().find(|known| self.is_free(known))?;
        let knowledge = match known.keys.words == keys.words {
            _ if later(keys, &known.keys) => Knowledge::Returned,
            true => self.unchanged(keys, known),
            false => Knowledge::Edited,
        };
        Some(Found::of(knowledge, known))
    }

    /// What an item is that says what it said, but for digits and its date.
    fn unchanged(&self, keys: &ItemKeys, known: &SeenItem) -> Knowledge {
        let recounted = known.keys.words.is_some() && known.keys.figures != keys.figures;
        match self.edits {
            Edits::Alert if recounted || later(keys, &known.keys) => Knowledge::Edited,
            Edits::Update if recounted => Knowledge::Recounted,
            _ => Knowledge::Unchanged,
        }
    }

    /// A feed that makes new keys for all that it shows, where single items do not tell.
    fn all_moved(&mut self, items: &[(ItemId, ItemKeys)], present: &'s [SeenItem]) {
        let by_date = self.found.iter().flatten().filter(|found| found.knowledge == Knowledge::Moved).count();
        let successors = self.successors(items, present);
        let moved = successors.len() + by_date;
        if moved >= MIN_MOVED && (items.len() - moved) * MOVED_TO_STAYED <= moved {
            for (at, found) in successors {
                self.find(at, Some(found));
            }
        }
    }

    /// What may have become of the items of the last reading that the document does not show. An item says the same, and its
    /// date tells nothing: there is none, it names no time of day, or all dates are made anew as well. Or it is of the same
    /// second and has the same title.
    fn successors(&self, items: &[(ItemId, ItemKeys)], present: &'s [SeenItem]) -> Vec<(usize, Found<'s>)> {
        let dates = || items.iter().filter_map(|(_, keys)| keys.published);
        let span = dates().max().unwrap_or(0).saturating_sub(dates().min().unwrap_or(0));
        let made_at_once = span <= SAME_MOMENT
            && dates().max().is_some_and(|latest| latest.abs_diff(self.now) <= MADE_NOW.unsigned_abs());
        let said = |keys: &ItemKeys| (keys.words, keys.figures, keys.published.filter(|_| !made_at_once));
        let titled = |keys: &ItemKeys| Some((keys.sketch, exact(keys)?));
        let (mut by_words, mut by_title): (HashMap<_, VecDeque<_>>, HashMap<_, VecDeque<_>>) = Default::default();
        for known in present.iter().filter(|known| known.id.is_some() && self.is_free(known)) {
            by_words.entry(said(&known.keys)).or_default().push_back(known);
            if let Some(titled) = titled(&known.keys) {
                by_title.entry(titled).or_default().push_back(known);
            }
        }
        let new = items.iter().enumerate().filter(|(at, _)| self.found[*at].is_none());
        let successor = |(at, (_, keys)): (usize, &(ItemId, ItemKeys))| {
            if made_at_once || exact(keys).is_none() {
                let known = by_words.get_mut(&said(keys)).and_then(VecDeque::pop_front)?;
                return Some((at, Found::of(Knowledge::Moved, known)));
            }
            let known = by_title.get_mut(&titled(keys)?)?.pop_front()?;
            Some((at, Found::of(Knowledge::Edited, known)))
        };
        new.filter_map(successor).collect()
    }
}

/// What it says, but for digits, and its second.
fn said(keys: &ItemKeys) -> Option<(u64, i64)> {
    Some((keys.words?, exact(keys)?))
}

fn differ(now: Option<u64>, before: Option<u64>) -> bool {
    now.is_some() && before.is_some() && now != before
}

/// Whether two items at one URL are two: their GUIDs differ, and so do their dates, or what they say where they have none.
fn contradict(now: &ItemKeys, before: &ItemKeys) -> bool {
    differ(now.guid, before.guid)
        && match (now.published, before.published) {
            (Some(now), Some(before)) => now.abs_diff(before) > SAME_MOMENT.unsigned_abs(),
            _ => now.words != before.words,
        }
}

/// When it was published, if that names more than a day.
fn exact(keys: &ItemKeys) -> Option<i64> {
    keys.published.filter(|date| date.rem_euclid(QUARTER) != 0)
}

/// Whether all but the title is as it was.
fn is_retitled(now: &ItemKeys, before: &ItemKeys) -> bool {
    exact(now).is_some() && now.published == before.published && now.body != 0 && now.body == before.body
}

fn later(now: &ItemKeys, before: &ItemKeys) -> bool {
    matches!((now.published, before.published), (Some(now), Some(before)) if now > before.saturating_add(SAME_MOMENT))
}

#[cfg(test)]
mod tests;
