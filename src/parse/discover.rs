//! Feeds that a page links to.

use url::Url;

use super::entity;
use super::text::{plain_text, truncated};
use super::token::{Tag, Token, Tokens};

/// Most feeds of one page.
const MAX_FEEDS: usize = 100;
/// Bytes of a feed's title.
const MAX_TITLE_BYTES: usize = 200;

/// A feed that a page says it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Its absolute address.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// Its kind.
    pub kind: Kind,
}

/// The kind of a feed, as far as a link tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RSS or RDF.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
}

/// The feeds that a page names by `<link rel="alternate">`, in the page's order, each once. `base` is where the page
/// came from.
pub fn discover(html: &str, base: &Url) -> Vec<Discovered> {
    let mut base = base.clone();
    let mut found: Vec<Discovered> = Vec::new();
    for token in Tokens::new(html) {
        let Token::Open(tag) = token else { continue };
        if tag.name.eq_ignore_ascii_case("base") {
            if let Some(url) = tag.attribute("href").and_then(|href| base.join(href.trim()).ok()) {
                base = url;
            }
        } else if tag.name.eq_ignore_ascii_case("link")
            && let Some(feed) = linked(&tag, &base)
            && !found.iter().any(|known| known.url == feed.url)
        {
            found.push(feed);
        }
        if found.len() >= MAX_FEEDS {
            break;
        }
    }
    found
}

fn linked(tag: &Tag<'_>, base: &Url) -> Option<Discovered> {
    let (mut rel, mut kind, mut href, mut title) = ("", "", None, None);
    for (name, value) in tag.attributes() {
        match name.to_ascii_lowercase().as_str() {
            "rel" => rel = value,
            "type" => kind = value,
            "href" => href = Some(entity::decode(value.trim())),
            "title" => title = Some(truncated(plain_text(value), MAX_TITLE_BYTES)),
            _ => {}
        }
    }
    let relates =
        rel.split_ascii_whitespace().any(|rel| ["alternate", "feed"].iter().any(|r| rel.eq_ignore_ascii_case(r)));
    let kind = kind_of(kind).filter(|_| relates)?;
    let href = href.filter(|href| !href.is_empty())?;
    // Some pages write `feed:` in front of the address.
    let href = href
        .strip_prefix("feed:")
        .filter(|rest| rest.starts_with("http"))
        .unwrap_or(&href)
        .replacen("feed://", "http://", 1);
    let url = base.join(&href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(Discovered { url, title: title.filter(|title| !title.is_empty()), kind })
}

fn kind_of(content_type: &str) -> Option<Kind> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/rss+xml"
        | "application/rdf+xml"
        | "text/xml"
        | "application/xml"
        | "text/rss+xml"
        | "application/rss" => Some(Kind::Rss),
        "application/atom+xml" | "application/x.atom+xml" | "application/x-atom+xml" | "text/atom+xml" => {
            Some(Kind::Atom)
        }
        "application/feed+json" | "application/json" => Some(Kind::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feeds_of_a_page_are_named_once_with_absolute_addresses() {
        let html = r#"<!doctype html><html><head><base href="/sub/"><link rel=stylesheet href="a.css">
            <link rel="alternate" type="application/rss+xml" title="All &amp; more" href="../rss.xml?a=1&amp;b=2">
            <LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF=atom.xml />
            <link rel="alternate" type="application/feed+json" href="https://other.example/feed.json">
            <link rel="alternate" type="application/rss+xml" href="/rss.xml?a=1&amp;b=2">
            <link rel="alternate" hreflang="de" href="/de"> <!-- <link rel="alternate" type="application/rss+xml" href="no"> -->
            <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">"#;
        let found = discover(html, &"https://example.org/page".parse().expect("a URL"));
        let found: Vec<_> = found.iter().map(|feed| (feed.url.as_str(), feed.title.as_deref(), feed.kind)).collect();
        assert_eq!(
            found,
            [
                ("https://example.org/rss.xml?a=1&b=2", Some("All & more"), Kind::Rss),
                ("https://example.org/sub/atom.xml", None, Kind::Atom),
                ("https://other.example/feed.json", None, Kind::Json),
            ]
        );
    }
}
