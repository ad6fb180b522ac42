//! Documents that are made to hurt: each must give an answer, and soon.

#![allow(clippy::disallowed_methods, reason = "bounds in the real time")]

use std::time::{Duration, Instant};

use newswatch::parse::{MAX_ITEMS, ParseError, Source, discover, parse, plain_text};

/// Bytes of each document.
const SIZE: usize = if cfg!(debug_assertions) { 1 << 17 } else { 8 << 20 };
/// Far more than reading it once takes, and far less than anything quadratic would.
const SOON: Duration = Duration::from_secs(4);

fn read(body: &[u8]) -> Result<usize, ParseError> {
    parse(&Source { body, content_type: None, base_url: None }).map(|document| document.items.len())
}

fn class(body: &str) -> &'static str {
    read(body.as_bytes()).expect_err("no feed").class()
}

/// Pieces that are harmless once, and where each might make a careless reader look to the end of the document.
const PIECES: &[&str] = &[
    "<",
    "<a",
    "<a b=\"",
    "<a b='\"",
    "<a b=\">",
    "<!--",
    "<![CDATA[",
    "<![CDATA[</a",
    "<!x [",
    "<![",
    "<!DOCTYPE x [ \"",
    "<?",
    "<?>",
    "</",
    "</a",
    "<a>",
    "<a/>",
    "<b>",
    "<br>",
    "<p>",
    "<script>",
    "<style><",
    "<title>",
    "<link>",
    "<id>",
    "&",
    "&#",
    "&#x",
    "&amp",
    "&amp;",
    "]]>",
    "-->",
    "<description>",
    "<title><![CDATA[",
    "<x:y>",
    "<x xmlns:a=\"http://b/\">",
    "<a xml:base=\"b/\">",
    "<category>x</category>",
    "<author>",
    "<pubDate>1",
    "<p><p>",
    "</p>",
    "\u{85}",
    "a=\"b\" ",
    "<link rel=alternate type=rss href=x>",
    "<item>x",
    "<feed>",
    "<source><",
    "<media:group>",
    "<skipHours>",
    "<hour>1",
    "<generator>",
    "<link rel=hub href=x>",
    "{\"a\":",
    "[",
    "\"",
    "\\",
];

#[test]
fn no_repetition_takes_long() {
    for piece in PIECES {
        let many = piece.repeat(SIZE / piece.len());
        let documents = [
            many.clone(),
            format!("<rss version=\"2.0\"><channel><item><title>x</title><description>{many}"),
            format!("<rss version=\"2.0\"><channel>{many}</channel></rss> --> ]]> ?> >"),
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>{many}</title></entry></feed>"),
            format!("<rss {many}><channel></rss>"),
            format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{many}"),
        ];
        for (at, document) in documents.iter().enumerate() {
            let started = Instant::now();
            let _ = read(document.as_bytes());
            assert!(started.elapsed() < SOON, "{piece:?} in document {at}: {:?}", started.elapsed());
        }
        let started = Instant::now();
        plain_text(&many);
        discover(&many, &"https://example.org/".parse().expect("a URL"));
        assert!(started.elapsed() < SOON, "{piece:?} as text: {:?}", started.elapsed());
    }
}

#[test]
fn nothing_of_a_document_type_is_expanded() {
    let entities: String =
        (1..30).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(30))).collect();
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY e0 \"ha\">{entities}<!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
         <rss version=\"2.0\"><channel><item><title>&e29;</title><description>&f;</description></item></channel></rss>"
    );
    let started = Instant::now();
    let document = parse(&Source { body: bomb.as_bytes(), content_type: None, base_url: None }).expect("a feed");
    assert!(started.elapsed() < Duration::from_millis(50), "{:?}", started.elapsed());
    assert_eq!(document.items[0].title.as_deref(), Some("&e29;"));
    assert_eq!(document.items[0].summary.as_deref(), Some("&f;"));
}

#[test]
fn depth_and_floods_are_errors() {
    let rss = |inner: &str| format!("<rss version=\"2.0\"><channel>{inner}");
    assert_eq!(class(&rss(&"<media:group>".repeat(900))), "too_deep");
    assert_eq!(class(&rss(&format!("<item>{}", "<media:group>".repeat(100_000)))), "too_deep");
    assert_eq!(class(&rss(&format!("<item><description>{}", "<div>".repeat(100_000)))), "too_deep");
    assert_eq!(class(&rss(&"<item/>".repeat(2_000_000))), "too_many_items");
    assert!(read(rss(&"<item/>".repeat(MAX_ITEMS)).as_bytes()).is_ok());
    let json = |inner: &str| format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{inner}");
    assert_eq!(class(&json(&"{\"id\":1},".repeat(MAX_ITEMS + 1))), "too_many_items");
    assert_eq!(class(&json(&"[".repeat(100_000))), "too_deep");
}

#[test]
fn unclosed_html_in_an_item_is_no_depth() {
    let text = "<br>line<p>paragraph<li>entry<img src=x>".repeat(500);
    let feed = format!(
        "<rss version=\"2.0\"><channel><item><title>x</title><description>{text}</description></item></channel></rss>"
    );
    assert_eq!(read(feed.as_bytes()).ok(), Some(1));
}
