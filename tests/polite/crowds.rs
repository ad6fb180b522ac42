//! Many feeds at once: on one host, after a long sleep, behind a network that comes and goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use newswatch::clock::Clock;
use newswatch::fetch::{Ask, FetchError, Fetched, Fetching, Heard};
use newswatch::model::Feed;

use crate::support::lock;
use crate::world::{DAY, World, feed, feed_every};

/// Publishers without a network: each answers after a moment of virtual time.
struct Answers {
    clock: Clock,
    log: Arc<Mutex<Log>>,
    /// Whether a request at this time is answered; nobody is reached otherwise.
    up: Box<dyn Fn(Timestamp, usize) -> bool + Send + Sync>,
}

#[derive(Default)]
struct Log {
    /// When each host was asked for what.
    asked: Vec<(Timestamp, String, String)>,
    in_flight: usize,
    most_in_flight: usize,
}

impl Answers {
    fn new(world: &World, up: impl Fn(Timestamp, usize) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { clock: world.clock.clone(), log: Arc::default(), up: Box::new(up) })
    }

    fn asked_since(&self, since: Timestamp) -> Vec<(Timestamp, String, String)> {
        let mut asked = lock(&self.log).asked.clone();
        asked.retain(|(at, ..)| *at >= since);
        asked
    }

    /// The shortest time between two requests to one host.
    fn closest(&self, since: Timestamp) -> SignedDuration {
        let mut last = HashMap::new();
        let asked = self.asked_since(since);
        let gaps = asked.iter().filter_map(|(at, host, _)| Some(at.duration_since(last.insert(host, *at)?)));
        gaps.min().unwrap_or(SignedDuration::MAX)
    }
}

#[async_trait]
impl Fetching for Answers {
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let now = self.clock.now();
        let number = {
            let mut log = lock(&self.log);
            let host = ask.source.host().unwrap_or_default().to_owned();
            log.asked.push((now, host, ask.feed.name.clone()));
            log.in_flight += 1;
            log.most_in_flight = log.most_in_flight.max(log.in_flight);
            log.asked.len()
        };
        tokio::time::sleep(Duration::from_millis(200)).await;
        lock(&self.log).in_flight -= 1;
        if !(self.up)(now, number) {
            return Err(FetchError::Connect("no such host is known".to_owned()));
        }
        Ok(Fetched::Unchanged { validators: None, heard: Box::new(Heard::default()) })
    }
}

fn feeds(count: usize, url: impl Fn(usize) -> String) -> Vec<Feed> {
    (0..count).map(|n| Feed { name: n.to_string(), ..feed(&url(n)) }).collect()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_feeds_on_one_host_wait_their_turn() {
    let world = World::new().await;
    let answers = Answers::new(&world, |_, _| true);
    let feeds = feeds(100_000, |n| format!("http://one.example/{n}"));
    world.watch_by(answers.clone(), None, &feeds, Duration::from_mins(10)).await;
    let asked = answers.asked_since(Timestamp::MIN);
    assert_eq!(lock(&answers.log).most_in_flight, 1);
    assert!(answers.closest(Timestamp::MIN) >= SignedDuration::from_secs(1));
    assert!((480..=500).contains(&asked.len()), "{} in ten minutes: the host is never idle", asked.len());
    let order: Vec<usize> = asked.iter().map(|(.., name)| name.parse().unwrap()).collect();
    assert!(order.is_sorted_by(|a, b| a < b), "whoever came first, and nobody twice before all others: {order:?}");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_for_a_day_catches_up_without_a_stampede() {
    let world = World::new().await;
    let answers = Answers::new(&world, |_, _| true);
    // Five feeds on each of 200 hosts.
    let feeds = feeds(1_000, |n| format!("http://h{}.example/{n}", n % 200));
    let clock = world.clock.clone();
    let sleeper = tokio::spawn(async move {
        tokio::time::sleep(DAY).await;
        clock.set_by(SignedDuration::from_hours(24));
        clock.now()
    });
    world.watch_by(answers.clone(), None, &feeds, 2 * DAY).await;
    let woken = sleeper.await.unwrap();
    let after = |minutes: i64| {
        let mut asked = answers.asked_since(woken);
        asked.retain(|(at, ..)| *at < woken + SignedDuration::from_mins(minutes));
        asked
    };
    assert!(answers.closest(woken) >= SignedDuration::from_secs(1));
    assert!(lock(&answers.log).most_in_flight <= 64);
    let first: std::collections::HashSet<String> = after(2).into_iter().map(|(.., name)| name).collect();
    assert_eq!((first.len(), after(2).len()), (1_000, 1_000), "each once within two minutes, and none twice");
    // The day is over, and no poll of it is made good.
    let (rush, usual) = (after(60).len(), answers.asked_since(woken - SignedDuration::from_hours(26)).len() / 24);
    assert!(rush <= 2_000, "{rush} requests in the first hour, {usual} usually");
}

#[tokio::test(start_paused = true)]
async fn names_that_resolve_now_and_then_alarm_nobody() {
    let world = World::new().await;
    // Every second request finds no name, whoever asks.
    let answers = Answers::new(&world, |_, number| number % 2 == 0);
    let feeds: Vec<Feed> = (0..50)
        .map(|n| Feed { name: n.to_string(), ..feed_every(&format!("http://h{n}.example/"), Duration::from_mins(10)) })
        .collect();
    world.watch_by(answers.clone(), None, &feeds, DAY).await;
    let notices = world.headlines().await;
    assert!(notices.len() <= 2, "{notices:?}");
    let asked = answers.asked_since(Timestamp::MIN).len();
    assert!((50 * 72..50 * 200).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_gone_is_one_notice_and_all_feeds_are_back_within_a_quarter_of_an_hour() {
    let world = World::new().await;
    let (from, to) = (world.now() + SignedDuration::from_hours(5), world.now() + SignedDuration::from_hours(9));
    let answers = Answers::new(&world, move |at, _| at < from || at >= to);
    let feeds = feeds(200, |n| format!("http://h{n}.example/"));
    world.watch_by(answers.clone(), None, &feeds, Duration::from_hours(12)).await;
    assert_eq!(world.headlines().await, ["No feed can be reached", "Feeds can be reached again"]);
    let mut back = answers.asked_since(to);
    back.retain(|(at, ..)| *at < to + SignedDuration::from_mins(17));
    let back: std::collections::HashSet<String> = back.into_iter().map(|(.., name)| name).collect();
    assert_eq!(back.len(), 200);
}
