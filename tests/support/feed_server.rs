//! A feed publisher: an HTTP server whose answers are scripted path by path, and which remembers every request.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::http::{self, Hooks, Moment, Request};
use super::journal::Journal;
use super::listener::{Level, Listener};
use super::lock;
use super::reply::Reply;

/// Serves feeds until dropped.
///
/// ```ignore
/// let server = FeedServer::start();
/// server.feed("/tass.xml", RSS);
/// server.script("/flaky", [Reply::status(500), Reply::ok(RSS).etag("W/\"odd\"")]);
/// server.wait_for("a second poll", SOON, |requests| requests.len() == 2);
/// ```
pub struct FeedServer {
    publisher: Arc<Publisher>,
    listener: Listener,
}

#[derive(Default)]
struct Publisher {
    scripts: Mutex<HashMap<String, VecDeque<Reply>>>,
    requests: Journal<Request>,
    hooks: Hooks,
    in_flight: Level,
}

impl Publisher {
    /// The next step of the path's script; the last one stays.
    fn answer(&self, request: &Request) -> Reply {
        self.requests.push(request.clone());
        let mut scripts = lock(&self.scripts);
        let path = if scripts.contains_key(&request.target) { &request.target } else { request.path() };
        let Some(script) = scripts.get_mut(path) else { return Reply::status(404) };
        let reply = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        reply.unwrap_or_else(|| Reply::status(404)).unless_unchanged(request)
    }
}

impl FeedServer {
    /// Starts on a free port of loopback.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap())
    }

    /// Starts on a known port: a publisher that comes back where it was.
    pub fn start_at(address: SocketAddr) -> Self {
        let publisher = Arc::<Publisher>::default();
        let listener = Listener::start_at(address, {
            let publisher = Arc::clone(&publisher);
            move |stream, gate| {
                // An error is a client that went away; what it asked for is in the journal.
                let _ = http::serve(&stream, gate, &publisher.hooks, &publisher.in_flight, |r| publisher.answer(r));
            }
        });
        Self { publisher, listener }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The URL of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Publishes a feed, or a new version of it, with validators of its own.
    pub fn feed(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.set(path, feed(body));
    }

    /// Answers `path`, with or without query, in this way from now on.
    pub fn set(&self, path: &str, reply: Reply) {
        self.script(path, [reply]);
    }

    /// Answers `path` with one reply after the other; the last one stays.
    pub fn script(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.publisher.scripts).insert(path.to_owned(), replies.into_iter().collect());
    }

    /// Runs `hook` when a request for `path` has been recorded and nothing is answered yet.
    pub fn on_request(&self, path: &str, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.publisher.hooks.set(Moment::Received, path, hook);
    }

    /// Runs `hook` when the last byte of an answer to a request for `path` has been sent.
    pub fn on_response(&self, path: &str, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.publisher.hooks.set(Moment::Answered, path, hook);
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.publisher.requests.all()
    }

    /// The requests for `path` so far.
    pub fn requests_for(&self, path: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.path() == path).collect()
    }

    /// Waits until `done` says yes to the requests so far.
    #[track_caller]
    pub fn wait_for(&self, what: &str, within: Duration, done: impl FnMut(&[Request]) -> bool) -> Vec<Request> {
        self.publisher.requests.wait_for(what, within, done)
    }

    /// The most requests that were being answered at once.
    pub fn most_in_flight(&self) -> usize {
        self.publisher.in_flight.most()
    }
}

/// A 200 with an `ETag` and a `Last-Modified` that no other version of a feed has.
pub fn feed(body: impl Into<Vec<u8>>) -> Reply {
    static VERSIONS: AtomicU64 = AtomicU64::new(1);
    let version = VERSIONS.fetch_add(1, Ordering::SeqCst);
    let (minute, second) = (version / 60 % 60, version % 60);
    Reply::ok(body)
        .header("Content-Type", "application/xml")
        .etag(&format!("\"version-{version}\""))
        .last_modified(&format!("Wed, 27 Nov 2024 {:02}:{minute:02}:{second:02} GMT", version / 3600 % 24))
}
