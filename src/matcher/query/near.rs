//! NEAR: operands in one field that do not overlap, each with at most so many words between it and the one before.
//!
//! Of the places before, only two can be the nearest to a place: the last that ends before it, and the first that
//! begins behind it. Both are found by bisection, so a word that a text repeats thousands of times costs no square. A phrase with slop
//! in the middle of a chain counts where its words are closest; at an end of one every place of it does.

use super::{Evaluation, Place, Stretch};
use crate::model::{Atom, Near};

/// A stretch that the chain reaches.
struct Link {
    stretch: Stretch,
    /// The index of the one before in the operand before.
    before: usize,
}

/// The places of a chain that holds, in the most telling field where one does.
pub(super) fn first(evaluation: &Evaluation<'_, '_>, near: &Near) -> Option<Vec<Place>> {
    let stretches = |atoms: &[Atom]| {
        let mut all: Vec<Stretch> = atoms.iter().flat_map(|atom| evaluation.stretches(atom)).collect();
        all.sort_unstable();
        all
    };
    let start = stretches(&near.first).into_iter().map(|stretch| Link { stretch, before: 0 }).collect();
    let mut chain: Vec<Vec<Link>> = vec![start];
    for (words, atoms) in &near.rest {
        let before = chain.last()?;
        if before.is_empty() {
            return None;
        }
        let linked = link(before, stretches(atoms), *words);
        chain.push(linked);
    }
    let mut at = 0;
    let mut places = Vec::new();
    for links in chain.iter().rev() {
        let link = links.get(at)?;
        places.extend_from_slice(&link.stretch.places);
        at = link.before;
    }
    Some(places)
}

/// Those of `stretches` that are near one before, in their order. `before` is sorted by field and first word.
fn link(before: &[Link], stretches: Vec<Stretch>, words: u32) -> Vec<Link> {
    let mut by_last: Vec<usize> = (0..before.len()).collect();
    by_last.sort_by_key(|at| (before[*at].stretch.field, before[*at].stretch.last));
    let last = |at: &usize| (before[*at].stretch.field, before[*at].stretch.last);
    let near = |stretch: &Stretch| {
        let ends = by_last.partition_point(|at| last(at) < (stretch.field, stretch.first));
        let left = ends.checked_sub(1).map(|at| by_last[at]).filter(|at| before[*at].stretch.field == stretch.field);
        let left = left.map(|at| (stretch.first - before[at].stretch.last - 1, at));

        let right =
            before.partition_point(|link| (link.stretch.field, link.stretch.first) <= (stretch.field, stretch.last));
        let right = before.get(right).filter(|link| link.stretch.field == stretch.field).map(|link| (link, right));
        let right = right.map(|(link, at)| (link.stretch.first - stretch.last - 1, at));

        let nearest = left.into_iter().chain(right).min();
        nearest.filter(|(between, _)| *between <= words).map(|(_, at)| at)
    };
    let linked = stretches.into_iter().map(|stretch| (near(&stretch), stretch));
    linked.filter_map(|(before, stretch)| before.map(|before| Link { stretch, before })).collect()
}
