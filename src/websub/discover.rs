//! Which hub pushes a feed, and what the feed is called there (WebSub, 4).

use url::Url;

use crate::model::Links;

/// Longest URL of a hub or a topic, in bytes.
pub const MAX_URL_BYTES: usize = 2_000;

/// Whom to ask, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The hub.
    pub hub: Url,
    /// The topic, as the publisher writes it.
    pub topic: String,
}

/// The hub and the topic of a feed that was found at `url`, of what the header and then the document say. The header goes
/// first, since it cannot have been copied from elsewhere along with the document.
pub fn discover(header: &Links, document: &Links, url: &Url) -> Option<Found> {
    let base = bare(url);
    let hub = hub(&header.hubs, &base).or_else(|| hub(&document.hubs, &base))?;
    let named = header.topic.iter().chain(&document.topic).find_map(|name| topic(name, &base));
    Some(Found { hub, topic: named.or_else(|| topic(base.as_str(), &base))? })
}

/// The first that can be asked without others listening, else the first that can be asked: it is told a secret.
fn hub(named: &[String], base: &Url) -> Option<Url> {
    let hubs: Vec<Url> = named.iter().filter_map(|name| http(name, base)).collect();
    hubs.iter().find(|hub| hub.scheme() == "https").or(hubs.first()).cloned()
}

/// The name as it is written, unless it is relative: a hub compares it byte for byte with what the publisher tells it.
fn topic(name: &str, base: &Url) -> Option<String> {
    let resolved = http(name, base)?;
    let name = name.trim();
    let absolute = Url::parse(name).is_ok() && name.chars().all(|c| c.is_ascii_graphic());
    Some(if absolute { name.to_owned() } else { resolved.into() })
}

fn http(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    let url = base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    // An empty link is one that somebody forgot to fill in, and not the document itself.
    (!text.is_empty() && text.len().max(url.as_str().len()) <= MAX_URL_BYTES).then_some(url)
}

/// The URL without what is for its own server only, or for nobody: a relative link would take the user along.
fn bare(url: &Url) -> Url {
    let mut bare = url.clone();
    // These fail only for URLs that cannot have a user.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.set_fragment(None);
    bare
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(hubs: &[&str], own: &[&str]) -> Links {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Links { hubs: owned(hubs), topic: owned(own).into_iter().next(), older: None }
    }

    fn found(header: &Links, document: &Links) -> Option<(String, String)> {
        let url = "https://me:pw@a.example/feed#top".parse().expect("a URL");
        discover(header, document, &url).map(|found| (found.hub.into(), found.topic))
    }

    fn pair(hub: &str, topic: &str) -> Option<(String, String)> {
        Some((hub.to_owned(), topic.to_owned()))
    }

    #[test]
    fn the_header_goes_before_the_document_and_the_asked_url_last() {
        let (header, document) =
            (said(&["https://h.example/1"], &["https://a.example/h"]), said(&["https://d.example/"], &["/d"]));
        assert_eq!(found(&header, &document), pair("https://h.example/1", "https://a.example/h"));
        assert_eq!(found(&Links::default(), &document), pair("https://d.example/", "https://a.example/d"));
        let hub_only = said(&["https://h.example/"], &[]);
        assert_eq!(found(&hub_only, &document), pair("https://h.example/", "https://a.example/d"));
        assert_eq!(found(&hub_only, &Links::default()), pair("https://h.example/", "https://a.example/feed"));
        assert_eq!(found(&said(&[], &["https://a.example/h"]), &Links::default()), None);
    }

    #[test]
    fn a_topic_stays_as_it_is_written() {
        for topic in ["https://A.example", "https://a.example/%7euser?b&a", "HTTP://a.example:80/"] {
            assert_eq!(
                found(&said(&["https://h.example/"], &[topic]), &Links::default()),
                pair("https://h.example/", topic)
            );
        }
    }

    #[test]
    fn only_http_is_spoken_and_rather_the_encrypted() {
        let hubs = said(
            &["javascript:alert(1)", "", "file:///etc/passwd", "http://h.example/", "https://s.example/"],
            &["mailto:a@b"],
        );
        assert_eq!(found(&Links::default(), &hubs), pair("https://s.example/", "https://a.example/feed"));
        assert_eq!(
            found(&said(&[&format!("https://h.example/{}", "a".repeat(MAX_URL_BYTES))], &[]), &Links::default()),
            None
        );
    }

    proptest! {
        #[test]
        fn whatever_is_found_can_be_asked(hub in "\\PC{0,30}|https?://[a-z./:@]{0,20}", own in "\\PC{0,30}|[a-z/:#?]{0,20}") {
            if let Some((hub, topic)) = found(&said(&[&hub], &[&own]), &Links::default()) {
                for url in [hub, topic] {
                    prop_assert!(Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")));
                    prop_assert!(url.is_ascii() && !url.contains(|c: char| c.is_control()));
                }
            }
        }
    }
}
