//! Sketches: whether two texts are nearly the same, from a few bytes of each.
//!
//! A sketch is the smallest hashes of a text's word pairs (bottom-k MinHash, Broder 1997): the share that two sketches have
//! in common estimates the share that the texts have in common. Copies of an agency's text differ in a few words; two
//! reporters' texts about one event share few pairs.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Item, clip};
use crate::text::fold;

/// Hashes of a sketch; the standard error of the estimate is about a tenth.
const SKETCH_HASHES: usize = 24;
/// Texts of fewer words say too little to be recognised by.
const MIN_WORDS: usize = 6;
/// Bytes of a summary or a body that are looked at.
const MAX_BYTES: usize = 1_500;
/// Texts that have so much in common go back to one.
const NEARLY_SAME: f64 = 0.6;

/// The sketches of an item's headline and of its text, as far as they are long enough.
pub(super) fn sketches(item: &Item) -> Vec<Vec<u32>> {
    let text = if item.body.len() > item.summary.len() { &item.body } else { &item.summary };
    [&item.title, clip(text, MAX_BYTES)].into_iter().filter_map(sketch).collect()
}

fn sketch(text: &str) -> Option<Vec<u32>> {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.text().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() < MIN_WORDS {
        return None;
    }
    // The lower half of a good hash is as good.
    let mut hashes: Vec<u32> =
        words.windows(2).map(|pair| xxh3_64(format!("{} {}", pair[0], pair[1]).as_bytes()) as u32).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(SKETCH_HASHES);
    Some(hashes)
}

/// Whether two sketches are those of nearly the same text.
pub(super) fn nearly_same(a: &[u32], b: &[u32]) -> bool {
    let mut all: Vec<u32> = a.iter().chain(b).copied().collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(SKETCH_HASHES);
    let common = all.iter().filter(|hash| a.binary_search(hash).is_ok() && b.binary_search(hash).is_ok()).count();
    common as f64 >= NEARLY_SAME * all.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Rescuers pulled four sailors from the water on Monday after a coaster ran aground off the breakwater of \
                        the old harbour in heavy weather, the coast guard said.";

    #[test]
    fn a_copy_with_a_word_changed_is_nearly_the_same_and_a_rewrite_is_not() {
        let same = |a: &str, b: &str| nearly_same(&sketch(a).expect("words"), &sketch(b).expect("words"));
        assert!(same(TEXT, TEXT));
        assert!(same(TEXT, &TEXT.replace("Monday", "Tuesday").to_uppercase()));
        let rewrite = "Four crew members were saved when their ship was stranded near the port entrance during a storm, \
                       officials of the coast guard told reporters.";
        assert!(!same(TEXT, rewrite));
        assert!(!same("Blast heard near the naval base of Odesa", "Blast heard near the old town of Varna"));
    }

    #[test]
    fn a_few_words_are_no_text() {
        assert!(sketch("Live updates from the coast").is_none());
        assert!(!nearly_same(&[1, 2, 3], &[4, 5, 6]));
    }
}
