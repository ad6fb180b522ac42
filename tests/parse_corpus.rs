//! Every file of the collection of third-party feeds goes through `parse`, and what comes out is held against the facts
//! that are known of it.
//!
//! The collection is no part of this package. It is looked for at `$NEWSWATCH_CORPUS` and at `../shared/corpus`; where
//! it is absent the test says so and passes.

#![allow(clippy::disallowed_methods, reason = "bounds in the real time")]

#[path = "support/compare.rs"]
mod compare;
#[path = "support/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use newswatch::parse::{Document, Source, parse};
use serde_json::{Value, json};
use url::Url;

/// What share of files must meet every fact, by kind.
const BARS: &[(&str, f64)] = &[
    ("all", 98.5),
    ("kind illformed", 98.0),
    ("kind encoding", 99.0),
    ("kind realworld", 98.0),
    ("kind hostile", 100.0),
    ("kind notfeed", 100.0),
];
/// No file may take longer; without optimisation everything takes several times as long.
const MAX_TIME_A_FILE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 600 } else { 100 });
/// Facts that are not met, each with the reason.
const UNMET: &str = include_str!("parse_corpus/unmet.txt");

#[test]
fn files_of_the_collection_give_the_facts_that_are_known_of_them() {
    let Some(root) = corpus::find("feeds/manifest.jsonl") else { return };
    let root = root.parent().expect("a folder");
    let mut table = Table::default();
    let mut unmet = BTreeSet::new();
    let mut slow = Vec::new();
    let mut facts_out = String::new();
    for row in corpus::rows(&root.join("manifest.jsonl")) {
        let file = row["file"].as_str().expect("a file name");
        let body = std::fs::read(root.join(file)).expect("a readable file");
        let started = Instant::now();
        let facts = facts(file, &body, &row["context"]);
        let took = started.elapsed();
        if took > MAX_TIME_A_FILE {
            slow.push(format!("{file}: {took:?}"));
        }
        let mut good = true;
        for (key, expected) in row["expect"].as_object().expect("expected facts") {
            let met = compare::holds(&facts, key, expected);
            table.count_fact(&row, file, met);
            if !met {
                good &= key.starts_with("soft.");
                unmet.insert(format!("{file}\t{key}"));
            }
        }
        table.count_file(&row, file, good);
        facts_out.push_str(&format!("{facts}\n"));
    }
    if let Some(path) = std::env::var_os("NEWSWATCH_FACTS_OUT") {
        std::fs::write(path, facts_out).expect("a writable file");
    }
    eprintln!("{table}");
    assert!(slow.is_empty(), "files that took too long: {slow:#?}");
    assert_listed(&unmet);
    for (group, bar) in BARS {
        assert!(table.percent(group) >= *bar, "{group}: {:.2} % of the files, not {bar}", table.percent(group));
    }
}

/// Every unmet fact is listed with a reason, and every listed one is still unmet.
fn assert_listed(unmet: &BTreeSet<String>) {
    let lines = UNMET.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let listed: BTreeSet<String> = lines
        .map(|line| {
            let mut columns = line.split('\t');
            let (file, key, reason) = (columns.next(), columns.next(), columns.next());
            assert!(reason.is_some_and(|reason| !reason.is_empty()), "no reason: {line}");
            format!("{}\t{}", file.unwrap_or_default(), key.unwrap_or_default())
        })
        .collect();
    let new: Vec<_> = unmet.difference(&listed).collect();
    assert!(new.is_empty(), "facts not met and not listed in unmet.txt: {new:#?}");
    let met: Vec<_> = listed.difference(unmet).collect();
    assert!(met.is_empty(), "listed in unmet.txt, but met: {met:#?}");
}

/// What parsing gives, in the form that `compare` knows.
fn facts(file: &str, body: &[u8], context: &Value) -> Value {
    let base_url = context["base_url"].as_str().and_then(|url| Url::parse(url).ok());
    let source = Source { body, content_type: context["content_type"].as_str(), base_url: base_url.as_ref() };
    match std::panic::catch_unwind(|| parse(&source)) {
        Ok(Ok(document)) => document_facts(file, &document),
        Ok(Err(error)) => json!({"file": file, "parses": false, "class": error.class(), "error": error.to_string()}),
        Err(_) => json!({"file": file, "crash": "panic"}),
    }
}

fn document_facts(file: &str, document: &Document) -> Value {
    let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
    let items: Vec<Value> = document
        .items
        .iter()
        .map(|item| {
            json!({
                "title": item.title, "link": item.link, "id": item.id, "summary": item.summary,
                "content": item.content, "body": item.content.as_ref().or(item.summary.as_ref()),
                "published": time(item.published), "updated": time(item.updated),
                "date": time(item.published.or(item.updated)),
                "author": item.authors, "categories": item.categories, "language": item.language,
            })
        })
        .collect();
    json!({
        "file": file, "parses": true, "items": items.len(), "item": items, "warnings": document.warnings,
        "feed": {
            "title": document.title, "link": document.link, "id": document.id, "description": document.description,
            "language": document.language, "published": time(document.published), "updated": time(document.updated),
            "author": document.authors, "categories": document.categories,
        },
    })
}

/// Files and facts, met and all, by group.
#[derive(Default)]
struct Table {
    groups: BTreeMap<String, [usize; 4]>,
}

impl Table {
    fn groups_of(row: &Value, file: &str) -> [String; 3] {
        let source = file.split('/').nth(1).unwrap_or_default();
        ["all".to_owned(), format!("kind {}", row["kind"].as_str().unwrap_or_default()), format!("source {source}")]
    }

    fn count_file(&mut self, row: &Value, file: &str, good: bool) {
        for group in Self::groups_of(row, file) {
            let counts = self.groups.entry(group).or_default();
            counts[0] += usize::from(good);
            counts[1] += 1;
        }
    }

    fn count_fact(&mut self, row: &Value, file: &str, met: bool) {
        for group in Self::groups_of(row, file) {
            let counts = self.groups.entry(group).or_default();
            counts[2] += usize::from(met);
            counts[3] += 1;
        }
    }

    fn percent(&self, group: &str) -> f64 {
        self.groups.get(group).map_or(0.0, |counts| percent(counts[0], counts[1]))
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:<45} {:>11} {:>6} {:>11} {:>6}", "group", "files", "%", "facts", "%")?;
        for (group, [good, files, met, facts]) in &self.groups {
            let (files_percent, facts_percent) = (percent(*good, *files), percent(*met, *facts));
            let (files, facts) = (format!("{good}/{files}"), format!("{met}/{facts}"));
            writeln!(f, "{group:<45} {files:>11} {files_percent:>6.1} {facts:>11} {facts_percent:>6.1}")?;
        }
        Ok(())
    }
}
