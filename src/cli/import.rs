//! `newswatch import` and `newswatch export`: lists of feeds as other readers have them (OPML).

use std::collections::HashSet;
use std::fmt::Write;
use std::path::PathBuf;

use super::out::{self, Out};
use super::{CliError, file};
use crate::config::FetchLimits;
use crate::model::Source;
use crate::notify::inert;
use crate::parse::opml::{self, Subscription};

#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The list, an OPML file
    list: PathBuf,
    /// The configuration whose feeds are left out
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The configuration
    config: Option<PathBuf>,
}

/// Prints the list's feeds for a configuration; what was joined or left out is told on standard error.
pub(super) fn import(args: &Import, out: &mut Out) -> Result<(), CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Failure(format!("{}: {error}", args.list.display()));
    let size = std::fs::metadata(&args.list).map_err(|error| failed(&error))?.len();
    let limit = FetchLimits::default().max_body_bytes;
    if size > limit {
        return Err(failed(&format!("it is longer than {limit} bytes")));
    }
    let body = std::fs::read(&args.list).map_err(|error| failed(&error))?;
    let list = opml::read(&body).map_err(|error| failed(&error))?;
    let known: HashSet<String> = match &args.config {
        Some(path) => file::load(Some(path.clone()))?.config.feeds.iter().map(|feed| feed.source.to_string()).collect(),
        None => HashSet::new(),
    };
    list.notes.iter().for_each(|note| out::say(&inert(note)));
    let (old, new): (Vec<_>, Vec<_>) = list.feeds.iter().partition(|feed| known.contains(feed.url.as_str()));
    for feed in &new {
        out.line(block(feed))?;
    }
    out.flush()?;
    let already = if old.is_empty() { String::new() } else { format!(", {} in the configuration already", old.len()) };
    out::say(&format!("{}{already}", file::counted(new.len(), "new feed")));
    Ok(())
}

/// Prints the configuration's feeds as OPML; feeds in files have no place in a list that others read.
pub(super) fn export(args: Export, out: &mut Out) -> Result<(), CliError> {
    let config = file::load(args.config)?.config;
    let mut feeds = Vec::new();
    for feed in config.feeds {
        match feed.source {
            Source::Url(mut url) => {
                if url.password().is_some() {
                    out::say(&format!("{}: its password is left out", inert(&feed.name)));
                    // Fails only for URLs that cannot have one.
                    let _ = url.set_password(None);
                }
                let name = if feed.name.contains("://") { url.to_string() } else { feed.name };
                feeds.push(Subscription { url, name, tags: feed.tags });
            }
            Source::File(path) => out::say(&format!("{} is a file and left out", path.display())),
        }
    }
    out.line(opml::write("newswatch", &feeds).trim_end())?;
    out.flush()
}

fn block(feed: &Subscription) -> String {
    let mut block = format!("[[feed]]\nurl = {}\n", quoted(feed.url.as_str()));
    if feed.name != feed.url.as_str() {
        let _ = writeln!(block, "name = {}", quoted(&feed.name));
    }
    if !feed.tags.is_empty() {
        let tags: Vec<String> = feed.tags.iter().map(|tag| quoted(tag)).collect();
        let _ = writeln!(block, "tags = [{}]", tags.join(", "));
    }
    block
}

/// A TOML basic string. JSON's escapes are TOML's; of what only TOML wants escaped, `inert` leaves nothing. A `$` would
/// begin a variable.
fn quoted(text: &str) -> String {
    serde_json::Value::String(inert(text).replace('$', "$$")).to_string()
}
