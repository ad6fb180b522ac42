//! The reckoning: from hits to a score in 0..1 whose parts add up.
//!
//! Sums are kept in hundredths, so that a score compares with its threshold exactly.

use std::collections::HashSet;

use crate::model::{Field, Hit, Match, Part, Role, Watch};
use crate::text::fold;

/// Hundredths for the best strong hit in title, summary, body.
pub const STRONG: [i32; 3] = [90, 75, 60];
/// Hundredths for the best weak hit in title, summary, body, where no strong term was found.
pub const WEAK: [i32; 3] = [40, 35, 25];
/// Hundredths for a second and a third strong term.
pub const FURTHER_STRONG: [i32; 2] = [5, 5];
/// Hundredths for the first, second and third context term.
pub const CONTEXT: [i32; 3] = [20, 15, 10];
/// Hundredths that the first, second and third counter-term take away.
pub const AGAINST: [i32; 3] = [35, 35, 20];
/// In a body, context counts only within this many bytes of a strong or weak hit.
pub const CONTEXT_NEAR_BYTES: usize = 400;
/// Most hits that a match carries; those that weigh come first when there are more.
pub const MAX_HITS: usize = 24;

/// The match of a watch with its hits; `None` where they are no evidence: neither strong nor weak.
pub(super) fn decide(watch: &Watch, mut hits: Vec<Hit>) -> Option<Match> {
    let mut sum = Sum::default();
    let base = best(&hits, Role::Strong).or_else(|| best(&hits, Role::Weak))?;
    let strong = hits[base].role == Role::Strong;
    sum.take(&mut hits[base], if strong { STRONG } else { WEAK });

    if strong {
        let named = fold(&hits[base].text).into_pattern();
        sum.take_distinct(&mut hits, Role::Strong, &FURTHER_STRONG, HashSet::from([named]), |_| true);
    }
    let near = near(&hits);
    sum.take_distinct(&mut hits, Role::Context, &CONTEXT, HashSet::new(), near);
    sum.cap();
    sum.take_distinct(&mut hits, Role::Against, &AGAINST.map(|points| -points), HashSet::new(), |_| true);
    sum.lift();

    if hits.len() > MAX_HITS {
        hits.sort_by_key(|hit| hit.weight == 0.0);
        hits.truncate(MAX_HITS);
        hits.sort_by_key(|hit| (hit.field, hit.start));
    }
    Some(Match {
        watch: watch.name.clone(),
        score: f64::from(sum.points) / 100.0,
        threshold: watch.threshold,
        hits,
        parts: sum.parts,
    })
}

/// The first hit of the role in the most telling field.
fn best(hits: &[Hit], role: Role) -> Option<usize> {
    let of_role = hits.iter().enumerate().filter(|(_, hit)| hit.role == role);
    of_role.min_by_key(|(_, hit)| hit.field).map(|(at, _)| at)
}

/// Context speaks for a hit in the same headline or summary, in a body only near by.
fn near(hits: &[Hit]) -> impl Fn(&Hit) -> bool + use<> {
    let named = hits.iter().filter(|hit| matches!(hit.role, Role::Strong | Role::Weak) && hit.field == Field::Body);
    let mut named: Vec<usize> = named.map(|hit| hit.start).collect();
    named.sort_unstable();
    move |context| {
        let first = named.partition_point(|start| start + CONTEXT_NEAR_BYTES < context.start);
        context.field != Field::Body
            || named.get(first).is_some_and(|start| start.abs_diff(context.start) <= CONTEXT_NEAR_BYTES)
    }
}

#[derive(Default)]
struct Sum {
    points: i32,
    parts: Vec<Part>,
}

impl Sum {
    fn add(&mut self, what: String, points: i32) {
        self.points += points;
        self.parts.push(Part { what, value: f64::from(points) / 100.0 });
    }

    fn take(&mut self, hit: &mut Hit, by_field: [i32; 3]) {
        let points = by_field[hit.field as usize];
        hit.weight = f64::from(points) / 100.0;
        self.add(format!("{} term “{}” in the {}", hit.role, hit.term, hit.field), points);
    }

    /// Gives the next of `steps` to the first hit of each further term, told apart by what was found, folded: two
    /// spellings of one name are one piece of evidence.
    fn take_distinct(
        &mut self,
        hits: &mut [Hit],
        role: Role,
        steps: &[i32],
        mut told: HashSet<String>,
        counts: impl Fn(&Hit) -> bool,
    ) {
        let mut steps = steps.iter();
        for hit in hits.iter_mut() {
            if hit.role != role || !counts(hit) || !told.insert(fold(&hit.text).into_pattern()) {
                continue;
            }
            let Some(&points) = steps.next() else { break };
            hit.weight = f64::from(points) / 100.0;
            self.add(format!("{role} term “{}” in the {}", hit.term, hit.field), points);
        }
    }

    /// Keeps the sum at 1 or below by one more part, so that the parts still add up. Before the counter-terms: what
    /// they take away shall count however much evidence there is.
    fn cap(&mut self) {
        if self.points > 100 {
            self.add("capped at 1".to_owned(), 100 - self.points);
        }
    }

    /// Keeps the sum at 0 or above, likewise.
    fn lift(&mut self) {
        if self.points < 0 {
            self.add("not below 0".to_owned(), -self.points);
        }
    }
}
