//! Found: where the phrases and patterns of all watches stand in an item, and which of them are whose.

use super::MAX_HIT_TEXT_BYTES;
use super::case::Agreement;
use super::reading::Reading;
use crate::model::{Field, Form, Hit, Role, clip};

/// A phrase or a pattern found in a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The phrase's number, or the pattern's.
    pub(super) phrase: u32,
    pub(super) field: Field,
    pub(super) form: Form,
    /// Where it is in the text as published.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) agreement: Agreement,
    /// Whether the name is long enough for another spelling to be no accident.
    pub(super) long: bool,
    /// How many of its kind were found in the field before it.
    pub(super) nth: usize,
}

impl Found {
    /// The hit that it is for a term.
    pub(super) fn hit(&self, term: &str, role: Role, readings: &[Reading<'_>]) -> Option<Hit> {
        let Self { field, form, start, end, .. } = *self;
        let text = readings.iter().find(|reading| reading.field == field)?.original;
        let text = clip(&text[start..end], MAX_HIT_TEXT_BYTES).to_owned();
        Some(Hit { term: term.to_owned(), role, form, field, start, end, text, weight: 0.0 })
    }
}

/// All that was found in an item, in the order of the text.
pub(super) struct Finds {
    pub(super) all: Vec<Found>,
    /// By phrase, the places in `all`.
    by_phrase: Vec<(u32, u32)>,
}

impl Finds {
    pub(super) fn new(mut all: Vec<Found>) -> Self {
        all.sort_by_key(|f| (f.field, f.start, f.end));
        let mut by_phrase: Vec<(u32, u32)> = all.iter().enumerate().map(|(at, f)| (f.phrase, at as u32)).collect();
        by_phrase.sort_unstable();
        Self { all, by_phrase }
    }

    /// What was found of `phrases`, which are sorted: each place in `all` with what the phrase stands for, in the order of
    /// the text. The work follows the shorter of the two lists, so that neither a long text nor a watch of many terms
    /// costs the other.
    pub(super) fn of<T: Copy + Ord>(&self, phrases: &[(u32, T)]) -> Vec<(usize, T)> {
        let (mut phrases, mut finds) = (phrases, self.by_phrase.as_slice());
        let mut of = Vec::new();
        while let (Some((wanted, _)), Some((found, _))) = (phrases.first().copied(), finds.first().copied()) {
            if wanted < found {
                phrases = &phrases[phrases.partition_point(|(phrase, _)| *phrase < found)..];
            } else if found < wanted {
                finds = &finds[finds.partition_point(|(phrase, _)| *phrase < wanted)..];
            } else {
                let (same, others) = phrases.split_at(phrases.partition_point(|(phrase, _)| *phrase <= wanted));
                let (here, behind) = finds.split_at(finds.partition_point(|(phrase, _)| *phrase <= wanted));
                of.extend(here.iter().flat_map(|(_, at)| same.iter().map(|(_, what)| (*at as usize, *what))));
                (phrases, finds) = (others, behind);
            }
        }
        of.sort_unstable();
        of
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_watch_gets_what_is_its_own(
            found in proptest::collection::vec(0u32..20, 0..30), wanted in proptest::collection::vec((0u32..20, 0u32..3), 0..30)
        ) {
            let made = |(at, phrase): (usize, &u32)| Found {
                phrase: *phrase, field: Field::Title, form: Form::Base, start: at, end: at + 1, agreement: Agreement::Well, long: true, nth: 0,
            };
            let finds = Finds::new(found.iter().enumerate().map(made).collect());
            let mut wanted = wanted;
            wanted.sort_unstable();
            let each = found.iter().enumerate();
            let expected: Vec<(usize, u32)> = each
                .flat_map(|(at, phrase)| wanted.iter().filter(move |(own, _)| own == phrase).map(move |(_, what)| (at, *what)))
                .collect();
            prop_assert_eq!(finds.of(&wanted), expected);
        }
    }
}
