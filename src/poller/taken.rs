//! What a document says, and what it shows of its feed's coverage.

use std::sync::Arc;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::decide::{self, Reading};
use super::observe::Failure;
use super::poll::Poll;
use crate::coverage::Read;
use crate::fetch::Fetch;
use crate::model::{Arrival, Item, ItemKeys, clip};
use crate::parse::{self, Document, ParseError};
use crate::schedule;
use crate::store::StoreError;

/// Most warnings that are remembered of a reading.
const MAX_WARNINGS: usize = 5;
/// Longest warning and feed title that is remembered, in bytes.
const MAX_WORDS_BYTES: usize = 200;

/// Most items of a document that are remembered with a gap.
const MAX_MARKED: usize = 1_000;

/// A document that was read.
pub(super) struct Taken {
    pub(super) document: Document,
    pub(super) reading: Reading,
    /// Whether it has nothing in common with the last one, though it should.
    gap: bool,
    body: u64,
}

impl Poll {
    /// Reads the document.
    pub(super) async fn take(&self, fetch: Fetch, pushed: bool) -> Result<Result<Taken, Failure>, StoreError> {
        let hints = fetch.heard.hints;
        let seen = Arc::new(self.shared.parts.store.seen(self.feed.id).await?);
        let body = xxh3_64(&fetch.body);
        let feed = self.feed.clone();
        // Parsing and matching a large document takes a while: off the async threads with it.
        let parsed = tokio::task::spawn_blocking(move || -> Result<_, ParseError> {
            let source = parse::Source {
                body: &fetch.body,
                content_type: fetch.content_type.as_deref(),
                base_url: fetch.url.as_ref(),
            };
            let document = parse::parse(&source)?;
            let items = parse::items(&feed, &document);
            Ok((document, items))
        });
        let (document, items): (Document, Vec<(Item, ItemKeys)>) = match parsed.await {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(error)) => return Ok(Err(Failure::parse(&error, hints))),
            // A bug or a shutdown; the feed is tried again either way.
            Err(error) => return Ok(Err(Failure::panic(&error.to_string(), hints))),
        };
        let gap =
            self.may_hide(items.len(), &seen) && !decide::known(&self.feed, &items, &seen, self.now).contains(&true);
        let (shared, feed, first_run) = (self.shared.clone(), self.feed.clone(), !self.state.baselined);
        let arrival = Arrival { missing: self.state.health.last_ok, received: self.now };
        let read = move || decide::read(&shared, &feed, first_run, items, pushed, &seen, arrival);
        Ok(match tokio::task::spawn_blocking(read).await {
            Ok(reading) => Ok(Taken { document, reading, gap, body }),
            Err(error) => Err(Failure::panic(&error.to_string(), hints)),
        })
    }

    /// What the document says of its feed.
    pub(super) fn describe(&mut self, taken: &Taken) {
        let document = &taken.document;
        // A feed that begins empty has shown no baseline yet.
        self.state.baselined |= !document.items.is_empty();
        let words = |text: &str| clip(text, MAX_WORDS_BYTES).to_owned();
        let title = document.title.as_deref().map(|title| words(&parse::plain_text(title)));
        self.state.title = title.or(self.state.title.take());
        self.state.health.warnings = document.warnings.iter().take(MAX_WARNINGS).map(|text| words(text)).collect();
        self.state.asked = schedule::meant(document.asked, document.generator.as_deref());
    }

    /// What the document shows of the feed's coverage.
    pub(super) fn shows(&mut self, taken: &Taken, last: Option<Timestamp>) -> Read {
        let reading = &taken.reading;
        let new: Vec<Option<Timestamp>> = reading.new_dates().collect();
        let stale = self.is_stale(last, new.iter().copied());
        let since = self.state.health.last_ok.filter(|_| taken.gap);
        if let Some(since) = since {
            self.mark_gap(since);
        }
        if let Some(gap) = &mut self.state.coverage.gap {
            for shown in &reading.shown {
                if gap.shown.len() < MAX_MARKED && !gap.shown.contains(&shown.id) {
                    gap.shown.push(shown.id);
                }
            }
        }
        Read { items: reading.shown.len(), stale, new, body: taken.body, gap: self.state.coverage.gap.is_some() }
    }

    /// Counts how soon it was found.
    pub(super) fn time(&mut self, reading: &Reading, first_run: bool) {
        if !first_run {
            let ages = reading.new_dates().flatten().map(|date| self.now.duration_since(date));
            ages.filter(|age| !age.is_negative()).for_each(|age| self.state.traffic.delays.add(age.as_secs_f64()));
        }
    }
}
