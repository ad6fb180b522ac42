//! Countries before a noun: English says "Israel Defense Forces" and "Israeli Defense Forces".

use super::language::Kind;
use super::phrase::Phrase;

/// The language that does so.
pub(super) const LANGUAGE: &str = "en";

/// Fewest words of a name in which it may do so: a name of two would be another one ("Julia Roberts", "Julian Roberts").
const MIN_WORDS: usize = 3;

/// Whether the phrase may have a country before its noun.
pub(super) fn may_stand_in(phrase: &Phrase) -> bool {
    phrase.words.len() >= MIN_WORDS || phrase.kind == Kind::Common
}

/// What makes an adjective of a country's name, whole or without its last vowel.
const ENDINGS: [&str; 5] = ["i", "n", "an", "ian", "ese"];
/// Fewest letters of a country's name.
const MIN_LETTERS: usize = 4;

/// Whether one of the two is the adjective of the other.
pub(super) fn is_pair(one: &str, other: &str) -> bool {
    let (name, adjective) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let short = name.strip_suffix(['a', 'e', 'i', 'o', 'y']).unwrap_or(name);
    let made_of = |stem: &str| adjective.strip_prefix(stem).is_some_and(|rest| ENDINGS.contains(&rest));
    name.len() >= MIN_LETTERS && (made_of(name) || made_of(short))
}

#[cfg(test)]
mod tests {
    use super::is_pair;

    #[test]
    fn names_and_their_adjectives_are_pairs() {
        for (name, adjective) in
            [("israel", "israeli"), ("syria", "syrian"), ("sudan", "sudanese"), ("iran", "iranian")]
        {
            assert!(is_pair(name, adjective) && is_pair(adjective, name), "{name}");
        }
        for (name, adjective) in [("ukraine", "ukrainian"), ("china", "chinese"), ("iraq", "iraqi")] {
            assert!(is_pair(name, adjective), "{name}");
        }
        for (one, other) in
            [("israel", "israel"), ("iran", "iraq"), ("mali", "malt"), ("oma", "oman"), ("port", "ports")]
        {
            assert!(!is_pair(one, other), "{one} {other}");
        }
    }
}
