//! `newswatch backtest`: what the watches would have alerted on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::out::Out;
use super::{CliError, file};
use crate::clock::Clock;
use crate::matcher::Matcher;
use crate::model::{FeedId, Hit, Item, ItemId, Match, StoryId};
use crate::notify::inert;
use crate::parse::plain_text;
use crate::store::archive;
use crate::story::StoryIndex;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration
    config: Option<PathBuf>,
    /// Items, one JSON object a line: id, title, summary, content, source, published, lang
    #[arg(long, value_name = "FILE.jsonl", conflicts_with = "since", required_unless_present = "since")]
    items: Option<PathBuf>,
    /// The archive of so many days, such as `30d`
    #[arg(long, value_name = "DAYS", value_parser = days)]
    since: Option<i64>,
    /// Only this watch
    #[arg(long)]
    watch: Option<String>,
    /// Print one JSON object for each item and watch with any evidence
    #[arg(long)]
    json: bool,
    /// Show how the items would have been grouped into stories
    #[arg(long)]
    stories: bool,
}

/// An item of a file; whatever else a line holds is passed over.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    published: Option<Timestamp>,
    #[serde(default)]
    lang: Option<String>,
}

/// An item under its own name.
struct Named {
    id: String,
    item: Item,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    watch: &'a str,
    score: f64,
    alert: bool,
    hits: &'a [Hit],
    story: StoryId,
}

#[derive(Serialize)]
struct Cluster<'a> {
    id: &'a str,
    cluster: StoryId,
}

pub(super) fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let loaded = file::load(args.config.clone())?;
    let mut watches = loaded.config.watches.clone();
    if let Some(name) = &args.watch {
        watches.retain(|watch| watch.name == *name);
        if watches.is_empty() {
            return Err(CliError::Usage(format!("the configuration has no watch `{name}`")));
        }
    }
    let matcher = Matcher::new(&watches).map_err(CliError::failure)?;
    let mut items = match (&args.items, args.since) {
        (Some(path), _) => from_file(path)?,
        (None, days) => from_archive(&loaded.place().state_dir, days.unwrap_or_default())?,
    };
    items.sort_by_key(|named| named.item.date());
    let mut stories = StoryIndex::default();
    let mut summary = Summary::default();
    for named in &items {
        let now = named.item.date().unwrap_or(Timestamp::UNIX_EPOCH);
        let story = stories.assign(&named.item, now);
        if args.stories {
            cluster(named, story, args.json, out)?;
            continue;
        }
        for matched in matcher.match_item(&named.item) {
            summary.count(&matched, story);
            show(named, &matched, story, args.json, out)?;
        }
    }
    if !args.json && !args.stories {
        summary.show(items.len(), out)?;
    }
    out.flush()
}

fn show(named: &Named, matched: &Match, story: StoryId, json: bool, out: &mut Out) -> Result<(), CliError> {
    let alert = matched.alerts();
    if json {
        let Match { watch, score, hits, .. } = matched;
        return out.json(&Row { id: &named.id, watch, score: *score, alert, hits, story });
    }
    if !alert {
        return Ok(());
    }
    let date =
        named.item.date().map_or_else(|| "undated         ".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
    out.line(format!("{date}  {:<14} {:.2}  {}", inert(&matched.watch), matched.score, inert(&named.item.title)))
}

fn cluster(named: &Named, story: StoryId, json: bool, out: &mut Out) -> Result<(), CliError> {
    if json {
        out.json(&Cluster { id: &named.id, cluster: story })
    } else {
        out.line(format!("{story}  {}", inert(&named.item.title)))
    }
}

/// What came of it all, a line a watch.
#[derive(Default)]
struct Summary {
    watches: BTreeMap<String, Counts>,
}

#[derive(Default)]
struct Counts {
    evidence: usize,
    alerts: usize,
    stories: std::collections::HashSet<StoryId>,
}

impl Summary {
    fn count(&mut self, matched: &Match, story: StoryId) {
        let counts = self.watches.entry(matched.watch.clone()).or_default();
        counts.evidence += 1;
        if matched.alerts() {
            counts.alerts += 1;
            counts.stories.insert(story);
        }
    }

    fn show(&self, items: usize, out: &mut Out) -> Result<(), CliError> {
        out.line(format!("{}:", file::counted(items, "item")))?;
        for (watch, counts) in &self.watches {
            let watch = inert(watch);
            out.line(format!(
                "  {watch:<14} {} with evidence, {} at the threshold, in {} stories",
                counts.evidence,
                counts.alerts,
                counts.stories.len()
            ))?;
        }
        Ok(())
    }
}

fn from_file(path: &Path) -> Result<Vec<Named>, CliError> {
    let failed =
        |line: usize, error: &dyn std::fmt::Display| CliError::Failure(format!("{}:{line}: {error}", path.display()));
    let file =
        File::open(path).map_err(|error| CliError::Failure(format!("cannot read {}: {error}", path.display())))?;
    let mut items = Vec::new();
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| failed(at + 1, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line).map_err(|error| failed(at + 1, &error))?;
        items.push(line.into());
    }
    Ok(items)
}

impl From<Line> for Named {
    fn from(line: Line) -> Self {
        let plain = |text: Option<String>| text.map(|text| plain_text(&text)).unwrap_or_default();
        let source = line.source.unwrap_or_default();
        let feed = FeedId::new(&source);
        let item = Item {
            id: ItemId::new(feed, "guid", line.id.as_bytes()),
            feed,
            feed_name: source,
            guid: Some(line.id.clone()),
            link: None,
            title: plain(line.title),
            summary: plain(line.summary),
            body: plain(line.content),
            published: line.published,
            updated: None,
            authors: Vec::new(),
            categories: Vec::new(),
            language: line.lang,
        };
        Named { id: line.id, item }
    }
}

/// The archive is read beside a running daemon: it is append-only.
fn from_archive(state_dir: &Path, days: i64) -> Result<Vec<Named>, CliError> {
    let since = Clock::system().now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    let mut items: BTreeMap<ItemId, Item> = BTreeMap::new();
    let mut keep = |record: crate::model::Record| {
        items.insert(record.item.id, record.item);
        ControlFlow::Continue(())
    };
    archive::replay(&state_dir.join("archive"), since, &mut keep).map_err(CliError::failure)?;
    Ok(items.into_values().map(|item| Named { id: item.id.to_string(), item }).collect())
}

fn days(text: &str) -> Result<i64, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    days.filter(|days| (1..=36_500).contains(days)).ok_or_else(|| "a number of days, such as `30d`".to_owned())
}
