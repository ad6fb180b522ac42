//! Phrases with slop: words in their order, with so many others in all their gaps together.

use super::{Place, Stretch};
use crate::model::Field;

/// Where the phrase stands: of the stretches that begin at one place the shortest, and of those that end at one place
/// likewise. So every beginning and every end is known, and there are no more of them than places.
pub(super) fn stretches(words: &[&[Place]], slop: u32) -> Vec<Stretch> {
    let mut found = Vec::new();
    for field in Field::ALL {
        let within = |places: &&[Place]| -> Vec<Place> {
            let start = places.partition_point(|place| place.field < field);
            let end = places.partition_point(|place| place.field <= field);
            places[start..end].to_vec()
        };
        let forward: Vec<Vec<Place>> = words.iter().map(within).collect();
        if forward.iter().any(Vec::is_empty) {
            continue;
        }
        found.extend(by_end(&forward, slop).into_iter().map(|places| stretch(field, places)));
        // In the mirror, beginnings are ends.
        let backward: Vec<Vec<Place>> =
            forward.into_iter().rev().map(|places| places.into_iter().map(mirrored).collect()).collect();
        let mirrored_back = |places: Vec<Place>| places.into_iter().rev().map(mirrored).collect();
        found.extend(by_end(&backward, slop).into_iter().map(|places| stretch(field, mirrored_back(places))));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn stretch(field: Field, places: Vec<Place>) -> Stretch {
    let first = places.iter().map(|place| place.first_word).min().unwrap_or(0);
    let last = places.iter().map(|place| place.last_word).max().unwrap_or(0);
    Stretch { field, first, last, places }
}

fn mirrored(place: Place) -> Place {
    Place { first_word: u32::MAX - place.last_word, last_word: u32::MAX - place.first_word, ..place }
}

/// A place of one word with the tightest way to it.
struct Step {
    place: Place,
    /// Other words between the words so far.
    gap: i64,
    /// Which place of the word before, in the order of their last words.
    before: usize,
}

/// For each place of the last word at which the phrase may end, the places of its words with the least gap. All places
/// lie in one field.
///
/// The least gap to a place is that to an earlier one plus the words between: `gap(p) = min(gap(q) - q.last) + p.first -
/// 1` over the places `q` of the word before that end before `p`. So one sweep over both, sorted, does for each word.
fn by_end(words: &[Vec<Place>], slop: u32) -> Vec<Vec<Place>> {
    let mut layers: Vec<Vec<Step>> = Vec::with_capacity(words.len());
    for places in words {
        let mut steps: Vec<Step> = match layers.last() {
            None => places.iter().map(|place| Step { place: *place, gap: 0, before: 0 }).collect(),
            Some(before) => sweep(before, places, slop),
        };
        steps.sort_by_key(|step| step.place.last_word);
        layers.push(steps);
    }
    let ends = layers.last().map_or(0, Vec::len);
    (0..ends).map(|end| trail(&layers, end)).collect()
}

/// The places that can be reached from those before within the slop. `before` is sorted by last words.
fn sweep(before: &[Step], places: &[Place], slop: u32) -> Vec<Step> {
    let mut sorted = places.to_vec();
    sorted.sort_by_key(|place| place.first_word);
    let mut reached = Vec::new();
    let mut best: Option<(i64, usize)> = None;
    let mut next = 0;
    for place in sorted {
        while let Some(step) = before.get(next).filter(|step| step.place.last_word < place.first_word) {
            let reach = step.gap - i64::from(step.place.last_word);
            // Of equals the nearest.
            if best.is_none_or(|(least, _)| reach <= least) {
                best = Some((reach, next));
            }
            next += 1;
        }
        if let Some((reach, at)) = best {
            let gap = reach + i64::from(place.first_word) - 1;
            if gap <= i64::from(slop) {
                reached.push(Step { place, gap, before: at });
            }
        }
    }
    reached
}

/// The places on the way to place `at` of the last word.
fn trail(layers: &[Vec<Step>], mut at: usize) -> Vec<Place> {
    let mut places = Vec::with_capacity(layers.len());
    for layer in layers.iter().rev() {
        places.push(layer[at].place);
        at = layer[at].before;
    }
    places.reverse();
    places
}
