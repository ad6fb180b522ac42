//! Patterns: the regular expressions of all queries.
//!
//! No index tells where one could stand, so each runs over the text by itself: those that alone can say that a query is
//! to be looked at over every item, the others only where their query is awake.

use std::collections::HashMap;

use regex::Regex;

use super::case::Agreement;
use super::found::Found;
use super::reading::Reading;
use crate::model::{Field, Form, pattern};

/// Patterns are numbered from here on, phrases up to here.
const FIRST: u32 = 1 << 31;

/// Places of one pattern in one field that are looked at.
const MAX_PLACES: usize = 200;

/// All patterns.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    known: HashMap<(String, Option<Field>), u32>,
    /// Those that wake watches.
    waking: Vec<u32>,
}

#[derive(Debug)]
struct Pattern {
    regex: Regex,
    /// The one field that it runs over.
    field: Option<Field>,
    /// The watches that are to be looked at where it is found.
    wakes: Vec<u32>,
}

impl Patterns {
    /// The number of the pattern; the error says what is wrong with it.
    pub(super) fn add(&mut self, text: &str, field: Option<Field>) -> Result<u32, String> {
        if let Some(known) = self.known.get(&(text.to_owned(), field)) {
            return Ok(*known);
        }
        let id = FIRST + self.all.len() as u32;
        self.all.push(Pattern { regex: pattern(text)?, field, wakes: Vec::new() });
        self.known.insert((text.to_owned(), field), id);
        Ok(id)
    }

    /// Whether the number is a pattern's.
    pub(super) fn is_one(id: u32) -> bool {
        id >= FIRST
    }

    /// Has the pattern wake the watch.
    pub(super) fn wake(&mut self, id: u32, watch: u32) {
        let wakes = &mut self.all[(id - FIRST) as usize].wakes;
        if wakes.is_empty() {
            self.waking.push(id);
        }
        wakes.push(watch);
    }

    /// The watches that the pattern wakes.
    pub(super) fn wakes(&self, id: u32) -> &[u32] {
        &self.all[(id - FIRST) as usize].wakes
    }

    /// Finds the patterns that wake watches.
    pub(super) fn find_waking(&self, readings: &[Reading<'_>], found: &mut Vec<Found>) {
        self.waking.iter().for_each(|id| self.find(*id, readings, found));
    }

    /// Finds one pattern.
    pub(super) fn find(&self, id: u32, readings: &[Reading<'_>], found: &mut Vec<Found>) {
        let pattern = &self.all[(id - FIRST) as usize];
        for reading in readings.iter().filter(|reading| pattern.field.is_none_or(|only| only == reading.field)) {
            let places = pattern.regex.find_iter(reading.original).filter(|place| !place.is_empty());
            found.extend(places.take(MAX_PLACES).enumerate().map(|(nth, place)| Found {
                phrase: id,
                field: reading.field,
                form: Form::Base,
                start: place.start(),
                end: place.end(),
                agreement: Agreement::Well,
                long: true,
                nth,
            }));
        }
    }
}
