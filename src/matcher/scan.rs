//! Scanning: every place of a text where a term could begin is looked up once.

use super::clitic::{MAX_CLITIC_CHARS, is_part};
use super::index::{Anchor, StemIndex};
use crate::text::{Folded, divides, is_word_char};

/// Calls `found` with each place where a stem stands, and the words of phrases that it may be.
pub(super) fn scan(folded: &Folded, index: &StemIndex, mut found: impl FnMut(usize, &[Anchor])) {
    let text = folded.text();
    let bytes = text.as_bytes();
    let mut look = |at: usize| index.stems_of(&bytes[at..]).for_each(|anchors| found(at, anchors));
    let mut before = None;
    for (at, c) in text.char_indices() {
        let word = c.is_ascii_alphanumeric() || is_word_char(c);
        // Signs begin a literal term ("#metoo", ".NET").
        let begins = match before {
            Some(before) if word => divides(before, c) || folded.is_break(at),
            None if word => true,
            _ => c != ' ',
        };
        before = word.then_some(c);
        if !begins {
            continue;
        }
        look(at);
        if is_part(c) {
            let clitics = text[at..].char_indices().take(MAX_CLITIC_CHARS).take_while(|(_, c)| is_part(*c));
            clitics.for_each(|(before, c)| look(at + before + c.len_utf8()));
        }
    }
}
