//! Feeds that a hub pushes: the real program, a hub written from the specification, and a feed that is hardly polled.

use std::net::TcpListener;
use std::time::Duration;

use crate::desk::{KEY, config, daemon, feed_report, item, rss, webhook};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Running, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::hub::{Hub, Signing};
use crate::support::reply::Reply;
use crate::support::shim::{Shim, Step};
use crate::support::webhook_receiver::WebhookReceiver;

const TYPE: &str = "application/rss+xml";
const NEWS: &str = "Blast near the naval base of Tartus";

/// A publisher whose feed names a hub, and a desk to which that hub pushes.
struct World {
    server: FeedServer,
    hub: Hub,
    receiver: WebhookReceiver,
    house: Newswatch,
}

impl World {
    fn new() -> Self {
        let (server, hub, receiver) = (FeedServer::start(), Hub::start(), WebhookReceiver::start(&[KEY]));
        let links = format!("<{}>; rel=\"hub\", <{}>; rel=\"self\"", hub.url(), server.url("/feed"));
        server.set("/feed", Reply::ok(rss(&["Nothing yet", "Nothing before"])).header("Link", &links).etag("\"1\""));
        // Free for a moment, and then the callback's: hubs know it beyond a restart.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let tables = [
            format!("[websub]\ncallback = \"http://{port}/calls/\"\nlisten = \"{port}\"\n"),
            // Without an interval of its own it is polled in hours.
            format!("[[feed]]\nname = \"feed\"\nurl = \"{}\"\n", server.url("/feed")),
            webhook("desk", &receiver.url()),
        ];
        let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
        Self { server, hub, receiver, house }
    }

    fn topic(&self) -> String {
        self.server.url("/feed")
    }

    /// A daemon that the hub has verified.
    fn subscribed(&self) -> Running {
        let daemon = daemon(&self.house);
        assert!(self.hub.wait_for_verification(1, SOON)[0].confirmed);
        daemon
    }

    fn publish(&self, titles: &[&str]) -> Vec<Option<u16>> {
        self.hub.publish(&self.topic(), rss(titles).as_bytes(), TYPE)
    }

    /// The headlines of what the desk has got.
    fn told(&self, count: usize) -> Vec<String> {
        let deliveries = self.receiver.wait_for_deliveries(count, SOON);
        let headline = |body: &[u8]| -> Option<String> {
            let body: serde_json::Value = serde_json::from_slice(body).ok()?;
            Some(body["data"]["headline"].as_str()?.to_owned())
        };
        deliveries.iter().filter_map(|attempt| headline(&attempt.request.body)).collect()
    }
}

#[test]
fn what_a_hub_pushes_is_told_at_once_and_the_feed_is_left_alone() {
    let world = World::new();
    let daemon = world.subscribed();
    // All of the feed, then only what is new: some hubs do one, some the other.
    assert_eq!(world.publish(&[NEWS, "Nothing yet", "Nothing before"]), [Some(200)]);
    assert_eq!(world.told(1), [NEWS]);
    assert_eq!(world.publish(&[NEWS]), [Some(200)], "nothing new is fine, too");
    assert_eq!(world.publish(&["Tartus: port closed"]), [Some(200)]);
    assert_eq!(world.told(2), [NEWS, "Tartus: port closed"]);
    assert_eq!(world.server.requests().len(), 1, "nobody had to ask");
    let report = feed_report(&world.house, "feed");
    assert_eq!(report["due"]["because"], "push");
    let shown = world.house.on_config("feeds").run().stdout + &daemon.stderr().join("\n");
    let callback = world.hub.subscribers(&world.topic())[0].callback.clone();
    let token = callback.path_segments().unwrap().next_back().unwrap();
    assert!(token.len() > 30 && !shown.contains(token), "{shown}");
}

#[test]
fn a_push_that_is_not_signed_is_ignored_and_a_stranger_finds_nothing() {
    let world = World::new();
    let _daemon = world.subscribed();
    world.hub.behave(|hub| hub.signing = Signing::Never);
    assert_eq!(world.publish(&[NEWS, "Nothing yet"]), [Some(202)]);
    world.hub.behave(|hub| hub.signing = Signing::Soundly);
    assert_eq!(world.publish(&["Tartus: port closed", "Nothing yet"]), [Some(200)]);
    assert_eq!(world.told(1), ["Tartus: port closed"]);
}

#[test]
fn a_kill_before_the_hub_has_heard_yes_loses_nothing() {
    let world = World::new();
    let first = world.subscribed();
    // The subscription is durable before its verification is answered.
    first.signal(Signal::Kill);
    first.wait_exit(SOON);
    let Some(shim) = Shim::over(&world.house.state()) else { return };
    let dying = world.house.on_config("run").shim(&shim.kill_before(Step::ArchiveSync, 1)).spawn();
    dying.wait_for_stderr("readiness", SOON, |line| line.contains("watching"));
    assert_eq!(world.publish(&[NEWS, "Nothing yet"]), [None]);
    assert!(dying.wait_exit(SOON).was_killed());

    let _last = daemon(&world.house);
    // A hub tries again what got no answer.
    assert_eq!(world.publish(&[NEWS, "Nothing yet"]), [Some(200)]);
    assert_eq!(world.told(1), [NEWS]);
    assert_eq!(world.hub.asked().len(), 1, "the lease goes on");
}

#[test]
fn a_hub_that_refuses_leaves_the_feed_to_polls() {
    let world = World::new();
    world.hub.behave(|hub| hub.answer = Some(Reply::status(403).body("not this topic")));
    let daemon = daemon(&world.house);
    daemon
        .wait_for_stderr("the refusal", SOON, |line| line.contains("does not push") && line.contains("not this topic"));
    let report = feed_report(&world.house, "feed");
    assert_eq!(report["due"]["because"], "plan");
    let soon = crate::desk::seconds_until(&report["next_due"]);
    assert!(soon < Duration::from_hours(25).as_secs_f64(), "{soon}");
}

#[test]
fn a_reading_with_a_pushed_item_repeats_nothing() {
    let world = World::new();
    let _daemon = world.subscribed();
    assert_eq!(world.publish(&[NEWS]), [Some(200)]);
    assert_eq!(world.told(1), [NEWS]);
    let items = [NEWS, "Nothing yet", "Nothing before"].map(|title| item(title, "")).concat();
    assert_eq!(
        world.hub.publish(
            &world.topic(),
            format!("<rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>").as_bytes(),
            TYPE
        ),
        [Some(200)]
    );
    assert_eq!(world.publish(&["Tartus: port closed"]), [Some(200)]);
    assert_eq!(world.told(2), [NEWS, "Tartus: port closed"]);
}
