//! Where a feed begins: at its root element, whatever a broken server put in front of it.

use super::ParseError;
use super::name;
use super::text::truncated;
use super::token::{Tag, Token, Tokens};

/// Bytes of a name that an error repeats.
const MAX_NAME_BYTES: usize = 40;
/// Elements that a feed may begin with.
const ROOTS: &[&str] = &["rss", "rdf", "feed", "urlset", "channel", "entry"];
/// Those whose closing tag alone tells that there was one.
const TELLING: &[&str] = &["rss", "rdf", "feed"];

/// The beginning of a feed.
#[derive(Debug)]
pub(super) struct Root<'a> {
    /// The document from its root element on.
    pub(super) text: &'a str,
    /// What the root element is called, in lower case and without prefix.
    pub(super) name: &'static str,
    /// What was wrong with it.
    pub(super) flaw: Option<&'static str>,
}

/// Finds the root element of a feed.
pub(super) fn find(text: &str) -> Result<Root<'_>, ParseError> {
    let mut first = None;
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open(tag) => {
                let start = text.len() - tokens.left() - tag.raw.len();
                if let Some(name) = opens(&tag, first.is_none()) {
                    let flaw = first.map(|_| "something else stood before the feed");
                    return Ok(Root { text: &text[start..], name, flaw });
                }
                first = first.or(Some(tag.name));
                // A page may show a feed, and is none.
                if tag.name.eq_ignore_ascii_case("html") {
                    break;
                }
            }
            Token::Close { name, .. } if first.is_some() => {
                if let Some(name) = known(TELLING, name) {
                    return Ok(Root { text, name, flaw: Some("the tag that opens the feed was missing") });
                }
            }
            _ => {}
        }
    }
    Err(ParseError::NotAFeed(match first {
        Some(name) => format!("its root element is <{}>", truncated(name.to_owned(), MAX_NAME_BYTES)),
        None => "there is no element in it".to_owned(),
    }))
}

/// The name of the root element that this tag opens, if it does. The first tag of a document may do so by its name;
/// among other elements only what is not mistaken for anything else.
fn opens(tag: &Tag<'_>, first: bool) -> Option<&'static str> {
    if first {
        return known(ROOTS, tag.name);
    }
    let name = known(TELLING, tag.name)?;
    let declares = tag.attributes().any(|(key, _)| key.starts_with("xmlns") || key.eq_ignore_ascii_case("version"));
    declares.then_some(name)
}

fn known(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().find(|known| known.eq_ignore_ascii_case(name::split(name).1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_behind_what_does_not_belong_there() {
        for (text, name, flawed) in [
            ("<?xml version='1.0'?><!-- x --><rss version='2.0'>", "rss", false),
            ("<br />\n<b>Warning</b>: x <rdf:RDF xmlns:rdf='y'>", "rdf", true),
            ("<p>cached</p><feed xmlns='http://www.w3.org/2005/Atom'>", "feed", true),
            ("<r<ss version='2.0'><channel><item/></channel></rss>", "rss", true),
        ] {
            let root = find(text).expect("a feed");
            assert_eq!((root.name, root.flaw.is_some()), (name, flawed), "{text}");
        }
    }

    #[test]
    fn what_has_no_root_of_a_feed_is_none() {
        for text in [
            "text",
            "<html><body><rss version='2.0'>",
            "<p>about <feed> and <b>rss</b></p>",
            "<opml><rssfeed/></opml>",
            "</rss>",
        ] {
            assert_eq!(find(text).expect_err("not a feed").class(), "not_a_feed", "{text}");
        }
    }
}
