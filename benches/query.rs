//! What boolean watches cost an item: 100 of them, 1,000 and 10,000.
//!
//! The languages are made here: words, the frequent ones short, which fall as Zipf has it. A watch names a subject or two
//! in rare words, and company in more frequent ones; an item has 300 words. In the language of 200,000 words, about as
//! many as a year of news has with its names, most subjects are in no item. In that of 20,000 nearly every word of every
//! item is some watch's: that is the worst case. Run it with `cargo bench --bench query`; a machine that does other work
//! makes the times worse, and the ratios hardly.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]

#[path = "common/word.rs"]
mod word;

use std::hint::black_box;
use std::time::{Duration, Instant};

use newswatch::matcher::Matcher;
use newswatch::model::{FeedId, Item, ItemId, Query, Watch};
use word::word;

const COUNTS: [usize; 3] = [100, 1_000, 10_000];
const LANGUAGES: [usize; 2] = [200_000, 20_000];
const ITEMS: usize = 200;
const WORDS_AN_ITEM: usize = 300;
/// Each number of watches runs so often at least, in turns with the others.
const TURNS: usize = 20;
const TURN: Duration = Duration::from_millis(50);

fn main() {
    LANGUAGES.into_iter().for_each(measure);
}

fn measure(words: usize) {
    let mut random = fastrand::Rng::with_seed(1);
    let words: Vec<String> = (0..words).map(|rank| word(rank, &mut random)).collect();
    let items: Vec<Item> = (0..ITEMS).map(|_| item(&words, &mut random)).collect();
    let watches: Vec<Watch> = (0..COUNTS[2]).map(|number| watch(number, &words, &mut random)).collect();
    let matchers = COUNTS.map(|count| Matcher::new(&watches[..count]).expect("sound watches"));
    let best = times(&matchers, &items);
    println!("{} words\n{:>8} {:>14} {:>16} {:>8}", words.len(), "watches", "µs an item", "matches an item", "ratio");
    for ((count, matcher), time) in COUNTS.iter().zip(&matchers).zip(best) {
        let matches: usize = items.iter().map(|item| matcher.match_item(item).len()).sum();
        let matches = matches as f64 / ITEMS as f64;
        println!("{count:>8} {:>14.1} {matches:>16.2} {:>8.2}", time * 1e6, time / best[0]);
    }
}

/// The best turn of each matcher, in seconds an item. They take turns, so that all suffer the same weather.
fn times(matchers: &[Matcher; 3], items: &[Item]) -> [f64; 3] {
    let mut best = [f64::MAX; 3];
    for _ in 0..TURNS {
        for (matcher, best) in matchers.iter().zip(&mut best) {
            let (started, mut read) = (Instant::now(), 0);
            while started.elapsed() < TURN || read % ITEMS != 0 {
                black_box(matcher.match_item(black_box(&items[read % ITEMS])));
                read += 1;
            }
            *best = best.min(started.elapsed().as_secs_f64() / read as f64);
        }
    }
    best
}

/// The number of a word as often as Zipf has it.
fn zipf(words: usize, random: &mut fastrand::Rng) -> usize {
    ((words as f64).powf(random.f64()) as usize).clamp(1, words) - 1
}

fn item(words: &[String], random: &mut fastrand::Rng) -> Item {
    let mut text =
        |count: usize| (0..count).map(|_| words[zipf(words.len(), random)].as_str()).collect::<Vec<_>>().join(" ");
    let (title, summary, body) = (text(10), text(30), text(WORDS_AN_ITEM - 40));
    let feed = FeedId::new("bench");
    Item {
        id: ItemId::new(feed, &title, body.as_bytes()),
        feed,
        feed_name: "bench".to_owned(),
        guid: None,
        link: None,
        title,
        summary,
        body,
        published: None,
        updated: None,
        authors: Vec::new(),
        categories: Vec::new(),
        language: Some("en".to_owned()),
    }
}

fn watch(number: usize, words: &[String], random: &mut fastrand::Rng) -> Watch {
    let from = words.len() / 10;
    let mut rare = || &words[random.usize(from..words.len())];
    let (subject, alias, other) = (rare(), rare(), rare());
    let mut frequent = || &words[random.usize(50..from)];
    let (a, b, c, d) = (frequent(), frequent(), frequent(), frequent());
    let query = match number % 4 {
        0 => format!("({subject} OR \"{alias} {a}\") AND ({b} OR {c} OR {d}*) AND NOT {other}"),
        1 => format!("({subject} OR {alias}) NEAR/10 ({a} OR {b} OR {c})"),
        2 => format!("\"{subject} {a} {b}\"~4 OR {alias} AND ={c}"),
        _ => format!("{subject} AND ({a} OR {b}) AND ({c} OR {d}) -{other}"),
    };
    let query = Query::parse(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
    Watch { name: number.to_string(), query: Some(query), threshold: 0.5, ..Watch::default() }
}
