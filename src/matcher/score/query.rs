//! A query that holds, in the reckoning: it counts like one strong term, however many hits made it hold.

use super::{Evidence, Sum};
use crate::matcher::condition::Met;
use crate::model::points::{STRONG, WEAK};
use crate::model::{Field, Hit, clip};

/// Most leaves that the reckoning names.
const MAX_NAMED: usize = 4;
/// Longest name of a leaf there, in bytes.
const MAX_NAME_BYTES: usize = 100;

impl Met {
    /// What the query is worth as the one that the score is built on.
    pub(super) fn worth(&self) -> i32 {
        if self.doubtful { WEAK[self.field as usize] } else { STRONG[self.field as usize] }
    }
}

/// Puts the hits of a query that holds among those of the terms, in the order of the text.
pub(super) fn add(met: Option<&mut Met>, found: &mut Vec<Evidence>) {
    let Some(met) = met else { return };
    found.extend(met.hits.drain(..).map(|hit| Evidence { hit, doubt: None, query: true }));
    found.sort_by_key(|Evidence { hit, .. }| (hit.field, hit.start, hit.end));
}

/// Whether the query was met by more than what stands where the hit `base` does.
pub(super) fn says_more(found: &[Evidence], base: usize) -> bool {
    let base = &found[base].hit;
    found
        .iter()
        .filter(|e| e.query)
        .any(|Evidence { hit, .. }| hit.field != base.field || hit.end <= base.start || base.end <= hit.start)
}

/// The hits, each place of a term once although the query found it as well.
pub(super) fn merged(found: Vec<Evidence>) -> Vec<Hit> {
    let mut hits: Vec<(bool, Hit)> = Vec::with_capacity(found.len());
    for Evidence { hit, query, .. } in found {
        let same = |(other_query, other): &&mut (bool, Hit)| {
            *other_query != query
                && (other.field, other.start, other.end) == (hit.field, hit.start, hit.end)
                && (other.role, &other.term) == (hit.role, &hit.term)
        };
        match hits.iter_mut().rev().take_while(|(_, other)| other.start == hit.start).find(same) {
            Some((_, other)) => other.weight += hit.weight,
            None => hits.push((query, hit)),
        }
    }
    hits.into_iter().map(|(_, hit)| hit).collect()
}

impl Sum {
    /// Gives the points to the query, in equal shares to its hits.
    pub(super) fn query(&mut self, found: &mut [Evidence], points: i32, counted: &mut Vec<usize>, doubtful: bool) {
        let own: Vec<usize> = (0..found.len()).filter(|at| found[*at].query).collect();
        let count = own.len().max(1) as i32;
        for (nth, at) in own.iter().enumerate() {
            let share = points / count + i32::from((nth as i32) < points % count);
            found[*at].hit.weight = f64::from(share) / 100.0;
        }
        let hits = own.iter().map(|at| &found[*at].hit);
        let note = if doubtful { ", which may be a form of a counter-term" } else { "" };
        self.add(format!("the query is met by {}{note}", named(hits)), points);
        counted.extend(own);
    }
}

/// The leaves that were found, by field: `“oil” and “Rotterdam” in the title`.
fn named<'h>(hits: impl Iterator<Item = &'h Hit>) -> String {
    let mut names: Vec<(Field, &str)> = Vec::new();
    for hit in hits {
        let name = (hit.field, hit.term.as_str());
        if !names.iter().any(|(_, known)| *known == name.1) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MAX_NAMED);
    names.truncate(MAX_NAMED);
    let in_fields: Vec<String> = names
        .chunk_by(|a, b| a.0 == b.0)
        .map(|names| {
            let quoted = names.iter().map(|(_, name)| match clip(name, MAX_NAME_BYTES) {
                whole if whole.len() == name.len() => format!("“{name}”"),
                start => format!("“{start}…”"),
            });
            format!("{} in the {}", listed(&quoted.collect::<Vec<_>>()), names[0].0)
        })
        .collect();
    match more {
        0 => listed(&in_fields),
        more => format!("{}, and {more} more", in_fields.join(", ")),
    }
}

/// `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
