//! From a document to items: plain text, with keys that are the same at every poll.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use jiff::Timestamp;
use url::Url;

use super::text::{plain_text, truncated};
use super::{Document, MAX_ITEM_TEXT_BYTES, Published};
use crate::model::{Feed, Item, ItemId, ItemKeys, title_sketch};

/// Characters of the text that identify an item which has neither GUID nor link.
const IDENTIFYING_CHARS: usize = 500;
/// Bytes of a text that stand for its title.
const HEADING_BYTES: usize = 200;
/// Bytes of a title.
const MAX_TITLE_BYTES: usize = 2048;
/// Bytes of a GUID or a link that an item carries. A longer one identifies it all the same, and is left out.
const MAX_KEY_BYTES: usize = 2048;
/// Bytes of an author or a category.
const MAX_LABEL_BYTES: usize = 200;
/// Authors, and categories, of an item.
const MAX_LABELS: usize = 20;
/// Bytes of a language tag; BCP 47 asks for buffers of 35.
const MAX_LANGUAGE_BYTES: usize = 35;
/// Query parameters that say where a reader came from, not what is read.
const TRACKING: &[&str] = &["fbclid", "gclid", "dclid", "msclkid", "yclid", "mc_cid", "mc_eid"];

/// The items of a document as plain text with their keys, in the document's order. Of exact duplicates the first stays.
///
/// A GUID or a link that several items of the document share identifies none of them.
pub fn items(feed: &Feed, document: &Document) -> Vec<(Item, ItemKeys)> {
    let mut seen = HashSet::new();
    let drafts = document.items.iter().map(Draft::new);
    let drafts: Vec<Draft> = drafts.filter(|draft| seen.insert(draft.fingerprint)).collect();
    let guids = counts(drafts.iter().map(|draft| draft.guid.as_deref()));
    let links = counts(drafts.iter().map(|draft| draft.canonical.as_deref()));
    let texts: Vec<String> = drafts.iter().map(Draft::identifying).collect();
    let alike = counts(texts.iter().map(Some));

    let mut ids = HashSet::new();
    let mut items = Vec::with_capacity(drafts.len());
    for (draft, text) in drafts.iter().zip(&texts) {
        let guid = draft.guid.as_deref().filter(|key| guids.get(key) == Some(&1));
        let link = draft.canonical.as_deref().filter(|key| links.get(key) == Some(&1));
        // What begins as another does is told apart by all that it says.
        let whole = format!("{text}\0{}", draft.fingerprint);
        let (kind, key) = match (guid, link) {
            (Some(guid), _) => ("guid", guid),
            (None, Some(link)) => ("link", link),
            (None, None) if alike.get(text) == Some(&1) => ("text", text.as_str()),
            (None, None) => ("text", whole.as_str()),
        };
        let id = ItemId::new(feed.id, kind, key.as_bytes());
        let keys = ItemKeys {
            guid: guid.map(|guid| ItemKeys::hash("guid", guid)),
            link: link.map(|link| ItemKeys::hash("link", link)),
            text: Some(ItemKeys::hash("text", text)),
            words: Some(draft.words()),
            figures: draft.figures(),
            body: draft.body(),
            published: draft.date().map(Timestamp::as_second),
            sketch: title_sketch(draft.heading()),
        };
        if ids.insert(id) {
            items.push((draft.item(id, feed, document), keys));
        }
    }
    items
}

/// A title as items have it: plain text of at most 2,048 bytes.
pub fn item_title(markup: &str) -> String {
    truncated(plain_text(markup), MAX_TITLE_BYTES)
}

/// A summary or a body as items have it: plain text of at most [`MAX_ITEM_TEXT_BYTES`].
pub fn item_text(markup: &str) -> String {
    truncated(plain_text(markup), MAX_ITEM_TEXT_BYTES)
}

/// An item on its way from published to plain.
struct Draft<'a> {
    published: &'a Published,
    guid: Option<String>,
    link: Option<String>,
    canonical: Option<String>,
    title: String,
    summary: String,
    body: String,
    /// Of all that it says.
    fingerprint: u64,
}

impl<'a> Draft<'a> {
    fn new(published: &'a Published) -> Self {
        let plain = |markup: &Option<String>, of: fn(&str) -> String| markup.as_deref().map(of).unwrap_or_default();
        let guid = published.id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
        let link = published.link.as_deref().map(str::trim).filter(|link| !link.is_empty()).map(str::to_owned);
        let mut draft = Draft {
            published,
            canonical: link.as_deref().map(canonical),
            guid,
            link,
            title: plain(&published.title, item_title),
            summary: plain(&published.summary, item_text),
            body: plain(&published.content, item_text),
            fingerprint: 0,
        };
        draft.fingerprint = draft.fingerprint();
        draft
    }

    /// What the item says, but for the digits of its text: they may count the dead, or the comments.
    fn words(&self) -> u64 {
        ItemKeys::hash("words", &[self.title.as_str(), &self.text()].join("\0"))
    }

    /// What it says below its title, but for the digits.
    fn body(&self) -> u32 {
        let text = self.text();
        if text.len() == 1 { 0 } else { ItemKeys::hash("body", &text) as u32 }
    }

    fn text(&self) -> String {
        let words = |text: &str| -> String { text.chars().filter(|c| !c.is_numeric()).collect() };
        [words(&self.summary), words(&self.body)].join("\0")
    }

    /// The digits of its text.
    fn figures(&self) -> u32 {
        let digits = |text: &str| -> String {
            let numbers = text.split(|c: char| !c.is_numeric()).filter(|number| !number.is_empty());
            numbers.collect::<Vec<_>>().join(" ")
        };
        let digits = [digits(&self.summary), digits(&self.body)].join("\0");
        if digits.len() == 1 { 0 } else { ItemKeys::hash("figures", &digits) as u32 }
    }

    /// Of all that the item says, its GUID, its URL and its date included.
    fn fingerprint(&self) -> u64 {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let date = self.date().map(|at| at.to_string()).unwrap_or_default();
        let keys = [part(&self.guid), part(&self.canonical), date].join("\0");
        ItemKeys::hash("fingerprint", &format!("{keys}\0{}\0{}", self.words(), self.figures()))
    }

    fn date(&self) -> Option<Timestamp> {
        self.published.published.or(self.published.updated)
    }

    /// What stands above the item: many posts have no title.
    fn heading(&self) -> &str {
        let texts = [&self.title, &self.summary, &self.body];
        let heading = texts.into_iter().find(|text| text.chars().any(char::is_alphanumeric));
        heading.map_or("", |heading| &heading[..heading.floor_char_boundary(HEADING_BYTES)])
    }

    /// What an item without a key of its own is recognised by: its beginning, so that a text that grows stays one item.
    fn identifying(&self) -> String {
        let text = if self.summary.is_empty() { &self.body } else { &self.summary };
        let text: String = text.chars().take(IDENTIFYING_CHARS).filter(|c| !c.is_numeric()).collect();
        // A GUID or URL that several share still says which of them it is not.
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        [part(&self.guid), part(&self.canonical), self.title.clone(), text].join("\0")
    }

    fn item(&self, id: ItemId, feed: &Feed, document: &Document) -> Item {
        let plain = |texts: &[String]| -> Vec<String> {
            let texts = texts.iter().map(|text| truncated(plain_text(text), MAX_LABEL_BYTES));
            texts.filter(|text| !text.is_empty()).take(MAX_LABELS).collect()
        };
        let short = |key: &Option<String>, most| key.clone().filter(|key| key.len() <= most);
        let language = self.published.language.as_ref().or(document.language.as_ref()).or(feed.language.as_ref());
        Item {
            id,
            feed: feed.id,
            feed_name: feed.name.clone(),
            guid: short(&self.guid, MAX_KEY_BYTES),
            link: short(&self.link, MAX_KEY_BYTES),
            title: self.title.clone(),
            summary: self.summary.clone(),
            body: self.body.clone(),
            published: self.published.published,
            updated: self.published.updated,
            authors: plain(&self.published.authors),
            categories: plain(&self.published.categories),
            language: short(&language.cloned(), MAX_LANGUAGE_BYTES),
        }
    }
}

fn counts<K: Hash + Eq>(keys: impl Iterator<Item = Option<K>>) -> HashMap<K, usize> {
    let mut counts = HashMap::new();
    for key in keys.flatten() {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

/// The URL without what changes while the page stays the same: case of scheme and host, default port, parameters of
/// trackers. A fragment may tell the posts of a page from each other. What is no URL stays as it is.
fn canonical(link: &str) -> String {
    let Ok(mut url) = Url::parse(link) else { return link.to_owned() };
    if let Some(query) = url.query() {
        let tracks = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            name.starts_with("utm_") || TRACKING.contains(&name.as_str())
        };
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !tracks(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(&kept));
    }
    url.into()
}

#[cfg(test)]
mod tests;
