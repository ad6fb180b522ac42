//! `backtest` as a person tunes a watch by it: the report, labels, another configuration, the archive.

use serde_json::Value;

use crate::desk::{SCREEN, config, daemon, feed, once, rss};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;

/// A watch for a harbour town whose name is also a club's.
const HARBOUR: &str = "[[watch]]\nname = \"harbour\"\nstrong = [\"Port of Rostock\"]\nweak = [\"Rostock\"]\n\
                       context = [\"ferry\", \"quay\"]\n";
/// The same, told what the club does.
const CAREFUL: &str = "against = [\"goal\", \"kiosk\"]\n";

const ITEMS: &str = r#"{"id":"1","title":"Ferry leaves Rostock","published":"2026-11-10T10:00:00Z","labels":{"harbour":1}}
{"id":"2","title":"Rostock wins by a ferry-sized goal","published":"2026-11-11T10:00:00Z","labels":{"harbour":0}}
{"id":"3","title":"Kiosk at the quay of Rostock","published":"2026-11-12T10:00:00Z","labels":{"harbour":false}}
{"id":"4","title":"Rostock in the rain","published":"2026-11-13T10:00:00Z","labels":{"harbour":true,"unknown":1}}
{"id":"5","title":"Port of Rostock closed","published":"2026-11-14T10:00:00Z","labels":{"harbour":1}}
{"id":"6","title":"Nothing at all","published":"2026-11-14T10:00:00Z","labels":{"harbour":0}}
"#;

fn house() -> Newswatch {
    let house = Newswatch::new(&config("", &[SCREEN, HARBOUR, &feed("http://n.example/f", "1h")]));
    house.write("items.jsonl", ITEMS);
    house
}

fn run(house: &Newswatch, arguments: &[&str]) -> Output {
    house.on_config("backtest").args(arguments).run()
}

#[test]
fn a_report_shows_where_the_threshold_lies_and_what_it_costs() {
    let report = run(&house(), &["--items", "items.jsonl"]).assert_code(0);
    for line in [
        "2026-11-14 10:00  harbour        0.90  Port of Rostock closed",
        "6 items: 2026-11-10 to 2026-11-14",
        "harbour: 5 with evidence, 4 alerts at 0.50 (1.0 a day), 4 stories",
        "  0.6–0.7       3  ████████████████████████████████████████",
        "        5       3  Rostock (weak)",
        "    0.40  2026-11-13 10:00  Rostock in the rain  [4]",
        "  6 items with a label: precision 0.50 (2 of 4 alerts), recall 0.67 (2 of 3), F1 0.57",
        "  2 false alarms",
        "  1 missed item",
        "    0.33     1 of 3     Rostock",
        "  “Rostock” costs most: it carried weight in 2 of the 2 false alarms.",
        "no evidence in any item: tartus",
    ] {
        assert!(report.stdout.lines().any(|told| told == line), "{line:?} in {report}");
    }
    assert!(report.stdout.contains("← threshold 0.50"), "{report}");
    let told = "newswatch: passed over 1 label of `unknown`: there is no such watch\n";
    assert_eq!(report.stderr, told, "and no bar in a pipe");
}

#[test]
fn long_reports_are_cut_unless_all_is_asked_for() {
    let house = house();
    let line = |n: usize| {
        format!(
            "{{\"id\":\"{n}\",\"title\":\"Port of Rostock, day {n:02}\",\"published\":\"2026-11-10T10:{n:02}:00Z\",\"labels\":{{\"harbour\":0}}}}\n"
        )
    };
    house.write("many.jsonl", (0..30).map(line).collect::<String>());
    let counts = |arguments: &[&str]| {
        let report = run(&house, &[&["--items", "many.jsonl"], arguments].concat()).assert_code(0);
        let lines = |end: &str| report.stdout.lines().filter(|line| line.contains(end)).count();
        (lines("harbour        0.90"), lines("    0.90  2026"), lines("--all"))
    };
    // The nearest three to the threshold, and ten false alarms.
    assert_eq!(counts(&[]), (20, 13, 2));
    assert_eq!(counts(&["--all"]), (30, 33, 0));
}

#[test]
fn another_configuration_shows_what_it_adds_and_removes() {
    let house = house();
    let other = config("", &[SCREEN, HARBOUR, CAREFUL, &feed("http://n.example/f", "1h")]);
    house.write("other.toml", other.replace("strong = [\"Tartus\"]", "strong = [\"Tartus\", \"Nothing\"]"));
    let json = run(&house, &["--items", "items.jsonl", "--against", "other.toml", "--json"]).assert_code(0);
    let rows: Vec<Value> = json.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = rows.iter().map(|row| (row["id"].as_str().unwrap(), row["change"].as_str().unwrap())).collect();
    assert_eq!(told, [("2", "removed"), ("3", "removed"), ("6", "added")]);
    assert_eq!(
        (&rows[0]["watch"], &rows[0]["before"], &rows[0]["after"]),
        (&"harbour".into(), &0.6.into(), &0.25.into())
    );
    assert!(json.stdout.starts_with(r#"{"id":"2","watch":"harbour","change":"removed","before":"#), "{json}");

    let report = run(&house, &["--items", "items.jsonl", "--against", "other.toml"]).assert_code(0);
    for line in [
        "harbour: 0 added, 2 removed, 2 stay",
        "  - 0.60 → 0.25  2026-11-11 10:00  Rostock wins by a ferry-sized goal",
        "  before  precision 0.50 (2 of 4 alerts), recall 0.67 (2 of 3), F1 0.57",
        "  after   precision 1.00 (2 of 2 alerts), recall 0.67 (2 of 3), F1 0.80",
        "tartus: 1 added, 0 removed, 0 stay",
        "  + 0.00 → 0.90  2026-11-14 10:00  Nothing at all",
    ] {
        assert!(report.stdout.lines().any(|told| told == line), "{line:?} in {report}");
    }
    let one = run(&house, &["--items", "items.jsonl", "--against", "other.toml", "--watch", "tartus"]).assert_code(0);
    assert!(!one.stdout.contains("harbour"), "{one}");
    run(&house, &["--items", "items.jsonl", "--against", "missing.toml"]).assert_code(78);
}

#[test]
fn what_is_no_file_of_items_is_told() {
    let house = house();
    house.write("empty.jsonl", "\n \n");
    let empty = run(&house, &["--items", "empty.jsonl"]).assert_code(1);
    assert!(empty.stderr.contains("empty.jsonl holds no items"), "{empty}");
    house.write("bad.jsonl", "{\"id\":\"1\",\"labels\":{\"harbour\":\"yes\"}}\n");
    let bad = run(&house, &["--items", "bad.jsonl"]).assert_code(1);
    assert!(bad.stderr.contains("bad.jsonl:1: ") && bad.stderr.contains("neither 0 nor 1"), "{bad}");
    assert!(bad.stderr.contains("expected an object such as"), "{bad}");
    let usage = run(&house, &[]).assert_code(2);
    assert!(usage.stderr.contains("--since"), "{usage}");
    let nothing = run(&house, &["--since", "2d"]).assert_code(0);
    assert!(nothing.stderr.contains("holds no items since"), "{nothing}");
}

#[test]
fn the_archive_is_decided_again_and_held_against_the_labels_of_its_alerts() {
    let server = FeedServer::start();
    let titles = ["Ferry leaves Rostock", "Rostock fans meet at the ferry", "Rostock in the rain"];
    server.feed("/feed", rss(&titles));
    let tables = [SCREEN.to_owned(), HARBOUR.to_owned(), feed(&server.url("/feed"), "1h")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    once(&house, 0);
    let alerts = house.on_config("alerts").arg("--json").run().assert_code(0);
    for line in alerts.stdout.lines() {
        let alert: Value = serde_json::from_str(line).unwrap();
        let relevant = alert["headline"] == "Ferry leaves Rostock";
        let label = if relevant { "relevant" } else { "noise" };
        house.on_config("label").args([alert["id"].as_str().unwrap(), label]).run().assert_code(0);
    }
    // An edit of an item counts once.
    server.feed("/feed", rss(&titles).replace("<title>Rostock fans meet", "<title>Rostock fans will meet"));
    once(&house, 0);
    let running = daemon(&house);
    let by_daemon = run(&house, &["--since", "2d"]).assert_code(0);
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
    let from_store = run(&house, &["--since", "2d"]).assert_code(0);
    for report in [&by_daemon, &from_store] {
        for told in [
            "harbour: 3 with evidence, 2 alerts at 0.50 (2.0 a day)",
            "  2 items with a label: precision 0.50 (1 of 2 alerts), 1 of 1 relevant alert kept",
            "    0.60  2026-11-13 09:30  Rostock fans will meet at the ferry",
            "  “Rostock” costs most: it carried weight in the only false alarm.",
        ] {
            assert!(report.stdout.contains(told), "{told:?} in {report}");
        }
    }
    let rows = run(&house, &["--since", "2d", "--json"]).assert_code(0);
    assert_eq!(rows.stdout.lines().count(), 3, "{rows}");
}
