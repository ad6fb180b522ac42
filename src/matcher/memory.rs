//! Memory: what is known of words that were seen before.
//!
//! News says the same words again and again. Most are no form of anything watched, neither by letter nor by sound, and
//! nearly all others of few terms. Finding that out costs a walk through the index, an attempt at each term that begins
//! alike, and the word's sound; remembering it costs three words of memory.

use std::sync::atomic::{AtomicU64, Ordering};

use super::index::Anchor;
use super::language::Languages;

/// Words that are remembered to be of no term; one that comes later takes the place of another. More than a day's news
/// of a few languages have, and few enough to stay in a processor's second cache.
pub(super) const MAX_STRANGERS: usize = 1 << 16;
/// Words that are remembered to be of some.
pub(super) const MAX_KNOWN_WORDS: usize = 1 << 14;
/// Terms that are remembered of a word; one that is a form of more is looked up each time.
pub(super) const MAX_REMEMBERED_TERMS: usize = 4;

/// What is remembered. Each word shares a line of a processor's cache with others, the latest first, so that a few which
/// meet there do not forever drive each other out.
#[derive(Debug)]
pub(super) struct Memory {
    strangers: Vec<Line<[AtomicU64; STRANGERS_A_LINE]>>,
    known: Vec<Line<[Known; KNOWN_A_LINE]>>,
}

const STRANGERS_A_LINE: usize = 8;
const KNOWN_A_LINE: usize = 2;

#[derive(Debug, Default)]
#[repr(align(64))]
struct Line<T>(T);

/// What is known of a word, and that mixed with the word's fingerprint: whoever reads while another writes finds that the
/// two do not go together, and knows nothing, without any lock.
#[derive(Debug)]
struct Known([AtomicU64; 3]);

impl Default for Known {
    fn default() -> Self {
        // Nothing is known of the fingerprint that no word has.
        Self([0, NOBODY, NOBODY].map(AtomicU64::new))
    }
}

impl Known {
    fn load(&self) -> [u64; 3] {
        self.0.each_ref().map(|part| part.load(Ordering::Relaxed))
    }

    fn store(&self, parts: [u64; 3]) {
        self.0.iter().zip(parts).for_each(|(place, part)| place.store(part, Ordering::Relaxed));
    }
}

impl Default for Memory {
    fn default() -> Self {
        fn lines<T: Default>(count: usize) -> Vec<T> {
            std::iter::repeat_with(T::default).take(count).collect()
        }
        Self { strangers: lines(MAX_STRANGERS / STRANGERS_A_LINE), known: lines(MAX_KNOWN_WORDS / KNOWN_A_LINE) }
    }
}

/// A word as a number, in the languages that it may be in as far as the item says. Two of one fingerprint would be taken
/// for one another: of a billion words that are looked up, one in a hundred thousand such days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    pub(super) fn new(word: &str, declared: Languages) -> Self {
        let mut hash = step(START, declared.bits());
        let (eights, rest) = word.as_bytes().as_chunks::<8>();
        eights.iter().for_each(|eight| hash = step(hash, u64::from_le_bytes(*eight)));
        // No folded text has a zero in it, so that words of different length differ.
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        Self(mix(step(hash, u64::from_le_bytes(last))))
    }

    /// That of the same word where it is, or is not, written small while names have capitals.
    pub(super) fn written(self, small: bool) -> Self {
        Self(mix(self.0 ^ u64::from(small)))
    }

    /// Where it belongs among as many lines as a power of two.
    fn line<T>(self, lines: &[T]) -> &T {
        &lines[(self.0 >> (u64::BITS - lines.len().ilog2())) as usize]
    }
}

const START: u64 = 0x51_7c_c1_b7_27_22_0a_95;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, bytes: u64) -> u64 {
    (hash.rotate_left(5) ^ bytes).wrapping_mul(FACTOR)
}

/// Lets every bit depend on every other, as the place is only some of them.
fn mix(hash: u64) -> u64 {
    (hash ^ (hash >> 32)).wrapping_mul(FACTOR)
}

/// Two halves without a term.
const NOBODY: u64 = u64::MAX;
/// A half without one.
const NONE: u32 = u32::MAX;

impl Memory {
    /// The terms that the word may belong to; `None` where nobody remembers.
    pub(super) fn recall(&self, word: Fingerprint) -> Option<impl Iterator<Item = Anchor> + use<>> {
        let Line(strangers) = word.line(&self.strangers);
        let stranger = strangers.iter().any(|other| other.load(Ordering::Relaxed) == word.0);
        let known = if stranger { [NOBODY; 2] } else { self.terms(word)? };
        let halves = known.into_iter().flat_map(|two| [two as u32, (two >> u32::BITS) as u32]);
        Some(halves.filter_map(Anchor::unpacked))
    }

    fn terms(&self, word: Fingerprint) -> Option<[u64; 2]> {
        let Line(known) = word.line(&self.known);
        let mut known = known.iter().map(Known::load);
        known.find_map(|[mixed, known @ ..]| (mixed ^ mixture(known) == word.0).then_some(known))
    }

    /// Remembers all terms that the word may belong to, unless they are too many.
    pub(super) fn remember(&self, word: Fingerprint, terms: &[Anchor]) {
        if terms.is_empty() {
            let Line(strangers) = word.line(&self.strangers);
            // Each makes room for the next.
            strangers.iter().fold(word.0, |next, place| place.swap(next, Ordering::Relaxed));
        } else if terms.len() <= MAX_REMEMBERED_TERMS {
            let half = |at: usize| u64::from(terms.get(at).map_or(NONE, |term| term.packed()));
            let known = [half(0) | half(1) << u32::BITS, half(2) | half(3) << u32::BITS];
            let Line([later, earlier]) = word.line(&self.known);
            earlier.store(later.load());
            later.store([word.0 ^ mixture(known), known[0], known[1]]);
        }
    }
}

fn mixture(known: [u64; 2]) -> u64 {
    known[0] ^ known[1].rotate_left(u32::BITS / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matcher::index::Clue;

    proptest! {
        #[test]
        fn what_was_remembered_is_known_of_that_word_alone(
            words in proptest::collection::vec("[a-zа-я]{1,20}", 2..30),
            terms in proptest::collection::vec((0u32..1 << 29, any::<bool>()), 0..6),
        ) {
            let memory = Memory::default();
            let terms: Vec<Anchor> = terms.into_iter().map(|(phrase, aloud)| Anchor { phrase, clue: if aloud { Clue::Sound } else { Clue::Waking } }).collect();
            let (here, elsewhere) = (Languages::of_tag("ru"), Languages::of_tag("de"));
            let (first, others) = words.split_first().expect("two at least");
            let recall = |word, languages| memory.recall(Fingerprint::new(word, languages)).map(Iterator::collect::<Vec<_>>);
            prop_assert_eq!(recall(first, here), None);
            memory.remember(Fingerprint::new(first, here), &terms);
            let known = (terms.len() <= MAX_REMEMBERED_TERMS).then_some(terms);
            prop_assert_eq!(recall(first, here), known);
            prop_assert_eq!(recall(first, elsewhere), None);
            prop_assert!(others.iter().all(|other| other == first || recall(other, here).is_none()));
        }
    }
}
