//! One poll: fetch, parse, decide, commit.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::decide::Reading;
use super::gap::Start;
use super::observe::Failure;
use super::{judge, lock, moves, notices};
use crate::coverage::Outcome;
use crate::fetch::{Ask, Fetch, FetchError, Fetched, Heard};
use crate::model::{
    Alert, Because, ConditionKind, Delivery, Due, Feed, FeedState, MAX_REASON_BYTES, Target, Validators, clip,
};
use crate::schedule::{self, Plan, Price, Shown};
use crate::store::{Answer, Committed, PollCommit, Raise, StoreError};
use crate::websub::{self, Found};

/// After so many failures in a row a feed is asked for where it was before it moved.
const PATIENCE: u32 = 3;
/// How long a request under way may go on when the daemon is to stop.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// A feed after a poll.
pub(super) struct Polled {
    pub(super) state: FeedState,
    pub(super) urgency: Urgency,
    pub(super) went: Went,
    /// What its next poll is made of, where nobody has fixed it.
    pub(super) plan: Option<Plan>,
    /// Who pushes it, where a document has said so or has named nobody.
    pub(super) found: Option<Option<Found>>,
    /// Whether it has brought what a hub should have pushed before.
    pub(super) unpushed: bool,
}

impl Polled {
    fn new(state: FeedState, urgency: Urgency, went: Went, plan: Option<Plan>) -> Self {
        Self { state, urgency, went, plan, found: None, unpushed: false }
    }
}

/// How a poll went, as far as others are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// Read well; by how much the server's clock is ahead of ours.
    Well(Option<SignedDuration>),
    /// The server answered, but not with the feed.
    Failed,
    /// Nobody answered.
    Unreached,
    /// It was given up, since the daemon is to stop.
    GivenUp,
    /// It was pushed, and nobody was asked.
    Pushed,
    /// The same, and it was of no use.
    PushedInVain,
}

impl Went {
    /// Whether nobody was asked.
    pub(super) fn was_pushed(self) -> bool {
        matches!(self, Went::Pushed | Went::PushedInVain)
    }
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
    /// Whether there is a network: another host has answered lately, or there is none.
    pub(super) others_reached: bool,
    /// By how much the other hosts' clocks are ahead of ours.
    pub(super) clock: SignedDuration,
}

/// Polls the feed to its new state.
pub(super) async fn poll(
    shared: Arc<Shared>,
    feed: Arc<Feed>,
    state: FeedState,
    terms: Terms,
    cancel: &CancellationToken,
) -> Result<Polled, StoreError> {
    let now = shared.parts.clock.now();
    let mut poll = Poll { shared, feed, state, terms, now, whole: false };
    poll.whole = poll.must_read_whole();
    let fetched = tokio::select! {
        biased;
        () = given_up(cancel) => {
            return Ok(Polled::new(poll.state, Urgency::Later, Went::GivenUp, None));
        }
        fetched = poll.fetch() => fetched,
    };
    poll.now = poll.shared.parts.clock.now();
    let last = poll.state.last_poll.replace(poll.now);
    match fetched {
        Ok(Fetched::Unchanged { validators, heard }) => poll.unchanged(validators, *heard, last).await,
        Ok(Fetched::Document(fetch)) => poll.received(*fetch, last, cancel).await,
        Err(FetchError::Gone) if poll.state.moved.as_ref().is_none_or(|moved| !moved.kept) => poll.gone().await,
        Err(error) => poll.failed(Failure::fetch(&error)).await,
    }
}

/// Takes a document that was pushed along the same way, but for what a poll alone can tell.
pub(super) async fn pushed(
    shared: Arc<Shared>,
    feed: Arc<Feed>,
    state: FeedState,
    terms: Terms,
    fetch: Fetch,
) -> Result<Polled, StoreError> {
    let now = shared.parts.clock.now();
    let mut poll = Poll { shared, feed, state, terms, now, whole: false };
    let taken = match poll.take(fetch, true).await? {
        Ok(taken) => taken,
        Err(failure) => {
            tracing::warn!(feed = %poll.feed.name, error = failure.why, "a push cannot be read");
            return Ok(poll.pushed_in_vain());
        }
    };
    let first_run = !poll.state.baselined;
    let dates = taken.reading.new_dates().collect();
    let raise = poll.observe(Outcome::Pushed(dates), None);
    poll.time(&taken.reading, first_run);
    let shown = Shown { items: 0, ..taken.reading.brought() };
    poll.state.rhythm = std::mem::take(&mut poll.state.rhythm).after(&shown, now.as_second());
    poll.rest_on_pushes();
    let new = taken.reading.fresh.len();
    let Some(answer) = poll.submit(taken.reading, first_run, raise).await? else {
        return Ok(poll.pushed_in_vain());
    };
    let alerts = poll.committed(answer.await?);
    tracing::info!(feed = %poll.feed.name, new, alerts, "pushed");
    Ok(Polled::new(poll.state, Urgency::Saved, Went::Pushed, None))
}

/// When the daemon is to stop and the answer has not come within a moment: asked again after the start, its server
/// would see two requests in a row.
async fn given_up(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(STOP_GRACE).await;
}

/// A poll under way.
pub(super) struct Poll {
    pub(super) shared: Arc<Shared>,
    pub(super) feed: Arc<Feed>,
    pub(super) state: FeedState,
    pub(super) terms: Terms,
    pub(super) now: Timestamp,
    /// It asks for the whole document, whether it has changed or not.
    pub(super) whole: bool,
}

impl Poll {
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let source = moves::place(&self.feed, &self.state);
        let nothing = Validators::default();
        let validators = if self.whole { &nothing } else { &self.state.validators };
        let ask = Ask { feed: &self.feed, source: &source, validators, elsewhere: true, now: self.now };
        self.shared.parts.fetching.fetch(&ask).await
    }

    async fn unchanged(
        mut self,
        validators: Option<Validators>,
        heard: Heard,
        last: Option<Timestamp>,
    ) -> Result<Polled, StoreError> {
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
        self.count(last, heard.bytes, true);
        let mut raise = self.observe(Outcome::Unchanged, heard.clock);
        raise.extend(self.follow(heard.moved.as_ref()));
        let plan = self.well(heard.hints, &Shown::default());
        tracing::debug!(feed = %self.feed.name, "unchanged");
        let went = Went::Well(heard.clock.map(|clock| clock.duration_since(self.now)));
        self.close(urgency, went, plan, raise).await
    }

    async fn received(
        mut self,
        fetch: Fetch,
        last: Option<Timestamp>,
        cancel: &CancellationToken,
    ) -> Result<Polled, StoreError> {
        let (validators, heard, url) = (fetch.validators.clone(), fetch.heard.clone(), fetch.url.clone());
        let taken = match self.take(fetch, false).await? {
            Ok(taken) => taken,
            Err(failure) => return self.failed(failure).await,
        };
        let first_run = !self.state.baselined;
        self.count(last, heard.bytes, false);
        self.state.validators = validators;
        self.describe(&taken);
        let shows = self.shows(&taken, last);
        let mut raise = self.observe(Outcome::Read(shows), heard.clock);
        raise.extend(self.follow(heard.moved.as_ref()));
        let found = url.as_ref().and_then(|url| websub::discover(&heard.links, &taken.document.links, url));
        let reading = taken.reading;
        let unpushed = !first_run && self.is_unpushed(&reading);
        if let Some(subscription) = self.state.subscription.as_mut().filter(|_| unpushed) {
            websub::missed(subscription, self.now);
        }
        self.time(&reading, first_run);
        let (shown, rhythm) = (reading.brought(), self.state.coverage.gap.as_ref().map(|_| self.state.rhythm.clone()));
        let plan = self.well(heard.hints, &shown);
        let new = reading.fresh.len();
        let matched = reading.fresh.iter().filter(|fresh| !fresh.matches.is_empty()).count();
        let Some(answer) = self.submit(reading, first_run, raise).await? else {
            return self.failed(Failure::panic("the story of an item could not be told", heard.hints)).await;
        };
        let alerts = self.committed(answer.await?);
        tracing::info!(feed = %self.feed.name, new, matched, alerts, "read");
        let went = Went::Well(heard.clock.map(|clock| clock.duration_since(self.now)));
        let polled =
            Polled { found: Some(found), unpushed, ..Polled::new(self.state.clone(), Urgency::Saved, went, plan) };
        let (Some(gap), Some(url), Some(rhythm)) = (self.state.coverage.gap.clone(), url, rhythm) else {
            return Ok(polled);
        };
        let start = Start { document: taken.document, url, links: heard.links, rhythm, shown };
        // Boxed, for it is rare and large.
        Box::pin(self.make_good(gap, start, polled, cancel)).await
    }

    /// A hub that pushes what is of no use is none to rest on: the feed is due when it would be without.
    fn pushed_in_vain(mut self) -> Polled {
        if self.state.due.because == Because::Push {
            let (last, usual) = (self.state.last_poll.unwrap_or(self.now), self.state.due.interval.unwrap_or(0.0));
            let usual = Duration::try_from_secs_f64(usual).unwrap_or_default().max(schedule::SHORTEST_UNCONDITIONAL);
            let due = schedule::due(last, usual).max(self.state.due.not_before.unwrap_or(self.now)).max(self.now);
            self.state.next_due = self.state.next_due.min(schedule::welcome(self.state.asked.skip, due));
            self.state.due.because = Because::Plan;
        }
        Polled { unpushed: true, ..Polled::new(self.state, Urgency::Later, Went::PushedInVain, None) }
    }

    fn count(&mut self, last: Option<Timestamp>, bytes: u64, unchanged: bool) {
        self.state.traffic.count(last.map(Timestamp::as_second), self.now.as_second(), bytes, unchanged);
    }

    /// After a good poll that was led to `led`; returns what the owner has to hear of it.
    fn follow(&mut self, led: Option<&url::Url>) -> Option<Raise> {
        let was_kept = self.state.moved.as_ref().is_some_and(|moved| moved.kept);
        self.state.moved = moves::after(&self.feed, self.state.moved.take(), led, self.now);
        let moved = self.state.moved.as_ref().filter(|moved| moved.kept && !was_kept)?;
        tracing::warn!(feed = %self.feed.name, "moved for good");
        // Over TLS it is where it was.
        let elsewhere = self.now.duration_since(moved.since) >= moves::AGREEMENT;
        elsewhere.then(|| self.shared.to_owner(notices::moved(&self.feed, moved, self.now), self.now))
    }

    /// Judges the reading and hands its commit in, both in one turn. `None` where judging met a bug, or a shutdown.
    pub(super) async fn submit(
        &mut self,
        reading: Reading,
        first_run: bool,
        raise: Vec<Raise>,
    ) -> Result<Option<Answer<Committed>>, StoreError> {
        let turn = self.shared.parts.store.turn().await?;
        let (shared, feed) = (self.shared.clone(), self.feed.clone());
        let state = FeedState { version: self.state.version + 1, ..self.state.clone() };
        let work = move || {
            let mut stories = lock(&shared.parts.stories);
            // The times of records follow each other as the records do.
            let now = shared.parts.clock.now();
            let mut commit = judge::judge(&shared, &mut stories, &feed, first_run, reading, state, now);
            commit.raise.extend(raise);
            turn.commit(commit)
        };
        let answer = tokio::task::spawn_blocking(work).await.ok();
        self.state.version += u64::from(answer.is_some());
        Ok(answer)
    }

    /// Wakes whoever delivers what was raised; returns how many alerts that are.
    pub(super) fn committed(&self, committed: Committed) -> usize {
        if !committed.raised.is_empty() {
            self.shared.parts.wake.send_replace(());
        }
        committed.raised.len()
    }

    pub(super) fn is_well(&mut self) {
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
        let alert = notices::gone(&self.feed, self.state.version + 1, self.now);
        let raise = vec![self.shared.to_owner(alert, self.now)];
        self.close(Urgency::Now, Went::Failed, None, raise).await
    }

    async fn failed(mut self, failure: Failure) -> Result<Polled, StoreError> {
        let times = self.state.health.failures.saturating_add(1);
        // The host has one memory for all its feeds.
        let (polled, refusals) = match (failure.polled)(times) {
            schedule::Polled::Refused(_) => {
                let refusals = self.terms.host_refusals.saturating_add(1);
                (schedule::Polled::Refused(refusals), refusals)
            }
            other => (other, 0),
        };
        let entropy = self.shared.parts.dice.roll();
        let wait = schedule::wait(self.feed.every, failure.hints, &self.state.asked, polled, entropy);
        let next = schedule::welcome(self.state.asked.skip, schedule::due(self.now, wait));
        let (class, error) = (failure.class, &failure.why);
        tracing::warn!(feed = %self.feed.name, source = %self.feed.source, class, error, times, %next, "poll failed");
        self.state.next_due = next;
        let because = if refusals > 0 { Because::Refusal } else { Because::Failure };
        self.state.due = Due { because, ..Due::default() };
        if times >= PATIENCE || class == FetchError::Gone.class() {
            // Whoever is not there any more is looked for where it was.
            self.state.moved.take_if(|moved| moved.kept);
        }
        self.state.health.failures = times;
        self.state.health.refusals = refusals;
        self.state.health.last_error = Some(clip(error, MAX_REASON_BYTES).to_owned());
        let urgency = match (refusals > 0, times) {
            (true, _) => Urgency::Now,
            (false, 1) => Urgency::Soon,
            (false, _) => Urgency::Later,
        };
        let unreached = failure.kind == ConditionKind::Unreachable;
        let raise = self.failing(&failure);
        self.close(urgency, if unreached { Went::Unreached } else { Went::Failed }, None, raise).await
    }

    /// Ends a poll without a reading: what the owner has to hear is committed with the state.
    async fn close(
        mut self,
        urgency: Urgency,
        went: Went,
        plan: Option<Plan>,
        raise: Vec<Raise>,
    ) -> Result<Polled, StoreError> {
        if raise.is_empty() {
            return Ok(Polled::new(self.state, urgency, went, plan));
        }
        self.state.version += 1;
        let state = self.state.clone();
        let commit = PollCommit { state, seen: None, records: Vec::new(), raise, threads: Vec::new() };
        self.committed(self.shared.parts.store.commit_poll(commit).await?);
        Ok(Polled::new(self.state, Urgency::Saved, went, plan))
    }
}

impl Shared {
    /// An alert for those who hear of feeds in trouble.
    pub(super) fn to_owner(&self, alert: Alert, now: Timestamp) -> Raise {
        let deliveries = self.deliveries(&self.options.owner, &alert, now);
        Raise { alert, deliveries }
    }

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
