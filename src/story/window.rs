//! The items of the last [`WINDOW`], with what each says: who resembles whom, and who else tells a story.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::likeness::{Likeness, Sums};
use super::reading::{BELOW, Feature, KINDS, Kind, Reading};
use super::terms::{TermId, Terms};
use super::{MAX_ITEMS, WINDOW};
use crate::model::{FeedId, ItemId, StoryId};

/// Features that candidates are looked for by, the rarest.
const MAX_SOUGHT: usize = 32;
/// Stories that are looked at closely.
const MAX_STORIES: usize = 8;
/// What says fewer words ("Live updates", "Earthquake") says too little to be compared.
const MIN_WORDS: usize = 3;
/// Reports of a story that are compared: its first ones and its newest.
const MAX_COMPARED: usize = 12;

/// An item of the window.
#[derive(Debug)]
struct Slot {
    item: ItemId,
    story: StoryId,
    feed: FeedId,
    /// When it came in.
    seen: Timestamp,
    /// When it was published, in minutes; what came in before it was published came in then.
    minute: i64,
    language: u16,
    title: u32,
    said: Box<[(Feature, TermId, u8)]>,
}

/// See the module. Items are numbered in the order in which they came in.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// `None` where an item was taken out, or came in again under a later number.
    slots: VecDeque<Option<Slot>>,
    /// The number of the first slot.
    first: u64,
    numbers: HashMap<ItemId, u64>,
    stories: HashMap<StoryId, VecDeque<u64>>,
    terms: Terms,
    live: usize,
}

/// A story that an item may tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) story: StoryId,
    /// How probable it is.
    pub(super) score: f64,
    /// The report that the item resembles most.
    pub(super) nearest: ItemId,
    /// Whether it names other facts than that one.
    pub(super) differs: bool,
}

/// An item that is to be compared.
pub(super) struct Newcomer<'a> {
    pub(super) feed: FeedId,
    pub(super) minute: i64,
    pub(super) reading: &'a Reading,
}

impl Window {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn is_open(&self, story: StoryId) -> bool {
        self.stories.contains_key(&story)
    }

    /// The story that an item was given.
    pub(super) fn story_of(&self, item: ItemId) -> Option<StoryId> {
        Some(self.slot(*self.numbers.get(&item)?)?.story)
    }

    fn slot(&self, number: u64) -> Option<&Slot> {
        self.slots.get(usize::try_from(number.checked_sub(self.first)?).ok()?)?.as_ref()
    }

    /// Adds an item; one that is here already is replaced.
    pub(super) fn add(&mut self, item: ItemId, story: StoryId, seen: Timestamp, newcomer: &Newcomer<'_>) {
        self.remove(item);
        let number = self.first + self.slots.len() as u64;
        let said = newcomer.reading.said.iter();
        let said = said.map(|(feature, weight)| (*feature, self.terms.add(*feature, number), *weight)).collect();
        let Newcomer { feed, minute, reading } = *newcomer;
        self.slots.push_back(Some(Slot {
            item,
            story,
            feed,
            seen,
            minute,
            language: reading.language,
            title: reading.title,
            said,
        }));
        self.numbers.insert(item, number);
        self.stories.entry(story).or_default().push_back(number);
        self.live += 1;
        self.forget(seen);
    }

    /// Takes out what came in longer ago than [`WINDOW`], and what is too much.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let window = SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX);
        while let Some(slot) = self.slots.front() {
            match slot {
                Some(slot) if now.duration_since(slot.seen) <= window && self.live <= MAX_ITEMS => break,
                Some(slot) => {
                    let item = slot.item;
                    self.remove(item);
                }
                None => {}
            }
            self.slots.pop_front();
            self.first += 1;
        }
    }

    fn remove(&mut self, item: ItemId) {
        let Some(number) = self.numbers.remove(&item) else { return };
        let place = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        let Some(slot) = self.slots.get_mut(place).and_then(Option::take) else { return };
        self.live -= 1;
        for (feature, term, _) in &slot.said {
            self.terms.remove(*feature, *term, number);
        }
        self.leave(slot.story, number);
    }

    fn leave(&mut self, story: StoryId, number: u64) {
        if let Some(members) = self.stories.get_mut(&story) {
            if let Ok(at) = members.binary_search(&number) {
                members.remove(at);
            }
            if members.is_empty() {
                self.stories.remove(&story);
            }
        }
    }

    /// Gives an item to another story.
    pub(super) fn split(&mut self, item: ItemId, into: StoryId) {
        let Some(number) = self.numbers.get(&item).copied() else { return };
        let Some(from) = self.slot(number).map(|slot| slot.story) else { return };
        self.leave(from, number);
        self.put(number, into);
    }

    /// Gives all items of a story to another.
    pub(super) fn join(&mut self, from: StoryId, into: StoryId) {
        if from != into {
            for number in self.stories.remove(&from).unwrap_or_default() {
                self.put(number, into);
            }
        }
    }

    fn put(&mut self, number: u64, into: StoryId) {
        let place = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        if let Some(slot) = self.slots.get_mut(place).and_then(Option::as_mut) {
            slot.story = into;
        }
        let members = self.stories.entry(into).or_default();
        let at = members.partition_point(|member| *member < number);
        members.insert(at, number);
    }

    /// The stories that an item may tell, by what they have in common with it.
    pub(super) fn candidates(&self, newcomer: &Newcomer<'_>) -> Vec<Candidate> {
        let words = newcomer.reading.said.iter().filter(|(feature, _)| feature.kind() == Kind::Word).count();
        if words < MIN_WORDS {
            return Vec::new();
        }
        let mine = self.weighed(newcomer.reading);
        let near = self.near(&mine);
        let mut stories: Vec<StoryId> = Vec::with_capacity(MAX_STORIES);
        for number in near {
            let Some(slot) = self.slot(number) else { continue };
            if !stories.contains(&slot.story) {
                stories.push(slot.story);
            }
            if stories.len() == MAX_STORIES {
                break;
            }
        }
        stories.into_iter().filter_map(|story| self.candidate(story, newcomer, &mine)).collect()
    }

    /// The newcomer's features with their rarity times their weight; those that no other item has too.
    fn weighed(&self, reading: &Reading) -> Vec<Weighed> {
        let weigh = |(feature, weight): &(Feature, u8)| {
            let term = self.terms.find(*feature);
            let items = term.map_or(0, |term| self.terms.items(term));
            let value = f64::from(*weight) / 10.0 * Terms::rarity(items, self.live);
            Weighed { feature: *feature, term, items, weight: *weight, value }
        };
        reading.said.iter().map(weigh).collect()
    }

    /// The items that share the rarest features, those that share most first.
    fn near(&self, mine: &[Weighed]) -> Vec<u64> {
        let mut sought: Vec<&Weighed> = mine.iter().filter(|one| one.term.is_some()).collect();
        // By the feature, since a term's place is another one after a restart.
        sought.sort_by_key(|one| (one.items, one.feature));
        let mut shared: BTreeMap<u64, f64> = BTreeMap::new();
        for one in sought.into_iter().take(MAX_SOUGHT) {
            for number in one.term.into_iter().flat_map(|term| self.terms.newest(term)) {
                *shared.entry(number).or_default() += one.value * one.value;
            }
        }
        let mut near: Vec<(u64, f64)> = shared.into_iter().collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        near.into_iter().map(|(number, _)| number).collect()
    }

    fn candidate(&self, story: StoryId, newcomer: &Newcomer<'_>, mine: &[Weighed]) -> Option<Candidate> {
        let members = self.stories.get(&story)?;
        let newest = members.len().saturating_sub(MAX_COMPARED - MAX_COMPARED / 4);
        let compared = members.iter().enumerate().filter(|(at, _)| *at < MAX_COMPARED / 4 || *at >= newest);
        let (mut sum, mut count) = (0.0, 0.0);
        let mut best: Option<(f64, ItemId, bool)> = None;
        for slot in compared.filter_map(|(_, number)| self.slot(*number)) {
            let likeness = self.likeness(newcomer, mine, slot);
            let probability = likeness.probability();
            sum += probability;
            count += 1.0;
            if best.is_none_or(|(most, ..)| probability > most) {
                best = Some((probability, slot.item, likeness.differs()));
            }
        }
        let (most, nearest, differs) = best?;
        let score = BEST_SHARE * most + (1.0 - BEST_SHARE) * sum / count;
        Some(Candidate { story, score, nearest, differs })
    }

    fn likeness(&self, newcomer: &Newcomer<'_>, mine: &[Weighed], slot: &Slot) -> Likeness {
        let mut sums = Sums::default();
        let (mut my_norm, mut other_norm) = ([0.0; KINDS], [0.0; KINDS]);
        let (mut my_own, mut other_own) = ([0.0; KINDS], [0.0; KINDS]);
        for one in mine {
            my_norm[one.feature.kind() as usize] += one.value * one.value;
            my_own[one.feature.kind() as usize] += headline(one.weight);
        }
        let mut at = 0;
        for (feature, term, weight) in &slot.said {
            let kind = feature.kind();
            let value = f64::from(*weight) / 10.0 * Terms::rarity(self.terms.items(*term), self.live);
            other_norm[kind as usize] += value * value;
            while at < mine.len() && mine[at].feature < *feature {
                at += 1;
            }
            if let Some(same) = mine.get(at).filter(|mine| mine.feature == *feature) {
                sums.add(kind, same.value * value);
                my_own[kind as usize] -= headline(same.weight);
            } else {
                other_own[kind as usize] += headline(*weight);
            }
        }
        let cosine = |kind: Kind| {
            let norms = my_norm[kind as usize] * other_norm[kind as usize];
            if norms > 0.0 { sums.dot[kind as usize] / norms.sqrt() } else { 0.0 }
        };
        let numbers = Kind::Number as usize;
        let own = |kind: Kind| f64::min(my_own[kind as usize], other_own[kind as usize]);
        Likeness {
            same_language: newcomer.reading.language == slot.language,
            same_feed: newcomer.feed == slot.feed,
            same_title: newcomer.reading.title == slot.title,
            words: cosine(Kind::Word),
            names: cosine(Kind::Name),
            own_entities: own(Kind::Entity),
            own_names: own(Kind::Name),
            shared_words: sums.count[Kind::Word as usize],
            entities: cosine(Kind::Entity),
            topics: cosine(Kind::Topic),
            shared_concepts: sums.count[Kind::Entity as usize] + sums.count[Kind::Topic as usize],
            shared_names: sums.count[Kind::Name as usize],
            shared_numbers: sums.count[numbers],
            numbers_differ: my_norm[numbers] > 0.0 && other_norm[numbers] > 0.0 && sums.count[numbers] == 0.0,
            hours: newcomer.minute.abs_diff(slot.minute) as f64 / 60.0,
        }
    }
}

/// How much the report that it resembles most counts, against all that are compared.
const BEST_SHARE: f64 = 0.4;

/// A feature of the newcomer.
struct Weighed {
    feature: Feature,
    term: Option<TermId>,
    items: u32,
    weight: u8,
    value: f64,
}

/// 1 for what stands in the headline.
fn headline(weight: u8) -> f64 {
    f64::from(u8::from(weight > BELOW))
}
