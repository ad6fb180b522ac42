//! What a document says, and what it shows of its feed's coverage.

use std::sync::Arc;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::decide::{self, Reading};
use super::observe::Failure;
use super::poll::Poll;
use super::refill::{Older, Page, Refill};
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

/// Two documents have a gap between them only if each shows so many items: one that shows its latest item alone has nothing in
/// common with the one before, and that says nothing.
const MIN_WINDOW: usize = 3;
/// A document that was read, with what its older pages have brought.
pub(super) struct Taken {
    pub(super) document: Document,
    pub(super) reading: Reading,
    pub(super) older: Option<Older>,
    /// Items that the document itself shows.
    pub(super) shown: usize,
    body: u64,
}

impl Poll {
    /// Reads the document, and where it has nothing in common with the last one, its older pages.
    pub(super) async fn take(&self, fetch: Fetch, pushed: bool) -> Result<Result<Taken, Failure>, StoreError> {
        let hints = fetch.heard.hints;
        let seen = Arc::new(self.shared.parts.store.seen(self.feed.id).await?);
        let (body, links, url) = (xxh3_64(&fetch.body), fetch.heard.links.clone(), fetch.url.clone());
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
        let (document, mut items): (Document, Vec<(Item, ItemKeys)>) = match parsed.await {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(error)) => return Ok(Err(Failure::parse(&error, hints))),
            // A bug or a shutdown; the feed is tried again either way.
            Err(error) => return Ok(Err(Failure::panic(&error.to_string(), hints))),
        };
        let shown = items.len();
        let mut older = None;
        let window = shown.min(seen.present().len());
        let gap = window >= MIN_WINDOW && !decide::knows_any(&self.feed, &items, &seen, self.now);
        if let Some(url) = url.filter(|_| gap && !pushed && self.state.baselined) {
            let page = Page { url: &url, links: &links, document: &document };
            let since = self.state.health.last_ok;
            let refill = Refill { shared: &self.shared, feed: &self.feed, seen: &seen, since };
            let mut found = refill.fetch(page, &items).await;
            items.append(&mut found.items);
            older = Some(found);
        }
        let (shared, feed, first_run) = (self.shared.clone(), self.feed.clone(), !self.state.baselined);
        let arrival = Arrival { missing: self.state.health.last_ok, received: self.now };
        let read = move || decide::read(&shared, &feed, first_run, items, pushed, &seen, arrival);
        Ok(match tokio::task::spawn_blocking(read).await {
            Ok(reading) => Ok(Taken { document, reading, older, shown, body }),
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
        let gap = last.zip(self.state.health.last_ok).filter(|_| taken.older.is_some());
        let gap = gap.map(|(_, read)| self.gap(taken, read));
        Read { items: taken.shown, stale: self.is_stale(last, new.iter().copied()), new, body: taken.body, gap }
    }

    /// Two readings without a common item, in words. From now on polls come closer.
    fn gap(&mut self, taken: &Taken, read: Timestamp) -> String {
        let passed = self.now.duration_since(read).as_secs();
        self.state.coverage.closer = Some((passed / 2).max(schedule::SHORTEST.as_secs() as i64));
        let older = taken.older.as_ref();
        let (pages, closed) = older.map_or((0, false), |older| (older.pages, older.closed));
        let sitemap = if older.is_some_and(|older| older.sitemap) { " and in the sitemap" } else { "" };
        let found = taken.reading.shown.len();
        let expected = self.state.rhythm.expected(read.as_second(), self.now.as_second()).round() as usize;
        let of = if expected > found { format!(" of about {expected} expected") } else { String::new() };
        let lost = match (closed, pages) {
            (true, _) => format!("{found} items were found, some of them on {pages} older pages; none is missing"),
            (false, 0) => format!("{found} items{of} were found on it{sitemap}; there are no older pages"),
            (false, _) => {
                format!("{found} items{of} were found on it, on {pages} older pages{sitemap}; others may be lost")
            }
        };
        format!("between {read:.0} and {:.0} more came than it shows at once: {lost}", self.now)
    }

    /// Counts how soon it was found.
    pub(super) fn time(&mut self, reading: &Reading, first_run: bool) {
        if !first_run {
            let ages = reading.new_dates().flatten().map(|date| self.now.duration_since(date));
            ages.filter(|age| !age.is_negative()).for_each(|age| self.state.traffic.delays.add(age.as_secs_f64()));
        }
    }
}
