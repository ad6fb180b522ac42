//! Who has acknowledged a story is not reminded of it; everybody else is, a few times.

#![allow(clippy::unwrap_used, reason = "a test of the real store")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use newswatch::clock::Clock;
use newswatch::model::{
    AlertId, AlertKind, FeedId, ItemId, StoryId, Target, TargetKind, TerminalTarget, Thread, Watch,
};
use newswatch::reminder::{MAX_REMINDERS, Reminder};
use newswatch::store::{AlertQuery, Embedded, Store};
use newswatch::story::{Stories, Threads};

const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

fn thread(name: &str, told: &[&str]) -> Thread {
    let story = StoryId::opened_by(ItemId::new(FeedId::new("f"), "guid", name.as_bytes()));
    Thread {
        id: AlertId::first(story, "odesa"),
        story,
        watch: "odesa".to_owned(),
        headline: name.to_owned(),
        first_outlet: "Feed".to_owned(),
        first_at: START,
        newest: START,
        reports: 1,
        outlets: vec![1],
        origins: vec![],
        best: 0.9,
        counts: vec![],
        followed: vec![],
        raised: vec![],
        told: Some(told.iter().map(|name| (*name).to_owned()).collect()),
        acknowledged: None,
        opened: Some(START),
    }
}

#[tokio::test]
async fn a_story_is_told_again_until_somebody_has_it_in_hand() {
    let dir = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Embedded::open(dir.path()).unwrap().into();
    let (open, silenced, in_hand) = (thread("open", &["desk"]), thread("silenced", &[]), thread("in hand", &["desk"]));
    let in_hand_id = in_hand.id;
    let threads = Threads::new([open, silenced, in_hand]);
    let stories = Arc::new(Mutex::new(Stories { threads, ..Stories::default() }));
    let watch = Watch { name: "odesa".to_owned(), remind: Some(Duration::from_mins(30)), ..Watch::default() };
    let desk = Target::new("desk", TargetKind::Terminal(TerminalTarget::default()), Duration::from_hours(1));
    let at = async |minute: i64| {
        let clock = Clock::starting_at(START + SignedDuration::from_mins(minute));
        let (wake, _) = tokio::sync::watch::channel(());
        // A new one each time: what was raised is known from the store alone.
        let reminder = Reminder::new(
            store.clone(),
            stories.clone(),
            clock,
            wake,
            std::slice::from_ref(&watch),
            vec![desk.clone()],
        );
        reminder.unwrap().look().await.unwrap();
        let query = AlertQuery { limit: 100, ..AlertQuery::default() };
        let alerts = store.alerts(query).await.unwrap();
        assert!(alerts.iter().all(|report| report.alert.kind == AlertKind::Reminder && report.deliveries.len() == 1));
        alerts.iter().map(|report| report.alert.headline.clone()).collect::<Vec<_>>()
    };
    assert_eq!(at(29).await.len(), 0);
    assert_eq!(at(31).await.len(), 2);
    assert_eq!(at(32).await.len(), 2);
    stories.lock().unwrap().threads.acknowledge(in_hand_id, START);
    assert_eq!(at(61).await.len(), 3);
    for step in 3..20 {
        at(30 * step + 1).await;
    }
    let told = at(10_000).await;
    let reminded = |name: &str| told.iter().filter(|headline| headline.ends_with(name)).count();
    assert_eq!((reminded("open"), reminded("in hand"), reminded("silenced")), (MAX_REMINDERS as usize, 1, 0));
    store.close().await.unwrap();
}
