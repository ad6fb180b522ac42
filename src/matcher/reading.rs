//! Reading: a field of an item, folded once, with its words numbered for those who ask.

use std::cell::OnceCell;

use unicode_normalization::char::is_combining_mark;

use super::case::Capitals;
use super::language::Languages;
use super::word::Place;
use crate::model::Field;
use crate::text::{Folded, Script, fold, is_word_char, writes_no_blanks};

/// A field's text.
pub(super) struct Reading<'t> {
    pub(super) field: Field,
    /// As published.
    pub(super) original: &'t str,
    pub(super) folded: Folded,
    /// Where the index knows words of phrases that no watch is woken by, in the folded text.
    pub(super) waiting: Vec<(u32, usize)>,
    /// Where such phrases stand by their sound.
    pub(super) heard: Vec<(u32, Place)>,
    /// What the item says that it is written in.
    declared: Languages,
    capitals: OnceCell<Capitals>,
    /// Where each word begins and ends in `original`.
    words: OnceCell<Vec<(usize, usize)>>,
}

/// Fewest letters of a word in capitals that is hardly an acronym.
const MIN_SHOUTED_LETTERS: usize = 4;

/// Whether the next word begins, or ends, with so many capitals.
fn is_shouted(text: impl Iterator<Item = char>) -> bool {
    let mut letters = text.skip_while(|c| *c == ' ').take(MIN_SHOUTED_LETTERS);
    (0..MIN_SHOUTED_LETTERS).all(|_| letters.next().is_some_and(char::is_uppercase))
}

impl<'t> Reading<'t> {
    pub(super) fn new(field: Field, original: &'t str, declared: Languages) -> Self {
        Self {
            field,
            original,
            folded: fold(original),
            waiting: Vec::new(),
            heard: Vec::new(),
            declared,
            capitals: OnceCell::new(),
            words: OnceCell::new(),
        }
    }

    /// What the item says that it is written in.
    pub(super) fn declared(&self) -> Languages {
        self.declared
    }

    /// The languages that a word of this script may be in.
    pub(super) fn languages(&self, script: Script) -> Languages {
        let all = Languages::of_script(script);
        let declared = self.declared.and(all);
        // A feed's language says nothing of words in another script.
        if declared.is_none() && !self.declared.is_none() { all } else { declared }
    }

    /// Whether the word that begins here in the folded text is written small, where names have capitals.
    pub(super) fn is_small(&self, start: usize) -> bool {
        let has_case = || self.folded.text()[start..].chars().next().and_then(Script::of).is_some_and(Script::has_case);
        let written = || &self.original[self.folded.original_start(start)..];
        has_case() && self.capitals() == Capitals::OnNames && !written().starts_with(char::is_uppercase)
    }

    /// The same around the bytes `start..end` of the original: a headline may shout only at its beginning.
    pub(super) fn capitals_at(&self, start: usize, end: usize) -> Capitals {
        let shouted = is_shouted(self.original[..start].chars().rev()) && is_shouted(self.original[end..].chars());
        if shouted { Capitals::Everywhere } else { self.capitals() }
    }

    pub(super) fn capitals(&self) -> Capitals {
        *self.capitals.get_or_init(|| Capitals::of_text(self.original))
    }

    /// The numbers of the first and the last word that the bytes `start..end` of the original touch. Signs between two
    /// words count as part of the word before them.
    pub(super) fn words(&self, start: usize, end: usize) -> (u32, u32) {
        let words = self.words.get_or_init(|| words(&self.folded));
        let first = words.partition_point(|word| word.1 <= start);
        let behind = words.partition_point(|word| word.0 < end);
        let last = behind.saturating_sub(1);
        (first.min(last) as u32, last as u32)
    }
}

/// The words of a text: what stands between blanks, hyphens and other signs. An apostrophe does not part words ("п'ять",
/// "Oslo'da"). In a script without blanks each character is a word, but for the marks on it: where its words end, only a
/// dictionary knows.
fn words(folded: &Folded) -> Vec<(usize, usize)> {
    let text = folded.text();
    let mut words = Vec::new();
    let mut start = None;
    let mut unspaced_before = false;
    for (at, c) in text.char_indices() {
        let word = is_word_char(c);
        let unspaced = writes_no_blanks(c);
        let goes_on = word && unspaced == unspaced_before && (!unspaced || is_combining_mark(c));
        if !goes_on && let Some(start) = start.take() {
            words.push((start, at));
        }
        if word && start.is_none() {
            start = Some(at);
        }
        unspaced_before = unspaced;
    }
    words.extend(start.map(|start| (start, text.len())));
    let original = |(start, end): (usize, usize)| {
        let span = folded.original_span(start, end);
        (span.start, span.end)
    };
    words.into_iter().map(original).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<&str> {
        words(&fold(text)).into_iter().map(|(start, end)| &text[start..end]).collect()
    }

    #[test]
    fn words_are_counted_as_people_write_them() {
        assert_eq!(written("Oil—spill, off\u{a0}Oslo's U.N. base!"), ["Oil", "spill", "off", "Oslo's", "U.N", "base"]);
        assert_eq!(written("п'ять ًسفن"), ["п'ять", "سفن"]);
        assert_eq!(written("東京ガスTokyo港2"), ["東", "京", "ガ", "ス", "Tokyo", "港", "2"]);
        assert_eq!(written("नई दिल्ली"), ["नई", "दिल्ली"]);
        assert_eq!(written(" … "), [""; 0]);
    }

    fn of(text: &str) -> Reading<'_> {
        Reading::new(Field::Title, text, Languages::ALL)
    }

    #[test]
    fn a_place_covers_the_words_that_it_touches() {
        let text = "An oil spill, 5 % off Oslo";
        let reading = of(text);
        let of_part = |part: &str| {
            let start = text.find(part).expect("a part");
            reading.words(start, start + part.len())
        };
        assert_eq!(
            [of_part("An"), of_part("oil spill"), of_part("pil"), of_part(" spill,")],
            [(0, 0), (1, 2), (2, 2), (2, 2)]
        );
        assert_eq!([of_part("%"), of_part(", 5"), of_part("Oslo")], [(3, 3), (3, 3), (5, 5)]);
        assert_eq!(of("!!").words(0, 1), (0, 0));
        assert_eq!(of("! word").words(0, 1), (0, 0));
    }
}
