//! The features of all items in the window: how many items have each, and which had it last.

use std::collections::{HashMap, VecDeque};

use super::reading::Feature;

/// Items that are remembered of a feature, the newest: what thousands have tells nothing.
const MAX_POSTINGS: usize = 64;
/// The documents that a small window is thought to have beside its own, so that its first words are not all rare.
const PRIOR_ITEMS: f64 = 200.0;

/// A feature's place among the terms.
pub(super) type TermId = u32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Terms {
    places: HashMap<Feature, TermId>,
    terms: Vec<Term>,
    free: Vec<TermId>,
}

#[derive(Debug, Default)]
struct Term {
    /// Items of the window that have it.
    items: u32,
    /// The newest of them, by their numbers.
    newest: VecDeque<u64>,
}

impl Terms {
    /// The place of a feature, if any item has it.
    pub(super) fn find(&self, feature: Feature) -> Option<TermId> {
        self.places.get(&feature).copied()
    }

    /// Adds an item that has the feature; returns its place.
    pub(super) fn add(&mut self, feature: Feature, item: u64) -> TermId {
        let place = *self.places.entry(feature).or_insert_with(|| {
            self.free.pop().unwrap_or_else(|| {
                self.terms.push(Term::default());
                (self.terms.len() - 1) as TermId
            })
        });
        let term = &mut self.terms[place as usize];
        term.items += 1;
        term.newest.push_back(item);
        if term.newest.len() > MAX_POSTINGS {
            term.newest.pop_front();
        }
        place
    }

    /// Takes an item away again.
    pub(super) fn remove(&mut self, feature: Feature, place: TermId, item: u64) {
        let term = &mut self.terms[place as usize];
        term.items -= 1;
        // Mostly it is the oldest.
        if let Ok(at) = term.newest.binary_search(&item) {
            term.newest.remove(at);
        }
        if term.items == 0 {
            self.places.remove(&feature);
            self.free.push(place);
        }
    }

    /// The newest items that have it, oldest first.
    pub(super) fn newest(&self, place: TermId) -> impl Iterator<Item = u64> + '_ {
        self.terms[place as usize].newest.iter().copied()
    }

    /// How many items have it.
    pub(super) fn items(&self, place: TermId) -> u32 {
        self.terms[place as usize].items
    }

    /// How much it tells that an item has a feature that `having` of `all` items have.
    pub(super) fn rarity(having: u32, all: usize) -> f64 {
        (1.0 + (all as f64 + PRIOR_ITEMS) / (f64::from(having) + 0.5)).ln()
    }
}
