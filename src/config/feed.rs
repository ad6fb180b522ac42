//! `[[feed]]`: what is watched.

use std::collections::HashMap;
use std::time::Duration;

use toml::de::DeTable;

use super::access::{self, Jars};
use super::address::{http_url, leads_to_loopback};
use super::diagnostic::{At, Fault, Span};
use super::language;
use super::quantity::{days, seconds};
use super::reader::Reader;
use super::section::{Section, not_empty};
use super::words;
use crate::model::{Edits, Feed, FeedId, Source};

/// Shortest interval that may be asked of somebody else's server.
const MIN_EVERY: Duration = seconds(10);
/// Shortest interval for what lies on this machine.
const MIN_EVERY_LOCAL: Duration = seconds(1);

/// What an edit comes to.
const EDITS: [(&str, Edits); 3] = [("ignore", Edits::Ignore), ("update", Edits::Update), ("alert", Edits::Alert)];

/// Reads all feeds; those with a mistake are left out.
pub(super) fn read(tables: Vec<At<&DeTable<'_>>>, reader: &mut Reader<'_>) -> Vec<Feed> {
    let mut first: HashMap<FeedId, Span> = HashMap::new();
    let mut feeds = Vec::with_capacity(tables.len());
    let mut jars = Jars::default();
    for table in tables {
        let Some(At { value: feed, span }) = read_one(table, &mut jars, reader) else { continue };
        if let Some(first) = first.get(&feed.id) {
            let line = reader.line(first.start);
            let fault = Fault::new(format!("this feed is listed already, on line {line}")).hint("remove one of them");
            reader.report(fault.at(span));
            continue;
        }
        first.insert(feed.id, span);
        feeds.push(feed);
    }
    feeds
}

/// A feed, and where its source is written.
fn read_one(table: At<&DeTable<'_>>, jars: &mut Jars, reader: &mut Reader<'_>) -> Option<At<Feed>> {
    let section = Section::open(table, &[words::FEED, words::ACCESS].concat(), &[], reader);
    let source = source(&section, reader);
    let name = section.parsed("name", "a string", reader, one_line).map(|name| name.value);
    let local = source.as_ref().is_some_and(|source| is_local(&source.value));
    let shortest = if local { MIN_EVERY_LOCAL } else { MIN_EVERY };
    let every = section.duration("every", shortest..=days(7), reader);
    let language = section.parsed("language", "a language like \"et\"", reader, language::tag).map(|tag| tag.value);
    let edits =
        section.parsed("edits", "a string", reader, |text| words::choice(text, &EDITS)).map(|edits| edits.value);
    let tags = section.strings("tags", "strings", reader).unwrap_or_default();
    let tags = tags.iter().filter_map(|tag| reader.accept(one_line(&tag.value), &tag.span)).collect();

    let sitemap = section.parsed("sitemap", "a URL", reader, http_url).map(|sitemap| sitemap.value);
    let access = access::read(&section, source.as_ref().map(|source| &source.value), jars, reader);

    let At { value: source, span } = source?;
    let name = name.unwrap_or_else(|| default_name(&section, &source));
    let edits = edits.unwrap_or_default();
    Some(At { value: Feed { name, every, language, tags, edits, sitemap, access, ..Feed::new(source) }, span })
}

fn source(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<At<Source>> {
    section.require_one(&["url", "path"], "a feed is read from a `url` or, on this machine, from a `path`", reader);
    section.allow_one(&["url", "path"], reader);
    let url = section.parsed("url", "a URL", reader, feed_url);
    let path = section.parsed("path", "a path", reader, not_empty);
    match (url, path) {
        (Some(url), _) => Some(At { value: Source::Url(url.value), span: url.span }),
        (None, Some(path)) => Some(At { value: Source::File(reader.resolve(&path.value)), span: path.span }),
        (None, None) => None,
    }
}

fn feed_url(text: &str) -> Result<url::Url, Fault> {
    http_url(text).map_err(|fault| {
        let file = text.strip_prefix("file://").is_some() || text.starts_with(['/', '.']);
        fault.maybe_hint(file.then(|| "a file of this machine is written path = \"…\"".to_owned()))
    })
}

fn is_local(source: &Source) -> bool {
    match source {
        Source::Url(url) => leads_to_loopback(url),
        Source::File(_) => true,
    }
}

/// The source as written, so that a variable's value is not shown to everybody; without what looks like a secret.
fn default_name(section: &Section<'_>, source: &Source) -> String {
    let written = ["url", "path"].iter().find_map(|key| section.value(key)?.get_ref().as_str());
    match (source, written) {
        (Source::Url(url), _) if source.to_string() != url.as_str() => source.to_string(),
        (_, Some(written)) => written.to_owned(),
        (_, None) => source.to_string(),
    }
}

/// Names and tags go into mails and logs, where control characters do harm.
fn one_line(text: &str) -> Result<String, Fault> {
    if text.chars().any(char::is_control) {
        return Err(Fault::new("this must not hold control characters"));
    }
    not_empty(text.trim())
}
