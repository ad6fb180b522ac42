//! Invented items for the tests of what is read from them.

use crate::model::{FeedId, Item, ItemId};

/// An item of an outlet that nobody knows.
pub(super) fn item(title: &str, summary: &str) -> Item {
    let feed = FeedId::new("https://feed.example/rss");
    Item {
        id: ItemId::new(feed, "guid", title.as_bytes()),
        feed,
        feed_name: "Example".to_owned(),
        guid: None,
        link: Some("https://www.example.org/1".to_owned()),
        title: title.to_owned(),
        summary: summary.to_owned(),
        body: String::new(),
        published: None,
        updated: None,
        authors: vec![],
        categories: vec![],
        language: None,
    }
}
