//! One poll: fetch, parse, decide, commit.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_64;

use super::Shared;
use super::decide::{self, Reading};
use super::observe::Failure;
use super::refill::{self, Older, Page};
use super::{judge, lock, moves, notices};
use crate::coverage::{Outcome, Read};
use crate::fetch::{Ask, Fetch, FetchError, Fetched, Heard};
use crate::model::{
    Alert, Arrival, Because, ConditionKind, Delivery, Due, Feed, FeedState, Item, ItemKeys, MAX_REASON_BYTES, Target,
    Validators, clip,
};
use crate::parse::{self, Document, ParseError};
use crate::schedule::{self, Hints, Outlook, Plan, Price, Shown};
use crate::store::{Answer, Committed, PollCommit, Raise, StoreError};
use crate::websub::{self, Found};

/// Most warnings that are remembered of a reading.
const MAX_WARNINGS: usize = 5;
/// Longest warning and feed title that is remembered, in bytes.
const MAX_WORDS_BYTES: usize = 200;

/// Two documents have a gap between them only if each shows so many items: one that shows its latest item alone has nothing in
/// common with the one before, and that says nothing.
const MIN_WINDOW: usize = 3;
/// So long a hub may take to push.
const PUSH_TIME: SignedDuration = SignedDuration::from_mins(10);
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
        Ok(Fetched::Document(fetch)) => poll.received(*fetch, last).await,
        // Whoever has moved and is not there any more is looked for where it was.
        Err(FetchError::Gone) if poll.state.moved.is_none() => poll.gone().await,
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
            tracing::warn!(feed = %poll.feed.name, error = failure.why, "a push cannot be read: polling instead");
            poll.state.next_due = now;
            return Ok(Polled::new(poll.state, Urgency::Later, Went::Failed, None));
        }
    };
    let dates = taken.reading.new_dates().collect();
    let raise = poll.observe(Outcome::Pushed(dates), None);
    poll.time(&taken.reading, false);
    let shown = Shown { items: 0, ..taken.reading.brought() };
    poll.state.rhythm = std::mem::take(&mut poll.state.rhythm).after(&shown, now.as_second());
    poll.rest_on_pushes();
    let new = taken.reading.fresh.len();
    let Some(answer) = poll.submit(taken.reading, false, raise).await? else {
        return Ok(Polled::new(poll.state, Urgency::Later, Went::Failed, None));
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

/// A document that was read, with what its older pages have brought.
struct Taken {
    document: Document,
    reading: Reading,
    older: Option<Older>,
    /// Items that the document itself shows.
    shown: usize,
    body: u64,
}

impl Poll {
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let source = moves::place(&self.feed, &self.state);
        let nothing = Validators::default();
        let validators = if self.whole { &nothing } else { &self.state.validators };
        self.shared.parts.fetching.fetch(&Ask { feed: &self.feed, source: &source, validators, now: self.now }).await
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

    async fn received(mut self, fetch: Fetch, last: Option<Timestamp>) -> Result<Polled, StoreError> {
        let (validators, heard, url) = (fetch.validators.clone(), fetch.heard.clone(), fetch.url.clone());
        let taken = match self.take(fetch, false).await? {
            Ok(taken) => taken,
            Err(failure) => return self.failed(failure).await,
        };
        let first_run = !self.state.baselined;
        self.count(last, heard.bytes + taken.older.as_ref().map_or(0, |older| older.bytes), false);
        self.state.validators = validators;
        self.describe(&taken);
        let shows = self.shows(&taken, last);
        let mut raise = self.observe(Outcome::Read(shows), heard.clock);
        raise.extend(self.follow(heard.moved.as_ref()));
        let found = url.and_then(|url| websub::discover(&heard.links, &taken.document.links, &url));
        let reading = taken.reading;
        let unpushed = !first_run && self.is_unpushed(&reading);
        self.time(&reading, first_run);
        let shown = Shown { items: taken.shown, ..reading.brought() };
        let plan = self.well(heard.hints, &shown);
        let new = reading.fresh.len();
        let matched = reading.fresh.iter().filter(|fresh| !fresh.matches.is_empty()).count();
        let Some(answer) = self.submit(reading, first_run, raise).await? else {
            return self.failed(Failure::panic("the story of an item could not be told", heard.hints)).await;
        };
        let alerts = self.committed(answer.await?);
        tracing::info!(feed = %self.feed.name, new, matched, alerts, "read");
        let went = Went::Well(heard.clock.map(|clock| clock.duration_since(self.now)));
        Ok(Polled { found: Some(found), unpushed, ..Polled::new(self.state, Urgency::Saved, went, plan) })
    }

    /// Reads the document, and where it has nothing in common with the last one, its older pages.
    async fn take(&self, fetch: Fetch, pushed: bool) -> Result<Result<Taken, Failure>, StoreError> {
        let hints = fetch.heard.hints;
        let seen = Arc::new(self.shared.parts.store.seen(self.feed.id).await?);
        let (body, links, url) = (xxh3_64(&fetch.body), fetch.heard.links.clone(), fetch.url.clone());
        let feed = self.feed.clone();
        // Parsing and matching a large document takes a while: off the async threads with it.
        let parsed = tokio::task::spawn_blocking(move || -> Result<_, ParseError> {
            let source = parse::Source {
                body: &fetch.body,
                content_type: fetch.content_type.as_deref(),
                base_url: fetch.url.as_ref(),
            };
            let document = parse::parse(&source)?;
            let items = parse::items(&feed, &document);
            Ok((document, items))
        });
        let (document, mut items): (Document, Vec<(Item, ItemKeys)>) = match parsed.await {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(error)) => return Ok(Err(Failure::parse(&error, hints))),
            // A bug or a shutdown; the feed is tried again either way.
            Err(error) => return Ok(Err(Failure::panic(&error.to_string(), hints))),
        };
        let shown = items.len();
        let mut older = None;
        let window = shown.min(seen.present().len());
        let gap = window >= MIN_WINDOW && !decide::knows_any(&self.feed, &items, &seen, self.now);
        if gap && !pushed && self.state.baselined {
            let ids: Vec<_> = items.iter().map(|(item, _)| item.id).collect();
            if let Some(url) = &url {
                let page = Page { url, links: &links, document: &document };
                let mut found = refill::older(&self.shared, &self.feed, page, &ids, &seen).await;
                items.append(&mut found.items);
                older = Some(found);
            }
        }
        let (shared, feed, first_run) = (self.shared.clone(), self.feed.clone(), !self.state.baselined);
        let arrival = Arrival { missing: self.state.health.last_ok, received: self.now };
        let read = move || decide::read(&shared, &feed, first_run, items, pushed, &seen, arrival);
        Ok(match tokio::task::spawn_blocking(read).await {
            Ok(reading) => Ok(Taken { document, reading, older, shown, body }),
            Err(error) => Err(Failure::panic(&error.to_string(), hints)),
        })
    }

    /// What the document says of its feed.
    fn describe(&mut self, taken: &Taken) {
        let document = &taken.document;
        // A feed that begins empty has shown no baseline yet.
        self.state.baselined |= !document.items.is_empty();
        let words = |text: &str| clip(text, MAX_WORDS_BYTES).to_owned();
        let title = document.title.as_deref().map(|title| words(&parse::plain_text(title)));
        self.state.title = title.or(self.state.title.take());
        self.state.health.warnings = document.warnings.iter().take(MAX_WARNINGS).map(|text| words(text)).collect();
        self.state.asked = schedule::meant(document.asked, document.generator.as_deref());
    }

    /// What the document shows of the feed's coverage.
    fn shows(&mut self, taken: &Taken, last: Option<Timestamp>) -> Read {
        let reading = &taken.reading;
        let new: Vec<Option<Timestamp>> = reading.new_dates().collect();
        let gap = last.zip(self.state.health.last_ok).filter(|_| taken.older.is_some());
        let gap = gap.map(|(_, read)| self.gap(taken, read));
        Read { items: taken.shown, stale: self.is_stale(last, new.iter().copied()), new, body: taken.body, gap }
    }

    /// Two readings without a common item, in words. From now on polls come closer.
    fn gap(&mut self, taken: &Taken, read: Timestamp) -> String {
        let passed = self.now.duration_since(read).as_secs();
        self.state.coverage.closer = Some((passed / 2).max(schedule::SHORTEST.as_secs() as i64));
        let (pages, closed) = taken.older.as_ref().map_or((0, false), |older| (older.pages, older.closed));
        let found = taken.reading.shown.len();
        let expected = self.state.rhythm.expected(read.as_second(), self.now.as_second()).round() as usize;
        let of = if expected > found { format!(" of about {expected} expected") } else { String::new() };
        let lost = match (closed, pages) {
            (true, _) => format!("{found} items were found, some of them on {pages} older pages; none is missing"),
            (false, 0) => format!("{found} items{of} were found; there are no older pages"),
            (false, _) => format!("{found} items{of} were found on it and on {pages} older pages; others are lost"),
        };
        format!("between {read:.0} and {:.0} more came than it shows at once: {lost}", self.now)
    }

    /// Counts how soon it was found.
    fn time(&mut self, reading: &Reading, first_run: bool) {
        if !first_run {
            let ages = reading.new_dates().flatten().map(|date| self.now.duration_since(date));
            ages.filter(|age| !age.is_negative()).for_each(|age| self.state.traffic.delays.add(age.as_secs_f64()));
        }
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
    async fn submit(
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
    fn committed(&self, committed: Committed) -> usize {
        if !committed.raised.is_empty() {
            self.shared.parts.wake.send_replace(());
        }
        committed.raised.len()
    }

    /// Learns from a reading, and says when to come back.
    fn well(&mut self, hints: Hints, shown: &Shown) -> Option<Plan> {
        self.state.rhythm = std::mem::take(&mut self.state.rhythm).after(shown, self.now.as_second());
        self.is_well();
        let allowed = schedule::due(self.now, schedule::allowed(self.feed.every, hints, &self.state.asked));
        let not_before = (allowed > self.now).then_some(allowed);
        let Some(every) = self.feed.every else {
            let plan = self.plan(allowed);
            self.state.next_due = plan.due(&self.terms.price);
            let because =
                if self.state.next_due <= allowed + schedule::MAX_JITTER { Because::Publisher } else { Because::Plan };
            self.state.due = Due { because, price: Some(self.terms.price.value()), not_before };
            return if self.rest_on_pushes() { None } else { Some(plan) };
        };
        let entropy = self.shared.parts.dice.roll();
        let wait = schedule::wait(self.feed.every, hints, &self.state.asked, schedule::Polled::Well, entropy);
        self.state.next_due = schedule::welcome(self.state.asked.skip, schedule::due(self.now, wait));
        let because = if allowed > schedule::due(self.now, every) { Because::Publisher } else { Because::Every };
        self.state.due = Due { because, price: None, not_before };
        None
    }

    /// A feed whose pushes are trusted is polled rarely, unless it has an interval of its own.
    fn rest_on_pushes(&mut self) -> bool {
        let trusted = self.state.subscription.as_ref().filter(|subscription| websub::trusted(subscription, self.now));
        let until = trusted.filter(|_| self.feed.every.is_none()).and_then(|trusted| trusted.lease);
        let Some(until) = until.map(|lease| lease.until) else { return false };
        let last = self.state.last_poll.unwrap_or(self.now);
        let rest = schedule::due(last, websub::SAFETY_NET).min(until).max(self.state.due.not_before.unwrap_or(last));
        self.state.next_due = rest;
        self.state.due = Due { because: Because::Push, ..self.state.due };
        true
    }

    /// Whether a poll has found what a hub has had time to push.
    fn is_unpushed(&self, reading: &Reading) -> bool {
        reading.new_dates().any(|date| date.is_none_or(|date| self.now.duration_since(date) > PUSH_TIME))
    }

    fn plan(&self, allowed: Timestamp) -> Plan {
        let conditional = !self.state.validators.is_empty() && !self.state.coverage.holds(ConditionKind::Stuck);
        let shortest = if conditional { schedule::SHORTEST } else { schedule::SHORTEST_UNCONDITIONAL };
        let (shortest, longest) = (shortest.as_secs() as i64, schedule::LONGEST.as_secs() as i64);
        let longest = self.state.coverage.closer.map_or(longest, |closer| closer.clamp(shortest, longest));
        Plan {
            outlook: Outlook::of(&self.state.rhythm),
            last: self.now,
            not_before: allowed,
            skip: self.state.asked.skip,
            bounds: (shortest, longest),
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
        self.state.due = Due { because, price: None, not_before: None };
        self.state.moved = None;
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
