//! The first half of the trip: from a due feed to a durable commit.
//!
//! One loop owns the schedule: it starts the polls that are due, at most one a host and [`Options::max_in_flight`] in
//! all, and takes back each feed's new state. A poll fetches, parses, decides and commits. What a poll of an
//! unchanged feed alters is written within [`SAVE_INTERVAL`], so that a quiet night costs no syncs.

mod alerts;
mod decide;
mod gap;
mod hosts;
mod judge;
mod moves;
mod notices;
mod observe;
mod others;
mod plan;
mod poll;
mod push;
mod refill;
mod taken;
mod withdrawal;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::hosts::{Hosts, Waiting};
use self::others::Others;
use self::poll::{Polled, Urgency, Went};
use self::push::Push;
use crate::clock::{Clock, Dice};
use crate::fetch::Fetching;
use crate::matcher::Matcher;
use crate::model::{Alert, Amendment, Budget, Feed, FeedState, Record, Route, Source, Target};
use crate::schedule::{self, Outlook, Pace, Price};
use crate::silence::Silences;
use crate::store::{Store, StoreError};
use crate::story::{self, Stories, Threads};

pub use judge::FIRST_RUN_ALERTS;
pub use push::Hubs;

/// States of feeds with nothing new are written this long after the first of them changed, and at shutdown.
pub const SAVE_INTERVAL: Duration = Duration::from_secs(60);
/// The same for feeds that began to fail or are well again: many do so together when a network goes or comes.
const NEWS_INTERVAL: Duration = Duration::from_secs(1);
/// The loop looks at the clock at least this often, because wall clocks jump.
const MAX_SLEEP: Duration = Duration::from_secs(60);
/// A feed whose push is being read when it is due is polled so much later.
const BESIDE_PUSH: Duration = Duration::from_secs(1);
/// A wall clock that falls back by more than this was set; less is drift and rounding.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// What a poller needs from the configuration.
#[derive(Debug, Clone)]
pub struct Options {
    /// How far back a feed's first poll alerts.
    pub lookback: Duration,
    /// How long the further reports of a story are collected before they are told.
    pub quiet: Duration,
    /// Most polls at once.
    pub max_in_flight: usize,
    /// From the end of a request to the next one to the same host.
    pub host_gap: Duration,
    /// Requests that may be made for feeds without an interval of their own.
    pub budget: Budget,
    /// All targets, for the deadlines of deliveries.
    pub targets: Vec<Target>,
    /// Names of the targets that hear of feeds in trouble.
    pub owner: Vec<String>,
    /// Which alerts go where.
    pub routes: Vec<Route>,
}

/// What polls share.
pub struct Parts {
    /// Where everything goes.
    pub store: Arc<dyn Store>,
    /// Where it comes from.
    pub fetching: Arc<dyn Fetching>,
    /// Who decides.
    pub matcher: Arc<Matcher>,
    /// What was told so far.
    pub stories: Arc<Mutex<Stories>>,
    /// What nobody wants to hear of now.
    pub silences: Arc<Mutex<Silences>>,
    /// What time it is.
    pub clock: Clock,
    /// Jitter.
    pub dice: Arc<Dice>,
    /// Told after each commit that raised an alert.
    pub wake: watch::Sender<()>,
}

/// What one round over all feeds came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Feeds polled.
    pub polled: usize,
    /// Of these, failed.
    pub failed: usize,
    /// Feeds that were not asked, since their hosts want peace or it had to stop.
    pub unasked: usize,
}

/// See the module.
pub struct Poller {
    shared: Arc<Shared>,
    feeds: Vec<Arc<Feed>>,
    states: Vec<FeedState>,
    /// When each feed is due, by its place in `feeds`. Feeds in flight or waiting for their host are not in its queue.
    pace: Pace,
    hosts: Hosts,
    others: Others,
    running: JoinSet<(usize, Result<Polled, StoreError>)>,
    /// The feeds that are being polled.
    flying: BTreeSet<usize>,
    push: Option<Push>,
    /// Feeds whose states are to be written, and when.
    unsaved: BTreeSet<usize>,
    save_at: Option<Instant>,
    /// The wall time and tokio's at the last look at both.
    looked: (Timestamp, Instant),
    round: Round,
    /// What the owner has yet to hear of all feeds together.
    notices: Vec<Alert>,
}

struct Shared {
    parts: Parts,
    options: Options,
}

impl Poller {
    /// Loads what is remembered of the feeds.
    pub async fn new(parts: Parts, options: Options, feeds: &[Feed], hubs: Option<Hubs>) -> Result<Self, StoreError> {
        let now = parts.clock.now();
        let mut known: HashMap<_, _> = parts.store.load_feeds().await?.into_iter().map(|s| (s.id, s)).collect();
        let mut states: Vec<FeedState> = feeds
            .iter()
            .map(|feed| {
                let mut state = known.remove(&feed.id).unwrap_or_else(|| FeedState::new(feed.id, now));
                state.next_due = schedule::sane_due(state.next_due, state.last_poll, now, feed.every);
                state
            })
            .collect();
        let pace = paced(options.budget, feeds, &states, now);
        let mut hosts = Hosts::new(options.host_gap);
        for (feed, state) in feeds.iter().zip(&states).filter(|(_, state)| state.health.refusals > 0) {
            hosts.close(&moves::place(feed, state), state.next_due, state.health.refusals);
        }
        Ok(Self {
            hosts,
            others: Others::new(feeds.iter().filter_map(|feed| feed.source.host())),
            shared: Arc::new(Shared { parts, options }),
            feeds: feeds.iter().cloned().map(Arc::new).collect(),
            push: Push::new(hubs, &mut states),
            states,
            pace,
            running: JoinSet::new(),
            flying: BTreeSet::new(),
            unsaved: BTreeSet::new(),
            save_at: None,
            looked: (now, Instant::now()),
            round: Round::default(),
            notices: Vec::new(),
        })
    }

    /// Polls until cancelled. Then polls that have their answer are committed, and others may get theirs within a
    /// moment; those that do not are due again.
    pub async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        while !cancel.is_cancelled() {
            self.start_due(&cancel);
            self.ask_hub().await?;
            let sleep = self.next_wake();
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                Some(done) = self.running.join_next() => self.finish(done, true)?,
                event = Push::event(&mut self.push) => self.take_event(event).await?,
                () = tokio::time::sleep(sleep) => {}
            }
            self.tell().await?;
            if self.save_at.is_some_and(|at| at <= Instant::now()) {
                self.save().await?;
            }
        }
        self.drain().await
    }

    /// Polls every feed once, due or not, and returns when all are done.
    pub async fn once(mut self, cancel: CancellationToken) -> Result<Round, StoreError> {
        let now = self.now();
        for at in (0..self.states.len()).filter(|at| !self.states[*at].health.gone) {
            self.pace.fix(at, now);
        }
        loop {
            self.start_due(&cancel);
            // A host that asked for more peace than this is not waited for, nor is who waits in its line.
            let next = self.next_start();
            let near = self.pace.waiting() + self.hosts.waiting() > 0 && next < MAX_SLEEP;
            if cancel.is_cancelled() || (self.running.is_empty() && !near) {
                break;
            }
            tokio::select! {
                biased;
                () = cancel.cancelled() => {}
                Some(done) = self.running.join_next() => self.finish(done, false)?,
                () = tokio::time::sleep(next) => {}
            }
        }
        self.round.unasked = self.pace.waiting() + self.hosts.waiting();
        self.drain().await?;
        Ok(self.round)
    }

    fn now(&self) -> Timestamp {
        self.shared.parts.clock.now()
    }

    /// A wall clock that was set back must not stop the polling until it has caught up: everything due moves with it.
    /// Forwards there is nothing to do: what became overdue is polled now, as after a sleep.
    fn follow_clock(&mut self) {
        let (now, instant) = (self.now(), Instant::now());
        let (then, before) = std::mem::replace(&mut self.looked, (now, instant));
        let passed = SignedDuration::try_from(instant - before).unwrap_or(SignedDuration::MAX);
        let step = passed - now.duration_since(then);
        if step > CLOCK_TOLERANCE {
            tracing::warn!(seconds = step.as_secs(), "the clock was set back");
            let back = |at: Timestamp| at.checked_sub(step).unwrap_or(Timestamp::MIN);
            self.pace.set_back(step);
            self.states.iter_mut().for_each(|state| state.next_due = back(state.next_due));
            self.hosts.set_back(step);
        }
    }

    fn start_due(&mut self, cancel: &CancellationToken) {
        self.follow_clock();
        let now = self.now();
        while self.running.len() < self.shared.options.max_in_flight && !cancel.is_cancelled() {
            let Some(at) = self.hosts.next(now).or_else(|| self.next_to_enter(now)) else { break };
            if self.flying.contains(&at) {
                // A push of it is being read: its poll waits for that.
                self.hosts.leave(&self.place(at), now);
                self.pace.fix(at, schedule::due(now, BESIDE_PUSH));
                continue;
            }
            let (shared, feed, state) = (self.shared.clone(), self.feeds[at].clone(), self.states[at].clone());
            if feed.every.is_none() {
                self.pace.spend();
            }
            let terms = self.terms(at, now);
            let cancel = cancel.clone();
            self.flying.insert(at);
            self.running.spawn(async move { (at, poll::poll(shared, feed, state, terms, &cancel).await) });
        }
    }

    /// Where the feed is asked for.
    fn place(&self, at: usize) -> Source {
        moves::place(&self.feeds[at], &self.states[at])
    }

    fn terms(&self, at: usize, now: Timestamp) -> poll::Terms {
        let place = self.place(at);
        let host = place.host().unwrap_or_default();
        poll::Terms {
            price: self.pace.price(),
            host_refusals: self.hosts.refusals(&place),
            others_reached: self.others.reached(host, now),
            clock: self.others.clock(host),
        }
    }

    /// A feed that is due and whose host is free. Those that are due before it stand in line for theirs.
    fn next_to_enter(&mut self, now: Timestamp) -> Option<usize> {
        loop {
            let at = self.pace.pop(now)?;
            let usual = self.feeds[at].every.unwrap_or(schedule::RETRY).as_secs_f64();
            let interval = self.pace.interval(at).unwrap_or(usual);
            let waiting = Waiting { feed: at, since: self.states[at].last_poll, interval };
            if self.hosts.enter(&self.place(at), waiting, now) {
                return Some(at);
            }
        }
    }

    fn finish(
        &mut self,
        done: Result<(usize, Result<Polled, StoreError>), JoinError>,
        again: bool,
    ) -> Result<(), StoreError> {
        let (at, polled) = match done {
            Ok(done) => done,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => return Ok(()),
        };
        self.flying.remove(&at);
        let mut polled = polled?;
        self.end_poll(at, &mut polled);
        if !polled.went.was_pushed() {
            self.leave(at, &polled);
        }
        if polled.urgency != Urgency::Saved {
            self.unsaved.insert(at);
            self.save_within(polled.urgency);
        }
        if again && !polled.state.health.gone {
            self.plan_next(at, &mut polled);
        }
        self.states[at] = polled.state;
        if again {
            self.take_held(at);
        }
        Ok(())
    }

    /// A request is over: its host is free for others, unless it has asked for peace.
    fn leave(&mut self, at: usize, polled: &Polled) {
        let (place, now, health) = (self.place(at), self.now(), &polled.state.health);
        self.hosts.leave(&place, now);
        match (polled.went, health.refusals) {
            (Went::Well(_), 0) => self.hosts.answered(&place),
            (_, 0) => {}
            (_, refusals) => self.hosts.close(&place, polled.state.next_due, refusals),
        }
        self.notices.extend(self.others.went(place.host(), polled.went, health.last_ok, now));
        self.round.polled += 1;
        self.round.failed += usize::from(!matches!(polled.went, Went::Well(_)));
    }

    /// A push alters a feed's time only where it says so: the feed may be in line for its host.
    fn plan_next(&mut self, at: usize, polled: &mut Polled) {
        let state = &mut polled.state;
        match polled.plan.take() {
            Some(plan) => state.next_due = self.pace.plan(at, plan),
            None if polled.went.was_pushed() => {
                if state.next_due != self.states[at].next_due && !self.hosts.is_waiting(at) {
                    self.pace.fix(at, state.next_due);
                }
            }
            None => self.pace.fix(at, state.next_due),
        }
    }

    /// The states that are to be written are written as soon as that.
    fn save_within(&mut self, urgency: Urgency) {
        let patience = match urgency {
            Urgency::Saved | Urgency::Now => Duration::ZERO,
            Urgency::Soon => NEWS_INTERVAL,
            Urgency::Later => SAVE_INTERVAL,
        };
        let at = Instant::now() + patience;
        self.save_at = Some(self.save_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// Until the next feed is due or the states have to be written.
    fn next_wake(&self) -> Duration {
        let save = self.save_at.map(|at| at.saturating_duration_since(Instant::now()));
        self.next_start().min(save.unwrap_or(MAX_SLEEP))
    }

    /// Until the next feed is due, if there is room for it.
    fn next_start(&self) -> Duration {
        let full = self.running.len() >= self.shared.options.max_in_flight;
        let due = self.pace.next().into_iter().chain(self.hosts.next_free()).min().filter(|_| !full);
        let due = due.into_iter().chain(self.push.as_ref().and_then(Push::next)).min();
        let due = due.map(|due| due.duration_since(self.now()));
        let due = due.map(|wait| Duration::try_from(wait.max(SignedDuration::ZERO)).unwrap_or(MAX_SLEEP));
        due.unwrap_or(MAX_SLEEP).min(MAX_SLEEP)
    }

    async fn tell(&mut self) -> Result<(), StoreError> {
        for notice in self.notices.drain(..) {
            tracing::warn!(notice = notice.headline, "all feeds");
            let raise = self.shared.to_owner(notice, self.shared.parts.clock.now());
            self.shared.parts.store.raise(raise).await?;
            self.shared.parts.wake.send_replace(());
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), StoreError> {
        self.save_at = None;
        let unsaved = std::mem::take(&mut self.unsaved);
        let states: Vec<FeedState> = unsaved.into_iter().map(|at| self.states[at].clone()).collect();
        if states.is_empty() { Ok(()) } else { self.shared.parts.store.save_states(states).await }
    }

    async fn drain(&mut self) -> Result<(), StoreError> {
        while let Some(done) = self.running.join_next().await {
            self.finish(done, false)?;
        }
        self.save().await
    }
}

/// The feeds as they are due, and what a request costs among those without an interval of their own.
fn paced(budget: Budget, feeds: &[Feed], states: &[FeedState], now: Timestamp) -> Pace {
    let polled = || feeds.iter().zip(states).filter(|(_, state)| !state.health.gone);
    let free = polled().filter(|(feed, _)| feed.every.is_none());
    let outlooks: Vec<Outlook> = free.map(|(_, state)| Outlook::of(&state.rhythm)).collect();
    let rate = budget.rate(outlooks.len());
    let (shortest, longest) = (schedule::SHORTEST.as_secs() as i64, schedule::LONGEST.as_secs() as i64);
    let price = Price::new(rate, shortest, longest, &outlooks, now.as_second() as f64);
    let mut pace = Pace::new(price, feeds.len(), now);
    for (at, state) in states.iter().enumerate().filter(|(_, state)| !state.health.gone) {
        pace.fix(at, state.next_due);
    }
    pace
}

/// The stories as they were when the store was closed: the archive's items of the last [`story::WINDOW`] in their order,
/// what people said of them in between, and the threads.
pub async fn remembered_stories(store: &dyn Store, now: Timestamp) -> Result<Stories, StoreError> {
    let window = SignedDuration::try_from(story::WINDOW).unwrap_or(SignedDuration::MAX);
    let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
    let mut amendments: VecDeque<Amendment> = store.amendments().await?.into();
    amendments.retain(|amendment| amendment.at >= since);
    let rebuilding = Arc::new(Mutex::new((Stories::default(), amendments)));
    let filling = rebuilding.clone();
    let remember = move |record: Record| {
        let (stories, amendments) = &mut *lock(&filling);
        while amendments.front().is_some_and(|amendment| amendment.at <= record.seen) {
            amendments.pop_front().into_iter().for_each(|amendment| stories.index.amend(amendment.said));
        }
        stories.index.remember(&record.item, record.story, record.seen);
        std::ops::ControlFlow::Continue(())
    };
    match store.replay(since, Box::new(remember)).await {
        // Without them a copy may alert again; without the daemon nothing alerts.
        Err(error @ StoreError::Damaged { .. }) => tracing::error!(%error, "some stories are forgotten"),
        other => other?,
    }
    let (mut stories, amendments) = std::mem::take(&mut *lock(&rebuilding));
    amendments.into_iter().for_each(|amendment| stories.index.amend(amendment.said));
    stories.threads = Threads::new(store.threads().await?);
    let Stories { index, threads } = &mut stories;
    threads.forget(now, |story| index.is_open(story));
    Ok(stories)
}

/// The stories hold no invariant that a panic could leave broken half-way.
fn lock<T>(stories: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    stories.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
