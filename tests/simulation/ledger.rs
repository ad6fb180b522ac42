//! The books of a world: what was raised, claimed, attempted, accepted and recorded, as its traits have seen it. Each
//! entry is checked against those before it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{Alert, AlertId, AlertKind, Delivery, DeliveryId, Target, end_of};
use newswatch::store::{Claimed, Committed, PollCommit, Raise, Settlement, StoreError};

use crate::gate::Gate;

/// What was on its way when quiet hours began may arrive.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(10);

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Waiting,
    Sent,
    Digested(AlertId),
    Dead,
}

/// What is known of a delivery.
#[derive(Debug, Clone)]
pub struct Row {
    pub target: String,
    pub place: Place,
    /// The life in which somebody holds it.
    claimed: Option<u32>,
    /// What the first attempt told; all others tell the same.
    told: Option<Alert>,
    /// The life in which its target took it last, and whether it said so.
    pub accepted: Option<(u32, bool)>,
}

#[derive(Default)]
pub struct Books {
    life: u32,
    log: Vec<(u64, String)>,
    pub wrong: Vec<String>,
    pub rows: BTreeMap<DeliveryId, Row>,
    pub alerts: BTreeMap<AlertId, AlertKind>,
    /// Updates that went into some update of their threads: the thread, the targets, the items.
    pub updates: Vec<Raise>,
    /// What each complete response showed: a feed and its edition.
    pub received: BTreeSet<(usize, usize)>,
    /// When attempts at a target were made in this life, since its clock was set last.
    sent: HashMap<String, Vec<Timestamp>>,
    polls: HashMap<tokio::task::Id, usize>,
    /// Targets that have said in this life that they are gone: they are left alone until the next.
    gone: BTreeSet<String>,
    pub counts: Counts,
}

/// What happened how often.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub lives: u64,
    pub attempts: u64,
    pub accepted: u64,
    pub repeated: u64,
    /// Told by itself before a crash, and after it in a digest.
    pub repeated_in_digest: u64,
    /// Stories that were never told, since they were taken for one that had ended.
    pub held_back: u64,
    pub digests: u64,
    pub dead: u64,
    pub alerts: u64,
}

pub struct Ledger {
    gate: Arc<Gate>,
    targets: Vec<Target>,
    books: Mutex<Books>,
}

impl Ledger {
    pub fn new(gate: &Arc<Gate>, targets: &[Target]) -> Self {
        Self { gate: gate.clone(), targets: targets.to_vec(), books: Mutex::default() }
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub fn log(&self, what: String) {
        let now = self.gate.now();
        self.books().log.push((now, what));
    }

    pub fn wrong(&self, what: String) {
        if !self.books().wrong.contains(&what) {
            self.log(format!("WRONG: {what}"));
            self.books().wrong.push(what);
        }
    }

    /// What happened, a line each. What happened in one millisecond has no order.
    pub fn lines(&self) -> Vec<String> {
        let mut log = self.books().log.clone();
        log.sort();
        let time =
            |ms: u64| format!("{:>3}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000);
        log.iter().map(|(ms, what)| format!("{} {what}", time(*ms))).collect()
    }

    pub fn begins_life(&self) {
        let mut books = self.books();
        books.life += 1;
        books.counts.lives += 1;
        books.sent.clear();
        books.polls.clear();
        books.gone.clear();
        books.rows.values_mut().for_each(|row| row.claimed = None);
        drop(books);
        self.log("a process starts".to_owned());
    }

    pub fn clock_was_set(&self) {
        self.books().sent.clear();
    }

    /// The task that runs polls this feed.
    pub fn polls(&self, feed: usize) {
        self.books().polls.insert(tokio::task::id(), feed);
    }

    /// Which feed the task that runs polls.
    pub fn polling(&self) -> Option<usize> {
        self.books().polls.get(&tokio::task::try_id()?).copied()
    }

    pub fn received(&self, feed: usize, edition: usize) {
        self.log(format!("feed {feed} is received in edition {edition}"));
        self.books().received.insert((feed, edition));
    }

    pub fn committed(&self, commit: &PollCommit, result: &Result<Committed, StoreError>) {
        let Ok(committed) = result else {
            return self.wrong(format!("a commit failed: {result:?}"));
        };
        self.log(format!("{} items are committed, {} alerts raised", commit.records.len(), committed.raised.len()));
        self.books().counts.alerts += committed.raised.len() as u64;
        for raise in &commit.raise {
            if raise.alert.kind == AlertKind::Update {
                self.books().updates.push(raise.clone());
            } else if committed.raised.contains(&raise.alert.id) {
                self.raised(raise);
            } else if !self.books().alerts.contains_key(&raise.alert.id) {
                self.wrong(format!("{} {} was neither raised nor known", raise.alert.kind, raise.alert.id));
            }
        }
    }

    /// An alert that is new in the store.
    pub fn raised(&self, raise: &Raise) {
        let alert = &raise.alert;
        self.log(format!("raised: {} {} “{}” for {}", alert.kind, alert.id, alert.headline, names(&raise.deliveries)));
        let known = self.books().alerts.insert(alert.id, alert.kind).is_some();
        if known {
            self.wrong(format!("{} was raised twice", alert.id));
        }
        for delivery in &raise.deliveries {
            self.adopt(delivery);
        }
    }

    /// An alert that may be known.
    pub fn told_owner(&self, raise: &Raise) {
        if !self.books().alerts.contains_key(&raise.alert.id) {
            self.raised(raise);
        }
    }

    /// A row of which nobody has told us: of an update, or made for a fallback.
    pub fn adopt(&self, delivery: &Delivery) {
        if delivery.id != DeliveryId::new(delivery.alert, &delivery.target) {
            self.wrong(format!("{} is not the id of {} for {}", delivery.id, delivery.alert, delivery.target));
        }
        let row =
            Row { target: delivery.target.clone(), place: Place::Waiting, claimed: None, told: None, accepted: None };
        self.books().rows.entry(delivery.id).or_insert(row);
    }

    pub fn is_fallback(&self, target: &str) -> bool {
        self.targets.iter().any(|other| other.manner.fallback.as_ref().is_some_and(|it| it.target == target))
    }

    pub fn claimed(&self, claimed: &Claimed) {
        claimed.deliveries.iter().for_each(|(delivery, alert)| self.claimed_one(delivery, alert));
    }

    pub fn claimed_one(&self, delivery: &Delivery, alert: &Alert) {
        let known = self.books().rows.contains_key(&delivery.id);
        if !known && (alert.kind == AlertKind::Update || self.is_fallback(&delivery.target)) {
            self.books().alerts.insert(alert.id, alert.kind);
            self.adopt(delivery);
        }
        let mut books = self.books();
        let life = books.life;
        let wrong = match books.rows.get_mut(&delivery.id) {
            None => Some("nobody has raised"),
            Some(row) => {
                let held = row.claimed.replace(life);
                match row.place {
                    Place::Waiting if held.is_some() => Some("somebody else holds"),
                    Place::Waiting => None,
                    Place::Sent => Some("was sent"),
                    Place::Digested(_) => Some("is told in a digest"),
                    Place::Dead => Some("is dead"),
                }
            }
        };
        drop(books);
        if let Some(why) = wrong {
            self.wrong(format!("claimed: {} for {}, which {why}", delivery.id, delivery.target));
        }
    }

    pub fn settled(&self, settlement: &Settlement) {
        match settlement {
            Settlement::Sent(sent) => {
                self.log(format!("recorded: {} sent to {}", sent.id, sent.target));
                let row = self.moves(sent.id, Place::Sent);
                if row.is_none_or(|row| row.accepted.is_none()) {
                    self.wrong(format!("{} is recorded as sent, and {} did not take it", sent.id, sent.target));
                }
            }
            Settlement::Retry(delivery) => {
                self.log(format!("recorded: {} to {} again at {}", delivery.id, delivery.target, delivery.due));
                self.moves(delivery.id, Place::Waiting);
            }
            Settlement::Dead(letter, told) => {
                let delivery = &letter.delivery;
                self.log(format!("recorded: {} to {} dead: {}", delivery.id, delivery.target, letter.reason.len()));
                self.books().counts.dead += 1;
                let kind = self.books().alerts.get(&delivery.alert).copied();
                self.moves(delivery.id, Place::Dead);
                match told {
                    Some(told) => self.told_owner(told),
                    None if kind == Some(AlertKind::Notice) => {}
                    None => self.wrong(format!("nobody is told of the dead letter {}", delivery.id)),
                }
            }
            Settlement::Digest(members, raise) => {
                let ids: Vec<DeliveryId> = members.iter().map(|member| member.id).collect();
                let target = members.first().map(|member| member.target.clone()).unwrap_or_default();
                self.log(format!("recorded: {} of {target} in digest {}", ids.len(), raise.alert.id));
                if raise.alert.id != AlertId::digest(&target, &ids) || raise.alert.members.len() != ids.len() {
                    self.wrong(format!("digest {} is not that of its members", raise.alert.id));
                }
                for id in ids {
                    let row = self.moves(id, Place::Digested(raise.alert.id));
                    self.books().counts.repeated_in_digest += u64::from(row.is_some_and(|row| row.accepted.is_some()));
                }
                self.books().counts.digests += 1;
                self.raised(raise);
            }
        }
    }

    /// Whether nothing waits, as far as it is known here.
    pub fn is_done(&self) -> bool {
        let books = self.books();
        books.rows.values().all(|row| row.place != Place::Waiting || books.gone.contains(&row.target))
    }

    /// The target says that it is gone for good.
    pub fn goes(&self, target: &str) {
        self.books().gone.insert(target.to_owned());
    }

    pub fn is_gone(&self, target: &str) -> bool {
        self.books().gone.contains(target)
    }

    /// Moves a row that is held to where it stands now; returns it.
    fn moves(&self, id: DeliveryId, place: Place) -> Option<Row> {
        let mut books = self.books();
        let row = books.rows.get_mut(&id);
        let was = row.map(|row| (row.claimed.take(), std::mem::replace(&mut row.place, place), row.clone()));
        drop(books);
        match was {
            Some((Some(_), Place::Waiting, row)) => return Some(row),
            // Who is the target of nobody any more is buried without a claim; there is none in these worlds.
            Some((held, was, _)) => {
                self.wrong(format!("{id} was {was:?}, held {}, and becomes {place:?}", held.is_some()))
            }
            None => self.wrong(format!("{id} becomes {place:?}, and nobody has raised it")),
        }
        None
    }

    /// An attempt begins, by this wall time.
    pub fn attempts(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) {
        self.log(format!("attempt: {} {} to {}", alert.kind, delivery.id, delivery.target));
        let mut books = self.books();
        books.counts.attempts += 1;
        let life = books.life;
        let wrong = match books.rows.get_mut(&delivery.id) {
            None => Some("nobody has raised it"),
            Some(row) if row.place != Place::Waiting => Some("it was settled"),
            Some(row) if row.claimed != Some(life) => Some("nobody holds it"),
            Some(row) if row.told.as_ref().is_some_and(|told| told != alert) => {
                Some("it tells another thing than before")
            }
            Some(row) if row.accepted.is_some_and(|(then, answered)| then == life && answered) => {
                Some("it was accepted")
            }
            Some(row) => {
                row.told = Some(alert.clone());
                None
            }
        };
        let sent = books.sent.entry(delivery.target.clone()).or_default();
        sent.push(now);
        let target = self.targets.iter().find(|target| target.name == delivery.target);
        let rate = target.and_then(|target| target.manner.rate);
        let crowd = rate.is_some_and(|rate| {
            let oldest = now - SignedDuration::try_from(rate.per).unwrap();
            sent.iter().filter(|at| **at > oldest).count() > rate.messages as usize
        });
        let wakes = !alert.urgent
            && alert.kind != AlertKind::Test
            && target.is_some_and(|target| {
                [now, now - ON_ITS_WAY].iter().all(|at| end_of(&target.manner.quiet_hours, *at).is_some())
            });
        drop(books);
        let also = [crowd.then_some("its target wants fewer"), wakes.then_some("its target has quiet hours")];
        for why in wrong.into_iter().chain(also.into_iter().flatten()) {
            self.wrong(format!("{} is tried at {}, and {why}", delivery.id, delivery.target));
        }
    }

    /// The target takes it; the answer may be lost.
    pub fn accepts(&self, delivery: &Delivery, lost: bool) {
        self.log(format!(
            "{} takes {}{}",
            delivery.target,
            delivery.id,
            if lost { ", its answer is lost" } else { "" }
        ));
        let mut books = self.books();
        let life = books.life;
        books.counts.accepted += 1;
        let row = books.rows.get_mut(&delivery.id);
        let repeated = row.is_some_and(|row| row.accepted.replace((life, !lost)).is_some());
        books.counts.repeated += u64::from(repeated);
    }
}

fn names(deliveries: &[Delivery]) -> String {
    deliveries.iter().map(|delivery| delivery.target.as_str()).collect::<Vec<_>>().join(", ")
}
