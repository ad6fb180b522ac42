//! Drills, and the heartbeat that ends when something is wrong.

use serde_json::Value;

use crate::desk::{KEY, SCREEN, config, daemon, feed, rss, wait_for_requests, webhook};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;

#[test]
fn a_marked_item_goes_the_whole_way_with_and_without_a_daemon() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Nothing at all"]));
    // Nothing is quiet enough to hold a drill back.
    let quiet = format!("{}quiet_hours = \"00:00-24:00 UTC\"\n", webhook("desk", &receiver.url()));
    let tables = [SCREEN, &quiet, &feed(&server.url("/feed"), "1h")];
    let house = Newswatch::new(&config("", &tables));
    let alone = house.on_config("drill").arg("--json").run().assert_code(0);
    // The terminal is a target, too.
    let report: Value = serde_json::from_str(alone.stdout.lines().last().unwrap()).unwrap();
    let states = |report: &Value| {
        let rows = report["deliveries"].as_array().unwrap().iter();
        rows.map(|row| (row["target"].clone(), row["state"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(states(&report).len(), 2);
    assert!(states(&report).iter().all(|(_, state)| state == "sent"), "{report}");
    let times = ["due", "received", "raised", "committed"].map(|stop| report[stop].as_str().unwrap().to_owned());
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(receiver.attempts()[0].body["type"], "alert.drill");

    let running = daemon(&house);
    let only = house.on_config("drill").args(["--target", "desk", "--json"]).run().assert_code(0);
    let report: Value = serde_json::from_str(&only.stdout).unwrap();
    assert_eq!(states(&report), [("desk".into(), "sent".into())]);
    assert_eq!(receiver.attempts().len(), 2);
    let unknown = house.on_config("drill").args(["--target", "desc"]).run().assert_code(2);
    assert!(unknown.stderr.contains("no target `desc`"), "{unknown}");
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
}

#[test]
fn a_drill_that_does_not_arrive_fails() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Nothing at all"]));
    receiver.then(Reply::status(500));
    let house = Newswatch::new(&config("", &[&webhook("desk", &receiver.url()), &feed(&server.url("/feed"), "1h")]));
    let failed = house.on_config("drill").run().assert_code(1);
    assert!(failed.stdout.contains("not yet") && failed.stdout.contains("answered 500"), "{failed}");
    assert!(failed.stderr.contains("not every target has accepted it"), "{failed}");
}

#[test]
fn a_heartbeat_is_heard_as_long_as_all_is_well() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Nothing at all"]));
    let all = config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]);
    let house = Newswatch::new(&format!("heartbeat = \"{}\"\n{all}", server.url("/alive-s3cret")));
    let running = daemon(&house);
    wait_for_requests(&server, "/alive-s3cret", 1);
    running.signal(Signal::Term);
    let output = running.wait_exit(SOON).assert_code(0);
    assert!(!output.stderr.contains("s3cret"), "{output}");
}
