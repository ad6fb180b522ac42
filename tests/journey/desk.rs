//! What the journeys share: configurations, feeds, and questions to the program.

use std::path::Path;

use serde_json::Value;

use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Running};
use crate::support::feed_server::FeedServer;

/// A key of a webhook.
pub(crate) const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Standard output, as text.
pub(crate) const SCREEN: &str = "[[target]]\nname = \"screen\"\ntype = \"terminal\"\n";

/// A configuration of one watch for "Tartus" that may ask loopback, with what else a test adds.
pub(crate) fn config(fetch: &str, tables: &[&str]) -> String {
    format!(
        "lookback = \"3650d\"\nallow_private = [\"127.0.0.0/8\"]\n\n[fetch]\nhost_gap = \"0s\"\n{fetch}\n\n[[watch]]\n\
         name = \"tartus\"\nstrong = [\"Tartus\"]\n\n{}",
        tables.join("\n")
    )
}

/// A `[[feed]]`, named like its path.
pub(crate) fn feed(url: &str, every: &str) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    format!("[[feed]]\nname = \"{path}\"\nurl = \"{url}\"\nevery = \"{every}\"\n")
}

/// A `[[target]]` that posts, with a signature.
pub(crate) fn webhook(name: &str, url: &str) -> String {
    format!("[[target]]\nname = \"{name}\"\ntype = \"webhook\"\nurl = \"{url}\"\nsecret = \"{KEY}\"\n")
}

/// A feed of these titles, the newest first as publishers have it; the title is the GUID, too.
pub(crate) fn rss<T: AsRef<str>>(titles: &[T]) -> String {
    let items = titles.iter().map(|title| item(title.as_ref(), "")).collect::<String>();
    format!("<rss version=\"2.0\"><channel><title>News</title><link>http://n.example/</link>{items}</channel></rss>")
}

/// An `<item>`, with what else a test adds.
pub(crate) fn item(title: &str, more: &str) -> String {
    format!(
        "<item><title>{title}</title><guid isPermaLink=\"false\">{title}</guid>\
         <pubDate>Fri, 13 Nov 2026 09:30:00 +0000</pubDate>{more}</item>"
    )
}

/// `newswatch COMMAND CONFIG --json …`, parsed.
#[track_caller]
pub(crate) fn ask(house: &Newswatch, command: &str) -> Value {
    let output = house.on_config(command).arg("--json").run().assert_code(0);
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error} in {output}"))
}

/// What `feeds --json` says of the feed of this name.
#[track_caller]
pub(crate) fn feed_report(house: &Newswatch, name: &str) -> Value {
    let feeds = ask(house, "feeds");
    let found = feeds.as_array().unwrap().iter().find(|feed| feed["name"] == name);
    found.unwrap_or_else(|| panic!("no feed {name}: {feeds:#}")).clone()
}

/// The rows of `outbox --json` in this state: `waiting`, `dead`.
#[track_caller]
pub(crate) fn rows(house: &Newswatch, state: &str) -> Vec<Value> {
    let mut outbox = ask(house, "outbox");
    let rows = outbox["deliveries"].as_array_mut().map(std::mem::take).unwrap_or_default();
    rows.into_iter().filter(|row| row["state"] == state).collect()
}

/// Seconds from now to an RFC 3339 time.
#[track_caller]
pub(crate) fn seconds_until(time: &Value) -> f64 {
    let time: jiff::Timestamp = time.as_str().expect("a time").parse().expect("RFC 3339");
    time.duration_since(jiff::Timestamp::now()).as_secs_f64()
}

/// The program polls everything once and ends with this exit code.
#[track_caller]
pub(crate) fn once(house: &Newswatch, code: i32) -> Output {
    house.on_config("run").arg("--once").run().assert_code(code)
}

/// A daemon that has said that it watches: its socket is bound by then.
#[track_caller]
pub(crate) fn daemon(house: &Newswatch) -> Running {
    let daemon = house.on_config("run").spawn();
    daemon.wait_for_stderr("readiness", SOON, |line| line.contains("watching"));
    daemon
}

/// The first lines of the alerts in a terminal's text: `[watch]  score  headline`.
pub(crate) fn headlines(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect()
}

/// Waits until the feed server was asked so often for a path.
#[track_caller]
pub(crate) fn wait_for_requests(server: &FeedServer, path: &str, count: usize) {
    server.wait_for(&format!("{count} requests for {path}"), SOON, |requests| {
        requests.iter().filter(|request| request.path() == path).count() >= count
    });
}

/// Copies a directory and what is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
