//! The items that are decided: those of a file in the order of their dates, or those of the archive a day at a time.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::progress::Progress;
use crate::cli::CliError;
use crate::cli::line::{EXPECTED, Line};
use crate::model::{Item, Record};
use crate::store::archive;

/// Longest line of a file, in bytes; the texts that are kept of it are far shorter.
const MAX_LINE_BYTES: u64 = 16 << 20;

/// An item under its own name.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) item: Item,
    /// When it came in, as far as is known.
    pub(super) at: Option<Timestamp>,
    /// Whether it should alert, by watch.
    pub(super) labels: BTreeMap<String, bool>,
    /// Whether it may come in again, edited.
    archived: bool,
}

impl Named {
    pub(super) fn is_archived(&self) -> bool {
        self.archived
    }
}

/// Where items come from.
pub(super) enum Source {
    /// A file of JSON lines.
    File(PathBuf),
    /// The archive in this directory, since then until now.
    Archive { dir: PathBuf, since: Timestamp, now: Timestamp },
}

/// Called with each item.
pub(super) type Visit<'a> = dyn FnMut(&Named) -> Result<(), CliError> + 'a;

impl Source {
    /// Visits every item and says how many there were.
    pub(super) fn each(&self, progress: &Progress, visit: &mut Visit<'_>) -> Result<usize, CliError> {
        match self {
            Source::File(path) => {
                let items = from_file(path)?;
                let count = items.len();
                progress.expect(count as u64);
                for named in items {
                    visit(&named)?;
                    progress.advance(1);
                }
                Ok(count)
            }
            Source::Archive { dir, since, now } => from_archive(dir, *since, *now, progress, visit),
        }
    }
}

fn from_file(path: &Path) -> Result<Vec<Named>, CliError> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| CliError::Failure(format!("cannot read {shown}: {error}")))?;
    let (mut lines, mut line, mut items) = (BufReader::new(file), String::new(), Vec::new());
    for at in 1.. {
        line.clear();
        let failed = |what: &dyn std::fmt::Display| CliError::Failure(format!("{shown}:{at}: {what}"));
        let length = lines.by_ref().take(MAX_LINE_BYTES).read_line(&mut line).map_err(|error| failed(&error))?;
        if length as u64 == MAX_LINE_BYTES {
            return Err(failed(&"this line is longer than 16 MiB"));
        }
        let text = line.trim().trim_start_matches('\u{feff}');
        match (length, text) {
            (0, _) => break,
            (_, "") => {}
            _ => items.push(Line::read(text).map_err(|why| failed(&why))?.into()),
        }
    }
    if items.is_empty() {
        return Err(CliError::Failure(format!("{shown} holds no items; in each line, {EXPECTED}")));
    }
    items.sort_by_key(|named: &Named| named.at);
    Ok(items)
}

impl From<Line> for Named {
    fn from(mut line: Line) -> Self {
        let (id, labels) = (line.id.clone(), std::mem::take(&mut line.labels));
        let item = line.into_item();
        Named { id, at: item.date(), item, labels, archived: false }
    }
}

/// Streams a day at a time, so that a day's items are all that is held. The archive is read beside a running daemon: it
/// is append-only.
fn from_archive(
    dir: &Path,
    since: Timestamp,
    now: Timestamp,
    progress: &Progress,
    visit: &mut Visit<'_>,
) -> Result<usize, CliError> {
    let mut day = Day::default();
    let (mut count, mut last) = (0, None);
    let mut result = Ok(());
    let mut keep = |record: Record| {
        let date = archive::day(record.seen);
        if last != Some(date) {
            result = day.decide(visit, &mut count);
            match last {
                None => progress.expect(now.duration_since(record.seen).as_hours().unsigned_abs() / 24 + 1),
                Some(_) => progress.advance(1),
            }
            last = Some(date);
        }
        day.put(record);
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    archive::replay(dir, since, &mut keep).map_err(CliError::failure)?;
    result?;
    day.decide(visit, &mut count)?;
    Ok(count)
}

/// The items of a day, each as it last came in on that day.
#[derive(Default)]
struct Day {
    items: Vec<Named>,
    places: HashMap<crate::model::ItemId, usize>,
}

impl Day {
    fn put(&mut self, record: Record) {
        let Record { seen, item, .. } = record;
        let place = *self.places.entry(item.id).or_insert(self.items.len());
        let named = Named { id: item.id.to_string(), item, at: Some(seen), labels: BTreeMap::new(), archived: true };
        match self.items.get_mut(place) {
            // An edit: it came in when it first did.
            Some(known) => known.item = named.item,
            None => self.items.push(named),
        }
    }

    fn decide(&mut self, visit: &mut Visit<'_>, count: &mut usize) -> Result<(), CliError> {
        self.places.clear();
        self.items.sort_by_key(|named| named.item.date());
        *count += self.items.len();
        std::mem::take(&mut self.items).iter().try_for_each(visit)
    }
}

/// When an item without any date came in, for the stories: before all others.
pub(super) fn moment(named: &Named) -> Timestamp {
    named.at.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// So many days between two times, one at least: for rates that are no guess.
pub(super) fn days(from: Timestamp, to: Timestamp) -> f64 {
    let span: SignedDuration = to.duration_since(from);
    (span.as_secs_f64() / 86_400.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeedId, ItemId, StoryId};

    fn record(id: &str, title: &str, seen: &str, published: &str) -> Record {
        let feed = FeedId::new("feed");
        let (seen, published) = (seen.parse().expect("a time"), published.parse().ok());
        let item = Item {
            id: ItemId::new(feed, "guid", id.as_bytes()),
            feed,
            feed_name: String::new(),
            guid: None,
            link: None,
            title: title.to_owned(),
            summary: String::new(),
            body: String::new(),
            published,
            updated: None,
            authors: Vec::new(),
            categories: Vec::new(),
            language: None,
        };
        Record { seen, story: StoryId::opened_by(item.id), item, decisions: Vec::new() }
    }

    #[test]
    fn the_archive_comes_a_day_at_a_time_each_in_the_order_of_its_dates() {
        let dir = tempfile::tempdir().expect("a directory");
        let write = |day: &str, records: &[Record]| {
            let lines: Vec<_> = records.iter().map(|record| serde_json::to_string(record).expect("JSON")).collect();
            let frame = zstd::encode_all(lines.join("\n").as_bytes(), 1).expect("a frame");
            std::fs::write(dir.path().join(format!("{day}.zst")), frame).expect("a file");
        };
        let first = "2026-11-21T08:00:00Z";
        write(
            "2026-11-21",
            &[
                record("b", "later", first, "2026-11-21T07:00:00Z"),
                record("a", "earlier", first, "2026-11-20T07:00:00Z"),
                record("b", "later, edited", "2026-11-21T09:00:00Z", "2026-11-21T07:00:00Z"),
                record("c", "undated", "2026-11-21T10:00:00Z", ""),
            ],
        );
        write("2026-11-22", &[record("a", "old, edited", "2026-11-22T08:00:00Z", "2026-11-01T07:00:00Z")]);
        let (since, now) = (Timestamp::MIN, "2026-11-22T12:00:00Z".parse().expect("a time"));
        let source = Source::Archive { dir: dir.path().to_owned(), since, now };
        let mut told = Vec::new();
        let mut visit = |named: &Named| {
            told.push((named.item.title.clone(), moment(named).to_string()));
            Ok(())
        };
        let count = source.each(&Progress::new(true), &mut visit).expect("items");
        let told: Vec<(&str, &str)> = told.iter().map(|(title, at)| (title.as_str(), at.as_str())).collect();
        assert_eq!(count, 4);
        assert_eq!(
            told,
            [
                ("undated", "2026-11-21T10:00:00Z"),
                ("earlier", first),
                ("later, edited", first),
                ("old, edited", "2026-11-22T08:00:00Z"),
            ]
        );
        let failed = source.each(&Progress::new(true), &mut |_| Err(CliError::Closed));
        assert!(matches!(failed, Err(CliError::Closed)));
    }
}
