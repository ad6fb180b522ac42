//! JSON Feed 1.0 and 1.1.
//!
//! The document is read as a stream into what it is wanted for: what a field must not be is passed over, what breaks
//! off leaves the items before it, and no tree of the whole is ever built.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use url::Url;

use super::{Document, MAX_DEPTH, MAX_ITEMS, MAX_LABELS, ParseError, Published, date};

/// The fields of an item that are read.
const FIELDS: &[&str] = &[
    "id",
    "url",
    "external_url",
    "title",
    "summary",
    "content_html",
    "content_text",
    "date_published",
    "date_modified",
    "author",
    "authors",
    "tags",
    "language",
];

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
    let mut document = feed.document;
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

/// The text without the mistakes that generators of JSON make: a comma too many, a bare line break or an unknown escape
/// in a string.
fn repair(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_string = !in_string;
                out.push('"');
            }
            '\\' if in_string => match chars.next() {
                Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => out.extend(['\\', escaped]),
                Some(other) => out.push(other),
                None => {}
            },
            c if in_string && c.is_control() => out.push(' '),
            ']' | '}' if !in_string => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
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
        let Loose { fields, .. } = input.deserialize_any(LooseVisitor { fields: true })?;
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

/// Whatever stands where a text, a person or a list of them is expected.
#[derive(Default)]
struct Loose {
    /// Texts and numbers, and the names of objects.
    texts: Vec<String>,
    /// It is one text or number.
    scalar: bool,
    /// Of an item.
    fields: Vec<(String, Loose)>,
}

impl Loose {
    fn scalar(text: impl Into<String>) -> Self {
        let text = text.into();
        let texts = if text.trim().is_empty() { Vec::new() } else { vec![text] };
        Self { texts, scalar: true, ..Self::default() }
    }

    fn text(self) -> Option<String> {
        if self.scalar { self.texts.into_iter().next() } else { None }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(LooseVisitor { fields: false })
    }
}

/// Takes whatever comes.
struct LooseVisitor {
    /// Whether all fields of an object are wanted, and not only its name.
    fields: bool,
}

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::scalar(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::scalar(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        Ok(Loose::scalar(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose::scalar(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose::scalar(number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
        let mut loose = Loose::default();
        while let Some(element) = list.next_element::<Loose>()? {
            let room = MAX_LABELS.saturating_sub(loose.texts.len());
            loose.texts.extend(element.texts.into_iter().take(room));
        }
        Ok(loose)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let mut loose = Loose::default();
        while let Some(key) = map.next_key::<String>()? {
            if self.fields && FIELDS.contains(&key.as_str()) && loose.fields.len() < 2 * FIELDS.len() {
                loose.fields.push((key, map.next_value()?));
            } else if !self.fields && key == "name" {
                loose.texts.extend(map.next_value::<Loose>()?.text());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(loose)
    }
}
