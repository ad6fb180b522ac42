//! Bytes to items, whatever the publisher got wrong.
//!
//! [`parse`] gives a [`Document`] as published, markup and all; [`items`] makes plain-text items of it, with keys by
//! which the next poll recognises them. A document that gives no feed is an error that says why, never an empty success.
//!
//! Floor 1: nothing here reads files, clocks or the network, and nothing in a document is fetched or expanded.

mod channel;
mod charset;
mod date;
mod discover;
mod entity;
mod error;
mod facts;
mod field;
mod items;
mod json;
mod links;
mod name;
pub mod opml;
mod page;
mod reader;
mod root;
mod sitemap;
mod text;
mod token;
mod xml;

use std::panic::UnwindSafe;

use charset::Decoded;
use jiff::Timestamp;
use url::Url;

use crate::model::{Asked, Links};

pub use discover::{Discovered, Kind, discover};
pub use error::ParseError;
pub use items::{item_text, item_title, items};
pub use sitemap::sitemap;
pub use text::plain_text;

/// Deepest nesting of elements.
pub const MAX_DEPTH: usize = 64;
/// Most items in a document.
pub const MAX_ITEMS: usize = 5_000;
/// Most bytes of an item's summary and of its body, each, as plain text.
pub const MAX_ITEM_TEXT_BYTES: usize = 64 * 1024;

/// How compressed data begins.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Most authors of a feed or an item, and most categories.
const MAX_LABELS: usize = 100;

/// A document as it was received.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its bytes, decompressed.
    pub body: &'a [u8],
    /// The `Content-Type` that came with it.
    pub content_type: Option<&'a str>,
    /// Where it came from in the end; relative links start here.
    pub base_url: Option<&'a Url>,
}

/// A feed as published: markup kept, absent facts `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The feed's name.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub link: Option<String>,
    /// Its own identifier.
    pub id: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    /// The language of its items.
    pub language: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// Names or addresses.
    pub authors: Vec<String>,
    /// Categories or tags.
    pub categories: Vec<String>,
    /// What the publisher asks of those who poll it.
    pub asked: Asked,
    /// Where programs go on from it.
    pub links: Links,
    /// The program that made it.
    pub generator: Option<String>,
    /// Its items, in the document's order.
    pub items: Vec<Published>,
    /// What was repaired or passed over.
    pub warnings: Vec<String>,
}

/// An item as published: markup kept, absent facts `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// RSS `guid`, Atom and JSON Feed `id`.
    pub id: Option<String>,
    /// Absolute, where the document says enough to tell.
    pub link: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// RSS `description`, Atom and JSON Feed `summary`.
    pub summary: Option<String>,
    /// The full text.
    pub content: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Names or addresses.
    pub authors: Vec<String>,
    /// Categories or tags.
    pub categories: Vec<String>,
    /// BCP 47, where the item says it for itself.
    pub language: Option<String>,
}

/// Reads a feed.
pub fn parse(source: &Source<'_>) -> Result<Document, ParseError> {
    guarded(|| read(source))
}

/// What `reading` gives, or that it failed.
fn guarded<T>(reading: impl FnOnce() -> Result<T, ParseError> + UnwindSafe) -> Result<T, ParseError> {
    // Nothing here is known to panic. But the input is anybody's, and a bug in this code or below it may cost one poll of
    // one feed, not the daemon. All that a panic leaves half-done is dropped with it.
    std::panic::catch_unwind(reading).unwrap_or(Err(ParseError::ParserPanic))
}

fn read(source: &Source<'_>) -> Result<Document, ParseError> {
    let decoded = decoded(source)?;
    let text = decoded.text.trim_start_matches(is_lead);
    let mut document = if text.starts_with('{') {
        json::parse(text, source.base_url)?
    } else {
        xml::parse(text, source.base_url).map_err(|error| page::reason(text, error))?
    };
    document.warnings.extend(decoded.warning);
    Ok(document)
}

/// The text of a document that has one.
fn decoded<'a>(source: &Source<'a>) -> Result<Decoded<'a>, ParseError> {
    if source.body.starts_with(GZIP) {
        return Err(ParseError::NotAFeed("it is compressed, and nobody said so".to_owned()));
    }
    let decoded = charset::decode(source.body, source.content_type);
    if decoded.text.chars().all(is_lead) { Err(ParseError::Empty) } else { Ok(decoded) }
}

/// Whether this may stand before the beginning of a document and means nothing.
fn is_lead(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{feff}'
}

#[cfg(test)]
mod tests;
