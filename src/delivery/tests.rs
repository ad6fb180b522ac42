//! Lanes over a real store, with notifiers that fail as they are told.

use async_trait::async_trait;

use super::*;
use crate::model::TerminalTarget;
use crate::store::Embedded;

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
    Target { name: name.to_owned(), kind, deadline: Duration::from_hours(1) }
}

fn alert() -> Alert {
    Alert {
        id: AlertId::notice("a test"),
        kind: AlertKind::Test,
        watch: "tartus".to_owned(),
        raised: START,
        story: None,
        headline: "Ship seen off Tartus".to_owned(),
        lead: None,
        matched: None,
        members: Vec::new(),
        member_count: 0,
        text: String::new(),
    }
}

/// A store with one alert for the target `desk`, and what lanes need.
async fn parts(state: &std::path::Path, owner: &[Target]) -> Parts {
    let store: Arc<dyn Store> = Embedded::open(state).expect("a store").into();
    let delivery = Delivery::new(alert().id, "desk", START, START + SignedDuration::from_hours(1));
    store.raise(Raise { alert: alert(), deliveries: vec![delivery] }).await.expect("durable");
    let (wake, _) = watch::channel(());
    Parts { store, clock: Clock::starting_at(START), dice: Arc::new(Dice::seeded(1)), wake, owner: owner.into() }
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
    parts.store.close().await;
}
