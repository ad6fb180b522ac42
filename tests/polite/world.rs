//! A poller in virtual time, with the real fetcher, parser and store, and origins that it polls for days.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use jiff::Timestamp;
use newswatch::address::AddressPolicy;
use newswatch::clock::{Clock, Dice};
use newswatch::config::FetchLimits;
use newswatch::fetch::{self, Fetcher, Fetching};
use newswatch::matcher::Matcher;
use newswatch::model::{
    Alert, AlertKind, Budget, Feed, FeedState, Source, Target, TargetKind, TerminalFormat, TerminalTarget,
};
use newswatch::poller::{Hubs, Options, Parts, Poller};
use newswatch::store::{AlertQuery, Embedded, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::held::{HeldFetcher, HeldStore, hold};
use crate::origin::{Origin, Visit};
use crate::support::reply::Reply;

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// The world of a test.
pub(crate) struct World {
    pub(crate) clock: Clock,
    store: Option<Arc<dyn Store>>,
    pub(crate) options: Options,
    now_ms: Arc<AtomicI64>,
    dir: tempfile::TempDir,
}

impl World {
    /// On a Sunday at noon.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::starting_at("2026-11-22T12:00:00Z".parse().unwrap());
        let store = Some(Self::open(&dir).await);
        let kind = TargetKind::Terminal(TerminalTarget { format: TerminalFormat::default() });
        let owner = Target::new("owner", kind, DAY);
        let options = Options {
            lookback: Duration::from_secs(60),
            quiet: Duration::from_secs(600),
            max_in_flight: 64,
            host_gap: Duration::from_secs(1),
            budget: Budget::default(),
            targets: vec![owner],
            owner: vec!["owner".to_owned()],
            routes: Vec::new(),
        };
        let now_ms = Arc::new(AtomicI64::new(clock.now().as_millisecond()));
        Self { clock, store, options, now_ms, dir }
    }

    async fn open(dir: &tempfile::TempDir) -> Arc<dyn Store> {
        let _hold = hold();
        Arc::new(HeldStore(Embedded::open(dir.path()).unwrap().into()))
    }

    /// An origin on a loopback address.
    pub(crate) fn origin(&self, host: &str, answer: impl Fn(&Visit) -> Reply + Send + Sync + 'static) -> Origin {
        Origin::start(host, self.now_ms.clone(), answer)
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.store.as_ref().expect("open but for a moment")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Watches the feeds for so long.
    pub(crate) async fn watch(&self, feeds: &[Feed], time: Duration) {
        self.watch_by(self.fetching(), None, feeds, time).await;
    }

    /// The same, with hubs that push.
    pub(crate) async fn watch_hubs(&self, hubs: Hubs, feeds: &[Feed], time: Duration) {
        self.watch_by(self.fetching(), Some(hubs), feeds, time).await;
    }

    fn fetching(&self) -> Arc<dyn Fetching> {
        let limits = FetchLimits { host_gap: self.options.host_gap, ..FetchLimits::default() };
        let policy = AddressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()] };
        let client = fetch::client(&policy, Some("desk@example.org"), limits.connect_timeout).unwrap();
        let fetcher = Fetcher::new(client, policy, Some("desk@example.org"), limits);
        Arc::new(HeldFetcher { fetcher, clock: self.clock.clone(), now_ms: self.now_ms.clone() })
    }

    /// The same by other means than the network.
    pub(crate) async fn watch_by(
        &self,
        fetching: Arc<dyn Fetching>,
        hubs: Option<Hubs>,
        feeds: &[Feed],
        time: Duration,
    ) {
        let parts = Parts {
            store: self.store().clone(),
            fetching,
            matcher: Arc::new(Matcher::new(&[]).unwrap()),
            stories: Arc::default(),
            silences: Arc::default(),
            clock: self.clock.clone(),
            dice: Arc::new(Dice::seeded(7)),
            wake: watch::channel(()).0,
        };
        let poller = Poller::new(parts, self.options.clone(), feeds, hubs).await.unwrap();
        let cancel = CancellationToken::new();
        let running = tokio::spawn(poller.run(cancel.clone()));
        tokio::time::sleep(time).await;
        cancel.cancel();
        running.await.unwrap().unwrap();
    }

    /// Stops everything and starts it again on what lies on the disk.
    pub(crate) async fn restart(&mut self) {
        self.store().close().await.unwrap();
        // Its lock goes with the last handle.
        self.store = None;
        self.store = Some(Self::open(&self.dir).await);
    }

    /// What is remembered of a feed.
    pub(crate) async fn state(&self, feed: &Feed) -> FeedState {
        let states = self.store().load_feeds().await.unwrap();
        states.into_iter().find(|state| state.id == feed.id).expect("the feed was polled")
    }

    /// What the owner was told, the oldest first.
    pub(crate) async fn notices(&self) -> Vec<Alert> {
        let query = AlertQuery { limit: 10_000, ..AlertQuery::default() };
        let mut alerts: Vec<Alert> =
            self.store().alerts(query).await.unwrap().into_iter().map(|report| report.alert).collect();
        alerts.retain(|alert| alert.kind == AlertKind::Notice);
        alerts.reverse();
        alerts
    }

    /// How many items lie in the archive.
    pub(crate) async fn archived(&self) -> usize {
        let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = count.clone();
        let visit = move |_| {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            std::ops::ControlFlow::Continue(())
        };
        self.store().replay(Timestamp::MIN, Box::new(visit)).await.unwrap();
        count.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Their headlines.
    pub(crate) async fn headlines(&self) -> Vec<String> {
        self.notices().await.into_iter().map(|notice| notice.headline).collect()
    }
}

/// A feed at a URL, with no wishes of its own.
pub(crate) fn feed(url: &str) -> Feed {
    Feed { name: "Harbour".to_owned(), ..Feed::new(Source::Url(url.parse().unwrap())) }
}

/// The same, polled at an interval.
pub(crate) fn feed_every(url: &str, every: Duration) -> Feed {
    Feed { every: Some(every), ..feed(url) }
}
