//! Stems: what is left of a folded word when its endings go, roughly. The few words that fall together by it are told
//! apart by those beside them; words that it leaves apart are lost.

use crate::text::Script;

/// The letters of Arabic that are written on to the front of a word: and, by, for, as, the.
const ARABIC_FRONT: [&str; 8] = ["وال", "بال", "فال", "كال", "ال", "لل", "و", "ب"];
const ARABIC_END: [&str; 9] = ["ات", "ون", "ين", "ان", "ها", "يه", "ية", "ه", "ي"];
const ENGLISH_END: [&str; 6] = ["ings", "ing", "ers", "ed", "es", "s"];

/// The stem of a folded word in a text of the language (a primary subtag).
pub(super) fn stem<'a>(word: &'a str, language: &str) -> &'a str {
    match Script::of_text(word) {
        Some(Script::Arabic) => arabic(word),
        Some(Script::Hebrew) => hebrew(word),
        Some(Script::Latin) if matches!(language, "en" | "") => {
            cut(without_end(without_end(word, &ENGLISH_END, 4), &["e"], 4), 7)
        }
        // Endings are long where there are many of them.
        Some(Script::Latin) => match language {
            "fi" | "et" | "hu" | "tr" | "az" | "pl" | "cs" | "sk" | "lt" | "lv" | "hr" | "sl" => rich(word),
            _ => plain(word),
        },
        Some(Script::Cyrillic) => rich(word),
        Some(Script::Greek) => plain(word),
        _ => word,
    }
}

/// An Arabic word without what is written on to its front.
pub(super) fn without_front(word: &str) -> &str {
    let front = ARABIC_FRONT.iter().find_map(|front| word.strip_prefix(front));
    front.filter(|rest| rest.chars().count() >= 3).unwrap_or(word)
}

fn arabic(word: &str) -> &str {
    without_end(without_front(word), &ARABIC_END, 3)
}

/// A Hebrew word without the letters of and, the, in, to, from and that.
pub(super) fn hebrew(word: &str) -> &str {
    let rest = word.trim_start_matches(['ו', 'ה', 'ב', 'ל', 'מ', 'ש', 'כ']);
    if rest.chars().count() >= 3 { rest } else { word }
}

/// The word without the first of the endings that leaves as many letters.
fn without_end<'a>(word: &'a str, ends: &[&str], least: usize) -> &'a str {
    let rests = ends.iter().filter_map(|end| word.strip_suffix(end));
    let mut rests = rests.filter(|rest| rest.chars().count() >= least);
    rests.next().unwrap_or(word)
}

fn rich(word: &str) -> &str {
    match word.chars().count() {
        letters @ 0..=4 => cut(word, letters),
        5 => cut(word, 4),
        6 | 7 => cut(word, 5),
        _ => cut(word, 6),
    }
}

fn plain(word: &str) -> &str {
    match word.chars().count() {
        letters @ 0..=4 => cut(word, letters),
        letters @ 5..=7 => cut(word, letters - 1),
        _ => cut(word, 7),
    }
}

/// The first `letters` of a word.
pub(super) fn cut(word: &str, letters: usize) -> &str {
    word.char_indices().nth(letters).map_or(word, |(at, _)| &word[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (language, one, other) in [
            ("en", "strikes", "strike"),
            ("en", "killed", "killing"),
            ("ru", "корабля", "корабли"),
            ("pl", "wybory", "wyborów"),
            ("ar", "القوات", "قوات"),
            ("he", "הצבא", "בצבא"),
            ("de", "Angriffe", "Angriffs"),
        ] {
            let (one, other) = (fold(one), fold(other));
            assert_eq!(stem(one.text(), language), stem(other.text(), language));
        }
    }
}
