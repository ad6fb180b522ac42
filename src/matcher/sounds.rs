//! Sounds: how phrases sound, and which of them a word of a text could be by its sound.

use std::collections::HashMap;

use super::case::Case;
use super::index::Plain;
use super::phrase::{Phrase, Word, foreign_stem};
use crate::text::{Script, sounds};

/// Fewest sounds of a name that may be found in another script, or stand for it in front of an ending.
pub(super) const MIN_SOUNDS: usize = 4;
/// Fewest letters of an acronym that is spoken as a word.
const MIN_SPOKEN_ACRONYM: u8 = 5;

/// How a phrase sounds.
#[derive(Debug)]
pub(super) struct Sounds {
    /// For each word of the phrase, each way that it may sound; none for articles.
    words: Vec<Vec<String>>,
    /// The word that is looked up in the index.
    pub(super) anchor: usize,
    /// Its script, and its letters.
    pub(super) script: Script,
    pub(super) letters: usize,
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
        let text = phrase.words[anchor].text()?;
        let (script, letters) = (Script::of_text(text)?, text.chars().count());
        (length >= MIN_SOUNDS).then_some(Self { words, anchor, script, letters })
    }

    /// The ways that a word of the phrase may sound.
    pub(super) fn of_word(&self, index: usize) -> &[String] {
        &self.words[index]
    }
}

fn of_word(word: &Word) -> Option<Vec<String>> {
    match word {
        Word::Base { text, .. } => Some(with_one_liquid(sounds(text))).filter(|all| !all.is_empty()),
        Word::Article { .. } => Some(Vec::new()),
        Word::Literal(_) => None,
    }
}

/// The ways that a name may sound, those to which l and r are one included: Japanese and Korean have no two letters.
fn with_one_liquid(mut sounds: Vec<String>) -> Vec<String> {
    let merged = sounds.iter().filter(|sound| sound.contains('l')).map(|sound| {
        let mut sound = sound.replace('l', "r");
        while sound.contains("rr") {
            sound = sound.replace("rr", "r");
        }
        sound
    });
    let merged: Vec<String> = merged.filter(|sound| sound.len() >= MIN_SOUNDS).collect();
    sounds.extend(merged);
    sounds
}

/// What the forms of a name sound like at the beginning, if it is long enough to go on from.
pub(super) fn stem(sound: &str) -> Option<&str> {
    let long = |stem: &&str| stem.len() >= MIN_SOUNDS;
    foreign_stem(sound, Script::Latin).filter(long).or(Some(sound)).filter(long)
}

/// The phrases that are looked for by their sound.
#[derive(Debug, Default)]
pub(super) struct SoundIndex {
    sounds: HashMap<u32, Sounds, Plain>,
    /// By what their anchor sounds like.
    whole: HashMap<String, Vec<u32>, Plain>,
    /// By what its forms begin with.
    stems: HashMap<String, Vec<u32>, Plain>,
}

impl SoundIndex {
    /// Adds a phrase, if it can be told by its sound.
    pub(super) fn add(&mut self, id: u32, phrase: &Phrase) {
        let Some(sounds) = Sounds::of(phrase) else { return };
        for sound in sounds.of_word(sounds.anchor) {
            self.whole.entry(sound.clone()).or_default().push(id);
            let stem = stem(sound).map(str::to_owned);
            let same = stem.map(|stem| self.stems.entry(stem).or_default());
            // Two ways to say a word may have one stem.
            same.filter(|same| same.last() != Some(&id)).into_iter().for_each(|same| same.push(id));
        }
        self.sounds.insert(id, sounds);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sounds.is_empty()
    }

    /// How a phrase sounds that was found here.
    pub(super) fn of(&self, phrase: u32) -> Option<&Sounds> {
        self.sounds.get(&phrase)
    }

    /// The phrases whose anchor sounds like this.
    pub(super) fn whole(&self, sound: &str) -> impl Iterator<Item = (u32, &Sounds)> {
        self.all(self.whole.get(sound))
    }

    /// Whether the forms of some anchor begin so.
    pub(super) fn has_beginning(&self, stem: &str) -> bool {
        self.stems.contains_key(stem)
    }

    /// The phrases of whose anchor's forms this is the beginning.
    pub(super) fn beginning(&self, stem: &str) -> impl Iterator<Item = (u32, &Sounds)> {
        self.all(self.stems.get(stem))
    }

    fn all(&self, phrases: Option<&Vec<u32>>) -> impl Iterator<Item = (u32, &Sounds)> {
        phrases.into_iter().flatten().filter_map(|id| Some((*id, self.sounds.get(id)?)))
    }
}
