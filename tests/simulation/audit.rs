//! What lies on the disk against what the books say: at each death, now and then, and at the end of a world.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{
    AlertId, AlertKind, Delivery, DeliveryId, DeliveryState, Feed, ItemId, Outcome, Record, Suppression,
};
use newswatch::store::{AlertQuery, AlertReport, OutboxReport, Store};
use newswatch::story::WINDOW;

use crate::ledger::{Ledger, Place};
use crate::news::{News, WATCHES};
use crate::stay::stay;

/// What lies on the disk.
pub struct Audit<'a> {
    ledger: &'a Ledger,
    news: &'a News,
    feeds: &'a [Feed],
    store: &'a dyn Store,
    records: Vec<Record>,
    reports: Vec<AlertReport>,
    outbox: OutboxReport,
}

impl<'a> Audit<'a> {
    pub fn of(store: &'a dyn Store, ledger: &'a Ledger, news: &'a News, feeds: &'a [Feed]) -> Self {
        let records = Arc::new(Mutex::new(Vec::new()));
        let filling = records.clone();
        let visit = move |record| {
            filling.lock().unwrap().push(record);
            ControlFlow::Continue(())
        };
        stay(store.replay(Timestamp::MIN, Box::new(visit))).unwrap();
        let records = std::mem::take(&mut *records.lock().unwrap());
        let reports = stay(store.alerts(AlertQuery { limit: usize::MAX, ..AlertQuery::default() })).unwrap();
        let outbox = stay(store.outbox(usize::MAX)).unwrap();
        Self { ledger, news, feeds, store, records, reports, outbox }
    }

    /// What holds at every moment.
    pub fn always(&self) {
        self.deliveries();
        self.feeds();
        self.decisions();
    }

    /// Whether there is nothing left to do.
    pub fn is_done(&self) -> bool {
        self.waiting().next().is_none() && self.unread().is_empty()
    }

    /// Deliveries that wait for a target that is there.
    fn waiting(&self) -> impl Iterator<Item = &Delivery> {
        self.outbox.deliveries.iter().filter_map(|state| match state {
            DeliveryState::Waiting(row) if !self.ledger.is_gone(&row.target) => Some(row),
            _ => None,
        })
    }

    /// What holds when all faults are over, and time has passed.
    pub fn finally(&self) {
        for row in self.waiting() {
            self.ledger.wrong(format!("{} still waits for {}, due {}", row.id, row.target, row.due));
        }
        for (link, title) in self.unread() {
            self.ledger.wrong(format!("“{title}” at {link} was received, and is nowhere"));
        }
        self.first_reports();
        self.updates();
    }

    /// Every alert × target is in one place, the one that the books say.
    fn deliveries(&self) {
        let mut found: BTreeMap<DeliveryId, Place> = BTreeMap::new();
        for report in &self.reports {
            let kind = self.ledger.books().alerts.get(&report.alert.id).copied();
            if let Some(kind) = kind.filter(|kind| *kind != report.alert.kind) {
                self.ledger.wrong(format!("{} was {kind}, and is {}", report.alert.id, report.alert.kind));
            }
            for state in &report.deliveries {
                let id = DeliveryId::new(report.alert.id, state.target());
                if found.insert(id, place(state)).is_some() {
                    self.ledger.wrong(format!("{id} is in two places"));
                }
                let known = self.ledger.books().rows.contains_key(&id);
                if !known && (report.alert.kind == AlertKind::Update || self.ledger.is_fallback(state.target())) {
                    self.ledger.books().alerts.insert(report.alert.id, report.alert.kind);
                    self.ledger.adopt(&Delivery::new(report.alert.id, state.target(), Timestamp::MIN, Timestamp::MAX));
                }
            }
        }
        let books = self.ledger.books();
        let stored: BTreeSet<AlertId> = self.reports.iter().map(|report| report.alert.id).collect();
        let mut wrong: Vec<String> =
            books.alerts.keys().filter(|id| !stored.contains(id)).map(|id| format!("{id} is gone")).collect();
        for (id, row) in &books.rows {
            if found.get(id) != Some(&row.place) {
                let found = found.get(id);
                wrong.push(format!(
                    "{id} for {} is {:?} by the books, and {found:?} on the disk",
                    row.target, row.place
                ));
            }
        }
        wrong
            .extend(found.keys().filter(|id| !books.rows.contains_key(id)).map(|id| format!("{id} came from nowhere")));
        let waiting = books.rows.values().filter(|row| row.place == Place::Waiting).count();
        if waiting != self.outbox.waiting {
            wrong.push(format!("{} wait in the outbox, and {waiting} by the books", self.outbox.waiting));
        }
        drop(books);
        wrong.into_iter().for_each(|wrong| self.ledger.wrong(wrong));
    }

    /// Validators and seen marks are never ahead of the archive.
    fn feeds(&self) {
        let archived: BTreeSet<ItemId> = self.records.iter().map(|record| record.item.id).collect();
        for state in stay(self.store.load_feeds()).unwrap() {
            let Some(feed) = self.feeds.iter().position(|feed| feed.id == state.id) else { continue };
            let edition = state.validators.etag.as_deref().and_then(|etag| etag.trim_matches('"').parse().ok());
            for (piece, version) in edition.into_iter().flat_map(|edition| self.news.shown(feed, edition)) {
                if !self.has(&piece.link, &version.title, &version.summary) {
                    self.ledger.wrong(format!("feed {feed} is at {edition:?}, without “{}”", version.title));
                }
            }
            let seen = stay(self.store.seen(state.id)).unwrap();
            if seen.present().iter().filter_map(|item| item.id).any(|id| !archived.contains(&id)) {
                self.ledger.wrong(format!("feed {feed} has seen what is not archived"));
            }
        }
    }

    fn has(&self, link: &str, title: &str, summary: &str) -> bool {
        self.times(link, title, summary) > 0
    }

    fn times(&self, link: &str, title: &str, summary: &str) -> usize {
        let same = |record: &&Record| {
            let item = &record.item;
            item.link.as_deref() == Some(link) && item.title == title && item.summary == summary
        };
        self.records.iter().filter(same).count()
    }

    /// What was received and is not archived. A version that was followed by another before it could be committed is none.
    fn unread(&self) -> BTreeSet<(String, String)> {
        let received = self.ledger.books().received.clone();
        let mut latest: HashMap<usize, usize> = HashMap::new();
        received.iter().for_each(|(feed, edition)| _ = latest.insert(*feed, *edition));
        let shown = latest.into_iter().flat_map(|(feed, edition)| self.news.shown(feed, edition));
        let unread = shown.filter(|(piece, version)| !self.has(&piece.link, &version.title, &version.summary));
        unread.map(|(piece, version)| (piece.link.clone(), version.title.clone())).collect()
    }

    /// Each version of an item is decided once, for each watch that waits for it, and what was decided is there.
    fn decisions(&self) {
        let alerts: BTreeMap<AlertId, AlertKind> =
            self.reports.iter().map(|report| (report.alert.id, report.alert.kind)).collect();
        for record in &self.records {
            let item = &record.item;
            let Some(piece) = item.link.as_deref().and_then(|link| self.news.of_link(link)) else {
                self.ledger.wrong(format!("nobody has published “{}”", item.title));
                continue;
            };
            if self.times(&piece.link, &item.title, &item.summary) != 1 {
                self.ledger.wrong(format!("“{}” was decided more than once", item.title));
            }
            for watch in self.news.wanted[piece.story].iter().map(|at| WATCHES[*at].0) {
                let decision = record.decisions.iter().find(|decision| decision.matched.watch == watch);
                let fault = match decision.map(|decision| decision.outcome) {
                    None => Some("was never decided"),
                    Some(Outcome::Alerted(id)) => {
                        (!alerts.contains_key(&id)).then_some("alerted, and no alert is there")
                    }
                    Some(Outcome::Updated(id)) => (alerts.get(&id) != Some(&AlertKind::Update))
                        .then_some("is told in an update that is not there"),
                    Some(Outcome::Suppressed(Suppression::SameStory(id) | Suppression::Summarised(id))) => {
                        (!alerts.contains_key(&id)).then_some("is the same as an alert that is not there")
                    }
                    Some(Outcome::Suppressed(Suppression::FirstRun | Suppression::Edited)) => None,
                    Some(Outcome::Suppressed(_)) => Some("was held back for no reason"),
                };
                if let Some(fault) = fault {
                    self.ledger.wrong(format!("“{}” {fault}, for {watch}: {decision:?}", item.title));
                }
            }
        }
    }

    /// A story is told, unless a feed's first poll found it too old: also one that was taken for another, if only in an
    /// update of that.
    fn first_reports(&self) {
        for (story, watches) in self.news.wanted.iter().enumerate() {
            let records: Vec<&Record> = self.records.iter().filter(|record| self.tells(record, story)).collect();
            for watch in watches.iter().map(|at| WATCHES[*at].0) {
                let decisions = records.iter().flat_map(|record| &record.decisions);
                let outcomes: Vec<Outcome> = decisions
                    .filter(|decision| decision.matched.watch == watch)
                    .map(|decision| decision.outcome)
                    .collect();
                let told = outcomes.iter().any(|outcome| match outcome {
                    Outcome::Alerted(_) | Outcome::Updated(_) => true,
                    Outcome::Suppressed(why) => matches!(why, Suppression::Summarised(_)),
                });
                let old = |outcome: &Outcome| {
                    matches!(outcome, Outcome::Suppressed(Suppression::FirstRun | Suppression::Edited))
                };
                if !told && outcomes.iter().any(|outcome| self.had_ended(&records, outcome)) {
                    self.ledger.books().counts.held_back += 1;
                } else if !told && !outcomes.iter().all(old) {
                    self.ledger.wrong(format!("story {story} was never told for {watch}: {outcomes:?}"));
                }
            }
        }
    }

    /// Whether it was taken for the same as an alert of more than a window of stories ago. An edit brings a story back whose
    /// thread is forgotten, and what is taken for a report of that is not told: known, and counted until it is mended.
    fn had_ended(&self, records: &[&Record], outcome: &Outcome) -> bool {
        let Outcome::Suppressed(Suppression::SameStory(id)) = outcome else { return false };
        let raised = self.reports.iter().find(|report| report.alert.id == *id).map(|report| report.alert.raised);
        let decided =
            records.iter().find(|record| record.decisions.iter().any(|decision| decision.outcome == *outcome));
        let window = SignedDuration::try_from(WINDOW).unwrap();
        raised.zip(decided).is_some_and(|(raised, record)| record.seen.duration_since(raised) > window)
    }

    fn tells(&self, record: &Record, story: usize) -> bool {
        let link = record.item.link.as_deref();
        link.and_then(|link| self.news.of_link(link)).is_some_and(|piece| piece.story == story)
    }

    /// Each report that went into an update stands in one of its thread, for all who had to be told; and the numbers of
    /// updates have no holes, however often the process died.
    fn updates(&self) {
        let updates: Vec<&AlertReport> =
            self.reports.iter().filter(|report| report.alert.kind == AlertKind::Update).collect();
        let raised = self.ledger.books().updates.clone();
        for raise in &raised {
            let item = raise.alert.members.first().map(|member| member.item);
            let told = updates.iter().any(|report| {
                let all = |row: &Delivery| report.deliveries.iter().any(|state| state.target() == row.target);
                report.alert.thread == raise.alert.thread
                    && report.alert.members.iter().any(|member| Some(member.item) == item)
                    && raise.deliveries.iter().all(all)
            });
            if !told {
                self.ledger.wrong(format!("“{}” is in no update", raise.alert.headline));
            }
        }
        let mut threads: BTreeMap<AlertId, Vec<&AlertReport>> = BTreeMap::new();
        updates.iter().for_each(|report| threads.entry(report.alert.thread.unwrap()).or_default().push(report));
        for reports in threads.values() {
            let first = &reports[0].alert;
            let numbered = (1..).map(|n| AlertId::new(first.story.unwrap(), &first.watch, "update", n));
            let wanted: BTreeSet<AlertId> = numbered.take(reports.len()).collect();
            if wanted != reports.iter().map(|report| report.alert.id).collect() {
                self.ledger.wrong(format!("the updates of {:?} are not numbered from 1", first.thread));
            }
        }
    }
}

fn place(state: &DeliveryState) -> Place {
    match state {
        DeliveryState::Waiting(_) => Place::Waiting,
        DeliveryState::Sent(_) => Place::Sent,
        DeliveryState::Digested(digested) => Place::Digested(digested.digest),
        DeliveryState::Dead(_) => Place::Dead,
    }
}
