//! Gaps: what a feed has published between two readings is more than it shows at once.
//!
//! What the document itself shows is committed first, with the mark of the gap; only then is it made good, since its older
//! pages may take minutes. A poller that is stopped meanwhile finds the mark and reads the pages at its next poll.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::decide::{self, Reading};
use super::poll::{Poll, Polled, Urgency};
use super::refill::{Older, Page, Refill};
use crate::coverage::Outcome;
use crate::model::{Arrival, Because, Gap, Links, Rhythm, Seen};
use crate::parse::Document;
use crate::schedule::{self, Hints, Shown};
use crate::store::StoreError;

/// Two documents have a gap between them only if each shows so many items: one that shows its latest item alone has nothing
/// in common with the one before, and that says nothing.
const MIN_WINDOW: usize = 3;

/// A document that older pages may be found by, and what was made of it.
pub(super) struct Start {
    pub(super) document: Document,
    /// Where it was found.
    pub(super) url: Url,
    /// What its response links to.
    pub(super) links: Links,
    /// The rhythm before it was read …
    pub(super) rhythm: Rhythm,
    /// … and what it has shown of it.
    pub(super) shown: Shown,
}

impl Poll {
    /// Whether a document that has nothing in common with what was seen may hide something: its feed has shown more than a
    /// few items before, be it at its last reading or, where that was cut short, at once with so many as now.
    pub(super) fn may_hide(&self, shown: usize, seen: &Seen) -> bool {
        let (last, most) = (seen.present().len(), self.state.rhythm.window as usize);
        shown >= MIN_WINDOW && (last >= MIN_WINDOW || (most >= MIN_WINDOW && shown * 2 >= most))
    }

    /// Marks that more has come since the last good reading than is shown. From now on polls come closer.
    pub(super) fn mark_gap(&mut self, since: Timestamp) {
        let passed = self.now.duration_since(since).as_secs();
        self.state.coverage.closer = Some((passed / 2).max(schedule::SHORTEST.as_secs() as i64));
        let gap = self.state.coverage.gap.get_or_insert(Gap { from: since, to: self.now, shown: Vec::new() });
        gap.to = self.now;
    }

    /// Looks for what is missing, and tells the owner of it. What is found is committed with the end of the mark.
    pub(super) async fn make_good(
        mut self,
        gap: Gap,
        start: Start,
        polled: Polled,
        cancel: &CancellationToken,
    ) -> Result<Polled, StoreError> {
        let seen = self.shared.parts.store.seen(self.feed.id).await?;
        let refill = Refill { shared: &self.shared, feed: &self.feed, seen: &seen, gap: &gap };
        let page = Page { url: &start.url, links: &start.links, document: &start.document };
        let mut older = tokio::select! {
            biased;
            () = cancel.cancelled() => return Ok(polled),
            older = refill.fetch(page) => older,
        };
        self.now = self.shared.parts.clock.now();
        self.state.traffic.count_bytes(older.bytes);
        let until = older.refused.map(|hints| self.refuse(hints));
        let (shared, feed, items) = (self.shared.clone(), self.feed.clone(), std::mem::take(&mut older.items));
        let (found, arrival) = (items.len(), Arrival { missing: Some(gap.from), received: self.now });
        let read = move || decide::read(&shared, &feed, false, items, true, &seen, arrival);
        // A bug or a shutdown: what is marked is tried again.
        let Ok(reading) = tokio::task::spawn_blocking(read).await else { return Ok(polled) };
        self.learn(&start, &reading);
        self.state.coverage.gap = None;
        let raise = self.observe(Outcome::Gap(&words(&gap, &older, found, self.expected(&gap))), None);
        let answer = self.submit(reading, false, raise).await?;
        let urgency = if answer.is_some() { Urgency::Saved } else { Urgency::Later };
        if let Some(answer) = answer {
            let alerts = self.committed(answer.await?);
            tracing::info!(feed = %self.feed.name, found, alerts, pages = older.pages, "made a gap good");
        }
        let plan = polled.plan.map(|plan| plan.not_before(until));
        Ok(Polled { state: self.state, urgency, plan, ..polled })
    }

    /// Takes what was found for news of the time in which it was missing.
    fn learn(&mut self, start: &Start, reading: &Reading) {
        self.time(reading, false);
        let (first, mut shown) = (&start.shown, reading.brought());
        shown.dates.splice(0..0, first.dates.iter().copied());
        shown.matched += first.matched;
        shown.items = first.items;
        self.state.rhythm = start.rhythm.clone().after(&shown, self.now.as_second());
    }

    /// The server asks for peace in the middle of it: until when it gets that.
    fn refuse(&mut self, hints: Hints) -> Timestamp {
        let refusals = self.terms.host_refusals.saturating_add(1);
        let (asked, entropy) = (&self.state.asked, self.shared.parts.dice.roll());
        let wait = schedule::wait(self.feed.every, hints, asked, schedule::Polled::Refused(refusals), entropy);
        let until = schedule::welcome(asked.skip, schedule::due(self.now, wait));
        self.state.health.refusals = refusals;
        self.state.next_due = self.state.next_due.max(until);
        self.state.due.because = Because::Refusal;
        until
    }

    fn expected(&self, gap: &Gap) -> usize {
        self.state.rhythm.expected(gap.from.as_second(), gap.to.as_second()).round() as usize
    }
}

/// The gap in words, with what was found of it besides what the document shows.
fn words(gap: &Gap, older: &Older, found: usize, expected: usize) -> String {
    let all = gap.shown.len() + found;
    let of = if expected > all { format!(" of about {expected} expected") } else { String::new() };
    let sitemap = if older.sitemap { " and in the sitemap" } else { "" };
    let pages = match older.pages {
        0 => String::new(),
        1 => ", on an older page".to_owned(),
        pages => format!(", on {pages} older pages"),
    };
    let missing = match (older.closed, older.refused, older.pages) {
        (true, _, _) => "; none is missing",
        (_, Some(_), _) => "; its server wants no more requests for now, so others may be lost",
        (_, None, 0) => "; there are no older pages",
        (_, None, _) => "; others may be lost",
    };
    format!(
        "between {:.0} and {:.0} more came than it shows at once: {all} items{of} were found on it{pages}{sitemap}{missing}",
        gap.from, gap.to
    )
}
