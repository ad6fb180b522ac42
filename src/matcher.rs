//! Stop 4 of the trip: scores an item against every watch, in one pass, with the evidence.
//!
//! A term is written in its base form and found in the forms that languages give it. Three steps keep that cheap:
//!
//! 1. `phrase` takes a term apart into words, and `language` says what all forms of a word begin with: its stem.
//! 2. `scan` looks up each place of the folded text where a word begins in `index`, one hashed trie of all stems of all
//!    watches, so the work grows with the text and not with the watches.
//! 3. Where a stem stands, `word` verifies the whole: edges, clitics, endings of the text's language, the other words of
//!    the phrase; and `case` whether the capitals agree.
//!
//! `score` adds the evidence of each watch that found any; `company` are words that make weak terms believable in every
//! watch.
//!
//! ```
//! use newswatch::matcher::Matcher;
//! use newswatch::model::{Role, Term, Watch};
//!
//! let term = |text: &str, role| Term { text: text.to_owned(), role };
//! let watch = Watch {
//!     name: "port".into(),
//!     terms: vec![term("Hamburg", Role::Weak), term("ship", Role::Context)],
//!     threshold: 0.5,
//!     ..Watch::default()
//! };
//! let matcher = Matcher::new(&[watch])?;
//! assert!(matcher.match_text("Ships leave Hamburg's docks")[0].alerts());
//! assert!(!matcher.match_text("A day in Hamburg")[0].alerts());
//! # Ok::<(), newswatch::matcher::MatcherError>(())
//! ```

mod case;
mod clitic;
mod company;
pub mod golden;
mod index;
mod language;
mod phrase;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the matcher takes it up next"))]
mod query;
mod scan;
mod score;
mod spelling;
mod word;

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::model::{Field, Form, Hit, Item, Match, Role, Watch, clip};
use crate::text::{Folded, Script, fold};

use case::{Agreement, Capitals, Case};
use company::Surroundings;
use index::{Anchor, StemIndex};
use language::Languages;
use phrase::Phrase;
use score::{Doubt, Evidence};
use spelling::{Aloud, Sounds};
use word::{Place, Text};

pub use score::{
    AGAINST, AGAINST_BESIDE, BESIDE_WORDS, CONTEXT, CONTEXT_NEAR_BYTES, FURTHER_STRONG, MAX_HITS, OTHER_SPELLING,
    STRONG, WEAK,
};

/// Hits of one term in one field that are looked at; an article may say a name a thousand times.
pub const MAX_HITS_A_TERM: usize = 50;
/// Fewest letters of a name whose other spelling counts in full; a shorter one needs company.
pub const MIN_RESPELLED_LETTERS: usize = 6;
/// Longest text that a hit quotes, in bytes: marks without number may stand behind a letter.
pub const MAX_HIT_TEXT_BYTES: usize = 400;

/// Watches that cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum MatcherError {
    /// A term of which folding leaves nothing: it would be found everywhere.
    #[error("the term `{term}` of watch `{watch}` has no letter or digit")]
    EmptyTerm {
        /// The watch's name.
        watch: String,
        /// The term as written.
        term: String,
    },
}

/// All watches, ready to decide items.
#[derive(Debug)]
pub struct Matcher {
    watches: Vec<Watch>,
    /// For each watch, its phrases in order with the number of the term that each stands for.
    terms: Vec<Vec<(u32, u32)>>,
    phrases: Vec<Phrase>,
    /// For each phrase, the watches for which it is evidence by itself.
    wakes: Vec<Vec<u32>>,
    index: StemIndex,
    /// How the phrases sound whose watches allow other spellings.
    sounds: HashMap<u32, Sounds>,
    sound_index: StemIndex,
    /// The phrases from this one on are company, for every watch.
    company: usize,
}

/// A phrase found in a field.
#[derive(Debug, Clone, Copy)]
struct Found {
    phrase: u32,
    field: Field,
    place: Place,
    /// Where it is in the text as published.
    start: usize,
    end: usize,
    agreement: Agreement,
    /// Whether the place is long enough for another spelling to be no accident.
    long: bool,
}

/// What is found in one field.
struct Finds<'f> {
    field: Field,
    original: &'f str,
    folded: &'f Folded,
    /// By phrase.
    counts: HashMap<u32, usize>,
    /// Where those of this field begin.
    first: usize,
    found: &'f mut Vec<Found>,
}

impl Finds<'_> {
    /// Notes a phrase, once a place and as long as there are not too many of it.
    fn add(&mut self, id: u32, phrase: &Phrase, place: Place, capitals: Capitals) {
        let span = self.folded.original_span(place.start, place.end);
        let agreement = phrase.agree(&self.original[span.clone()], place.form, capitals);
        let overlaps = |f: &Found| f.phrase == id && f.place.start < place.end && place.start < f.place.end;
        let count = self.counts.entry(id).or_default();
        if agreement == Agreement::No || *count >= MAX_HITS_A_TERM || self.found[self.first..].iter().any(overlaps) {
            return;
        }
        *count += 1;
        let (start, end) = (span.start, span.end);
        let letters = self.folded.text()[place.start..place.end].chars().count();
        let long = letters >= MIN_RESPELLED_LETTERS;
        self.found.push(Found { phrase: id, field: self.field, place, start, end, agreement, long });
    }
}

impl Matcher {
    /// Builds the index. The terms are those that a checked configuration lets through.
    pub fn new(watches: &[Watch]) -> Result<Self, MatcherError> {
        let mut matcher = Self {
            watches: watches.to_vec(),
            terms: vec![Vec::new(); watches.len()],
            phrases: Vec::new(),
            wakes: Vec::new(),
            index: StemIndex::default(),
            sounds: HashMap::new(),
            sound_index: StemIndex::default(),
            company: 0,
        };
        let mut known = HashMap::new();
        for (w, watch) in watches.iter().enumerate() {
            let named = watch.languages.iter().fold(Languages::default(), |all, tag| all.or(Languages::of_tag(tag)));
            let languages = if watch.languages.is_empty() { Languages::ALL } else { named };
            for (t, term) in watch.terms.iter().enumerate() {
                let soft = matches!(term.role, Role::Context | Role::Against);
                let empty = || MatcherError::EmptyTerm { watch: watch.name.clone(), term: term.text.clone() };
                let mut phrase = Phrase::new(&term.text, Case::of_term(&term.text), languages).ok_or_else(empty)?;
                phrase.derived = term.role == Role::Context;
                let aloud = watch.transliterate && term.role != Role::Against;
                let key = (fold(&term.text).into_pattern(), phrase.case, phrase.derived, languages, aloud);
                let id = *known.entry(key).or_insert_with(|| {
                    let id = matcher.phrases.len() as u32;
                    matcher.sounds.extend(Sounds::of(&phrase).filter(|_| aloud).map(|sounds| (id, sounds)));
                    matcher.phrases.push(phrase);
                    matcher.wakes.push(Vec::new());
                    id
                });
                matcher.terms[w].push((id, t as u32));
                if !soft {
                    matcher.wakes[id as usize].push(w as u32);
                }
            }
            matcher.terms[w].sort_unstable();
        }
        matcher.company = matcher.phrases.len();
        let company = company::words().filter_map(|word| Phrase::new(word, Case::Small, Languages::ALL));
        matcher.phrases.extend(company);
        matcher.index = StemIndex::new(matcher.stems());
        let spoken = matcher.sounds.iter().flat_map(|(phrase, sounds)| {
            let anchor = Anchor { phrase: *phrase, word: sounds.anchor() as u16 };
            sounds.stems().map(move |stem| (stem.to_owned(), anchor))
        });
        matcher.sound_index = StemIndex::new(spoken.collect());
        Ok(matcher)
    }

    fn stems(&self) -> Vec<(String, Anchor)> {
        let anchored = self.phrases.iter().enumerate().flat_map(|(at, phrase)| {
            let anchor = Anchor { phrase: at as u32, word: phrase.anchor as u16 };
            phrase.stems().into_iter().map(move |stem| (stem, anchor))
        });
        anchored.collect()
    }

    /// The watches, in the order of the configuration.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// What each watch with any evidence found in the item, in the order of the configuration.
    pub fn match_item(&self, item: &Item) -> Vec<Match> {
        let declared = item.language.as_deref().map(Languages::of_tag).unwrap_or_default();
        let mut found = Vec::new();
        for field in Field::ALL {
            self.find(field, item.text(field), declared, &mut found);
        }
        self.decide(&mut found, |field| item.text(field))
    }

    /// The same for a bare text, taken as a title.
    pub fn match_text(&self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        self.find(Field::Title, text, Languages::default(), &mut found);
        self.decide(&mut found, |_| text)
    }

    /// Finds every phrase in a field.
    fn find(&self, field: Field, original: &str, declared: Languages, found: &mut Vec<Found>) {
        if original.is_empty() {
            return;
        }
        let folded = fold(original);
        let languages = |script: Script| {
            let all = Languages::of_script(script);
            let declared = declared.and(all);
            if declared.is_none() { all } else { declared }
        };
        let text = Text { folded: &folded, languages: &languages };
        let capitals = OnceCell::new();
        let capitals = || *capitals.get_or_init(|| Capitals::of_text(original));
        let mut finds = Finds { field, original, folded: &folded, counts: HashMap::new(), first: found.len(), found };
        scan::scan(&folded, &self.index, |at, anchors| {
            for anchor in anchors {
                let phrase = &self.phrases[anchor.phrase as usize];
                if let Some(place) = text.find(phrase, anchor.word as usize, at) {
                    finds.add(anchor.phrase, phrase, place, capitals());
                }
            }
        });
        if !self.sounds.is_empty() {
            Aloud::new(&folded, original, capitals(), &languages).scan(&self.sound_index, |aloud, at, anchor| {
                let phrase = &self.phrases[anchor.phrase as usize];
                let sounds = &self.sounds[&anchor.phrase];
                if let Some(place) = aloud.find(phrase, sounds, at) {
                    finds.add(anchor.phrase, phrase, place, capitals());
                }
            });
        }
    }

    /// Scores each watch that found something.
    fn decide<'t>(&self, found: &mut [Found], text: impl Fn(Field) -> &'t str) -> Vec<Match> {
        let wakes = |f: &Found| self.wakes.get(f.phrase as usize).map_or(&[][..], Vec::as_slice);
        let mut awake: Vec<u32> = found.iter().flat_map(wakes).copied().collect();
        awake.sort_unstable();
        awake.dedup();
        // Hits stay in the order of the text, fields in their own.
        found.sort_by_key(|f| (f.field, f.start, f.end));
        let company = found.iter().filter(|f| f.phrase as usize >= self.company);
        let around = Surroundings { text: &text, company: company.map(|f| (f.field, f.start, f.end)).collect() };
        let mut matches = Vec::new();
        for w in awake {
            let watch = &self.watches[w as usize];
            let mut evidence = Vec::new();
            for f in found.iter() {
                let terms = &self.terms[w as usize];
                let from = terms.partition_point(|(phrase, _)| *phrase < f.phrase);
                for (_, term) in terms[from..].iter().take_while(|(phrase, _)| *phrase == f.phrase) {
                    evidence.push(self.evidence(watch, *term, f, text(f.field)));
                }
            }
            matches.extend(score::decide(watch, evidence, &around));
        }
        matches
    }

    fn evidence(&self, watch: &Watch, term: u32, found: &Found, text: &str) -> Evidence {
        let term = &watch.terms[term as usize];
        let hit = Hit {
            term: term.text.clone(),
            role: term.role,
            form: found.place.form,
            field: found.field,
            start: found.start,
            end: found.end,
            text: clip(&text[found.start..found.end], MAX_HIT_TEXT_BYTES).to_owned(),
            weight: 0.0,
        };
        let short = found.place.form == Form::Respelled && !found.long;
        let small = (found.agreement == Agreement::Small).then_some(Doubt::Small);
        Evidence { hit, doubt: small.or(short.then_some(Doubt::Short)) }
    }
}

#[cfg(test)]
mod tests;
