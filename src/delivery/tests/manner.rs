//! Lanes over a real store at chosen times: what a target is told when, together with what, and by whom when it fails.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::*;
use crate::delivery::lane::Lane;
use crate::model::{
    AlertId, Calendar, Days, DeliveryId, Fallback, FeedId, GroupBy, Grouping, Hours, ItemId, Manner, Rate, StoryId,
};
use crate::store::OutboxReport;

/// Answers as it is told to, and remembers what it was handed.
#[derive(Default)]
struct Receiver {
    answers: Mutex<VecDeque<NotifyError>>,
    /// What it says when nothing is scripted.
    broken: Mutex<Option<NotifyError>>,
    got: Mutex<Vec<(DeliveryId, Alert)>>,
    attempts: Mutex<usize>,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Notifier for Receiver {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, _: Timestamp) -> Result<(), NotifyError> {
        *lock(&self.attempts) += 1;
        let scripted = lock(&self.answers).pop_front();
        if let Some(error) = scripted.or_else(|| lock(&self.broken).clone()) {
            return Err(error);
        }
        lock(&self.got).push((delivery.id, alert.clone()));
        Ok(())
    }
}

impl Receiver {
    fn got(&self) -> Vec<Alert> {
        lock(&self.got).iter().map(|(_, alert)| alert.clone()).collect()
    }

    fn breaks(&self, how: Option<NotifyError>) {
        *lock(&self.broken) = how;
    }

    fn attempts(&self) -> usize {
        *lock(&self.attempts)
    }
}

fn away() -> NotifyError {
    NotifyError::Transient { why: "nobody answers".to_owned(), retry_after: None }
}

/// A store, its targets and their lanes.
struct House {
    _state: tempfile::TempDir,
    parts: Parts,
    lanes: Vec<(Lane, Arc<Receiver>)>,
}

impl House {
    async fn new(targets: Vec<Target>, owner: &[&str]) -> Self {
        let state = tempfile::tempdir().expect("a directory");
        let mut parts = parts(state.path(), &[]).await;
        parts.owner = targets.iter().filter(|target| owner.contains(&target.name.as_str())).cloned().collect();
        parts.targets = targets.into();
        let mut house = Self { _state: state, parts, lanes: Vec::new() };
        house.restart().await;
        // The alert that every store of these tests begins with.
        let mut first = house.parts.store.claim("desk", START, 1).await.expect("a claim").deliveries;
        let (delivery, _) = first.pop().expect("a delivery");
        let sent = crate::model::Sent {
            id: delivery.id,
            alert: delivery.alert,
            target: "desk".to_owned(),
            accepted: START,
            attempts: 1,
            held: None,
        };
        house.parts.store.settle(Settlement::Sent(sent)).await.expect("settled");
        house
    }

    /// New lanes, as after a start: nothing is remembered but what is stored.
    async fn restart(&mut self) {
        tidy(&self.parts).await.expect("tidied");
        let receivers: Vec<Arc<Receiver>> = self.lanes.iter().map(|(_, receiver)| receiver.clone()).collect();
        let lanes = self.parts.targets.iter().enumerate().map(|(at, target)| {
            let receiver = receivers.get(at).cloned().unwrap_or_default();
            (Lane::new(self.parts.clone(), target.clone(), receiver.clone()), receiver)
        });
        self.lanes = lanes.collect();
    }

    fn receiver(&self, at: usize) -> Arc<Receiver> {
        self.lanes[at].1.clone()
    }

    /// Raises an alert about a story for all targets.
    async fn raise(&self, story: &str, at: Timestamp, urgent: bool) -> AlertId {
        let story = StoryId::opened_by(ItemId::new(FeedId::new("x"), "guid", story.as_bytes()));
        let id = AlertId::first(story, "odesa");
        let alert = Alert { id, kind: AlertKind::News, story: Some(story), urgent, raised: at, ..alert() };
        let row = |target: &Target| Delivery::new(id, &target.name, at, at + SignedDuration::from_hours(1));
        let deliveries = self.parts.targets.iter().map(row).collect();
        self.parts.store.raise(Raise { alert, deliveries }).await.expect("durable");
        id
    }

    /// Lets every lane do what is to be done at a time.
    async fn at(&mut self, now: Timestamp) {
        for _ in 0..3 {
            for (lane, _) in &mut self.lanes {
                lane.work(Clock::starting_at(now)).await;
            }
        }
    }

    async fn outbox(&self) -> OutboxReport {
        self.parts.store.outbox(usize::MAX).await.expect("an outbox")
    }
}

fn told(name: &str, manner: Manner) -> Target {
    Target { manner, ..target(name) }
}

fn after(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

const HOUR: i64 = 3_600;

/// Tests begin at 08:00 UTC.
fn time(hour: i8) -> Time {
    Time::constant(hour, 0, 0, 0)
}

#[tokio::test]
async fn a_digest_tells_all_that_was_raised_before_its_time_in_one_message() {
    let digest = Calendar { days: Days::ALL, times: vec![time(10)], zone: TimeZone::UTC };
    let mut house = House::new(vec![told("desk", Manner { digest: Some(digest), ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    for story in ["a", "b", "c"] {
        house.raise(story, START, false).await;
    }
    house.at(after(60)).await;
    assert_eq!(receiver.attempts(), 0);
    let held = house.outbox().await;
    assert!(held.deliveries.iter().all(DeliveryState::is_held) && held.waiting == 3, "{held:?}");
    house.restart().await;
    house.at(after(2 * HOUR)).await;
    let [digest] = &receiver.got()[..] else { panic!("{:?}", receiver.got()) };
    assert_eq!((digest.kind, digest.members.len(), digest.member_count), (AlertKind::Digest, 3, 3));
    assert_eq!(house.outbox().await.waiting, 0);
    let query = AlertQuery { limit: 10, ..AlertQuery::default() };
    for report in house.parts.store.alerts(query).await.expect("alerts") {
        match (report.alert.kind, &report.deliveries[..]) {
            (AlertKind::News, [DeliveryState::Digested(told)]) => assert_eq!(told.digest, digest.id),
            (AlertKind::Digest | AlertKind::Test, [DeliveryState::Sent(_)]) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_digest_keeps_its_members_and_its_id_over_a_crash() {
    let digest = Calendar { days: Days::ALL, times: vec![time(10)], zone: TimeZone::UTC };
    let mut house = House::new(vec![told("desk", Manner { digest: Some(digest), ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    receiver.breaks(Some(away()));
    house.raise("a", START, false).await;
    house.raise("b", START, false).await;
    house.at(after(2 * HOUR)).await;
    let frozen: Vec<DeliveryId> = house
        .outbox()
        .await
        .deliveries
        .iter()
        .map(|row| match row {
            DeliveryState::Waiting(row) => row.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(frozen.len(), 1);
    house.raise("c", after(HOUR), false).await;
    receiver.breaks(None);
    house.restart().await;
    house.at(after(2 * HOUR + 300)).await;
    let got = lock(&receiver.got).clone();
    assert_eq!((got.len(), got[0].0 == frozen[0] || got[1].0 == frozen[0]), (2, true), "{got:?}");
    let members: Vec<usize> = got.iter().map(|(_, alert)| alert.members.len()).collect();
    assert!(members.contains(&2) && members.contains(&0), "the third came later, and by itself: {members:?}");
}

#[tokio::test]
async fn quiet_hours_let_pass_what_is_urgent() {
    let hours = Hours { days: Days::ALL, from: time(7), to: time(9), zone: TimeZone::UTC };
    let mut house = House::new(vec![told("desk", Manner { quiet_hours: vec![hours], ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    let calm = house.raise("a", START, false).await;
    let urgent = house.raise("b", START, true).await;
    house.at(START).await;
    assert_eq!(receiver.got().iter().map(|alert| alert.id).collect::<Vec<_>>(), [urgent]);
    house.at(after(HOUR)).await;
    assert_eq!(receiver.got().iter().map(|alert| alert.id).collect::<Vec<_>>(), [urgent, calm]);
}

#[tokio::test]
async fn quiet_hours_that_begin_while_a_delivery_waits_for_room_are_kept() {
    let hours = Hours { days: Days::ALL, from: Time::constant(8, 5, 0, 0), to: time(9), zone: TimeZone::UTC };
    let rate = Some(Rate { messages: 1, per: Duration::from_mins(10) });
    let manner = Manner { quiet_hours: vec![hours], rate, ..Manner::default() };
    let mut house = House::new(vec![told("desk", manner)], &[]).await;
    let receiver = house.receiver(0);
    for story in ["a", "b"] {
        let alert = Alert { id: AlertId::notice(story), kind: AlertKind::News, ..alert() };
        let row = Delivery { attempts: 1, ..Delivery::new(alert.id, "desk", START, after(9 * HOUR)) };
        house.parts.store.raise(Raise { alert, deliveries: vec![row] }).await.expect("durable");
    }
    house.at(START).await;
    house.at(after(600)).await;
    assert_eq!(receiver.got().len(), 1, "the other waits for room, and then for the end of the quiet hours");
    house.at(after(HOUR)).await;
    assert_eq!(receiver.got().len(), 2);
}

#[tokio::test]
async fn a_digest_tells_what_was_raised_while_the_clock_was_ahead() {
    let digest = Calendar { days: Days::ALL, times: vec![time(10)], zone: TimeZone::UTC };
    let mut house = House::new(vec![told("desk", Manner { digest: Some(digest), ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    for story in ["a", "b"] {
        house.raise(story, after(365 * 24 * HOUR), false).await;
    }
    house.at(START).await;
    assert_eq!(receiver.attempts(), 0);
    house.at(after(2 * HOUR)).await;
    assert_eq!(receiver.got().iter().map(|alert| alert.members.len()).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_storm_becomes_a_summary_and_nothing_is_dropped() {
    let rate = Rate { messages: 5, per: Duration::from_mins(10) };
    let mut house = House::new(vec![told("desk", Manner { rate: Some(rate), ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    let raise = async |house: &House, from: usize, to: usize, at: Timestamp| {
        for n in from..to {
            house.raise(&n.to_string(), at, false).await;
        }
    };
    raise(&house, 0, 60, START).await;
    house.at(START).await;
    let sizes = |alerts: &[Alert]| alerts.iter().map(|alert| alert.members.len().max(1)).collect::<Vec<_>>();
    assert_eq!(sizes(&receiver.got()), [1, 1, 1, 1, 56]);
    raise(&house, 60, 90, after(60)).await;
    house.at(after(300)).await;
    assert_eq!((receiver.got().len(), house.outbox().await.waiting), (5, 30), "the rate is kept");
    raise(&house, 90, 500, after(400)).await;
    house.at(after(600)).await;
    let got = receiver.got();
    assert_eq!(sizes(&got).iter().sum::<usize>(), 500);
    assert!(got.len() <= 10, "five messages in ten minutes: {:?}", sizes(&got));
}

#[tokio::test]
async fn alerts_about_one_story_are_told_together() {
    let (wait, interval) = (Duration::from_secs(30), Duration::from_mins(5));
    let group = Some(Grouping { by: GroupBy::Watch, wait, interval });
    let mut house = House::new(vec![told("desk", Manner { group, ..Manner::default() })], &[]).await;
    let receiver = house.receiver(0);
    house.raise("a", START, false).await;
    house.at(START).await;
    house.raise("b", after(20), false).await;
    house.at(after(20)).await;
    assert_eq!(receiver.attempts(), 0);
    house.at(after(30)).await;
    house.raise("c", after(40), false).await;
    house.at(after(40)).await;
    house.at(after(329)).await;
    let [both] = &receiver.got()[..] else { panic!("{:?}", receiver.got()) };
    assert_eq!((both.members.len(), both.watch.as_str()), (2, "odesa"));
    house.at(after(330)).await;
    assert_eq!(receiver.got().len(), 2, "the third alone");
}

#[tokio::test]
async fn a_failing_target_is_tried_with_one_and_its_queue_released_at_the_first_success() {
    let mut house = House::new(vec![target("desk")], &[]).await;
    let receiver = house.receiver(0);
    receiver.breaks(Some(away()));
    for n in 0..20 {
        house.raise(&n.to_string(), START, false).await;
    }
    house.at(START).await;
    let mut tried = Vec::new();
    for minute in 1..=30 {
        house.at(after(minute * 60)).await;
        tried.push(receiver.attempts());
    }
    let per_probe = tried.last().expect("a number") - tried[4];
    assert!((4..=6).contains(&per_probe), "every five minutes: {tried:?}");
    receiver.breaks(None);
    house.at(after(31 * 60)).await;
    house.at(after(36 * 60)).await;
    assert_eq!((receiver.got().len(), house.outbox().await.waiting), (20, 0));
}

#[tokio::test]
async fn a_fallback_is_told_in_place_of_a_target_that_fails_and_each_is_told_once() {
    let fallback = Some(Fallback { target: "phone".to_owned(), after: Duration::from_mins(10) });
    let desk = told("desk", Manner { fallback, ..Manner::default() });
    let mut house = House::new(vec![desk, target("phone"), target("boss")], &["boss"]).await;
    let (desk, phone, boss) = (house.receiver(0), house.receiver(1), house.receiver(2));
    desk.breaks(Some(away()));
    // The phone has its own delivery of whatever is raised for all.
    let only_desk = async |house: &House, n: &str, at: Timestamp| {
        let alert = Alert { id: AlertId::notice(n), kind: AlertKind::News, raised: at, ..alert() };
        let row = Delivery::new(alert.id, "desk", at, at + SignedDuration::from_hours(9));
        house.parts.store.raise(Raise { alert, deliveries: vec![row] }).await.expect("durable");
    };
    only_desk(&house, "one", START).await;
    only_desk(&house, "two", START).await;
    let both = house.raise("both", START, false).await;
    for minute in 0..=9 {
        house.at(after(minute * 60)).await;
    }
    assert_eq!(phone.got().iter().map(|alert| alert.id).collect::<Vec<_>>(), [both]);
    for minute in 10..=20 {
        house.at(after(minute * 60)).await;
    }
    assert_eq!(phone.got().len(), 3, "each once: {:?}", phone.got());
    only_desk(&house, "three", after(1_300)).await;
    house.at(after(1_300)).await;
    assert_eq!(phone.got().len(), 4, "what comes later, too");
    assert!(boss.got().iter().any(|alert| alert.headline.contains("The target “desk” fails")), "{:?}", boss.got());
    desk.breaks(None);
    for minute in 22..=30 {
        house.at(after(minute * 60)).await;
    }
    assert_eq!((desk.got().len(), phone.got().len(), house.outbox().await.waiting), (4, 4, 0));
    assert!(boss.got().iter().any(|alert| alert.headline.contains("“desk” is well again")), "{:?}", boss.got());
}

#[tokio::test]
async fn what_waits_for_a_failing_target_past_its_deadline_is_a_dead_letter() {
    let mut house = House::new(vec![target("desk"), target("boss")], &["boss"]).await;
    let (desk, boss) = (house.receiver(0), house.receiver(1));
    desk.breaks(Some(away()));
    for n in 0..10 {
        house.raise(&n.to_string(), START, false).await;
    }
    for minute in 0..=66 {
        house.at(after(minute * 60)).await;
    }
    let outbox = house.outbox().await;
    assert_eq!((outbox.waiting, outbox.dead), (0, 10));
    let letters = boss.got().iter().filter(|alert| alert.headline.contains("did not reach")).count();
    assert_eq!(letters, 1, "one notice an hour");
}

#[tokio::test]
async fn a_target_that_is_gone_is_left_alone_until_the_next_start() {
    let mut house = House::new(vec![target("desk"), target("boss")], &["boss"]).await;
    let (desk, boss) = (house.receiver(0), house.receiver(1));
    lock(&desk.answers).push_back(NotifyError::Gone { why: "410".to_owned() });
    house.raise("a", START, false).await;
    house.at(START).await;
    house.raise("b", after(60), false).await;
    house.at(after(600)).await;
    assert_eq!((desk.attempts(), house.outbox().await.waiting, house.outbox().await.dead), (1, 1, 1));
    let notices = boss.got().into_iter().filter(|alert| alert.kind == AlertKind::Notice);
    assert_eq!(notices.map(|alert| alert.headline).collect::<Vec<_>>(), ["The target “desk” is gone"]);
    house.restart().await;
    house.at(after(660)).await;
    assert_eq!(desk.got().len(), 1);
}
