//! Terms: what a watch looks for.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::diagnostic::{At, Fault, Span};
use super::mark::Marked;
use super::reader::Reader;
use super::section::Section;
use crate::model::{Role, Term};
use crate::text::{fold, is_stop_word};

/// Most terms of all watches together.
pub const MAX_TERMS: usize = 100_000;

/// Longest term in bytes.
const MAX_TERM_BYTES: usize = 200;
const ROLES: [(&str, Role); 4] =
    [("strong", Role::Strong), ("weak", Role::Weak), ("context", Role::Context), ("against", Role::Against)];

/// The terms of every role, each once. `count` is that of the terms of all watches so far.
pub(super) fn read(section: &Section<'_>, count: &mut usize, reader: &mut Reader<'_>) -> Vec<Term> {
    let mut first: HashMap<String, (Role, Span)> = HashMap::new();
    let mut terms = Vec::new();
    for (key, role) in ROLES {
        for At { value: text, span } in section.strings(key, "terms", reader).unwrap_or_default() {
            *count += 1;
            if *count == MAX_TERMS + 1 {
                let fault = Fault::new(format!("this is term {count}; all watches together may have {MAX_TERMS}"));
                reader.report(fault.at(span.clone()));
            }
            let Some(folded) = reader.accept(folded(&text), &span) else { continue };
            if let Some((other, first)) = first.get(&folded) {
                let line = reader.line(first.start);
                let fault = Fault::new(format!("this watch has the term already, as `{other}` on line {line}"));
                let fault = fault.hint("a term has one role, the first; case, accents and hyphens make no difference");
                // What speaks for a watch cannot speak against it; else the first role is the one that counts.
                let contradicts = role == Role::Against && *other != Role::Against;
                reader.report(if contradicts { fault.at(span) } else { fault.warning_at(span) });
                continue;
            }
            if looks_like_a_query(&text) {
                let fault = Fault::new("this looks like a query, but a term is looked for as it is written");
                reader.report(fault.hint("write it as query = '…'").warning_at(span.clone()));
            }
            if let Some(fault) = too_common(&text, &folded) {
                reader.report(fault.warning_at(span.clone()));
                let place = reader.place(span.clone());
                reader.mark(Marked::CommonTerm { text: text.clone() }, place);
            }
            first.insert(folded, (role, span));
            terms.push(Term { text, role });
        }
    }
    terms
}

/// What is left of a term that can be looked for.
fn folded(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("this term is empty"));
    }
    if text.len() > MAX_TERM_BYTES {
        let fault = Fault::new(format!("this term is longer than {MAX_TERM_BYTES} bytes"));
        return Err(fault.hint("a term is a name or a short phrase"));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(Fault::new("this term has no letter and no digit"));
    }
    let folded = fold(text).into_pattern();
    if !folded.chars().any(char::is_alphanumeric) {
        return Err(Fault::new("nothing of this term is compared: it is made of signs that make no difference"));
    }
    // Composed, because a syllable of Korean is one character to its readers.
    let mut characters = folded.nfc();
    if let (Some(only), None) = (characters.next(), characters.next())
        && !is_ideograph(only)
    {
        return Err(Fault::new("a term of one character would be found everywhere"));
    }
    Ok(folded)
}

/// Whether a term has the signs of a query.
fn looks_like_a_query(text: &str) -> bool {
    let operator = |word: &str| matches!(word, "AND" | "OR" | "NOT") || word.starts_with("NEAR/");
    let regex = text.len() > 2 && text.starts_with('/') && text.ends_with('/');
    let prefix = text.ends_with('*') && text.starts_with(char::is_alphanumeric);
    let field = ["title:", "summary:", "body:"].iter().any(|field| text.starts_with(field));
    let several = text.contains(char::is_whitespace);
    regex || prefix || field || text.starts_with('=') || (several && text.split_whitespace().any(operator))
}

/// What is to be said of a term that texts have by the way. One in capitals is an acronym, and means what it says.
fn too_common(text: &str, folded: &str) -> Option<Fault> {
    let cased = |c: &char| c.is_lowercase() || c.is_uppercase();
    if text.chars().any(|c| cased(&c)) && !text.chars().any(char::is_lowercase) {
        return None;
    }
    let hint = "make it part of a phrase; an acronym is written in capitals";
    if is_stop_word(folded) {
        let message = "nearly every text of some language has this word";
        return Some(Fault::new(message).hint(hint));
    }
    let mut letters = folded.nfc().filter(|c| c.is_alphanumeric());
    let two = [letters.next()?, letters.next()?];
    let short = letters.next().is_none() && !two.into_iter().any(is_syllable);
    short.then(|| Fault::new("a term of two letters is found in many texts that mean something else").hint(hint))
}

/// Whether the character can be a word of Chinese or Japanese by itself: the Unified Ideographs and their extensions.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

/// Whether the character is as good as two or three letters.
fn is_syllable(c: char) -> bool {
    is_ideograph(c) || matches!(u32::from(c), 0x3041..=0x30FF | 0xAC00..=0xD7AF | 0x1200..=0x137F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_must_be_something_to_look_for() {
        for good in ["IAEA", "C4", "俄", "U.S.", "أوديسا", "C++"] {
            assert!(folded(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a", " a ", "é", "e\u{301}", "--", "\u{640}\u{640}", "’a", "한", "が", &"x".repeat(201)]
        {
            assert!(folded(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spellings_of_one_term_are_recognised() {
        assert_eq!(folded("Grain  Exports"), folded("grain-exports"));
        assert_eq!(folded("ＩＡＥＡ"), folded("iaea"));
        assert_eq!(folded("Łódź"), folded("lodz"));
        assert_ne!(folded("Odesa"), folded("Odessa"));
    }

    #[test]
    fn what_looks_like_a_query_is_told() {
        for query in ["Aden AND port", "Aden NEAR/3 port", "NOT drill", "Hodeida*", "/Ade./", "title:Aden", "=Aden"] {
            assert!(looks_like_a_query(query), "{query}");
        }
        for term in ["OR", "AND1", "sea and land", "C*", "*NSYNC", "24/7", "Ministry: press"] {
            assert_eq!(looks_like_a_query(term), term == "C*", "{term}");
        }
    }

    #[test]
    fn words_that_texts_have_by_the_way_are_told() {
        let told = |text: &str| too_common(text, &fold(text).into_pattern()).is_some();
        for common in ["is", "Is", "the", "of the", "Für", "в", "ab", "Eu", "из", "من", "的", "x1"] {
            assert!(told(common), "{common}");
        }
        for rare in ["IS", "UN", "EU", "U.S.", "C4", "ООН", "俄军", "세종", "iaea", "The Hague", "قمح"] {
            assert!(!told(rare), "{rare}");
        }
    }
}
