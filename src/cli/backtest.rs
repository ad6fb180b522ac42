//! `newswatch backtest`: what the watches would have alerted on.

mod against;
mod grouping;
mod histogram;
mod items;
mod labels;
mod progress;
mod report;
mod sample;
mod tally;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use serde::Serialize;

use self::against::Against;
use self::items::{Named, Source, moment};
use self::labels::Labels;
use self::progress::Progress;
use self::report::{MAX_WRONG, Report};
use super::file::Loaded;
use super::out::{self, Out};
use super::since::Since;
use super::{CliError, file, golden};
use crate::clock::Clock;
use crate::matcher::Matcher;
use crate::model::{Hit, ItemId, Match, StoryId};
use crate::story::StoryIndex;

#[derive(Debug, clap::Args)]
#[command(override_usage = "newswatch backtest [OPTIONS] --items FILE.jsonl [CONFIG]\n       \
                            newswatch backtest [OPTIONS] --since 30d [CONFIG]")]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(super) struct Args {
    /// The configuration
    config: Option<PathBuf>,
    /// Items, one JSON object a line: id, title, summary, content, source, published, lang; labels as {"watch": 0 or 1}
    #[arg(long, value_name = "FILE.jsonl", group = "what")]
    items: Option<PathBuf>,
    /// The archive since then: `30d` or `12h` ago, or a time (RFC 3339); labels are those given by `newswatch label`
    #[arg(long, value_name = "WHEN", group = "what")]
    since: Option<Since>,
    /// Only this watch
    #[arg(long)]
    watch: Option<String>,
    /// Show only what this other configuration would add and remove
    #[arg(long, value_name = "OTHER.toml", conflicts_with = "stories")]
    against: Option<PathBuf>,
    /// Print one JSON object for each item and watch with any evidence
    #[arg(long)]
    json: bool,
    /// Show how the items would have been grouped into stories: those told more than once, with how sure each guess is
    #[arg(long)]
    stories: bool,
    /// Show every alert, false alarm and miss, not only some of each watch
    #[arg(long)]
    all: bool,
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

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let loaded = file::load(args.config.clone())?;
    let other = args.against.clone().map(|path| file::load(Some(path))).transpose()?;
    if let Some(name) = &args.watch {
        let has = |loaded: &Loaded| loaded.config.watches.iter().any(|watch| watch.name == *name);
        if !has(&loaded) && !other.as_ref().is_some_and(has) {
            return Err(CliError::Usage(format!("the configuration has no watch `{name}`")));
        }
    }
    let matcher = args.matcher(&loaded)?;
    let other_loaded = other;
    let other = other_loaded.as_ref().map(|other| args.matcher(other)).transpose()?;
    let source = args.source(&loaded);
    let progress = Progress::new(args.json || args.all || args.stories);
    let count = if args.stories {
        grouping::group(&source, &progress, args.json, args.all, out)?
    } else {
        let labels = args.labels(&loaded, other_loaded.as_ref()).await;
        match &other {
            Some(other) => {
                let mut against = Against::new(&matcher, other, args.json, args.all, labels);
                let count = source.each(&progress, &mut |named| against.decide(named, out))?;
                progress.end();
                against.show(out)?;
                count
            }
            None => decide(&args, &matcher, &source, &progress, labels, out)?,
        }
    };
    out.flush()?;
    if let (0, Source::Archive { dir, since, .. }) = (count, &source) {
        out::say(&format!("the archive in {} holds no items since {since}", dir.display()));
    }
    if args.stories {
        return Ok(());
    }
    // A configuration that decides its own golden items otherwise has a mistake.
    let mut wrong = golden::tell(&loaded, &matcher);
    if let (Some(loaded), Some(other)) = (&other_loaded, &other) {
        wrong += golden::tell(loaded, other);
    }
    match wrong {
        0 => Ok(()),
        count => Err(CliError::Failure(format!("{} decided otherwise", file::counted(count, "golden item")))),
    }
}

impl Args {
    /// The watches that are asked for.
    fn matcher(&self, loaded: &Loaded) -> Result<Matcher, CliError> {
        let mut watches = loaded.config.watches.clone();
        watches.retain(|watch| self.watch.as_ref().is_none_or(|name| watch.name == *name));
        Matcher::new(&watches).map_err(CliError::failure)
    }

    fn source(&self, loaded: &Loaded) -> Source {
        match (&self.items, self.since) {
            (Some(path), _) => Source::File(path.clone()),
            (None, since) => {
                let now = Clock::system().now();
                let since = since.map_or(now, |since| since.from(now));
                Source::Archive { dir: loaded.place().state_dir.join("archive"), since, now }
            }
        }
    }

    /// Those of the store for the archive, where they are shown; a file's items bring their own.
    async fn labels(&self, loaded: &Loaded, other: Option<&Loaded>) -> Labels {
        let watches = std::iter::once(loaded).chain(other).flat_map(|loaded| &loaded.config.watches);
        let known = watches.map(|watch| watch.name.clone()).collect();
        let mut labels = Labels::new(if self.all { usize::MAX } else { MAX_WRONG }, known);
        if self.items.is_none() && !self.json {
            labels.read_store(loaded).await;
        }
        labels
    }
}

fn decide(
    args: &Args,
    matcher: &Matcher,
    source: &Source,
    progress: &Progress,
    labels: Labels,
    out: &mut Out,
) -> Result<usize, CliError> {
    let (mut stories, mut told) = (StoryIndex::default(), Told::default());
    let mut report = Report::new(args.all, labels);
    let count = source.each(progress, &mut |named| {
        let story = stories.assign(&named.item, moment(named)).story;
        let matches = matcher.match_item(&named.item);
        if !args.json {
            report.count(named);
            report.labels.decided(named, matcher.watches(), &matches);
        }
        for matched in matches.iter().filter(|matched| told.is_news(named, matched)) {
            if args.json {
                let Match { watch, score, hits, .. } = matched;
                let alert = matched.alerts();
                out.json(&Row { id: &named.id, watch, score: *score, alert, hits, story })?;
            } else {
                report.decided(named, matched, story, out)?;
            }
        }
        Ok(())
    })?;
    progress.end();
    if !args.json {
        report.show(matcher.watches(), out)?;
    }
    Ok(count)
}

/// What was told already of an archived item, which comes in again on another day when it is edited: it counts once,
/// and once more if only the edit alerts. Evidence is rare, so this stays small.
#[derive(Default)]
struct Told(HashMap<(ItemId, String), bool>);

impl Told {
    fn is_news(&mut self, named: &Named, matched: &Match) -> bool {
        if !named.is_archived() {
            return true;
        }
        let alerts = matched.alerts();
        match self.0.entry((named.item.id, matched.watch.clone())) {
            Entry::Occupied(mut alerted) => alerts && !std::mem::replace(alerted.get_mut(), true),
            Entry::Vacant(place) => {
                place.insert(alerts);
                true
            }
        }
    }
}
