//! Fuzzing of parsing: feeds are cut, spliced, repeated and scribbled on, and whatever comes of it must be parsed or
//! refused: no panic, no hang, and never more than the limits allow.
//!
//! A short run with a fixed seed is part of the tests. `NEWSWATCH_FUZZ_SECONDS=3600 cargo test --release --test fuzz`
//! runs longer, from a seed that it prints; `NEWSWATCH_FUZZ_SEED` replays one. Seeds to mutate are the project's own
//! fixtures and, where it is there, the collection of feeds beside the project.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that runs against the clock when asked to")]
#![allow(clippy::print_stdout, reason = "a seed that is not told cannot be replayed")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use newswatch::model::{Feed, Source as FeedSource};
use newswatch::parse::{self, MAX_ITEM_TEXT_BYTES, MAX_ITEMS, ParseError, Source};

/// Mutants of the short run.
const SHORT_RUN: u64 = 4_000;
/// Largest seed and mutant, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// Far above what any mutant needs, also on a busy machine: only a hang or a quadratic loop is slower.
const HANG: Duration = Duration::from_secs(5);

/// Pieces that parsers stumble over.
const PIECES: &[&str] = &[
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\" encoding=\"utf-16\"?>",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "&a;",
    "&#0;",
    "&#xD800;",
    "&#x10FFFF;",
    "&amp;amp;",
    "&",
    "<",
    ">",
    "</",
    "/>",
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<rss version=\"9\">",
    "<rdf:RDF>",
    "<feed xmlns=\"http://purl.org/atom/ns#\">",
    "</channel>",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "\"",
    "'",
    "=",
    "{\"items\":[",
    "]}",
    "\\u0000",
    "\\ud800",
    "<a:b:c>",
    "xmlns:a=\"\"",
    "<title type=\"xhtml\"><div>",
    "xml:base=\"http://[\"",
    "mode=\"base64\"",
    "Thu, 32 Foo 99999 25:61:61 +9999",
    "9999-12-31T23:59:60Z",
    "-9999-01-01",
    "<content:encoded>",
    "<media:group>",
    "<urlset>",
    "<url><loc>",
    "<skipHours><hour>24",
    "<sy:updateFrequency>-1",
    "<link rel=\"hub\" href=\"",
    "<news:news>",
];

/// Steele, Lea and Flood's splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }
}

fn files_below(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::var_os("NEWSWATCH_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let mut files = Vec::new();
    files_below(&root.join("config/quickstart"), &mut files);
    files_below(&root.join("tests/fixtures"), &mut files);
    let own = files.len();
    files_below(&corpus.join("feeds/feeds"), &mut files);
    println!("seeds: {own} of the project, {} of the collection", files.len() - own);
    files.sort();
    let mut seeds: Vec<Vec<u8>> = files.iter().filter_map(|path| fs::read(path).ok()).collect();
    seeds.push(b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>".to_vec());
    seeds.push(
        b"<urlset><url><loc>https://example.org/1</loc><lastmod>2026-03-01</lastmod><news:news><news:title>a</news:title>\
          <news:keywords>b, c</news:keywords></news:news></url></urlset>"
            .to_vec(),
    );
    seeds.push(
        b"<rss><channel><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>\
          <atom:link rel='hub' href='/'/><skipHours><hour>1</hour></skipHours><item><title>a</title></item></channel></rss>"
            .to_vec(),
    );
    seeds.push(br#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"a"}]}"#.to_vec());
    seeds.retain(|seed| !seed.is_empty() && seed.len() <= MAX_BYTES);
    seeds
}

fn mutate(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(200)).min(bytes.len());
        match dice.below(9) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = PIECES[dice.below(PIECES.len())].as_bytes();
                let piece = piece.repeat(1 + if dice.below(8) == 0 { dice.below(300) } else { 0 });
                bytes.splice(at..at, piece);
            }
            3 => {
                let copy = bytes[at..end].to_vec();
                let copy = copy.repeat(1 + dice.below(20));
                bytes.splice(at..at, copy);
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len());
                let to = (from + dice.below(2_000)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            5 => {
                for byte in bytes.iter_mut().skip(at).take(1 + dice.below(4)) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            6 => bytes[at..end].reverse(),
            7 => {
                for byte in bytes.iter_mut().skip(at).take(1 + dice.below(3)) {
                    *byte = dice.roll() as u8;
                }
            }
            // Two bytes a character, as a mislabelled UTF-16 document has them.
            _ => bytes = bytes.iter().take(MAX_BYTES / 2).flat_map(|byte| [*byte, 0]).collect(),
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

/// What must hold of any bytes.
fn check(bytes: &[u8], dice: &mut Dice) {
    let types = [None, Some("application/rss+xml; charset=windows-1251"), Some("application/json"), Some("text/html")];
    let base = "https://example.org/feed".parse().unwrap();
    let source = Source { body: bytes, content_type: types[dice.below(types.len())], base_url: Some(&base) };
    let news = parse::sitemap(&source);
    assert!(news.map_or_else(|error| error != ParseError::ParserPanic, |news| news.len() <= MAX_ITEMS));
    let Ok(document) = parse::parse(&source) else { return };
    assert!(document.items.len() <= MAX_ITEMS);
    let feed = Feed::new(FeedSource::Url(base.clone()));
    let items = parse::items(&feed, &document);
    let again = parse::items(&feed, &parse::parse(&source).unwrap());
    assert_eq!(items, again, "ids are pure functions of the document");
    let ids: std::collections::HashSet<_> = items.iter().map(|(item, _)| item.id).collect();
    assert_eq!(ids.len(), items.len(), "no two items of a document share an id");
    for (item, _) in &items {
        assert!(item.summary.len() <= MAX_ITEM_TEXT_BYTES && item.body.len() <= MAX_ITEM_TEXT_BYTES);
    }
}

#[test]
fn whatever_comes_is_parsed_or_refused() {
    let seconds = std::env::var("NEWSWATCH_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let given = std::env::var("NEWSWATCH_FUZZ_SEED").ok().and_then(|text| text.parse::<u64>().ok());
    let clock = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = given.unwrap_or_else(|| if seconds.is_some() { clock() } else { 1 });
    println!("NEWSWATCH_FUZZ_SEED={seed}");
    let (seeds, start) = (seeds(), Instant::now());
    let mut run = 0u64;
    while seconds.map_or(run < SHORT_RUN, |seconds| start.elapsed() < Duration::from_secs(seconds)) {
        // Each mutant has a seed of its own, so that it can be replayed alone.
        let own = seed.wrapping_add(run);
        let mut dice = Dice(own);
        let mutant = mutate(&mut dice, &seeds);
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| check(&mutant, &mut dice)));
        if outcome.is_err() || begun.elapsed() > HANG {
            let path = std::env::temp_dir().join(format!("newswatch-mutant-{own}"));
            fs::write(&path, &mutant).unwrap();
            panic!("mutant {own} ({}) panicked or took {:?}", path.display(), begun.elapsed());
        }
        run += 1;
    }
    println!("{run} mutants in {:?}", start.elapsed());
}
