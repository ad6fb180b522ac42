//! How feeds are doing, and why each is polled when it is.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::report::{ConditionReport, FeedReport, HubReport, WhyReport};
use crate::coverage;
use crate::latency::Quantiles;
use crate::model::{Because, Budget, ConditionKind, Due, Feed, FeedId, FeedState, Source, Spread};
use crate::schedule;

pub(super) const WELL: &str = "well";
pub(super) const FAILING: &str = "failing";
pub(super) const GONE: &str = "gone";
pub(super) const NEVER: &str = "never polled";

/// The feed that is meant: by its URL or path, as written or as shown, its name or its id.
pub(super) fn find<'f>(feeds: &'f [Feed], wanted: &str) -> Option<&'f Feed> {
    let is_meant = |feed: &&Feed| {
        let written = match &feed.source {
            Source::Url(url) => url.as_str() == wanted,
            Source::File(path) => path.as_os_str() == wanted,
        };
        written || feed.source.to_string() == wanted || feed.name == wanted || feed.id.to_string() == wanted
    };
    feeds.iter().find(is_meant)
}

/// Until when hosts want to be left alone, and how many times in a row they have said so: for all of their feeds.
#[derive(Debug, Default)]
pub(super) struct Peace<'f>(HashMap<&'f str, (Timestamp, u32)>);

impl<'f> Peace<'f> {
    pub(super) fn of(feeds: &'f [Feed], states: &HashMap<FeedId, FeedState>, now: Timestamp) -> Self {
        let mut hosts = HashMap::new();
        for feed in feeds {
            let state = states.get(&feed.id).filter(|state| state.health.refusals > 0 && state.next_due > now);
            if let (Some(host), Some(state)) = (feed.source.host(), state) {
                let peace = hosts.entry(host).or_insert((state.next_due, state.health.refusals));
                *peace = (*peace).max((state.next_due, state.health.refusals));
            }
        }
        Self(hosts)
    }

    /// When the feed would be polled but for this, and why.
    fn put_off(&self, feed: &Feed, due: Option<Timestamp>) -> Option<(Timestamp, u32)> {
        let host = feed.source.host()?;
        self.0.get(host).copied().filter(|(until, _)| due.is_none_or(|due| due < *until))
    }
}

pub(super) fn report(feed: &Feed, state: Option<&FeedState>, peace: &Peace<'_>) -> FeedReport {
    let put_off = peace.put_off(feed, state.map(|state| state.next_due)).map(|(until, _)| until);
    let refused = put_off.map(|until| Due { because: Because::Refusal, not_before: Some(until), ..Due::default() });
    let health = state.map(|state| &state.health);
    let word = match (state, health) {
        (Some(state), Some(health)) if state.last_poll.is_some() => match (health.gone, health.failures) {
            (true, _) => GONE,
            (_, 0) => WELL,
            _ => FAILING,
        },
        _ => NEVER,
    };
    let rhythm = state.map(|state| &state.rhythm).filter(|rhythm| rhythm.read.is_some());
    let traffic = state.map(|state| &state.traffic);
    FeedReport {
        id: feed.id,
        name: feed.name.clone(),
        source: feed.source.to_string(),
        title: state.and_then(|state| state.title.clone()),
        health: word.to_owned(),
        next_due: put_off.or(state.map(|state| state.next_due)),
        items_a_day: rhythm.map(|rhythm| (rhythm.items_a_day() * 10.0).round() / 10.0),
        due: refused.or(state.map(|state| state.due)).unwrap_or_default(),
        delay: traffic.and_then(|traffic| quantiles(&traffic.delays)),
        bytes_a_day: traffic.and_then(|traffic| Some(traffic.bytes_a_day()?.round() as u64)),
        unchanged_share: traffic.and_then(|traffic| Some((traffic.unchanged_share()? * 1_000.0).round() / 1_000.0)),
        conditions: state.map(conditions).unwrap_or_default(),
        moved: state.and_then(|state| {
            let moved = state.moved.as_ref().filter(|moved| moved.kept)?;
            Some(Source::Url(moved.to.clone()).to_string())
        }),
        hub: state.and_then(hub),
        last_poll: state.and_then(|state| state.last_poll),
        last_ok: health.and_then(|health| health.last_ok),
        failures: health.map_or(0, |health| health.failures),
        last_error: health.and_then(|health| health.last_error.clone()),
        warnings: health.map(|health| health.warnings.clone()).unwrap_or_default(),
    }
}

fn quantiles(spread: &Spread) -> Option<Quantiles> {
    let rounded = |seconds: f64| (seconds * 10.0).round() / 10.0;
    Some(Quantiles { p50_s: rounded(spread.quantile(0.5)?), p99_s: rounded(spread.quantile(0.99)?) })
}

fn conditions(state: &FeedState) -> Vec<ConditionReport> {
    let told = |condition: &crate::model::Condition| ConditionReport {
        kind: condition.kind,
        since: condition.since,
        says: condition.says.clone(),
    };
    state.coverage.holding().map(told).collect()
}

/// Without the capability and the key, which are nobody's business.
fn hub(state: &FeedState) -> Option<HubReport> {
    let subscription = state.subscription.as_ref()?;
    Some(HubReport {
        url: subscription.hub.clone(),
        until: subscription.lease.map(|lease| lease.until),
        last_push: subscription.last_ping,
        trouble: subscription.trouble.clone(),
    })
}

/// How the feed's next poll is reckoned.
pub(super) fn why(feed: &Feed, state: &FeedState, peace: &Peace<'_>, budget: Budget, now: Timestamp) -> WhyReport {
    let hour = |hours: i64| now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(now).as_second();
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let conditional = !state.validators.is_empty() && !state.coverage.holds(ConditionKind::Stuck);
    let shortest = if conditional { schedule::SHORTEST } else { schedule::SHORTEST_UNCONDITIONAL };
    let longest = state.coverage.closer.and_then(|closer| u64::try_from(closer).ok());
    WhyReport {
        feed: report(feed, Some(state), peace),
        every_s: feed.every.map(|every| every.as_secs_f64()),
        budget: budget.to_string(),
        interest: rounded(state.rhythm.interest()),
        expected: (0..24).map(|at| rounded(state.rhythm.expected(hour(at), hour(at + 1)))).collect(),
        window: state.rhythm.window,
        bounds_s: (shortest.as_secs(), longest.unwrap_or(schedule::LONGEST.as_secs())),
        asked: state.asked,
        refusals: peace.put_off(feed, Some(state.next_due)).map_or(state.health.refusals, |(_, refusals)| refusals),
        usual_silence_s: coverage::usual_silence(&state.coverage).as_secs_f64().round(),
    }
}
