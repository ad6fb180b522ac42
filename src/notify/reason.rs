//! Why an item alerted or did not, in one sentence.

use super::text::inert;
use crate::model::points::CONTEXT;
use crate::model::{Form, Hit, Match, Outcome, Part, Role, Suppression, Watch, clip};

/// Most hits that a sentence names.
const MAX_NAMED: usize = 3;
/// Longest quotation in a sentence, in bytes.
const MAX_QUOTE_BYTES: usize = 120;

/// Why a match came to its outcome; without an outcome, what it would come to. `watch` is the watch as it is configured,
/// where that is known: it says what could still have been found.
pub fn reason(matched: &Match, outcome: Option<Outcome>, watch: Option<&Watch>) -> String {
    let Match { score, threshold, .. } = matched;
    match outcome {
        None if matched.alerts() => format!("It would alert because {}", evidence(matched, "reaches")),
        Some(Outcome::Alerted(_)) => format!("It alerted because {}", evidence(matched, "reached")),
        Some(Outcome::Updated(update)) => {
            format!(
                "It was told in update {update} of a story that had alerted, because {}",
                evidence(matched, "reached")
            )
        }
        Some(Outcome::Suppressed(why)) if why != Suppression::BelowThreshold => {
            format!("It reached the threshold {threshold:.2} with {score:.2} and was held back: {why}.")
        }
        None => format!("It would not alert: {}", shortfall(matched, watch)),
        Some(Outcome::Suppressed(_)) => format!("It did not alert: {}", shortfall(matched, watch)),
    }
}

/// What carried the score over the threshold, the weightiest first.
fn evidence(matched: &Match, reached: &str) -> String {
    let Match { score, threshold, .. } = matched;
    let mut carried: Vec<&Hit> = matched.hits.iter().filter(|hit| hit.weight > 0.0).collect();
    carried.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut named: Vec<String> = carried.iter().take(MAX_NAMED).map(|hit| place(hit)).collect();
    let Some(first) = named.first_mut() else {
        return format!("its score {score:.2} {reached} the threshold {threshold:.2}.");
    };
    *first = first.replacen(" in the ", " stands in the ", 1);
    if let Some(Part { what, value }) = company(matched) {
        named.push(format!("{} ({value:.2})", inert(what)));
    }
    if carried.len() > MAX_NAMED {
        named.push(format!("{} more", carried.len() - MAX_NAMED));
    }
    let against = against(matched);
    if named.len() == 1 && against.is_empty() {
        return format!("{} and {reached} the threshold {threshold:.2}.", named[0]);
    }
    let although = if against.is_empty() { String::new() } else { format!(", although {}", listed(&against)) };
    format!("{}{although}: the score {score:.2} {reached} the threshold {threshold:.2}.", listed(&named))
}

/// What was missing, and what would have helped.
fn shortfall(matched: &Match, watch: Option<&Watch>) -> String {
    let Match { score, threshold, .. } = matched;
    let relation = format!("{score:.2} is below {threshold:.2}");
    let against = against(matched);
    if !against.is_empty() && hundredths(positive(matched).min(1.0)) >= hundredths(*threshold) {
        return format!("{relation}; it would have been enough but for {}.", listed(&against));
    }
    match context_words(matched, watch) {
        Some(1) => format!("{relation}; one more context word would have been enough."),
        Some(count) => format!("{relation}; {count} more context words would have been enough."),
        None => format!("{relation}."),
    }
}

/// How many context words more would have reached the threshold; `None` where no number would, or none is configured.
fn context_words(matched: &Match, watch: Option<&Watch>) -> Option<usize> {
    let carried = |hit: &&Hit| hit.role == Role::Context && hit.weight > 0.0;
    // Company takes the place of the first context word.
    let found = matched.hits.iter().filter(carried).count() + usize::from(company(matched).is_some());
    let known = watch?.terms.iter().filter(|term| term.role == Role::Context).count();
    // Below zero there is more to make up for than the score tells.
    let mut points = if matched.score > 0.0 { hundredths(matched.score) } else { return None };
    let left = known.saturating_sub(matched.hits.iter().filter(carried).count());
    let steps = CONTEXT.iter().skip(found).take(left);
    for (count, step) in steps.enumerate() {
        points += i64::from(*step);
        if points >= hundredths(matched.threshold) {
            return Some(count + 1);
        }
    }
    None
}

fn positive(matched: &Match) -> f64 {
    let company = company(matched).map_or(0.0, |part| part.value);
    matched.hits.iter().map(|hit| hit.weight.max(0.0)).sum::<f64>() + company
}

/// The word beside a hit that says in any watch what the hit is.
fn company(matched: &Match) -> Option<&Part> {
    matched.parts.iter().find(|part| part.what.ends_with(" beside it"))
}

/// The counter-terms that took something away.
fn against(matched: &Match) -> Vec<String> {
    matched.hits.iter().filter(|hit| hit.weight < 0.0).map(place).collect()
}

/// A hit with its place and weight; a spelling that is not the term's names that, too.
fn place(hit: &Hit) -> String {
    let quote = inert(clip(&hit.text, MAX_QUOTE_BYTES));
    let term = if hit.form == Form::Base { String::new() } else { format!(" for “{}”", inert(&hit.term)) };
    let sign = if hit.weight < 0.0 { "−" } else { "" };
    format!("“{quote}”{term} in the {} ({sign}{:.2})", hit.field, hit.weight.abs())
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Scores are reckoned in hundredths.
fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertId, Field, Term};

    fn hit(text: &str, role: Role, field: Field, weight: f64) -> Hit {
        let (term, text) = (text.to_owned(), text.to_owned());
        Hit { term, role, form: Form::Base, field, start: 0, end: text.len(), text, weight }
    }

    fn matched(score: f64, hits: &[Hit]) -> Match {
        Match { watch: "harbour".into(), score, threshold: 0.5, hits: hits.to_vec(), parts: vec![] }
    }

    fn watch(context: usize) -> Watch {
        let terms = (0..context).map(|n| Term { text: n.to_string(), role: Role::Context }).collect();
        Watch { name: "harbour".into(), terms, threshold: 0.5, ..Watch::default() }
    }

    const BELOW: Option<Outcome> = Some(Outcome::Suppressed(Suppression::BelowThreshold));

    #[test]
    fn an_alert_names_what_carried_it() {
        let alert = Some(Outcome::Alerted(AlertId::notice("x")));
        let port = hit("Port of Rostock", Role::Strong, Field::Title, 0.9);
        assert_eq!(
            reason(&matched(0.9, std::slice::from_ref(&port)), alert, None),
            "It alerted because “Port of Rostock” stands in the title (0.90) and reached the threshold 0.50."
        );
        let mut inflected = hit("Rostocks", Role::Weak, Field::Title, 0.4);
        inflected.form = Form::Inflected;
        inflected.term = "Rostock".into();
        let quay = hit("quay", Role::Context, Field::Summary, 0.2);
        assert_eq!(
            reason(&matched(0.6, &[quay.clone(), inflected]), None, None),
            "It would alert because “Rostocks” for “Rostock” stands in the title (0.40) and “quay” in the summary (0.20): \
             the score 0.60 reaches the threshold 0.50."
        );
        let goal = hit("goal", Role::Against, Field::Title, -0.35);
        assert_eq!(
            reason(&matched(0.55, &[port.clone(), goal]), alert, None),
            "It alerted because “Port of Rostock” stands in the title (0.90), although “goal” in the title (−0.35): \
             the score 0.55 reached the threshold 0.50."
        );
        let many = reason(&matched(1.0, &[port, quay.clone(), quay.clone(), quay.clone(), quay]), alert, None);
        assert!(many.contains("“quay” in the summary (0.20) and 2 more: the score 1.00"), "{many}");
        assert_eq!(
            reason(&matched(0.9, &[]), alert, None),
            "It alerted because its score 0.90 reached the threshold 0.50."
        );
    }

    #[test]
    fn what_did_not_alert_says_what_was_missing() {
        let weak = hit("Rostock", Role::Weak, Field::Title, 0.4);
        let told = |score: f64, hits: &[Hit], context| reason(&matched(score, hits), BELOW, Some(&watch(context)));
        let weak = std::slice::from_ref(&weak);
        assert_eq!(
            told(0.4, weak, 1),
            "It did not alert: 0.40 is below 0.50; one more context word would have been enough."
        );
        assert_eq!(told(0.4, weak, 0), "It did not alert: 0.40 is below 0.50.");
        assert_eq!(reason(&matched(0.4, weak), None, None), "It would not alert: 0.40 is below 0.50.");
        let body = hit("Rostock", Role::Weak, Field::Body, 0.25);
        assert!(told(0.25, std::slice::from_ref(&body), 9).contains("; 2 more context words would"), "two");
        let quay = hit("quay", Role::Context, Field::Body, 0.2);
        assert!(told(0.45, &[body, quay], 1).ends_with("below 0.50."), "the only context word is there");
        let goal = hit("goal", Role::Against, Field::Title, -0.35);
        let port = hit("Port of Rostock", Role::Strong, Field::Summary, 0.75);
        assert_eq!(
            told(0.4, &[port, goal], 9),
            "It did not alert: 0.40 is below 0.50; it would have been enough but for “goal” in the title (−0.35)."
        );
    }

    #[test]
    fn what_was_held_back_says_by_what() {
        let port = hit("Port of Rostock", Role::Strong, Field::Title, 0.9);
        let alert = AlertId::notice("x");
        let held = reason(&matched(0.9, &[port]), Some(Outcome::Suppressed(Suppression::SameStory(alert))), None);
        let why = format!("and was held back: the same story already raised alert {alert}.");
        assert_eq!(held, format!("It reached the threshold 0.50 with 0.90 {why}"));
    }

    #[test]
    fn strangers_do_not_steer_the_sentence() {
        let evil = hit("\u{1b}[31m\u{202e}port", Role::Strong, Field::Title, 0.9);
        let told = reason(&matched(0.9, &[evil]), None, None);
        assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    }
}
