//! The header `Link` (RFC 8288), as far as it concerns feeds.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

/// Most links that are taken of a response.
const MAX_LINKS: usize = 10;
/// Longest target that is taken, in bytes.
const MAX_TARGET_BYTES: usize = 2_000;

/// What a link's target is to the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rel {
    /// A WebSub hub that tells of news.
    Hub,
    /// The feed itself, by the name that hubs know it by.
    Itself,
    /// The next page.
    Next,
    /// Older entries (RFC 5005).
    PrevArchive,
}

/// A link of a response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLink {
    /// What the target is.
    pub rel: Rel,
    /// The target.
    pub url: Url,
}

/// The first links of a response to a request for `base`.
pub(super) fn of(headers: &HeaderMap, base: &Url) -> Vec<HeaderLink> {
    let values = headers.get_all(LINK).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    values
        .flat_map(|value| Links { rest: value })
        .flat_map(|(to, rels)| resolved(to, rels, base))
        .take(MAX_LINKS)
        .collect()
}

fn resolved(target: &str, rels: String, base: &Url) -> Vec<HeaderLink> {
    let url = (target.len() <= MAX_TARGET_BYTES).then(|| base.join(target).ok()).flatten();
    let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else { return Vec::new() };
    let rels = rels.split_ascii_whitespace().filter_map(rel);
    rels.map(|rel| HeaderLink { rel, url: super::http::bare(&url) }).collect()
}

fn rel(name: &str) -> Option<Rel> {
    let known = [("hub", Rel::Hub), ("self", Rel::Itself), ("next", Rel::Next), ("prev-archive", Rel::PrevArchive)];
    known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, rel)| rel)
}

/// The links of one value: each target, and its relations to what was asked for.
struct Links<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Links<'a> {
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

    fn links(values: &[&str]) -> Vec<(Rel, String)> {
        let base = "https://example.org/news/feed".parse().expect("a URL");
        let headers = values.iter().map(|value| (LINK, value.parse().expect("a value"))).collect();
        of(&headers, &base).into_iter().map(|link| (link.rel, link.url.into())).collect()
    }

    #[test]
    fn links_are_read_as_the_rfc_writes_them() {
        let found = links(&[
            "<https://hub.example/>; rel=hub, <https://example.org/a,b;c>; title=\"x, \\\"<y>; rel=next\"; rel=\"self\"",
            "<?page=2>;REL = \"alternate Next\" ; type=text/xml",
            "<../old>; rel=\"prev-archive hub\"",
        ]);
        let expected = [
            (Rel::Hub, "https://hub.example/"),
            (Rel::Itself, "https://example.org/a,b;c"),
            (Rel::Next, "https://example.org/news/feed?page=2"),
            (Rel::PrevArchive, "https://example.org/old"),
            (Rel::Hub, "https://example.org/old"),
        ];
        assert_eq!(found, expected.map(|(rel, url)| (rel, url.to_owned())));
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
            assert_eq!(links(&[value]), [], "{value}");
        }
        assert_eq!(links(&["nonsense, <https://a/>; rel=\"hub"]).len(), 1, "what can be understood is taken");
    }

    #[test]
    fn there_is_an_end_to_them() {
        let many = "</x>; rel=\"hub self next\", ".repeat(1_000);
        assert_eq!(links(&[&many]).len(), MAX_LINKS);
        let long = format!("</{}>; rel=hub", "x".repeat(MAX_TARGET_BYTES));
        assert_eq!(links(&[&long]), []);
    }
}
