//! What labels say of a watch's decisions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::sample::Sample;
use crate::cli::{CliError, file, out::Out};
use crate::model::Match;
use crate::notify::inert;

/// Most terms whose precision is shown.
const MAX_TERMS: usize = 10;

/// A decision on an item, kept until it meets its label.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    /// Whether it alerts.
    pub(super) alert: bool,
    /// The terms that carried the score, each with its weight.
    pub(super) terms: BTreeMap<String, f64>,
    /// The time and the line under which it is shown.
    pub(super) at: Timestamp,
    pub(super) line: String,
}

impl Decided {
    /// What a watch made of an item; nothing was found without a match.
    pub(super) fn of(matched: Option<&Match>, at: Timestamp, line: String) -> Self {
        let mut terms = BTreeMap::new();
        for hit in matched.iter().flat_map(|matched| &matched.hits).filter(|hit| hit.weight > 0.0) {
            *terms.entry(hit.term.clone()).or_default() += hit.weight;
        }
        Self { alert: matched.is_some_and(Match::alerts), terms, at, line }
    }
}

/// Decisions counted against their labels.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    right: usize,
    quiet: usize,
    alarms: Sample,
    missed: Sample,
    terms: BTreeMap<String, OfTerm>,
    /// Only alerts had labels: what never alerted is not known.
    of_alerts: bool,
}

/// The alerts in which a term carried weight.
#[derive(Debug, Clone, Default)]
struct OfTerm {
    right: usize,
    wrong: usize,
    /// What it carried in the false ones.
    weight: f64,
}

impl Tally {
    /// Shows at most so many false alarms and misses.
    pub(super) fn new(most: usize) -> Self {
        let sample = || Sample::first(most);
        Self { right: 0, quiet: 0, alarms: sample(), missed: sample(), terms: BTreeMap::new(), of_alerts: false }
    }

    /// The same for labels that people gave to alerts.
    pub(super) fn of_alerts(most: usize) -> Self {
        Self { of_alerts: true, ..Self::new(most) }
    }

    /// Counts a decision on an item that should alert, or should not.
    pub(super) fn count(&mut self, relevant: bool, decided: Decided) {
        let Decided { alert, terms, at, line } = decided;
        for (term, weight) in terms.into_iter().filter(|_| alert) {
            let of = self.terms.entry(term).or_default();
            if relevant {
                of.right += 1;
            } else {
                of.wrong += 1;
                of.weight += weight;
            }
        }
        match (alert, relevant) {
            (true, true) => self.right += 1,
            (true, false) => self.alarms.put(at, || line),
            (false, true) => self.missed.put(at, || line),
            (false, false) => self.quiet += 1,
        }
    }

    /// Takes in what another watch came to.
    pub(super) fn add(&mut self, other: &Tally) {
        self.of_alerts |= other.of_alerts;
        self.right += other.right;
        self.quiet += other.quiet;
        for (mine, theirs) in [(&mut self.alarms, &other.alarms), (&mut self.missed, &other.missed)] {
            for _ in 0..theirs.count() {
                mine.put(Timestamp::UNIX_EPOCH, String::new);
            }
        }
    }

    /// Precision, recall and F1, in a line; of labelled alerts, which know nothing of what was missed, how many are kept.
    pub(super) fn figures(&self) -> String {
        let (right, alerts) = (self.right, self.right + self.alarms.count());
        let relevant = self.right + self.missed.count();
        if self.of_alerts {
            let (precision, alerts) = (share(right, alerts), file::counted(alerts, "alert"));
            let relevant = file::counted(relevant, "relevant alert");
            return format!("precision {precision} ({right} of {alerts}), {right} of {relevant} kept");
        }
        format!(
            "precision {} ({right} of {}), recall {} ({right} of {relevant}), F1 {}",
            share(right, alerts),
            file::counted(alerts, "alert"),
            share(right, relevant),
            share(2 * right, alerts + relevant),
        )
    }

    /// All of it, a watch's part of a report.
    pub(super) fn show(&self, out: &mut Out) -> Result<(), CliError> {
        let labelled = self.right + self.quiet + self.alarms.count() + self.missed.count();
        out.line(format!("  {} with a label: {}", file::counted(labelled, "item"), self.figures()))?;
        for (sample, one, many) in
            [(&self.alarms, "false alarm", "false alarms"), (&self.missed, "missed item", "missed items")]
        {
            if sample.count() > 0 {
                out.line(format!("  {} {}", sample.count(), if sample.count() == 1 { one } else { many }))?;
            }
            sample.lines().try_for_each(|(_, line)| out.line(format!("    {line}")))?;
            if sample.hidden() > 0 {
                out.line(format!("    … and {} more; --all shows them", sample.hidden()))?;
            }
        }
        self.show_terms(out)
    }

    fn show_terms(&self, out: &mut Out) -> Result<(), CliError> {
        let mut terms: Vec<_> = self.terms.iter().collect();
        // Those that cost most first, then those that give most.
        terms.sort_by_key(|(_, of)| (Reverse(of.wrong), Reverse(of.right)));
        if !terms.is_empty() {
            out.line("  precision by term, over the alerts in which it carried weight")?;
        }
        for (term, OfTerm { right, wrong, .. }) in terms.into_iter().take(MAX_TERMS) {
            let all = right + wrong;
            out.line(format!("    {}  {right:>4} of {all:<4}  {}", share(*right, all), inert(term)))?;
        }
        match self.dearest() {
            Some(sentence) => out.line(format!("  {sentence}")),
            None => Ok(()),
        }
    }

    /// The term that costs most, in a sentence.
    fn dearest(&self) -> Option<String> {
        let terms = self.terms.iter().filter(|(_, of)| of.wrong > 0);
        // Of two that were in as many, the one that does less good: a watch's own name is in nearly all.
        let dearer = |a: &OfTerm, b: &OfTerm| {
            a.wrong.cmp(&b.wrong).then(b.right.cmp(&a.right)).then(a.weight.total_cmp(&b.weight))
        };
        let (term, OfTerm { wrong, .. }) = terms.max_by(|(_, a), (_, b)| dearer(a, b))?;
        let among = match self.alarms.count() {
            1 => "the only false alarm".to_owned(),
            count => format!("{wrong} of the {count} false alarms"),
        };
        Some(format!("“{}” costs most: it carried weight in {among}.", inert(term)))
    }
}

fn share(part: usize, all: usize) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.2}", part as f64 / all as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(alert: bool, terms: &[&str]) -> Decided {
        let terms = terms.iter().map(|term| ((*term).to_owned(), term.len() as f64)).collect();
        Decided { alert, terms, at: Timestamp::UNIX_EPOCH, line: String::new() }
    }

    #[test]
    fn figures_are_those_of_the_books_and_the_dearest_term_is_named() {
        let mut tally = Tally::new(1);
        assert_eq!(tally.figures(), "precision – (0 of 0 alerts), recall – (0 of 0), F1 –");
        for (relevant, alert, terms) in [
            (true, true, &["good", "both"][..]),
            (true, true, &["good"]),
            (false, true, &["both", "bad"]),
            (false, true, &["bad"]),
            (true, false, &["bad"]),
            (false, false, &[]),
        ] {
            tally.count(relevant, decided(alert, terms));
        }
        assert_eq!(tally.figures(), "precision 0.50 (2 of 4 alerts), recall 0.67 (2 of 3), F1 0.57");
        assert_eq!(tally.dearest().as_deref(), Some("“bad” costs most: it carried weight in 2 of the 2 false alarms."));
        // Of two that cost as much, the one that does less good.
        tally.count(false, decided(true, &["both"]));
        assert_eq!(tally.dearest().as_deref(), Some("“bad” costs most: it carried weight in 2 of the 3 false alarms."));
        assert_eq!((tally.alarms.hidden(), tally.missed.hidden()), (2, 0));
        let mut all = Tally::new(0);
        all.add(&tally);
        all.add(&tally);
        assert_eq!(all.figures(), "precision 0.40 (4 of 10 alerts), recall 0.67 (4 of 6), F1 0.50");
    }
}
