//! `alert_within`: the owner hears when alerts are late, by which stop, and when they are in time again.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use newswatch::clock::Clock;
use newswatch::model::{
    Alert, AlertKind, Arrival, Delivery, FeedId, ItemId, Lead, Sent, Target, TargetKind, TerminalFormat, TerminalTarget,
};
use newswatch::objective::Objective;
use newswatch::store::{AlertQuery, Embedded, Raise, Settlement, Store};
use tokio::sync::watch;

const DAY: Duration = Duration::from_hours(24);

struct Desk {
    store: Arc<dyn Store>,
    start: Timestamp,
    clock: Clock,
    objective: Objective,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Embedded::open(dir.path()).unwrap().into();
        let start = "2026-11-23T01:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let kind = TargetKind::Terminal(TerminalTarget { format: TerminalFormat::default() });
        let owner = Target::new("night", kind, DAY);
        let within = Duration::from_mins(10);
        let objective = Objective::new(store.clone(), clock.clone(), watch::channel(()).0, within, vec![owner]);
        Self { store, start, clock, objective, _dir: dir }
    }

    fn at(&self, minutes: i64) -> Timestamp {
        self.start + SignedDuration::from_mins(minutes)
    }

    /// Raises an alert on an item that a reading at minute `missing` had not, and one at minute `received` had.
    async fn raise(&self, name: &str, missing: i64, received: i64) -> Delivery {
        let id = ItemId::new(FeedId::new("f"), "guid", name.as_bytes());
        let mut alert = Alert::about_itself(AlertKind::News, name, name.to_owned(), String::new(), self.at(received));
        alert.lead = Some(Lead {
            item: id,
            feed: FeedId::new("f"),
            feed_name: "Harbour".to_owned(),
            link: None,
            title: name.to_owned(),
            summary: String::new(),
            published: Some(self.at(missing)),
            language: None,
            arrival: Some(Arrival { missing: Some(self.at(missing)), received: self.at(received) }),
        });
        let delivery = Delivery::new(alert.id, "desk", self.at(received), self.at(9_999));
        self.store.raise(Raise { alert, deliveries: vec![delivery.clone()] }).await.unwrap();
        delivery
    }

    async fn accept(&self, delivery: &Delivery, minute: i64) {
        let claimed = self.store.claim("desk", self.at(minute), 10).await.unwrap();
        assert!(claimed.deliveries.iter().any(|(claimed, _)| claimed.id == delivery.id));
        let Delivery { id, alert, target, .. } = delivery.clone();
        let sent = Sent { id, alert, target, accepted: self.at(minute), attempts: 1, held: None };
        self.store.settle(Settlement::Sent(sent)).await.unwrap();
    }

    /// What the owner is told at minute `minute`.
    async fn told(&mut self, minute: i64) -> Vec<Alert> {
        self.clock.set_by(self.at(minute).duration_since(self.clock.now()));
        let before = self.notices().await;
        self.objective.check().await.unwrap();
        let mut after = self.notices().await;
        after.retain(|notice| !before.contains(notice));
        after
    }

    async fn notices(&self) -> Vec<Alert> {
        let alerts = self.store.alerts(AlertQuery { limit: 100, ..AlertQuery::default() }).await.unwrap();
        let notices = alerts.into_iter().filter(|report| report.alert.kind == AlertKind::Notice);
        notices
            .map(|report| {
                assert_eq!(report.deliveries.len(), 1);
                assert_eq!(report.deliveries[0].target(), "night");
                report.alert
            })
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_breach_is_told_once_with_the_stop_that_took_the_time_and_so_is_its_end() {
    let mut desk = Desk::new();
    let quick = desk.raise("In time", 0, 8).await;
    desk.accept(&quick, 9).await;
    assert_eq!(desk.told(9).await, []);

    let slow = desk.raise("Found late", 10, 22).await;
    let notices = desk.told(22).await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].headline, "Alerts take longer than 10 min");
    let text = "“Found late” to desk has waited for 12 min: 12 min until a poll found it, 0 s from there.";
    assert_eq!(notices[0].text, text);

    desk.accept(&slow, 23).await;
    assert_eq!(desk.told(24).await, [], "it was told");
    assert_eq!(desk.told(82).await, [], "an hour is not over");
    let ends = desk.told(83).await;
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].headline, "Alerts are accepted within 10 min again");
    assert_eq!(desk.told(84).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_does_not_accept_is_named_while_it_does_not() {
    let mut desk = Desk::new();
    let stuck = desk.raise("Not accepted", 0, 1).await;
    assert_eq!(desk.told(10).await, [], "ten minutes are allowed");
    let notices = desk.told(11).await;
    let text = "“Not accepted” to desk has waited for 11 min: 1 min until a poll found it, 10 min from there.";
    assert_eq!(notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>(), [text]);
    assert_eq!(desk.told(600).await, [], "it still waits");
    desk.accept(&stuck, 600).await;
    assert_eq!(desk.told(659).await, []);
    assert_eq!(desk.told(660).await.len(), 1);
}
