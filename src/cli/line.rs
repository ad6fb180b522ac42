//! Items that come from no feed: as a line of JSON, which `backtest` reads from a file and `explain` from standard
//! input, or as bare words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

use crate::model::{FeedId, Item, ItemId};
use crate::parse::{item_text, item_title};

/// What such a line looks like, for whoever wrote another one.
pub(super) const EXPECTED: &str = "expected an object such as {\"id\": \"1\", \"title\": \"…\", \"published\": \"2026-11-13T10:00:00Z\"}; \
     summary, content, source, lang and labels may be there, too";

/// An item with its own name; whatever else a line holds is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    published: Option<Timestamp>,
    #[serde(default)]
    pub(super) lang: Option<String>,
    /// Whether a watch should alert on it, by the watch's name.
    #[serde(default, deserialize_with = "flags")]
    pub(super) labels: BTreeMap<String, bool>,
}

impl Line {
    /// Reads a line; the error says what is wrong and where in it, and what was expected.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = error.to_string().replace(&place, "");
            format!("this is not an item (column {}): {what}; {EXPECTED}", error.column())
        })
    }

    /// The item, as plain text and bounded like those that come from feeds.
    pub(super) fn into_item(self) -> Item {
        let plain = |text: Option<String>, of: fn(&str) -> String| text.as_deref().map(of).unwrap_or_default();
        let source = self.source.unwrap_or_default();
        let feed = FeedId::new(&source);
        Item {
            id: ItemId::new(feed, "guid", self.id.as_bytes()),
            feed,
            feed_name: source,
            guid: Some(self.id),
            link: None,
            title: plain(self.title, item_title),
            summary: plain(self.summary, item_text),
            body: plain(self.content, item_text),
            published: self.published,
            updated: None,
            authors: Vec::new(),
            categories: Vec::new(),
            language: self.lang,
        }
    }
}

/// An item that somebody wrote down, in no feed, as a feed would bring it.
pub(super) fn bare(title: &str, summary: &str, language: Option<String>) -> Item {
    let feed = FeedId::new("");
    Item {
        id: ItemId::new(feed, "text", title.as_bytes()),
        feed,
        feed_name: String::new(),
        guid: None,
        link: None,
        title: item_title(title),
        summary: item_text(summary),
        body: String::new(),
        published: None,
        updated: None,
        authors: Vec::new(),
        categories: Vec::new(),
        language,
    }
}

/// 0 and 1 as well as `false` and `true`; null says nothing.
fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, bool>, D::Error> {
    let given: Option<BTreeMap<String, serde_json::Value>> = Option::deserialize(deserializer)?;
    let mut flags = BTreeMap::new();
    for (watch, value) in given.unwrap_or_default() {
        let flag = match (value.as_bool(), value.as_u64()) {
            (Some(flag), _) => flag,
            (_, Some(number @ (0 | 1))) => number == 1,
            _ if value.is_null() => continue,
            _ => return Err(de::Error::custom(format!("the label `{watch}` is {value}, which is neither 0 nor 1"))),
        };
        flags.insert(watch, flag);
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::MAX_ITEM_TEXT_BYTES;

    #[test]
    fn lines_are_items_with_or_without_labels() {
        let line = r#"{"id":"1","title":"<b>A</b> &amp; b","lang":"de","more":1,"labels":{"a":1,"b":false,"c":null}}"#;
        let line = Line::read(line).expect("an item");
        assert_eq!(line.labels, BTreeMap::from([("a".to_owned(), true), ("b".to_owned(), false)]));
        let item = line.into_item();
        assert_eq!((item.title.as_str(), item.language.as_deref()), ("A & b", Some("de")));
        let long = format!("{{\"id\":\"1\",\"content\":\"{}\"}}", "é".repeat(MAX_ITEM_TEXT_BYTES));
        assert!(Line::read(&long).expect("an item").into_item().body.len() <= MAX_ITEM_TEXT_BYTES);
    }

    #[test]
    fn what_is_no_item_is_told_with_its_place() {
        let wrong = |text: &str| Line::read(text).expect_err("no item");
        assert!(wrong("[1]").contains("expected an object such as {\"id\""));
        assert!(wrong(r#"{"title":"x"}"#).starts_with("this is not an item (column 13): missing field `id`; "));
        assert!(wrong(r#"{"id":"1","labels":{"a":2}}"#).contains("the label `a` is 2, which is neither 0 nor 1"));
        assert!(!wrong(r#"{"id":}"#).contains("line 1"));
    }
}
