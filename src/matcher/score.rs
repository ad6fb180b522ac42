//! The reckoning: from hits to a score in 0..1 whose parts add up.
//!
//! Sums are kept in hundredths, so that a score compares with its threshold exactly.

mod query;

use std::collections::{HashMap, HashSet};

use super::condition::Met;
use crate::model::points::{AGAINST, AGAINST_BESIDE, CONTEXT, FURTHER_STRONG, MOST, OTHER_SPELLING, STRONG, WEAK};
use crate::model::{Field, Form, Hit, Match, Part, Role, Watch};

/// Most words between a hit and a counter-term that stands beside it.
pub const BESIDE_WORDS: usize = 1;
/// In a body, context counts only within this many bytes of a strong or weak hit.
pub const CONTEXT_NEAR_BYTES: usize = 400;
/// Most hits that a match carries; those that weigh come first when there are more.
pub const MAX_HITS: usize = 24;

/// A hit, and what the reckoning has to know about it besides.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub(super) hit: Hit,
    /// Why the words may mean something else here. A strong hit in doubt counts as a weak one, a weak hit not at all.
    pub(super) doubt: Option<Doubt>,
    /// It is no term's, but made the query hold.
    pub(super) query: bool,
}

/// What stands around a hit in its text.
pub(super) trait Around {
    /// The word beside it that tells what it is, in any watch.
    fn company(&self, hit: &Hit) -> Option<String>;
    /// Whether at most so many words stand between two hits that do not overlap.
    fn stand_beside(&self, one: &Hit, other: &Hit, most_words: usize) -> bool;
}

/// Why words may mean something else than the term that they were found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A name in small letters, like a common word, in a text that has capitals for names.
    Small,
    /// A short name in another spelling: too many words sound like it.
    Short,
    /// In the text's language they may be a form of this counter-term.
    Homograph(String),
}

/// The match of a watch with the hits of its terms, and of its query if that holds; `None` where they are no evidence:
/// neither strong nor weak nor the query's.
pub(super) fn decide(
    watch: &Watch,
    mut found: Vec<Evidence>,
    mut met: Option<Met>,
    around: &impl Around,
) -> Option<Match> {
    query::add(met.as_mut(), &mut found);
    keep_nearest(&mut found);
    let void = void(&found);
    let mut sum = Sum::default();
    let mut steps = FURTHER_STRONG.as_slice();
    let mut counted = Vec::new();
    let of_query = met.as_ref().map_or(0, Met::worth);
    let strong = match best(&found, &void).filter(|(_, points)| *points > of_query) {
        Some((base, points)) => {
            sum.base(&mut found[base], points);
            counted.push(base);
            if met.as_ref().is_some_and(|met| !met.doubtful) && query::says_more(&found, base) {
                sum.query(&mut found, steps[0], &mut counted, false);
                steps = &steps[1..];
            }
            is_strong(&found[base])
        }
        None => {
            let doubtful = met?.doubtful;
            sum.query(&mut found, of_query, &mut counted, doubtful);
            !doubtful
        }
    };
    // What speaks against the watch is rare, and asks what the score was built on.
    let contested = found.iter().any(|e| e.hit.role == Role::Against);
    let bases: Vec<Hit> = counted.iter().filter(|_| contested).map(|at| found[*at].hit.clone()).collect();
    if strong {
        let counts = |at: usize, e: &Evidence| !void[at] && !e.query && is_strong(e);
        sum.further(&mut found, Role::Strong, steps, &mut counted, counts);
    }
    let near = near(&found);
    let mut context = &CONTEXT[..];
    if !strong && let Some(word) = accompanied(&found, &void, around) {
        sum.add(format!("“{word}” beside it"), context[0]);
        context = &context[1..];
    }
    sum.further(&mut found, Role::Context, context, &mut counted, |_, e| near(&e.hit));
    sum.cap();
    let beside = |e: &Evidence| bases.iter().any(|base| around.stand_beside(base, &e.hit, BESIDE_WORDS));
    let mut steps = AGAINST.map(|points| -points);
    if contested && found.iter().any(|e| e.hit.role == Role::Against && beside(e)) {
        steps[0] = -AGAINST_BESIDE;
    }
    sum.further(&mut found, Role::Against, &steps, &mut Vec::new(), |_, _| true);
    sum.lift();

    let mut hits = query::merged(found);
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

/// Where several terms stand in one place, that which changes the word least is meant: a name as it is, rather than the
/// case of a shorter one. But if the other is a counter-term ("Lagos" beside "Lago", in a language with a genitive s),
/// nobody can tell.
pub(super) fn keep_nearest(found: &mut Vec<Evidence>) {
    if found.len() < 2 {
        return;
    }
    /// The least change of any reading of a place, and the first counter-term with its own.
    type Readings = HashMap<(Field, usize, usize), (Form, Vec<(Form, String)>)>;
    let mut places = Readings::new();
    for Evidence { hit, .. } in found.iter() {
        let (least, against) = places.entry(place(hit)).or_insert((hit.form, Vec::new()));
        *least = hit.form.min(*least);
        if hit.role == Role::Against {
            against.push((hit.form, hit.term.clone()));
        }
    }
    // The query chose its own.
    found.retain(|Evidence { hit, query, .. }| {
        *query || places.get(&place(hit)).is_none_or(|(least, _)| *least >= hit.form)
    });
    for Evidence { hit, doubt, .. } in found.iter_mut().filter(|e| matches!(e.hit.role, Role::Strong | Role::Weak)) {
        let against = places.get(&place(hit)).and_then(|(_, all)| all.iter().find(|(form, _)| *form > hit.form));
        if let (None, Some((_, term))) = (&doubt, against) {
            *doubt = Some(Doubt::Homograph(term.clone()));
        }
    }
}

fn place(hit: &Hit) -> (Field, usize, usize) {
    (hit.field, hit.start, hit.end)
}

fn is_strong(evidence: &Evidence) -> bool {
    evidence.hit.role == Role::Strong && evidence.doubt.is_none()
}

/// Which hits stand inside a longer counter-term: there they are part of another name.
fn void(found: &[Evidence]) -> Vec<bool> {
    let inside = inside(found);
    found.iter().map(|Evidence { hit, .. }| inside(hit.field, hit.start, hit.end)).collect()
}

/// Whether a place stands inside a longer counter-term.
pub(super) fn inside(found: &[Evidence]) -> impl Fn(Field, usize, usize) -> bool {
    let mut against: Vec<&Hit> = found.iter().map(|e| &e.hit).filter(|hit| hit.role == Role::Against).collect();
    against.sort_by_key(|hit| place(hit));
    // One that contains a later place but ends before another that begins with it or earlier says nothing more.
    let mut furthest: Vec<&Hit> = Vec::new();
    for hit in against {
        if furthest.last().is_none_or(|last| last.field != hit.field || last.end < hit.end || last.start == hit.start) {
            furthest.push(hit);
        }
    }
    move |field, start, end| {
        let behind = furthest.partition_point(|other| (other.field, other.start) <= (field, start));
        let around = |other: &&Hit| stands_around(other, field, start, end);
        furthest[..behind].iter().rev().take(MAX_AROUND).any(around)
    }
}

/// How many counter-terms before a hit are looked at for one that contains it: more never begin inside one another.
const MAX_AROUND: usize = 64;

/// Whether a hit is that of a longer counter-term around the place.
pub(super) fn stands_around(other: &Hit, field: Field, start: usize, end: usize) -> bool {
    other.role == Role::Against
        && other.field == field
        && other.start <= start
        && end <= other.end
        && other.end - other.start > end - start
}

/// What a hit is worth as the one that the score is built on.
fn worth(evidence: &Evidence) -> i32 {
    let at = evidence.hit.field as usize;
    let full = match (evidence.hit.role, &evidence.doubt) {
        (Role::Strong, None) => STRONG[at],
        (Role::Strong, Some(_)) | (Role::Weak, None | Some(Doubt::Homograph(_))) => WEAK[at],
        _ => return 0,
    };
    match evidence.hit.form {
        Form::Respelled | Form::Transliterated if evidence.doubt.is_none() => full - OTHER_SPELLING,
        Form::Respelled | Form::Transliterated | Form::Base | Form::Inflected | Form::Compound => full,
    }
}

/// The first of the hits that are worth most.
fn best(found: &[Evidence], void: &[bool]) -> Option<(usize, i32)> {
    let worths = found.iter().enumerate().filter(|(at, e)| !void[*at] && !e.query).map(|(at, e)| (at, worth(e)));
    worths.filter(|(_, worth)| *worth > 0).max_by_key(|(at, worth)| (*worth, std::cmp::Reverse(*at)))
}

/// The word beside one of the weak hits that tells what it is.
fn accompanied(found: &[Evidence], void: &[bool], around: &impl Around) -> Option<String> {
    let weak = found.iter().zip(void).filter(|(e, void)| !**void && worth(e) > 0);
    weak.filter(|(e, _)| !is_strong(e) && e.doubt != Some(Doubt::Small)).find_map(|(e, _)| {
        // A compound and a word for its people say it themselves.
        let itself = (e.hit.form == Form::Compound).then(|| e.hit.text.clone());
        itself.or_else(|| around.company(&e.hit))
    })
}

/// Context speaks for a hit in the same headline or summary, in a body only near by.
fn near(found: &[Evidence]) -> impl Fn(&Hit) -> bool + use<> {
    let hits = found.iter().map(|evidence| &evidence.hit);
    let named = hits.filter(|hit| matches!(hit.role, Role::Strong | Role::Weak) && hit.field == Field::Body);
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

    fn take(&mut self, evidence: &mut Evidence, points: i32, note: &str) {
        let hit = &mut evidence.hit;
        hit.weight = f64::from(points) / 100.0;
        self.add(format!("{} term “{}” in the {}{note}", hit.role, hit.term, hit.field), points);
    }

    fn base(&mut self, evidence: &mut Evidence, points: i32) {
        let note = match (&evidence.doubt, evidence.hit.form) {
            (Some(Doubt::Small), _) => ", written small like a common word".to_owned(),
            (Some(Doubt::Homograph(other)), _) => format!(", which may be a form of “{other}”"),
            (_, Form::Respelled) => ", in another spelling".to_owned(),
            (_, Form::Transliterated) => ", in another script".to_owned(),
            _ => String::new(),
        };
        self.take(evidence, points, &note);
    }

    /// Gives the next of `steps` to the first hit of each further term. Two terms that stand in one place are one piece of
    /// evidence, and so are two that were found in the same words.
    fn further(
        &mut self,
        found: &mut [Evidence],
        role: Role,
        steps: &[i32],
        counted: &mut Vec<usize>,
        counts: impl Fn(usize, &Evidence) -> bool,
    ) {
        let mut steps = steps.iter();
        let mut told: Option<HashSet<String>> = None;
        for at in 0..found.len() {
            let hit = &found[at].hit;
            let overlaps = |other: &usize| {
                let other = &found[*other].hit;
                role != Role::Against && other.field == hit.field && other.start < hit.end && hit.start < other.end
            };
            if hit.role != role || !counts(at, &found[at]) || counted.iter().any(overlaps) {
                continue;
            }
            let name = |at: usize| found[at].hit.term.to_lowercase();
            let told = told.get_or_insert_with(|| counted.iter().map(|at| name(*at)).collect());
            if !told.insert(name(at)) {
                continue;
            }
            let Some(&points) = steps.next() else { break };
            counted.push(at);
            self.take(&mut found[at], points, "");
        }
    }

    /// Keeps the sum at 1 or below by one more part, so that the parts still add up. Before the counter-terms: what
    /// they take away shall count however much evidence there is.
    fn cap(&mut self) {
        if self.points > MOST {
            self.add("capped at 1".to_owned(), MOST - self.points);
        }
    }

    /// Keeps the sum at 0 or above, likewise.
    fn lift(&mut self) {
        if self.points < 0 {
            self.add("not below 0".to_owned(), -self.points);
        }
    }
}
