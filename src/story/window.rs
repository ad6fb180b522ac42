//! The window: the reports that are remembered, and where to look them up again by what they say.
//!
//! What it answers is a function of the reports in it and of their order, never of those that left: counts are lengths of
//! lists, sums are of integers, and nothing depends on the places that reports and features got.

use std::collections::{BTreeSet, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::read::{Feature, Kind, Reading, Tongue};
use super::seed::Plain;
use crate::model::{FeedId, Item, ItemId, StoryId};

/// A remembered item.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) id: ItemId,
    pub(super) feed: FeedId,
    pub(super) story: StoryId,
    /// When it came in.
    at: Timestamp,
    /// When it was published, in seconds, and not after it came in.
    pub(super) date: i64,
    pub(super) tongue: Tongue,
    pub(super) sketch: u32,
    pub(super) text: u64,
    /// Its number in the order of all reports.
    pub(super) turn: u64,
    /// In the order of their places.
    pub(super) entries: Box<[Entry]>,
}

/// A feature of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Its place in the window.
    pub(super) place: u32,
    pub(super) weight: u8,
    pub(super) kind: Kind,
    pub(super) title: bool,
    /// In how many of two hundred items of any news it would be found.
    pub(super) common: u8,
}

/// A feature that some report has.
#[derive(Debug)]
struct Known {
    hash: u64,
    /// Its reports in their order.
    reports: VecDeque<u32>,
}

/// The place of a report.
pub(super) type Slot = u32;

#[derive(Debug, Default)]
pub(super) struct Window {
    reports: Vec<Option<Report>>,
    free: Vec<Slot>,
    by_item: HashMap<ItemId, Slot>,
    by_age: BTreeSet<(Timestamp, u64, Slot)>,
    turns: u64,
    places: HashMap<u64, u32, Plain>,
    known: Vec<Known>,
    free_places: Vec<u32>,
    stories: HashMap<StoryId, VecDeque<Slot>>,
}

impl Window {
    pub(super) fn len(&self) -> usize {
        self.by_item.len()
    }

    /// One more than the highest slot.
    pub(super) fn slots(&self) -> usize {
        self.reports.len()
    }

    pub(super) fn report(&self, slot: Slot) -> Option<&Report> {
        self.reports.get(slot as usize)?.as_ref()
    }

    pub(super) fn of_item(&self, id: ItemId) -> Option<&Report> {
        self.report(*self.by_item.get(&id)?)
    }

    /// The reports of a story in their order.
    pub(super) fn of_story(&self, story: StoryId) -> impl DoubleEndedIterator<Item = Slot> + ExactSizeIterator + '_ {
        self.stories.get(&story).map(VecDeque::iter).unwrap_or_default().copied()
    }

    /// The reports with a feature, in their order, and its place.
    pub(super) fn with(&self, hash: u64) -> Option<(&VecDeque<Slot>, u32)> {
        self.places.get(&hash).map(|place| (&self.known[*place as usize].reports, *place))
    }

    /// How many reports have the feature at a place.
    pub(super) fn count(&self, place: u32) -> usize {
        self.known.get(place as usize).map_or(0, |known| known.reports.len())
    }

    /// Forgets what did not come in within `length` of now, before or, by a clock that was wrong, after it; and the oldest
    /// of more than `most`.
    pub(super) fn forget(&mut self, now: Timestamp, length: SignedDuration, most: usize) {
        let oldest = now.checked_sub(length).unwrap_or(Timestamp::MIN);
        let newest = now.checked_add(length).unwrap_or(Timestamp::MAX);
        while let Some(&(at, _, slot)) = self.by_age.first()
            && (at < oldest || self.len() > most)
        {
            self.remove(slot);
        }
        while let Some(&(at, _, slot)) = self.by_age.last()
            && at > newest
        {
            self.remove(slot);
        }
    }

    pub(super) fn put(&mut self, item: &Item, reading: &Reading, story: StoryId, at: Timestamp) -> Slot {
        if let Some(slot) = self.by_item.get(&item.id) {
            self.remove(*slot);
        }
        let slot = self.free.pop().unwrap_or(self.reports.len() as Slot);
        let turn = self.turns;
        self.turns += 1;
        let mut entries: Vec<Entry> = reading.features.iter().map(|feature| self.enter(feature, slot)).collect();
        entries.sort_unstable_by_key(|entry| entry.place);
        let report = Report {
            id: item.id,
            feed: item.feed,
            story,
            at,
            date: date(item, at),
            tongue: reading.tongue,
            sketch: reading.sketch,
            text: reading.text,
            turn,
            entries: entries.into_boxed_slice(),
        };
        if slot as usize == self.reports.len() {
            self.reports.push(Some(report));
        } else {
            self.reports[slot as usize] = Some(report);
        }
        self.by_item.insert(item.id, slot);
        self.by_age.insert((at, turn, slot));
        self.stories.entry(story).or_default().push_back(slot);
        slot
    }

    /// Gives a report to another story.
    pub(super) fn give(&mut self, item: ItemId, into: StoryId) {
        let Some(&slot) = self.by_item.get(&item) else { return };
        let Some(from) = self.report(slot).map(|report| report.story) else { return };
        self.leave(from, slot);
        self.arrive(into, &[slot]);
    }

    /// Gives all reports of a story to another.
    pub(super) fn give_all(&mut self, from: StoryId, into: StoryId) {
        if from != into {
            let slots: Vec<Slot> = self.stories.remove(&from).unwrap_or_default().into();
            self.arrive(into, &slots);
        }
    }

    fn arrive(&mut self, story: StoryId, slots: &[Slot]) {
        if slots.is_empty() {
            return;
        }
        for slot in slots {
            if let Some(report) = self.reports.get_mut(*slot as usize).and_then(Option::as_mut) {
                report.story = story;
            }
        }
        let mut members = self.stories.remove(&story).unwrap_or_default();
        members.extend(slots);
        members.make_contiguous().sort_by_key(|slot| turn(&self.reports, *slot));
        self.stories.insert(story, members);
    }

    fn leave(&mut self, story: StoryId, slot: Slot) {
        let Some(members) = self.stories.get_mut(&story) else { return };
        drop_from(members, slot, &self.reports);
        if members.is_empty() {
            self.stories.remove(&story);
        }
    }

    fn enter(&mut self, feature: &Feature, slot: Slot) -> Entry {
        let place = *self.places.entry(feature.hash).or_insert_with(|| {
            let fresh = || Known { hash: feature.hash, reports: VecDeque::new() };
            match self.free_places.pop() {
                Some(place) => {
                    self.known[place as usize] = fresh();
                    place
                }
                None => {
                    self.known.push(fresh());
                    self.known.len() as u32 - 1
                }
            }
        });
        self.known[place as usize].reports.push_back(slot);
        let Feature { weight, kind, title, common, .. } = *feature;
        Entry { place, weight, kind, title, common }
    }

    fn remove(&mut self, slot: Slot) {
        // The lists are in the order of turns, so the report has to stand in its slot while it is looked for there.
        let Some(report) = self.reports.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let entries = std::mem::take(&mut report.entries);
        let (id, story, at, turn) = (report.id, report.story, report.at, report.turn);
        for entry in &entries {
            let known = &mut self.known[entry.place as usize];
            drop_from(&mut known.reports, slot, &self.reports);
            if known.reports.is_empty() {
                known.reports = VecDeque::new();
                self.places.remove(&known.hash);
                self.free_places.push(entry.place);
            }
        }
        self.leave(story, slot);
        self.by_item.remove(&id);
        self.by_age.remove(&(at, turn, slot));
        self.reports[slot as usize] = None;
        self.free.push(slot);
    }
}

/// Takes a report out of a list that is in the order of turns: the oldest and the newest leave most often, and at once.
fn drop_from(list: &mut VecDeque<Slot>, slot: Slot, reports: &[Option<Report>]) {
    if list.front() == Some(&slot) {
        list.pop_front();
    } else if let Ok(at) = list.binary_search_by_key(&turn(reports, slot), |slot| turn(reports, *slot)) {
        list.remove(at);
    }
}

fn turn(reports: &[Option<Report>], slot: Slot) -> u64 {
    reports.get(slot as usize).and_then(Option::as_ref).map_or(u64::MAX, |report| report.turn)
}

/// When an item was published, as far as it is known, in seconds. What claims to be of the future is of now.
pub(super) fn date(item: &Item, at: Timestamp) -> i64 {
    item.date().map_or(at, |date| date.min(at)).as_second()
}
