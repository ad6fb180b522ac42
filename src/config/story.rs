//! `[story]`, and `realert` in it and in a watch: what is told of a story that was told already.

use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::diagnostic::At;
use super::quantity::{self, days, seconds};
use super::reader::Reader;
use super::section::Section;
use super::words;
use crate::model::Realert;

/// How long the further reports of a story are collected where the configuration does not say.
pub const DEFAULT_QUIET: Duration = Duration::from_secs(10 * 60);
/// Most independent outlets that may be waited for; a thread tells no more apart.
const MAX_CORROBORATED: u64 = 64;

/// What `[story]` says.
pub(super) struct Story {
    pub(super) quiet: Duration,
    pub(super) realert: Realert,
}

impl Default for Story {
    fn default() -> Self {
        Self { quiet: DEFAULT_QUIET, realert: Realert::default() }
    }
}

/// Reads the table; what it does not say stays at its default.
pub(super) fn read(table: At<&DeTable<'_>>, reader: &mut Reader<'_>) -> Story {
    let section = Section::open(table, words::STORY, &[], reader);
    let default = Story::default();
    let realert = section.table("realert", reader).map(|table| realert(table, default.realert, reader));
    Story {
        quiet: section.duration("quiet", seconds(0)..=days(1), reader).unwrap_or(default.quiet),
        realert: realert.unwrap_or(default.realert),
    }
}

/// Reads what alerts again; what it does not say stays as in `default`.
pub(super) fn realert(table: At<&DeTable<'_>>, default: Realert, reader: &mut Reader<'_>) -> Realert {
    let section = Section::open(table, words::REALERT, &[], reader);
    let corroborated = match section.value("corroborated").map(|value| value.get_ref()) {
        Some(DeValue::Boolean(false)) => None,
        Some(_) => section.integer("corroborated", 2..=MAX_CORROBORATED, reader).and_then(|n| u32::try_from(n).ok()),
        None => default.corroborated,
    };
    Realert {
        corroborated,
        score: score(&section, reader).unwrap_or(default.score),
        number: section.boolean("number", reader).unwrap_or(default.number),
        correction: section.boolean("correction", reader).unwrap_or(default.correction),
    }
}

/// A score in 0..1, or `false` for none; `None` where nothing is said.
fn score(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Option<f64>> {
    let value = section.value("score")?;
    let number = match value.get_ref() {
        DeValue::Boolean(false) => return Some(None),
        DeValue::Float(text) => text.as_str().parse::<f64>().ok(),
        DeValue::Integer(digits) => digits.as_str().parse::<f64>().ok(),
        _ => None,
    };
    let Some(number) = number else {
        reader.wrong_type("score", "a number from 0 to 1, or false", value);
        return None;
    };
    reader.accept(quantity::within(number, 0.0..=1.0, |n| n.to_string()), &value.span()).map(Some)
}
