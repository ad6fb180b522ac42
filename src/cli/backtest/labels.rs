//! The labels that items come with, and those that people gave to alerts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::items::Named;
use super::sample::{line, order};
use super::tally::{Decided, Tally};
use crate::cli::file::Loaded;
use crate::cli::reach::Reach;
use crate::cli::{CliError, file, out, out::Out};
use crate::model::{ItemId, Label, Match, Verdict, Watch};
use crate::notify::inert;

/// The label of a watch's alert, and what is decided on its item now.
#[derive(Debug, Clone)]
struct Stored {
    watch: String,
    relevant: bool,
    decided: Option<Decided>,
}

/// Labels, and how decisions stand to them.
#[derive(Debug, Clone)]
pub(super) struct Labels {
    most: usize,
    stored: HashMap<ItemId, Vec<Stored>>,
    tallies: BTreeMap<String, Tally>,
    /// The watches that there are, also where only one is asked for.
    known: BTreeSet<String>,
    /// How many labels of items are for a watch that there is not.
    unknown: BTreeMap<String, usize>,
}

impl Labels {
    /// Shows at most so many false alarms and misses of each of these watches.
    pub(super) fn new(most: usize, known: BTreeSet<String>) -> Self {
        Self { most, stored: HashMap::new(), tallies: BTreeMap::new(), known, unknown: BTreeMap::new() }
    }

    /// Takes in the labels of a configuration's store. A report without them is better than none.
    pub(super) async fn read_store(&mut self, loaded: &Loaded) {
        if !loaded.place().state_dir.join("db").exists() {
            return;
        }
        match ask(loaded).await {
            Ok(labels) => labels.into_iter().for_each(|label| {
                let relevant = label.verdict == Verdict::Relevant;
                let stored = Stored { watch: label.watch, relevant, decided: None };
                self.stored.entry(label.item).or_default().push(stored);
            }),
            Err(error) => out::say(&inert(&format!("newswatch: the labels are left out of the report: {error}"))),
        }
    }

    /// Holds what the watches made of an item against its labels.
    pub(super) fn decided(&mut self, named: &Named, watches: &[Watch], matches: &[Match]) {
        let decide = |watch: &str| {
            let matched = matches.iter().find(|matched| matched.watch == watch);
            Decided::of(matched, order(named), line(matched.map_or(0.0, |matched| matched.score), named))
        };
        let knows = |name: &str| watches.iter().any(|watch| watch.name == name);
        for (watch, relevant) in named.labels.iter().filter(|(watch, _)| knows(watch)) {
            let tally = self.tallies.entry(watch.clone()).or_insert_with(|| Tally::new(self.most));
            tally.count(*relevant, decide(watch));
        }
        for (watch, _) in named.labels.iter().filter(|(watch, _)| !self.known.contains(*watch)) {
            *self.unknown.entry(watch.clone()).or_default() += 1;
        }
        for stored in self.stored.get_mut(&named.item.id).into_iter().flatten() {
            // An item that changed came in several times; it alerts if it does in any form.
            if knows(&stored.watch) && !stored.decided.as_ref().is_some_and(|decided| decided.alert) {
                stored.decided = Some(decide(&stored.watch));
            }
        }
    }

    /// Counts what waited for the last form of its item.
    pub(super) fn finish(&mut self) {
        for stored in std::mem::take(&mut self.stored).into_values().flatten() {
            if let Some(decided) = stored.decided {
                let tally = self.tallies.entry(stored.watch).or_insert_with(|| Tally::of_alerts(self.most));
                tally.count(stored.relevant, decided);
            }
        }
    }

    /// Tells on standard error of labels that say nothing here.
    pub(super) fn tell_of_unknown(&self) {
        for (watch, count) in &self.unknown {
            let count = file::counted(*count, "label");
            out::say(&format!("newswatch: passed over {count} of `{}`: there is no such watch", inert(watch)));
        }
    }

    /// What came of a watch's labels; `None` where it has none.
    pub(super) fn tally(&self, watch: &str) -> Option<&Tally> {
        self.tallies.get(watch)
    }

    /// A line over all watches, where there are several.
    pub(super) fn show_total(&self, out: &mut Out) -> Result<(), CliError> {
        if self.tallies.len() < 2 {
            return Ok(());
        }
        let mut all = Tally::new(0);
        self.tallies.values().for_each(|tally| all.add(tally));
        out.line(format!("\n{} together: {}", file::counted(self.tallies.len(), "watch"), all.figures()))
    }
}

async fn ask(loaded: &Loaded) -> Result<Vec<Label>, CliError> {
    match Reach::of(loaded).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/labels", &[]).await,
        Reach::Store(admin) => {
            let labels = admin.labels().await.map_err(CliError::failure)?;
            // A daemon may want it, and the archive takes its time.
            admin.store.close().await.map_err(CliError::failure)?;
            Ok(labels)
        }
    }
}
