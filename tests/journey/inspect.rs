//! The commands that read without a daemon or a store: `inspect` and `backtest`, in the forms that are promised.

use serde_json::Value;

use crate::desk::{SCREEN, config, feed};
use crate::support::binary::{Newswatch, Output};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;

const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Harbour &amp; Quay</title><link>http://n.example/</link><description>About &lt;b&gt;ships&lt;/b&gt;</description>
<language>en</language><pubDate>Fri, 13 Nov 2026 10:00:00 +0100</pubDate><category>sea</category>
<item><title>Ship &lt;i&gt;seen&lt;/i&gt;</title><link>/2026/ship</link><guid isPermaLink="false">tag:1</guid>
<pubDate>Fri, 13 Nov 2026 09:30:00 GMT</pubDate><description>&lt;p&gt;Off Tartus&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Off <b>Tartus</b>, at noon</p>]]></content:encoded>
<author>ada@n.example (Ada)</author><category>ships</category></item>
<item><title>Bare</title></item>
</channel></rss>"#;

/// `newswatch inspect` with a document on its standard input.
fn piped(house: &Newswatch, arguments: &[&str], input: &str) -> Output {
    let path = house.write("input", input);
    let shell = house.program("sh").args(["-c", "file=$1; shift; exec \"$0\" inspect \"$@\" < \"$file\""]);
    shell.arg(env!("CARGO_BIN_EXE_newswatch")).arg(path).args(arguments).run()
}

fn rows(output: &Output) -> Vec<Value> {
    output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The keys as they stand in the text, which a map would sort.
fn keys(line: &str) -> Vec<String> {
    let (mut depth, mut keys, mut rest) = (0, Vec::new(), line);
    while let Some(at) = rest.find(['{', '[', '}', ']', '"']) {
        let sign = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match sign {
            b'{' | b'[' => depth += 1,
            b'"' => {
                let mut end = 0;
                while rest.as_bytes()[end] != b'"' {
                    end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
                }
                if depth == 1 && rest[end + 1..].starts_with(':') {
                    keys.push(rest[..end].to_owned());
                }
                rest = &rest[end + 1..];
            }
            _ => depth -= 1,
        }
    }
    keys
}

#[test]
fn inspect_gives_what_was_published_in_the_fixed_form() {
    let house = Newswatch::new("");
    let output = piped(&house, &["--json", "--base-url", "http://n.example/feed/", "-"], DOCUMENT).assert_code(0);
    let expected = concat!(
        r#"{"source":"-","parses":true,"error":null,"feed":{"title":"The Harbour & Quay","link":"http://n.example/","#,
        r#""id":null,"description":"About <b>ships</b>","language":"en","published":"2026-11-13T09:00:00Z","updated":null,"#,
        r#""author":[],"categories":["sea"]},"items":[{"id":"tag:1","link":"http://n.example/2026/ship","#,
        r#""title":"Ship <i>seen</i>","summary":"<p>Off Tartus</p>","content":"<p>Off <b>Tartus</b>, at noon</p>","#,
        r#""published":"2026-11-13T09:30:00Z","updated":null,"author":["#,
    );
    let (beginning, rest) = output.stdout.split_at_checked(expected.len()).expect("a longer line");
    assert_eq!(beginning, expected);
    assert!(rest.contains(r#"],"categories":["ships"],"language":"#), "{rest}");
    let bare = rest.split_once(r#"},{"#).unwrap().1;
    let nothing = r#""id":null,"link":null,"title":"Bare","summary":null,"content":null,"published":null,"updated":null,"author":[],"categories":[],"language":"#;
    assert!(bare.starts_with(nothing), "{bare}");
    assert_eq!((output.stdout.lines().count(), output.stderr.as_str()), (1, ""));
}

#[test]
fn inspect_gives_one_line_a_source_whatever_it_is() {
    let (house, server) = (Newswatch::new(""), FeedServer::start());
    server.feed("/feed", DOCUMENT);
    server.set("/broken", Reply::status(500));
    server.set("/inside", Reply::redirect(302, "http://10.0.0.1/feed"));
    let file = house.write("feed.xml", DOCUMENT).display().to_string();
    let page = house.write("page.html", "<!doctype html><html><title>Hello</title></html>").display().to_string();
    let empty = house.write("empty", "").display().to_string();
    let (feed, broken, inside) = (server.url("/feed"), server.url("/broken"), server.url("/inside"));
    let sources = [&file, &page, &empty, "missing.xml", &feed, &broken, &inside, "http://nowhere.invalid/"];
    let output = house.newswatch().args(["inspect", "--json"]).args(sources).run().assert_code(1);
    let rows = rows(&output);
    assert_eq!(rows.iter().map(|row| row["source"].as_str().unwrap()).collect::<Vec<_>>(), sources);
    let parses = [true, false, false, false, true, false, false, false];
    for ((row, line), parses) in rows.iter().zip(output.stdout.lines()).zip(parses) {
        assert_eq!(keys(line), ["source", "parses", "error", "feed", "items"], "{line}");
        assert_eq!((&row["parses"], row["error"].is_null()), (&parses.into(), parses), "{row}");
        assert_eq!(
            (row["feed"].is_object(), row["items"].as_array().unwrap().len()),
            (parses, usize::from(parses) * 2)
        );
    }
    // The document's own address is the base of its links where none is given.
    assert_eq!(rows[4]["items"][0]["link"], server.url("/2026/ship").as_str());
    assert!(rows[6]["error"].as_str().unwrap().contains("10.0.0.1 is not a public address"), "{}", rows[6]);
    assert!(output.stderr.contains("6 sources cannot be read"), "{output}");
}

#[test]
fn inspect_shows_a_person_plain_text() {
    let house = Newswatch::new("");
    let hostile = DOCUMENT.replace("Bare", "Bare \u{202e}\u{9b}31m");
    let output = piped(&house, &["--content-type", "application/rss+xml", "-"], &hostile).assert_code(0);
    assert!(output.stdout.starts_with("-: “The Harbour & Quay”, 2 items\n"), "{output}");
    assert!(output.stdout.contains("2026-11-13 09:30  Ship seen\n"), "{output}");
    assert!(!output.stdout.contains(['\u{202e}', '\u{9b}', '<']), "{output}");
}

#[test]
fn inspect_believes_what_a_server_would_have_said_of_the_charset() {
    let house = Newswatch::new("");
    let document = b"<rss version=\"2.0\"><channel><title>Caf\xe9</title></channel></rss>";
    let title = |document: &[u8], content_type: &str| {
        house.write("feed.xml", document);
        let output = house.newswatch().args(["inspect", "--json", "--content-type", content_type, "feed.xml"]).run();
        rows(&output.assert_code(0))[0]["feed"]["title"].clone()
    };
    assert_eq!(title(document, "text/xml; charset=iso-8859-1"), "Café");
    assert_eq!(title(document, "application/xml; charset=\"windows-1251\""), "Cafй");
    // A byte order mark knows better.
    let marked = format!("\u{feff}{}", String::from_utf8_lossy(document).replace('\u{fffd}', "é"));
    assert_eq!(title(marked.as_bytes(), "text/xml; charset=iso-8859-1"), "Café");
}

/// Items out of their order, one of them without a date.
const ITEMS: &str = r#"
{"id":"late","title":"Frigate leaves Tartus","published":"2026-11-14T10:00:00Z","source":"a","lang":"en","more":1}
{"id":"early","title":"Ship seen off Tartus","summary":"<p>At &amp; off</p>","published":"2026-11-13T10:00:00+01:00","source":"b"}

{"id":"weak","title":"Something on HTS","published":"2026-11-13T12:00:00Z","content":null}
{"id":"other","title":"Nothing at all","published":"2026-11-13T11:00:00Z"}
{"id":"copy","title":"Ship seen off Tartus","published":"2026-11-13T10:05:00+01:00","source":"c"}
"#;

fn backtest(house: &Newswatch, arguments: &[&str]) -> Output {
    let items = house.write("items.jsonl", ITEMS);
    house.on_config("backtest").arg("--items").arg(items).args(arguments).run()
}

#[test]
fn backtest_gives_a_line_for_each_item_and_watch_with_evidence() {
    let hts = "[[watch]]\nname = \"hts\"\nweak = [\"HTS\"]\ncontext = [\"Syria\"]\n";
    let house = Newswatch::new(&config("", &[SCREEN, hts, &feed("http://n.example/f", "1h")]));
    let output = backtest(&house, &["--json"]).assert_code(0);
    let rows = rows(&output);
    let told: Vec<_> = rows.iter().map(|row| (row["id"].as_str().unwrap(), row["watch"].as_str().unwrap())).collect();
    assert_eq!(told, [("early", "tartus"), ("copy", "tartus"), ("weak", "hts"), ("late", "tartus")]);
    for line in output.stdout.lines() {
        assert_eq!(keys(line), ["id", "watch", "score", "alert", "hits", "story"]);
    }
    let alerts: Vec<bool> = rows.iter().map(|row| row["alert"].as_bool().unwrap()).collect();
    assert_eq!(alerts, [true, true, false, true], "before story, silence and quiet hours");
    assert_eq!(rows[0]["story"], rows[1]["story"]);
    assert_ne!(rows[0]["story"], rows[3]["story"]);
    assert_eq!(rows[0]["hits"][0]["text"], "Tartus");

    let one = backtest(&house, &["--json", "--watch", "hts"]).assert_code(0);
    assert_eq!(one.stdout.lines().count(), 1);
    let people = backtest(&house, &[]).assert_code(0);
    assert!(people.stdout.contains("Ship seen off Tartus") && people.stdout.contains("5 items:"), "{people}");
    assert!(!house.state().join("db").exists(), "nothing is stored");
}

#[test]
fn backtest_groups_all_items_into_stories() {
    let house = Newswatch::new(&config("", &[SCREEN, &feed("http://n.example/f", "1h")]));
    let output = backtest(&house, &["--stories", "--json"]).assert_code(0);
    let rows = rows(&output);
    assert!(output.stdout.lines().all(|line| keys(line) == ["id", "cluster"]), "{output}");
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["early", "copy", "other", "weak", "late"]);
    assert_eq!(rows[0]["cluster"], rows[1]["cluster"]);
}

#[test]
fn backtest_says_what_it_cannot_read() {
    let house = Newswatch::new(&config("", &[SCREEN, &feed("http://n.example/f", "1h")]));
    let run = |arguments: &[&str]| house.on_config("backtest").args(arguments).run();
    house.write("bad.jsonl", "{\"id\":\"a\"}\n{\"id\":\n");
    let bad = run(&["--items", "bad.jsonl"]).assert_code(1);
    assert!(bad.stderr.contains("bad.jsonl:2: "), "{bad}");
    let missing = run(&["--items", "missing.jsonl"]).assert_code(1);
    assert!(missing.stderr.contains("cannot read missing.jsonl"), "{missing}");
    let unknown = run(&["--items", "bad.jsonl", "--watch", "tartu"]).assert_code(2);
    assert!(unknown.stderr.contains("no watch `tartu`"), "{unknown}");
    run(&[]).assert_code(2);
    run(&["--since", "soon"]).assert_code(2);
}

#[test]
fn what_is_no_file_is_named_and_not_waited_for() {
    let house = Newswatch::new("");
    house.program("mkfifo").arg("pipe").run().assert_code(0);
    std::fs::create_dir(house.path("directory")).unwrap();
    for name in ["pipe", "directory", "/dev/null"] {
        let output = house.newswatch().args(["inspect", name]).run().assert_code(1);
        assert!(output.stdout.contains("it is not a regular file"), "{output}");
    }
}
