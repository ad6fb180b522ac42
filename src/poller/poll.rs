//! One poll: fetch, parse, decide, commit.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Shared, decide};
use crate::fetch::{Fetch, FetchError, Fetched};
use crate::model::{Alert, AlertId, AlertKind, Delivery, Feed, FeedState, Item, ItemKeys, MAX_REASON_BYTES, clip};
use crate::parse::{self, Document, ParseError};
use crate::schedule::{self, Hints};
use crate::store::{Raise, StoreError};

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
    /// The server wants no request at all before this.
    pub(super) host_closed_until: Option<Timestamp>,
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

pub(super) async fn poll(
    shared: &Shared,
    feed: &Feed,
    mut state: FeedState,
    cancel: &CancellationToken,
) -> Result<Polled, StoreError> {
    let fetched = tokio::select! {
        biased;
        () = given_up(cancel) => {
            return Ok(Polled { state, urgency: Urgency::Later, failed: true, host_closed_until: None });
        }
        fetched = shared.parts.fetching.fetch(&feed.source, &state.validators) => fetched,
    };
    let now = shared.parts.clock.now();
    state.last_poll = Some(now);
    match fetched {
        Ok(Fetched::Unchanged { validators, hints }) => {
            let renewed = validators.map(|new| state.validators.renewed(new));
            let news = renewed.filter(|renewed| *renewed != state.validators);
            let urgency = match (&news, state.health.failures) {
                (Some(_), _) => Urgency::Now,
                (None, 0) => Urgency::Later,
                (None, _) => Urgency::Soon,
            };
            if let Some(validators) = news {
                state.validators = validators;
            }
            well(shared, feed, &mut state, hints, now);
            tracing::debug!(feed = %feed.name, "unchanged");
            Ok(Polled { state, urgency, failed: false, host_closed_until: None })
        }
        Ok(Fetched::Document(fetch)) => receive(shared, feed, state, *fetch, now).await,
        Err(error) => fetch_failed(shared, feed, state, &error, now).await,
    }
}

/// When the daemon is to stop and the answer has not come within a moment: asked again after the start, its server
/// would see two requests in a row.
async fn given_up(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(STOP_GRACE).await;
}

async fn receive(
    shared: &Shared,
    feed: &Feed,
    mut state: FeedState,
    fetch: Fetch,
    now: Timestamp,
) -> Result<Polled, StoreError> {
    let Fetch { body, content_type, validators, hints, url } = fetch;
    let owner = feed.clone();
    let parsed = tokio::task::spawn_blocking(move || -> Result<(Document, Vec<(Item, ItemKeys)>), ParseError> {
        let source = parse::Source { body: &body, content_type: content_type.as_deref(), base_url: url.as_ref() };
        let document = parse::parse(&source)?;
        let items = parse::items(&owner, &document);
        Ok((document, items))
    });
    let (document, items) = match parsed.await {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(error)) => {
            let (class, text) = (error.class(), error.to_string());
            return Ok(failed(shared, feed, state, class, text, hints, now));
        }
        // The parser catches its own panics; this is a bug or a shutdown, and the feed is tried again either way.
        Err(error) => return Ok(failed(shared, feed, state, "panic", error.to_string(), hints, now)),
    };
    let seen = shared.parts.store.seen(feed.id).await?;
    let decided = decide::decide(shared, feed, !state.baselined, items, &seen, now);

    state.validators = validators;
    state.baselined = true;
    let words = |text: &str| clip(text, MAX_WORDS_BYTES).to_owned();
    state.title = document.title.as_deref().map(|title| words(&parse::plain_text(title))).or(state.title);
    state.health.warnings = document.warnings.iter().take(MAX_WARNINGS).map(|warning| words(warning)).collect();
    well(shared, feed, &mut state, Hints { ttl: document.ttl, ..hints }, now);
    state.version += 1;
    let (new, matched) = (decided.records.len(), decided.records.iter().filter(|r| !r.decisions.is_empty()).count());
    let committed = shared.parts.store.commit_poll(decided.into_commit(state.clone())).await?;
    tracing::info!(feed = %feed.name, new, matched, alerts = committed.raised.len(), "read");
    if !committed.raised.is_empty() {
        shared.parts.wake.send_replace(());
    }
    Ok(Polled { state, urgency: Urgency::Saved, failed: false, host_closed_until: None })
}

fn well(shared: &Shared, feed: &Feed, state: &mut FeedState, hints: Hints, now: Timestamp) {
    let wait = schedule::wait(feed.every, hints, schedule::Polled::Well, shared.parts.dice.roll());
    state.next_due = schedule::due(now, wait);
    if state.health.failures > 0 {
        tracing::info!(feed = %feed.name, after = state.health.failures, "well again");
    }
    state.health.failures = 0;
    state.health.refused = false;
    state.health.last_error = None;
    state.health.last_ok = Some(now);
}

async fn fetch_failed(
    shared: &Shared,
    feed: &Feed,
    mut state: FeedState,
    error: &FetchError,
    now: Timestamp,
) -> Result<Polled, StoreError> {
    if matches!(error, FetchError::Gone) {
        state.health.gone = true;
        let told = Raise { deliveries: Vec::new(), alert: gone_notice(feed, now) };
        shared.parts.store.raise(shared.addressed(told, now)).await?;
        shared.parts.wake.send_replace(());
    }
    let hints = if let FetchError::Refused { hints, .. } = error { *hints } else { Hints::default() };
    let mut polled = failed(shared, feed, state, error.class(), error.to_string(), hints, now);
    if matches!(error, FetchError::Refused { .. }) {
        polled.host_closed_until = Some(polled.state.next_due);
        polled.urgency = Urgency::Now;
    }
    if polled.state.health.gone {
        polled.urgency = Urgency::Now;
    }
    Ok(polled)
}

fn failed(
    shared: &Shared,
    feed: &Feed,
    mut state: FeedState,
    class: &str,
    error: String,
    hints: Hints,
    now: Timestamp,
) -> Polled {
    state.health.failures = state.health.failures.saturating_add(1);
    let times = state.health.failures;
    state.health.refused = class == "refused";
    let refused = state.health.refused;
    let how = if refused { schedule::Polled::Refused(times) } else { schedule::Polled::Failed(times) };
    let wait = schedule::wait(feed.every, hints, how, shared.parts.dice.roll());
    state.next_due = schedule::due(now, wait);
    tracing::warn!(feed = %feed.name, source = %feed.source, class, error, times, next = %state.next_due, "poll failed");
    state.health.last_error = Some(clip(&error, MAX_REASON_BYTES).to_owned());
    let urgency = if times == 1 { Urgency::Soon } else { Urgency::Later };
    Polled { state, urgency, failed: true, host_closed_until: None }
}

fn gone_notice(feed: &Feed, now: Timestamp) -> Alert {
    Alert {
        id: AlertId::notice(&format!("gone {} {now}", feed.id)),
        kind: AlertKind::Notice,
        watch: "newswatch".to_owned(),
        raised: now,
        story: None,
        headline: format!("The feed “{}” is gone", feed.name),
        lead: None,
        matched: None,
        members: Vec::new(),
        member_count: 0,
        text: format!(
            "Its server answered 410 Gone at {}. It is not polled any more. Look for its successor and change the \
             configuration.",
            feed.source
        ),
    }
}

impl Shared {
    /// The notice, addressed to the owner's targets.
    fn addressed(&self, mut notice: Raise, now: Timestamp) -> Raise {
        notice.deliveries = self.deliveries(&self.options.owner, &notice.alert, now);
        notice
    }

    /// One outbox row for each of the named targets.
    pub(super) fn deliveries(&self, names: &[String], alert: &Alert, now: Timestamp) -> Vec<Delivery> {
        let targets = self.options.targets.iter().filter(|target| names.contains(&target.name));
        targets.map(|target| Delivery::new(alert.id, &target.name, now, schedule::due(now, target.deadline))).collect()
    }
}
