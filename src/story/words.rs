//! Words: a text taken apart, each word folded and with what its capitals said.

use crate::text::{Folded, divides, fold, is_voicing_mark, is_word_char};

/// How a word was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Without a capital at its start, or in a script that has none.
    Small,
    /// With a capital at its start.
    Capital,
    /// In capitals throughout, and of two letters at least.
    Capitals,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// As it was folded.
    pub(super) text: &'a str,
    pub(super) case: Case,
    /// Whether a sentence begins with it: its capital says nothing then.
    pub(super) first: bool,
}

/// A folded text beside the one that was folded.
pub(super) struct Text<'a> {
    original: &'a str,
    folded: Folded,
}

impl<'a> Text<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        Self { original, folded: fold(original) }
    }

    /// Its words in order.
    pub(super) fn words(&self) -> Vec<Word<'_>> {
        let text = self.folded.text();
        let mut words = Vec::with_capacity(text.len() / 6 + 1);
        let (mut start, mut before, mut first) = (None, ' ', true);
        for (at, c) in text.char_indices() {
            let within = is_word_char(c);
            if let Some(from) = start
                && (!within || divides_here(before, c))
            {
                words.push(self.word(from, at, first));
                (start, first) = (None, false);
            }
            if within && start.is_none() {
                start = Some(at);
            }
            first |= matches!(c, '.' | '!' | '?' | ':' | '|' | '…' | '。');
            if !is_voicing_mark(c) {
                before = c;
            }
        }
        if let Some(from) = start {
            words.push(self.word(from, text.len(), first));
        }
        words
    }

    /// The word without what an apostrophe sets apart from it: the article of "l'Iran", the ending of "Iran's".
    fn word(&self, mut from: usize, mut to: usize, first: bool) -> Word<'_> {
        const LONGEST_ARTICLE: usize = 2;
        const LONGEST_ENDING: usize = 4;
        let breaks = self.folded.breaks_in(from, to);
        for at in breaks {
            if at - from <= LONGEST_ARTICLE && to - at > LONGEST_ARTICLE {
                from = at;
            } else if at - from > LONGEST_ARTICLE && to - at <= LONGEST_ENDING {
                to = at;
                break;
            }
        }
        let text = &self.folded.text()[from..to];
        let mut original = self.original[self.folded.original_start(from)..].chars();
        let case = match (original.next(), original.next()) {
            (Some(a), Some(b)) if a.is_uppercase() && (b.is_uppercase() || b == '.') && text.len() > 1 => {
                Case::Capitals
            }
            (Some(a), _) if a.is_uppercase() => Case::Capital,
            _ => Case::Small,
        };
        Word { text, case, first }
    }
}

/// Where scripts meet a word ends; a stretch of one that writes no blanks stays together, to be read by its pairs.
fn divides_here(before: char, after: char) -> bool {
    let blankless = |c| crate::text::writes_no_blanks(c);
    divides(before, after) && !(blankless(before) && (blankless(after) || is_voicing_mark(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let text = Text::new(text);
        text.words().iter().map(|word| word.text.to_owned()).collect()
    }

    #[test]
    fn words_stand_without_articles_and_endings() {
        assert_eq!(words("L'Iran et Russia's Oslo'da"), ["iran", "et", "russia", "oslo"]);
        assert_eq!(words("4-1 win, U.S. says"), ["4", "1", "win", "us", "says"]);
        assert_eq!(words("伊朗总统NATO访问"), ["伊朗总统", "nato", "访问"]);
    }

    #[test]
    fn capitals_are_seen() {
        let text = Text::new("The EU met. In Oslo");
        let seen: Vec<(Case, bool)> = text.words().iter().map(|word| (word.case, word.first)).collect();
        let expected = [(Case::Capital, true), (Case::Capitals, false), (Case::Small, false), (Case::Capital, true)];
        assert_eq!(seen[..4], expected);
        assert_eq!(seen[4], (Case::Capital, false));
    }
}
