//! How well items are grouped into stories, measured by the real index on labelled news.
//!
//! - A shared collection that is no part of this package, as its items were published and squeezed into sixty hours, in which
//!   time alone tells nothing. B-cubed precision, recall and F1 (Bagga & Baldwin 1998); the items of no known story take
//!   part and are not counted. The weights of the index were fitted on it.
//! - Stories in many languages that were invented apart from the index and its lexicon, with look-alikes
//!   (`tests/stories`). The index was not tuned on those of `unseen.jsonl`, and is best not.

#![allow(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::print_stdout, reason = "the tables are what the measurement is for")]

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{FeedId, Item, ItemId, StoryId};
use newswatch::parse::plain_text;
use newswatch::story::{Similarity, StoryIndex, Why};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A labelled item.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    story: Option<String>,
    language: String,
    origin: String,
    item: Item,
}

fn row(value: &Value) -> Row {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let feed = FeedId::new(&text("source"));
    let item = Item {
        id: ItemId::new(feed, "guid", text("id").as_bytes()),
        feed,
        feed_name: text("source"),
        guid: None,
        link: None,
        title: plain_text(&text("title")),
        summary: plain_text(&text("summary")),
        body: String::new(),
        published: Some(text("published").parse().unwrap()),
        updated: None,
        authors: vec![],
        categories: vec![],
        language: Some(text("lang")),
    };
    let story = value["story"].as_str().map(str::to_owned);
    Row { id: text("id"), story, language: text("lang"), origin: text("origin"), item }
}

fn at(row: &Row) -> Timestamp {
    row.item.published.unwrap()
}

/// A number below `most` that follows from a text alone.
fn slot(text: &str, most: u128) -> i64 {
    let below = |rest: u128, byte: &u8| (rest * 256 + u128::from(*byte)) % most;
    i64::try_from(Sha256::digest(text.as_bytes()).iter().fold(0, below)).unwrap()
}

/// The same stories, all beginning within 36 hours, among 400 items of none: what the collection's own tool makes of them.
fn dense(rows: &[Row]) -> Vec<Row> {
    let mut begins: HashMap<&str, Timestamp> = HashMap::new();
    for row in rows {
        if let Some(story) = &row.story {
            let begin = begins.entry(story).or_insert(at(row));
            *begin = (*begin).min(at(row));
        }
    }
    let base: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let moved =
        |row: &Row, to: Timestamp| Row { item: Item { published: Some(to), ..row.item.clone() }, ..row.clone() };
    let mut dense: Vec<Row> = Vec::new();
    for row in rows {
        if let Some(story) = &row.story {
            let begin = base + SignedDuration::from_mins(slot(story, 36 * 60));
            dense.push(moved(row, begin + at(row).duration_since(begins[story.as_str()])));
        }
    }
    let mut lone: Vec<&Row> = rows.iter().filter(|row| row.story.is_none()).collect();
    lone.sort_by_key(|row| slot(&row.id, 10u128.pow(12)));
    dense.extend(
        lone.into_iter().take(400).map(|row| moved(row, base + SignedDuration::from_mins(slot(&row.id, 3_600)))),
    );
    dense
}

/// An item that joined a story by its likeness.
type Join = (String, Similarity);

/// What the index made of the rows, in the order of their dates.
fn grouped(rows: &[Row]) -> (HashMap<String, StoryId>, Vec<Join>) {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| at(row));
    let (mut index, mut stories, mut joins) = (StoryIndex::default(), HashMap::new(), Vec::new());
    for row in rows {
        let assigned = index.assign(&row.item, at(row));
        stories.insert(row.id.clone(), assigned.story);
        if let Why::Similar(similarity) = assigned.why {
            joins.push((row.id.clone(), similarity));
        }
    }
    (stories, joins)
}

#[derive(Debug, Clone, Copy, Default)]
struct Score {
    precision: f64,
    recall: f64,
    items: f64,
}

impl Score {
    fn f1(self) -> f64 {
        let (precision, recall) = (self.precision / self.items, self.recall / self.items);
        2.0 * precision * recall / (precision + recall)
    }

    fn precision(self) -> f64 {
        self.precision / self.items
    }
}

/// B-cubed over all labelled items and over parts of them.
fn score(rows: &[Row], stories: &HashMap<String, StoryId>) -> BTreeMap<&'static str, Score> {
    let labelled: Vec<(&Row, &str)> = rows.iter().filter_map(|row| Some((row, row.story.as_deref()?))).collect();
    let mut gold: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut guess: HashMap<StoryId, HashSet<&str>> = HashMap::new();
    let mut languages: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (row, story) in &labelled {
        gold.entry(story).or_default().insert(&row.id);
        guess.entry(stories[&row.id]).or_default().insert(&row.id);
        languages.entry(story).or_default().insert(&row.language);
    }
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    for (row, story) in labelled {
        let (true_one, guessed) = (&gold[story], &guess[&stories[&row.id]]);
        let both = true_one.intersection(guessed).count() as f64;
        let kind = if languages[story].len() == 1 { "one language" } else { "several" };
        let origin = if row.origin == "constructed" { "constructed" } else { "real" };
        for part in ["all", kind, origin] {
            let score = scores.entry(part).or_default();
            score.precision += both / guessed.len() as f64;
            score.recall += both / true_one.len() as f64;
            score.items += 1.0;
        }
    }
    scores
}

fn print(title: &str, scores: &BTreeMap<&'static str, Score>) {
    println!("\n{title:<28}{:>7}{:>11}{:>8}{:>8}", "items", "precision", "recall", "F1");
    for (part, score) in scores {
        let recall = score.recall / score.items;
        println!("{part:<28}{:>7}{:>11.3}{recall:>8.3}{:>8.3}", score.items, score.precision(), score.f1());
    }
}

/// How many joins are true and false, and how many of each are told to somebody because their facts differ.
fn print_doubts(rows: &[Row], joins: &[Join]) {
    let by_item: HashMap<ItemId, &Row> = rows.iter().map(|row| (row.item.id, row)).collect();
    let by_id: HashMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut counts = [[0; 2]; 2];
    for (id, similarity) in joins {
        let (Some(row), Some(other)) = (by_id.get(id.as_str()), by_item.get(&similarity.to)) else { continue };
        if let (Some(a), Some(b)) = (&row.story, &other.story) {
            counts[usize::from(a == b)][usize::from(similarity.differs)] += 1;
        }
    }
    println!("joins that are right: {}, of which {} name other facts", counts[1][0] + counts[1][1], counts[1][1]);
    println!("joins that are wrong: {}, of which {} name other facts", counts[0][0] + counts[0][1], counts[0][1]);
}

#[test]
fn the_collection_is_grouped_as_its_labels_say() {
    let Some(path) = corpus::find("news/dev.jsonl") else { return };
    let rows: Vec<Row> = corpus::rows(&path).iter().map(row).collect();
    let (stories, joins) = grouped(&rows);
    let published = score(&rows, &stories);
    print("as published", &published);
    print_doubts(&rows, &joins);
    let rows = dense(&rows);
    let (stories, joins) = grouped(&rows);
    let squeezed = score(&rows, &stories);
    print("within sixty hours", &squeezed);
    print_doubts(&rows, &joins);

    assert!(published["all"].f1() >= 0.93 && published["all"].precision() >= 0.95, "{published:#?}");
    assert!(published["one language"].f1() >= 0.95 && published["several"].f1() >= 0.85, "{published:#?}");
    assert!(squeezed["all"].f1() >= 0.88 && squeezed["all"].precision() >= 0.95, "{squeezed:#?}");
}

/// The rows of a file of `tests/stories`, grouped and scored.
fn invented(file: &str) -> BTreeMap<&'static str, Score> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(file);
    let rows: Vec<Row> = corpus::rows(&path).iter().map(row).collect();
    let (stories, joins) = grouped(&rows);
    let scores = score(&rows, &stories);
    print(file, &scores);
    print_doubts(&rows, &joins);
    scores
}

#[test]
fn stories_that_were_invented_apart_from_the_index_are_grouped() {
    // First measured, by a bolder index: precision .925, F1 .897.
    let written = invented("written.jsonl");
    assert!(written["all"].precision() >= 0.95 && written["all"].f1() >= 0.86, "{written:#?}");
    // Never tuned on. The look-alikes are hard ones, so that most of what is lost is lost to caution.
    let unseen = invented("unseen.jsonl");
    assert!(unseen["all"].precision() >= 0.94 && unseen["all"].f1() >= 0.77, "{unseen:#?}");
}
