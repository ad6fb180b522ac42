//! The index: which stems does a word begin with?
//!
//! Every term is looked for at the beginnings of words only, so a trie is enough where an automaton would have to find
//! its way back from everywhere. The trie is hashed: it is walked letter by letter with one hash and two bits a step, and
//! left at the first letter that no stem goes on with. Measured against the automaton of Aho and Corasick in
//! `benches/match.rs`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Where a word leads: to the phrase whose anchor it may be a form of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub(super) phrase: u32,
    pub(super) clue: Clue,
}

/// What speaks for the phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clue {
    /// Its letters, and it could wake a watch.
    Waking,
    /// Its letters, and it need not be looked at before a watch is awake.
    Waiting,
    /// Its sound alone.
    Sound,
}

/// Bits of a packed anchor that are its clue.
const CLUE_BITS: u32 = 2;

impl Anchor {
    /// In four bytes: there are fewer phrases than would need the last bits.
    pub(super) fn packed(self) -> u32 {
        self.phrase << CLUE_BITS | self.clue as u32
    }

    /// `None` for what no anchor is packed to.
    pub(super) fn unpacked(packed: u32) -> Option<Self> {
        let clue = [Clue::Waking, Clue::Waiting, Clue::Sound].into_iter().nth(packed as usize % (1 << CLUE_BITS))?;
        Some(Self { phrase: packed >> CLUE_BITS, clue })
    }
}

/// All stems.
#[derive(Debug, Default)]
pub(super) struct StemIndex {
    /// Pairs of bits by a prefix's hash: some stem goes on from here; some stem ends here.
    bits: Vec<u64>,
    /// Drops all but the bits that number a pair.
    shift: u32,
    /// By a stem's hash, its part of `anchors`.
    ends: HashMap<u64, (u32, u32), Plain>,
    anchors: Vec<Anchor>,
}

/// A hash that costs little, for keys that nobody chooses to collide.
pub(super) type Plain = BuildHasherDefault<Ready>;

/// See [`Plain`]: a number is its own hash.
#[derive(Debug, Default)]
pub(super) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = step(self.0, *byte));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = u64::from(number).wrapping_mul(FACTOR);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

const START: u64 = 0x51_7c_c1_b7_27_22_0a_95;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ u64::from(byte)).wrapping_mul(FACTOR)
}

/// Pairs of bits for each byte of the stems: few enough prefixes share one that a walk hardly goes on by chance.
const PAIRS_A_BYTE: usize = 8;

impl StemIndex {
    pub(super) fn new(mut stems: Vec<(String, Anchor)>) -> Self {
        stems.sort();
        stems.dedup();
        let bytes: usize = stems.iter().map(|(stem, _)| stem.len()).sum();
        let pairs = (bytes * PAIRS_A_BYTE).next_power_of_two().max(1 << 10);
        let mut index = Self {
            bits: vec![0; pairs / 32],
            shift: u64::BITS - pairs.trailing_zeros(),
            ends: HashMap::default(),
            anchors: stems.iter().map(|(_, anchor)| *anchor).collect(),
        };
        let mut from = 0;
        for same in stems.chunk_by(|a, b| a.0 == b.0) {
            let mut hash = START;
            for byte in same[0].0.bytes() {
                hash = step(hash, byte);
                index.set(hash, 0b01);
            }
            index.set(hash, 0b10);
            let range = (from, from + same.len() as u32);
            from = range.1;
            // Two stems of one hash: the second's anchors are looked at through the first's place, and verified as all
            // are. With 64 bits nobody has seen it happen.
            index.ends.entry(hash).and_modify(|known| known.1 = range.1).or_insert(range);
        }
        index
    }

    /// Every stem that `text` begins with: its anchors, shortest stem first.
    pub(super) fn stems_of<'i>(&'i self, text: &'i [u8]) -> impl Iterator<Item = &'i [Anchor]> + 'i {
        let mut hash = START;
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(&byte) = text.get(at) {
                hash = step(hash, byte);
                let bits = self.get(hash);
                if bits == 0 {
                    return None;
                }
                at += 1;
                if bits & 0b10 != 0
                    && let Some(&(from, to)) = self.ends.get(&hash)
                {
                    return Some(&self.anchors[from as usize..to as usize]);
                }
            }
            None
        })
    }

    fn set(&mut self, hash: u64, bits: u64) {
        let (word, shift) = self.place(hash);
        self.bits[word] |= bits << shift;
    }

    fn get(&self, hash: u64) -> u64 {
        let (word, shift) = self.place(hash);
        self.bits[word] >> shift & 0b11
    }

    fn place(&self, hash: u64) -> (usize, u32) {
        let pair = (hash >> self.shift) as usize;
        (pair / 32, (pair % 32) as u32 * 2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anchor(phrase: usize) -> Anchor {
        Anchor { phrase: phrase as u32, clue: Clue::Waking }
    }

    proptest! {
        #[test]
        fn finds_every_stem_that_a_text_begins_with_and_hardly_another(
            stems in proptest::collection::vec("[ab]{1,4}|[а-в]{1,3}", 0..40), text in "[ab]{0,6}|[а-г]{0,5}"
        ) {
            let index = StemIndex::new(stems.iter().enumerate().map(|(at, stem)| (stem.clone(), anchor(at))).collect());
            let mut found: Vec<Anchor> = index.stems_of(text.as_bytes()).flatten().copied().collect();
            found.sort();
            let all = stems.iter().enumerate();
            let expected: Vec<Anchor> = all.filter(|(_, stem)| text.starts_with(*stem)).map(|(at, _)| anchor(at)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
