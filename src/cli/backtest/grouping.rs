//! `--stories`: how the items would have been grouped.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::items::{Named, Source, moment};
use super::progress::Progress;
use crate::cli::CliError;
use crate::cli::file::counted;
use crate::cli::out::Out;
use crate::cli::status::time;
use crate::model::{MAX_MEMBER_TEXT_BYTES, StoryId, clip};
use crate::notify::inert;
use crate::story::{StoryIndex, WINDOW, Why};

/// Most reports of a story that are shown, unless all are asked for.
const MAX_SHOWN: usize = 20;

#[derive(Serialize)]
struct Cluster<'a> {
    id: &'a str,
    cluster: StoryId,
}

/// Groups every item, and says how many there were.
pub(super) fn group(
    source: &Source,
    progress: &Progress,
    json: bool,
    all: bool,
    out: &mut Out,
) -> Result<usize, CliError> {
    let mut index = StoryIndex::default();
    let mut grouping = Grouping { most: if all { usize::MAX } else { MAX_SHOWN }, ..Grouping::default() };
    let count = source.each(progress, &mut |named| {
        let assigned = index.assign(&named.item, moment(named));
        if json {
            return out.json(&Cluster { id: &named.id, cluster: assigned.story });
        }
        grouping.take(named, assigned.story, assigned.why, out)
    })?;
    progress.end();
    if !json {
        grouping.end(out)?;
    }
    Ok(count)
}

/// The stories that may still get a report, and what was counted of all.
#[derive(Default)]
struct Grouping {
    open: BTreeMap<StoryId, Group>,
    most: usize,
    looked: Timestamp,
    items: usize,
    stories: usize,
    told_again: usize,
}

struct Group {
    newest: Timestamp,
    count: usize,
    lines: Vec<String>,
}

impl Grouping {
    fn take(&mut self, named: &Named, story: StoryId, why: Why, out: &mut Out) -> Result<(), CliError> {
        let now = moment(named);
        self.items += 1;
        let group = self.open.entry(story).or_insert_with(|| Group { newest: now, count: 0, lines: Vec::new() });
        group.newest = group.newest.max(now);
        group.count += 1;
        if group.count <= self.most {
            group.lines.push(line(named, why));
        }
        if now.duration_since(self.looked) > window() {
            self.looked = now;
            self.close(|group| now.duration_since(group.newest) > window(), out)?;
        }
        Ok(())
    }

    /// Shows the stories that have ended and were told more than once.
    fn close(&mut self, ended: impl Fn(&Group) -> bool, out: &mut Out) -> Result<(), CliError> {
        let (closed, open) = std::mem::take(&mut self.open).into_iter().partition(|(_, group)| ended(group));
        self.open = open;
        let mut closed: Vec<(StoryId, Group)> = Vec::from_iter::<BTreeMap<_, _>>(closed);
        closed.sort_by_key(|(_, group)| group.newest);
        self.stories += closed.len();
        for (story, group) in closed.into_iter().filter(|(_, group)| group.count > 1) {
            self.told_again += 1;
            out.line(format!("story {story}: {}", counted(group.count, "report")))?;
            group.lines.iter().try_for_each(|line| out.line(line))?;
            if group.count > group.lines.len() {
                out.line(format!("  … and {} more (--all shows them)", group.count - group.lines.len()))?;
            }
            out.line("")?;
        }
        Ok(())
    }

    fn end(mut self, out: &mut Out) -> Result<(), CliError> {
        self.close(|_| true, out)?;
        let (items, stories) = (counted(self.items, "item"), self.stories);
        let told = if stories == 1 { "story".to_owned() } else { format!("{stories} stories") };
        out.line(format!("{items}: {told}, {} of them told more than once", self.told_again))
    }
}

fn line(named: &Named, why: Why) -> String {
    let item = &named.item;
    let title = inert(clip(&item.title, MAX_MEMBER_TEXT_BYTES));
    let at = item.date().map_or_else(|| "undated".to_owned(), time);
    let language = item.language.as_deref().map(|tag| format!(" · {}", inert(tag))).unwrap_or_default();
    let sure = match why {
        Why::Similar(similarity) => format!(" [{:.2}]", similarity.score),
        _ => String::new(),
    };
    format!("  {at}  {}{language}{sure}  {title}  [{}]", inert(&item.feed_name), inert(&named.id))
}

fn window() -> SignedDuration {
    SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::MAX)
}
