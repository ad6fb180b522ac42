//! What single terms find and pass over in sentences as newspapers write them, one strong term and one headline a row:
//! `tests/words/found.tsv` and `tests/words/passed_over.tsv` (language, term, headline).
#![allow(clippy::print_stdout, reason = "a failing test says all that is wrong")]

use newswatch::config::THRESHOLD_NORMAL;
use newswatch::matcher::Matcher;
use newswatch::model::{FeedId, Item, ItemId, Role, Term, Watch};

/// The rows of a file that are decided otherwise.
fn wrong(name: &str, alerts: bool) -> Vec<String> {
    let path = format!("{}/tests/words/{name}.tsv", env!("CARGO_MANIFEST_DIR"));
    let rows = std::fs::read_to_string(&path).expect("readable");
    let decided = rows.lines().map(|row| {
        let [language, term, title] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{name}: {row}") };
        let watch = Watch {
            name: "term".to_owned(),
            terms: vec![Term { text: term.to_owned(), role: Role::Strong }],
            transliterate: true,
            threshold: THRESHOLD_NORMAL,
            ..Watch::default()
        };
        let item = item(title, language);
        let matches = Matcher::new(&[watch]).expect("a sound watch").match_item(&item);
        (row, matches)
    });
    let wrong = decided.filter(|(_, matches)| matches.iter().any(|matched| matched.alerts()) != alerts);
    wrong.map(|(row, matches)| format!("{name}: {row} {:?}", matches.first().map(|m| m.score))).collect()
}

/// A headline and nothing else.
fn item(title: &str, language: &str) -> Item {
    let feed = FeedId::new("https://example.org/feed");
    Item {
        id: ItemId::new(feed, "guid", b"1"),
        feed,
        feed_name: String::new(),
        guid: None,
        link: None,
        title: title.to_owned(),
        summary: String::new(),
        body: String::new(),
        published: None,
        updated: None,
        authors: vec![],
        categories: vec![],
        language: Some(language.to_owned()),
    }
}

#[test]
fn terms_find_their_forms_and_pass_over_what_only_looks_like_them() {
    let wrong = [wrong("found", true), wrong("passed_over", false)].concat();
    wrong.iter().for_each(|row| println!("{row}"));
    assert!(wrong.is_empty(), "{} rows", wrong.len());
}
