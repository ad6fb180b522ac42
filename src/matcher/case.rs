//! Capitals: what a term's own tell about how it may be found.

use crate::text::{Script, fold, is_stop_word};

/// How a term is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Case {
    /// Without capitals, or in a script that has none.
    Small,
    /// As a name.
    Name,
    /// In capitals throughout, as an acronym.
    Acronym {
        /// Whether its letters may be a word as well.
        word: Likeness,
        /// How many letters it has.
        letters: u8,
    },
    /// To be found as written only (`=NATO`).
    Exact,
}

/// How much the letters of an acronym are like a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Likeness {
    /// Nobody could say them.
    Not,
    /// They have a vowel (ICE, MIT).
    Spoken,
    /// They are two, or a word that every text has (IS, WHO).
    Common,
}

/// Longest acronym in letters: longer words in capitals are names that somebody shouts.
const MAX_ACRONYM_LETTERS: usize = 6;
/// Longest acronym that may be a word of its language by chance.
const MAX_COMMON_LETTERS: usize = 2;
/// Shortest acronym that papers write like a name (Nato, Isis).
const MIN_NAME_LIKE_LETTERS: usize = 4;

impl Case {
    pub(super) fn of_term(text: &str) -> Case {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
        let cased = letters.iter().any(|c| Script::of(*c).is_some_and(Script::has_case));
        let capitals = letters.iter().all(|c| c.is_uppercase());
        let one = !text.trim().contains(char::is_whitespace);
        if cased && capitals && one && (2..=MAX_ACRONYM_LETTERS).contains(&letters.len()) {
            let word = match letters.iter().any(|c| is_vowel(*c)) {
                _ if is_stop_word(&fold(text).into_pattern()) => Likeness::Common,
                true if letters.len() <= MAX_COMMON_LETTERS => Likeness::Common,
                true => Likeness::Spoken,
                false => Likeness::Not,
            };
            return Case::Acronym { word, letters: letters.len() as u8 };
        }
        if letters.iter().any(|c| c.is_uppercase()) { Case::Name } else { Case::Small }
    }
}

/// More than so many capitals for each small letter are a headline that shouts.
const MUCH: usize = 4;

/// How a text uses capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capitals {
    /// It has none, or only capitals: they tell nothing.
    Nowhere,
    /// It has nothing else.
    Everywhere,
    /// They mark names.
    OnNames,
}

impl Capitals {
    pub(super) fn of_text(text: &str) -> Capitals {
        let (mut upper, mut lower) = (0_usize, 0_usize);
        for (at, c) in text.char_indices() {
            upper += usize::from(c.is_uppercase());
            lower += usize::from(c.is_lowercase());
            // Nothing that follows could outweigh the small letters.
            if upper > 0 && upper + text.len() - at <= MUCH * lower {
                return Capitals::OnNames;
            }
        }
        match (upper, lower) {
            (0, _) => Capitals::Nowhere,
            // A brand or a name in small letters does not make a shouted headline a sentence.
            _ if upper > MUCH * lower => Capitals::Everywhere,
            _ => Capitals::OnNames,
        }
    }
}

/// How a place in a text agrees with the capitals of the term found there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// As one would expect.
    Well,
    /// In small letters, like a common word, although the text has capitals for names.
    Small,
    /// It is another word.
    No,
}

/// Whether the term of this case may stand in `found`, the text as published.
pub(super) fn agree(case: Case, found: &str, capitals: Capitals) -> Agreement {
    let mut letters = found.chars().filter(|c| c.is_alphabetic());
    let first = letters.next();
    let cased = first.and_then(Script::of).is_some_and(Script::has_case);
    let starts_upper = first.is_some_and(char::is_uppercase);
    match case {
        Case::Small => Agreement::Well,
        _ if !cased => Agreement::Well,
        Case::Exact => Agreement::Well,
        Case::Name if starts_upper || capitals != Capitals::OnNames => Agreement::Well,
        Case::Name => Agreement::Small,
        Case::Acronym { word, letters } => {
            let ending = found.chars().filter(|c| c.is_alphabetic()).skip(letters.into());
            // "NATOn" is a form of NATO, "NATOS" another acronym.
            if ending.clone().any(char::is_uppercase) && capitals != Capitals::Everywhere {
                return Agreement::No;
            }
            let own = || found.chars().filter(|c| c.is_alphabetic()).take(letters.into());
            let name_like = starts_upper && usize::from(letters) >= MIN_NAME_LIKE_LETTERS;
            let no_capitals = capitals != Capitals::OnNames;
            match (own().all(char::is_uppercase), word) {
                // "THE BANK IS OPEN": nobody can tell.
                (true, Likeness::Common) if capitals == Capitals::Everywhere && !name_like => Agreement::No,
                (true, _) => Agreement::Well,
                (false, Likeness::Common) => Agreement::No,
                (false, _) if name_like => Agreement::Well,
                // An ending may follow capitals only.
                (false, _) if ending.count() > 0 => Agreement::No,
                // "Ice" begins a sentence; "Rsf" is what some make of RSF.
                (false, Likeness::Spoken) if usize::from(letters) < MIN_NAME_LIKE_LETTERS => Agreement::No,
                (false, _) if starts_upper || no_capitals => Agreement::Well,
                (false, _) => Agreement::Small,
            }
        }
    }
}

fn is_vowel(c: char) -> bool {
    let c = c.to_lowercase().next().unwrap_or(c);
    matches!(
        c,
        'a' | 'e'
            | 'i'
            | 'o'
            | 'u'
            | 'ı'
            | 'ä'
            | 'ö'
            | 'ü'
            | 'å'
            | 'á'
            | 'é'
            | 'í'
            | 'ó'
            | 'ú'
            | 'â'
            | 'ê'
            | 'î'
            | 'ô'
            | 'û'
    ) || matches!(c, 'а' | 'е' | 'ё' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'ї' | 'є')
        || matches!(c, 'α' | 'ε' | 'η' | 'ι' | 'ο' | 'υ' | 'ω')
}
