//! Feeds that are pushed, over days: hubs that push badly, and publishers that waver.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use newswatch::clock::Clock;
use newswatch::fetch::{HubError, Knock, MAX_KNOCKS, Ping, Pinged, Subscribing, Tokens};
use newswatch::model::{Feed, Intent, Unguessable};
use newswatch::poller::Hubs;
use tokio::sync::{mpsc, oneshot};
use url::{Url, form_urlencoded};

use crate::origin::{Origin, Visit, feed as document, hours, rss};
use crate::support::reply::Reply;
use crate::support::signature::hmac_sha256;
use crate::support::{hub::hex, lock};
use crate::world::{DAY, World, feed};

/// A request of the subscriber.
#[derive(Debug, Clone)]
struct Request {
    at: Timestamp,
    hub: Url,
    topic: String,
    token: Unguessable,
    secret: String,
}

/// Hubs in virtual time: they keep what they are asked for, and verify it at once.
struct Desk {
    clock: Clock,
    requests: Mutex<Vec<Request>>,
    knocks: mpsc::Sender<Knock>,
    refuses: bool,
}

#[async_trait]
impl Subscribing for Desk {
    async fn ask(&self, hub: &Url, form: &[(&'static str, String)]) -> Result<(), HubError> {
        let field = |name: &str| form.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap();
        let token = field("hub.callback").rsplit_once('/').map(|(_, token)| Unguessable::shown(token)).unwrap();
        let (at, topic, secret) = (self.clock.now(), field("hub.topic"), field("hub.secret"));
        lock(&self.requests).push(Request { at, hub: hub.clone(), topic, token: token.clone(), secret });
        if self.refuses {
            let (status, retry_after) = (429, Some(Duration::from_hours(48)));
            return Err(HubError::Refused { status, why: String::new(), retry_after });
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", Intent::Subscribe.name())
            .append_pair("hub.topic", &field("hub.topic"))
            .append_pair("hub.challenge", "x")
            .append_pair("hub.lease_seconds", "864000")
            .finish();
        let (reply, _) = oneshot::channel();
        self.knocks.send(Knock::Verify { token, query, reply }).await.unwrap();
        Ok(())
    }
}

impl Desk {
    fn new(world: &World, refuses: bool) -> (Arc<Self>, Hubs) {
        let (knocks, knocked) = mpsc::channel(MAX_KNOCKS);
        let desk = Arc::new(Self { clock: world.clock.clone(), requests: Mutex::default(), knocks, refuses });
        let callback = "https://desk.example/calls".parse().unwrap();
        let hubs = Hubs { asking: desk.clone(), callback, tokens: Tokens::default(), knocks: knocked };
        (desk, hubs)
    }

    fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    /// Pushes to the subscription that was asked for last, well signed.
    async fn push(&self, body: &str) -> Pinged {
        let to = self.requests().pop().unwrap();
        let signature = format!("sha256={}", hex(&hmac_sha256(to.secret.as_bytes(), body.as_bytes())));
        let (reply, replied) = oneshot::channel();
        let ping = Ping {
            token: to.token,
            signature: Some(signature),
            content_type: Some("application/rss+xml".to_owned()),
            body: body.as_bytes().to_vec(),
            reply,
        };
        self.knocks.send(Knock::Ping(ping)).await.unwrap();
        replied.await.unwrap()
    }
}

/// A feed that names the hub that `hub` says, and shows what `items` says.
fn pushed(
    world: &World,
    hub: impl Fn(&Visit) -> Option<String> + Send + Sync + 'static,
    items: impl Fn(Timestamp) -> String + Send + Sync + 'static,
) -> (Origin, Feed) {
    let origin = world.origin("127.0.0.1", move |visit| {
        let link = |hub| format!("<{hub}>; rel=\"hub\", <http://a.example/feed>; rel=\"self\"");
        let reply = Reply::ok(items(visit.at));
        hub(visit).map_or(reply.clone(), |hub| reply.header("Link", &link(hub)))
    });
    let harbour = feed(&origin.url("/feed"));
    (origin, harbour)
}

fn at_hub(path: &str) -> Option<String> {
    Some(format!("https://hub.example/{path}"))
}

#[tokio::test(start_paused = true)]
async fn a_push_that_cannot_be_read_polls_no_sooner_than_without_it() {
    let world = World::new().await;
    let (desk, hubs) = Desk::new(&world, false);
    let (origin, harbour) = pushed(&world, |_| at_hub(""), |at| document(at, 60));
    let pushing = async {
        tokio::time::sleep(Duration::from_hours(30)).await;
        // While a hub pushes well, polls are rare.
        for _ in 0..6 {
            assert_eq!(desk.push(&document(world.now(), 60)).await, Pinged::Durable);
            tokio::time::sleep(Duration::from_hours(1)).await;
        }
        let before = origin.visits().len();
        for _ in 0..600 {
            assert_eq!(desk.push("no feed").await, Pinged::Ignored);
            tokio::time::sleep(Duration::from_secs(6)).await;
        }
        let hour = origin.visits().len() - before;
        assert!((1..=5).contains(&hour), "{hour} polls in an hour of pushes in vain");
    };
    tokio::join!(world.watch_hubs(hubs, std::slice::from_ref(&harbour), 2 * DAY), pushing);
    let state = world.state(&harbour).await;
    assert_eq!((state.health.failures, state.health.refusals), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_pushed_to_a_feed_that_began_empty_is_kept() {
    let world = World::new().await;
    let (desk, hubs) = Desk::new(&world, false);
    let (_origin, harbour) = pushed(&world, |_| at_hub(""), |_| rss(""));
    let pushing = async {
        tokio::time::sleep(Duration::from_mins(10)).await;
        assert_eq!(desk.push(&document(world.now(), 60)).await, Pinged::Durable);
    };
    tokio::join!(world.watch_hubs(hubs, std::slice::from_ref(&harbour), Duration::from_mins(12)), pushing);
    assert_eq!(world.archived().await, 20);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_finds_what_no_push_has_brought_ends_the_rest() {
    let world = World::new().await;
    let (desk, hubs) = Desk::new(&world, false);
    let (origin, harbour) = pushed(&world, |_| at_hub(""), |at| document(at, 60));
    let (begun, pushing) = (world.now(), async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(desk.push(&document(world.now(), 60)).await, Pinged::Durable);
    });
    tokio::join!(world.watch_hubs(hubs, std::slice::from_ref(&harbour), DAY), pushing);
    let hours: Vec<f64> =
        origin.visits().iter().map(|visit| visit.at.duration_since(begun).as_secs_f64() / 3_600.0).collect();
    assert!((5.9..6.2).contains(&hours[1]) && hours.len() > 40, "one long rest, and none after it: {hours:?}");
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_wavers_between_hubs_costs_neither_of_them_more_than_a_request_a_day() {
    for away in [at_hub("b"), None] {
        let world = World::new().await;
        let (desk, hubs) = Desk::new(&world, false);
        let hub = move |visit: &Visit| if visit.at.as_second() / 1_800 % 3 == 0 { away.clone() } else { at_hub("a") };
        let (_origin, harbour) = pushed(&world, hub, |at| document(at, 60));
        world.watch_hubs(hubs, &[harbour], 5 * DAY).await;
        let requests = desk.requests();
        assert!(requests.len() <= 6, "{requests:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_hub_takes_over_within_two_days() {
    let world = World::new().await;
    let (desk, hubs) = Desk::new(&world, false);
    let begun = world.now();
    let hub = move |visit: &Visit| at_hub(if visit.at < begun + hours(48) { "a" } else { "b" });
    let (_origin, harbour) = pushed(&world, hub, |at| document(at, 60));
    world.watch_hubs(hubs, &[harbour], 4 * DAY).await;
    let requests = desk.requests();
    let b = requests.iter().find(|request| request.hub.path() == "/b").expect("the other hub was asked");
    assert!((begun + hours(72)..begun + hours(80)).contains(&b.at), "{requests:?}");
    assert_eq!((b.topic.as_str(), b.token == requests[0].token), ("http://a.example/feed", false));
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_wants_peace_has_it_from_all_its_feeds() {
    let world = World::new().await;
    let (desk, hubs) = Desk::new(&world, true);
    let (first, a) = pushed(&world, |_| at_hub("a"), |at| document(at, 60));
    let (_second, b) = pushed(&world, |_| at_hub("b"), |at| document(at, 60));
    world.watch_hubs(hubs, &[a, b], DAY).await;
    assert!(first.visits().len() > 40);
    let requests = desk.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
}
