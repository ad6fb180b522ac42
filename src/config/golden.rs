//! `[[watch.golden]]`: items whose decision is known.

use super::diagnostic::Place;
use super::language;
use super::reader::Reader;
use super::section::{Section, not_empty};
use super::words;
use crate::model::Golden;

/// Reads the golden items of a watch, each with its place; those with a mistake are left out.
pub(super) fn read(watch: &Section<'_>, reader: &mut Reader<'_>) -> Vec<(Golden, Place)> {
    let tables = watch.tables("golden", "[[watch.golden]]", reader);
    let read_one = |table| {
        let section = Section::open(table, words::GOLDEN, &[], reader);
        let place = reader.place(section.span.clone());
        section.require("title", "write title = \"…\", the headline of an item that this watch must decide", reader);
        let title = section.parsed("title", "a string", reader, |text| not_empty(text.trim()));
        let summary = section.string("summary", "a string", reader);
        let language = section.parsed("lang", "a language like \"et\"", reader, language::tag);
        let alert = section.boolean("alert", reader).unwrap_or(true);
        let golden = Golden {
            title: title?.value,
            summary: summary.map(|at| at.value).unwrap_or_default(),
            language: language.map(|at| at.value),
            alert,
        };
        Some((golden, place))
    };
    tables.into_iter().filter_map(read_one).collect()
}
