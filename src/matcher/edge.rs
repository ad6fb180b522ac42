//! Word edges: a term is not found inside another word.

use crate::text::Folded;

/// Whether the folded bytes `start..end` begin and end at word edges.
pub(super) fn is_word(folded: &Folded, start: usize, end: usize) -> bool {
    is_edge(folded, start) && is_edge(folded, end)
}

/// An edge is an end of the text, a place beside anything that is not part of a word, a dropped apostrophe, or a place
/// beside a character of a script that writes no blanks between words.
fn is_edge(folded: &Folded, at: usize) -> bool {
    let text = folded.text();
    let (Some(before), Some(after)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return true;
    };
    !is_word_char(before)
        || !is_word_char(after)
        || folded.is_break(at)
        || writes_no_blanks(before)
        || writes_no_blanks(after)
}

fn is_word_char(c: char) -> bool {
    // Vowel signs that folding keeps are neither letters nor digits, yet never the end of a word.
    c.is_alphanumeric() || matches!(c, '\u{900}'..='\u{dff}' | '\u{3099}' | '\u{309a}')
}

/// Han, kana, Thai, Lao, Khmer and Burmese.
fn writes_no_blanks(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
