//! Look-alike letters: a word that mixes scripts is read in the one that its letters can all belong to. Whoever writes a
//! Latin name with a Cyrillic а wants it to be seen and not found (Unicode Technical Standard 39, mixed-script
//! confusables; here only the letters that look the same in common typefaces).

use super::Script;

/// Folded letters of Cyrillic and Greek beside the Latin letter that they look like, small or capital.
const CYRILLIC: &[(char, char)] = &[
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('н', 'h'),
    ('і', 'i'),
    ('ӏ', 'l'),
    ('ј', 'j'),
    ('к', 'k'),
    ('м', 'm'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('т', 't'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('у', 'y'),
];
const GREEK: &[(char, char)] = &[
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('η', 'h'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('μ', 'm'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'y'),
    ('χ', 'x'),
    ('ζ', 'z'),
];

/// How each letter of a folded word is meant, if the word mixes Latin with look-alikes of one other script; `None` where
/// it is in one script, or cannot be read in one.
pub(super) fn resolve(word: &str) -> Option<fn(char) -> char> {
    let count = |script| word.chars().filter(|c| Script::of(*c) == Some(script)).count();
    let (latin, cyrillic, greek) = (count(Script::Latin), count(Script::Cyrillic), count(Script::Greek));
    if latin == 0 || (cyrillic == 0) == (greek == 0) {
        return None;
    }
    let to_latin: fn(char) -> char = if greek == 0 { from_cyrillic } else { from_greek };
    let all_latin = word.chars().all(|c| !matches!(Script::of(to_latin(c)), Some(Script::Cyrillic | Script::Greek)));
    if greek > 0 {
        return all_latin.then_some(to_latin);
    }
    let all_cyrillic = word.chars().all(|c| Script::of(to_cyrillic(c)) != Some(Script::Latin));
    match (all_latin, all_cyrillic) {
        (true, true) if cyrillic > latin => Some(to_cyrillic),
        (true, _) => Some(to_latin),
        (false, true) => Some(to_cyrillic),
        (false, false) => None,
    }
}

fn from_cyrillic(c: char) -> char {
    CYRILLIC.iter().find(|(other, _)| *other == c).map_or(c, |(_, latin)| *latin)
}

fn from_greek(c: char) -> char {
    GREEK.iter().find(|(other, _)| *other == c).map_or(c, |(_, latin)| *latin)
}

fn to_cyrillic(c: char) -> char {
    CYRILLIC.iter().find(|(_, latin)| *latin == c).map_or(c, |(cyrillic, _)| *cyrillic)
}

#[cfg(test)]
mod tests {
    use crate::text::fold;

    #[test]
    fn a_word_of_two_scripts_is_read_in_one() {
        for (written, meant) in
            [("Hаmburg", "hamburg"), ("Нamburg", "hamburg"), ("Гaмбург", "гамбург"), ("Οslo", "oslo")]
        {
            assert_eq!(fold(written).text(), meant, "{written}");
        }
    }

    #[test]
    fn a_word_that_belongs_to_no_single_script_stays() {
        assert_eq!(fold("Яndex").text(), "яndex");
        assert_eq!(fold("Москва Oslo").text(), "москва oslo");
    }

    #[test]
    fn a_span_still_leads_to_the_text_as_written() {
        let text = "в Hаmburg!";
        let folded = fold(text);
        let at = folded.text().find("hamburg").expect("found");
        assert_eq!(&text[folded.original_span(at, at + 7)], "Hаmburg");
    }
}
