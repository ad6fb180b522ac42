//! How often the archive's items have the terms that were warned of.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};

use super::CliError;
use super::file::{self, Loaded};
use super::out::Out;
use crate::clock::Clock;
use crate::config::{Mark, Marked};
use crate::matcher::Matcher;
use crate::model::{Field, Item, ItemId, Record, Role, Term, Watch};
use crate::notify::inert;
use crate::store::archive;

/// So far back the archive is read …
const SINCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// … and no further than so many bytes of text: this is a word by the way, and nobody shall wait for it.
const MAX_BYTES: usize = 64 << 20;
/// Most terms that are counted.
const MAX_TERMS: usize = 50;
const SECONDS_A_DAY: f64 = 24.0 * 60.0 * 60.0;

/// Says how many items a day have each term that was warned of. Where there is no archive that can be read, there is
/// nothing to say.
pub(super) fn tell(loaded: &Loaded, out: &mut Out) -> Result<(), CliError> {
    let common = loaded.marks.iter().filter_map(|mark| match &mark.of {
        Marked::CommonTerm { text } => Some((mark, text.as_str())),
        Marked::Golden { .. } | Marked::Template { .. } => None,
    });
    let common: Vec<(&Mark, &str)> = common.take(MAX_TERMS).collect();
    if common.is_empty() {
        return Ok(());
    }
    let Some(count) = Count::of(loaded, &common) else { return Ok(()) };
    for (number, (mark, text)) in common.iter().enumerate() {
        let place = place(loaded, mark);
        out.line(format!("{place}: {} “{}”", count.said(number), inert(text)))?;
    }
    Ok(())
}

fn place(loaded: &Loaded, mark: &Mark) -> String {
    let Some(document) = loaded.documents.get(mark.file) else { return String::new() };
    let (line, column) = document.line_and_column(mark.span.start);
    format!("{}:{line}:{column}", file::shown(&document.path).display())
}

/// What was counted.
struct Count {
    /// Items with the term of each number.
    items: HashMap<usize, usize>,
    days: f64,
}

impl Count {
    /// Reads the archive; `None` if it has nothing.
    fn of(loaded: &Loaded, terms: &[(&Mark, &str)]) -> Option<Self> {
        // A watch for each term, so that each is found however many others are.
        let watches = terms.iter().enumerate().map(|(number, (_, text))| Watch {
            name: number.to_string(),
            terms: vec![Term { text: (*text).to_owned(), role: Role::Strong }],
            threshold: 1.0,
            ..Watch::default()
        });
        let matcher = Matcher::new(&watches.collect::<Vec<_>>()).ok()?;
        let now = Clock::system().now();
        let since = now.checked_sub(SINCE).unwrap_or(Timestamp::MIN);
        let mut known: HashSet<ItemId> = HashSet::new();
        let mut items: HashMap<usize, usize> = HashMap::new();
        let mut times: Option<(Timestamp, Timestamp)> = None;
        let mut bytes = 0;
        let mut visit = |record: Record| {
            bytes += Field::ALL.iter().map(|field| record.item.text(*field).len()).sum::<usize>();
            let (first, last) = times.unwrap_or((record.seen, record.seen));
            times = Some((first.min(record.seen), last.max(record.seen)));
            if known.insert(record.item.id) {
                found(&matcher, &record.item).for_each(|number| *items.entry(number).or_default() += 1);
            }
            if bytes < MAX_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        archive::replay(&loaded.place().state_dir.join("archive"), since, &mut visit).ok()?;
        let (first, last) = times?;
        let last = if bytes < MAX_BYTES { now } else { last };
        // A few hours say little of a day, yet not less than nothing.
        let days = (last.duration_since(first).as_secs_f64() / SECONDS_A_DAY).max(1.0);
        Some(Self { items, days })
    }

    fn said(&self, number: usize) -> String {
        let items = self.items.get(&number).copied().unwrap_or_default();
        let a_day = (items as f64 / self.days).round() as u64;
        match a_day {
            _ if items == 0 => "no archived item of the last days contains".to_owned(),
            0 => "less than one item a day contains".to_owned(),
            1 => "about 1 item a day contains".to_owned(),
            _ => format!("about {} items a day contain", grouped(a_day)),
        }
    }
}

/// The numbers of the terms that the item has.
fn found(matcher: &Matcher, item: &Item) -> impl Iterator<Item = usize> {
    matcher.match_item(item).into_iter().filter_map(|matched| matched.watch.parse().ok())
}

/// `1,240`.
fn grouped(number: u64) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    format!("{},{:03}", grouped(number / 1_000), number % 1_000)
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([7, 999, 1_000, 1_240, 1_000_020].map(grouped), ["7", "999", "1,000", "1,240", "1,000,020"]);
    }
}
