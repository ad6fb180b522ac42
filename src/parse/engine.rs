//! The parser behind [`super::parse`]: feed-rs, held at arm's length.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use feed_rs::model;
use jiff::Timestamp;

use super::{Document, ParseError, Published, Source};

pub(super) fn parse(source: &Source<'_>) -> Result<Document, ParseError> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(source.base_url)
        // An absent id stays absent: the default makes one of link and title, or rolls dice.
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    // feed-rs panics on some documents (a UTF-16 BOM; a comment before the XML declaration). A feed is not worth the
    // daemon. The parser and its input are dropped after a panic, so nothing half-done is ever seen.
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(source.body))).map_err(|_| ParseError::ParserPanic)?;
    let feed = parsed.map_err(|error| ParseError::Malformed(error.to_string()))?;
    Ok(document(feed))
}

fn document(mut feed: model::Feed) -> Document {
    // feed-rs copies an RSS item's only date into the other field.
    if !matches!(feed.feed_type, model::FeedType::Atom | model::FeedType::JSON) {
        feed.entries.iter_mut().filter(|entry| entry.updated == entry.published).for_each(|entry| entry.updated = None);
    }
    Document {
        title: feed.title.map(|text| text.content),
        link: link(&feed.links),
        id: filled(feed.id),
        description: feed.description.map(|text| text.content),
        language: feed.language,
        published: feed.published.and_then(timestamp),
        updated: feed.updated.and_then(timestamp),
        authors: people(feed.authors),
        categories: feed.categories.into_iter().map(|category| category.term).collect(),
        ttl: feed.ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        items: feed.entries.into_iter().map(published).collect(),
        warnings: Vec::new(),
    }
}

fn published(entry: model::Entry) -> Published {
    Published {
        id: filled(entry.id),
        link: link(&entry.links),
        title: entry.title.map(|text| text.content),
        summary: entry.summary.map(|text| text.content),
        content: entry.content.and_then(|content| content.body),
        published: entry.published.and_then(timestamp),
        updated: entry.updated.and_then(timestamp),
        authors: people(entry.authors),
        categories: entry.categories.into_iter().map(|category| category.term).collect(),
        language: entry.language,
    }
}

fn filled(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// The link to read, not that to the feed itself, to a comment form or to a sound file.
fn link(links: &[model::Link]) -> Option<String> {
    let readable = |link: &&model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    links.iter().find(readable).or(links.first()).map(|link| link.href.clone())
}

fn people(people: Vec<model::Person>) -> Vec<String> {
    people.into_iter().filter_map(|person| person.name.and_then(filled).or(person.email)).collect()
}

fn timestamp(time: chrono::DateTime<chrono::Utc>) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}
