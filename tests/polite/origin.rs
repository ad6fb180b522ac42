//! A publisher that answers by the request and the virtual time, and records every byte of every request.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

use crate::support::http::{self, Hooks, Request};
use crate::support::listener::{Level, Listener};
use crate::support::lock;
use crate::support::reply::Reply;

/// A request, and when it came.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) at: Timestamp,
    pub(crate) request: Request,
}

impl Visit {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }
}

/// Serves until dropped.
pub(crate) struct Origin {
    listener: Listener,
    visits: Arc<Mutex<Vec<Visit>>>,
}

impl Origin {
    /// On a loopback address of its own, with the clock of the world.
    pub(crate) fn start(
        host: &str,
        now_ms: Arc<AtomicI64>,
        answer: impl Fn(&Visit) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let visits = Arc::<Mutex<Vec<Visit>>>::default();
        let (log, level) = (visits.clone(), Level::default());
        let address: SocketAddr = format!("{host}:0").parse().unwrap();
        let listener = Listener::start_at(address, move |stream, gate| {
            let answer = |request: &Request| {
                let at = Timestamp::from_millisecond(now_ms.load(Ordering::SeqCst)).unwrap();
                let visit = Visit { at, request: request.clone() };
                let reply = answer(&visit);
                lock(&log).push(visit);
                reply
            };
            // A connection that breaks is the peer's doing.
            let _ = http::serve(&stream, gate, &Hooks::default(), &level, answer);
        });
        Self { listener, visits }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listener.address())
    }

    pub(crate) fn visits(&self) -> Vec<Visit> {
        lock(&self.visits).clone()
    }

    /// Those to a path.
    pub(crate) fn visits_to(&self, path: &str) -> Vec<Visit> {
        let mut visits = self.visits();
        visits.retain(|visit| visit.request.target == path);
        visits
    }
}

/// The times between visits, in seconds.
pub(crate) fn gaps(visits: &[Visit]) -> Vec<i64> {
    visits.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs()).collect()
}

/// A feed of a publisher who brings out an item every `minutes`, as it stands at a time: the newest twenty.
pub(crate) fn feed(at: Timestamp, minutes: i64) -> String {
    let newest = at.as_second() / (minutes * 60);
    let item = |number: i64| {
        let date = Timestamp::from_second(number * minutes * 60).unwrap();
        let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        format!(
            "<item><guid isPermaLink=\"false\">{number}</guid><title>Ship number {number} has left the harbour</title>\
             <pubDate>{date}</pubDate></item>"
        )
    };
    let items: String = (0..20).map(|back| item(newest - back)).collect();
    rss(&items)
}

/// A channel around items.
pub(crate) fn rss(inner: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>Harbour</title>{inner}</channel></rss>")
}

/// A date as HTTP writes it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Hours as a span.
pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}
