//! The top level of the file.

use lettre::Address;
use toml::de::DeTable;

use super::diagnostic::{At, Fault};
use super::name::Names;
use super::quantity::{self, days, seconds};
use super::reader::Reader;
use super::section::{Section, not_empty};
use super::watch::Watches;
use super::{
    Config, DEFAULT_LOOKBACK, address, drill, feed, fetch, file, links, route, story, target, watch_file, websub, words,
};

use crate::model::{Budget, Secret};

const FEED_HINT: &str = "say what to watch:\n  [[feed]]\n  url = \"https://example.org/feed.xml\"";
const WATCH_HINT: &str = "say what to wait for:\n  [[watch]]\n  name = \"harbour\"\n  strong = [\"port of Odesa\"]";
const TARGET_HINT: &str = "say who is told:\n  [[target]]\n  name = \"screen\"\n  type = \"terminal\"";

/// Reads the whole document. What it returns is of use only if nothing was reported.
pub(super) fn read(document: &DeTable<'_>, reader: &mut Reader<'_>) -> Option<Config> {
    let top = Section::open(At { value: document, span: 0..0 }, words::ROOT, &[], reader);
    let mut target_names = Names::new("target");
    let targets = target::read(top.tables("target", "[[target]]", reader), &mut target_names, reader);
    let story = top.table("story", reader).map(|table| story::read(table, reader)).unwrap_or_default();
    let defaults = target_names.referred(&top, "targets", reader);
    let mut watches = Watches::new(&target_names, defaults, story.realert);
    watches.read(top.tables("watch", "[[watch]]", reader), reader);
    // What cannot be read may hold watches.
    let all_read = watch_file::read(&top, &mut watches, reader);
    let elsewhere = watches.any() || !all_read;
    for (key, hint, elsewhere) in
        [("feed", FEED_HINT, false), ("watch", WATCH_HINT, elsewhere), ("target", TARGET_HINT, false)]
    {
        if !elsewhere && (!top.has(key) || top.is_empty_list(key)) {
            reader.report_absence(Fault::new(format!("there is no `[[{key}]]`")).hint(hint).at(0..0));
        }
    }
    let state_dir = top.parsed("state_dir", "a path", reader, not_empty).map(|path| reader.resolve(&path.value));
    let contact = top.parsed("contact", "an e-mail address or a URL", reader, contact).map(|contact| contact.value);
    // Without a word about it the owner is the target of that name; or all are.
    let called_owner = targets.iter().any(|target| target.name == "owner") && !top.has("owner");
    let owner = if called_owner { vec!["owner".to_owned()] } else { target_names.referred(&top, "owner", reader) };
    let feeds = feed::read(top.tables("feed", "[[feed]]", reader), reader);
    let tables = top.tables("route", "[[route]]", reader);
    let routes = route::read(tables, &target_names, &watches.names(), &feeds, reader);
    Some(Config {
        state_dir,
        contact,
        lookback: top.duration("lookback", seconds(0)..=days(3650), reader).unwrap_or(DEFAULT_LOOKBACK),
        budget: top.parsed("budget", "a text", reader, budget).map(|budget| budget.value).unwrap_or_default(),
        alert_within: top.duration("alert_within", seconds(10)..=days(7), reader),
        owner,
        allow_private: networks(&top, reader),
        quiet: story.quiet,
        fetch: top.table("fetch", reader).map(|table| fetch::read(table, reader)).unwrap_or_default(),
        websub: top.table("websub", reader).and_then(|table| websub::read(table, reader)),
        drill: top.table("drill", reader).and_then(|table| drill::read(table, &target_names, reader)),
        links: top.table("links", reader).and_then(|table| links::read(table, reader)),
        heartbeat: heartbeat(&top, reader),
        feeds,
        watches: watches.finish(),
        targets,
        routes,
    })
}

fn heartbeat(top: &Section<'_>, reader: &mut Reader<'_>) -> Option<Secret> {
    top.allow_one(&["heartbeat", "heartbeat_file"], reader);
    let written = top.parsed("heartbeat", "a URL", reader, address::http_url);
    let stored = file::read(top, "heartbeat_file", reader).and_then(|file| {
        Some(At { value: reader.accept(address::http_url(&file.value.text), &file.span)?, span: file.span })
    });
    Some(Secret::new(written.or(stored)?.value))
}

fn budget(text: &str) -> Result<Budget, Fault> {
    let (number, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let (bounds, budget): (_, fn(u32) -> Budget) = match unit {
        "/feed/day" => (1..=288, Budget::PerFeedDay),
        "/min" => (1..=60_000, Budget::PerMinute),
        _ => return Err(no_budget()),
    };
    quantity::within(number.parse().map_err(|_| no_budget())?, bounds, |n: u32| format!("{n}{unit}")).map(budget)
}

fn no_budget() -> Fault {
    Fault::new("this is not a budget of requests")
        .hint("write \"24/feed/day\" for an average of each feed, or \"60/min\" for all feeds together")
}

/// It goes into a header of every request, so it is plain ASCII.
fn contact(text: &str) -> Result<String, Fault> {
    let known = address::http_url(text).is_ok() || text.parse::<Address>().is_ok();
    if known && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Fault::new("this is neither an e-mail address nor a URL")
        .hint("publishers find it in our requests: \"desk@example.org\" or \"https://example.org/about-us\""))
}

fn networks(top: &Section<'_>, reader: &mut Reader<'_>) -> Vec<ipnet::IpNet> {
    let list = top.strings("allow_private", "networks", reader).unwrap_or_default();
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            Fault::new("this is not a network in CIDR notation")
                .hint("write \"192.168.0.0/16\" or \"fd00::/8\"; a single address is \"127.0.0.1/32\"")
        })
    };
    list.iter().filter_map(|network| reader.accept(parse(&network.value), &network.span)).collect()
}
