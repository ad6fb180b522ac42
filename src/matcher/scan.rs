//! Scanning: a text in the pieces at which terms begin.

use super::clitic::{MAX_CLITIC_CHARS, is_part};
use crate::text::{Folded, divides, is_voicing_mark, is_word_char, writes_no_blanks};

/// A word, a part of one behind an apostrophe, a character of a script that writes no blanks, or a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
    /// A whole word with no other written on to it, so that no letter beside it matters to what it is.
    pub(super) whole: bool,
}

/// The pieces of a text, in order.
pub(super) fn pieces(folded: &Folded) -> impl Iterator<Item = Piece> + '_ {
    let text = folded.text();
    let mut breaks = folded.breaks_in(0, text.len()).peekable();
    // Where the last word ended.
    let mut before = None;
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].bytes().position(|byte| byte != b' ')?;
        let start = at;
        let first = text[start..].chars().next()?;
        at += first.len_utf8();
        // Signs begin a literal term ("#metoo", ".NET").
        if !is_word_char(first) {
            return Some(Piece { start, end: at, whole: false });
        }
        while breaks.next_if(|next| *next < start).is_some() {}
        let begins = before != Some(start);
        while breaks.next_if_eq(&start).is_some() {}
        let limit = breaks.peek().copied().unwrap_or(text.len());
        at = end_of_word(text, at, first, limit);
        before = Some(at);
        let ends = !text[at..].starts_with(is_word_char);
        Some(Piece { start, end: at, whole: begins && ends && !writes_no_blanks(first) })
    })
}

/// Where a word ends that goes on, or not, at `at` behind the letter `last`; at `limit` at the latest.
fn end_of_word(text: &str, mut at: usize, mut last: char, limit: usize) -> usize {
    while at < limit {
        let byte = text.as_bytes()[at];
        if byte.is_ascii_alphanumeric() && last.is_ascii() {
            last = char::from(byte);
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        if !is_word_char(c) || divides(last, c) {
            break;
        }
        if !is_voicing_mark(c) {
            last = c;
        }
        at += c.len_utf8();
    }
    at
}

/// Where in a piece, which begins at `start`, a term may begin: there, and behind what may be clitics.
pub(super) fn beginnings(text: &str, start: usize) -> impl Iterator<Item = usize> + '_ {
    let clitics = text[start..].char_indices().take(MAX_CLITIC_CHARS).take_while(|(_, c)| is_part(*c));
    std::iter::once(start).chain(clitics.map(move |(at, c)| start + at + c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn in_pieces(text: &str) -> String {
        let folded = fold(text);
        let shown = pieces(&folded).map(|piece| {
            let written = &folded.text()[piece.start..piece.end];
            if piece.whole { format!("[{written}]") } else { written.to_owned() }
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_whole_but_for_apostrophes_and_scripts_without_blanks() {
        assert_eq!(in_pieces("A day,  in Łódź"), "[a] [day] , [in] [lodz]");
        assert_eq!(in_pieces("Oslo'da 'Oslo' boys'"), "oslo da [oslo] [boys]");
        assert_eq!(in_pieces("東京の NATOへの الNATO"), "東 京 の nato へ の ال nato");
        assert_eq!(in_pieces("3LG東京 4Kשדה"), "3lg 東 京 4k שדה");
        assert_eq!(in_pieces("#metoo"), "# [metoo]");
        assert_eq!(in_pieces(" "), "");
    }
}
