//! One story, one alert: the first report at once, every other outlet in an update of it.

use serde_json::Value;

use crate::desk::{KEY, SCREEN, config, daemon, feed, headlines, item, once, rss, webhook};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::webhook_receiver::{Attempt, WebhookReceiver};

const TITLE: &str = "Blast heard near the naval base of Tartus";
const OTHER: &str = "Fishermen of Tartus elect a new chairman";

/// A feed of these items, the newest first.
fn document(items: &[String]) -> String {
    rss::<&str>(&[]).replace("</channel>", &format!("{}</channel>", items.concat()))
}

/// A report with a GUID and a text of its own.
fn report(guid: &str, title: &str, text: &str) -> String {
    item(title, &format!("<description>{text}</description>")).replace(
        &format!("<guid isPermaLink=\"false\">{title}</guid>"),
        &format!("<guid isPermaLink=\"false\">{guid}</guid>"),
    )
}

/// A house with feeds `a`, `b` and `c`, all still empty, and what else a test adds to the configuration.
fn house(server: &FeedServer, more: &[&str]) -> Newswatch {
    let feeds: Vec<String> = ["/a", "/b", "/c"].iter().map(|path| feed(&server.url(path), "1s")).collect();
    ["/a", "/b", "/c"].iter().for_each(|path| server.feed(path, document(&[report(path, "Nothing to see", "")])));
    let tables: Vec<&str> = more.iter().copied().chain(feeds.iter().map(String::as_str)).collect();
    let house = Newswatch::new(&config("", &tables));
    assert_eq!(once(&house, 0).stdout, "");
    house
}

/// All that `alerts --json` says, the oldest first.
fn alerts(house: &Newswatch) -> Vec<Value> {
    let output = house.on_config("alerts").args(["--json", "--limit", "100"]).run().assert_code(0);
    let mut alerts: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    alerts.reverse();
    alerts
}

fn kinds(house: &Newswatch) -> Vec<String> {
    alerts(house).iter().map(|alert| alert["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_first_report_alerts_and_the_others_are_one_update_in_its_thread() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[SCREEN, &webhook("desk", &receiver.url())]);
    server.feed("/a", document(&[report("1", TITLE, "")]));
    assert_eq!(headlines(&once(&house, 0).stdout), [format!("[tartus]  0.90  {TITLE}")]);
    // By the same agency, as it seems, and by a reporter of their own.
    server.feed("/b", document(&[report("2", TITLE, "")]));
    server.feed("/c", document(&[report("3", "Explosion near naval base of Tartus: blast heard in the city", "")]));
    let told = once(&house, 0).stdout;
    assert!(told.contains("[tartus]  update  ") && told.contains("first a 2026-11-13 09:30 UTC"), "{told}");
    assert!(told.contains("b 09:30: Blast heard"), "{told}");
    let posted = receiver.deliveries();
    let (news, update) = (&posted[0], &posted[1]);
    assert_eq!((&news.body["type"], &update.body["type"]), (&"alert.news".into(), &"story.updated".into()));
    assert_ne!(news.id, update.id);
    let data = &update.body["data"];
    assert_eq!((&data["thread"], &data["story"]), (&news.body["data"]["alert"], &news.body["data"]["story"]));
    assert_eq!(data["standing"]["first_outlet"], "a");
    assert_eq!(data["members"][0]["outlet"], "b");
    // Nothing new, nothing told.
    assert_eq!(once(&house, 0).stdout, "");
}

#[test]
fn a_quiet_period_collects_ten_thousand_copies_into_one_update() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &["[story]\nquiet = \"5s\"\n", &webhook("desk", &receiver.url())]);
    server.feed("/a", document(&[report("1", TITLE, "")]));
    once(&house, 0);
    let copies =
        |from: usize| document(&(from..from + 5_000).map(|n| report(&n.to_string(), TITLE, "")).collect::<Vec<_>>());
    server.feed("/b", copies(10));
    server.feed("/c", copies(10));
    let running = daemon(&house);
    let posted = receiver.wait_for_deliveries(2, SOON);
    running.signal(Signal::Term);
    running.wait_exit(SOON);
    assert_eq!(kinds(&house), ["news", "update"]);
    let data = &posted[1].body["data"];
    assert_eq!((&data["member_count"], &data["standing"]["reports"]), (&10_000.into(), &10_001.into()));
    assert_eq!((&data["standing"]["outlets"], &data["standing"]["independent"]), (&3.into(), &1.into()));
    assert_eq!(receiver.deliveries().len(), 2);
}

/// Waits for an update that tells of this outlet's report.
fn update_of(receiver: &WebhookReceiver, outlet: &str) -> Attempt {
    let is_it = |attempt: &Attempt| {
        attempt.body["type"] == "story.updated" && attempt.body["data"]["members"][0]["outlet"] == outlet
    };
    let attempts = receiver.wait_for("an update", SOON, |attempts| attempts.iter().any(is_it));
    attempts.into_iter().find(is_it).expect("it was waited for")
}

#[test]
fn a_story_goes_on_after_a_kill() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &["[story]\nquiet = \"2s\"\n", &webhook("desk", &receiver.url())]);
    server.feed("/a", document(&[report("1", TITLE, "")]));
    let running = daemon(&house);
    let first = receiver.wait_for_deliveries(1, SOON)[0].body["data"]["alert"].clone();
    running.signal(Signal::Kill);
    running.wait_exit(SOON);
    server.feed("/b", document(&[report("2", TITLE, "")]));
    let running = daemon(&house);
    // The first alert may come twice, under one id: nobody knows what the dead daemon had written down.
    let update = update_of(&receiver, "b");
    assert_eq!(update.body["data"]["thread"], first);
    // What waits for its quiet period is told after a kill as well.
    server.feed("/c", document(&[report("3", TITLE, "")]));
    running.wait_for_stderr("an update that waits", SOON, |line| line.contains("alerts=1"));
    running.signal(Signal::Kill);
    running.wait_exit(SOON);
    let _running = daemon(&house);
    assert_ne!(update_of(&receiver, "c").id, update.id);
}

#[test]
fn what_matters_alerts_again_at_once() {
    let server = FeedServer::start();
    let realert = "[story.realert]\ncorroborated = 2\nnumber = true\n";
    let house = house(&server, &[SCREEN, realert]);
    server.feed("/a", document(&[report("1", "Blast near the naval base of Tartus wounds 12 people", "")]));
    once(&house, 0);
    server.feed("/b", document(&[report("2", "Blast near the naval base of Tartus wounds 12 people", "")]));
    once(&house, 0);
    server.feed("/b", document(&[report("4", "Blast near the naval base of Tartus wounds 31 people", "")]));
    let told = once(&house, 0).stdout;
    assert!(told.contains("was "), "{told}");
    server.feed("/c", document(&[report("5", "CORRECTION: Blast near the naval base of Tartus wounds 12 people", "")]));
    let told = once(&house, 0).stdout;
    assert!(told.contains("corrected: CORRECTION"), "{told}");
    assert_eq!(kinds(&house), ["news", "update", "grown", "corrected"]);
    let ids: std::collections::BTreeSet<String> =
        alerts(&house).iter().map(|alert| alert["thread"].to_string()).collect();
    assert_eq!(ids.len(), 2, "all but the first name the first: {ids:?}");
}

#[test]
fn the_story_of_one_watch_is_news_to_another() {
    let server = FeedServer::start();
    let second = "[[watch]]\nname = \"blasts\"\nstrong = [\"blast\"]\n";
    let house = house(&server, &[SCREEN, second]);
    server.feed("/a", document(&[report("1", "Explosion heard near the naval base of Tartus", "")]));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 1);
    server.feed(
        "/b",
        document(&[report("2", "Explosion heard near the naval base of Tartus", "A blast, as witnesses say.")]),
    );
    once(&house, 0);
    let told: Vec<(String, String)> = alerts(&house)
        .iter()
        .map(|alert| (alert["watch"].as_str().unwrap().to_owned(), alert["kind"].as_str().unwrap().to_owned()))
        .collect();
    assert!(told.contains(&("blasts".to_owned(), "news".to_owned())), "{told:?}");
    assert!(told.contains(&("tartus".to_owned(), "update".to_owned())), "{told:?}");
}

#[test]
fn a_feed_that_changes_all_its_keys_is_one_notice() {
    let server = FeedServer::start();
    let house = house(&server, &[SCREEN, ""]);
    let text = std::fs::read_to_string(house.config()).unwrap();
    house.write("newswatch.toml", format!("owner = [\"screen\"]\n{text}"));
    let items = |prefix: &str| -> Vec<String> {
        (0..4)
            .map(|n| {
                let link = format!("<link>https://{prefix}.example/{n}</link>");
                report(&format!("{prefix}{n}"), &format!("Word number {n} from Tartus, {n} of many"), "")
                    .replace("</item>", &format!("{link}</item>"))
            })
            .collect()
    };
    server.feed("/a", document(&items("old")));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 4);
    server.feed("/a", document(&items("new")));
    let told = once(&house, 0).stdout;
    assert_eq!(headlines(&told).len(), 1, "{told}");
    assert!(told.contains("The feed “a” has given 4 known items new GUIDs or URLs"), "{told}");
    // Something new is news all the same, and so is another item under a GUID that was worn before.
    let mut more = items("new");
    more[3] = report("new3", OTHER, "");
    more.insert(0, report("fresh", "A ship of the grain convoy leaves Tartus", ""));
    server.feed("/a", document(&more));
    let told = headlines(&once(&house, 0).stdout);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_feed_that_makes_new_guids_at_each_poll_repeats_nothing_and_an_undated_siren_is_heard_again() {
    let server = FeedServer::start();
    let house = house(&server, &[SCREEN]);
    let undated = |guid: &str, title: &str| {
        report(guid, title, "").replace("<pubDate>Fri, 13 Nov 2026 09:30:00 +0000</pubDate>", "")
    };
    let items = |poll: usize| -> Vec<String> {
        let title = |n: usize| format!("Word number {n} from Tartus, {n} of many");
        (0..4).map(|n| undated(&format!("{poll}-{n}"), &title(n))).collect()
    };
    for poll in 0..4 {
        server.feed("/a", document(&items(poll)));
        // The alerts, one notice of the day, and nothing more.
        assert_eq!(headlines(&once(&house, 0).stdout).len(), [4, 1, 0, 0][poll], "{poll}");
    }
    let other = undated("other", "Nothing of interest");
    server.feed("/b", document(&[undated("s1", "Sirens sound in the port of Tartus"), other.clone()]));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 1);
    server.feed("/b", document(&[undated("s2", "Sirens sound in the port of Tartus"), other]));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 1);
}

/// What becomes of an edit that makes the watch find something, of one that changes nothing for it, and of one after which
/// it finds nothing any more.
fn edits(policy: &str) -> Vec<String> {
    let server = FeedServer::start();
    let house = house(&server, &[SCREEN]);
    let text = std::fs::read_to_string(house.config()).unwrap();
    house.write("newswatch.toml", text.replace("every = \"1s\"\n", &format!("every = \"1s\"\n{policy}")));
    let versions = [
        "Blast heard near the naval base on the coast",
        "Blast heard near the naval base on the coast: Tartus",
        "Blast heard near the naval base on the coast of Tartus",
        "Blast heard near the naval base on the coast of Syria",
    ];
    for title in versions {
        server.feed("/a", document(&[report("1", title, "")]));
        once(&house, 0);
    }
    kinds(&house)
}

#[test]
fn an_edit_is_told_where_it_changes_the_side_of_the_threshold_unless_the_feed_says_otherwise() {
    assert_eq!(edits(""), ["news", "update"]);
    assert_eq!(edits("edits = \"update\"\n"), ["news", "update"]);
    assert_eq!(edits("edits = \"alert\"\n"), ["news", "edited", "update"]);
    assert_eq!(edits("edits = \"ignore\"\n"), [""; 0]);
}

#[test]
fn a_report_that_its_feed_takes_back_is_told() {
    let server = FeedServer::start();
    let house = house(&server, &[SCREEN]);
    let at = |minute: u32, title: &str| report(title, title, "").replace("09:30:00", &format!("09:{minute}:00"));
    let old = [at(20, "Old grain prices"), at(10, "Older grain prices")];
    server.feed("/a", document(&[&[at(30, TITLE)], &old[..]].concat()));
    once(&house, 0);
    // Scrolled by a cache that shows an older copy: no reason to believe so.
    server.feed("/a", document(&old));
    assert_eq!(once(&house, 0).stdout, "");
    let newer = [at(52, "Newest grain prices"), at(51, "Newer grain prices"), at(40, "New grain prices")];
    let with = |newest: usize| document(&[&newer[newest..], &old[..]].concat());
    server.feed("/a", with(2));
    assert_eq!(once(&house, 0).stdout, "", "one server of several may have an old copy");
    server.feed("/a", with(1));
    let told = once(&house, 0).stdout;
    assert!(told.contains(&format!("withdrawn by a: {TITLE}")), "{told}");
    server.feed("/a", with(0));
    assert_eq!(once(&house, 0).stdout, "", "once is enough");
}

#[test]
fn a_wrong_guess_is_shown_and_mended_and_kept_as_pairs() {
    let server = FeedServer::start();
    let house = house(&server, &[SCREEN]);
    server.feed("/a", document(&[report("1", TITLE, "")]));
    server.feed("/b", document(&[report("2", TITLE, "")]));
    server.feed("/c", document(&[report("3", OTHER, "")]));
    once(&house, 0);
    let story = |words: &[&str]| {
        let (command, words) = words.split_first().unwrap();
        house.newswatch().args(["story", command]).arg(house.config()).args(words).run()
    };
    let shown =
        |id: &str| -> Value { serde_json::from_str(&story(&["show", id, "--json"]).assert_code(0).stdout).unwrap() };
    let report = shown("1");
    assert_eq!((report["reports"].as_array().unwrap().len(), &report["standing"]["independent"]), (2, &1.into()));
    let alert = alerts(&house)[0]["id"].as_str().unwrap().to_owned();
    let by_alert = shown(&alert[..12]);
    let of_it = report["story"] == by_alert["story"] || shown("3")["story"] == by_alert["story"];
    assert!(of_it, "{by_alert:#}");
    let text = story(&["show", report["story"].as_str().unwrap()]).assert_code(0);
    assert!(text.stdout.contains("2 outlets, 1 independent") && text.stdout.contains("raised alert"), "{text}");

    let split = story(&["split", "2"]).assert_code(0);
    assert!(split.stderr.contains("and no longer"), "{split}");
    assert_ne!(shown("2")["story"], report["story"]);
    // It counts for what comes in: a copy of what was split off is not a copy of the rest.
    let joined = story(&["join", "2", "3"]).assert_code(0);
    assert!(joined.stderr.contains("now"), "{joined}");
    assert_eq!(shown("2")["story"], shown("3")["story"]);
    let alone = story(&["split", "1"]).assert_code(1);
    assert!(alone.stderr.contains("is the only one of its story"), "{alone}");
    let one = story(&["join", "2", "3"]).assert_code(1);
    assert!(one.stderr.contains("are one story already"), "{one}");
    story(&["show", "nothing"]).assert_code(1);

    let pairs = story(&["pairs", "--json"]).assert_code(0).stdout;
    let pairs: Vec<Value> = pairs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let same: Vec<&Value> = pairs.iter().map(|pair| &pair["same"]).collect();
    assert_eq!(same, [false, true], "{pairs:#?}");
    assert_eq!((&pairs[0]["a"]["source"], &pairs[0]["b"]["source"]), (&"b".into(), &"a".into()));
}
