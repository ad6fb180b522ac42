//! What can be looked for as a word, and what only looks like one.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::{MAX_QUERY_TERM_BYTES, MIN_PREFIX_LETTERS, QueryError};

const QUOTE_IT: &str = "a term with such a character stands in quotes";
/// Operators of other tools, written before a number of words.
const OTHER_NEARS: [&str; 9] = ["near", "near/", "w/", "n/", "adj", "adj/", "pre/", "onear/", "within/"];

/// The words with single blanks, if they can be looked for; `lone` says that they may be one character.
pub(super) fn words(text: &str, lone: bool, span: Range<usize>) -> Result<String, QueryError> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return Err(QueryError::new(span, "there is nothing between these quotes"));
    }
    if words.len() > MAX_QUERY_TERM_BYTES {
        return Err(QueryError::new(span, format!("this term is longer than {MAX_QUERY_TERM_BYTES} bytes")));
    }
    if !words.chars().any(is_letter) {
        let error = QueryError::new(span, "this term has no letter and no digit");
        return Err(if words.starts_with('&') { error.hint("write AND") } else { error });
    }
    let mut characters = words.chars().filter(|c| !is_combining_mark(*c));
    if let (Some(only), None, false) = (characters.next(), characters.next(), lone)
        && !is_ideograph(only)
    {
        let error = QueryError::new(span, "a term of one character would be found everywhere");
        return Err(error.hint(format!("make it part of a phrase, or ask for its case: ={only}")));
    }
    Ok(words)
}

/// The words of a phrase with slop: what has no letter is not one.
pub(super) fn loose_words(text: &str, span: Range<usize>) -> Result<Vec<String>, QueryError> {
    let whole = words(text, true, span.clone())?;
    let words: Vec<String> = whole.split(' ').filter(|word| word.chars().any(is_letter)).map(str::to_owned).collect();
    if words.len() < 2 {
        return Err(QueryError::new(span, "slop is for a phrase of at least two words").hint("leave out the `~`"));
    }
    Ok(words)
}

/// The prefix that `word` without its star is.
pub(super) fn prefix(word: &str, span: Range<usize>) -> Result<String, QueryError> {
    if word.chars().filter(|c| is_letter(*c)).count() < MIN_PREFIX_LETTERS {
        let error =
            QueryError::new(span, format!("a prefix has at least {MIN_PREFIX_LETTERS} letters before its star"));
        return Err(error.hint("write the words out: (port OR ports)"));
    }
    words(word, false, span)
}

/// Refuses a bare word that means something in other tools, or nothing at all: looked for as it stands it would quietly
/// find nothing.
pub(super) fn check_bare(word: &str, at: usize) -> Result<(), QueryError> {
    let span = at..at + word.len();
    let lower = word.to_ascii_lowercase();
    if ["and", "or", "not", "near"].contains(&lower.as_str()) {
        let operator = lower.to_ascii_uppercase();
        let error = QueryError::new(span, format!("`{word}` is an operator only in upper case"));
        return Err(error.hint(format!("write {operator}, or \"{lower}\" in quotes for the word")));
    }
    let without_number = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    if without_number.len() < lower.len() && OTHER_NEARS.contains(&without_number) {
        let number = &lower[without_number.len()..];
        let error = QueryError::new(span, format!("`{word}` is not an operator here"));
        return Err(error.hint(format!("write NEAR/{number}, or put the term into quotes")));
    }
    for (offset, c) in word.char_indices() {
        let end = offset + c.len_utf8();
        if let Some(hint) = stray(c, offset == 0, end == word.len()) {
            let error = QueryError::new(at + offset..at + end, format!("`{c}` has no meaning at this place"));
            return Err(error.hint(hint));
        }
    }
    Ok(())
}

/// What to write instead of a character that means nothing in a bare word.
fn stray(c: char, first: bool, last: bool) -> Option<&'static str> {
    Some(match c {
        '*' => "a star ends a word of at least three letters; for more there are regular expressions: /w.rd/",
        '?' | '^' | '[' | ']' | '{' | '}' => "put the term into quotes, or write a regular expression: /wom[ae]n/",
        '~' => "slop stands behind a phrase in quotes: \"oil spill\"~3; for similar spellings write /colou?r/",
        '\\' => "a backslash escapes within quotes and regular expressions",
        '|' => "write OR",
        '!' if first => "write NOT",
        '+' if first => "leave it out: a term is required unless OR or NOT says otherwise",
        '\u{2010}'..='\u{2015}' | '\u{2212}' if first => "write NOT, or a plain hyphen: -word",
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{ff02}' => "write straight quotes: \"oil spill\"",
        '\u{ff08}' | '\u{ff09}' | '\u{ff0a}' | '\u{ff1a}' => "write it as ASCII has it",
        ',' | ';' if last => "terms are joined by AND, OR or NEAR/5; one with such a mark stands in quotes",
        '=' if first => QUOTE_IT,
        _ => return None,
    })
}

/// Whether something of the character is left when words are compared: a term of marks alone would be found everywhere.
pub(super) fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let mut left = false;
    decompose_compatible(c, |part| {
        // Tatweel and the modifier letters, most of which are apostrophes, are letters in name only.
        let in_name_only = is_combining_mark(part) || matches!(part, '\u{2b0}'..='\u{2ff}' | '\u{640}');
        left |= part.is_alphanumeric() && !in_name_only;
    });
    left
}

/// Whether the character can be a word of Chinese or Japanese by itself.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}
