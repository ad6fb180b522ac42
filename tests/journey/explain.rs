//! `explain`: the sentence, the hits and the sum, for what alerted, what was held back, what stayed below, and texts.

use serde_json::Value;

use crate::desk::{SCREEN, config, daemon, feed, item, once, rss};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;

const HARBOUR: &str = "[[watch]]\nname = \"harbour\"\nstrong = [\"Port of Rostock\"]\nweak = [\"Rostock\"]\n\
                       context = [\"ferry\"]\nagainst = [\"goal\"]\n";

fn explain(house: &Newswatch, item: &str) -> String {
    house.on_config("explain").arg(item).run().assert_code(0).stdout
}

/// `explain … -`, with this on standard input.
fn explain_input(house: &Newswatch, input: &str, arguments: &str) -> Output {
    house.write("input", input);
    let script = format!("exec \"$0\" explain newswatch.toml - {arguments} < input");
    house.program("sh").args(["-c", &script]).arg(env!("CARGO_BIN_EXE_newswatch")).run()
}

#[test]
fn items_say_in_one_sentence_why_they_alerted_or_did_not() {
    let (server, copies) = (FeedServer::start(), FeedServer::start());
    server.feed(
        "/feed",
        rss(&["The Port of Rostock is closed today", "Rostock in the rain", "Ferry to Rostock: a goal"]),
    );
    let copy = rss(&["The Port of Rostock is closed today"])
        .replace("isPermaLink=\"false\">The Port", "isPermaLink=\"false\">copy The Port");
    copies.feed("/copy", rss(&["Nothing at all"]));
    let tables =
        [SCREEN.to_owned(), HARBOUR.to_owned(), feed(&server.url("/feed"), "1h"), feed(&copies.url("/copy"), "1h")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    once(&house, 0);
    copies.feed("/copy", copy);
    once(&house, 0);
    let alerts = house.on_config("alerts").arg("--json").run().assert_code(0);
    let alerts: Vec<Value> = alerts.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [update, alert] = [0, 1].map(|at| alerts[at]["id"].as_str().unwrap());

    let told = explain(&house, "The Port of Rostock is closed today");
    for line in [
        &format!("Watch harbour: 0.90, threshold 0.50; it raised alert {alert}"),
        "  It alerted because “Port of Rostock” stands in the title (0.90) and reached the threshold 0.50.",
        "   +0.90  “Port of Rostock” at 4..19 of the title: strong term “Port of Rostock”, base form",
        "  sum: 0.90 strong term “Port of Rostock” in the title = 0.90 ≥ 0.50",
    ] {
        assert!(told.lines().any(|said| said == line), "{line:?} in {told}");
    }
    assert_eq!(explain(&house, alert), told, "an alert's id leads to its item");
    assert_eq!(explain(&house, &alert[..10].to_uppercase()), told, "and so does the beginning of it");
    let running = daemon(&house);
    assert_eq!(explain(&house, alert), told);
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);

    let held = explain(&house, "copy The Port of Rostock is closed today");
    let why =
        format!("  It was told in update {update} of a story that had alerted, because “Port of Rostock” stands in");
    assert!(held.lines().any(|line| line.starts_with(&why)), "{held}");
    assert_eq!(explain(&house, update), held, "an update's id leads to the first report in it");
    let below = explain(&house, "Rostock in the rain");
    assert!(
        below.contains("  It did not alert: 0.40 is below 0.50; one more context word would have been enough.\n"),
        "{below}"
    );
    let against = explain(&house, "Ferry to Rostock: a goal");
    assert!(against.contains("it would have been enough but for “goal” in the title (−0.45).\n"), "{against}");
    assert!(against.contains("   -0.45  “goal” at 20..24 of the title: against term “goal”, base form\n"), "{against}");
    let nothing = explain(&house, "Nothing at all");
    assert!(nothing.ends_with("It did not alert: no watch found a strong or weak term in it.\n"), "{nothing}");
}

#[test]
fn of_the_versions_of_an_item_the_one_that_alerted_is_explained() {
    let server = FeedServer::start();
    let link = "http://n.example/1";
    let with = |title: &str| {
        let item = item("1", &format!("<link>{link}</link>")).replace("<title>1<", &format!("<title>{title}<"));
        rss::<&str>(&[]).replace("</channel>", &format!("{item}</channel>"))
    };
    let tables = [SCREEN.to_owned(), HARBOUR.to_owned(), feed(&server.url("/feed"), "1s")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    for title in ["The harbour is open", "The Port of Rostock is closed today", "The harbour is open again"] {
        server.feed("/feed", with(title));
        once(&house, 0);
    }
    let told = explain(&house, link);
    assert!(told.starts_with("“The Port of Rostock is closed today”\n"), "{told}");
}

#[test]
fn texts_are_a_title_and_a_summary_or_an_item_in_json() {
    let house = Newswatch::new(&config("", &[SCREEN, HARBOUR, &feed("http://n.example/f", "1h")]));
    let text = explain_input(&house, "Ferry news\n\nIt leaves Rostock at noon.\n", "").assert_code(0).stdout;
    assert!(text.contains("It would alert because “Rostock” stands in the summary"), "{text}");
    assert!(text.contains("“Rostock” at 10..17 of the summary: weak term “Rostock”"), "{text}");
    let json = r#"{"id":"1","title":"Ferry leaves Rostock","lang":"en","published":"2026-11-13T10:00:00Z"}"#;
    let item = explain_input(&house, json, "--json --lang de").assert_code(0);
    let matches: Value = serde_json::from_str(&item.stdout).unwrap();
    assert_eq!((&matches[0]["watch"], &matches[0]["score"]), (&"harbour".into(), &0.6.into()));
    // Context alone is no evidence.
    let context = explain_input(&house, "The ferry", "").assert_code(0);
    assert_eq!(context.stdout, "It would not alert: no strong or weak term, and no word of a query, is in it.\n");
    let broken = explain_input(&house, "{\"id\":\"1\",", "").assert_code(1);
    assert!(
        broken.stderr.contains("standard input: this is not an item") && broken.stderr.contains("expected"),
        "{broken}"
    );
    assert!(explain_input(&house, " \n", "").assert_code(1).stderr.contains("standard input is empty"));
    house.on_config("explain").args(["x", "--lang", "de"]).run().assert_code(2);
    let unknown = explain_input(&house, "Ferry", "--lang yy").assert_code(2);
    assert!(unknown.stderr.contains("no language has the code `yy`"), "{unknown}");
    // What a feed would bring is decided: plain text, and no more of it.
    let markup = explain_input(&house, "The Port of <b>Ro</b>stock &amp; more", "").assert_code(0);
    assert!(markup.stdout.contains("“Port of Rostock” at 4..19"), "{markup}");
    let long = explain_input(&house, &format!("Port of Rostock{}", " and on".repeat(1_000)), "").assert_code(0);
    assert!(long.stderr.starts_with("the title is cut to 204") && long.stdout.contains("would alert"), "{long}");
    let endless = explain_input(&house, &"Rostock ".repeat(200_000), "").assert_code(1);
    assert!(endless.stderr.contains("standard input is longer than 1048576 bytes"), "{endless}");
    house.write("latin1", b"Rostock\n caf\xe9");
    let script = "exec \"$0\" explain newswatch.toml - < latin1";
    let coded = house.program("sh").args(["-c", script]).arg(env!("CARGO_BIN_EXE_newswatch")).run().assert_code(1);
    assert!(coded.stderr.contains("standard input is not UTF-8 from line 2 on"), "{coded}");
}
