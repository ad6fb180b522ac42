//! The Arabic article in other scripts: it follows the sound of the next letter and the language of the writer, is joined by
//! a hyphen, a blank or nothing, and often left out. "El Fasher", "al-Fashir" and "Аль-Фашир" are one town.

/// Its forms, folded.
const FORMS: &[&str] = &[
    "al", "el", "ul", "il", "ol", "ar", "er", "as", "es", "us", "ash", "esh", "ush", "ach", "ech", "asch", "esch",
    "asz", "esz", "at", "et", "ut", "ad", "ed", "an", "en", "az", "ez", "ur", "un", "ud", "uz", "l", "аль", "эль",
    "аш", "ас", "ат", "ад", "ан", "ар", "аз", "эш", "эс", "ал", "ел", "еш", "уль", "уш",
];
/// Those that stand before any letter, and are no word of another language in front of a name.
const PLAIN: &[&str] = &["al", "el", "ul", "аль", "эль", "уль", "ал", "ел"];

/// Whether the word, in front of `next`, is the article; both folded. Most of its forms are words of other languages as
/// well, so that they have to agree with the next letter ("as-Suwayda", not "as Roma").
pub(super) fn is_article(word: &str, next: &str) -> bool {
    PLAIN.contains(&word) || (FORMS.contains(&word) && agrees(word, next))
}

/// The same where a hyphen stands between the two: no other word does.
pub(super) fn is_hyphened_article(word: &str) -> bool {
    FORMS.contains(&word)
}

/// Whether the article has taken the sound of the next letter.
pub(super) fn agrees(word: &str, next: &str) -> bool {
    let vowel = word.chars().next().map_or(0, char::len_utf8);
    let consonants = &word[vowel..];
    !consonants.is_empty() && next.starts_with(consonants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_agrees_with_what_follows() {
        for (word, next) in
            [("al", "shabaab"), ("as", "suwayda"), ("ash", "shaddadi"), ("эш", "шабаб"), ("en", "nahda")]
        {
            assert!(is_article(word, next), "{word} {next}");
        }
        for (word, next) in [("as", "roma"), ("us", "army"), ("un", "women"), ("en", "gedi"), ("l", "aquila")] {
            assert!(!is_article(word, next), "{word} {next}");
        }
        assert!(is_hyphened_article("us"));
    }
}
