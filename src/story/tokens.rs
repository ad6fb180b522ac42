//! The words of a text, each folded and with its place in what was published, for readers that look at the signs between
//! them as well.

use crate::text::{Script, divides, fold, is_word_char};

/// Most bytes of a summary and of a body that are read for what a story is made of: the facts stand first.
pub(super) const MAX_SUMMARY: usize = 2_000;
/// Of a body.
pub(super) const MAX_BODY: usize = 4_000;
/// Of a title, which no honest publisher fills.
pub(super) const MAX_TITLE: usize = 2_000;

/// A run of letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it compares; never empty.
    pub(super) folded: String,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// At most the first `most` bytes, whole characters.
pub(super) fn clip(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The words in order. Apostrophes part them ("l'AFP"), except in Cyrillic, where one is a letter to its readers.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !is_word_char(first) {
            continue;
        }
        let mut last = first;
        let mut end = start + first.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            let inside =
                is_mark(c) || (is_word_char(c) && !divides(last, c)) || is_letter_between(last, c, &text[at..]);
            if !inside {
                break;
            }
            if !is_mark(c) {
                last = c;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        let folded = match text.get(start..end) {
            Some(word) if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => word.to_ascii_lowercase(),
            Some(word) => fold(word).into_pattern(),
            None => continue,
        };
        if !folded.is_empty() {
            words.push(Word { folded, start, end });
        }
    }
    words
}

/// Marks upon letters, and what joins or parts them without being seen.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

fn is_letter_between(last: char, c: char, rest: &str) -> bool {
    let cyrillic = |c: char| Script::of(c) == Some(Script::Cyrillic);
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}') && cyrillic(last) && rest.chars().nth(1).is_some_and(cyrillic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn words_are_folded_where_they_stand() {
        assert_eq!(folded("L'AFP, п'ятеро – M23"), ["l", "afp", "пятеро", "m23"]);
        assert_eq!(folded("C\u{30c}TK 新华"), ["ctk", "新", "华"]);
        let text = "„Über“ 1,200";
        let spans: Vec<&str> = words(text).iter().map(|word| &text[word.start..word.end]).collect();
        assert_eq!(spans, ["Über", "1", "200"]);
        assert_eq!(clip("aé", 2), "a");
    }
}
