//! Lists of feeds as readers exchange them: OPML, read as forgivingly as feeds are, and written so that all can read it.
//!
//! Folders become tags. Nothing is dropped without a word: what an outline gives that cannot be watched is in
//! [`Subscriptions::notes`], and so is what was joined.

use std::collections::HashMap;
use std::fmt::Write;

use url::Url;

use super::text::{plain_text, truncated};
use super::token::{Tag, Token, Tokens};
use super::{MAX_DEPTH, charset};

/// Most feeds of one list.
pub const MAX_SUBSCRIPTIONS: usize = 50_000;
/// Bytes of a name or a tag.
const MAX_NAME_BYTES: usize = 300;

/// A feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where it is.
    pub url: Url,
    /// What the list calls it; its address where the list gives no name.
    pub name: String,
    /// The folders that it is in, the outermost first, and its categories.
    pub tags: Vec<String>,
}

/// What a list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscriptions {
    /// Its title.
    pub title: Option<String>,
    /// Its feeds, each once, in the order of the list.
    pub feeds: Vec<Subscription>,
    /// What was passed over or joined, for people.
    pub notes: Vec<String>,
}

/// Not a list of feeds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpmlError {
    /// There is no outline in it.
    #[error("this is not an OPML list: no <outline> in it")]
    NoOutline,
    /// More feeds than anybody reads.
    #[error("more than {MAX_SUBSCRIPTIONS} feeds in one list")]
    TooManyFeeds,
}

/// What reading a list gives.
pub type OpmlResult = Result<Subscriptions, OpmlError>;

/// Reads a list, well-formed or not.
pub fn read(body: &[u8]) -> OpmlResult {
    let decoded = charset::decode(body, None);
    let mut reader = Reader { list: Subscriptions::default(), folders: Vec::new(), known: HashMap::new(), outlines: 0 };
    reader.list.notes.extend(decoded.warning);
    let mut tokens = Tokens::new(&decoded.text);
    while let Some(token) = tokens.next() {
        match token {
            Token::Open(tag) if tag.name.eq_ignore_ascii_case("outline") => reader.outline(&tag)?,
            Token::Open(tag) if tag.name.eq_ignore_ascii_case("title") && reader.list.title.is_none() => {
                if let Some(Token::Text(text) | Token::Cdata(text)) = tokens.next() {
                    reader.list.title = name(text);
                }
            }
            Token::Close { name, .. } if name.eq_ignore_ascii_case("outline") => drop(reader.folders.pop()),
            _ => {}
        }
    }
    if reader.outlines == 0 { Err(OpmlError::NoOutline) } else { Ok(reader.list) }
}

struct Reader {
    list: Subscriptions,
    /// The names of the outlines that are open; `None` for those that are no folders.
    folders: Vec<Option<String>>,
    /// Where in the list each address is.
    known: HashMap<Url, usize>,
    outlines: usize,
}

impl Reader {
    fn outline(&mut self, tag: &Tag<'_>) -> Result<(), OpmlError> {
        self.outlines += 1;
        let attribute = |key| tag.attribute(key).and_then(|value| name(&value));
        let label = attribute("text").or_else(|| attribute("title"));
        let address = attribute("xmlUrl");
        // An outline without an address that is closed at once holds nothing: it is a link, an inclusion or a remark.
        let other = attribute("url").filter(|_| address.is_none());
        let is_feed = address.is_some() || other.is_some();
        if let Some(address) = address.or(other) {
            self.feed(&address, label.clone(), attribute("category"))?;
        } else if tag.empty {
            let shown = label.clone().unwrap_or_else(|| "without a name".to_owned());
            self.list.notes.push(format!("passed over, for it has no address: {shown}"));
        }
        if !tag.empty && self.folders.len() < MAX_DEPTH {
            self.folders.push(label.filter(|_| !is_feed));
        }
        Ok(())
    }

    fn feed(&mut self, address: &str, label: Option<String>, category: Option<String>) -> Result<(), OpmlError> {
        let web = address.strip_prefix("feed:").filter(|rest| rest.starts_with("http")).unwrap_or(address);
        let web = web.replacen("feed://", "http://", 1);
        let Some(url) = Url::parse(&web).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            self.list.notes.push(format!("passed over, for it is no address of the web: {address}"));
            return Ok(());
        };
        let mut tags: Vec<String> = self.folders.iter().flatten().cloned().collect();
        let categories = category.iter().flat_map(|list| list.split(',')).filter_map(|tag| name(tag.trim_matches('/')));
        tags.extend(categories);
        if let Some(at) = self.known.get(&url) {
            self.list.notes.push(format!("listed more than once: {url}"));
            extend(&mut self.list.feeds[*at].tags, tags);
            return Ok(());
        }
        if self.list.feeds.len() >= MAX_SUBSCRIPTIONS {
            return Err(OpmlError::TooManyFeeds);
        }
        self.known.insert(url.clone(), self.list.feeds.len());
        let name = label.unwrap_or_else(|| url.to_string());
        let mut feed = Subscription { url, name, tags: Vec::new() };
        extend(&mut feed.tags, tags);
        self.list.feeds.push(feed);
        Ok(())
    }
}

fn extend(list: &mut Vec<String>, tags: Vec<String>) {
    for tag in tags {
        if !list.contains(&tag) && list.len() < super::MAX_LABELS {
            list.push(tag);
        }
    }
}

fn name(text: &str) -> Option<String> {
    let name = truncated(plain_text(text), MAX_NAME_BYTES);
    (!name.is_empty()).then_some(name)
}

/// Writes a list as OPML 2.0. A feed with several tags stands in several folders, as readers do it.
pub fn write(title: &str, feeds: &[Subscription]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n");
    out.push_str(&format!("  <head><title>{}</title></head>\n  <body>\n", escaped(title)));
    for feed in feeds.iter().filter(|feed| feed.tags.is_empty()) {
        outline(&mut out, "    ", feed);
    }
    let mut folders: Vec<&str> = Vec::new();
    for tag in feeds.iter().flat_map(|feed| &feed.tags) {
        if !folders.contains(&tag.as_str()) {
            folders.push(tag);
        }
    }
    for folder in folders {
        out.push_str(&format!("    <outline text=\"{}\">\n", escaped(folder)));
        for feed in feeds.iter().filter(|feed| feed.tags.iter().any(|tag| tag == folder)) {
            outline(&mut out, "      ", feed);
        }
        out.push_str("    </outline>\n");
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

fn outline(out: &mut String, indent: &str, feed: &Subscription) {
    let (name, url) = (escaped(&feed.name), escaped(feed.url.as_str()));
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{indent}<outline type=\"rss\" text=\"{name}\" xmlUrl=\"{url}\"/>");
}

/// Text that may stand in an attribute. Control characters have no place in XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"<opml version="1.0"><head><title>My &amp; feeds</title></head><body>
        <outline text="News"><outline title="Middle East">
            <outline text="The "best" of R&D" xmlUrl="https://example.org/a?x=1&y=2" type="rss" />
            <outline text="Gone" type="link"/>
        </outline>
        <outline title="B" xmlurl="feed://example.org/b" category="/World/Asia,war"/></outline>
        <outline text="A again" xmlUrl="https://EXAMPLE.org/a?x=1&amp;y=2"/>
        <outline text="Local" xmlUrl="file:///etc/passwd"/>
        <outline text="open" xmlUrl="http://example.org/c">"#;

    #[test]
    fn an_ill_formed_list_is_read_and_nothing_goes_without_a_word() {
        let list = read(LIST.as_bytes()).expect("a list");
        assert_eq!(list.title.as_deref(), Some("My & feeds"));
        let feeds: Vec<_> = list.feeds.iter().map(|f| (f.url.as_str(), f.name.as_str(), f.tags.join("|"))).collect();
        assert_eq!(
            feeds,
            [
                ("https://example.org/a?x=1&y=2", "The \"best\" of R&D", "News|Middle East".to_owned()),
                ("http://example.org/b", "B", "News|World/Asia|war".to_owned()),
                ("http://example.org/c", "open", String::new()),
            ]
        );
        assert_eq!(list.notes.len(), 3, "{:?}", list.notes);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let list = read(LIST.as_bytes()).expect("a list");
        let again = read(write("My & feeds", &list.feeds).as_bytes()).expect("a list");
        let by_url = |mut feeds: Vec<Subscription>| {
            feeds.sort_by_key(|feed| feed.url.to_string());
            feeds
        };
        assert_eq!(again.title, list.title);
        assert_eq!(by_url(again.feeds), by_url(list.feeds));
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        assert_eq!(read(b"<html><body>"), Err(OpmlError::NoOutline));
        assert_eq!(read(b""), Err(OpmlError::NoOutline));
    }
}
