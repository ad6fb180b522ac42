//! Lanes over a real store, with notifiers that fail as they are told.

mod manner;

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::attempt::is_spent;
use super::*;
use crate::model::{Alert, AlertKind, Delivery, TargetKind, TerminalTarget};
use crate::notify::{Notifier, NotifyError};
use crate::store::{AlertQuery, Embedded, Raise};

/// When the tests begin.
const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

struct Panics;

#[async_trait]
impl Notifier for Panics {
    async fn notify(&self, _: &Delivery, _: &Alert, _: Timestamp) -> Result<(), NotifyError> {
        panic!("index out of bounds")
    }
}

fn target(name: &str) -> Target {
    let kind = TargetKind::Terminal(TerminalTarget::default());
    Target::new(name, kind, Duration::from_hours(1))
}

fn alert() -> Alert {
    Alert {
        id: crate::model::AlertId::notice("a test"),
        kind: AlertKind::Test,
        watch: "odesa".to_owned(),
        urgent: false,
        raised: START,
        story: None,
        thread: None,
        standing: None,
        headline: "Ship seen off Odesa".to_owned(),
        lead: None,
        matched: None,
        members: Vec::new(),
        member_count: 0,
        text: String::new(),
        page: None,
    }
}

/// A store with one alert for the target `desk`, and what lanes need.
async fn parts(state: &std::path::Path, owner: &[Target]) -> Parts {
    let store: Arc<dyn Store> = Embedded::open(state).expect("a store").into();
    let delivery = Delivery::new(alert().id, "desk", START, START + SignedDuration::from_hours(1));
    store.raise(Raise { alert: alert(), deliveries: vec![delivery] }).await.expect("durable");
    let (wake, _) = watch::channel(());
    Parts {
        store,
        clock: Clock::starting_at(START),
        dice: Arc::new(Dice::seeded(1)),
        wake,
        owner: owner.into(),
        links: None,
        troubles: Arc::default(),
        targets: Arc::new([]),
    }
}

#[tokio::test]
async fn a_notifier_that_panics_has_failed_for_now_and_the_lane_goes_on() {
    let state = tempfile::tempdir().expect("a directory");
    let parts = parts(state.path(), &[]).await;
    let lane = Lane::new(parts.clone(), target("desk"), Arc::new(Panics));
    assert_eq!(lane.drain(CancellationToken::new()).await.expect("no end of the lane"), Drained { waiting: true });
    let outbox = parts.store.outbox(10).await.expect("an outbox");
    let [DeliveryState::Waiting(row)] = &outbox.deliveries[..] else { panic!("{outbox:?}") };
    let why = row.last_error.as_deref().expect("a reason");
    assert!(why.starts_with("a bug in newswatch") && why.contains("index out of bounds"), "{why}");
    assert_eq!(row.attempts, 1);
    parts.store.close().await.expect("a store that closes");
}

#[test]
fn the_attempt_that_was_to_be_the_last_is_not_if_it_came_when_nobody_could_hear_it() {
    let at = |minutes: i64| START + SignedDuration::from_mins(minutes);
    let row = |due: i64| Delivery { due: at(due), ..Delivery::new(alert().id, "desk", START, at(60)) };
    assert!(!is_spent(&row(0), at(0)) && !is_spent(&row(50), at(59)), "before the deadline");
    assert!(is_spent(&row(60), at(60)) && is_spent(&row(60), at(65)), "at the deadline, as planned");
    assert!(is_spent(&row(58), at(61)), "the deadline passed during the attempt");
    let days = 3 * 24 * 60;
    assert!(!is_spent(&row(0), at(days)) && !is_spent(&row(60), at(days)), "the machine slept, or nothing ran");
    assert!(is_spent(&row(days + 10), at(days + 10)), "the second one after the deadline");
    assert!(is_spent(&row(days + 10), at(2 * days)), "that one late, too: there is an end to it");
}

struct Silent;

#[async_trait]
impl Notifier for Silent {
    async fn notify(&self, _: &Delivery, _: &Alert, _: Timestamp) -> Result<(), NotifyError> {
        Err(NotifyError::Transient { why: "network is unreachable".to_owned(), retry_after: None })
    }
}

#[tokio::test]
async fn who_wakes_after_the_deadline_tries_twice_before_a_dead_letter() {
    let state = tempfile::tempdir().expect("a directory");
    let mut parts = parts(state.path(), &[]).await;
    let mut later = async |at: Timestamp| {
        parts.clock = Clock::starting_at(at);
        let lane = Lane::new(parts.clone(), target("desk"), Arc::new(Silent));
        lane.drain(CancellationToken::new()).await.expect("a lane");
        parts.store.outbox(10).await.expect("an outbox").deliveries.pop().expect("a row")
    };
    let woken = START + SignedDuration::from_hours(72);
    let DeliveryState::Waiting(row) = later(woken).await else { panic!("buried on waking") };
    let wait = row.due.duration_since(woken);
    assert!(wait >= SignedDuration::from_mins(10) && wait < SignedDuration::from_mins(11), "{wait:?}");
    let DeliveryState::Dead(letter) = later(row.due).await else { panic!("never buried") };
    assert_eq!(letter.delivery.attempts, 2);
    parts.store.close().await.expect("a store that closes");
}

struct Refuses;

#[async_trait]
impl Notifier for Refuses {
    async fn notify(&self, _: &Delivery, _: &Alert, _: Timestamp) -> Result<(), NotifyError> {
        Err(NotifyError::Permanent { why: "gone".to_owned() })
    }
}

#[tokio::test]
async fn a_dead_letter_that_nobody_else_can_be_told_of_stands_among_the_alerts() {
    let state = tempfile::tempdir().expect("a directory");
    let parts = parts(state.path(), &[target("desk")]).await;
    let lane = Lane::new(parts.clone(), target("desk"), Arc::new(Refuses));
    lane.drain(CancellationToken::new()).await.expect("a lane");
    let query = AlertQuery { limit: 10, ..AlertQuery::default() };
    let mut alerts = parts.store.alerts(query).await.expect("alerts");
    alerts.retain(|report| report.alert.kind == AlertKind::Notice);
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].alert.headline.contains("did not reach the target “desk”"), "{alerts:?}");
    assert!(alerts[0].alert.text.contains("refused for good: gone") && alerts[0].deliveries.is_empty(), "{alerts:?}");
    parts.store.close().await.expect("a store that closes");
}
