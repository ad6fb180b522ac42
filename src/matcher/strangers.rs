//! Strangers: words that are known to be no term's.
//!
//! News says the same words again and again, and nearly all of them are no form of anything watched, neither by letter nor
//! by sound. Finding that out costs a walk through the index, an attempt at each term that begins alike, and the word's
//! sound; remembering it costs a word of memory.

use std::sync::atomic::{AtomicU64, Ordering};

use super::language::Languages;

/// Words that are remembered; one that comes later takes the place of another. More than a day's news of a few languages
/// have, few enough to stay in a processor's second cache.
pub(super) const MAX_STRANGERS: usize = 1 << 16;

/// The words, each as its hash. Two of one hash would be taken for one another: of a billion words that are looked up,
/// one in a hundred thousand such days.
#[derive(Debug)]
pub(super) struct Strangers {
    words: Vec<AtomicU64>,
}

impl Default for Strangers {
    fn default() -> Self {
        Self { words: (0..MAX_STRANGERS).map(|_| AtomicU64::new(0)).collect() }
    }
}

/// A word, in the languages that it may be in, as far as the item says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stranger(u64);

impl Stranger {
    pub(super) fn new(word: &str, declared: Languages) -> Self {
        let mut hash = step(START, declared.bits());
        let (eights, rest) = word.as_bytes().as_chunks::<8>();
        eights.iter().for_each(|eight| hash = step(hash, u64::from_le_bytes(*eight)));
        // No folded text has a zero in it, so that words of different length differ.
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        Self(mix(step(hash, u64::from_le_bytes(last))))
    }

    /// The same word in small letters, where names have capitals.
    pub(super) fn small(self) -> Self {
        Self(mix(self.0))
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

impl Strangers {
    pub(super) fn knows(&self, word: Stranger) -> bool {
        self.place(word).load(Ordering::Relaxed) == word.0
    }

    pub(super) fn remember(&self, word: Stranger) {
        self.place(word).store(word.0, Ordering::Relaxed);
    }

    fn place(&self, word: Stranger) -> &AtomicU64 {
        &self.words[(word.0 >> (u64::BITS - MAX_STRANGERS.ilog2())) as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn who_was_remembered_is_known_and_nobody_else(words in proptest::collection::vec("[a-zа-я]{1,20}", 2..30)) {
            let strangers = Strangers::default();
            let (here, elsewhere) = (Languages::of_tag("ru"), Languages::of_tag("de"));
            let (first, others) = words.split_first().expect("two at least");
            strangers.remember(Stranger::new(first, here));
            prop_assert!(strangers.knows(Stranger::new(first, here)));
            prop_assert!(!strangers.knows(Stranger::new(first, elsewhere)));
            prop_assert!(others.iter().all(|other| other == first || !strangers.knows(Stranger::new(other, here))));
        }
    }
}
