//! A hub, written from the WebSub recommendation: it takes subscriptions, verifies them, and distributes what is
//! published, well or badly as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use url::{Url, form_urlencoded};

use super::call::{self, Answer};
use super::http::{self, Hooks, Request};
use super::journal::Journal;
use super::listener::{Level, Listener};
use super::reply::Reply;
use super::{lock, signature};

/// Where subscribers ask.
const PATH: &str = "/hub";
/// What is granted where nobody asks for a time, in seconds.
const USUAL_LEASE: u64 = 864_000;

/// A hub until dropped.
///
/// ```ignore
/// let hub = Hub::start();
/// hub.wait_for_verification(1, SOON);
/// let answers = hub.publish("https://a.example/feed", RSS, "application/rss+xml");
/// assert_eq!(answers, [Some(200)]);
/// ```
pub struct Hub {
    desk: Arc<Desk>,
    listener: Listener,
}

#[derive(Default)]
struct Desk {
    manners: Mutex<Manners>,
    subscribers: Mutex<HashMap<(String, String), Subscriber>>,
    asked: Journal<Asked>,
    verified: Journal<Verified>,
    hooks: Hooks,
    in_flight: Level,
}

/// How the hub behaves from now on.
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// The answer to each request, instead of 202 and a verification.
    pub answer: Option<Reply>,
    pub verifying: Verifying,
    pub signing: Signing,
    /// The lease that is granted whatever was asked for, as it is written.
    pub lease: Option<String>,
}

/// How intents are verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verifying {
    /// As the recommendation has it.
    #[default]
    Soundly,
    /// Before the request is answered, as older hubs do.
    AtOnce,
    /// Not at all.
    Never,
    /// With another topic than the one that was asked for.
    OtherTopic,
    /// With `hub.mode=denied`.
    Deny,
}

/// How pushes are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// By the secret, with SHA-256.
    #[default]
    Soundly,
    /// By another secret.
    Wrongly,
    /// Not at all.
    Never,
}

/// A request of a subscriber.
#[derive(Clone, Debug)]
pub struct Asked {
    pub form: HashMap<String, String>,
    /// `Content-Type`.
    pub content_type: String,
    pub answer: u16,
}

/// What came of asking back.
#[derive(Clone, Debug)]
pub struct Verified {
    pub mode: String,
    pub topic: String,
    /// `None` where nobody answered.
    pub status: Option<u16>,
    /// Whether it was 2xx with the very challenge.
    pub confirmed: bool,
}

/// Who is pushed to.
#[derive(Clone, Debug)]
pub struct Subscriber {
    pub callback: Url,
    pub topic: String,
    pub secret: Option<String>,
    pub until: Instant,
}

impl Desk {
    fn answer(self: &Arc<Self>, request: &Request) -> Reply {
        let manners = lock(&self.manners).clone();
        let form: HashMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let reply = match (&manners.answer, sound(request, &form)) {
            (Some(reply), _) => reply.clone(),
            (None, Err(fault)) => Reply::status(400).body(fault),
            (None, Ok(_)) => Reply::status(202),
        };
        let content_type = request.header("content-type").unwrap_or_default().to_owned();
        self.asked.push(Asked { form: form.clone(), content_type, answer: reply.code() });
        if reply.code() != 202 {
            return reply;
        }
        if manners.verifying == Verifying::AtOnce {
            self.verify(&form, &manners);
            return Reply::status(204);
        }
        let desk = Arc::clone(self);
        thread::spawn(move || desk.verify(&form, &manners));
        reply
    }

    /// WebSub, 5.3, and 5.2 for a denial.
    fn verify(&self, form: &HashMap<String, String>, manners: &Manners) {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let lease = manners.lease.clone().or_else(|| form.get("hub.lease_seconds").cloned());
        let lease = lease.unwrap_or_else(|| USUAL_LEASE.to_string());
        let challenge: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
        let topic =
            if manners.verifying == Verifying::OtherTopic { "https://other.example/" } else { &field("hub.topic") };
        let mode = field("hub.mode");
        let fields = match manners.verifying {
            Verifying::Never => return,
            Verifying::Deny => vec![("hub.mode", "denied"), ("hub.topic", topic), ("hub.reason", "not pushed here")],
            _ => vec![
                ("hub.mode", mode.as_str()),
                ("hub.topic", topic),
                ("hub.challenge", &challenge),
                ("hub.lease_seconds", &lease),
            ],
        };
        let callback: Url = field("hub.callback").parse().expect("a callback");
        let answer = ask_back(&callback, &fields);
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let echoed = answer.is_ok_and(|answer| answer.status / 100 == 2 && answer.body == challenge.as_bytes());
        let confirmed = echoed && manners.verifying != Verifying::Deny;
        let key = (callback.to_string(), topic.to_owned());
        if confirmed && mode == "subscribe" {
            let until = Instant::now() + Duration::from_secs(lease.parse().unwrap_or(USUAL_LEASE));
            let secret = form.get("hub.secret").cloned();
            lock(&self.subscribers).insert(key, Subscriber { callback, topic: topic.to_owned(), secret, until });
        } else if confirmed {
            lock(&self.subscribers).remove(&key);
        }
        self.verified.push(Verified { mode: fields[0].1.to_owned(), topic: topic.to_owned(), status, confirmed });
    }
}

/// WebSub, 5.1: what a request must have.
fn sound(request: &Request, form: &HashMap<String, String>) -> Result<(), String> {
    let known = |mode: &String| mode == "subscribe" || mode == "unsubscribe";
    if request.method != "POST" || request.path() != PATH {
        return Err(format!("{} {} is not POST {PATH}", request.method, request.target));
    }
    if request.header("content-type") != Some("application/x-www-form-urlencoded") {
        return Err("not a form".to_owned());
    }
    form.get("hub.mode").filter(|mode| known(mode)).ok_or("hub.mode")?;
    form.get("hub.topic").and_then(|topic| topic.parse::<Url>().ok()).ok_or("hub.topic")?;
    form.get("hub.callback").and_then(|callback| callback.parse::<Url>().ok()).ok_or("hub.callback")?;
    if form.get("hub.secret").is_some_and(|secret| secret.len() >= 200) {
        return Err("hub.secret".to_owned());
    }
    Ok(())
}

/// Asks back at a callback; what its own query holds stays.
pub fn ask_back(callback: &Url, fields: &[(&str, &str)]) -> io::Result<Answer> {
    let mut url = callback.clone();
    url.query_pairs_mut().extend_pairs(fields);
    call::call("GET", &url, &[], b"")
}

impl Hub {
    /// Starts on a free port of loopback.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap())
    }

    /// Starts on a known port: a hub that comes back where it was, having forgotten everybody.
    pub fn start_at(address: SocketAddr) -> Self {
        let desk = Arc::<Desk>::default();
        let listener = Listener::start_at(address, {
            let desk = Arc::clone(&desk);
            move |stream, gate| {
                // An error is a subscriber that went away; what it asked for is in the journal.
                let _ = http::serve(&stream, gate, &desk.hooks, &desk.in_flight, |request| desk.answer(request));
            }
        });
        Self { desk, listener }
    }

    /// Where to ask.
    pub fn url(&self) -> Url {
        format!("http://{}{PATH}", self.listener.address()).parse().unwrap()
    }

    /// Changes how the hub behaves from now on.
    pub fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut lock(&self.desk.manners));
    }

    /// Distributes a document to the topic's subscribers (WebSub, 7) and says what each answered; `None` where nobody
    /// did.
    pub fn publish(&self, topic: &str, body: &[u8], content_type: &str) -> Vec<Option<u16>> {
        let push = |to: Subscriber| self.push(&to, body, content_type).ok().map(|answer| answer.status);
        self.subscribers(topic).into_iter().map(push).collect()
    }

    fn push(&self, to: &Subscriber, body: &[u8], content_type: &str) -> io::Result<Answer> {
        let links = format!("<{}>; rel=\"hub\", <{}>; rel=\"self\"", self.url(), to.topic);
        let signing = lock(&self.desk.manners).signing;
        let key = match (signing, &to.secret) {
            (Signing::Soundly, Some(secret)) => Some(secret.as_str()),
            (Signing::Wrongly, _) => Some("another secret"),
            _ => None,
        };
        let signed = key.map(|key| format!("sha256={}", hex(&signature::hmac_sha256(key.as_bytes(), body))));
        let mut headers = vec![("Content-Type", content_type), ("Link", &links)];
        headers.extend(signed.as_deref().map(|signed| ("X-Hub-Signature", signed)));
        call::call("POST", &to.callback, &headers, body)
    }

    /// Whose lease still runs.
    pub fn subscribers(&self, topic: &str) -> Vec<Subscriber> {
        let now = Instant::now();
        let all = lock(&self.desk.subscribers);
        all.values().filter(|known| known.topic == topic && known.until > now).cloned().collect()
    }

    /// Forgets everybody, as a hub does that lost its disk.
    pub fn forget(&self) {
        lock(&self.desk.subscribers).clear();
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.desk.asked.all()
    }

    /// Waits for so many requests.
    #[track_caller]
    pub fn wait_for_request(&self, n: usize, within: Duration) -> Vec<Asked> {
        self.desk.asked.wait_for(&format!("{n} requests to the hub"), within, |all| all.len() >= n)
    }

    /// Waits until so many intents were verified, or were not.
    #[track_caller]
    pub fn wait_for_verification(&self, n: usize, within: Duration) -> Vec<Verified> {
        self.desk.verified.wait_for(&format!("{n} verifications"), within, |all| all.len() >= n)
    }
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
