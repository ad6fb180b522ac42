//! Reading: what an item says, as features that can be compared with those of others.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::lexicon::{Sort, lexicon};
use super::skeleton::skeleton;
use super::stem::{hebrew, stem, without_front};
use super::words::{Case, Text, Word};
use crate::model::{Item, title_sketch};
use crate::text::{Script, is_stop_word, writes_no_blanks};

/// Shorter headlines ("Live updates", "Earthquake") say too little to join by.
pub const MIN_TITLE_WORDS: usize = 4;
/// How much of the text below the headline is read, in bytes: reports open with what is new.
const MAX_TEXT: usize = 360;
/// No headline is longer that is one.
const MAX_TITLE: usize = 300;
/// Most features of an item.
const MAX_FEATURES: usize = 96;

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// The stem of a word, in its own language.
    Word,
    /// The skeleton of a name.
    Name,
    /// A place of the lexicon.
    Place,
    /// A person or a group of the lexicon.
    Actor,
    /// Something that happens.
    Event,
    /// A number.
    Number,
    /// The address of the item.
    Link,
    /// Its whole headline.
    Title,
}

/// Kinds that are compared; the others are certain keys.
pub(super) const COMPARED: usize = 6;

/// A feature of one item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    pub(super) hash: u64,
    pub(super) kind: Kind,
    /// How much stress the item puts on it.
    pub(super) weight: u8,
    /// Whether it stands in the headline.
    pub(super) title: bool,
    /// In how many of two hundred items of any news it would be found.
    pub(super) common: u8,
}

/// An item, read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) features: Vec<Feature>,
    /// Of its title, to compare loosely.
    pub(super) sketch: u32,
    /// Everything that it says.
    pub(super) text: u64,
    pub(super) tongue: Tongue,
}

/// The language of an item as far as it is known, and its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tongue {
    language: [u8; 3],
    script: Option<Script>,
}

impl Tongue {
    /// Whether words of the two can be compared by their letters. Where a feed does not say its language the script has
    /// to do.
    pub(super) fn is_shared(self, other: Self) -> bool {
        let known = self.language != [0; 3] && other.language != [0; 3];
        if known { self.language == other.language } else { self.script == other.script }
    }
}

const TITLE_WEIGHT: u8 = 10;
const TEXT_WEIGHT: u8 = 6;
/// A name says more than another word, in percent.
const NAME_PERCENT: u16 = 170;

/// Reads an item.
pub(super) fn read(item: &Item) -> Reading {
    let below = if item.summary.trim().is_empty() { &item.body } else { &item.summary };
    let tag = item.language.as_deref().unwrap_or_default();
    let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let mut reader = Reader { language: &language, features: Vec::with_capacity(128) };
    let title = Text::new(head(&item.title, MAX_TITLE));
    let title_words = title.words();
    reader.words(&title_words, true);
    let below = Text::new(head(below, MAX_TEXT));
    reader.words(&below.words(), false);
    let mut features = merged(reader.features);
    features.extend(item.link.as_ref().map(|link| key(Kind::Link, xxh3_64(link.as_bytes()))));
    let normal = words(&item.title).map(str::to_lowercase).collect::<Vec<_>>();
    let normal_title = normal.join(" ");
    if normal.len() >= MIN_TITLE_WORDS {
        features.push(key(Kind::Title, xxh3_64(normal_title.as_bytes())));
    }
    let mut code = [0; 3];
    code.iter_mut().zip(language.bytes()).for_each(|(to, from)| *to = from);
    Reading {
        features,
        sketch: title_sketch(&item.title),
        text: text_hash(&normal_title, item),
        tongue: Tongue { language: code, script: Script::of_text(&item.title) },
    }
}

/// Everything that the item says.
fn text_hash(title: &str, item: &Item) -> u64 {
    let rest = xxh3_64_with_seed(item.summary.as_bytes(), xxh3_64(title.as_bytes()));
    xxh3_64_with_seed(item.body.as_bytes(), rest)
}

fn words(title: &str) -> impl Iterator<Item = &str> {
    title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn key(kind: Kind, hash: u64) -> Feature {
    Feature { hash: seeded(hash, kind), kind, weight: 0, title: false, common: 0 }
}

fn seeded(hash: u64, kind: Kind) -> u64 {
    xxh3_64_with_seed(&hash.to_le_bytes(), kind as u64 + 1)
}

/// The first bytes of a text.
fn head(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The features in the order of their hashes, each once, with all the stress that is put on it.
fn merged(mut features: Vec<Feature>) -> Vec<Feature> {
    // The headline first: where there are too many, the last words of the text go.
    let mut kept: Vec<Feature> = Vec::with_capacity(features.len().min(MAX_FEATURES));
    features.sort_by_key(|feature| feature.hash);
    for feature in features {
        match kept.last_mut() {
            Some(last) if last.hash == feature.hash => {
                // Said again in the text below, it matters a little more; said often, no more than that.
                last.weight = if last.title != feature.title {
                    last.weight.max(feature.weight).saturating_add(2)
                } else {
                    last.weight.max(feature.weight)
                };
                last.title |= feature.title;
            }
            _ => kept.push(feature),
        }
    }
    if kept.len() > MAX_FEATURES {
        kept.sort_by_key(|feature| (!feature.title, feature.hash));
        kept.truncate(MAX_FEATURES);
    }
    kept
}

struct Reader<'a> {
    language: &'a str,
    features: Vec<Feature>,
}

impl Reader<'_> {
    fn words(&mut self, words: &[Word<'_>], title: bool) {
        // In a headline that capitalises its words they are no sign of a name.
        let capitals = words.iter().filter(|word| word.case != Case::Small && !word.first).count();
        let shouted = title && 10 * capitals >= 6 * words.len().saturating_sub(1) && words.len() > 3;
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).map(|next| next.text);
            self.word(*word, next, title, shouted);
        }
    }

    fn word(&mut self, word: Word<'_>, next: Option<&str>, title: bool, shouted: bool) {
        if let Some(digits) = digits(word.text) {
            return self.number(&digits, title);
        }
        if word.text.starts_with(writes_no_blanks) {
            return self.blankless(word.text, title);
        }
        let lexicon = lexicon();
        let script = Script::of_text(word.text);
        let mut concept = lexicon.find(word, next);
        if concept.is_none() {
            let bare = match script {
                Some(Script::Arabic) => without_front(word.text),
                Some(Script::Hebrew) => hebrew(word.text),
                _ => word.text,
            };
            if bare.len() < word.text.len() {
                concept = lexicon.find(Word { text: bare, ..word }, next);
            }
        }
        let sort = concept.map(|concept| lexicon.concepts[usize::from(concept)].sort);
        if (sort.is_none() && is_stop_word(word.text)) || word.text.chars().nth(1).is_none() {
            return;
        }
        if let Some(concept) = concept {
            self.concept(concept, title);
        }
        let cased = script.is_some_and(Script::has_case);
        let named = cased && word.case != Case::Small && !word.first && !shouted;
        let common = match sort {
            Some(Sort::Common) => 20,
            Some(_) => 4,
            None => 1,
        };
        let stem = stem(word.text, self.language);
        self.push(Kind::Word, xxh3_64(stem.as_bytes()), title, named, common);
        // Scripts without capitals do not say what is a name: any word may be one.
        let may_be_named = if cased { word.case != Case::Small } else { true };
        if sort.is_some() || !may_be_named {
            return;
        }
        match skeleton(word.text, self.language) {
            Some(bones) => self.push(Kind::Name, bones.packed, title, false, bones.common()),
            // Too short to be told by its sound: by its letters, then.
            None if named => self.push(Kind::Name, xxh3_64(word.text.as_bytes()), title, false, 1),
            None => {}
        }
    }

    /// The pairs of letters of a script without blanks, and the concepts in it.
    fn blankless(&mut self, text: &str, title: bool) {
        lexicon().find_blankless(text, |concept| self.concept(concept, title));
        let ends = text.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
        for ((start, _), (_, end)) in ends.clone().zip(ends.skip(1)) {
            self.push(Kind::Word, xxh3_64(&text.as_bytes()[start..end]), title, false, 1);
        }
        if text.chars().all(|c| crate::text::is_katakana(c) || crate::text::is_voicing_mark(c))
            && let Some(bones) = skeleton(text, self.language)
        {
            self.push(Kind::Name, bones.packed, title, false, bones.common());
        }
    }

    fn concept(&mut self, concept: u16, title: bool) {
        let lexicon = lexicon();
        let this = &lexicon.concepts[usize::from(concept)];
        let (kind, common) = match this.sort {
            Sort::Place => (Kind::Place, 3),
            Sort::Actor => (Kind::Actor, 3),
            Sort::Event => (Kind::Event, 6),
            Sort::Common => return,
        };
        self.push(kind, u64::from(concept), title, false, common);
        if let Some(parent) = this.parent {
            self.concept(parent, title);
        }
    }

    fn number(&mut self, digits: &str, title: bool) {
        let common = match digits.len() {
            1 => 12,
            // A year.
            4 if digits.starts_with("19") || digits.starts_with("20") => 16,
            2 => 3,
            _ => 1,
        };
        self.push(Kind::Number, xxh3_64(digits.as_bytes()), title, false, common);
    }

    fn push(&mut self, kind: Kind, hash: u64, title: bool, named: bool, common: u8) {
        let weight = if title { TITLE_WEIGHT } else { TEXT_WEIGHT };
        let weight = if named { (u16::from(weight) * NAME_PERCENT / 100) as u8 } else { weight };
        self.features.push(Feature { hash: seeded(hash, kind), kind, weight, title, common });
    }
}

/// A number in ASCII digits; `None` where the word is none.
fn digits(word: &str) -> Option<String> {
    let first = word.chars().next()?;
    if !first.is_numeric() {
        return None;
    }
    let digit = |c: char| match c {
        '0'..='9' => Some(c),
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        _ => None,
    };
    word.chars().map(digit).collect()
}
