//! The hubs that a JSON Feed names, whatever stands in their place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::MAX_LABELS;
use super::loose::{self, Loose};

/// Addresses of WebSub hubs as published.
#[derive(Default)]
pub(super) struct Hubs(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Hubs {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(HubsVisitor)
    }
}

/// Takes a list, and passes over anything else.
struct HubsVisitor;

impl<'de> Visitor<'de> for HubsVisitor {
    type Value = Hubs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of hubs")
    }

    fn visit_str<E>(self, _: &str) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_unit<E>(self) -> Result<Hubs, E> {
        Ok(Hubs::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Hubs, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Hubs::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Hubs, A::Error> {
        let mut hubs = Hubs::default();
        while let Some(Hub(address)) = list.next_element()? {
            hubs.0.extend(address.filter(|_| hubs.0.len() < MAX_LABELS));
        }
        Ok(hubs)
    }
}

/// A hub, if it speaks WebSub.
struct Hub(Option<String>);

impl<'de> Deserialize<'de> for Hub {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Loose { fields, .. } = loose::item(input)?;
        let (mut kind, mut address) = (None, None);
        for (key, value) in fields {
            match key.as_str() {
                "type" => kind = value.text(),
                "url" => address = value.text(),
                _ => {}
            }
        }
        let speaks = kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("websub"));
        Ok(Hub(address.filter(|_| speaks)))
    }
}
