//! The poller in virtual time: the real store, parser and matcher on feeds in files, with a clock that tests can set.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use newswatch::clock::{Clock, Dice};
use newswatch::fetch::{Ask, FetchError, Fetched, Fetching};
use newswatch::matcher::Matcher;
use newswatch::model::{Feed, Source};
use newswatch::poller::{Options, Parts, Poller};
use newswatch::store::{Embedded, Store};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::held::HeldStore;

/// Reports when it is asked, and is never reached.
struct Unreachable(mpsc::UnboundedSender<Instant>);

#[async_trait::async_trait]
impl Fetching for Unreachable {
    async fn fetch(&self, _: &Ask<'_>) -> Result<Fetched, FetchError> {
        self.0.send(Instant::now()).unwrap();
        Err(FetchError::Connect("no route".to_owned()))
    }
}

fn feed(every: Option<Duration>) -> Feed {
    let source = Source::Url("https://example.org/feed".parse().unwrap());
    Feed { every, ..Feed::new(source) }
}

/// A poller of one feed that nobody reaches, its clock, and the times at which it is asked.
async fn poller(
    store: &Arc<dyn Store>,
    every: Option<Duration>,
    clock: &Clock,
) -> (Poller, mpsc::UnboundedReceiver<Instant>) {
    let (asked, times) = mpsc::unbounded_channel();
    let parts = Parts {
        store: store.clone(),
        fetching: Arc::new(Unreachable(asked)),
        matcher: Arc::new(Matcher::new(&[]).unwrap()),
        stories: Arc::default(),
        silences: Arc::default(),
        clock: clock.clone(),
        dice: Arc::new(Dice::seeded(7)),
        wake: watch::channel(()).0,
    };
    let options = Options {
        lookback: Duration::from_secs(60),
        quiet: Duration::from_secs(600),
        max_in_flight: 4,
        host_gap: Duration::ZERO,
        budget: newswatch::model::Budget::default(),
        targets: vec![],
        owner: vec![],
        routes: Vec::new(),
    };
    (Poller::new(parts, options, &[feed(every)], None).await.unwrap(), times)
}

fn open(dir: &Path) -> Arc<dyn Store> {
    Arc::new(HeldStore(Embedded::open(dir).unwrap().into()))
}

fn start() -> Clock {
    Clock::starting_at("2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap())
}

/// How long after `from` the feed is asked again.
async fn next(times: &mut mpsc::UnboundedReceiver<Instant>, from: Instant) -> Duration {
    times.recv().await.unwrap() - from
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_stop_the_polling() {
    for step in [SignedDuration::from_hours(-1), SignedDuration::from_hours(-24 * 365)] {
        let dir = tempfile::tempdir().unwrap();
        let clock = start();
        let (poller, mut times) = poller(&open(dir.path()), Some(Duration::from_secs(60)), &clock).await;
        let cancel = CancellationToken::new();
        let running = tokio::spawn(poller.run(cancel.clone()));
        let first = times.recv().await.unwrap();
        clock.set_by(step);
        assert!(next(&mut times, first).await < Duration::from_secs(200), "{step}");
        cancel.cancel();
        running.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_ahead_and_back_causes_neither_storm_nor_stall() {
    let dir = tempfile::tempdir().unwrap();
    let clock = start();
    let (poller, mut times) = poller(&open(dir.path()), Some(Duration::from_secs(600)), &clock).await;
    let cancel = CancellationToken::new();
    let running = tokio::spawn(poller.run(cancel.clone()));
    let first = times.recv().await.unwrap();
    clock.set_by(SignedDuration::from_hours(24 * 365));
    let ahead = next(&mut times, first).await;
    assert!(ahead <= Duration::from_secs(61), "overdue at once, as after a sleep: {ahead:?}");
    clock.set_by(SignedDuration::from_hours(-24 * 365));
    let begun = Instant::now();
    let mut asked = 0;
    while next(&mut times, begun).await < Duration::from_secs(3 * 3_600) {
        asked += 1;
    }
    assert!((8..=18).contains(&asked), "{asked} polls in three hours");
    cancel.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn however_long_the_network_was_gone_the_feed_is_asked_within_a_usual_interval() {
    let dir = tempfile::tempdir().unwrap();
    let clock = start();
    let (poller, mut times) = poller(&open(dir.path()), None, &clock).await;
    let cancel = CancellationToken::new();
    let running = tokio::spawn(poller.run(cancel.clone()));
    let mut last = times.recv().await.unwrap();
    for _ in 0..50 {
        let wait = next(&mut times, last).await;
        assert!(wait <= Duration::from_secs(17 * 60), "{wait:?}");
        last += wait;
    }
    cancel.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_was_polled_in_the_future_is_due_after_the_restart() {
    let dir = tempfile::tempdir().unwrap();
    let clock = start();
    clock.set_by(SignedDuration::from_hours(24 * 365));
    let store = open(dir.path());
    let (ahead, mut times) = poller(&store, None, &clock).await;
    let cancel = CancellationToken::new();
    let running = tokio::spawn(ahead.run(cancel.clone()));
    times.recv().await.unwrap();
    cancel.cancel();
    running.await.unwrap().unwrap();

    store.close().await.unwrap();
    drop(store);
    clock.set_by(SignedDuration::from_hours(-24 * 365));
    let (behind, mut times) = poller(&open(dir.path()), None, &clock).await;
    let begun = Instant::now();
    let cancel = CancellationToken::new();
    let running = tokio::spawn(behind.run(cancel.clone()));
    assert!(next(&mut times, begun).await < Duration::from_secs(1));
    cancel.cancel();
    running.await.unwrap().unwrap();
}
