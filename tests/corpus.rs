//! The feeds of others, some three thousand files with whatever their publishers got wrong, served over HTTP to one
//! daemon: nothing may abort, and no feed may end in silence.
//!
//! The files are not part of this repository: they are looked for in `$NEWSWATCH_CORPUS`, else in `../shared/corpus`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use support::binary::{Newswatch, Output};
use support::feed_server::FeedServer;
use support::reply::Reply;

/// The whole round, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// File descriptors that the daemon may have: enough for `max_in_flight`, and for no connection that is kept.
const MAX_FILES: u32 = 160;
/// Words that stand in many of the files, so that the second half of the trip has something to do.
const WATCHES: &str = r#"
[[target]]
name = "screen"
type = "terminal"
format = "json"

[[watch]]
name = "trade"
strong = ["Linux", "iPhone", "Google", "WordPress", "podcast", "Bitcoin"]

[[watch]]
name = "world"
strong = ["Syria", "Ukraine", "Россия", "中国", "election"]
weak = ["Tartus", "HTS", "police"]
"#;

#[test]
fn the_feeds_of_others_all_come_to_something() {
    let Some(corpus) = corpus() else { return };
    let files = manifest(&corpus);
    assert!(files.len() > 1_000, "a manifest of {} rows", files.len());

    // Every address: one request a host at a time is the rule, and here each feed has a host of its own.
    let server = FeedServer::start_at("0.0.0.0:0".parse().unwrap());
    let port = server.address().port();
    let mut config =
        format!("lookback = \"3650d\"\nallow_private = [\"127.0.0.0/8\"]\n[fetch]\nmax_in_flight = 64\n{WATCHES}");
    for (number, file) in files.iter().enumerate() {
        server.set(&format!("/{number}"), file.reply(&corpus));
        let host = format!("127.{}.{}.{}", 1 + number / 62_500, number / 250 % 250, 1 + number % 250);
        let _ = write!(config, "\n[[feed]]\nname = \"{number}\"\nurl = \"http://{host}:{port}/{number}\"\n");
    }
    let house = Newswatch::new(&config);
    let start = Instant::now();
    // Few files at once: what a host is asked with may not stay open when it has answered.
    let script = format!("ulimit -n {MAX_FILES}; exec \"$0\" run --once newswatch.toml");
    let daemon = house.program("sh").args(["-c", &script]).arg(env!("CARGO_BIN_EXE_newswatch"));
    let output = daemon.spawn().wait_exit(PATIENCE).assert_code(0);
    let took = start.elapsed();
    let panics: Vec<&str> = output.stderr.lines().filter(|line| line.contains("panicked at")).collect();
    assert!(panics.is_empty(), "{panics:#?}");

    let feeds = house.on_config("feeds").arg("--json").run().assert_code(0);
    let feeds: Vec<Value> = serde_json::from_str(&feeds.stdout).unwrap();
    assert_eq!(feeds.len(), files.len());
    let silent: Vec<&Value> = feeds.iter().filter(|feed| !speaks(feed)).collect();
    assert!(silent.is_empty(), "{} feeds ended in silence: {silent:#?}", silent.len());
    let unread = |feed: &&Value| {
        let error = feed["last_error"].as_str().unwrap_or_default();
        ["cannot connect", "the answer", "no complete answer"].iter().any(|trouble| error.starts_with(trouble))
    };
    let unread: Vec<&Value> = feeds.iter().filter(unread).collect();
    assert!(unread.is_empty(), "{} feeds were not received: {unread:#?}", unread.len());
    let asked = server.requests().len();
    assert_eq!(asked, files.len(), "one request a feed");
    let lost = report(&files, &feeds, &output, took);
    assert!(lost.is_empty(), "feeds whose items did not arrive: {lost:#?}");
}

/// Read well, or with a reason why not.
fn speaks(feed: &Value) -> bool {
    let told = feed["last_error"].as_str().is_some_and(|error| !error.trim().is_empty());
    match feed["health"].as_str() {
        Some("well") => !told && feed["last_poll"].is_string(),
        Some("failing") => told && feed["last_poll"].is_string(),
        _ => false,
    }
}

/// A row of the manifest.
struct File {
    path: String,
    kind: String,
    content_type: Option<String>,
    items: Option<u64>,
}

impl File {
    fn reply(&self, corpus: &Path) -> Reply {
        let reply = Reply::ok(std::fs::read(corpus.join(&self.path)).unwrap());
        let by_name = match Path::new(&self.path).extension().and_then(|extension| extension.to_str()) {
            Some("html" | "htm") => Some("text/html"),
            Some("json") => Some("application/json"),
            Some("xml" | "rss" | "atom" | "rdf") => Some("application/xml"),
            _ => None,
        };
        match self.content_type.as_deref().or(by_name) {
            Some(content_type) => reply.header("Content-Type", content_type),
            None => reply,
        }
    }
}

/// The directory that the manifest is in, and from which its paths start.
fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("NEWSWATCH_CORPUS").map_or_else(beside, PathBuf::from).join("feeds");
    if corpus.join("manifest.jsonl").exists() {
        return Some(corpus);
    }
    support::skip(&format!("no corpus of feeds in {}; NEWSWATCH_CORPUS may name another place", corpus.display()));
    None
}

fn manifest(corpus: &Path) -> Vec<File> {
    let text = std::fs::read_to_string(corpus.join("manifest.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let file = |row: Value| File {
        path: row["file"].as_str().unwrap().to_owned(),
        kind: row["kind"].as_str().unwrap().to_owned(),
        content_type: row["context"]["content_type"].as_str().map(str::to_owned),
        items: row["expect"]["items"].as_u64(),
    };
    rows.map(file).collect()
}

/// Tells what a person wants to know, past the harness that swallows what a passing test prints, and returns the files
/// that hold items by the manifest, and of which none came.
fn report(files: &[File], feeds: &[Value], output: &Output, took: Duration) -> Vec<String> {
    let well = feeds.iter().filter(|feed| feed["health"] == "well").count();
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    let mut new: BTreeMap<usize, u64> = BTreeMap::new();
    for line in output.stderr.lines() {
        let field = |name: &str| {
            let value = line.split_once(&format!(" {name}="))?.1;
            Some(value.split([' ', '"']).find(|part| !part.is_empty())?.to_owned())
        };
        if let (Some(feed), Some(items)) = (field("feed"), field("new")) {
            new.insert(feed.parse().unwrap(), items.parse().unwrap());
        } else if let Some(class) = field("class") {
            *classes.entry(class).or_default() += 1;
        }
    }
    let items: u64 = new.values().sum();
    let barren = |(at, file): &(usize, &File)| {
        let sound = !matches!(file.kind.as_str(), "notfeed" | "hostile");
        sound && file.items.is_some_and(|items| items > 0) && new.get(at).is_none_or(|items| *items == 0)
    };
    let lost: Vec<String> = files.iter().enumerate().filter(barren).map(|(_, file)| file.path.clone()).collect();
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {} feeds in {:.1} s, {well} well with {items} items, {} failing {classes:?}, {} alerts, \
         {} with items that did not arrive",
        feeds.len(),
        took.as_secs_f32(),
        feeds.len() - well,
        output.stdout.lines().count(),
        lost.len(),
    );
    lost
}
