//! What somebody sees who has just cloned the project: `newswatch run config/quickstart.toml`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::desk::{copy, headlines};
use crate::support::SOON;
use crate::support::binary::{Invocation, Newswatch, Output, Signal};

/// (watch, the beginning of the title): the table of `config/quickstart/README.md`.
const EXPECTED: [(&str, &str); 15] = [
    ("africa-corps", "Africa Corps unit sat tight"),
    ("hts", "Africa Corps unit sat tight"),
    ("tartus", "Africa Corps unit sat tight"),
    ("tartus", "Fictional Pelican Line adds Tartous"),
    ("hts", "Court of Nowhere hears the treasurer"),
    ("tartus", "مسابقة متخيَّلة لصنّاع القوارب الورقية بطرطوس"),
    ("africa-corps", "رواية جديدة: الفيلق الأفريقي"),
    ("hts", "محكمة من ورق تستمع إلى طبّاخ"),
    ("africa-corps", "В сказке о верблюжьей почте"),
    ("tartus", "Смотритель вымышленного маяка"),
    ("hts", "Кукольный театр ставит суд"),
    ("tartus", "Hayalî balık pazarı"),
    ("hts", "Uydurma oyunda HTŞ'nin"),
    ("tartus", "Luuletaja paberlaevuke"),
    ("africa-corps", "Jutustuses valvab Aafrika korpus"),
];

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

/// The program of somebody who is at home: no `$STATE_DIRECTORY`.
fn run(house: &Newswatch, config: &Path) -> Invocation {
    house.newswatch().arg("run").arg(config).without_env("STATE_DIRECTORY")
}

/// The house with a copy of the shipped configuration, and where that is.
fn at_home() -> (Newswatch, PathBuf) {
    let house = Newswatch::new("");
    copy(&shipped(), &house.path("config"));
    let config = house.path("config/quickstart.toml");
    (house, config)
}

/// The alerts as they are told, and the updates that the copy of a story leads to, one a watch.
#[track_caller]
fn assert_all_expected(told: Vec<String>) {
    let (updates, alerts): (Vec<String>, Vec<String>) = told.into_iter().partition(|line| line.contains("]  update  "));
    assert_expected(&alerts);
    assert_eq!(updates.len(), 3, "{updates:#?}");
    assert!(
        updates.iter().all(|line| line.contains("1 outlet, 1 independent: Africa Corps unit sat tight")),
        "{updates:#?}"
    );
}

#[track_caller]
fn assert_expected(alerts: &[String]) {
    for (watch, title) in EXPECTED {
        let of_it = |line: &&String| line.starts_with(&format!("[{watch}]")) && line.contains(title);
        assert_eq!(alerts.iter().filter(of_it).count(), 1, "[{watch}] {title} in {alerts:#?}");
    }
    assert_eq!(alerts.len(), EXPECTED.len(), "{alerts:#?}");
}

/// Alerts and nothing else: each begins with its watch, is indented, ends with its id, and an empty line follows.
#[track_caller]
fn assert_alerts_only(output: &Output) {
    let blocks = output.stdout.strip_suffix("\n\n").expect("an empty line after the last alert").split("\n\n");
    for block in blocks {
        let lines: Vec<&str> = block.lines().collect();
        let (first, last) = (lines[0], lines[lines.len() - 1]);
        assert!(["[tartus]", "[hts]", "[africa-corps]"].iter().any(|watch| first.starts_with(watch)), "{first}");
        assert!(lines[1..].iter().all(|line| line.starts_with("  ")), "{block}");
        assert!(last.starts_with("  alert "), "{block}");
        let says = |what: &str| lines.iter().any(|line| line.starts_with(what));
        let explained = says("  matched: “") && says("  why: ");
        assert!(explained != first.contains("]  update  "), "{block}");
    }
}

#[test]
fn the_shipped_files_alert_as_their_table_says_and_repeat_nothing() {
    let house = Newswatch::new("");
    let config = shipped().join("quickstart.toml");
    let first = run(&house, &config).arg("--once").run().assert_code(0);
    assert_all_expected(headlines(&first.stdout));
    assert_alerts_only(&first);
    assert!(first.stderr.contains("polled 5 feeds, 0 failed"), "{first}");

    let second = run(&house, &config).arg("--once").run().assert_code(0);
    assert_eq!(second.stdout, "", "{second}");
    assert!(house.path("home/.local/state/newswatch").is_dir(), "the state lies at home");
    assert_eq!(std::fs::read_dir(house.state()).unwrap().count(), 0);
}

#[test]
fn an_item_added_to_a_feed_alerts_at_the_next_poll() {
    let (house, config) = at_home();
    let daemon = run(&house, &config).spawn();
    let mut alerts = 0;
    daemon.wait_for_stdout("the first alerts", SOON, |line| {
        alerts += usize::from(line.starts_with("  alert "));
        alerts == EXPECTED.len()
    });

    // As an editor saves: whole, and under the old name.
    let path = house.path("config/quickstart/en.xml");
    let bottle = "<item><title>Message in a bottle drifts past the port of Tartus</title><guid>bottle-1</guid></item>";
    let text = std::fs::read_to_string(&path).unwrap().replacen("<item>", &format!("{bottle}<item>"), 1);
    house.write("config/quickstart/en.xml.new", text);
    std::fs::rename(house.path("config/quickstart/en.xml.new"), &path).unwrap();
    daemon.wait_for_stdout("the new alert", SOON, |line| line.contains("Message in a bottle"));

    daemon.signal(Signal::Int);
    let output = daemon.wait_exit(SOON).assert_code(0);
    // The copy waits for its quiet period, or was told already.
    let mut heard = headlines(&output.stdout);
    heard.retain(|line| !line.contains("]  update  ") && !line.contains("Message in a bottle"));
    assert_expected(&heard);

    let again = run(&house, &config).env("NEWSWATCH_LOG", "newswatch=debug").spawn();
    let mut unchanged = 0;
    again.wait_for_stderr("a reading of all five", SOON, |line| {
        unchanged += usize::from(line.contains(" unchanged "));
        unchanged == 5
    });
    again.signal(Signal::Int);
    let again = headlines(&again.wait_exit(SOON).assert_code(0).stdout);
    assert!(again.iter().all(|line| line.contains("]  update  ")), "{again:?}");
}

#[test]
fn a_program_reads_the_alerts_as_json() {
    let (house, config) = at_home();
    let text = std::fs::read_to_string(&config).unwrap();
    let json = text.replacen("type = \"terminal\"", "type = \"terminal\"\nformat = \"json\"", 1);
    house.write("config/quickstart.toml", json);
    let output = run(&house, &config).arg("--once").run().assert_code(0);
    let told: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (updates, alerts): (Vec<Value>, Vec<Value>) =
        told.into_iter().partition(|told| told["type"] == "story.updated");
    assert_eq!((alerts.len(), updates.len()), (EXPECTED.len(), 3));
    for alert in &alerts {
        let keys: Vec<&String> = alert.as_object().unwrap().keys().collect();
        assert_eq!((keys.len(), &alert["type"]), (3, &Value::from("alert.news")), "{alert}");
        assert!(alert["timestamp"].as_str().unwrap().ends_with('Z'));
        let data = &alert["data"];
        assert!(data["score"].as_f64() >= data["threshold"].as_f64(), "{data}");
        assert!(data["hits"].as_array().is_some_and(|hits| !hits.is_empty()), "{data}");
    }
    let lines: Vec<String> = alerts
        .iter()
        .map(|alert| format!("[{}] {}", alert["data"]["watch"].as_str().unwrap(), alert["data"]["headline"]))
        .collect();
    assert_expected(&lines);
}
