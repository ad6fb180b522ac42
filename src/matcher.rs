//! Stop 4 of the trip: scores an item against every watch, in one pass, with the evidence.
//!
//! All terms of all watches stand in one automaton (Aho and Corasick 1975) over folded text, so the work grows with the
//! length of the text and with the hits, not with the number of watches. A raw hit counts only at word edges, and its
//! span is mapped back to the text as published.
//!
//! ```
//! use newswatch::matcher::Matcher;
//! use newswatch::model::{Role, Term, Watch};
//!
//! let term = |text: &str, role| Term { text: text.to_owned(), role };
//! let watch = Watch {
//!     name: "tartus".into(),
//!     terms: vec![term("Tartus", Role::Weak), term("Syria", Role::Context)],
//!     threshold: 0.5,
//!     ..Watch::default()
//! };
//! let matcher = Matcher::new(&[watch])?;
//! assert!(matcher.match_text("Ship docks at Tartus, Syria")[0].alerts());
//! assert!(!matcher.match_text("Tartus avati raamatukogu")[0].alerts());
//! # Ok::<(), newswatch::matcher::MatcherError>(())
//! ```

mod edge;
mod score;

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::model::{Field, Form, Hit, Item, Match, Watch, clip};
use crate::text::fold;

pub use score::{AGAINST, CONTEXT, CONTEXT_NEAR_BYTES, FURTHER_STRONG, MAX_HITS, STRONG, WEAK};

/// Hits of one term in one field that are looked at; an article may say a name a thousand times.
pub const MAX_HITS_A_TERM: usize = 50;
/// Longest text that a hit quotes, in bytes: marks without number may stand behind a letter.
pub const MAX_HIT_TEXT_BYTES: usize = 400;

/// Watches that cannot be turned into an automaton.
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
    /// More terms than the automaton can hold.
    #[error("the watches' terms do not fit one automaton: {0}")]
    TooLarge(#[from] aho_corasick::BuildError),
}

/// A term's place: which watch, which of its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct TermRef {
    watch: u32,
    term: u32,
}

/// All watches, ready to decide items.
#[derive(Debug)]
pub struct Matcher {
    watches: Vec<Watch>,
    automaton: AhoCorasick,
    /// For each pattern of the automaton, the terms that fold to it.
    owners: Vec<Vec<TermRef>>,
}

impl Matcher {
    /// Builds the automaton. The terms are those that a checked configuration lets through.
    pub fn new(watches: &[Watch]) -> Result<Self, MatcherError> {
        let mut patterns: Vec<String> = Vec::new();
        let mut owners: Vec<Vec<TermRef>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (w, watch) in watches.iter().enumerate() {
            for (t, term) in watch.terms.iter().enumerate() {
                let folded = fold(&term.text).into_pattern();
                if folded.is_empty() {
                    return Err(MatcherError::EmptyTerm { watch: watch.name.clone(), term: term.text.clone() });
                }
                let at = *known.entry(folded).or_insert_with_key(|pattern| {
                    patterns.push(pattern.clone());
                    owners.push(Vec::new());
                    patterns.len() - 1
                });
                owners[at].push(TermRef { watch: w as u32, term: t as u32 });
            }
        }
        // The contiguous form was the fastest of those whose memory stays in proportion to the terms.
        let kind = if patterns.len() < 1_000 { None } else { Some(AhoCorasickKind::ContiguousNFA) };
        let automaton = AhoCorasick::builder().kind(kind).build(&patterns)?;
        Ok(Self { watches: watches.to_vec(), automaton, owners })
    }

    /// The watches, in the order of the configuration.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// What each watch with any evidence found in the item, in the order of the configuration.
    pub fn match_item(&self, item: &Item) -> Vec<Match> {
        let mut found: Vec<(TermRef, Hit)> = Vec::new();
        for field in Field::ALL {
            self.find(field, item.text(field), &mut found);
        }
        self.decide(found)
    }

    /// The same for a bare text, taken as a title.
    pub fn match_text(&self, text: &str) -> Vec<Match> {
        let mut found = Vec::new();
        self.find(Field::Title, text, &mut found);
        self.decide(found)
    }

    fn find(&self, field: Field, text: &str, found: &mut Vec<(TermRef, Hit)>) {
        if text.is_empty() {
            return;
        }
        let folded = fold(text);
        let mut counts: HashMap<TermRef, usize> = HashMap::new();
        for raw in self.automaton.find_overlapping_iter(folded.text()) {
            if !edge::is_word(&folded, raw.start(), raw.end()) {
                continue;
            }
            let span = folded.original_span(raw.start(), raw.end());
            for owner in &self.owners[raw.pattern().as_usize()] {
                let times = counts.entry(*owner).or_insert(0usize);
                *times += 1;
                if *times > MAX_HITS_A_TERM {
                    continue;
                }
                let term = &self.watches[owner.watch as usize].terms[owner.term as usize];
                let hit = Hit {
                    term: term.text.clone(),
                    role: term.role,
                    form: Form::Base,
                    field,
                    start: span.start,
                    end: span.end,
                    text: clip(&text[span.clone()], MAX_HIT_TEXT_BYTES).to_owned(),
                    weight: 0.0,
                };
                found.push((*owner, hit));
            }
        }
    }

    fn decide(&self, mut found: Vec<(TermRef, Hit)>) -> Vec<Match> {
        // Stable: within a watch, hits stay in the order of the text, fields in their own.
        found.sort_by_key(|(owner, _)| owner.watch);
        found
            .chunk_by(|a, b| a.0.watch == b.0.watch)
            .filter_map(|hits| {
                let watch = &self.watches[hits[0].0.watch as usize];
                score::decide(watch, hits.iter().map(|(_, hit)| hit.clone()).collect())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
