//! Values of a JSON Feed, whatever their types are.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::MAX_LABELS;

/// The fields of an item, or of a hub, that are read.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "id", "url", "external_url", "title", "summary", "content_html", "content_text", "date_published",
    "date_modified", "author", "authors", "tags", "language", "type",
];

/// Whatever stands where a text, a person or a list of them is expected.
#[derive(Default)]
pub(super) struct Loose {
    /// Texts and numbers, and the names of objects.
    pub(super) texts: Vec<String>,
    /// It is one text or number.
    scalar: bool,
    /// Of an item.
    pub(super) fields: Vec<(String, Loose)>,
}

impl Loose {
    fn scalar(text: impl Into<String>) -> Self {
        let text = text.into();
        let texts = if text.trim().is_empty() { Vec::new() } else { vec![text] };
        Self { texts, scalar: true, ..Self::default() }
    }

    pub(super) fn text(self) -> Option<String> {
        if self.scalar { self.texts.into_iter().next() } else { None }
    }
}

/// Takes an item: an object with all its fields.
pub(super) fn item<'de, D: Deserializer<'de>>(input: D) -> Result<Loose, D::Error> {
    input.deserialize_any(LooseVisitor { fields: true })
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
