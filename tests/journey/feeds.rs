//! What `feeds`, `feeds why` and `status` say of polling: next poll and why, delay, costs, and how long news took.

use serde_json::Value;

use crate::desk::{KEY, SCREEN, ask, config, feed, feed_report, item, once, rss, webhook};
use crate::support::SOON;
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;

/// A feed of items that were brought out just now.
fn news(titles: &[&str]) -> String {
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let items: String =
        titles.iter().map(|title| item(title, "").replace("Fri, 13 Nov 2026 09:30:00 +0000", &now)).collect();
    format!("<rss version=\"2.0\"><channel><title>News</title><ttl>90</ttl>{items}</channel></rss>")
}

/// What `feeds why` says, for a program and for a person.
fn why(house: &Newswatch, wanted: &str) -> (Value, String) {
    let command = || house.newswatch().args(["feeds", "why"]).arg(house.config()).arg(wanted);
    let json = command().arg("--json").run().assert_code(0).stdout;
    (serde_json::from_str(&json).unwrap(), command().run().assert_code(0).stdout)
}

#[test]
fn each_feed_says_when_it_is_polled_next_and_why() {
    let server = FeedServer::start();
    server.set("/planned", Reply::ok(rss(&["Nothing"])).etag("\"1\""));
    server.set("/asks", Reply::ok(news(&["Nothing"])).header("Cache-Control", "max-age=7200"));
    server.set("/refuses", Reply::status(429).retry_after("5000"));
    server.set("/fails", Reply::status(500));
    let by_name = server.url("/refuses").replace("127.0.0.1", "localhost");
    let plain = |url: &str, name: &str| format!("[[feed]]\nname = \"{name}\"\nurl = \"{url}\"\n");
    let tables = [
        SCREEN.to_owned(),
        feed(&server.url("/every"), "1h"),
        plain(&server.url("/planned"), "planned"),
        plain(&server.url("/asks"), "asks"),
        plain(&server.url("/fails"), "fails"),
        // Its host is another one, so that the others are not refused with it.
        plain(&by_name, "refuses"),
        plain(&by_name.replace("refuses", "beside"), "beside"),
        plain(&server.url("/skips"), "skips"),
    ];
    let open = (jiff::Timestamp::now().as_second() / 3_600 + 3) % 24;
    let hours: String = (0..24).filter(|hour| *hour != open).map(|hour| format!("<hour>{hour}</hour>")).collect();
    let skips = rss(&["Nothing"]).replace("<item>", &format!("<skipHours>{hours}</skipHours><item>"));
    server.set("/skips", Reply::ok(skips));
    server.set("/every", Reply::ok(rss(&["Nothing"])));
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    once(&house, 0);
    for (name, because, words) in [
        ("every", "every", "`every` asks for it each 60.0 min"),
        ("planned", "plan", "then the news that is expected to wait there is worth a request"),
        ("asks", "publisher", "its publisher wants to be left alone until"),
        ("fails", "failure", "it failed 1 time in a row"),
        ("refuses", "refusal", "its host has asked for peace (429, 503), 1 time in a row"),
        ("beside", "refusal", "its host has asked for peace (429, 503), 1 time in a row"),
        ("skips", "skip", "its publisher skips the hours until then"),
    ] {
        assert_eq!(feed_report(&house, name)["due"]["because"], because, "{name}");
        let (json, told) = why(&house, name);
        assert_eq!(json["feed"]["due"]["because"], because);
        assert!(told.contains(words), "{name}: {told}");
        assert!(told.contains("budget 96/feed/day"), "{told}");
    }
    let (json, told) = why(&house, &server.url("/asks"));
    assert_eq!(json["asked"]["ttl"]["secs"], 5_400);
    assert!(told.contains("asked       ttl 90.0 min, not before"), "{told}");
    let unknown = house.newswatch().args(["feeds", "why"]).arg(house.config()).arg("nowhere").run().assert_code(1);
    assert!(unknown.stderr.contains("no configured feed has the URL, path, name or id `nowhere`"), "{unknown}");
}

#[test]
fn the_way_of_news_is_timed_and_so_is_each_feed() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", news(&["Nothing", "Nothing else"]));
    let tables = [feed(&server.url("/feed"), "1h"), webhook("desk", &receiver.url())];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    once(&house, 0);
    assert_eq!(ask(&house, "status")["latency"]["all"]["deliveries"], 0);
    server.feed("/feed", news(&["Blast in Tartus", "Nothing", "Nothing else"]));
    once(&house, 0);
    receiver.wait_for_deliveries(1, SOON);

    let latency = &ask(&house, "status")["latency"];
    for part in [&latency["all"], &latency["watches"]["tartus"], &latency["targets"]["desk"], &latency["feeds"]["feed"]]
    {
        assert_eq!(part["deliveries"], 1, "{latency:#}");
        let total = part["total"]["p99_s"].as_f64().unwrap();
        let parts: f64 = ["received", "matched", "accepted"].iter().map(|at| part[at]["p99_s"].as_f64().unwrap()).sum();
        assert!((total - parts).abs() < 0.01 && total < SOON.as_secs_f64(), "{latency:#}");
    }
    let shown = house.on_config("status").run().assert_code(0).stdout;
    assert!(shown.contains("latency    p50 ") && shown.contains("watch    tartus: p50 "), "{shown}");
    let report = feed_report(&house, "feed");
    assert!(report["delay"]["p50_s"].as_f64().unwrap() < SOON.as_secs_f64(), "{report:#}");
    assert_eq!(report["unchanged_share"], 0.0);
}
