//! Conditions: queries, with their leaves among the phrases and patterns of all watches.
//!
//! A leaf is looked for like a term, in the same pass over the text. Where it is found counts for the query unless the
//! capitals speak against it, a longer counter-term of the watch stands around it, or a counter-term stands in the same
//! place and is nearer to what is written there. Where it is the leaf that is nearer, nobody can tell: a query that holds
//! only with such places is in doubt.

use std::collections::HashMap;

use super::case::{Agreement, Case};
use super::found::{Finds, Found};
use super::language::Languages;
use super::pattern::Patterns;
use super::phrase::{Phrase, spelled};
use super::query::{self, Place};
use super::reading::Reading;
use super::score::{self, Evidence};
use super::{Matcher, MatcherError};
use crate::model::{Field, Form, Hit, Leaf, LeafId, MAX_QUERY_TERM_BYTES, Query, Role, Seek, clip};

/// Where the leaves of a query are looked for.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// Phrases and patterns in order, each with the leaf that it stands for.
    pub(super) leaves: Vec<(u32, LeafId)>,
}

/// A query that holds.
#[derive(Debug)]
pub(super) struct Met {
    /// What made it hold.
    pub(super) hits: Vec<Hit>,
    /// The most telling field that one of these stands in.
    pub(super) field: Field,
    /// It would not hold but for words that may be forms of a counter-term.
    pub(super) doubtful: bool,
}

impl Matcher {
    /// Has the leaves of a watch's query looked for, and the watch woken by those of which it needs one.
    pub(super) fn condition(
        &mut self,
        w: usize,
        query: &Query,
        languages: Languages,
    ) -> Result<Condition, MatcherError> {
        let required = query::required(query);
        let mut condition = Condition::default();
        for id in query.ids() {
            let leaf = query.leaf(id);
            let number =
                match &leaf.seek {
                    Seek::Regex(regex) => self.patterns.add(regex, leaf.field).map_err(|message| {
                        MatcherError::Regex { watch: self.watches[w].name.clone(), regex: regex.clone(), message }
                    })?,
                    seek => {
                        let phrase = phrase(seek, languages).ok_or_else(|| MatcherError::EmptyTerm {
                            watch: self.watches[w].name.clone(),
                            term: seek.text().to_owned(),
                        })?;
                        self.add(phrase, false)
                    }
                };
            condition.leaves.push((number, id));
            match required.binary_search(&id) {
                Ok(_) if Patterns::is_one(number) => self.patterns.wake(number, w as u32),
                Ok(_) => self.wakes[number as usize].push(w as u32),
                Err(_) => {}
            }
        }
        condition.leaves.sort_unstable();
        Ok(condition)
    }
}

/// The phrase of a leaf; `None` where nothing of it is left to look for, and for a regular expression.
pub(super) fn phrase(seek: &Seek, languages: Languages) -> Option<Phrase> {
    match seek {
        Seek::Words(text) => Phrase::new(text, Case::of_term(text), languages),
        Seek::Exact(text) => {
            let phrase = Phrase::new(text, Case::Exact, languages)?;
            Some(Phrase { spelling: Some(spelled(text)), ..phrase })
        }
        // The capitals of a beginning tell little of the word.
        Seek::Prefix(text) => {
            let phrase = Phrase::new(text, Case::Small, languages)?;
            Some(Phrase { prefix: true, derived: true, ..phrase })
        }
        Seek::Regex(_) => None,
    }
}

impl Condition {
    /// Whether the query holds, and by what. `terms` is what was found of the watch's terms.
    pub(super) fn met(
        &self,
        query: &Query,
        finds: &Finds,
        terms: &[Evidence],
        readings: &[Reading<'_>],
    ) -> Option<Met> {
        let own = self.relied_on(finds, terms);
        let counts = |(at, leaf, reliance): &&(usize, LeafId, Reliance)| {
            *reliance != Reliance::No && query.leaf(*leaf).field.is_none_or(|only| only == finds.all[*at].field)
        };
        let mut standing: Vec<LeafId> = own.iter().filter(counts).map(|(_, leaf, _)| *leaf).collect();
        standing.sort_unstable();
        let any_doubtful = own.iter().any(|(_, _, reliance)| *reliance == Reliance::Doubtful);
        if !any_doubtful && !query::possible(query, &|id| standing.binary_search(&id).is_ok()) {
            return None;
        }
        evaluate(query, finds, &own, readings)
    }

    /// What of the query was found although it does not hold, and the part that fails; `None` where nothing was found or
    /// the query holds.
    pub(super) fn unmet(
        &self,
        query: &Query,
        finds: &Finds,
        terms: &[Evidence],
        readings: &[Reading<'_>],
    ) -> Option<(Vec<Hit>, String)> {
        let own = self.relied_on(finds, terms);
        let (mut places, doubtful) = places(finds, &own, readings)?;
        places.0.extend(doubtful.0);
        let hit = |(at, leaf): (usize, LeafId)| finds.all[at].hit(&name(query.leaf(leaf)), Role::Strong, readings);
        let counted = own.iter().filter(|(_, _, reliance)| *reliance != Reliance::No);
        let hits: Vec<Hit> = counted.filter_map(|(at, leaf, _)| hit((*at, *leaf))).collect();
        let failing = places.ask(|places| query::failing(query, places))?;
        (!hits.is_empty()).then(|| (hits, query.part(failing).to_string()))
    }

    /// What was found of the leaves, and how far it is to be relied on.
    fn relied_on(&self, finds: &Finds, terms: &[Evidence]) -> Vec<(usize, LeafId, Reliance)> {
        let rely = reliance(terms);
        finds.of(&self.leaves).into_iter().map(|(at, leaf)| (at, leaf, rely(&finds.all[at]))).collect()
    }
}

/// Whether the query holds with its words where they are.
fn evaluate(query: &Query, finds: &Finds, own: &[(usize, LeafId, Reliance)], readings: &[Reading<'_>]) -> Option<Met> {
    let (sure, mut doubtful) = places(finds, own, readings)?;
    let any_doubtful = !doubtful.0.is_empty();
    doubtful.0.extend_from_slice(&sure.0);
    let sure = sure.ask(|places| query::evaluate(query, places));
    let all = if any_doubtful { doubtful.ask(|places| query::evaluate(query, places)) } else { None };
    let (in_doubt, sure_field) = (sure.is_none(), sure.as_ref().map(|sure| sure.field));
    let evidence = all.or(sure)?;
    let hit = |at: &u32| {
        let at = *at as usize;
        let (_, leaf, _) = own.get(own.partition_point(|(own, ..)| *own < at))?;
        finds.all[at].hit(&name(query.leaf(*leaf)), Role::Strong, readings)
    };
    let hits = evidence.hits.iter().filter_map(hit).collect();
    Some(Met { hits, field: sure_field.unwrap_or(evidence.field), doubtful: in_doubt })
}

/// Where leaves stand.
#[derive(Debug, Default)]
struct Places(Vec<(LeafId, Place)>);

impl Places {
    /// Asks what depends on where each leaf stands.
    fn ask<T>(mut self, question: impl for<'p> FnOnce(&'p dyn Fn(LeafId) -> &'p [Place]) -> T) -> T {
        self.0.sort_unstable();
        let places: Vec<Place> = self.0.iter().map(|(_, place)| *place).collect();
        let of = |id: LeafId| {
            let start = self.0.partition_point(|(leaf, _)| *leaf < id);
            let end = self.0.partition_point(|(leaf, _)| *leaf <= id);
            &places[start..end]
        };
        question(&of)
    }
}

/// Where leaves stand for sure, and in doubt.
fn places(finds: &Finds, own: &[(usize, LeafId, Reliance)], readings: &[Reading<'_>]) -> Option<(Places, Places)> {
    let (mut sure, mut doubtful) = (Places::default(), Places::default());
    for (at, leaf, reliance) in own {
        let found = &finds.all[*at];
        let places = match reliance {
            Reliance::Sure => &mut sure,
            Reliance::Doubtful => &mut doubtful,
            Reliance::No => continue,
        };
        let reading = readings.iter().find(|reading| reading.field == found.field)?;
        let (first_word, last_word) = reading.words(found.start, found.end);
        places.0.push((*leaf, Place { field: found.field, first_word, last_word, hit: *at as u32 }));
    }
    Some((sure, doubtful))
}

/// Whether a place speaks for the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reliance {
    Sure,
    Doubtful,
    No,
}

/// How far places are to be relied on, beside what was found of the watch's terms.
fn reliance(terms: &[Evidence]) -> impl Fn(&Found) -> Reliance {
    let inside = score::inside(terms);
    // The least and the greatest change of the counter-terms at a place.
    let mut counter: HashMap<(Field, usize, usize), (Form, Form)> = HashMap::new();
    for hit in terms.iter().map(|term| &term.hit).filter(|hit| hit.role == Role::Against) {
        let (least, most) = counter.entry((hit.field, hit.start, hit.end)).or_insert((hit.form, hit.form));
        (*least, *most) = (hit.form.min(*least), hit.form.max(*most));
    }
    move |found| {
        let Found { field, start, end, form, .. } = *found;
        let here = counter.get(&(field, start, end));
        if found.agreement != Agreement::Well
            || inside(field, start, end)
            || here.is_some_and(|(least, _)| *least < form)
        {
            return Reliance::No;
        }
        if here.is_some_and(|(_, most)| *most > form) { Reliance::Doubtful } else { Reliance::Sure }
    }
}

/// What a hit calls the leaf: as it is written in the query, without field and quotes.
fn name(leaf: &Leaf) -> String {
    match &leaf.seek {
        Seek::Words(text) => text.clone(),
        Seek::Exact(text) => format!("={text}"),
        Seek::Prefix(text) => format!("{text}*"),
        Seek::Regex(text) if text.len() > MAX_QUERY_TERM_BYTES => format!("/{}…/", clip(text, MAX_QUERY_TERM_BYTES)),
        Seek::Regex(text) => format!("/{text}/"),
    }
}

#[cfg(test)]
mod tests;
