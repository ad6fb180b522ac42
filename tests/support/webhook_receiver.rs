//! A receiver of webhooks: it verifies what it gets, remembers what it accepted, and fails when it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::http::{self, Hooks, Moment, Request};
use super::journal::Journal;
use super::listener::{Level, Listener};
use super::reply::Reply;
use super::{lock, signature};

/// Where alerts are posted.
const PATH: &str = "/hook";
/// How far a timestamp may be off: a replayed request is older.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Receives webhooks until dropped.
///
/// ```ignore
/// let receiver = WebhookReceiver::start(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
/// receiver.script([Reply::status(500), Reply::status(429).retry_after("1"), Reply::hang_up()]); // then 204
/// let accepted = receiver.wait_for_deliveries(1, SOON);
/// assert_eq!(accepted[0].body["type"], "newswatch.alert");
/// ```
pub struct WebhookReceiver {
    desk: Arc<Desk>,
    listener: Listener,
}

/// A request that came to the receiver.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds.
    pub timestamp: u64,
    /// The JSON that was posted.
    pub body: Value,
    /// What it was answered; `None` where the script says to stay silent.
    pub answer: Option<u16>,
    /// Why it is no webhook: a bad signature, a header that is missing. Such a one is answered 401.
    pub fault: Option<String>,
    /// The whole request.
    pub request: Request,
}

impl Attempt {
    /// Whether it was taken: verified and answered 2xx.
    pub fn accepted(&self) -> bool {
        self.fault.is_none() && self.answer.is_some_and(|code| (200..300).contains(&code))
    }
}

struct Desk {
    keys: Vec<Vec<u8>>,
    script: Mutex<Script>,
    attempts: Journal<Attempt>,
    hooks: Hooks,
    in_flight: Level,
}

struct Script {
    next: VecDeque<Reply>,
    then: Reply,
}

impl Desk {
    /// Judges a request and writes it down, before the sender can know what became of it.
    fn answer(&self, request: &Request) -> Reply {
        let verdict = self.verify(request);
        let reply = match &verdict {
            Ok(_) => self.scripted(),
            Err(_) => Reply::status(401),
        };
        let (id, timestamp, body, fault) = match verdict {
            Ok((id, timestamp, body)) => (id, timestamp, body, None),
            Err(fault) => (String::new(), 0, Value::Null, Some(fault)),
        };
        let answer = reply.answers().then_some(reply.code());
        self.attempts.push(Attempt { id, timestamp, body, answer, fault, request: request.clone() });
        reply
    }

    fn scripted(&self) -> Reply {
        let mut script = lock(&self.script);
        script.next.pop_front().unwrap_or_else(|| script.then.clone())
    }

    fn verify(&self, request: &Request) -> Result<(String, u64, Value), String> {
        let header = |name: &str| request.header(name).ok_or_else(|| format!("no {name}"));
        if request.method != "POST" || request.path() != PATH {
            return Err(format!("{} {} is not POST {PATH}", request.method, request.target));
        }
        let (id, timestamp, signature) =
            (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
        let seconds: u64 = timestamp.parse().map_err(|_| format!("webhook-timestamp {timestamp:?} is no number"))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        if now.as_secs().abs_diff(seconds) > TOLERANCE.as_secs() {
            return Err(format!("webhook-timestamp {seconds} is too far from now"));
        }
        if !signature::is_signed(&self.keys, id, timestamp, &request.body, signature) {
            return Err(format!("webhook-signature {signature:?} is by no known key"));
        }
        let body = serde_json::from_slice(&request.body).map_err(|error| format!("the body is no JSON: {error}"))?;
        Ok((id.to_owned(), seconds, body))
    }
}

impl WebhookReceiver {
    /// Starts on a free port of loopback; trusts these keys, each `whsec_` and base64.
    pub fn start(keys: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), keys)
    }

    /// Starts on a known port: a receiver that comes back where it was.
    pub fn start_at(address: SocketAddr, keys: &[&str]) -> Self {
        let desk = Arc::new(Desk {
            keys: keys.iter().map(|key| signature::key_bytes(key).expect("whsec_ and base64")).collect(),
            script: Mutex::new(Script { next: VecDeque::new(), then: Reply::status(204) }),
            attempts: Journal::default(),
            hooks: Hooks::default(),
            in_flight: Level::default(),
        });
        let listener = Listener::start_at(address, {
            let desk = Arc::clone(&desk);
            move |stream, gate| {
                // An error is a sender that went away; what it sent is in the journal.
                let _ = http::serve(&stream, gate, &desk.hooks, &desk.in_flight, |request| desk.answer(request));
            }
        });
        Self { desk, listener }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Where to post.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address())
    }

    /// Answers the next verified requests so, one after the other.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.desk.script).next.extend(replies);
    }

    /// Answers every verified request so, once the script is through; 204 until told otherwise.
    pub fn then(&self, reply: Reply) {
        lock(&self.desk.script).then = reply;
    }

    /// Runs `hook` when a request has been judged and recorded, and nothing is answered yet.
    pub fn on_request(&self, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.desk.hooks.set(Moment::Received, PATH, hook);
    }

    /// Runs `hook` when the last byte of an answer has been sent.
    pub fn on_response(&self, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.desk.hooks.set(Moment::Answered, PATH, hook);
    }

    /// Every request so far, accepted or not.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.desk.attempts.all()
    }

    /// What was accepted so far, repeats included.
    pub fn deliveries(&self) -> Vec<Attempt> {
        accepted(&self.attempts())
    }

    /// Waits until `n` requests were accepted, repeats included, and returns all that were.
    #[track_caller]
    pub fn wait_for_deliveries(&self, n: usize, within: Duration) -> Vec<Attempt> {
        let done = |all: &[Attempt]| all.iter().filter(|attempt| attempt.accepted()).count() >= n;
        accepted(&self.wait_for(&format!("{n} deliveries"), within, done))
    }

    /// Waits until `done` says yes to the requests so far, accepted or not.
    #[track_caller]
    pub fn wait_for(&self, what: &str, within: Duration, done: impl FnMut(&[Attempt]) -> bool) -> Vec<Attempt> {
        self.desk.attempts.wait_for(what, within, done)
    }

    /// The most requests that were being answered at once.
    pub fn most_in_flight(&self) -> usize {
        self.desk.in_flight.most()
    }
}

fn accepted(attempts: &[Attempt]) -> Vec<Attempt> {
    attempts.iter().filter(|attempt| attempt.accepted()).cloned().collect()
}
