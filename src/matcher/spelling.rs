//! Other spellings: names that sound like a term's, in another romanisation or another script.
//!
//! What the forms of a language do not reach is looked up once more by its [`sound`]: every word that is written like a
//! name, against the sounds of the terms whose watch allows it. A hit by sound weighs less than one by letter.

use super::case::{Capitals, Case};
use super::index::{Anchor, StemIndex};
use super::language::Languages;
use super::phrase::{Phrase, Word, foreign_stem, is_article};
use super::word::Place;
use crate::model::Form;
use crate::text::{Folded, Script, is_word_char, sound, sounds, writes_no_blanks};

/// Fewest letters of a name that may be found in another romanisation.
const MIN_LATIN_LETTERS: usize = 5;
/// Fewest sounds of a name that may be found in another script, or stand for it in front of an ending.
const MIN_SOUNDS: usize = 4;
/// Fewest letters of a name that may be found in another romanisation with an ending behind it.
const MIN_INFLECTED_LETTERS: usize = 8;
/// Most letters of an ending that is not known, behind a name in a script that inflects.
const MAX_ENDING_SOUNDS: usize = 3;
/// The same behind context, which may be derived.
const MAX_DERIVATION_SOUNDS: usize = 6;
/// Fewest letters of an acronym that is spoken as a word.
const MIN_SPOKEN_ACRONYM: u8 = 5;

/// How a phrase sounds.
#[derive(Debug)]
pub(super) struct Sounds {
    /// For each word of the phrase, each way that it may sound; none for articles.
    words: Vec<Vec<String>>,
    anchor: usize,
}

impl Sounds {
    /// `None` where a phrase is not looked for by its sound: short ones, acronyms, signs, scripts without vowels.
    pub(super) fn of(phrase: &Phrase) -> Option<Self> {
        let spoken = match phrase.case {
            Case::Name => true,
            Case::Small => phrase.derived || phrase.words.len() > 1,
            Case::Acronym { letters, .. } => letters >= MIN_SPOKEN_ACRONYM,
            Case::Exact => false,
        };
        if !spoken || phrase.prefix {
            return None;
        }
        let words: Option<Vec<Vec<String>>> = phrase.words.iter().map(of_word).collect();
        let words = words?;
        let lengths = words.iter().map(|all| all.iter().map(String::len).min().unwrap_or(0));
        let (anchor, length) = lengths.enumerate().max_by_key(|(at, len)| (*len, usize::MAX - at))?;
        (length >= MIN_SOUNDS).then_some(Self { words, anchor })
    }

    /// Stems of the anchor's sounds.
    pub(super) fn stems(&self) -> impl Iterator<Item = &str> {
        self.words[self.anchor].iter().map(|sound| stem(sound))
    }

    pub(super) fn anchor(&self) -> usize {
        self.anchor
    }
}

fn of_word(word: &Word) -> Option<Vec<String>> {
    match word {
        Word::Base { text, .. } => Some(sounds(text)).filter(|all| !all.is_empty()),
        Word::Article => Some(Vec::new()),
        Word::Literal(_) => None,
    }
}

/// What the forms of a name sound like at the beginning.
fn stem(sound: &str) -> &str {
    foreign_stem(sound, Script::Latin).filter(|stem| stem.len() >= MIN_SOUNDS).unwrap_or(sound)
}

/// A word of a text.
struct Token {
    start: usize,
    end: usize,
    sound: Option<String>,
}

/// A text, read aloud.
pub(super) struct Aloud<'t> {
    folded: &'t Folded,
    original: &'t str,
    capitals: Capitals,
    /// The text's language, or that of its script.
    language: &'t dyn Fn(Script) -> Languages,
    tokens: Vec<Token>,
}

impl<'t> Aloud<'t> {
    pub(super) fn new(
        folded: &'t Folded,
        original: &'t str,
        capitals: Capitals,
        language: &'t dyn Fn(Script) -> Languages,
    ) -> Self {
        let mut aloud = Self { folded, original, capitals, language, tokens: Vec::new() };
        aloud.tokens = aloud.words();
        aloud
    }

    fn words(&self) -> Vec<Token> {
        let text = self.folded.text();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(begin) = text[at..].find(is_word_char) {
            let start = at + begin;
            let unspaced = text[start..].starts_with(is_spoken_unspaced);
            let stop = text[start..].find(|c| !is_word_char(c) || is_spoken_unspaced(c) != unspaced);
            at = stop.map_or(text.len(), |stop| start + stop);
            tokens.push(Token { start, end: self.end_of_name(start, at), sound: None });
        }
        tokens
    }

    /// Where the name ends in a word: in languages that put an apostrophe between the two, before the ending.
    fn end_of_name(&self, start: usize, end: usize) -> usize {
        let apart = (self.language)(Script::Latin).tongues().next().is_some_and(|t| matches!(t.tag(), "tr" | "az"));
        let possessive = |at: &usize| &self.folded.text()[*at..end] == "s";
        let ending = self.folded.breaks_in(start, end).find(|at| apart || possessive(at));
        ending.unwrap_or(end)
    }

    /// Calls `found` for every word that sounds like the anchor of a phrase.
    pub(super) fn scan(&mut self, index: &StemIndex, mut found: impl FnMut(&Self, usize, &Anchor)) {
        for at in 0..self.tokens.len() {
            if self.is_name(at) {
                self.hear(at);
            }
            let Some(sound) = self.tokens[at].sound.clone() else { continue };
            for anchors in index.stems_of(sound.as_bytes()) {
                for anchor in anchors {
                    self.hear_around(at);
                    found(self, at, anchor);
                }
            }
        }
    }

    /// Whether a word may be a name: long enough, and with a capital where capitals mark names.
    fn is_name(&self, at: usize) -> bool {
        let Token { start, end, .. } = self.tokens[at];
        let word = &self.folded.text()[start..end];
        let Some(script) = Script::of_text(word) else { return false };
        let letters = word.chars().count();
        match script {
            Script::Latin | Script::Cyrillic | Script::Greek | Script::Georgian | Script::Hangul => {
                letters >= MIN_SOUNDS
            }
            Script::Unspaced => word.starts_with(is_spoken_unspaced),
            _ => false,
        }
    }

    fn has_capital(&self, at: usize) -> bool {
        let span = self.folded.original_span(self.tokens[at].start, self.tokens[at].end);
        self.original[span].starts_with(char::is_uppercase)
    }

    fn hear(&mut self, at: usize) {
        let Token { start, end, .. } = self.tokens[at];
        let word = &self.folded.text()[start..end];
        let script = Script::of_text(word).unwrap_or(Script::Other);
        let language = (self.language)(script).tongues().next().map_or("en", |tongue| tongue.tag());
        self.tokens[at].sound = sound(word, language);
    }

    /// The words beside one that was heard: a phrase has no more than a few.
    fn hear_around(&mut self, at: usize) {
        for near in at.saturating_sub(4)..(at + 5).min(self.tokens.len()) {
            if self.tokens[near].sound.is_none() {
                self.hear(near);
            }
        }
    }

    /// The phrase, if the word `at` is its anchor and its other words stand around it.
    pub(super) fn find(&self, phrase: &Phrase, sounds: &Sounds, at: usize) -> Option<Place> {
        let script = self.script(at)?;
        let own = phrase.words[sounds.anchor].text().and_then(Script::of_text)?;
        // Languages of one script that is not Latin spell a name alike, and a short name has too many neighbours.
        let letters = phrase.words[sounds.anchor].text().map_or(0, |text| text.chars().count());
        if own == script && (script != Script::Latin || (letters < MIN_LATIN_LETTERS && !phrase.derived)) {
            return None;
        }
        let named = phrase.case == Case::Small || script == Script::Unspaced || !script.has_case();
        if !named && self.capitals == Capitals::OnNames && !self.has_capital(at) {
            return None;
        }
        let (mut first, mut last) = (at, at);
        let form = if own == script { Form::Respelled } else { Form::Transliterated };
        if !self.sounds_like(at, phrase, sounds, sounds.anchor) {
            return None;
        }
        for index in (0..sounds.anchor).rev() {
            first = self.step(phrase, sounds, index, first.checked_sub(1), first)?;
        }
        for index in sounds.anchor + 1..phrase.words.len() {
            last = self.step(phrase, sounds, index, Some(last + 1), last)?;
        }
        Some(Place { start: self.tokens[first].start, end: self.tokens[last].end, form })
    }

    /// The next word of a phrase in either direction; articles may be missing.
    fn step(&self, phrase: &Phrase, sounds: &Sounds, index: usize, next: Option<usize>, here: usize) -> Option<usize> {
        let next = next.filter(|next| *next < self.tokens.len() && self.is_beside(*next, here));
        if let Word::Article = phrase.words[index] {
            let article = next.filter(|next| is_article(self.text(*next)));
            return Some(article.unwrap_or(here));
        }
        next.filter(|next| self.sounds_like(*next, phrase, sounds, index))
    }

    fn is_beside(&self, one: usize, other: usize) -> bool {
        let (a, b) = (&self.tokens[one.min(other)], &self.tokens[one.max(other)]);
        matches!(&self.folded.text()[a.end..b.start], " " | "")
    }

    fn sounds_like(&self, at: usize, phrase: &Phrase, sounds: &Sounds, index: usize) -> bool {
        let Some(heard) = &self.tokens[at].sound else { return false };
        let most = if phrase.derived { MAX_DERIVATION_SOUNDS } else { MAX_ENDING_SOUNDS };
        let inflects = !matches!(self.script(at), Some(Script::Unspaced));
        sounds.words[index].iter().any(|sound| {
            heard == sound
                || (inflects
                    && sound.len() >= MIN_SOUNDS
                    && heard.strip_prefix(stem(sound)).is_some_and(|rest| self.may_end(at, rest, most, phrase)))
        })
    }

    /// Whether the rest of a word's sound may be an ending.
    fn may_end(&self, at: usize, rest: &str, most: usize, phrase: &Phrase) -> bool {
        if rest.len() > most {
            return false;
        }
        let script = self.script(at).unwrap_or(Script::Other);
        let letters = phrase.words.iter().filter_map(Word::text).map(|text| text.chars().count()).max().unwrap_or(0);
        if script == Script::Latin && !phrase.derived && letters < MIN_INFLECTED_LETTERS && rest != "s" {
            return false;
        }
        let vowels = rest.bytes().all(|b| matches!(b, b'a' | b'i' | b'u'));
        let known = || (self.language)(script).tongues().any(|tongue| tongue.ends_like(rest));
        (vowels && rest.len() <= 2 && script != Script::Latin) || phrase.derived || known()
    }

    fn script(&self, at: usize) -> Option<Script> {
        Script::of_text(self.text(at))
    }

    fn text(&self, at: usize) -> &str {
        &self.folded.text()[self.tokens[at].start..self.tokens[at].end]
    }
}

/// Katakana: foreign names stand in it, between words of other letters.
fn is_spoken_unspaced(c: char) -> bool {
    writes_no_blanks(c) && (('\u{30a1}'..='\u{30fc}').contains(&c) || matches!(c, '\u{3099}' | '\u{309a}'))
}
