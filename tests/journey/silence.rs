//! What somebody does not want to hear of, and what somebody has in hand.

use serde_json::Value;

use crate::desk::{SCREEN, config, daemon, feed, headlines, item, once, rss};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;

fn silence(house: &Newswatch, command: &str, arguments: &[&str]) -> Output {
    house.newswatch().args(["silence", command]).arg(house.config()).args(arguments).run()
}

fn list(house: &Newswatch) -> Vec<Value> {
    let output = silence(house, "list", &["--json"]).assert_code(0);
    serde_json::from_str(&output.stdout).unwrap()
}

fn rss_of(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>News</title><link>http://n.example/</link>{items}</channel></rss>")
}

#[test]
fn a_silence_holds_back_what_it_covers_and_the_story_is_news_when_it_ends() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 1);

    let arguments = ["watch=tartus lang=et", "--for", "4h", "--why", "no Estonian tonight", "--dry-run"];
    let shown = silence(&house, "add", &arguments).assert_code(0).stdout;
    assert!(shown.contains("would have covered 0 of 1 report"), "{shown}");
    assert_eq!(list(&house).len(), 0, "only shown");
    let arguments = ["title=\"grain prices\"", "--for", "4h", "--why", "known"];
    silence(&house, "add", &arguments).assert_code(0);
    server.feed("/feed", rss(&["Ship seen off Tartus", "Grain prices: a word from Tartus"]));
    assert_eq!(once(&house, 0).stdout, "");
    let id = list(&house)[0]["id"].as_str().unwrap().to_owned();

    // Through the daemon it ends at once.
    let running = daemon(&house);
    let ended = silence(&house, "end", &[&id[..6]]).assert_code(0);
    assert!(ended.stderr.contains("has ended"), "{ended}");
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
    assert_eq!(list(&house).len(), 0);
    let again = silence(&house, "end", &[&id]).assert_code(1);
    assert!(again.stderr.contains("has ended already"), "{again}");
    let document =
        ["Ship seen off Tartus", "Grain prices: a word from Tartus", "Grain prices: a word from Tartus, again"];
    server.feed("/feed", rss(&document));
    let told = headlines(&once(&house, 0).stdout);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("again") && !told[0].contains("update"), "nobody had heard of the story: {told:?}");
}

#[test]
fn what_is_no_silence_is_refused() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    once(&house, 0);
    let refused = |selector: &str, length: &str, code: i32, why: &str| {
        let output = silence(&house, "add", &[selector, "--for", length, "--why", "a test"]).assert_code(code);
        assert!(output.stderr.contains(why), "{output}");
    };
    refused("watch=tartsu", "1h", 1, "there is no watch `tartsu`");
    refused("tartus", "1h", 1, "`tartus` is no condition");
    refused("watch=tartus", "91d", 1, "lasts 90 days at most");
    refused("watch=tartus", "soon", 2, "a number and a unit");
    assert_eq!(list(&house).len(), 0);
}

#[test]
fn who_has_a_story_in_hand_hears_of_it_no_more() {
    let server = FeedServer::start();
    let first = "Ship seen off Tartus after the storm of Sunday";
    server.feed("/feed", rss(&[first]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    once(&house, 0);
    let alerts = house.on_config("alerts").arg("--json").run().assert_code(0);
    let alert: Value = serde_json::from_str(alerts.stdout.lines().next().unwrap()).unwrap();
    let acknowledged = house.on_config("ack").arg(&alert["id"].as_str().unwrap()[..8]).run().assert_code(0);
    assert!(acknowledged.stderr.contains("is acknowledged for tartus"), "{acknowledged}");
    server.feed("/feed", rss(&[first, "Ship seen off Tartus after the storm of Sunday, owner says"]));
    assert_eq!(once(&house, 0).stdout, "");
    let refused = house.on_config("ack").arg("ffffffff").run().assert_code(1);
    assert!(refused.stderr.contains("no alert has an id that begins with"), "{refused}");
}

#[test]
fn routes_lead_alerts_to_their_targets() {
    let server = FeedServer::start();
    server.feed("/strong", rss(&["Ship seen off Tartus"]));
    server.feed("/weak", rss_of(&item("Harbour news", "<description>A word from Tartus</description>")));
    let json = "[[target]]\nname = \"json\"\ntype = \"terminal\"\nformat = \"json\"\n";
    let route = "[[route]]\nmin_score = 0.9\ntargets = [\"json\"]\n";
    let feeds = [feed(&server.url("/strong"), "1h"), feed(&server.url("/weak"), "1h")];
    let all = config("", &[SCREEN, json, route, &feeds[0], &feeds[1]]);
    let house = Newswatch::new(&format!("targets = [\"screen\"]\n{all}"));
    let told = once(&house, 0).stdout;
    let (lines, text): (Vec<&str>, Vec<&str>) = told.lines().partition(|line| line.starts_with('{'));
    assert_eq!(lines.len(), 1, "{told}");
    assert!(lines[0].contains("Ship seen off Tartus"), "{told}");
    assert!(text.join("\n").contains("Harbour news") && !text.join("\n").contains("Ship seen"), "{told}");
}
