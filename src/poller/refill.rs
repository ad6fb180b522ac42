//! What has scrolled out of a feed's document may still lie on its older pages.
//!
//! Pages are those that the feed names itself (RFC 5005: `prev-archive`, `next`), or WordPress's `?paged=`, and only on the
//! feed's own server; and where these do not reach back far enough, the news sitemap that the configuration names for it.
//! Each costs a request, [`MAX_PAGES`] pages at the most and [`REFILL_TIMEOUT`] for all of them, with the host's gap between.
//! A server that asks for peace gets it.

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use url::Url;

use super::Shared;
use super::decide;
use crate::fetch::{Ask, Fetch, FetchError, Fetched};
use crate::model::{Feed, Gap, Item, ItemId, ItemKeys, Links, Seen, Source, Validators};
use crate::parse::{self, Document};
use crate::schedule::Hints;

/// Most older pages that are fetched to make good a gap.
pub(super) const MAX_PAGES: usize = 10;
/// For all of them and the sitemap, besides the gaps between them.
pub(super) const REFILL_TIMEOUT: Duration = Duration::from_mins(2);

/// What was shown before the last good reading by so much may still be missing: items are often dated before they are
/// brought out.
const DATED_BEFORE: SignedDuration = SignedDuration::from_mins(30);
/// What an older page shows is news only if it is dated no longer before it.
const DATED_LONG_BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// What older pages and the sitemap have brought.
#[derive(Default)]
pub(super) struct Older {
    /// Their items.
    pub(super) items: Vec<(Item, ItemKeys)>,
    /// Pages that could be read.
    pub(super) pages: usize,
    /// Whether they reach back to what was seen before the gap.
    pub(super) closed: bool,
    /// Whether there was a sitemap to look into.
    pub(super) sitemap: bool,
    /// Bytes of their bodies on the wire.
    pub(super) bytes: u64,
    /// Their server asked for peace.
    pub(super) refused: Option<Hints>,
}

/// A document with its place.
pub(super) struct Page<'a> {
    /// Where it was found.
    pub(super) url: &'a Url,
    /// What its response links to.
    pub(super) links: &'a Links,
    /// What it says.
    pub(super) document: &'a Document,
}

/// Makes a gap good.
pub(super) struct Refill<'a> {
    pub(super) shared: &'a Shared,
    pub(super) feed: &'a Feed,
    /// What is known, with what the feed's document shows.
    pub(super) seen: &'a Seen,
    pub(super) gap: &'a Gap,
}

impl Refill<'_> {
    /// Fetches older pages until one holds what was seen, or nothing that is not on the pages before it; then the sitemap.
    pub(super) async fn fetch(&self, first: Page<'_>) -> Older {
        let gaps = self.shared.options.host_gap * (MAX_PAGES as u32 + 1);
        let end = Instant::now() + REFILL_TIMEOUT + gaps;
        let mut older = Older::default();
        let mut ids: HashSet<ItemId> = self.gap.shown.iter().copied().collect();
        let mut next = next_page(&first, 2);
        while let Some(url) = next.take().filter(|_| older.pages < MAX_PAGES && !older.closed) {
            let Some(fetch) = self.get(url, false, end, &mut older).await else { break };
            let (links, found_at) = (fetch.heard.links.clone(), fetch.url.clone());
            let Some((document, mut items)) = self.read(fetch, |source| parse::parse(source).ok()).await else { break };
            items.retain(|(item, _)| ids.insert(item.id));
            if items.is_empty() {
                break;
            }
            older.pages += 1;
            older.closed = self.closes(&mut items);
            older.items.append(&mut items);
            let page = found_at.as_ref().map(|url| Page { url, links: &links, document: &document });
            next = page.and_then(|page| next_page(&page, older.pages + 2));
        }
        if let (Some(url), false, None) = (&self.feed.sitemap, older.closed, older.refused) {
            older.sitemap = true;
            // What the feed has itself stands there under other keys.
            let has: HashSet<u64> = older.items.iter().flat_map(|(_, keys)| keys.each()).collect();
            let found = self.sitemap(url, end, &mut older).await.into_iter();
            older.items.extend(found.filter(|(_, keys)| !keys.each().any(|key| has.contains(&key))));
        }
        older
    }

    /// Whether a page reaches back to what was seen before the gap. What else lies behind the gap is dropped from it.
    fn closes(&self, items: &mut Vec<(Item, ItemKeys)>) -> bool {
        let now = self.shared.parts.clock.now();
        let older_than = |date: Option<Timestamp>, limit: Timestamp| date.is_some_and(|date| date < limit);
        let long_ago = self.gap.from.checked_sub(DATED_LONG_BEFORE).unwrap_or(Timestamp::MIN);
        let all_old = items.iter().all(|(item, _)| older_than(item.date(), long_ago));
        let behind = |item: &Item| item.date().is_none_or(|date| date <= self.gap.from);
        let known = decide::known(self.feed, items, self.seen, now);
        let first = known.iter().zip(&*items).position(|(known, (item, _))| *known && behind(item));
        let mut at = 0;
        items.retain(|(item, _)| {
            at += 1;
            !older_than(item.date(), long_ago) && first.is_none_or(|first| at <= first || !behind(item))
        });
        all_old || first.is_some()
    }

    /// News of the sitemap that are dated since the last good reading.
    async fn sitemap(&self, url: &Url, end: Instant, older: &mut Older) -> Vec<(Item, ItemKeys)> {
        let Some(fetch) = self.get(url.clone(), true, end, older).await else { return Vec::new() };
        let news = |source: &parse::Source<'_>| {
            let mut items = parse::sitemap(source).ok()?;
            // The feed knows them by GUIDs of its own.
            items.iter_mut().for_each(|item| item.id = None);
            Some(Document { items, ..Document::default() })
        };
        let Some((_, mut items)) = self.read(fetch, news).await else { return Vec::new() };
        let since = self.gap.from.checked_sub(DATED_BEFORE).unwrap_or(Timestamp::MIN);
        items.retain(|(item, _)| item.date().is_some_and(|date| date >= since));
        decide::never_seen(self.feed, items, self.seen, self.shared.parts.clock.now()).collect()
    }

    async fn get(&self, url: Url, elsewhere: bool, end: Instant, older: &mut Older) -> Option<Fetch> {
        tokio::time::sleep(self.shared.options.host_gap).await;
        let now = self.shared.parts.clock.now();
        let (source, validators) = (Source::Url(url), Validators::default());
        let ask = Ask { feed: self.feed, source: &source, validators: &validators, elsewhere, now };
        match tokio::time::timeout_at(end, self.shared.parts.fetching.fetch(&ask)).await {
            Ok(Ok(Fetched::Document(fetch))) => {
                older.bytes += fetch.heard.bytes;
                Some(*fetch)
            }
            Ok(Err(FetchError::Refused { hints, .. })) => {
                older.refused = Some(hints);
                None
            }
            Ok(Ok(Fetched::Unchanged { .. }) | Err(_)) | Err(_) => None,
        }
    }

    /// Reads off the async threads.
    async fn read(
        &self,
        fetch: Fetch,
        parse: impl FnOnce(&parse::Source<'_>) -> Option<Document> + Send + 'static,
    ) -> Option<(Document, Vec<(Item, ItemKeys)>)> {
        let feed = self.feed.clone();
        let read = tokio::task::spawn_blocking(move || {
            let source = parse::Source {
                body: &fetch.body,
                content_type: fetch.content_type.as_deref(),
                base_url: fetch.url.as_ref(),
            };
            let document = parse(&source)?;
            let items = parse::items(&feed, &document);
            Some((document, items))
        });
        read.await.ok().flatten()
    }
}

/// Where the items before those of a page are; the pages of WordPress are counted from 1.
fn next_page(page: &Page<'_>, number: usize) -> Option<Url> {
    let named = page.links.older.as_ref().or(page.document.links.older.as_ref());
    let named = named.and_then(|url| page.url.join(url).ok());
    let next = named.or_else(|| {
        let generator = page.document.generator.as_deref()?.to_ascii_lowercase();
        generator.contains("wordpress").then(|| paged(page.url, number))
    })?;
    let next = over_tls(next, page.url);
    (next.origin() == page.url.origin()).then_some(next)
}

/// Many a publisher who has gone over to TLS still links to itself without.
fn over_tls(mut url: Url, like: &Url) -> Url {
    if (url.scheme(), like.scheme()) == ("http", "https") && url.port().is_none() {
        // Fails for URLs of other kinds only.
        let _ = url.set_scheme("https");
    }
    url
}

/// The URL with `paged` set to a number.
fn paged(url: &Url, number: usize) -> Url {
    let mut paged = url.clone();
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "paged").map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    paged.query_pairs_mut().clear().extend_pairs(others).append_pair("paged", &number.to_string());
    paged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(links: Links, document: Document, number: usize) -> Option<String> {
        let url = "https://a.example/feed?lang=et&paged=2".parse().expect("a URL");
        next_page(&Page { url: &url, links: &links, document: &document }, number).map(String::from)
    }

    fn older(text: &str) -> Links {
        Links { older: Some(text.to_owned()), ..Links::default() }
    }

    #[test]
    fn pages_are_those_that_the_feed_names_and_those_of_wordpress() {
        let named = Document { links: older("https://a.example/2"), ..Document::default() };
        let wordpress = Document { generator: Some("https://wordpress.org/?v=6.9".to_owned()), ..Document::default() };
        assert_eq!(next(older("https://a.example/1"), named.clone(), 2).as_deref(), Some("https://a.example/1"));
        assert_eq!(next(Links::default(), named, 2).as_deref(), Some("https://a.example/2"));
        let third = "https://a.example/feed?lang=et&paged=3";
        assert_eq!(next(Links::default(), wordpress, 3).as_deref(), Some(third));
        assert_eq!(next(Links::default(), Document::default(), 2), None);
        for elsewhere in
            ["https://b.example/1", "https://a.example:8443/1", "http://a.example:80/1x", "gopher://a.example/"]
        {
            let found = next(older(elsewhere), Document::default(), 2);
            assert!(found.is_none_or(|found| found.starts_with("https://a.example/")), "{elsewhere}");
        }
        let plain = next(older("http://a.example/1"), Document::default(), 2);
        assert_eq!(plain.as_deref(), Some("https://a.example/1"), "the same over TLS");
    }
}
