//! What came of a backtest, for a person: alerts, then a watch at a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::histogram::Histogram;
use super::items::{Named, days};
use super::labels::Labels;
use super::sample::{Sample, date, line, order};
use crate::cli::{CliError, file, out::Out};
use crate::model::{Match, Role, StoryId, Watch};
use crate::notify::inert;

/// Most alerts that are shown of a watch.
pub(super) const MAX_ALERTS: usize = 20;
/// Most false alarms and misses that are shown of a watch, each.
pub(super) const MAX_WRONG: usize = 10;
/// Items shown on each side of the threshold.
const NEAR: usize = 3;
/// Most terms by hits and most by alerts.
const MAX_TERMS: usize = 6;

/// See the module.
pub(super) struct Report {
    /// Show everything, alerts at once.
    all: bool,
    items: usize,
    span: Option<(Timestamp, Timestamp)>,
    watches: HashMap<String, OfWatch>,
    pub(super) labels: Labels,
}

/// What is gathered of a watch: bounded, but for its stories and terms.
struct OfWatch {
    evidence: usize,
    alerts: Sample,
    stories: HashSet<StoryId>,
    scores: Histogram,
    terms: BTreeMap<String, OfTerm>,
    above: Vec<Near>,
    below: Vec<Near>,
}

struct OfTerm {
    role: Role,
    hits: usize,
    alerts: usize,
}

/// An item near the threshold.
struct Near {
    distance: f64,
    title: String,
    line: String,
}

impl Report {
    pub(super) fn new(all: bool, labels: Labels) -> Self {
        Self { all, items: 0, span: None, watches: HashMap::new(), labels }
    }

    /// Counts an item, whether or not anything was found in it.
    pub(super) fn count(&mut self, named: &Named) {
        self.items += 1;
        if let Some(at) = named.at {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
    }

    /// Takes in what a watch made of an item.
    pub(super) fn decided(
        &mut self,
        named: &Named,
        matched: &Match,
        story: StoryId,
        out: &mut Out,
    ) -> Result<(), CliError> {
        let most = if self.all { 0 } else { MAX_ALERTS };
        let of = self.watches.entry(matched.watch.clone()).or_insert_with(|| OfWatch::new(most));
        of.decided(named, matched, story);
        if self.all && matched.alerts() { out.line(alert(named, matched)) } else { Ok(()) }
    }

    /// All of it.
    pub(super) fn show(&mut self, watches: &[Watch], out: &mut Out) -> Result<(), CliError> {
        self.labels.tell_of_unknown();
        self.labels.finish();
        self.show_alerts(out)?;
        let span = self.span.map_or_else(String::new, |(from, to)| {
            format!(" {} to {}", from.strftime("%Y-%m-%d"), to.strftime("%Y-%m-%d"))
        });
        out.line(format!("{}:{span}", file::counted(self.items, "item")))?;
        let days = self.span.map_or(1.0, |(from, to)| days(from, to));
        let mut silent = Vec::new();
        for watch in watches {
            let (of, tally) = (self.watches.get(&watch.name), self.labels.tally(&watch.name));
            if let Some(of) = of {
                out.line("")?;
                of.show(watch, days, out)?;
            } else if tally.is_some() {
                out.line(format!("\n{}: no evidence in any item", inert(&watch.name)))?;
            } else {
                silent.push(inert(&watch.name));
            }
            tally.map_or(Ok(()), |tally| tally.show(out))?;
        }
        if !silent.is_empty() {
            out.line(format!("\nno evidence in any item: {}", silent.join(", ")))?;
        }
        self.labels.show_total(out)
    }

    fn show_alerts(&self, out: &mut Out) -> Result<(), CliError> {
        let mut lines: Vec<&(Timestamp, String)> = self.watches.values().flat_map(|of| of.alerts.lines()).collect();
        lines.sort();
        lines.iter().try_for_each(|(_, line)| out.line(line))?;
        let hidden: usize = self.watches.values().map(|of| of.alerts.hidden()).sum();
        if hidden > 0 && !self.all {
            out.line(format!("… the newest {MAX_ALERTS} of each watch; --all shows {hidden} more"))?;
        }
        Ok(())
    }
}

/// An alert in a line.
fn alert(named: &Named, matched: &Match) -> String {
    format!("{}  {:<14} {:.2}  {}", date(named), inert(&matched.watch), matched.score, inert(&named.item.title))
}

impl OfWatch {
    fn new(most: usize) -> Self {
        Self {
            evidence: 0,
            alerts: Sample::newest(most),
            stories: HashSet::new(),
            scores: Histogram::default(),
            terms: BTreeMap::new(),
            above: Vec::new(),
            below: Vec::new(),
        }
    }

    fn decided(&mut self, named: &Named, matched: &Match, story: StoryId) {
        let alerts = matched.alerts();
        self.evidence += 1;
        self.scores.count(matched.score);
        if alerts {
            self.alerts.put(order(named), || alert(named, matched));
            self.stories.insert(story);
        }
        let mut took_part = HashSet::new();
        for hit in &matched.hits {
            let term = OfTerm { role: hit.role, hits: 0, alerts: 0 };
            let term = self.terms.entry(hit.term.clone()).or_insert(term);
            term.hits += 1;
            if alerts && hit.weight != 0.0 && took_part.insert(&hit.term) {
                term.alerts += 1;
            }
        }
        let side = if alerts { &mut self.above } else { &mut self.below };
        keep_nearest(side, (matched.score - matched.threshold).abs(), matched.score, named);
    }

    fn show(&self, watch: &Watch, days: f64, out: &mut Out) -> Result<(), CliError> {
        let alerts = self.alerts.count();
        let rate = alerts as f64 / days;
        let rate = if rate < 1.0 { format!("{rate:.2}") } else { format!("{rate:.1}") };
        let stories = if self.stories.len() == 1 { "story" } else { "stories" };
        out.line(format!(
            "{}: {} with evidence, {} at {:.2} ({rate} a day), {} {stories}",
            inert(&watch.name),
            self.evidence,
            file::counted(alerts, "alert"),
            watch.threshold,
            self.stories.len()
        ))?;
        self.scores.lines(watch.threshold).iter().try_for_each(|line| out.line(format!("  {line}")))?;
        out.line("     hits  alerts  term")?;
        for (name, OfTerm { role, hits, alerts }) in self.top_terms() {
            out.line(format!("  {hits:>7} {alerts:>7}  {} ({role})", inert(name)))?;
        }
        for (side, items) in [("above", &self.above), ("below", &self.below)] {
            if !items.is_empty() {
                out.line(format!("  nearest {side} the threshold"))?;
            }
            items.iter().try_for_each(|near| out.line(format!("    {}", near.line)))?;
        }
        Ok(())
    }

    /// Those with the most hits and those in the most alerts.
    fn top_terms(&self) -> Vec<(&String, &OfTerm)> {
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort_by_key(|(_, term)| Reverse(term.hits));
        let by_hits: HashSet<&String> = terms.iter().take(MAX_TERMS).map(|(name, _)| *name).collect();
        terms.sort_by_key(|(_, term)| (Reverse(term.alerts), Reverse(term.hits)));
        let top = terms.into_iter().enumerate();
        let top = top.filter(|(at, (name, term))| (*at < MAX_TERMS && term.alerts > 0) || by_hits.contains(name));
        top.map(|(_, term)| term).collect()
    }
}

/// Keeps the items nearest to the threshold, each headline once: ten copies of one would say no more.
fn keep_nearest(side: &mut Vec<Near>, distance: f64, score: f64, named: &Named) {
    let at = side.partition_point(|near| near.distance <= distance);
    if at < NEAR && side.iter().all(|near| near.title != named.item.title) {
        let title = named.item.title.clone();
        side.insert(at, Near { distance, title, line: line(score, named) });
        side.truncate(NEAR);
    }
}
