//! Deliveries a second through a lane, each recorded durably, to a webhook on this machine: while few wait and while 100,000
//! do. The reference posts the same bodies with the bare client, as many at once, and records nothing; the second reference
//! syncs a file once for each post besides. Run it with `cargo bench --bench delivery`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]
#![allow(clippy::unwrap_used, reason = "a bench that fails shall say where")]

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use newswatch::address::AddressPolicy;
use newswatch::clock::{Clock, Dice};
use newswatch::delivery::{Lane, Parts};
use newswatch::fetch;
use newswatch::model::{
    Alert, AlertId, AlertKind, Delivery, FeedId, ItemId, Secret, StoryId, Target, TargetKind, WebhookTarget,
};
use newswatch::notify;
use newswatch::store::{Embedded, Raise, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Waiting deliveries at the start of each run.
const QUEUES: [usize; 3] = [100, 10_000, 100_000];
/// Deliveries that are timed.
const TIMED: usize = 4_000;
/// Posts at once: those of a lane.
const AT_ONCE: usize = 4;
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (url, seen) = receiver().await;
        let policy = AddressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()] };
        let client = fetch::posting_client(&policy, None, Duration::from_secs(10)).unwrap();
        let bare = posts(&client, &url, false).await;
        let synced = posts(&client, &url, true).await;
        println!("bare client: {bare:.0} posts/s; with a sync each: {synced:.0} posts/s");
        println!("{:>9} {:>14} {:>8} {:>12} {:>10}", "waiting", "deliveries/s", "× bare", "× synced", "RSS, MiB");
        for waiting in QUEUES {
            let (rate, resident) = lane(&client, &policy, &url, &seen, waiting).await;
            println!("{waiting:>9} {rate:>14.0} {:>8.2} {:>12.2} {resident:>10}", rate / bare, rate / synced);
        }
    });
}

/// A server that accepts everything, and how much it has.
async fn receiver() -> (Url, Arc<AtomicUsize>) {
    let seen: Arc<AtomicUsize> = Arc::default();
    let counter = seen.clone();
    let accept = move |_body: axum::body::Bytes| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { axum::http::StatusCode::NO_CONTENT }
    };
    let routes = axum::Router::new().route("/", axum::routing::post(accept));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, seen)
}

fn alert(n: usize) -> Alert {
    let story = StoryId::opened_by(ItemId::new(FeedId::new("bench"), "guid", &n.to_be_bytes()));
    let text = "Word for word what a report says in its first lines. ".repeat(12);
    let notice =
        Alert::about_itself(AlertKind::News, "", format!("Report {n} from the harbour"), text, Timestamp::UNIX_EPOCH);
    Alert { id: AlertId::first(story, "harbour"), watch: "harbour".to_owned(), story: Some(story), ..notice }
}

/// Posts a second of the bare client.
async fn posts(client: &reqwest::Client, url: &Url, sync: bool) -> f64 {
    let next: Arc<AtomicUsize> = Arc::default();
    let file = Arc::new(std::sync::Mutex::new(tempfile::tempfile().unwrap()));
    let timer = Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (client, url, next, file) = (client.clone(), url.clone(), next.clone(), file.clone());
        tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= TIMED {
                    return;
                }
                let body = notify::payload(&alert(n), Timestamp::UNIX_EPOCH);
                client.post(url.clone()).body(body).send().await.unwrap();
                if sync {
                    let file = file.clone();
                    let write = move || {
                        let mut file = file.lock().unwrap();
                        file.write_all(&[7; 200]).unwrap();
                        file.sync_data().unwrap();
                    };
                    tokio::task::spawn_blocking(write).await.unwrap();
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    TIMED as f64 / timer.elapsed().as_secs_f64()
}

/// Deliveries a second of a lane, and what the process holds at the end.
async fn lane(
    client: &reqwest::Client,
    policy: &AddressPolicy,
    url: &Url,
    seen: &AtomicUsize,
    waiting: usize,
) -> (f64, u64) {
    let dir = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Embedded::open(dir.path()).unwrap().into();
    let clock = Clock::system();
    let now = clock.now();
    raise(&store, 0..waiting, now).await;
    let webhook = WebhookTarget { url: url.clone(), keys: vec![Secret::new(KEY)] };
    let target = Target::new("desk", TargetKind::Webhook(Box::new(webhook)), Duration::from_hours(96));
    let notifier = notify::build(&target, client, policy).unwrap();
    let parts = Parts {
        store: store.clone(),
        clock,
        dice: Arc::new(Dice::seeded(1)),
        wake: watch::channel(()).0,
        owner: Arc::new([]),
        links: None,
        troubles: Arc::default(),
        targets: Arc::new([target.clone()]),
    };
    let (before, timed) = (seen.load(Ordering::Relaxed), TIMED.max(waiting.min(TIMED)));
    let wake = parts.wake.clone();
    let cancel = CancellationToken::new();
    let timer = Instant::now();
    let running = tokio::spawn(Lane::new(parts, target, notifier.into()).run(cancel.clone()));
    // Where few wait, as many more come while they are delivered.
    let mut raised = waiting;
    while seen.load(Ordering::Relaxed) - before < timed {
        let left = raised - (seen.load(Ordering::Relaxed) - before);
        if raised < timed && left < 64 {
            raise(&store, raised..raised + 64, now).await;
            raised += 64;
            wake.send_replace(());
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let rate = timed as f64 / timer.elapsed().as_secs_f64();
    let held = resident();
    cancel.cancel();
    running.await.unwrap().unwrap();
    store.close().await.unwrap();
    (rate, held)
}

async fn raise(store: &Arc<dyn Store>, numbers: std::ops::Range<usize>, now: Timestamp) {
    let mut raising = tokio::task::JoinSet::new();
    for n in numbers {
        let store = store.clone();
        raising.spawn(async move {
            let alert = alert(n);
            let row = Delivery::new(alert.id, "desk", now, now + SignedDuration::from_hours(96));
            store.raise(Raise { alert, deliveries: vec![row] }).await.unwrap();
        });
        if raising.len() >= 512 {
            raising.join_next().await.unwrap().unwrap();
        }
    }
    raising.join_all().await;
}

/// What the process holds, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 10
}
