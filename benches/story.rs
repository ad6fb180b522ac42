//! What it costs to find an item's story, with 1,000, 10,000 and 100,000 items in the window, and what the window takes.
//!
//! The news is made here: words of a language of 200,000, as often as Zipf has it, names and numbers; each event has words,
//! names and a number of its own, and a fifth of all items are further reports of an event of the last hours, in words that
//! are half its own. Titles have ten words, summaries thirty. The reference is to fold the same texts, once. Run it with
//! `cargo bench --bench story`, with nothing beside it.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]

#[path = "common/word.rs"]
mod word;

use std::hint::black_box;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{FeedId, Item, ItemId};
use newswatch::story::{StoryIndex, WINDOW};
use word::word;

const WINDOWS: [usize; 3] = [1_000, 10_000, 100_000];
const WORDS: usize = 200_000;
/// Items that are assigned and timed in each window.
const TIMED: usize = 20_000;
/// Of so many items one is a further report.
const FURTHER: usize = 5;
/// How many of the latest events may have further reports.
const OPEN_EVENTS: usize = 300;
const OUTLETS: usize = 400;

fn main() {
    let mut random = fastrand::Rng::with_seed(1);
    let words: Vec<String> = (0..WORDS).map(|rank| word(rank, &mut random)).collect();
    println!(
        "{:>9} {:>14} {:>12} {:>12} {:>14} {:>12}",
        "window", "µs an item", "items/s", "× folding", "× the first", "MB"
    );
    let mut first = None;
    for window in WINDOWS {
        let before = resident();
        let mut news = News::new(&words, window);
        let mut index = StoryIndex::default();
        for _ in 0..window {
            let (item, at) = news.next();
            index.assign(&item, at);
        }
        let taken = resident().saturating_sub(before);
        let items: Vec<(Item, Timestamp)> = (0..TIMED).map(|_| news.next()).collect();
        let folding = time(&items, |(item, _)| {
            black_box(newswatch::text::fold(&item.title));
            black_box(newswatch::text::fold(&item.summary));
        });
        let cost = time(&items, |(item, at)| {
            black_box(index.assign(item, *at));
        });
        let ratio = cost / *first.get_or_insert(cost);
        println!(
            "{:>9} {:>14.1} {:>12.0} {:>12.1} {ratio:>14.2} {:>12.0}",
            index.len(),
            cost * 1e6,
            1.0 / cost,
            cost / folding,
            taken as f64 / 1e6
        );
    }
}

/// Seconds an item.
fn time(items: &[(Item, Timestamp)], mut each: impl FnMut(&(Item, Timestamp))) -> f64 {
    let started = Instant::now();
    items.iter().for_each(&mut each);
    started.elapsed().as_secs_f64() / items.len() as f64
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4096
}

/// An endless run of items, as many within a window as are asked for.
struct News<'a> {
    words: &'a [String],
    random: fastrand::Rng,
    events: Vec<Vec<String>>,
    gap: SignedDuration,
    now: Timestamp,
    count: usize,
}

impl<'a> News<'a> {
    fn new(words: &'a [String], window: usize) -> Self {
        let gap = SignedDuration::try_from(WINDOW / u32::try_from(window).expect("a number of items")).expect("a gap");
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50);
        Self { words, random: fastrand::Rng::with_seed(2), events: Vec::new(), gap, now, count: 0 }
    }

    fn next(&mut self) -> (Item, Timestamp) {
        self.now += self.gap;
        self.count += 1;
        let further = self.count.is_multiple_of(FURTHER) && !self.events.is_empty();
        if !further {
            let event = self.event();
            self.events.push(event);
        }
        let oldest = self.events.len().saturating_sub(OPEN_EVENTS);
        let at = if further { self.random.usize(oldest..self.events.len()) } else { self.events.len() - 1 };
        let event = self.events[at].clone();
        let (title, summary) = (self.text(&event, 10), self.text(&event, 30));
        let feed = FeedId::new(&format!("outlet {}", self.random.usize(..OUTLETS)));
        let item = Item {
            id: ItemId::new(feed, "guid", &self.count.to_le_bytes()),
            feed,
            feed_name: String::new(),
            guid: None,
            link: Some(format!("https://outlet.example/{}", self.count)),
            title,
            summary,
            body: String::new(),
            published: Some(self.now),
            updated: None,
            authors: Vec::new(),
            categories: Vec::new(),
            language: Some("en".to_owned()),
        };
        (item, self.now)
    }

    /// What an event is told in: words, two names and a number.
    fn event(&mut self) -> Vec<String> {
        let mut event: Vec<String> = (0..12).map(|_| self.word()).collect();
        for _ in 0..2 {
            let rare = self.words.len() - 1 - self.random.usize(..self.words.len() / 2);
            let name = &self.words[rare];
            event.push(name[..1].to_uppercase() + &name[1..]);
        }
        event.push(self.random.u32(2..900).to_string());
        event
    }

    /// A text of which half is the event's own.
    fn text(&mut self, event: &[String], count: usize) -> String {
        let word = |_| if self.random.bool() { event[self.random.usize(..event.len())].clone() } else { self.word() };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }

    /// A word as often as Zipf has it.
    fn word(&mut self) -> String {
        let rank = (self.words.len() as f64).powf(self.random.f64()) as usize;
        self.words[rank.clamp(1, self.words.len()) - 1].clone()
    }
}
