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
//! The leaves of queries are looked for with all terms; `pattern` runs their regular expressions, `condition` says whether
//! a query holds. What is found wakes the watches of which it could be evidence: for a query those that cannot hold
//! without it. No others are looked at.
//!
//! `score` adds the evidence of each watch that is awake; `company` are words that make weak terms believable in every
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

mod article;
mod case;
mod clitic;
mod company;
mod condition;
mod country;
mod find;
mod found;
mod index;
mod language;
mod memory;
mod passed_over;
mod pattern;
mod phrase;
mod query;
mod reading;
mod scan;
mod score;
mod sounds;
mod spelling;
mod word;

use std::collections::{BTreeSet, HashMap};

use crate::model::{Field, Form, Item, Match, Role, Watch};
use crate::text::{Folded, is_word_char};

use case::{Agreement, Case};
use company::Surroundings;
use condition::Condition;
use found::{Finds, Found};
use index::{Anchor, Clue, StemIndex};
use language::Languages;
use memory::Memory;
use pattern::Patterns;
use phrase::{Key, Phrase, Word};
use reading::Reading;
use score::{Doubt, Evidence};
use sounds::SoundIndex;

pub use passed_over::PassedOver;
pub use score::{BESIDE_WORDS, CONTEXT_NEAR_BYTES, MAX_HITS};

/// Hits of one term in one field that are looked at; an article may say a name a thousand times.
pub const MAX_HITS_A_TERM: usize = 50;
/// The same for a query's leaf, of which the last place may be the one that is near to another.
pub const MAX_HITS_A_LEAF: usize = 1_000;
/// Fewest letters of a name whose other spelling counts in full; a shorter one needs company.
pub const MIN_RESPELLED_LETTERS: usize = 7;
/// The same of a name in another script.
pub const MIN_TRANSLITERATED_LETTERS: usize = 5;
/// The same in a script that does not tell a name from a word by its capital.
pub const MIN_UNCASED_LETTERS: usize = 6;
/// Longest text that a hit quotes, in bytes: marks without number may stand behind a letter.
pub const MAX_HIT_TEXT_BYTES: usize = 400;

/// Watches that cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum MatcherError {
    /// A term, of the watch or of its query, of which folding leaves nothing: it would be found everywhere.
    #[error("the term `{term}` of watch `{watch}` has no letter or digit")]
    EmptyTerm {
        /// The watch's name.
        watch: String,
        /// The term as written.
        term: String,
    },
    /// A regular expression that does not compile, or that finds nothing at all everywhere.
    #[error("`/{regex}/` in the query of watch `{watch}`: {message}")]
    Regex {
        /// The watch's name.
        watch: String,
        /// The expression as written.
        regex: String,
        /// What is wrong.
        message: String,
    },
}

/// All watches, ready to decide items.
#[derive(Debug)]
pub struct Matcher {
    watches: Vec<Watch>,
    /// For each watch, its phrases in order with the number of the term that each stands for.
    terms: Vec<Vec<(u32, u32)>>,
    /// For each watch, where the leaves of its query are looked for.
    conditions: Vec<Condition>,
    phrases: Vec<Phrase>,
    /// For each phrase, the watches for which it is evidence by itself, or whose query needs it.
    wakes: Vec<Vec<u32>>,
    patterns: Patterns,
    index: StemIndex,
    /// How the phrases sound whose watches allow other spellings.
    sounds: SoundIndex,
    memory: Memory,
    /// The signs with which a word of some term goes on ("C++"): before them a word is not all there is.
    joints: Vec<char>,
    /// The phrases from this one on are company, for every watch.
    company: usize,
    /// The phrases while they are gathered, by what they find and whether also by its sound.
    known: HashMap<(Key, bool), u32>,
}

impl Matcher {
    /// Builds the index. The terms are those that a checked configuration lets through.
    pub fn new(watches: &[Watch]) -> Result<Self, MatcherError> {
        let mut matcher = Self {
            watches: watches.to_vec(),
            terms: vec![Vec::new(); watches.len()],
            conditions: Vec::new(),
            phrases: Vec::new(),
            wakes: Vec::new(),
            patterns: Patterns::default(),
            index: StemIndex::default(),
            sounds: SoundIndex::default(),
            memory: Memory::default(),
            joints: Vec::new(),
            company: 0,
            known: HashMap::new(),
        };
        for (w, watch) in watches.iter().enumerate() {
            let named = watch.languages.iter().fold(Languages::default(), |all, tag| all.or(Languages::of_tag(tag)));
            let languages = if watch.languages.is_empty() { Languages::ALL } else { named };
            for (t, term) in watch.terms.iter().enumerate() {
                let soft = matches!(term.role, Role::Context | Role::Against);
                let empty = || MatcherError::EmptyTerm { watch: watch.name.clone(), term: term.text.clone() };
                let mut phrase = Phrase::new(&term.text, Case::of_term(&term.text), languages).ok_or_else(empty)?;
                phrase.derived = term.role == Role::Context;
                let aloud = watch.transliterate && term.role != Role::Against;
                let id = matcher.add(phrase, aloud);
                matcher.terms[w].push((id, t as u32));
                if !soft {
                    matcher.wakes[id as usize].push(w as u32);
                }
            }
            matcher.terms[w].sort_unstable();
            let condition = watch.query.as_ref().map(|query| matcher.condition(w, query, languages)).transpose()?;
            matcher.conditions.push(condition.unwrap_or_default());
        }
        matcher.known = HashMap::new();
        matcher.company = matcher.phrases.len();
        let company = company::words().filter_map(|word| Phrase::new(word, Case::Small, Languages::ALL));
        matcher.phrases.extend(company);
        let stems = matcher.stems();
        let words = matcher.phrases.iter().flat_map(|phrase| phrase.words.iter().filter_map(Word::text));
        let signs = words.flat_map(str::chars).filter(|c| !is_word_char(*c));
        matcher.joints = signs.collect::<BTreeSet<char>>().into_iter().collect();
        matcher.index = StemIndex::new(stems);
        Ok(matcher)
    }

    /// The number of a phrase; those that find the same are one. `aloud` says whether it is
    /// also found by its sound.
    fn add(&mut self, phrase: Phrase, aloud: bool) -> u32 {
        *self.known.entry((phrase.key(), aloud)).or_insert_with(|| {
            let id = self.phrases.len() as u32;
            if aloud {
                self.sounds.add(id, &phrase);
            }
            self.phrases.push(phrase);
            self.wakes.push(Vec::new());
            id
        })
    }

    fn stems(&self) -> Vec<(String, Anchor)> {
        let anchored = self.phrases.iter().enumerate().flat_map(|(at, phrase)| {
            let clue = if self.woken_by(at as u32).is_empty() { Clue::Waiting } else { Clue::Waking };
            let anchor = Anchor { phrase: at as u32, clue };
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
        let declared = Languages::of_text(item.language.as_deref());
        self.match_fields(Field::ALL.map(|field| (field, item.text(field))), declared)
    }

    /// The same for a bare text, taken as a title.
    pub fn match_text(&self, text: &str) -> Vec<Match> {
        self.match_fields([(Field::Title, text)], Languages::ALL)
    }

    /// How many phrases could stand somewhere in a text, as the index has it, before any is verified: what scanning
    /// alone costs.
    #[doc(hidden)]
    pub fn candidates(&self, folded: &Folded) -> usize {
        let beginnings = scan::pieces(folded).flat_map(|piece| scan::beginnings(folded.text(), piece.start));
        beginnings
            .map(|at| self.index.stems_of(&folded.text().as_bytes()[at..]).map(<[Anchor]>::len).sum::<usize>())
            .sum()
    }

    fn match_fields<'t>(&self, fields: impl IntoIterator<Item = (Field, &'t str)>, declared: Languages) -> Vec<Match> {
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let mut readings: Vec<Reading<'_>> = fields.map(|(field, text)| Reading::new(field, text, declared)).collect();
        let found = self.find(&mut readings);
        let awake = self.awake(&found);
        self.decide(&awake, found, &readings)
    }

    /// The watches that have to be looked at for what was found.
    fn awake(&self, found: &[Found]) -> Vec<u32> {
        let mut phrases: Vec<u32> = found.iter().map(|f| f.phrase).collect();
        phrases.sort_unstable();
        phrases.dedup();
        let mut awake: Vec<u32> = phrases.into_iter().flat_map(|phrase| self.woken_by(phrase)).copied().collect();
        awake.sort_unstable();
        awake.dedup();
        awake
    }

    /// The watches that a phrase or a pattern wakes.
    fn woken_by(&self, phrase: u32) -> &[u32] {
        if Patterns::is_one(phrase) {
            return self.patterns.wakes(phrase);
        }
        self.wakes.get(phrase as usize).map_or(&[], Vec::as_slice)
    }

    /// Scores each of the watches that found something.
    fn decide(&self, awake: &[u32], mut found: Vec<Found>, readings: &[Reading<'_>]) -> Vec<Match> {
        if awake.is_empty() {
            return Vec::new();
        }
        self.find_rest(awake, readings, &mut found);
        let finds = Finds::new(found);
        self.score(awake, &finds, readings)
    }

    fn score(&self, awake: &[u32], finds: &Finds, readings: &[Reading<'_>]) -> Vec<Match> {
        let company = finds.all.iter().filter(|f| self.is_company(f.phrase));
        let around = Surroundings::new(
            |field| readings.iter().find(|reading| reading.field == field).map_or("", |reading| reading.original),
            company.map(|f| (f.field, f.start, f.end)).collect(),
        );
        let decided = awake.iter().filter_map(|w| {
            let (w, watch) = (*w as usize, &self.watches[*w as usize]);
            let mut evidence = self.evidence(w, finds, readings);
            score::keep_nearest(&mut evidence);
            let query = watch.query.as_ref();
            let met = query.and_then(|query| self.conditions[w].met(query, finds, &evidence, readings));
            score::decide(watch, evidence, met, &around)
        });
        decided.collect()
    }

    /// Whether the phrase is a word of company.
    fn is_company(&self, phrase: u32) -> bool {
        (self.company..self.phrases.len()).contains(&(phrase as usize))
    }

    /// What was found of the terms of a watch.
    fn evidence(&self, w: usize, finds: &Finds, readings: &[Reading<'_>]) -> Vec<Evidence> {
        let own = finds.of(&self.terms[w]).into_iter().filter(|(at, _)| finds.all[*at].nth < MAX_HITS_A_TERM);
        let evidence = own.filter_map(|(at, term)| {
            let (found, term) = (&finds.all[at], &self.watches[w].terms[term as usize]);
            let short = matches!(found.form, Form::Respelled | Form::Transliterated) && !found.long;
            let small = (found.agreement == Agreement::Small).then_some(Doubt::Small);
            let hit = found.hit(&term.text, term.role, readings)?;
            Some(Evidence { hit, doubt: small.or(short.then_some(Doubt::Short)), query: false })
        });
        evidence.collect()
    }
}

#[cfg(test)]
mod tests;
