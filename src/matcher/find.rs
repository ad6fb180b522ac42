//! Finding: one pass over each field for the phrases of all watches.
//!
//! A phrase is verified at once only if it could wake a watch. What else the index knows at a place, context for one, or
//! the words that a query has in common with many others, waits in the reading until it is known which watches are awake,
//! and only what belongs to them is verified.

use std::collections::HashMap;

use super::case::{Agreement, Case};
use super::found::Found;
use super::index::{Anchor, Clue, Plain};
use super::memory::Fingerprint;
use super::pattern::Patterns;
use super::reading::Reading;
use super::scan::Piece;
use super::spelling::Aloud;
use super::word::{Place, Text};
use super::{MAX_HITS_A_LEAF, MIN_RESPELLED_LETTERS, MIN_TRANSLITERATED_LETTERS, MIN_UNCASED_LETTERS, Matcher, scan};
use crate::model::Form;
use crate::text::Script;

/// What is found in one field.
struct Notes<'f, 't> {
    reading: &'f Reading<'t>,
    matcher: &'f Matcher,
    /// By phrase, the places where it was found, in order.
    places: HashMap<u32, Vec<(usize, usize)>, Plain>,
    found: &'f mut Vec<Found>,
}

impl Notes<'_, '_> {
    /// Notes a phrase, once a place and as long as there are not too many of it.
    fn add(&mut self, phrase: u32, place: Place) {
        let Reading { field, original, folded, .. } = self.reading;
        let span = folded.original_span(place.start, place.end);
        let written = &original[span.clone()];
        let agreement = self.matcher.phrases[phrase as usize].agree(
            written,
            place.form,
            self.reading.capitals_at(span.start, span.end),
        );
        let places = self.places.entry(phrase).or_default();
        let behind = places.partition_point(|(start, _)| *start < place.end);
        let taken = behind > 0 && place.start < places[behind - 1].1;
        if agreement == Agreement::No || taken || places.len() >= MAX_HITS_A_LEAF {
            return;
        }
        let nth = places.len();
        places.insert(behind, (place.start, place.end));
        let phrase_of = &self.matcher.phrases[phrase as usize];
        let heard = &folded.text()[place.start..place.end];
        let least = match place.form {
            Form::Respelled => MIN_RESPELLED_LETTERS,
            _ if heard.chars().find_map(Script::of).is_some_and(Script::has_case) => MIN_TRANSLITERATED_LETTERS,
            _ => MIN_UNCASED_LETTERS,
        };
        let long = phrase_of.letters() >= least;
        let (start, end) = (span.start, span.end);
        self.found.push(Found { phrase, field: *field, form: place.form, start, end, agreement, long, nth });
    }
}

impl Matcher {
    /// Finds all that could wake a watch, and notes in the readings what else may stand there.
    pub(super) fn find(&self, readings: &mut [Reading<'_>]) -> Vec<Found> {
        let mut found = Vec::new();
        for reading in &mut *readings {
            self.find_in(reading, &mut found);
        }
        self.patterns.find_waking(readings, &mut found);
        found
    }

    fn find_in(&self, reading: &mut Reading<'_>, found: &mut Vec<Found>) {
        let (mut waiting, mut heard) = (Vec::new(), Vec::new());
        let languages = |script: Script| reading.languages(script);
        let text = Text { folded: &reading.folded, languages: &languages };
        let aloud = Aloud { folded: &reading.folded, language: &languages };
        let mut notes = Notes { reading, matcher: self, places: HashMap::default(), found };
        let mut clues = Vec::new();
        for piece in scan::pieces(&reading.folded) {
            clues.clear();
            self.clues(reading, piece, &text, &aloud, &mut clues);
            for &(Anchor { phrase: id, clue }, start, end) in &clues {
                let phrase = &self.phrases[id as usize];
                match clue {
                    Clue::Waking => text.find(phrase, start).into_iter().for_each(|place| notes.add(id, place)),
                    Clue::Waiting => waiting.push((id, start)),
                    Clue::Sound => {
                        let sounds = self.sounds.of(id);
                        heard.extend(sounds.and_then(|s| aloud.find(phrase, s, (start, end))).map(|place| (id, place)));
                    }
                }
            }
        }
        // What is written as the term has the place before what only sounds like it.
        let (unwoken, waking) = heard.into_iter().partition(|(phrase, _)| self.woken_by(*phrase).is_empty());
        let waking: Vec<(u32, Place)> = waking;
        waking.into_iter().for_each(|(phrase, place)| notes.add(phrase, place));
        (reading.waiting, reading.heard) = (waiting, unwoken);
    }

    /// Adds the phrases that the piece may belong to, each with the bytes of its word: what is remembered of it, or what is
    /// found out now.
    fn clues(
        &self,
        reading: &Reading<'_>,
        piece: Piece,
        text: &Text<'_>,
        aloud: &Aloud<'_>,
        clues: &mut Vec<(Anchor, usize, usize)>,
    ) {
        let folded = reading.folded.text();
        let joined = || folded[piece.end..].starts_with(self.joints.as_slice());
        let alone = piece.whole && (self.joints.is_empty() || !joined());
        let word = alone.then(|| Fingerprint::new(&folded[piece.start..piece.end], reading.declared()));
        let here = |anchor| (anchor, piece.start, piece.end);
        if let Some(known) = word.and_then(|word| self.memory.recall(word)) {
            return clues.extend(known.map(here));
        }
        let small = || reading.is_small(piece.start);
        let so_written = word.filter(|_| !self.sounds.is_empty()).map(|word| word.written(small()));
        if let Some(known) = so_written.and_then(|word| self.memory.recall(word)) {
            return clues.extend(known.map(here));
        }
        self.look(text, piece, |anchor, at| clues.push((anchor, at, piece.end)));
        let sounds_like_any = self.listen(aloud, piece, small, clues);
        let place = if sounds_like_any { so_written } else { word };
        if let Some(word) = place.filter(|_| clues.iter().all(|clue| *clue == here(clue.0))) {
            let anchors: Vec<Anchor> = clues.iter().map(|(anchor, ..)| *anchor).collect();
            self.memory.remember(word, &anchors);
        }
    }

    /// Calls `found` with each word of a phrase that the piece may be a form of, and where it begins.
    fn look(&self, text: &Text<'_>, piece: Piece, mut found: impl FnMut(Anchor, usize)) {
        let folded = text.folded.text();
        for at in scan::beginnings(folded, piece.start) {
            for anchor in self.index.stems_of(&folded.as_bytes()[at..]).flatten() {
                if text.may_find(&self.phrases[anchor.phrase as usize], at) {
                    found(*anchor, at);
                }
            }
        }
    }

    /// Adds the phrases that the piece may belong to by its sound, with its bytes, and says whether it would sound like any
    /// if it were written otherwise, small or not.
    fn listen(
        &self,
        aloud: &Aloud<'_>,
        piece: Piece,
        small: impl Fn() -> bool,
        clues: &mut Vec<(Anchor, usize, usize)>,
    ) -> bool {
        if self.sounds.is_empty() {
            return false;
        }
        let Some(word) = aloud.hear_name(piece) else { return false };
        let mut sounds_like_any = false;
        let derived = |phrase: u32| self.phrases[phrase as usize].derived;
        aloud.look(&self.sounds, &word, derived, |phrase| {
            sounds_like_any = true;
            if self.phrases[phrase as usize].case == Case::Small || !small() {
                clues.push((Anchor { phrase, clue: Clue::Sound }, word.start, word.end));
            }
        });
        sounds_like_any
    }

    /// Finds what else belongs to the watches that are awake.
    pub(super) fn find_rest(&self, awake: &[u32], readings: &[Reading<'_>], found: &mut Vec<Found>) {
        let wanted = self.wanted(awake);
        let is_wanted = |phrase: u32| wanted[phrase as usize / 64] >> (phrase % 64) & 1 == 1;
        for reading in readings {
            let languages = |script: Script| reading.languages(script);
            let text = Text { folded: &reading.folded, languages: &languages };
            let mut notes = Notes { reading, matcher: self, places: HashMap::default(), found };
            for (phrase, at) in reading.waiting.iter().filter(|(phrase, _)| is_wanted(*phrase)) {
                if let Some(place) = text.find(&self.phrases[*phrase as usize], *at) {
                    notes.add(*phrase, place);
                }
            }
            let heard = reading.heard.iter().filter(|(phrase, _)| is_wanted(*phrase));
            heard.for_each(|(phrase, place)| notes.add(*phrase, *place));
        }
        let leaves = awake.iter().flat_map(|w| &self.conditions[*w as usize].leaves).map(|(phrase, _)| *phrase);
        let sleeping = |phrase: &u32| Patterns::is_one(*phrase) && self.woken_by(*phrase).is_empty();
        let mut patterns: Vec<u32> = leaves.filter(sleeping).collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns.into_iter().for_each(|pattern| self.patterns.find(pattern, readings, found));
    }

    /// A bit for each phrase that belongs to a watch that is awake, or is company: all of them are cleared faster than the
    /// few are sorted.
    fn wanted(&self, awake: &[u32]) -> Vec<u64> {
        let mut wanted = vec![0; self.phrases.len() / 64 + 1];
        let terms = awake.iter().flat_map(|w| &self.terms[*w as usize]).map(|(phrase, _)| *phrase);
        let leaves = awake.iter().flat_map(|w| &self.conditions[*w as usize].leaves).map(|(phrase, _)| *phrase);
        let company = self.company as u32..self.phrases.len() as u32;
        for phrase in terms.chain(leaves).chain(company).filter(|phrase| !Patterns::is_one(*phrase)) {
            wanted[phrase as usize / 64] |= 1 << (phrase % 64);
        }
        wanted
    }
}
