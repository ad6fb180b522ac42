//! How fast `matcher` decides whole items, against the bare automaton of Aho and Corasick, which only looks for the
//! letters of the terms, in a text that somebody else has folded.
//!
//! Megabytes are those of the items as published, for all contenders, so that a ratio of speeds is one of times. Items
//! and terms are made in `match/words.rs`; where the news of `tests/support/corpus.rs` lie beside the project they are
//! read as well. Run it with `cargo bench --bench match`; a machine that does other work makes the figures worse, and the
//! ratios hardly.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]
#![allow(unreachable_pub, reason = "a bench has no public")]

#[path = "match/words.rs"]
mod words;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use newswatch::matcher::Matcher;
use newswatch::model::{Field, Item, Role, Term, Watch};
use newswatch::text::{Folded, fold};

const ITEMS: usize = 2000;
const TERMS_A_WATCH: usize = 5;
/// How often each contender reads all items; the best time counts.
const TURNS: usize = 15;
/// As many terms are looked for.
const SIZES: [usize; 4] = [3, 1000, 50_000, 1_000_000];
/// No DFA is built for more.
const MOST_IN_A_DFA: usize = 50_000;
/// How much of the bare automaton's speed is enough, and at how many terms.
const BAR: (usize, f64) = (50_000, 0.6);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(size) = arguments.iter().position(|a| a == "--build").and_then(|at| arguments.get(at + 1)) {
        return build(size.parse().expect("a number of terms"));
    }
    let terms = words::terms(SIZES[SIZES.len() - 1]);
    let items = words::items(ITEMS, &terms);
    println!(
        "{:<21} {:>6} {:>7} {:>12} {:>6} {:>6}   {:>5} {:>5} {:>7}   with a hit",
        "", "MB/s", "best AC", "(which)", "daach.", "ratio", "fold", "scan", "verify"
    );
    for size in SIZES {
        if wanted(size) {
            row(&format!("{size} terms"), &items, &watches(&terms[..size]));
        }
    }
    if wanted(BAR.0) {
        row(&format!("{}, as written", BAR.0), &items, &as_written(watches(&terms[..BAR.0])));
    }
    match news() {
        Some(news) => {
            row("50000, real news", &news, &watches(&terms[..BAR.0]));
            row("the same, as written", &news, &as_written(watches(&terms[..BAR.0])));
        }
        None => println!("real news: not beside the project"),
    }
    many_watches(&items, &terms);
    println!("\n{:<18} {:>8} {:>8} {:>12} {:>12}", "build", "s", "AC s", "MB resident", "AC MB");
    for size in SIZES.into_iter().filter(|size| wanted(*size)) {
        let this = std::env::current_exe().expect("a path");
        let out = Command::new(this).args(["--build", &size.to_string()]).output().expect("runs");
        print!("{:<18} {}", format!("{size} terms"), String::from_utf8_lossy(&out.stdout));
    }
}

/// `MATCH_BENCH_MOST=50000` leaves out the larger sizes.
fn wanted(size: usize) -> bool {
    let most = std::env::var("MATCH_BENCH_MOST").ok().and_then(|most| most.parse().ok());
    most.is_none_or(|most: usize| size <= most)
}

/// A line of the table.
fn row(name: &str, items: &[Item], watches: &[Watch]) {
    let matcher = Matcher::new(watches).expect("sound watches");
    let terms: Vec<String> = watches.iter().flat_map(|watch| &watch.terms).map(|term| term.text.clone()).collect();
    let folded: Vec<Folded> = texts(items).map(fold).collect();
    let mut bare = automata(&terms);
    let rival = daachorse::DoubleArrayAhoCorasick::<u32>::new(patterns(&terms)).expect("an automaton");
    let bytes: usize = texts(items).map(str::len).sum();

    let mut ours = Best::default();
    let (mut folding, mut scanning, mut second) = (Best::default(), Best::default(), Best::default());
    for _ in 0..TURNS {
        ours.take(|| items.iter().map(|item| matcher.match_item(item).len()).sum());
        folding.take(|| texts(items).map(|text| fold(text).text().len()).sum());
        scanning.take(|| folded.iter().map(|text| matcher.candidates(text)).sum());
        for (_, automaton, best) in &mut bare {
            best.take(|| folded.iter().map(|text| automaton.find_overlapping_iter(text.text()).count()).sum());
        }
        second.take(|| folded.iter().map(|text| rival.find_overlapping_iter(text.text()).count()).sum());
    }
    let hits = items.iter().filter(|item| !matcher.match_item(item).is_empty()).count();
    let (which, _, best) = bare.iter().min_by_key(|(_, _, best)| best.0).expect("an automaton");
    let ratio = best.seconds() / ours.seconds();
    let share = |part: f64| 100.0 * part / ours.seconds();
    let (fold, scan) = (folding.seconds(), scanning.seconds());
    println!(
        "{name:<21} {:>6.0} {:>7.0} {which:>12} {:>6.0} {ratio:>6.2}   {:>4.0}% {:>4.0}% {:>6.0}%   {:.1}%{}",
        ours.speed(bytes),
        best.speed(bytes),
        second.speed(bytes),
        share(fold),
        share(scan),
        share(ours.seconds() - fold - scan),
        100.0 * hits as f64 / items.len() as f64,
        match ratio >= BAR.1 {
            _ if terms.len() != BAR.0 => "",
            true => "   bar met",
            false => "   BELOW THE BAR",
        }
    );
}

/// The same items before few watches and before a hundred times as many: the time may grow with what is found.
fn many_watches(items: &[Item], terms: &[String]) {
    const FEW: usize = 100;
    const MANY: usize = 10_000;
    // Named in the items, as in the table; and waited for in vain, by all watches but the first hundred.
    let never: Vec<String> = terms[..FEW * TERMS_A_WATCH].iter().cloned().chain(terms.iter().rev().cloned()).collect();
    println!("\n{FEW} and {MANY} watches of {TERMS_A_WATCH} terms on the same items:");
    for (name, terms) in [("named", terms), ("mostly in vain", &never)] {
        let few = matcher(&terms[..FEW * TERMS_A_WATCH]);
        let many = matcher(&terms[..MANY * TERMS_A_WATCH]);
        let (mut time_few, mut time_many) = (Best::default(), Best::default());
        for _ in 0..TURNS {
            time_few.take(|| items.iter().map(|item| few.match_item(item).len()).sum());
            time_many.take(|| items.iter().map(|item| many.match_item(item).len()).sum());
        }
        let found = |matcher: &Matcher| items.iter().map(|item| matcher.match_item(item).len()).sum::<usize>();
        println!(
            "{name:<18} time x{:.2}, matches {} and {}",
            time_many.seconds() / time_few.seconds(),
            found(&few),
            found(&many)
        );
    }
}

/// Builds the index in a process of its own, which tells what became resident.
fn build(size: usize) {
    let terms = words::terms(size);
    let patterns = patterns(&terms);
    let watches = watches(&terms);
    let before = resident_kb();
    let started = Instant::now();
    let matcher = Matcher::new(&watches).expect("sound watches");
    let took = started.elapsed();
    let ours = resident_kb().saturating_sub(before);
    let started = Instant::now();
    let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(patterns).expect("fits");
    println!(
        "{:>8.2} {:>8.2} {:>12.1} {:>12.1}",
        took.as_secs_f64(),
        started.elapsed().as_secs_f64(),
        ours as f64 / 1e3,
        automaton.memory_usage() as f64 / 1e6
    );
    drop(matcher);
}

/// Kilobytes of memory that this process holds; 0 where the system does not say.
fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn watches(terms: &[String]) -> Vec<Watch> {
    // The last of five is context, the one before it weak.
    const ROLES: [Role; TERMS_A_WATCH] = [Role::Strong, Role::Strong, Role::Strong, Role::Weak, Role::Context];
    let watch = |(at, terms): (usize, &[String])| Watch {
        name: format!("watch-{at}"),
        terms: terms.iter().zip(ROLES).map(|(text, role)| Term { text: text.clone(), role }).collect(),
        threshold: 0.5,
        transliterate: true,
        ..Watch::default()
    };
    terms.chunks(TERMS_A_WATCH).enumerate().map(watch).collect()
}

/// Watches that do without other spellings, which the default looks for by their sound.
fn as_written(mut watches: Vec<Watch>) -> Vec<Watch> {
    watches.iter_mut().for_each(|watch| watch.transliterate = false);
    watches
}

fn matcher(terms: &[String]) -> Matcher {
    Matcher::new(&watches(terms)).expect("sound watches")
}

fn texts(items: &[Item]) -> impl Iterator<Item = &str> {
    items.iter().flat_map(|item| Field::ALL.map(|field| item.text(field))).filter(|text| !text.is_empty())
}

/// The terms as the automaton looks for them.
fn patterns(terms: &[String]) -> Vec<String> {
    let mut patterns: Vec<String> = terms.iter().map(|term| fold(term).into_pattern()).collect();
    patterns.sort_unstable();
    patterns.dedup();
    patterns
}

/// Each kind of automaton that fits.
fn automata(terms: &[String]) -> Vec<(&'static str, AhoCorasick, Best)> {
    let patterns = patterns(terms);
    let build = |name, kind| {
        let automaton = AhoCorasick::builder().kind(Some(kind)).build(&patterns).ok()?;
        Some((name, automaton, Best::default()))
    };
    let dfa = (terms.len() <= MOST_IN_A_DFA).then(|| build("DFA", AhoCorasickKind::DFA)).flatten();
    build("contiguous", AhoCorasickKind::ContiguousNFA).into_iter().chain(dfa).collect()
}

/// The news of the shared collections, where they are.
fn news() -> Option<Vec<Item>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("NEWSWATCH_CORPUS").map_or_else(beside, Into::into);
    let rows = std::fs::read_to_string(corpus.join("news/dev.jsonl")).ok()?;
    let item = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        words::item(text("title"), text("summary"), String::new(), &text("lang"))
    };
    Some(rows.lines().map(item).collect())
}

/// The best time of a contender.
struct Best(Duration);

impl Default for Best {
    fn default() -> Self {
        Self(Duration::MAX)
    }
}

impl Best {
    fn take(&mut self, work: impl Fn() -> usize) {
        let started = Instant::now();
        black_box(work());
        self.0 = self.0.min(started.elapsed());
    }

    fn seconds(&self) -> f64 {
        self.0.as_secs_f64()
    }

    /// Megabytes a second.
    fn speed(&self, bytes: usize) -> f64 {
        bytes as f64 / self.seconds() / 1e6
    }
}
