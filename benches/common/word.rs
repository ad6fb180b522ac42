//! Words as a language has them.

/// A word that can be said, the longer the rarer.
pub(crate) fn word(rank: usize, random: &mut fastrand::Rng) -> String {
    let syllables = 1 + rank.max(1).ilog10() as usize;
    let of = |letters: &str, random: &mut fastrand::Rng| letters.as_bytes()[random.usize(..letters.len())] as char;
    let syllable = |random: &mut fastrand::Rng| [of("bdfgklmnprstvz", random), of("aeiou", random)];
    let mut word: String = (0..syllables).flat_map(|_| syllable(random)).collect();
    word.push(of("lmnrst", random));
    word
}
