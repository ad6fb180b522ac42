//! Labels: what a person makes of alerts, by way of the daemon and on the store itself.

use serde_json::Value;

use crate::desk::{SCREEN, config, daemon, feed, once, rss};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;

/// What `alerts --json` says.
fn alerts(house: &Newswatch) -> Vec<Value> {
    let output = house.on_config("alerts").arg("--json").run().assert_code(0);
    output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn label(house: &Newswatch, arguments: &[&str]) -> Output {
    house.on_config("label").args(arguments).run()
}

#[test]
fn alerts_are_labelled_through_the_daemon_and_without_it() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Ship seen off Tartus", "Grain prices: a word from Tartus"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    once(&house, 0);
    let ids: Vec<String> = alerts(&house).iter().map(|alert| alert["id"].as_str().unwrap().to_owned()).collect();
    assert!(alerts(&house).iter().all(|alert| alert["label"].is_null()));

    let labelled = label(&house, &[&ids[0][..10], "noise"]).assert_code(0);
    assert!(labelled.stdout.is_empty() && labelled.stderr.contains("is noise now"), "{labelled}");
    let running = daemon(&house);
    label(&house, &[&ids[1].to_uppercase(), "relevant"]).assert_code(0);
    label(&house, &[&ids[0], "relevant"]).assert_code(0);
    let by_daemon = alerts(&house);
    assert!(by_daemon.iter().all(|alert| alert["label"] == "relevant"), "{by_daemon:#?}");
    let refused = [label(&house, &["ffffffffffff", "noise"]), label(&house, &["", "noise"])];
    // What was answered for is durable.
    running.signal(Signal::Kill);
    running.wait_exit(SOON);
    assert_eq!(alerts(&house), by_daemon);
    let text = house.on_config("alerts").args(["--since", "1d"]).run().assert_code(0);
    assert_eq!(text.stdout.matches("  labelled relevant\n").count(), 2, "{text}");

    label(&house, &["--clear", &ids[0]]).assert_code(0);
    assert_eq!(alerts(&house).iter().filter(|alert| alert["label"].is_null()).count(), 1);
    for refused in refused.into_iter().chain([label(&house, &["ffffffffffff", "noise"])]) {
        let refused = refused.assert_code(1);
        assert!(refused.stderr.contains("no alert has an id that begins with"), "{refused}");
    }
}

#[test]
fn what_is_no_label_is_refused() {
    let server = FeedServer::start();
    let titles: Vec<String> = (0..20).map(|number| format!("Report {number} from Tartus")).collect();
    server.feed("/feed", rss(&titles));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    once(&house, 0);
    let summary = alerts(&house)[0]["id"].as_str().unwrap().to_owned();
    let refused = label(&house, &[&summary, "noise"]).assert_code(1);
    assert!(refused.stderr.contains("is a summary: only an alert about one item"), "{refused}");
    let config = house.config().display().to_string();
    for (arguments, why) in [
        (&[&config, &summary, "spam"][..], "`spam` is no label"),
        (&["noise"], "the alert's id is missing"),
        (&["--clear", "x", &config, &summary], "one word too many"),
        (&[], "Usage"),
    ] {
        let output = house.newswatch().arg("label").args(arguments).run().assert_code(2);
        assert!(output.stderr.contains(why), "{output}");
    }
}
