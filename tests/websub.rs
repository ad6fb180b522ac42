//! WebSub from the subscriber's side, all but the feeds: real requests to a hub, and the hub's real calls at the
//! callback, with a small task in place of the poller that knows one subscription.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use newswatch::address::AddressPolicy;
use newswatch::clock;
use newswatch::config::FetchLimits;
use newswatch::fetch::{self, FetchError, Hub, HubError, Knock, MAX_KNOCKS, Pinged, Subscribing, Tokens};
use newswatch::model::{Intent, Lease, Subscription, Unguessable};
use newswatch::web::callback::{BODY_TIMEOUT, Callback, HEAD_TIMEOUT, MAX_BODY_BYTES, MAX_CALLS, RETRY_AFTER_SECONDS};
use newswatch::websub::{self, Answer};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use support::call::{self, call};
use support::feed_server::FeedServer;
use support::hub::{self as fake, Signing, Verifying};
use support::reply::Reply;
use support::{SOON, lock};

const TOPIC: &str = "https://a.example/feed?x=1&y=é";
const NEWS: &[u8] = b"<rss/>";
const RSS: &str = "application/rss+xml";

/// What was believed: body and type.
type Taken = Arc<Mutex<Vec<(Vec<u8>, Option<String>)>>>;

/// A subscriber with one subscription, and its hub.
struct Desk {
    hub: fake::Hub,
    subscription: Arc<Mutex<Subscription>>,
    taken: Taken,
    /// What a good push is answered.
    outcome: Arc<Mutex<Pinged>>,
    prefix: Url,
    asking: Hub,
    _running: DropGuard,
}

impl Desk {
    async fn open() -> Self {
        let hub = fake::Hub::start();
        let (knocks, knocked) = mpsc::channel(MAX_KNOCKS);
        let tokens = Tokens::default();
        let below = "http://desk.example/web%20sub/".parse().unwrap();
        let callback = Callback::bind("127.0.0.1:0".parse().unwrap(), &below, tokens.clone(), knocks).await.unwrap();
        let prefix: Url = format!("http://{}/web%20sub/", callback.address().unwrap()).parse().unwrap();
        let secret = || clock::unguessable().expect("random bytes");
        let subscription = Subscription::new(hub.url().into(), TOPIC.to_owned(), secret(), secret());
        tokens.insert(subscription.token.clone(), 0);
        let cancel = CancellationToken::new();
        let desk = Self {
            hub,
            subscription: Arc::new(Mutex::new(subscription)),
            taken: Arc::default(),
            outcome: Arc::new(Mutex::new(Pinged::Durable)),
            prefix,
            asking: asking(true),
            _running: cancel.clone().drop_guard(),
        };
        tokio::spawn(reply(knocked, desk.subscription.clone(), desk.taken.clone(), desk.outcome.clone()));
        tokio::spawn(callback.serve(cancel));
        desk
    }

    async fn ask(&self, intent: Intent) -> Result<(), HubError> {
        let (hub, form) = {
            let mut subscription = lock(&self.subscription);
            websub::asked(&mut subscription, intent, Timestamp::now());
            (subscription.hub.parse().unwrap(), websub::form(&subscription, intent, &self.prefix))
        };
        self.asking.ask(&hub, &form).await
    }

    async fn subscribed() -> Self {
        let desk = Self::open().await;
        desk.ask(Intent::Subscribe).await.unwrap();
        assert!(desk.verified(1).confirmed);
        desk
    }

    /// The outcome of the hub's `n`th question.
    fn verified(&self, n: usize) -> fake::Verified {
        tokio::task::block_in_place(|| self.hub.wait_for_verification(n, SOON))[n - 1].clone()
    }

    fn publish(&self) -> Vec<Option<u16>> {
        tokio::task::block_in_place(|| self.hub.publish(TOPIC, NEWS, RSS))
    }

    fn call(&self, method: &str, url: &Url, body: &[u8]) -> call::Answer {
        tokio::task::block_in_place(|| call(method, url, &[], body)).unwrap()
    }

    fn now(&self) -> Subscription {
        lock(&self.subscription).clone()
    }

    fn callback(&self) -> Url {
        websub::callback(&self.prefix, &self.now().token)
    }
}

fn asking(here: bool) -> Hub {
    let allow = if here { vec!["127.0.0.0/8".parse().unwrap()] } else { Vec::new() };
    let policy = AddressPolicy { allow };
    let client = fetch::client(&policy, None, Duration::from_secs(5)).unwrap();
    Hub::new(client, policy, FetchLimits { total_timeout: Duration::from_secs(2), ..FetchLimits::default() })
}

/// What the poller does with knocks, for one subscription.
async fn reply(
    mut knocked: mpsc::Receiver<Knock>,
    known: Arc<Mutex<Subscription>>,
    taken: Taken,
    outcome: Arc<Mutex<Pinged>>,
) {
    while let Some(knock) = knocked.recv().await {
        let mut known = lock(&known);
        match knock {
            Knock::Verify { token, query, reply } => {
                let echo = if token == known.token { verified(&mut known, &query) } else { None };
                let _ = reply.send(echo);
            }
            Knock::Ping(ping) if ping.token != known.token => drop(ping.reply.send(Pinged::Unknown)),
            Knock::Ping(ping) if !websub::verify(&known.secret, ping.signature.as_deref(), &ping.body) => {
                let _ = ping.reply.send(Pinged::Ignored);
            }
            Knock::Ping(ping) => {
                websub::pinged(&mut known, Timestamp::now());
                lock(&taken).push((ping.body, ping.content_type));
                let _ = ping.reply.send(*lock(&outcome));
            }
        }
    }
}

fn verified(known: &mut Subscription, query: &str) -> Option<String> {
    match websub::challenge(known, query) {
        Answer::Confirm { intent, echo, lease } => {
            websub::confirmed(known, intent, lease, Timestamp::now());
            Some(echo)
        }
        Answer::Denied { reason } => {
            websub::denied(known, reason.as_deref(), Timestamp::now());
            Some(String::new())
        }
        Answer::Refuse => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_verified_pushed_to_and_ended() {
    let desk = Desk::subscribed().await;
    let asked = &desk.hub.asked()[0];
    assert_eq!((asked.form["hub.topic"].as_str(), asked.answer), (TOPIC, 202));
    assert_eq!(asked.form["hub.callback"], desk.callback().as_str());
    let Lease { length, .. } = desk.now().lease.expect("a lease");
    assert_eq!(length, websub::WANTED_LEASE);
    assert!(!websub::trusted(&desk.now(), Timestamp::now()), "nothing was pushed yet");

    assert_eq!(desk.publish(), [Some(200)]);
    let taken = lock(&desk.taken).clone();
    let (body, content_type) = &taken[0];
    assert_eq!((body.as_slice(), content_type.as_deref()), (NEWS, Some(RSS)));
    assert!(websub::trusted(&desk.now(), Timestamp::now()));

    desk.ask(Intent::Unsubscribe).await.unwrap();
    let ended = desk.verified(2);
    assert_eq!((ended.mode.as_str(), ended.confirmed), ("unsubscribe", true));
    assert_eq!((desk.now().lease, desk.publish()), (None, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_verifies_before_it_answers_is_understood() {
    let desk = Desk::open().await;
    desk.hub.behave(|hub| (hub.verifying, hub.lease) = (Verifying::AtOnce, Some("1".to_owned())));
    desk.ask(Intent::Subscribe).await.unwrap();
    assert!(desk.verified(1).confirmed);
    assert_eq!(desk.now().lease.map(|lease| lease.length), Some(websub::SHORTEST_LEASE));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_asked_for_is_not_confirmed() {
    let desk = Desk::subscribed().await;
    let asks =
        |fields: &[(&str, &str)]| tokio::task::block_in_place(|| fake::ask_back(&desk.callback(), fields)).unwrap();
    let fields = [("hub.mode", "subscribe"), ("hub.topic", TOPIC), ("hub.challenge", "x")];
    let refused = asks(&fields);
    assert_eq!((refused.status, refused.body.as_slice()), (404, &b""[..]), "nothing is pending any more");
    lock(&desk.subscription).pending = Some(Intent::Subscribe);
    assert_eq!(asks(&[fields[0], ("hub.topic", "https://other.example/"), fields[2]]).status, 404);
    let head = call::send(&desk.callback(), call::head("HEAD", &desk.callback(), &fields).as_bytes()).unwrap();
    assert_eq!(call::receive(&head).unwrap().status, 405);
    let echoed = asks(&[fields[0], fields[1], ("hub.challenge", "<script>")]);
    assert_eq!((echoed.status, echoed.body.as_slice()), (200, &b"<script>"[..]));
    assert_eq!(echoed.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!((echoed.header("x-content-type-options"), echoed.header("server")), (Some("nosniff"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_with_bad_manners_gets_no_subscription() {
    let desk = Desk::open().await;
    desk.hub.behave(|hub| hub.verifying = Verifying::OtherTopic);
    desk.ask(Intent::Subscribe).await.unwrap();
    assert_eq!((desk.verified(1).status, desk.now().pending), (Some(404), Some(Intent::Subscribe)));

    desk.hub.behave(|hub| hub.verifying = Verifying::Deny);
    desk.ask(Intent::Subscribe).await.unwrap();
    assert_eq!((desk.verified(2).status, desk.now().pending), (Some(200), None));
    assert_eq!(desk.now().trouble.as_deref(), Some("the hub denied it: not pushed here"));

    desk.hub.behave(|hub| hub.verifying = Verifying::Never);
    desk.ask(Intent::Subscribe).await.unwrap();
    assert!(desk.now().pending.is_some() && websub::renew_at(&desk.now()).unwrap() > Timestamp::now());
    assert_eq!(desk.publish(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_without_a_good_signature_is_taken_and_thrown_away() {
    let desk = Desk::subscribed().await;
    for signing in [Signing::Wrongly, Signing::Never] {
        desk.hub.behave(|hub| hub.signing = signing);
        assert_eq!(desk.publish(), [Some(202)], "{signing:?}");
    }
    assert_eq!((lock(&desk.taken).len(), desk.now().last_ping), (0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_find_nothing() {
    let desk = Desk::subscribed().await;
    let unknown = websub::callback(&desk.prefix, &Unguessable::from_bytes([7; 32]));
    let token = desk.now().token.expose().to_owned();
    let beside = |path: String| desk.prefix.join(&path).unwrap();
    let urls =
        [unknown, beside("/".into()), beside(format!("/{token}")), beside(format!("{token}/x")), desk.prefix.clone()];
    for url in urls {
        for method in ["GET", "POST"] {
            let answer = desk.call(method, &url, b"");
            assert_eq!((answer.status, answer.body.len()), (404, 0), "{method} {url}");
        }
    }
    assert_eq!(desk.call("PUT", &desk.callback(), b"").status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_cannot_be_taken_now_comes_again_later() {
    let desk = Desk::subscribed().await;
    *lock(&desk.outcome) = Pinged::Busy;
    assert_eq!(desk.publish(), [Some(503)]);
    let signed = support::signature::hmac_sha256(desk.now().secret.expose().as_bytes(), NEWS);
    let header = format!("sha256={}", fake::hex(&signed));
    let headers = [("X-Hub-Signature", header.as_str()), ("X-Forwarded-For", "127.0.0.1")];
    let answer = tokio::task::block_in_place(|| call("POST", &desk.callback(), &headers, NEWS)).unwrap();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some(RETRY_AFTER_SECONDS.to_string().as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_knock_and_the_hub_is_asked_to_wait() {
    let (knocks, knocked) = mpsc::channel(1);
    drop(knocked);
    let (tokens, known) = (Tokens::default(), Unguessable::from_bytes([7; 32]));
    tokens.insert(known.clone(), 0);
    let root = "http://desk.example".parse().unwrap();
    let callback = Callback::bind("127.0.0.1:0".parse().unwrap(), &root, tokens, knocks).await.unwrap();
    let prefix: Url = format!("http://{}", callback.address().unwrap()).parse().unwrap();
    let url = websub::callback(&prefix, &known);
    let cancel = CancellationToken::new();
    let serving = tokio::spawn(callback.serve(cancel.clone()));
    for method in ["GET", "POST"] {
        assert_eq!(tokio::task::block_in_place(|| call(method, &url, &[], b"")).unwrap().status, 503);
    }
    cancel.cancel();
    serving.await.unwrap().unwrap();
    assert!(call("GET", &url, &[], b"").is_err(), "nobody listens any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_end_at_the_limit() {
    let desk = Desk::subscribed().await;
    let answer = desk.call("POST", &desk.callback(), &vec![b' '; MAX_BODY_BYTES + 1]);
    assert_eq!((answer.status, answer.body.len()), (413, 0));
    // Without a length in its head it is measured while it comes.
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    let head = call::head("POST", &desk.callback(), &[("Transfer-Encoding", "chunked")]);
    let answer = tokio::task::block_in_place(|| {
        let mut stream = call::send(&desk.callback(), head.as_bytes()).unwrap();
        // The server hangs up in the middle of it.
        let _ = (0..11).try_for_each(|_| stream.write_all(&chunk));
        call::receive(&stream)
    });
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 413));
    assert_eq!(desk.publish(), [Some(200)], "others are served as before");
    assert_eq!(lock(&desk.taken).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_are_given_up_and_meanwhile_others_are_served() {
    let desk = Desk::subscribed().await;
    let began = Instant::now();
    let head = call::head("POST", &desk.callback(), &[("Content-Length", "100")]);
    let stream = call::send(&desk.callback(), head.as_bytes()).unwrap();
    (&stream).write_all(b"<rss").unwrap();
    assert_eq!(desk.publish(), [Some(200)]);
    let answer = tokio::task::block_in_place(|| call::receive(&stream)).unwrap();
    assert_eq!(answer.status, 408);
    let took = began.elapsed();
    assert!(took >= BODY_TIMEOUT - Duration::from_secs(1) && took < BODY_TIMEOUT * 2, "{took:?}");
    assert_eq!(lock(&desk.taken).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_hold_neither_the_room_for_bodies_nor_all_seats() {
    let desk = Desk::subscribed().await;
    let unknown = websub::callback(&desk.prefix, &Unguessable::from_bytes([7; 32]));
    let length = MAX_BODY_BYTES.to_string();
    let head = call::head("POST", &unknown, &[("Content-Length", &length)]);
    let large: Vec<_> = (0..MAX_CALLS).map(|_| call::send(&unknown, head.as_bytes()).unwrap()).collect();
    for stream in &large {
        let answer = tokio::task::block_in_place(|| call::receive(stream)).unwrap();
        assert_eq!(answer.status, 404, "before it has sent a byte of its body");
    }
    assert_eq!(desk.publish(), [Some(200)]);
    let began = Instant::now();
    let silent: Vec<_> = (0..MAX_CALLS).map(|_| call::send(&unknown, b"POST /").unwrap()).collect();
    assert_eq!(desk.publish(), [Some(200)], "as soon as those who say nothing had to leave");
    let took = began.elapsed();
    assert!(took < HEAD_TIMEOUT * 3, "{took:?}");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_when_to_come_back() {
    let desk = Desk::open().await;
    let long = format!("no\r\n\tmore {}", "é".repeat(1_000));
    desk.hub.behave(|hub| hub.answer = Some(Reply::status(429).retry_after("120").body(long.as_str())));
    let error = desk.ask(Intent::Subscribe).await.expect_err("a refusal");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let said = error.to_string();
    assert!(said.starts_with("the hub answered 429: no more éé") && said.len() < 250, "{said}");
    assert!(!said.contains(desk.now().secret.expose()));
    for status in [400, 404, 500, 303] {
        desk.hub.behave(|hub| hub.answer = Some(Reply::redirect(status, "/hub")));
        let error = desk.ask(Intent::Subscribe).await.expect_err("a refusal");
        assert_eq!(error.to_string(), format!("the hub answered {status}"));
    }
    desk.hub.behave(|hub| hub.answer = Some(Reply::hang()));
    let error = desk.ask(Intent::Subscribe).await.expect_err("no answer");
    assert!(matches!(error, HubError::Unreached(FetchError::Timeout(_))), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_has_moved_is_followed_by_post_alone() {
    let desk = Desk::open().await;
    let old = FeedServer::start();
    old.set("/for-now", Reply::redirect(307, desk.hub.url().as_str()));
    old.set("/for-good", Reply::redirect(308, "/for-now"));
    old.set("/round", Reply::redirect(308, "/round"));
    old.set("/away", Reply::redirect(308, "ftp://a.example/"));
    lock(&desk.subscription).hub = old.url("/for-good");
    desk.ask(Intent::Subscribe).await.unwrap();
    assert!(desk.verified(1).confirmed);
    assert_eq!(old.requests()[0].body, old.requests()[1].body);
    for (path, why) in
        [("/round", "redirected more than 5 times"), ("/away", "redirected to a ftp URL, which is not asked")]
    {
        lock(&desk.subscription).hub = old.url(path);
        assert_eq!(desk.ask(Intent::Subscribe).await.expect_err("no hub").to_string(), why);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_on_a_private_address_is_not_asked_unless_it_is_allowed() {
    let hub = fake::Hub::start();
    let refused = asking(false).ask(&hub.url(), &[("hub.mode", "subscribe".to_owned())]).await;
    assert!(matches!(refused, Err(HubError::Unreached(FetchError::AddressRefused { .. }))));
    let mut named = hub.url();
    named.set_host(Some("localhost")).unwrap();
    let refused = asking(false).ask(&named, &[]).await;
    assert!(matches!(refused, Err(HubError::Unreached(FetchError::AddressRefused { .. }))));
    assert_eq!(hub.asked().len(), 0);
}
