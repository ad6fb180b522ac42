//! Feeds that hubs push (WebSub): subscriptions are asked for, verified and renewed, and what comes is polled without a fetch.
//!
//! The loop of the poller owns the subscriptions, as it owns the feeds' states: a poll under way holds a copy that may be
//! outdated. A pushed document takes the same trip as a fetched one, and its hub hears 2xx only once it is durable. Polls
//! go on as a safety net ([`websub::SAFETY_NET`]); one that finds what no push had brought ends the trust.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use url::Url;

use super::poll::{self, Polled, Went};
use super::{Poller, Urgency};
use crate::clock::unguessable;
use crate::fetch::{Fetch, Heard, HubError, Knock, Ping, Pinged, Subscribing, Tokens};
use crate::model::{FeedState, Intent, Subscription, Unguessable};
use crate::schedule;
use crate::store::StoreError;
use crate::websub::{self, Found};

/// What it takes to be pushed to.
pub struct Hubs {
    /// Asks hubs.
    pub asking: Arc<dyn Subscribing>,
    /// What the URLs begin with that hubs call.
    pub callback: Url,
    /// Whom their calls are for.
    pub tokens: Tokens,
    /// Their calls.
    pub knocks: mpsc::Receiver<Knock>,
}

/// The subscriptions of all feeds, as far as they are not in the feeds' states.
pub(super) struct Push {
    hubs: Hubs,
    /// When each feed's hub is asked next, by the feed's place.
    renewals: BTreeSet<(Timestamp, usize)>,
    /// One request at a time: a hub may serve thousands of feeds.
    asking: Option<(usize, JoinHandle<Result<(), HubError>>)>,
    /// No request before this.
    free_at: Timestamp,
    /// Until when hubs want no request for any feed, by origin.
    peace: HashMap<String, Timestamp>,
    /// Pushes of feeds that were being polled when they came, one a feed.
    held: HashMap<usize, Ping>,
    /// Whom to answer when the document that was pushed is durable.
    waiting: HashMap<usize, oneshot::Sender<Pinged>>,
}

/// What the loop has to do for pushes.
pub(super) enum Event {
    Knock(Knock),
    Asked(usize, Result<(), HubError>),
}

impl Push {
    /// Takes up the subscriptions of the states; without hubs there are none.
    pub(super) fn new(hubs: Option<Hubs>, states: &mut [FeedState]) -> Option<Self> {
        let Some(hubs) = hubs else {
            states.iter_mut().for_each(|state| state.subscription = None);
            return None;
        };
        let known = || states.iter().enumerate().filter_map(|(at, state)| Some((at, state.subscription.as_ref()?)));
        known().for_each(|(at, subscription)| hubs.tokens.insert(subscription.token.clone(), at));
        Some(Self {
            hubs,
            renewals: known().filter_map(|(at, s)| Some((websub::renew_at(s)?, at))).collect(),
            asking: None,
            peace: HashMap::new(),
            free_at: Timestamp::MIN,
            held: HashMap::new(),
            waiting: HashMap::new(),
        })
    }

    /// The next call or answer of a hub.
    pub(super) async fn event(push: &mut Option<Push>) -> Event {
        let Some(push) = push else { return std::future::pending().await };
        let asked = async {
            let Some((at, asking)) = &mut push.asking else { return std::future::pending().await };
            let at = *at;
            (at, asking.await)
        };
        tokio::select! {
            Some(knock) = push.hubs.knocks.recv() => Event::Knock(knock),
            (at, asked) = asked => {
                push.asking = None;
                // A bug, or a shutdown: the hub is asked again like one that never verified.
                Event::Asked(at, asked.unwrap_or(Ok(())))
            }
        }
    }

    /// When the next hub is to be asked.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let (at, _) = self.renewals.first().filter(|_| self.asking.is_none())?;
        Some((*at).max(self.free_at))
    }

    fn schedule(&mut self, at: usize, subscription: Option<&Subscription>) {
        self.renewals.retain(|(_, feed)| *feed != at);
        self.renewals.extend(subscription.and_then(websub::renew_at).map(|when| (when, at)));
    }
}

impl Poller {
    /// Asks the hub that is to be asked now. The request is stored before it is made: some hubs verify before they answer.
    pub(super) async fn ask_hub(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let Some(push) = self.push.as_mut().filter(|push| push.next().is_some_and(|next| next <= now)) else {
            return Ok(());
        };
        let Some((_, at)) = push.renewals.pop_first() else { return Ok(()) };
        let Some(subscription) = self.states[at].subscription.as_mut() else { return Ok(()) };
        if let Some(peace) = push.peace.get(&origin(&subscription.hub)).filter(|until| **until > now) {
            // It said so when it was asked for another feed.
            subscription.not_before = Some(*peace);
            push.schedule(at, Some(subscription));
            return Ok(());
        }
        push.free_at = schedule::due(now, self.shared.options.host_gap);
        websub::asked(subscription, Intent::Subscribe, now);
        push.schedule(at, Some(subscription));
        let Ok(hub) = subscription.hub.parse::<Url>() else { return Ok(()) };
        let form = websub::form(subscription, Intent::Subscribe, &push.hubs.callback);
        tracing::debug!(feed = %self.feeds[at].name, %hub, "asking to be pushed to");
        let asking = push.hubs.asking.clone();
        push.asking = Some((at, tokio::spawn(async move { asking.ask(&hub, &form).await })));
        self.unsaved.insert(at);
        self.save().await
    }

    /// Takes a call or an answer of a hub.
    pub(super) async fn take_event(&mut self, event: Event) -> Result<(), StoreError> {
        match event {
            Event::Asked(at, answer) => self.hub_answered(at, answer),
            Event::Knock(Knock::Verify { token, query, reply }) => {
                let echo = self.verify(&token, &query).await?;
                // Who has hung up meanwhile asks again.
                let _ = reply.send(echo);
            }
            Event::Knock(Knock::Ping(ping)) => self.pushed(ping),
        }
        Ok(())
    }

    fn hub_answered(&mut self, at: usize, answer: Result<(), HubError>) {
        let (Err(error), now) = (answer, self.now()) else { return };
        let Some(subscription) = self.states[at].subscription.as_mut().filter(|s| s.pending.is_some()) else { return };
        tracing::warn!(feed = %self.feeds[at].name, hub = subscription.hub, %error, "the hub does not push");
        websub::refused(subscription, &error.to_string(), error.retry_after(), now);
        if let (Some(until), Some(push)) = (subscription.not_before, &mut self.push) {
            push.peace.retain(|_, until| *until > now);
            push.peace.insert(origin(&subscription.hub), until);
        }
        self.keep_subscription(at, Urgency::Later);
    }

    /// What a hub's verification is answered with; `None` refuses it.
    async fn verify(&mut self, token: &Unguessable, query: &str) -> Result<Option<String>, StoreError> {
        let now = self.now();
        let Some(at) = self.push.as_ref().and_then(|push| push.hubs.tokens.feed(token)) else { return Ok(None) };
        let Some(subscription) = self.states[at].subscription.as_mut() else { return Ok(None) };
        let echo = match websub::challenge(subscription, query) {
            websub::Answer::Refuse => return Ok(None),
            websub::Answer::Confirm { intent, echo, lease } => {
                websub::confirmed(subscription, intent, lease, now);
                tracing::info!(feed = %self.feeds[at].name, lease_seconds = lease.as_secs(), "the hub pushes");
                echo
            }
            websub::Answer::Denied { reason } => {
                websub::denied(subscription, reason.as_deref(), now);
                tracing::warn!(feed = %self.feeds[at].name, reason, "the hub denies the subscription");
                String::new()
            }
        };
        self.keep_subscription(at, Urgency::Now);
        self.save().await?;
        Ok(Some(echo))
    }

    /// Takes a push: polls its document now, or as soon as the poll is over that is under way.
    fn pushed(&mut self, ping: Ping) {
        let Some(push) = &mut self.push else { return };
        let known = push.hubs.tokens.feed(&ping.token);
        let known = known.and_then(|at| Some((at, self.states[at].subscription.as_ref()?)));
        let refusal = match known {
            None => Pinged::Unknown,
            Some((at, subscription))
                if !websub::verify(&subscription.secret, ping.signature.as_deref(), &ping.body) =>
            {
                tracing::warn!(feed = %self.feeds[at].name, "a push without a good signature is ignored");
                Pinged::Ignored
            }
            // What is old and what is new is told by a first reading of its own.
            Some((at, _)) if self.states[at].health.last_ok.is_none() => Pinged::Busy,
            Some((at, _)) if self.flying.contains(&at) && push.held.contains_key(&at) => Pinged::Busy,
            Some((at, _)) if self.flying.contains(&at) => {
                push.held.insert(at, ping);
                return;
            }
            Some((at, _)) => return self.poll_pushed(at, ping),
        };
        let _ = ping.reply.send(refusal);
    }

    fn poll_pushed(&mut self, at: usize, ping: Ping) {
        let now = self.now();
        let Ping { content_type, body, reply, .. } = ping;
        if let Some(subscription) = &mut self.states[at].subscription {
            websub::pinged(subscription, now);
        }
        if let Some(push) = &mut self.push {
            push.waiting.insert(at, reply);
        }
        let (shared, feed, state) = (self.shared.clone(), self.feeds[at].clone(), self.states[at].clone());
        let url = match &feed.source {
            crate::model::Source::Url(url) => Some(url.clone()),
            crate::model::Source::File(_) => None,
        };
        let validators = state.validators.clone();
        let fetch = Fetch { body, content_type, validators, heard: Heard::default(), url };
        let terms = self.terms(at, now);
        self.flying.insert(at);
        self.running.spawn(async move { (at, poll::pushed(shared, feed, state, terms, fetch).await) });
    }

    /// After a poll: the loop's subscription counts, with what the poll has found out.
    pub(super) fn end_poll(&mut self, at: usize, polled: &mut Polled) {
        let now = self.now();
        let copy = std::mem::replace(&mut polled.state.subscription, self.states[at].subscription.take());
        let subscription = &mut polled.state.subscription;
        let Some(push) = &mut self.push else { return };
        if let Some(reply) = push.waiting.remove(&at) {
            let _ = reply.send(if polled.went == Went::Pushed { Pinged::Durable } else { Pinged::Ignored });
        }
        if let Some(found) = &polled.found {
            discovered(push, at, subscription, found.as_ref(), now);
        }
        if let Some(subscription) = subscription.as_mut().filter(|_| polled.unpushed) {
            websub::missed(subscription, now);
        }
        push.schedule(at, subscription.as_ref());
        if copy != *subscription {
            self.unsaved.insert(at);
            self.save_within(Urgency::Soon);
        }
    }

    /// A push that came while its feed was polled.
    pub(super) fn take_held(&mut self, at: usize) {
        if let Some(ping) = self.push.as_mut().and_then(|push| push.held.remove(&at)) {
            self.poll_pushed(at, ping);
        }
    }

    fn keep_subscription(&mut self, at: usize, urgency: Urgency) {
        if let Some(push) = &mut self.push {
            push.schedule(at, self.states[at].subscription.as_ref());
        }
        self.unsaved.insert(at);
        self.save_within(urgency);
    }
}

/// What a reading says of who pushes its feed. Another hub or topic is another subscription, once it has been named for a day;
/// the old one ends with its lease.
fn discovered(push: &mut Push, at: usize, known: &mut Option<Subscription>, found: Option<&Found>, now: Timestamp) {
    let same = |known: &Subscription, found: &Found| known.hub == found.hub.as_str() && known.topic == found.topic;
    if let Some(subscription) = known {
        if found.is_some_and(|found| same(subscription, found)) {
            subscription.disowned = None;
            return;
        }
        if !websub::disowned(subscription, now) {
            return;
        }
        push.hubs.tokens.remove(&subscription.token);
    }
    *known = found.and_then(|found| {
        let (token, secret) = (unguessable()?, unguessable()?);
        push.hubs.tokens.insert(token.clone(), at);
        Some(Subscription::new(found.hub.to_string(), found.topic.clone(), token, secret))
    });
}

/// Whom a URL asks.
fn origin(url: &str) -> String {
    url.parse::<Url>().map_or_else(|_| url.to_owned(), |url| url.origin().ascii_serialization())
}
