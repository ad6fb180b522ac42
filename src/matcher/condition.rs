//! Conditions: queries, with their leaves among the phrases and patterns of all watches.
//!
//! A leaf is looked for like a term, in the same pass over the text. Where it is found counts for the query unless the
//! capitals speak against it, a longer counter-term of the watch stands around it, or a counter-term stands in the same
//! place and is nearer to what is written there. Where it is the leaf that is nearer, nobody can tell: a query that holds
//! only with such places is in doubt.

use super::case::{Agreement, Case};
use super::found::{Finds, Found};
use super::language::Languages;
use super::pattern::Patterns;
use super::phrase::{Phrase, spelled};
use super::query::{self, Place};
use super::reading::Reading;
use super::score::{Evidence, stands_around};
use super::{Matcher, MatcherError};
use crate::model::{Field, Hit, Leaf, LeafId, MAX_QUERY_TERM_BYTES, Query, Role, Seek, clip};

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
        let own = finds.of(&self.leaves);
        let Places { mut sure, doubtful } = places(&own, query, finds, terms, readings)?;
        let evaluate = |places: &[Vec<Place>]| query::evaluate(query, &|id: LeafId| places[id.index()].as_slice());
        let surely = evaluate(&sure);
        add(&mut sure, &doubtful);
        let all = if doubtful.is_empty() { None } else { evaluate(&sure) };
        let (in_doubt, sure_field) = (surely.is_none(), surely.as_ref().map(|surely| surely.field));
        let evidence = all.or(surely)?;
        let hit = |at: &u32| {
            let at = *at as usize;
            let (_, leaf) = own.get(own.partition_point(|(own, _)| *own < at))?;
            finds.all[at].hit(&name(query.leaf(*leaf)), Role::Strong, readings)
        };
        let hits = evidence.hits.iter().filter_map(hit).collect();
        Some(Met { hits, field: sure_field.unwrap_or(evidence.field), doubtful: in_doubt })
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
        let own = finds.of(&self.leaves);
        let Places { mut sure, doubtful } = places(&own, query, finds, terms, readings)?;
        add(&mut sure, &doubtful);
        let counted: Vec<u32> = sure.iter().flatten().map(|place| place.hit).collect();
        let own = own.into_iter().filter(|(at, _)| counted.contains(&(*at as u32)));
        let hits = own.filter_map(|(at, leaf)| finds.all[at].hit(&name(query.leaf(leaf)), Role::Strong, readings));
        let hits: Vec<Hit> = hits.collect();
        let failing = query::failing(query, &|id: LeafId| sure[id.index()].as_slice())?;
        (!hits.is_empty()).then(|| (hits, query.part(failing).to_string()))
    }
}

/// Where the leaves of a query stand, by leaf.
struct Places {
    sure: Vec<Vec<Place>>,
    doubtful: Vec<(usize, Place)>,
}

/// What was found of the leaves, as far as it speaks for the query.
fn places(
    own: &[(usize, LeafId)],
    query: &Query,
    finds: &Finds,
    terms: &[Evidence],
    readings: &[Reading<'_>],
) -> Option<Places> {
    let mut sure: Vec<Vec<Place>> = vec![Vec::new(); query.leaves().len()];
    let mut doubtful = Vec::new();
    for (at, leaf) in own {
        let found = &finds.all[*at];
        let reading = readings.iter().find(|reading| reading.field == found.field)?;
        let reliance = rely(found, terms);
        if reliance != Reliance::No {
            let (first_word, last_word) = reading.words(found.start, found.end);
            let place = Place { field: found.field, first_word, last_word, hit: *at as u32 };
            match reliance {
                Reliance::Doubtful => doubtful.push((leaf.index(), place)),
                _ => sure[leaf.index()].push(place),
            }
        }
    }
    sure.iter_mut().for_each(|places| places.sort_unstable());
    Some(Places { sure, doubtful })
}

fn add(sure: &mut [Vec<Place>], doubtful: &[(usize, Place)]) {
    doubtful.iter().for_each(|(leaf, place)| sure[*leaf].push(*place));
    sure.iter_mut().for_each(|places| places.sort_unstable());
}

/// Whether a place speaks for the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reliance {
    Sure,
    Doubtful,
    No,
}

fn rely(found: &Found, terms: &[Evidence]) -> Reliance {
    let Found { field, start, end, form, .. } = *found;
    let against = terms.iter().map(|term| &term.hit).filter(|hit| hit.role == Role::Against);
    let here = |hit: &&Hit| (hit.field, hit.start, hit.end) == (field, start, end);
    if found.agreement != Agreement::Well
        || against.clone().any(|hit| stands_around(hit, field, start, end))
        || against.clone().any(|hit| here(&hit) && hit.form < form)
    {
        return Reliance::No;
    }
    let homograph = against.clone().any(|hit| here(&hit) && hit.form > form);
    if homograph { Reliance::Doubtful } else { Reliance::Sure }
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
