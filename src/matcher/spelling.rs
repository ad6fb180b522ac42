//! Other spellings: names that sound like a term's, in another romanisation or another script.
//!
//! What the forms of a language do not reach is looked up once more by its [`sound`]: every word that is written like a
//! name, against the sounds of the terms whose watch allows it. A hit by sound weighs less than one by letter.

use super::article::is_article;
use super::language::Languages;
use super::phrase::{Phrase, Word};
use super::scan::Piece;
use super::sounds::{MIN_SOUNDS, SoundIndex, Sounds, stem};
use super::word::Place;
use crate::model::Form;
use crate::text::{Folded, Script, divides, is_katakana, is_voicing_mark, is_word_char, sound};

/// Fewest letters of a name that may be found in another romanisation.
const MIN_LATIN_LETTERS: usize = 5;
/// Fewest letters of a name that may be found in another romanisation with an ending behind it.
const MIN_INFLECTED_LETTERS: usize = 8;
/// Most sounds of an ending.
const MAX_ENDING_SOUNDS: usize = 3;
/// Most vowels of an ending that no grammar has, behind a name in another script.
const MAX_ENDING_VOWELS: usize = 2;

/// Longest word that is heard, in bytes: no name is longer, and a text may be one endless word.
const MAX_HEARD_BYTES: usize = 160;

/// A word of a text, and how it sounds.
pub(super) struct Heard {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sound: String,
}

/// A text, read aloud.
pub(super) struct Aloud<'t> {
    pub(super) folded: &'t Folded,
    /// The text's language, or that of its script.
    pub(super) language: &'t dyn Fn(Script) -> Languages,
}

impl Aloud<'_> {
    /// Hears the word that begins with a piece, if it may be a name: long enough, and in a script that writes vowels.
    pub(super) fn hear_name(&self, piece: Piece) -> Option<Heard> {
        let text = self.folded.text();
        let first = text[piece.start..].chars().next()?;
        let spoken = match Script::of(first)? {
            Script::Latin | Script::Cyrillic | Script::Greek | Script::Georgian | Script::Hangul => true,
            Script::Unspaced => is_katakana(first),
            _ => false,
        };
        let inside = || {
            text[..piece.start]
                .chars()
                .rev()
                .find(|c| !is_voicing_mark(*c))
                .is_some_and(|before| goes_on(before, first))
        };
        if !spoken || (!piece.whole && inside()) {
            return None;
        }
        let end = if piece.whole { piece.end } else { self.end_of_name(piece.start) };
        let long = is_katakana(first) || text[piece.start..end].chars().nth(MIN_SOUNDS - 1).is_some();
        long.then(|| self.hear(piece.start, end))?
    }

    fn hear(&self, start: usize, end: usize) -> Option<Heard> {
        let word = Some(&self.folded.text()[start..end]).filter(|word| word.len() <= MAX_HEARD_BYTES)?;
        let script = Script::of_text(word).unwrap_or(Script::Other);
        let language = (self.language)(script).tongues().next().map_or("en", |tongue| tongue.tag());
        sound(word, language).map(|sound| Heard { start, end, sound })
    }

    /// Where the name ends in a word that begins at `start`: before a possessive, and in languages that put an apostrophe
    /// between the two, before the ending. Somewhere behind what is heard if the word is too long.
    fn end_of_name(&self, start: usize) -> usize {
        let text = &self.folded.text()[start..];
        let text = &text[..text.floor_char_boundary(MAX_HEARD_BYTES + char::MAX_LEN_UTF8)];
        let mut last: Option<char> = None;
        let stop = text.find(|c| !is_voicing_mark(c) && !last.replace(c).is_none_or(|last| goes_on(last, c)));
        let end = start + stop.unwrap_or(text.len());
        let apart = (self.language)(Script::Latin).tongues().next().is_some_and(|t| matches!(t.tag(), "tr" | "az"));
        let possessive = |at: &usize| &self.folded.text()[*at..end] == "s";
        let ending = self.folded.breaks_in(start, end).find(|at| apart || possessive(at));
        ending.unwrap_or(end)
    }

    /// Calls `found` with each phrase whose anchor the word may be, as far as it can tell by itself.
    pub(super) fn look(
        &self,
        index: &SoundIndex,
        word: &Heard,
        derived: impl Fn(u32) -> bool,
        mut found: impl FnMut(u32),
    ) {
        let script = self.script(word);
        // Languages of one script that is not Latin spell a name alike, and a short name has too many neighbours.
        let far = |id, sounds: &Sounds, least| {
            sounds.script != script || (script == Script::Latin && (sounds.letters >= least || derived(id)))
        };
        for (id, _) in index.whole(&word.sound).filter(|(id, sounds)| far(*id, sounds, MIN_LATIN_LETTERS)) {
            found(id);
        }
        for (stem, rest) in self.splits(word) {
            if !index.has_beginning(stem) || !self.may_end(word, rest) {
                continue;
            }
            let least = if rest == "s" { MIN_LATIN_LETTERS } else { MIN_INFLECTED_LETTERS };
            for (id, sounds) in index.beginning(stem).filter(|(id, sounds)| far(*id, sounds, least)) {
                if !sounds.of_word(sounds.anchor).contains(&word.sound) {
                    found(id);
                }
            }
        }
    }

    /// Each way to take off what could be an ending, or nothing, from what was heard.
    fn splits<'w>(&self, word: &'w Heard) -> impl Iterator<Item = (&'w str, &'w str)> {
        let most = if self.script(word) == Script::Unspaced { None } else { Some(MAX_ENDING_SOUNDS) };
        let sound = word.sound.as_str();
        let splits = most.into_iter().flat_map(|most| 0..=most);
        let splits = splits.filter_map(|len| sound.split_at_checked(sound.len().checked_sub(len)?));
        splits.filter(|(stem, _)| stem.len() >= MIN_SOUNDS)
    }

    /// Whether the rest of a word's sound may be an ending.
    fn may_end(&self, word: &Heard, rest: &str) -> bool {
        let script = self.script(word);
        let vowels = rest.len() <= MAX_ENDING_VOWELS && rest.bytes().all(|b| matches!(b, b'a' | b'i' | b'u'));
        (vowels && script != Script::Latin) || (self.language)(script).tongues().any(|tongue| tongue.ends_like(rest))
    }

    /// The phrase, if its anchor may be the word at these bytes and its other words stand around it.
    pub(super) fn find(&self, phrase: &Phrase, sounds: &Sounds, (mut start, mut end): (usize, usize)) -> Option<Place> {
        let script = Script::of_text(&self.folded.text()[start..end]).unwrap_or(Script::Other);
        let form = if sounds.script == script { Form::Respelled } else { Form::Transliterated };
        for index in (0..sounds.anchor).rev() {
            let next = &self.folded.text()[start..];
            start = self.beside(phrase, sounds, index, self.word_before(start), next)?.map_or(start, |word| word.start);
        }
        for index in sounds.anchor + 1..phrase.words.len() {
            let word = self.word_behind(end);
            let next = word.as_ref().map_or("", |word| self.folded.text()[word.end..].trim_start_matches(' '));
            end = self.beside(phrase, sounds, index, word, next)?.map_or(end, |word| word.end);
        }
        Some(Place { start, end, form })
    }

    /// The word beside those that were found, if it is the phrase's next; `next` is what follows it, before which an
    /// article may be missing.
    fn beside(
        &self,
        phrase: &Phrase,
        sounds: &Sounds,
        index: usize,
        word: Option<Heard>,
        next: &str,
    ) -> Option<Option<Heard>> {
        if let Word::Article { optional } = phrase.words[index] {
            let article = word.filter(|word| is_article(self.text(word), next));
            return (article.is_some() || optional).then_some(article);
        }
        word.filter(|word| self.sounds_like(word, phrase, sounds, index)).map(Some)
    }

    fn word_behind(&self, end: usize) -> Option<Heard> {
        let behind = &self.folded.text()[end..];
        let start = end + usize::from(behind.starts_with(' '));
        self.folded.text()[start..].starts_with(is_word_char).then(|| self.hear(start, self.end_of_name(start)))?
    }

    fn word_before(&self, start: usize) -> Option<Heard> {
        let before = &self.folded.text()[..start];
        let end = before.len() - usize::from(before.ends_with(' '));
        let mut behind = None;
        let word = before[..end].char_indices().rev().take(MAX_HEARD_BYTES).take_while(|(_, c)| {
            is_voicing_mark(*c) || behind.replace(*c).map_or(is_word_char(*c), |behind| goes_on(*c, behind))
        });
        let begin = word.last()?.0;
        (self.end_of_name(begin) == end).then(|| self.hear(begin, end))?
    }

    /// Whether a word beside the anchor sounds like the phrase's.
    fn sounds_like(&self, word: &Heard, phrase: &Phrase, sounds: &Sounds, index: usize) -> bool {
        let letters = phrase.words.iter().filter_map(Word::text).map(|text| text.chars().count()).max().unwrap_or(0);
        let long = phrase.derived || letters >= MIN_INFLECTED_LETTERS || self.script(word) != Script::Latin;
        sounds.of_word(index).iter().any(|sound| {
            let ends = |(begin, rest): (&str, &str)| {
                stem(sound) == Some(begin) && (long || rest == "s") && self.may_end(word, rest)
            };
            word.sound == *sound || self.splits(word).any(ends)
        })
    }

    fn script(&self, word: &Heard) -> Script {
        Script::of_text(self.text(word)).unwrap_or(Script::Other)
    }

    fn text(&self, word: &Heard) -> &str {
        &self.folded.text()[word.start..word.end]
    }
}

/// Whether a word that has `before` in it goes on with `after`; a name in katakana is one between other letters.
fn goes_on(before: char, after: char) -> bool {
    let spoken = is_katakana(before);
    is_word_char(after) && is_word_char(before) && is_katakana(after) == spoken && (spoken || !divides(before, after))
}
