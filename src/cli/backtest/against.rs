//! Two configurations side by side: what the other one would add and remove.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::items::Named;
use super::labels::Labels;
use super::report::MAX_ALERTS;
use super::sample::{Sample, date, order};
use crate::cli::{CliError, file, out::Out};
use crate::matcher::Matcher;
use crate::model::{ItemId, Match};
use crate::notify::inert;

/// What becomes of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Added,
    Removed,
    #[serde(skip)]
    Kept,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    watch: &'a str,
    change: Change,
    before: f64,
    after: f64,
}

/// See the module.
pub(super) struct Against<'a> {
    before: &'a Matcher,
    after: &'a Matcher,
    json: bool,
    most: usize,
    labels: [Labels; 2],
    watches: BTreeMap<&'a str, OfWatch>,
    /// What was told of an item, which may come in again when it is edited.
    told: HashSet<(ItemId, &'a str, Change)>,
    items: usize,
}

struct OfWatch {
    added: usize,
    removed: usize,
    kept: usize,
    lines: Sample,
}

impl<'a> Against<'a> {
    pub(super) fn new(before: &'a Matcher, after: &'a Matcher, json: bool, all: bool, labels: Labels) -> Self {
        let most = if all { usize::MAX } else { MAX_ALERTS };
        let watches = before.watches().iter().chain(after.watches());
        let of_watch = |_| OfWatch { added: 0, removed: 0, kept: 0, lines: Sample::newest(most) };
        let watches = watches.map(|watch| (watch.name.as_str(), of_watch(()))).collect();
        let labels = [labels.clone(), labels];
        Self { before, after, json, most, labels, watches, told: HashSet::new(), items: 0 }
    }

    /// Decides an item both ways.
    pub(super) fn decide(&mut self, named: &Named, out: &mut Out) -> Result<(), CliError> {
        self.items += 1;
        let (before, after) = (self.before.match_item(&named.item), self.after.match_item(&named.item));
        if !self.json {
            self.labels[0].decided(named, self.before.watches(), &before);
            self.labels[1].decided(named, self.after.watches(), &after);
        }
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        for (watch, of) in &mut self.watches {
            let (before, after) = (find(&before, watch), find(&after, watch));
            let change = match (before.1, after.1) {
                (false, true) => Change::Added,
                (true, false) => Change::Removed,
                (true, true) => Change::Kept,
                (false, false) => continue,
            };
            if !self.told.insert((named.item.id, watch, change)) && named.is_archived() {
                continue;
            }
            of.count(change, before.0, after.0, named);
            if self.json && change != Change::Kept {
                out.json(&Row { id: &named.id, watch, change, before: before.0, after: after.0 })?;
            }
        }
        Ok(())
    }

    /// What changes, a watch at a time.
    pub(super) fn show(mut self, out: &mut Out) -> Result<(), CliError> {
        if self.json {
            return Ok(());
        }
        self.labels[0].tell_of_unknown();
        self.labels.iter_mut().for_each(Labels::finish);
        out.line(format!("{}:", file::counted(self.items, "item")))?;
        let mut same = Vec::new();
        for (watch, of) in &self.watches {
            let figures = [0, 1].map(|side: usize| self.labels[side].tally(watch).map(|tally| tally.figures()));
            if of.added + of.removed == 0 && figures[0] == figures[1] {
                same.push(inert(watch));
                continue;
            }
            out.line(format!("\n{}: {} added, {} removed, {} stay", inert(watch), of.added, of.removed, of.kept))?;
            of.lines.lines().try_for_each(|(_, line)| out.line(format!("  {line}")))?;
            if of.lines.hidden() > 0 {
                out.line(format!("  … the newest {}; --all shows {} more", self.most, of.lines.hidden()))?;
            }
            for (when, figures) in ["before", "after "].iter().zip(&figures) {
                figures.as_ref().map_or(Ok(()), |figures| out.line(format!("  {when}  {figures}")))?;
            }
        }
        if !same.is_empty() {
            out.line(format!("\nno change: {}", same.join(", ")))?;
        }
        Ok(())
    }
}

impl OfWatch {
    fn count(&mut self, change: Change, before: f64, after: f64, named: &Named) {
        let (count, sign) = match change {
            Change::Added => (&mut self.added, '+'),
            Change::Removed => (&mut self.removed, '-'),
            Change::Kept => {
                self.kept += 1;
                return;
            }
        };
        *count += 1;
        let line = || format!("{sign} {before:.2} → {after:.2}  {}  {}", date(named), inert(&named.item.title));
        self.lines.put(order(named), line);
    }
}

/// The score of a watch, and whether it alerts.
fn find(matches: &[Match], watch: &str) -> (f64, bool) {
    let matched = matches.iter().find(|matched| matched.watch == watch);
    matched.map_or((0.0, false), |matched| (matched.score, matched.alerts()))
}
