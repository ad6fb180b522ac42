//! What an item says, as features that compare across outlets and, for names and numbers, across languages and scripts.

use xxhash_rust::xxh3::xxh3_64;

use super::lexicon::{self, Concept, Sort, concept};
use super::skeleton::skeleton;
use crate::model::{Item, clip};
use crate::text::{Folded, Script, fold, is_stop_word, is_word_char, writes_no_blanks};

/// Bytes of the summary, else of the body, that are read: the first sentences say what it is about.
const MAX_TEXT_BYTES: usize = 400;
/// Bytes of the headline that are read.
const MAX_TITLE_BYTES: usize = 400;
/// Features that are kept of an item, those of the headline first.
const MAX_FEATURES: usize = 96;
/// Letters of a word by which it is compared: endings make no other word.
const STEM_LETTERS: usize = 6;
/// A headline of which more words are in capitals is written so throughout: they mark no names.
const TITLE_CASE: f64 = 0.65;

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// The beginning of a word.
    Word,
    /// The skeleton of what may be a name.
    Name,
    /// A number.
    Number,
    /// A place or an actor of the lexicon.
    Entity,
    /// What happens, or to what, of the lexicon.
    Topic,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 5;

/// A feature: its kind in the upper three bits, a hash below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Feature(u32);

impl Feature {
    fn new(kind: Kind, hash: u64) -> Self {
        Self((kind as u32) << 29 | (hash as u32) >> 3)
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 >> 29 {
            0 => Kind::Word,
            1 => Kind::Name,
            2 => Kind::Number,
            3 => Kind::Entity,
            _ => Kind::Topic,
        }
    }
}

/// Spreads skeletons over all bits (Knuth's multiplicative hash).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// How much what stands in the headline counts, in tenths.
pub(super) const HEADLINE: u8 = 10;

/// And what stands below it; a name of the headline counts more, however doubtful.
pub(super) const BELOW: u8 = 5;

/// A feature and how much it counts, in tenths.
pub(super) type Said = (Feature, u8);

/// What an item says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Sorted by feature.
    pub(super) said: Vec<Said>,
    /// Hash of the headline's words.
    pub(super) title: u32,
    /// What language it is in, as a hash of its primary subtag, or of its script where it does not say.
    pub(super) language: u16,
}

/// Reads an item.
pub(super) fn read(item: &Item) -> Reading {
    let mut said = Vec::with_capacity(64);
    let text = if item.summary.is_empty() { &item.body } else { &item.summary };
    let tongue = tongue(item);
    let column = lexicon::column(&tongue);
    read_text(clip(&item.title, MAX_TITLE_BYTES), column, HEADLINE, &mut said);
    read_text(clip(text, MAX_TEXT_BYTES), column, BELOW, &mut said);
    said.truncate(MAX_FEATURES);
    // Of a feature that is there more than once the weightiest counts.
    said.sort_unstable_by_key(|(feature, weight)| (*feature, std::cmp::Reverse(*weight)));
    said.dedup_by_key(|(feature, _)| *feature);
    let title = fold(clip(&item.title, MAX_TITLE_BYTES)).into_pattern();
    Reading { said, title: xxh3_64(title.as_bytes()) as u32, language: xxh3_64(tongue.as_bytes()) as u16 }
}

/// The primary subtag of the item's language; where it does not say, the language that its script is mostly in.
fn tongue(item: &Item) -> String {
    let tag = item.language.as_deref().unwrap_or_default();
    match tag.split(['-', '_']).next().filter(|primary| !primary.is_empty()) {
        Some(primary) => primary.to_ascii_lowercase(),
        None => match Script::of_text(&item.title) {
            Some(Script::Latin) | None => "en".to_owned(),
            Some(Script::Cyrillic) => "ru".to_owned(),
            Some(Script::Arabic) => "ar".to_owned(),
            Some(Script::Unspaced) => "zh".to_owned(),
            Some(script) => format!("{script:?}"),
        },
    }
}

/// A word on its way to features.
struct Word<'a> {
    folded: &'a str,
    capital: bool,
    /// Whether a capital says nothing: it begins a sentence.
    first: bool,
    script: Script,
}

fn read_text(text: &str, column: Option<u8>, weight: u8, said: &mut Vec<Said>) {
    let folded = fold(text);
    let words = words(text, &folded);
    let capitals = words.iter().filter(|word| word.capital).count();
    let title_case = words.len() > 3 && capitals as f64 > TITLE_CASE * words.len() as f64;
    for word in &words {
        if word.folded.bytes().all(|byte| byte.is_ascii_digit()) {
            said.push((Feature::new(Kind::Number, xxh3_64(word.folded.as_bytes())), weight));
        } else if word.folded.chars().next().is_some_and(writes_no_blanks) {
            read_unspaced(word.folded, column, weight, said);
        } else {
            read_word(word, title_case, column, weight, said);
        }
    }
}

/// Two characters at a time, as search engines read what is written without blanks.
fn read_unspaced(run: &str, column: Option<u8>, weight: u8, said: &mut Vec<Said>) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    for start in starts.iter().filter(|start| **start < run.len()) {
        said.extend(
            column.and_then(|column| concept(column, &run[*start..])).map(|concept| of_concept(concept, weight)),
        );
    }
    for pair in starts.windows(3) {
        said.push((Feature::new(Kind::Word, xxh3_64(&run.as_bytes()[pair[0]..pair[2]])), weight));
    }
}

fn read_word(word: &Word<'_>, title_case: bool, column: Option<u8>, weight: u8, said: &mut Vec<Said>) {
    let folded = bare(word);
    let concept = column.and_then(|column| concept(column, word.folded).or_else(|| concept(column, folded)));
    said.extend(concept.map(|concept| of_concept(concept, weight)));
    if folded.chars().count() < 2 || is_stop_word(folded) || is_stop_word(word.folded) {
        return;
    }
    let end = folded.char_indices().nth(STEM_LETTERS).map_or(folded.len(), |(at, _)| at);
    said.push((Feature::new(Kind::Word, xxh3_64(&folded.as_bytes()[..end])), weight));
    let cased = word.script.has_case();
    let share = match (cased, word.capital) {
        (true, false) => return,
        (true, true) if title_case || word.first => 7,
        (true, true) => 10,
        // Any word may be a name.
        (false, _) => 5,
    };
    // A name of one consonant, or in another script, is known by its spelling.
    let name = match skeleton(folded) {
        Some(skeleton) => u64::from(skeleton).wrapping_mul(SPREAD) >> 32,
        None if cased => xxh3_64(folded.as_bytes()) | 1 << 31,
        None => return,
    };
    said.push((Feature::new(Kind::Name, name), weight * share / 10));
}

/// A concept as a feature.
fn of_concept(concept: Concept, weight: u8) -> Said {
    let kind = match concept.sort {
        Sort::Entity => Kind::Entity,
        Sort::Topic => Kind::Topic,
    };
    (Feature::new(kind, u64::from(concept.line) << 3), weight)
}

/// The word without what Arabic writes on to it in front and behind.
fn bare<'a>(word: &Word<'a>) -> &'a str {
    if word.script != Script::Arabic {
        return word.folded;
    }
    let long = |text: &str| text.chars().count() >= 3;
    let mut bare = word.folded;
    for prefix in ["وال", "بال", "كال", "فال", "لل", "ال"] {
        if let Some(rest) = bare.strip_prefix(prefix).filter(|rest| long(rest)) {
            bare = rest;
            break;
        }
    }
    for suffix in ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"] {
        if let Some(rest) = bare.strip_suffix(suffix).filter(|rest| long(rest)) {
            return rest;
        }
    }
    bare
}

/// The longest piece of a word between apostrophes: without the article of "d'Odessa", the ending of "Odessa's".
fn longest_piece(folded: &Folded, start: usize, end: usize) -> &str {
    let (mut from, mut longest) = (start, start..start);
    for to in folded.breaks_in(start, end).chain([end]) {
        if to - from > longest.len() {
            longest = from..to;
        }
        from = to;
    }
    &folded.text()[longest]
}

fn words<'a>(text: &str, folded: &'a Folded) -> Vec<Word<'a>> {
    let letters = folded.text();
    let mut words = Vec::with_capacity(letters.len() / 5);
    let mut first = true;
    let mut at = 0;
    while at < letters.len() {
        let Some(start) = letters[at..].char_indices().find(|(_, c)| is_word_char(*c)).map(|(skip, _)| at + skip)
        else {
            break;
        };
        first |= letters[at..start].contains(['.', '!', '?', ':', '|', '…', '"']);
        let end =
            letters[start..].char_indices().find(|(_, c)| !is_word_char(*c)).map_or(letters.len(), |(n, _)| start + n);
        let word = longest_piece(folded, start, end);
        let capital = text[folded.original_start(start)..].chars().next().is_some_and(char::is_uppercase);
        let script = Script::of_text(word).unwrap_or(Script::Other);
        words.push(Word { folded: word, capital, first, script });
        first = false;
        at = end;
    }
    words
}
