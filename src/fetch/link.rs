//! The header `Link` (RFC 8288), as far as it concerns feeds.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

use crate::model::Links;

/// Most links that are taken of a response.
const MAX_LINKS: usize = 10;
/// Longest target that is taken, in bytes.
const MAX_TARGET_BYTES: usize = 2_000;

/// The first links of a response to a request for `base`.
pub(super) fn of(headers: &HeaderMap, base: &Url) -> Links {
    let values = headers.get_all(LINK).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    let targets = values.flat_map(|value| Targets { rest: value });
    let usable = targets.filter_map(|(target, rels)| Some((absolute(target, base)?, rels.to_ascii_lowercase())));
    let mut links = Links::default();
    let mut next = None;
    for (target, rels) in usable.take(MAX_LINKS) {
        for rel in rels.split_ascii_whitespace() {
            let slot = match rel {
                "hub" => {
                    links.hub(target.clone());
                    continue;
                }
                "self" => &mut links.topic,
                "prev-archive" => &mut links.older,
                "next" => &mut next,
                _ => continue,
            };
            slot.get_or_insert_with(|| target.clone());
        }
    }
    links.older = links.older.or(next);
    links
}

/// As it is written where it is absolute: hubs compare names byte for byte.
fn absolute(target: &str, base: &Url) -> Option<String> {
    let url = (target.len() <= MAX_TARGET_BYTES).then(|| super::http::bare(base).join(target).ok()).flatten()?;
    let absolute = Url::parse(target).is_ok() && target.bytes().all(|byte| byte.is_ascii_graphic());
    let web = matches!(url.scheme(), "http" | "https") && !target.is_empty();
    web.then(|| if absolute { target.to_owned() } else { url.into() })
}

/// The links of one value: each target, and its relations to what was asked for.
struct Targets<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Targets<'a> {
    type Item = (&'a str, String);

    fn next(&mut self) -> Option<Self::Item> {
        // What is no link up to the next `<` is passed over.
        let (_, rest) = self.rest.split_once('<')?;
        let (target, mut rest) = rest.split_once('>')?;
        let (mut rels, mut anchored) = (None, false);
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let (name, value, after) = parameter_of(parameter);
            anchored |= name.eq_ignore_ascii_case("anchor");
            if name.eq_ignore_ascii_case("rel") {
                // RFC 8288, 3.3: the first one counts.
                rels.get_or_insert(value);
            }
            rest = after;
        }
        self.rest = rest;
        // With an anchor it is said of something else.
        Some((target.trim(), rels.filter(|_| !anchored).unwrap_or_default()))
    }
}

/// A parameter's name and value, and what stands behind it.
fn parameter_of(text: &str) -> (&str, String, &str) {
    let end = text.find(['=', ';', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.strip_prefix('=') else { return (name.trim(), String::new(), rest) };
    let value = value.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        let end = value.find([';', ',']).unwrap_or(value.len());
        return (name.trim(), value[..end].trim().to_owned(), &value[end..]);
    };
    let (mut inner, mut escaped) = (String::new(), false);
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => {
                escaped = true;
                continue;
            }
            '"' => return (name.trim(), inner, &quoted[at + 1..]),
            _ => {}
        }
        inner.push(c);
    }
    (name.trim(), inner, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(values: &[&str]) -> Links {
        let base = "https://me:pw@example.org/news/feed".parse().expect("a URL");
        of(&values.iter().map(|value| (LINK, value.parse().expect("a value"))).collect(), &base)
    }

    fn said(hubs: &[&str], topic: Option<&str>, older: Option<&str>) -> Links {
        let owned = |text: &str| text.to_owned();
        Links { hubs: hubs.iter().copied().map(owned).collect(), topic: topic.map(owned), older: older.map(owned) }
    }

    #[test]
    fn links_are_read_as_the_rfc_writes_them() {
        let found = links(&[
            "<https://Hub.example>; rel=hub, <https://example.org/a,b;c>; title=\"x, \\\"<y>; rel=next\"; rel=\"self\"",
            "<?page=2>;REL = \"alternate Next\" ; type=text/xml",
            "<../old>; rel=\"prev-archive hub\"",
        ]);
        let old = "https://example.org/old";
        assert_eq!(found, said(&["https://Hub.example", old], Some("https://example.org/a,b;c"), Some(old)));
        let next = links(&["<?page=2>; rel=next, <?page=3>; rel=next"]);
        assert_eq!(next, said(&[], None, Some("https://example.org/news/feed?page=2")));
    }

    #[test]
    fn what_concerns_no_feed_is_left_out() {
        for value in [
            "",
            "<",
            "<>",
            "<x",
            "hub",
            "<https://a/>",
            "<https://a/>; rel",
            "<https://a/>; rel=stylesheet",
            "<https://a/>; rel=icon; rel=hub",
            "<https://a/>; rel=hub; anchor=\"#x\"",
            "<mailto:a@b.example>; rel=hub",
        ] {
            assert_eq!(links(&[value]), Links::default(), "{value}");
        }
        assert_eq!(links(&["nonsense, <https://a/>; rel=\"hub"]).hubs.len(), 1, "what can be understood is taken");
    }

    #[test]
    fn there_is_an_end_to_them() {
        let many: String = (0..1_000).map(|n| format!("</{n}>; rel=hub, ")).collect();
        assert_eq!(links(&[&many]).hubs.len(), 5);
        let long = format!("</{}>; rel=hub", "x".repeat(MAX_TARGET_BYTES));
        assert_eq!(links(&[&long]), Links::default());
    }
}
