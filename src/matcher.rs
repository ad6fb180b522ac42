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
//! `score` adds the evidence of each watch that found any.
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
pub mod golden;
mod index;
mod language;
mod phrase;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the matcher takes it up next"))]
mod query;
mod scan;
mod score;
mod word;

use std::collections::HashMap;

use crate::model::{Field, Hit, Item, Match, Role, Watch, clip};
use crate::text::{Script, fold};

use case::{Agreement, Capitals, Case};
use index::{Anchor, StemIndex};
use language::Languages;
use phrase::Phrase;
use score::Evidence;
use word::{Place, Text};

pub use score::{AGAINST, CONTEXT, CONTEXT_NEAR_BYTES, FURTHER_STRONG, MAX_HITS, OTHER_SPELLING, STRONG, WEAK};

/// Hits of one term in one field that are looked at; an article may say a name a thousand times.
pub const MAX_HITS_A_TERM: usize = 50;
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
                let key = (fold(&term.text).into_pattern(), phrase.case, phrase.derived, languages);
                let id = *known.entry(key).or_insert_with(|| {
                    matcher.phrases.push(phrase);
                    matcher.wakes.push(Vec::new());
                    matcher.phrases.len() as u32 - 1
                });
                matcher.terms[w].push((id, t as u32));
                if !soft {
                    matcher.wakes[id as usize].push(w as u32);
                }
            }
            matcher.terms[w].sort_unstable();
        }
        matcher.index = StemIndex::new(matcher.stems());
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
        let mut capitals = None;
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let first = found.len();
        scan::scan(&folded, &self.index, |at, anchors| {
            for anchor in anchors {
                let phrase = &self.phrases[anchor.phrase as usize];
                let Some(place) = text.find(phrase, anchor.word as usize, at) else { continue };
                let span = folded.original_span(place.start, place.end);
                let capitals = *capitals.get_or_insert_with(|| Capitals::of_text(original));
                let agreement = phrase.agree(&original[span.clone()], place.form, capitals);
                let seen = |f: &Found| f.phrase == anchor.phrase && f.place.start == place.start;
                let count = counts.entry(anchor.phrase).or_default();
                if agreement == Agreement::No || *count >= MAX_HITS_A_TERM || found[first..].iter().rev().any(seen) {
                    continue;
                }
                *count += 1;
                let (start, end) = (span.start, span.end);
                found.push(Found { phrase: anchor.phrase, field, place, start, end, agreement });
            }
        });
    }

    /// Scores each watch that found something.
    fn decide<'t>(&self, found: &mut [Found], text: impl Fn(Field) -> &'t str) -> Vec<Match> {
        let mut awake: Vec<u32> = found.iter().flat_map(|f| &self.wakes[f.phrase as usize]).copied().collect();
        awake.sort_unstable();
        awake.dedup();
        // Hits stay in the order of the text, fields in their own.
        found.sort_by_key(|f| (f.field, f.start, f.end));
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
            matches.extend(score::decide(watch, evidence));
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
        Evidence { hit, small: found.agreement == Agreement::Small }
    }
}

#[cfg(test)]
mod tests;
