//! `[[route]]`: which alerts go where.

use toml::de::{DeTable, DeValue};

use super::diagnostic::{At, Fault};
use super::name::Names;
use super::reader::Reader;
use super::section::Section;
use super::words::{self, did_you_mean};
use super::{hours, quantity};
use crate::model::{Feed, Route};

/// Most routes.
const MAX_ROUTES: usize = 1_000;

/// Reads all routes. `watches` are the names of those that there are, `feeds` the feeds; a name of neither is a mistake
/// where all of them could be read.
pub(super) fn read(
    tables: Vec<At<&DeTable<'_>>>,
    targets: &Names,
    watches: &[String],
    feeds: &[Feed],
    reader: &mut Reader<'_>,
) -> Vec<Route> {
    if let Some(surplus) = tables.get(MAX_ROUTES) {
        reader.report(Fault::new(format!("there are more than {MAX_ROUTES} routes")).at(surplus.span.clone()));
    }
    // What has a mistake was left out, and a reference to it is not a second one.
    let known = Known { watches, feeds, complete: reader.mistakes() == 0 };
    let mut all: Vec<Route> = Vec::with_capacity(tables.len());
    for table in tables.into_iter().take(MAX_ROUTES) {
        let section = Section::open(table, words::ROUTE, &[], reader);
        let route = read_one(&section, targets, &known, reader);
        if all.last().is_some_and(takes_all) {
            let fault = Fault::new("no alert comes here: the route above this one takes all");
            reader.report(fault.hint("put what is special above what is general").warning_at(section.span.clone()));
        }
        all.push(route);
    }
    all
}

/// What a route may name.
struct Known<'a> {
    watches: &'a [String],
    feeds: &'a [Feed],
    complete: bool,
}

fn read_one(section: &Section<'_>, targets: &Names, known: &Known<'_>, reader: &mut Reader<'_>) -> Route {
    section.require("targets", "write targets = [\"…\"], the names of those that are told", reader);
    let tags: Vec<&str> = known.feeds.iter().flat_map(|feed| &feed.tags).map(String::as_str).collect();
    let called: Vec<&str> = known.feeds.iter().map(|feed| feed.name.as_str()).collect();
    let watches: Vec<&str> = known.watches.iter().map(String::as_str).collect();
    let is_feed = |name: &str| known.feeds.iter().any(|feed| feed.is_called(name));
    let mut named = |key, what: &str, is_known: &dyn Fn(&str) -> bool, offered: &[&str]| {
        let list = section.strings(key, "names", reader).unwrap_or_default();
        if section.is_empty_list(key) {
            let fault = Fault::new(format!("`{key}` is empty")).hint("leave it out to mean all");
            reader.report(fault.at(section.key_span(key)));
        }
        for At { value: name, span } in list.iter().filter(|at| known.complete && !is_known(&at.value)) {
            let hint = did_you_mean(name, offered.iter().copied());
            reader.report_absence(Fault::new(format!("there is no {what} `{name}`")).maybe_hint(hint).at(span.clone()));
        }
        list.into_iter().map(|at| at.value).collect::<Vec<String>>()
    };
    Route {
        watches: named("watches", "watch", &|name| watches.contains(&name), &watches),
        tags: named("tags", "feed with the tag", &|tag| tags.contains(&tag), &tags),
        feeds: named("feeds", "feed", &is_feed, &called),
        min_score: min_score(section, reader),
        hours: hours::read(section, "hours", reader),
        targets: targets.referred(section, "targets", reader),
        proceed: section.boolean("continue", reader).unwrap_or(false),
    }
}

/// Whether no alert comes to the routes behind it.
fn takes_all(route: &Route) -> bool {
    Route { targets: Vec::new(), ..route.clone() } == Route::default()
}

fn min_score(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<f64> {
    let value = section.value("min_score")?;
    let number = match value.get_ref() {
        DeValue::Float(text) => text.as_str().parse::<f64>().ok(),
        DeValue::Integer(digits) => digits.as_str().parse::<f64>().ok(),
        _ => None,
    };
    let Some(number) = number else {
        reader.wrong_type("min_score", "a number from 0 to 1", value);
        return None;
    };
    reader.accept(quantity::within(number, 0.0..=1.0, |n| n.to_string()), &value.span())
}
