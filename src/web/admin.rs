//! Answers from the store.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};

use super::drill::DrillOrder;
use super::feeds::{self, FAILING, GONE, NEVER, Peace, WELL};
use super::report::{ExplainReport, FeedReport, FeedsSummary, StatusReport, WhyReport};
use super::search::{Rank, Search};
use crate::clock::Clock;
use crate::latency::Book;
use crate::matcher::Matcher;
use crate::model::{
    AlertId, AlertKind, Budget, Feed, FeedId, FeedState, ItemId, Label, Record, Target, Trouble, Verdict, clip,
};
use crate::silence::{SelectorError, Silences};
use crate::store::{AlertQuery, AlertReport, Store, StoreError};
use crate::story::Stories;

/// Most alerts that are looked at for the status.
const MAX_COUNTED_ALERTS: usize = 10_000;

/// Days of which the status tells how long news took.
const LATENCY_DAYS: i64 = 7;

/// Longest part of a question that an error repeats, in bytes.
const MAX_REPEATED_BYTES: usize = 300;

/// A question that has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive has no such item.
    #[error("no archived item has the id, URL or GUID `{0}`, and none raised an alert of that id")]
    NoSuchItem(String),
    /// The configuration has no such feed.
    #[error("no configured feed has the URL, path, name or id `{0}`; `newswatch feeds` lists them")]
    NoSuchFeed(String),
    /// No alert has such an id.
    #[error("no alert has an id that begins with `{0}`")]
    NoSuchAlert(String),
    /// Several have.
    #[error("the ids of several alerts begin with `{0}`: give more of it")]
    AmbiguousAlert(String),
    /// No story has such an id, item or alert.
    #[error("no archived story, item or alert is called `{0}`")]
    NoSuchStory(String),
    /// Several have.
    #[error("several stories may be meant by `{0}`: give more of the id")]
    AmbiguousStory(String),
    /// There is nothing to split it from.
    #[error("item {0} is the only one of its story")]
    AloneInStory(ItemId),
    /// There is nothing to join.
    #[error("`{0}` and `{1}` are one story already")]
    OneStory(String, String),
    /// The configuration has no such watch.
    #[error("there is no watch `{0}` to silence")]
    NoSuchWatch(String),
    /// What is to be silent cannot be read.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// A text of a silence is too long.
    #[error("selector, reason and name of a silence have at most {0} bytes each")]
    LongSilence(usize),
    /// A silence has no time to hold in, or too much.
    #[error("a silence ends after it starts, in the future, and lasts {0} days at most")]
    SilenceEnds(i64),
    /// No silence, or several, are called so.
    #[error("no silence has an id that begins with `{0}`, or several have; `newswatch silence list` shows them")]
    NoSuchSilence(String),
    /// It has ended already.
    #[error("the silence `{0}` has ended already")]
    OverSilence(String),
    /// There is no story that could be told on.
    #[error("alert {0} is a {1} of no story that is still told")]
    NoThread(AlertId, AlertKind),
    /// The configuration has no such target.
    #[error("there is no target `{0}`")]
    NoSuchTarget(String),
    /// A drill did not get on its way.
    #[error("no drill: {0}")]
    Drill(String),
    /// The queue has no such delivery.
    #[error(
        "no delivery of the queue has an id, or is of an alert, that begins with `{0}`; `newswatch outbox` lists them"
    )]
    NotQueued(String),
    /// Several alerts may be meant.
    #[error("deliveries of several alerts may be meant by `{0}`: give more of the id")]
    AmbiguousDelivery(String),
    /// The alert is not about one item.
    #[error("the alert `{0}` is a {1}: only an alert about one item can be labelled")]
    NotLabelled(String, AlertKind),
}

/// A running daemon.
#[derive(Debug, Clone, Copy)]
pub struct Running {
    /// Its process.
    pub pid: u32,
    /// Since when it runs.
    pub started: Timestamp,
}

/// Answers questions about a store and its configuration.
#[derive(Clone)]
pub struct Admin {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Where it lies.
    pub state_dir: PathBuf,
    /// The configured feeds.
    pub feeds: Arc<[Feed]>,
    /// The budget of requests.
    pub budget: Budget,
    /// The configured targets.
    pub targets: Arc<[Target]>,
    /// The configured watches.
    pub matcher: Arc<Matcher>,
    /// The stories that a daemon has at hand; a store at rest has them on the disk alone.
    pub stories: Option<Arc<Mutex<Stories>>>,
    /// What nobody wants to hear of now.
    pub silences: Arc<Mutex<Silences>>,
    /// What is the matter with targets, as far as a daemon has found out.
    pub troubles: Arc<Mutex<Vec<Trouble>>>,
    /// Where a daemon takes orders for drills.
    pub drills: Option<mpsc::Sender<DrillOrder>>,
    /// What time it is.
    pub clock: Clock,
    /// Changes when there may be something new in the outbox; a store at rest has nobody who is to be told.
    pub wake: Option<watch::Sender<()>>,
    /// The daemon, if this is one.
    pub running: Option<Running>,
}

impl Admin {
    /// A screenful about everything.
    pub async fn status(&self) -> Result<StatusReport, AdminError> {
        let feeds = self.feeds().await?;
        let with = |health: &str| feeds.iter().filter(|feed| feed.health == health).count();
        let ago =
            |days: i64| self.clock.now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
        let query = |since, limit| AlertQuery { since, limit, ..AlertQuery::default() };
        let outbox = self.store.outbox(0).await?;
        let alerts = self.store.alerts(query(Some(ago(LATENCY_DAYS)), MAX_COUNTED_ALERTS)).await?;
        let troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut book = Book::default();
        alerts.iter().for_each(|report| book.enter(&report.alert, &report.deliveries));
        Ok(StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: self.running.map(|running| running.pid),
            started: self.running.map(|running| running.started),
            state_dir: self.state_dir.display().to_string(),
            feeds: FeedsSummary {
                configured: feeds.len(),
                well: with(WELL),
                failing: with(FAILING),
                gone: with(GONE),
                never_polled: with(NEVER),
            },
            next_poll: feeds.iter().filter(|feed| feed.health != GONE).filter_map(|feed| feed.next_due).min(),
            troubles,
            outbox_waiting: outbox.waiting,
            dead_letters: outbox.dead,
            alerts_last_24h: alerts.iter().filter(|report| report.alert.raised >= ago(1)).count(),
            latest_alert: self.store.alerts(query(None, 1)).await?.first().map(|report| report.alert.raised),
            latency: book.ledger(),
        })
    }

    /// The configured feeds, in their order.
    pub async fn feeds(&self) -> Result<Vec<FeedReport>, AdminError> {
        let states = self.states().await?;
        let peace = Peace::of(&self.feeds, &states, self.clock.now());
        Ok(self.feeds.iter().map(|feed| feeds::report(feed, states.get(&feed.id), &peace)).collect())
    }

    async fn states(&self) -> Result<HashMap<FeedId, FeedState>, AdminError> {
        Ok(self.store.load_feeds().await?.into_iter().map(|state| (state.id, state)).collect())
    }

    /// How the next poll is reckoned of the feed with this URL, path, name or id.
    pub async fn why(&self, wanted: &str) -> Result<WhyReport, AdminError> {
        let feed = feeds::find(&self.feeds, wanted).ok_or_else(|| AdminError::NoSuchFeed(short(wanted)))?;
        let (mut states, now) = (self.states().await?, self.clock.now());
        let peace = Peace::of(&self.feeds, &states, now);
        let state = states.remove(&feed.id).unwrap_or_else(|| FeedState::new(feed.id, now));
        Ok(feeds::why(feed, &state, &peace, self.budget, now))
    }

    /// Alerts with their deliveries, the newest first.
    pub async fn alerts(&self, query: AlertQuery) -> Result<Vec<AlertReport>, AdminError> {
        Ok(self.store.alerts(query).await?)
    }

    /// Labels the alert whose id begins so, or takes its label away. Returns that alert with what it is labelled now.
    pub async fn label(&self, wanted: &str, verdict: Option<Verdict>) -> Result<AlertReport, AdminError> {
        let mut found = self.alerts_beginning(wanted).await?;
        if found.len() > 1 {
            return Err(AdminError::AmbiguousAlert(short(wanted)));
        }
        let mut report = found.pop().ok_or_else(|| AdminError::NoSuchAlert(short(wanted)))?;
        let alert = &report.alert;
        let label = verdict.map(|verdict| {
            let label = Label::of(alert, verdict, self.clock.now());
            label.ok_or_else(|| AdminError::NotLabelled(alert.id.to_string(), alert.kind))
        });
        self.store.label(alert.id, label.transpose()?).await?;
        report.label = verdict;
        Ok(report)
    }

    /// All labels.
    pub async fn labels(&self) -> Result<Vec<Label>, AdminError> {
        Ok(self.store.labels().await?)
    }

    /// The archived item with this id, URL or GUID, of its versions the last one that alerted, or else the last one; or
    /// the item that raised the alert whose id begins so.
    pub async fn explain(&self, wanted: &str) -> Result<ExplainReport, AdminError> {
        let mut alerts = self.alerts_beginning(wanted).await?;
        let (alert, ambiguous) = (alerts.pop().map(|report| report.alert.id), !alerts.is_empty());
        let search = Arc::new(Mutex::new(Search::new(wanted, alert)));
        let visitor = search.clone();
        let visit = move |record: Record| {
            visitor.lock().unwrap_or_else(PoisonError::into_inner).visit(record);
            ControlFlow::Continue(())
        };
        self.store.replay(Timestamp::MIN, Box::new(visit)).await?;
        let found = search.lock().unwrap_or_else(PoisonError::into_inner).found.take();
        let record = match found {
            Some((Rank::Raised, _)) | None if ambiguous => return Err(AdminError::AmbiguousAlert(short(wanted))),
            Some((_, record)) => record,
            None => return Err(AdminError::NoSuchItem(short(wanted))),
        };
        let now = self.matcher.match_item(&record.item);
        Ok(ExplainReport { record, now })
    }

    /// The alerts whose ids begin so, two at the most.
    pub(super) async fn alerts_beginning(&self, wanted: &str) -> Result<Vec<AlertReport>, AdminError> {
        let id = wanted.to_ascii_lowercase();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        Ok(self.store.alerts(AlertQuery { id: Some(id), limit: 2, ..AlertQuery::default() }).await?)
    }
}

pub(super) fn short(wanted: &str) -> String {
    clip(wanted, MAX_REPEATED_BYTES).to_owned()
}
