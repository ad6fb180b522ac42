//! Making good a gap: what has scrolled out of a feed's document may still lie on its older pages.
//!
//! Pages are those that the feed names itself (RFC 5005: `prev-archive`, `next`), or WordPress's `?paged=`, and only on the
//! feed's own host. Each costs a request, [`MAX_PAGES`] at the most, with the host's gap between.

use std::collections::HashSet;

use url::Url;

use super::Shared;
use super::decide;
use crate::fetch::{Ask, Fetched};
use crate::model::{Feed, Item, ItemId, ItemKeys, Links, Seen, Source, Validators};
use crate::parse::{self, Document};

/// Most older pages that are fetched to make good a gap.
pub(super) const MAX_PAGES: usize = 10;

/// What older pages have brought.
pub(super) struct Older {
    /// Their items, behind those of the document itself.
    pub(super) items: Vec<(Item, ItemKeys)>,
    /// Pages that could be read.
    pub(super) pages: usize,
    /// Whether they reach back to what was seen.
    pub(super) closed: bool,
    /// Bytes of their bodies on the wire.
    pub(super) bytes: u64,
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

/// Fetches older pages until one holds what was seen, or nothing that is not on the pages before it.
pub(super) async fn older(shared: &Shared, feed: &Feed, first: Page<'_>, known: &[ItemId], seen: &Seen) -> Older {
    let mut older = Older { items: Vec::new(), pages: 0, closed: false, bytes: 0 };
    let mut ids: HashSet<ItemId> = known.iter().copied().collect();
    let mut next = next_page(&first, 2);
    while let Some(url) = next.take().filter(|_| older.pages < MAX_PAGES && !older.closed) {
        tokio::time::sleep(shared.options.host_gap).await;
        let now = shared.parts.clock.now();
        let (source, validators) = (Source::Url(url), Validators::default());
        let ask = Ask { feed, source: &source, validators: &validators, now };
        let Ok(Fetched::Document(fetch)) = shared.parts.fetching.fetch(&ask).await else { break };
        older.bytes += fetch.heard.bytes;
        let (of_feed, links, found_at) = (feed.clone(), fetch.heard.links.clone(), fetch.url.clone());
        let read = tokio::task::spawn_blocking(move || {
            let source = parse::Source {
                body: &fetch.body,
                content_type: fetch.content_type.as_deref(),
                base_url: fetch.url.as_ref(),
            };
            let document = parse::parse(&source).ok()?;
            let items = parse::items(&of_feed, &document);
            Some((document, items))
        });
        let Ok(Some((document, mut items))) = read.await else { break };
        items.retain(|(item, _)| ids.insert(item.id));
        if items.is_empty() {
            break;
        }
        older.pages += 1;
        older.closed = decide::knows_any(feed, &items, seen, now);
        older.items.append(&mut items);
        let page = found_at.as_ref().map(|url| Page { url, links: &links, document: &document });
        next = page.and_then(|page| next_page(&page, older.pages + 2));
    }
    older
}

/// Where the items before those of a page are; the pages of WordPress are counted from 1.
fn next_page(page: &Page<'_>, number: usize) -> Option<Url> {
    let named = page.links.older.as_ref().or(page.document.links.older.as_ref());
    let named = named.and_then(|url| page.url.join(url).ok());
    let next = named.or_else(|| {
        let generator = page.document.generator.as_deref()?.to_ascii_lowercase();
        generator.contains("wordpress").then(|| paged(page.url, number))
    })?;
    (next.host_str() == page.url.host_str()).then_some(next)
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
        assert_eq!(next(older("https://b.example/1"), Document::default(), 2), None, "another host");
    }
}
