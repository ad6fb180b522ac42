//! How long news takes, stop by stop: published → received → matched → accepted by a target.
//!
//! Counted are alerts about one item, told at once; updates wait for others of their kind, and would tell of `quiet` alone.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Alert, AlertKind, DeliveryState};

/// The times of one alert at one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// As its publisher dates it, if that lies in the past.
    pub published: Option<Timestamp>,
    /// From when on a poll could have found it: published, and no longer missing in its feed.
    pub available: Timestamp,
    /// When a poll had found it.
    pub received: Timestamp,
    /// When the alert was raised.
    pub matched: Timestamp,
    /// When the target accepted it; `None` while it waits or where it was given up.
    pub accepted: Option<Timestamp>,
}

impl Times {
    /// Of an alert at one of its targets; `None` for what is not about one item, what its target wanted to wait, and what
    /// is older than these times are kept.
    pub fn of(alert: &Alert, delivery: &DeliveryState) -> Option<Self> {
        let lead = alert.lead.as_ref().filter(|_| alert.kind != AlertKind::Update)?;
        let arrival = lead.arrival.filter(|_| !delivery.is_held())?;
        let received = arrival.received;
        let published = lead.published.filter(|published| *published <= received);
        Some(Self {
            published,
            // What a feed's first reading finds could not have been found before.
            available: arrival.missing.map_or(received, |missing| published.unwrap_or(missing).max(missing)),
            received,
            matched: alert.raised,
            accepted: match delivery {
                DeliveryState::Sent(sent) => Some(sent.accepted),
                DeliveryState::Waiting(_) | DeliveryState::Digested(_) | DeliveryState::Dead(_) => None,
            },
        })
    }

    /// How long the target had or has to wait for what could have been found, up to `now`.
    pub fn wait(&self, now: Timestamp) -> Duration {
        between(self.available, self.accepted.unwrap_or(now))
    }
}

/// How long a part of the way takes, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Half of them take no longer.
    pub p50_s: f64,
    /// All but one in a hundred take no longer.
    pub p99_s: f64,
}

/// How long the way takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Deliveries that it is told from.
    pub deliveries: usize,
    /// From publication to a poll's end, of those with a date.
    pub received: Option<Quantiles>,
    /// From there to the alert.
    pub matched: Option<Quantiles>,
    /// From there to the target's yes.
    pub accepted: Option<Quantiles>,
    /// All the way.
    pub total: Option<Quantiles>,
}

/// The latency of everything, and of each feed, watch and target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Of all.
    pub all: Latency,
    /// By the name of the feed.
    pub feeds: BTreeMap<String, Latency>,
    /// By watch.
    pub watches: BTreeMap<String, Latency>,
    /// By target.
    pub targets: BTreeMap<String, Latency>,
}

/// Times as they are gathered, in seconds.
#[derive(Debug, Default)]
struct Gathered {
    deliveries: usize,
    parts: [Vec<f64>; 4],
}

/// Makes a ledger, alert by alert.
#[derive(Debug, Default)]
pub struct Book {
    all: Gathered,
    by: [BTreeMap<String, Gathered>; 3],
}

impl Book {
    /// Enters an alert with its deliveries.
    pub fn enter(&mut self, alert: &Alert, deliveries: &[DeliveryState]) {
        for delivery in deliveries {
            let Some(times) = Times::of(alert, delivery) else { return };
            let feed = alert.lead.as_ref().map_or("", |lead| &lead.feed_name);
            let names = [feed, alert.watch.as_str(), delivery.target()];
            self.all.add(&times);
            for (book, name) in self.by.iter_mut().zip(names) {
                book.entry(name.to_owned()).or_default().add(&times);
            }
        }
    }

    /// What has been entered.
    pub fn ledger(self) -> Ledger {
        let [feeds, watches, targets] =
            self.by.map(|book| book.into_iter().map(|(name, gathered)| (name, gathered.latency())).collect());
        Ledger { all: self.all.latency(), feeds, watches, targets }
    }
}

impl Gathered {
    fn add(&mut self, times: &Times) {
        self.deliveries += 1;
        let parts = [
            times.published.map(|published| (published, times.received)),
            Some((times.received, times.matched)),
            times.accepted.map(|accepted| (times.matched, accepted)),
            times.published.zip(times.accepted),
        ];
        for (part, times) in self.parts.iter_mut().zip(parts) {
            part.extend(times.map(|(from, to)| between(from, to).as_secs_f64()));
        }
    }

    fn latency(self) -> Latency {
        let [received, matched, accepted, total] = self.parts.map(quantiles);
        Latency { deliveries: self.deliveries, received, matched, accepted, total }
    }
}

fn quantiles(mut seconds: Vec<f64>) -> Option<Quantiles> {
    seconds.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| seconds.get(((seconds.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
    let rounded = |seconds: f64| (seconds * 1_000.0).round() / 1_000.0;
    Some(Quantiles { p50_s: rounded(at(0.5)?), p99_s: rounded(at(0.99)?) })
}

/// Nothing where clocks have run backwards.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::model::{AlertId, Arrival, Delivery, FeedId, ItemId, Lead, Sent};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn alert(published: Option<i64>, missing: Option<i64>, received: i64) -> Alert {
        let text = String::new();
        let mut alert = Alert::about_itself(AlertKind::News, "x", text.clone(), text.clone(), at(received));
        alert.watch = "port".to_owned();
        alert.lead = Some(Lead {
            item: ItemId::new(FeedId::new("f"), "guid", b"x"),
            feed: FeedId::new("f"),
            feed_name: "Harbour".to_owned(),
            link: None,
            title: text.clone(),
            summary: text,
            published: published.map(at),
            language: None,
            arrival: Some(Arrival { missing: missing.map(at), received: at(received) }),
        });
        alert
    }

    fn sent(alert: &Alert, target: &str, accepted: i64) -> DeliveryState {
        let id = Delivery::new(alert.id, target, at(0), at(0)).id;
        DeliveryState::Sent(Sent {
            id,
            alert: alert.id,
            target: target.to_owned(),
            accepted: at(accepted),
            attempts: 1,
            held: None,
        })
    }

    fn waiting(alert: &Alert) -> DeliveryState {
        DeliveryState::Waiting(Delivery::new(alert.id, "mail", at(0), at(0)))
    }

    #[test]
    fn each_part_of_the_way_is_told_by_feed_watch_and_target() {
        let mut book = Book::default();
        for minute in 1..=100 {
            let alert = alert(Some(100 - minute), Some(0), 100);
            book.enter(&alert, &[sent(&alert, "mail", 101), waiting(&alert)]);
        }
        let ledger = book.ledger();
        let latency = &ledger.targets["mail"];
        assert_eq!((latency.deliveries, ledger.watches["port"].deliveries, ledger.all.deliveries), (200, 200, 200));
        assert_eq!(latency.received, Some(Quantiles { p50_s: 3_000.0, p99_s: 5_940.0 }));
        assert_eq!(latency.matched, Some(Quantiles::default()));
        assert_eq!(latency.accepted, Some(Quantiles { p50_s: 60.0, p99_s: 60.0 }));
        assert_eq!(ledger.feeds["Harbour"].total, Some(Quantiles { p50_s: 3_060.0, p99_s: 6_000.0 }));
    }

    #[test]
    fn nobody_waits_for_what_could_not_be_found() {
        let wait = |published, missing| {
            let alert = alert(published, missing, 100);
            Times::of(&alert, &sent(&alert, "mail", 110)).map(|times| times.wait(at(999)).as_secs() / 60)
        };
        assert_eq!(wait(Some(95), Some(90)), Some(15));
        assert_eq!(wait(Some(20), Some(90)), Some(20), "dated back, or shown late");
        assert_eq!(wait(None, Some(90)), Some(20));
        assert_eq!(wait(Some(20), None), Some(10), "a first reading");
        assert_eq!(wait(Some(105), Some(90)), Some(20), "dated ahead is not dated");
        let alert = alert(Some(95), Some(90), 100);
        assert_eq!(
            Times::of(&alert, &waiting(&alert)).map(|times| times.wait(at(205))),
            Some(Duration::from_mins(110))
        );
    }

    #[test]
    fn an_update_and_what_newswatch_says_of_itself_are_not_counted() {
        let mut book = Book::default();
        let update = Alert { kind: AlertKind::Update, ..alert(Some(1), Some(0), 2) };
        let notice = Alert { lead: None, id: AlertId::notice("n"), ..alert(Some(1), Some(0), 2) };
        book.enter(&update, &[sent(&update, "mail", 3)]);
        book.enter(&notice, &[sent(&notice, "mail", 3)]);
        assert_eq!(book.ledger(), Ledger::default());
    }
}
