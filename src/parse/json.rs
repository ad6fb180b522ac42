//! JSON Feed 1.0 and 1.1.
//!
//! The document is read as a stream into what it is wanted for: what a field must not be is passed over, what breaks
//! off leaves the items before it, and no tree of the whole is ever built.

mod hubs;
mod loose;
mod repair;

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use url::Url;

use hubs::Hubs;
use loose::Loose;
use repair::repair;

use super::{Document, Links, MAX_DEPTH, MAX_ITEMS, MAX_LABELS, ParseError, Published, date, links};

/// Reads a feed in JSON.
pub(super) fn parse(text: &str, base_url: Option<&Url>) -> Result<Document, ParseError> {
    let (mut feed, mut read) = attempt(text, base_url);
    let mut repaired = false;
    if read.is_err() && !feed.flooded {
        let (again, result) = attempt(&repair(text), base_url);
        repaired = again.document.items.len() > feed.document.items.len() || (result.is_ok() && again.is_feed());
        if repaired {
            (feed, read) = (again, result);
        }
    }
    if feed.flooded {
        return Err(ParseError::TooManyItems(MAX_ITEMS));
    }
    if !feed.is_feed() {
        let what = if read.is_ok() { "JSON without the version of a JSON Feed" } else { "neither XML nor JSON" };
        return Err(ParseError::NotAFeed(what.to_owned()));
    }
    let links = feed.links();
    let mut document = Document { links, ..feed.document };
    document.link = document.link.or_else(|| document.id.clone());
    for item in &mut document.items {
        if item.authors.is_empty() {
            item.authors.clone_from(&document.authors);
        }
    }
    if repaired {
        document.warnings.push("commas or characters that JSON does not allow were repaired".to_owned());
    }
    if let Err(error) = read {
        if document.items.is_empty() {
            let cut_off = error.classify() == serde_json::error::Category::Eof;
            let too_deep = error.to_string().starts_with("recursion limit");
            return Err(match () {
                () if cut_off => ParseError::Truncated,
                () if too_deep => ParseError::TooDeep(MAX_DEPTH),
                () => ParseError::Malformed(error.to_string()),
            });
        }
        document.warnings.push(format!("the document breaks off: {error}"));
    }
    Ok(document)
}

fn attempt<'a>(text: &str, base_url: Option<&'a Url>) -> (Feed<'a>, serde_json::Result<()>) {
    let mut feed = Feed { document: Document::default(), versioned: false, flooded: false, base_url };
    let mut input = serde_json::Deserializer::from_str(text);
    let read = de::DeserializeSeed::deserialize(&mut feed, &mut input);
    (feed, read)
}

struct Feed<'a> {
    document: Document,
    /// It names the version of JSON Feed that it follows.
    versioned: bool,
    flooded: bool,
    base_url: Option<&'a Url>,
}

impl Feed<'_> {
    /// The version is the format's mark, but some forget it.
    fn is_feed(&self) -> bool {
        self.versioned
            || (!self.document.items.is_empty() && (self.document.link.is_some() || self.document.id.is_some()))
    }

    fn add(&mut self, mut item: Published) {
        item.link = item.link.map(|link| self.absolute(link));
        self.document.items.push(item);
    }

    /// Its links for programs, whose base may come after them.
    fn links(&self) -> Links {
        let document = &self.document;
        let usable = |address: &String| links::usable(self.absolute(address.trim().to_owned()));
        let mut links = Links {
            topic: document.id.as_ref().and_then(usable),
            older: document.links.older.as_ref().and_then(usable),
            ..Links::default()
        };
        document.links.hubs.iter().filter_map(usable).for_each(|hub| links.hub(hub));
        links
    }

    fn absolute(&self, link: String) -> String {
        let own = self.document.id.as_deref().or(self.document.link.as_deref());
        let own = own.and_then(|own| Url::parse(own).ok());
        match (Url::parse(&link), self.base_url.or(own.as_ref())) {
            (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(&link).map_or(link, String::from),
            _ => link,
        }
    }
}

impl<'de> de::DeserializeSeed<'de> for &mut Feed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Feed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let document = &mut self.document;
            match key.as_str() {
                "version" => {
                    let version = map.next_value::<Loose>()?.text();
                    self.versioned = version.is_some_and(|v| v.contains("jsonfeed") || v.starts_with("1"));
                }
                "title" => document.title = map.next_value::<Loose>()?.text(),
                "home_page_url" => document.link = map.next_value::<Loose>()?.text(),
                "feed_url" => document.id = map.next_value::<Loose>()?.text(),
                "next_url" => document.links.older = map.next_value::<Loose>()?.text(),
                "hubs" => document.links.hubs = map.next_value::<Hubs>()?.0,
                "description" => document.description = map.next_value::<Loose>()?.text(),
                "language" => document.language = map.next_value::<Loose>()?.text(),
                "author" | "authors" => extend(&mut document.authors, map.next_value()?),
                "items" => map.next_value_seed(Items(self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The list of items, each added as soon as it is read.
struct Items<'a, 'b>(&'a mut Feed<'b>);

impl<'de> de::DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(Item(item)) = list.next_element()? {
            if self.0.document.items.len() >= MAX_ITEMS {
                self.0.flooded = true;
                return Err(de::Error::custom("too many items"));
            }
            if item != Published::default() {
                self.0.add(item);
            }
        }
        Ok(())
    }
}

/// An item; all of it may be missing or of the wrong type.
#[derive(Default)]
struct Item(Published);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Loose { fields, .. } = loose::item(input)?;
        let mut item = Published::default();
        let mut external = None;
        let mut plain = None;
        for (key, value) in fields {
            match key.as_str() {
                "id" => item.id = value.text(),
                "url" => item.link = value.text(),
                "external_url" => external = value.text(),
                "title" => item.title = value.text(),
                "summary" => item.summary = value.text(),
                "content_html" => item.content = value.text(),
                "content_text" => plain = value.text(),
                "date_published" => item.published = value.text().as_deref().and_then(date::parse),
                "date_modified" => item.updated = value.text().as_deref().and_then(date::parse),
                "author" | "authors" => extend(&mut item.authors, value),
                "tags" => extend(&mut item.categories, value),
                "language" => item.language = value.text(),
                _ => {}
            }
        }
        item.link = item.link.or(external);
        item.content = item.content.or(plain);
        Ok(Item(item))
    }
}

fn extend(list: &mut Vec<String>, values: Loose) {
    for text in values.texts {
        if list.len() < MAX_LABELS && !list.contains(&text) {
            list.push(text);
        }
    }
}
