//! One poll: fetch, parse, decide, commit.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::decide::{self, Reading};
use super::{judge, lock};
use crate::fetch::{Ask, Fetch, FetchError, Fetched};
use crate::model::{Alert, AlertKind, Arrival, Delivery, Feed, FeedState, MAX_REASON_BYTES, Target, Validators, clip};
use crate::parse::{self, Document, ParseError};
use crate::schedule::{self, Hints, Outlook, Plan, Price, Shown};
use crate::store::{Answer, Committed, PollCommit, Raise, StoreError};

/// Most warnings that are remembered of a reading.
const MAX_WARNINGS: usize = 5;
/// Longest warning and feed title that is remembered, in bytes.
const MAX_WORDS_BYTES: usize = 200;

/// How long a request under way may go on when the daemon is to stop.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A feed after a poll.
pub(super) struct Polled {
    pub(super) state: FeedState,
    pub(super) urgency: Urgency,
    pub(super) failed: bool,
    /// What its next poll is made of, where nobody has fixed it.
    pub(super) plan: Option<Plan>,
}

/// How soon the new state has to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It is part of a commit.
    Saved,
    /// Only times and counters changed.
    Later,
    /// The feed began to fail or is well again: whoever asks how it is doing wants to know.
    Soon,
    /// A restart must not forget it: new validators, a Retry-After.
    Now,
}

/// What a poll has to know of the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Of a request.
    pub(super) price: Price,
    /// How many times in a row the host has asked for peace.
    pub(super) host_refusals: u32,
}

/// Polls the feed to its new state.
pub(super) async fn poll(
    shared: Arc<Shared>,
    feed: Arc<Feed>,
    state: FeedState,
    terms: Terms,
    cancel: &CancellationToken,
) -> Result<Polled, StoreError> {
    let asked_at = shared.parts.clock.now();
    let ask = Ask { feed: &feed, source: &feed.source, validators: &state.validators, now: asked_at };
    let fetched = tokio::select! {
        biased;
        () = given_up(cancel) => {
            return Ok(Polled { state, urgency: Urgency::Later, failed: true, plan: None });
        }
        fetched = shared.parts.fetching.fetch(&ask) => fetched,
    };
    let now = shared.parts.clock.now();
    let mut poll = Poll { shared, feed, state, terms, now };
    poll.state.last_poll = Some(now);
    match fetched {
        Ok(Fetched::Unchanged { validators, heard }) => Ok(poll.unchanged(validators, heard.hints)),
        Ok(Fetched::Document(fetch)) => poll.received(*fetch).await,
        Err(FetchError::Gone) => poll.gone().await,
        Err(error) => {
            let (how, hints): (fn(u32) -> schedule::Polled, Hints) = match &error {
                FetchError::Refused { hints, .. } => (schedule::Polled::Refused, *hints),
                FetchError::Connect(_)
                | FetchError::Certificate(_)
                | FetchError::Timeout(_)
                | FetchError::Broken(_) => (schedule::Polled::Unreached, Hints::default()),
                _ => (schedule::Polled::Failed, Hints::default()),
            };
            Ok(poll.failed(how, error.class(), &error.to_string(), hints))
        }
    }
}

/// When the daemon is to stop and the answer has not come within a moment: asked again after the start, its server
/// would see two requests in a row.
async fn given_up(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(STOP_GRACE).await;
}

/// A poll whose answer is there.
struct Poll {
    shared: Arc<Shared>,
    feed: Arc<Feed>,
    state: FeedState,
    terms: Terms,
    now: Timestamp,
}

impl Poll {
    fn unchanged(mut self, validators: Option<Validators>, hints: Hints) -> Polled {
        let renewed = validators.map(|new| self.state.validators.renewed(new));
        let news = renewed.filter(|renewed| *renewed != self.state.validators);
        let urgency = match (&news, self.state.health.failures) {
            (Some(_), _) => Urgency::Now,
            (None, 0) => Urgency::Later,
            (None, _) => Urgency::Soon,
        };
        if let Some(validators) = news {
            self.state.validators = validators;
        }
        let plan = self.well(hints, &Shown::default());
        tracing::debug!(feed = %self.feed.name, "unchanged");
        Polled { state: self.state, urgency, failed: false, plan }
    }

    async fn received(mut self, fetch: Fetch) -> Result<Polled, StoreError> {
        let (validators, hints) = (fetch.validators.clone(), fetch.heard.hints);
        let seen = self.shared.parts.store.seen(self.feed.id).await?;
        let (shared, feed) = (self.shared.clone(), self.feed.clone());
        let arrival = Arrival { missing: self.state.health.last_ok, received: self.now };
        let first_run = !self.state.baselined;
        // Parsing and matching a large document takes a while: off the async threads with it.
        let work = move || -> Result<(Document, Reading), ParseError> {
            let source = parse::Source {
                body: &fetch.body,
                content_type: fetch.content_type.as_deref(),
                base_url: fetch.url.as_ref(),
            };
            let document = parse::parse(&source)?;
            let items = parse::items(&feed, &document);
            let reading = decide::read(&shared, &feed, first_run, items, &seen, arrival);
            Ok((document, reading))
        };
        let (document, reading) = match tokio::task::spawn_blocking(work).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                return Ok(self.failed(schedule::Polled::Failed, error.class(), &error.to_string(), hints));
            }
            // A bug or a shutdown; the feed is tried again either way.
            Err(error) => return Ok(self.failed(schedule::Polled::Failed, "panic", &error.to_string(), hints)),
        };
        self.state.validators = validators;
        // A feed that begins empty has shown no baseline yet.
        self.state.baselined |= !document.items.is_empty();
        let words = |text: &str| clip(text, MAX_WORDS_BYTES).to_owned();
        let title = document.title.as_deref().map(|title| words(&parse::plain_text(title)));
        self.state.title = title.or(self.state.title.take());
        self.state.health.warnings = document.warnings.iter().take(MAX_WARNINGS).map(|text| words(text)).collect();
        self.state.asked = schedule::meant(document.asked, document.generator.as_deref());
        let plan = self.well(hints, &reading.brought());
        let new = reading.fresh.len();
        let matched = reading.fresh.iter().filter(|fresh| !fresh.matches.is_empty()).count();
        let Some(answer) = self.submit(reading, first_run).await? else {
            return Ok(self.failed(schedule::Polled::Failed, "panic", "the story of an item could not be told", hints));
        };
        let alerts = self.committed(answer.await?);
        tracing::info!(feed = %self.feed.name, new, matched, alerts, "read");
        Ok(Polled { state: self.state, urgency: Urgency::Saved, failed: false, plan })
    }

    /// Judges the reading and hands its commit in, both in one turn. `None` where judging met a bug, or a shutdown.
    async fn submit(&mut self, reading: Reading, first_run: bool) -> Result<Option<Answer<Committed>>, StoreError> {
        let turn = self.shared.parts.store.turn().await?;
        let (shared, feed) = (self.shared.clone(), self.feed.clone());
        let state = FeedState { version: self.state.version + 1, ..self.state.clone() };
        let work = move || {
            let mut stories = lock(&shared.parts.stories);
            // The times of records follow each other as the records do.
            let now = shared.parts.clock.now();
            let commit = judge::judge(&shared, &mut stories, &feed, first_run, reading, state, now);
            turn.commit(commit)
        };
        let answer = tokio::task::spawn_blocking(work).await.ok();
        self.state.version += u64::from(answer.is_some());
        Ok(answer)
    }

    /// Wakes whoever delivers what was raised; returns how many alerts that are.
    fn committed(&self, committed: Committed) -> usize {
        if !committed.raised.is_empty() {
            self.shared.parts.wake.send_replace(());
        }
        committed.raised.len()
    }

    /// Learns from a reading, and says when to come back.
    fn well(&mut self, hints: Hints, shown: &Shown) -> Option<Plan> {
        self.state.rhythm = std::mem::take(&mut self.state.rhythm).after(shown, self.now.as_second());
        let plan = self.feed.every.is_none().then(|| self.plan(hints));
        self.state.next_due = match &plan {
            Some(plan) => plan.due(&self.terms.price),
            None => {
                let wait = schedule::wait(
                    self.feed.every,
                    hints,
                    &self.state.asked,
                    schedule::Polled::Well,
                    self.shared.parts.dice.roll(),
                );
                schedule::welcome(self.state.asked.skip, schedule::due(self.now, wait))
            }
        };
        self.is_well();
        plan
    }

    fn plan(&self, hints: Hints) -> Plan {
        let conditional = !self.state.validators.is_empty();
        let shortest = if conditional { schedule::SHORTEST } else { schedule::SHORTEST_UNCONDITIONAL };
        Plan {
            outlook: Outlook::of(&self.state.rhythm),
            last: self.now,
            not_before: schedule::due(self.now, schedule::allowed(None, hints, &self.state.asked)),
            skip: self.state.asked.skip,
            bounds: (shortest.as_secs() as i64, schedule::LONGEST.as_secs() as i64),
            jitter: schedule::MAX_JITTER * (self.shared.parts.dice.roll() % 1_000) as i32 / 1_000,
        }
    }

    fn is_well(&mut self) {
        let health = &mut self.state.health;
        if health.failures > 0 {
            tracing::info!(feed = %self.feed.name, after = health.failures, "well again");
        }
        health.failures = 0;
        health.refusals = 0;
        health.last_error = None;
        health.last_ok = Some(self.now);
    }

    /// 410: not polled any more, and the owner is told, in one commit.
    async fn gone(mut self) -> Result<Polled, StoreError> {
        tracing::warn!(feed = %self.feed.name, source = %self.feed.source, "gone: not polled any more");
        self.state.health.gone = true;
        self.state.health.failures = self.state.health.failures.saturating_add(1);
        self.state.health.last_error = Some(FetchError::Gone.to_string());
        let alert = gone_notice(&self.feed, self.state.version + 1, self.now);
        let deliveries = self.shared.deliveries(&self.shared.options.owner, &alert, self.now);
        let raise = vec![Raise { alert, deliveries }];
        self.state.version += 1;
        let state = self.state.clone();
        let commit = PollCommit { state, seen: None, records: Vec::new(), raise, threads: Vec::new() };
        self.committed(self.shared.parts.store.commit_poll(commit).await?);
        Ok(Polled { state: self.state, urgency: Urgency::Saved, failed: true, plan: None })
    }

    fn failed(mut self, how: fn(u32) -> schedule::Polled, class: &str, error: &str, hints: Hints) -> Polled {
        let times = self.state.health.failures.saturating_add(1);
        // The host has one memory for all its feeds.
        let (polled, refusals) = match how(times) {
            schedule::Polled::Refused(_) => {
                let refusals = self.terms.host_refusals.saturating_add(1);
                (schedule::Polled::Refused(refusals), refusals)
            }
            other => (other, 0),
        };
        let wait = schedule::wait(self.feed.every, hints, &self.state.asked, polled, self.shared.parts.dice.roll());
        let next = schedule::due(self.now, wait);
        tracing::warn!(feed = %self.feed.name, source = %self.feed.source, class, error, times, %next, "poll failed");
        self.state.next_due = next;
        self.state.health.failures = times;
        self.state.health.refusals = refusals;
        self.state.health.last_error = Some(clip(error, MAX_REASON_BYTES).to_owned());
        let urgency = match (refusals > 0, times) {
            (true, _) => Urgency::Now,
            (false, 1) => Urgency::Soon,
            (false, _) => Urgency::Later,
        };
        Polled { state: self.state, urgency, failed: true, plan: None }
    }
}

fn gone_notice(feed: &Feed, version: u64, now: Timestamp) -> Alert {
    let subject = format!("gone {} {version}", feed.id);
    let headline = format!("The feed “{}” is gone", feed.name);
    let text = format!(
        "Its server answered 410 Gone at {}. It is not polled any more. Look for its successor and change the \
         configuration.",
        feed.source
    );
    Alert::about_itself(AlertKind::Notice, &subject, headline, text, now)
}

impl Shared {
    /// One outbox row for each of the named targets, to be attempted at `due`.
    pub(super) fn deliveries(&self, names: &[String], alert: &Alert, due: Timestamp) -> Vec<Delivery> {
        let targets = self.options.targets.iter().filter(|target| names.contains(&target.name));
        let row = |target: &Target| Delivery {
            created: alert.raised,
            ..Delivery::new(alert.id, &target.name, due, schedule::due(due, target.deadline))
        };
        targets.map(row).collect()
    }
}
