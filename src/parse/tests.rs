use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn read(body: &str) -> Result<Document, ParseError> {
    parse(&Source { body: body.as_bytes(), content_type: None, base_url: None })
}

fn class(body: &str) -> &'static str {
    read(body).expect_err("not a feed").class()
}

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><ttl>30</ttl>
<link>https://example.org/</link><language>en</language>
<item><guid>1</guid><link>https://example.org/1</link><title>Odesa &amp; NATO</title>
<description>&lt;p&gt;Text&lt;/p&gt;</description><pubDate>Tue, 03 Dec 2024 10:00:00 +0200</pubDate></item>
<item><title>No id</title></item></channel></rss>"#;

#[test]
fn an_rss_feed_is_read() {
    let document = read(RSS).expect("a feed");
    assert_eq!(document.title.as_deref(), Some("News"));
    assert_eq!(document.asked.ttl, Some(Duration::from_secs(1800)));
    assert_eq!(document.language.as_deref(), Some("en"));
    let first = &document.items[0];
    assert_eq!(first.id.as_deref(), Some("1"));
    assert_eq!(first.title.as_deref(), Some("Odesa & NATO"));
    assert_eq!(first.summary.as_deref(), Some("<p>Text</p>"));
    assert_eq!(first.published, Some("2024-12-03T08:00:00Z".parse().expect("a time")));
    assert_eq!(document.items[1].id, None);
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    assert_eq!(class(" \n"), "empty");
    assert_eq!(class("hello"), "not_a_feed");
    assert_eq!(class("<!DOCTYPE html><html><head><title>Home</title></head><body></body></html>"), "html_page");
}

/// Five items, with all that goes wrong in the wild still right.
const FIVE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title><link>https://example.org/</link>
<item><title>One &amp; only</title><link>https://example.org/1</link><guid>g1</guid><description><![CDATA[<p>a</p>]]></description></item>
<item><title>Two</title><link>https://example.org/2</link><guid>g2</guid><description>b</description><dc:creator>B</dc:creator></item>
<item><title>Three</title><link>https://example.org/3</link><guid>g3</guid><description>c &lt;b&gt;c&lt;/b&gt;</description></item>
<item><title>Four</title><link>https://example.org/4</link><guid isPermaLink="false">g4</guid><pubDate>Tue, 03 Dec 2024 10:00:00 GMT</pubDate></item>
<item><title>Five</title><link>https://example.org/5</link><guid>g5</guid><enclosure url="https://example.org/5.mp3" type="a/b"/></item>
</channel></rss>"#;

fn titles(document: &Document) -> Vec<&str> {
    document.items.iter().filter_map(|item| item.title.as_deref()).collect()
}

#[test]
fn a_fault_costs_no_item() {
    let sound = read(FIVE).expect("a feed");
    for (from, to) in [
        ("&amp;", "&"),
        ("<guid>g2</guid>", "<guid>g2"),
        ("</title><link>https://example.org/3", "<link>https://example.org/3"),
        ("b</description>", "b"),
        ("<p>a</p>]]>", "<p>a</p>"),
        ("<![CDATA[<p>a</p>]]>", "<p>a<br>a"),
        ("g3</guid></item>", "g3</guid>"),
        ("</item>", ""),
        ("isPermaLink=\"false\"", "isPermaLink=false\""),
        ("isPermaLink=\"false\"", "isPermaLink=\"false"),
        ("</title>", "</TITLE>"),
        ("<title>Two", "<title>Two</b></i>"),
        ("<title>Two", "</nonsense><title>Two"),
        ("xmlns:dc=\"http://purl.org/dc/elements/1.1/\"", ""),
        ("http://purl.org/dc/elements/1.1/", "http://example.org/wrong"),
        ("<channel>", ""),
        ("</channel></rss>", ""),
        ("<?xml version", "<b>Warning</b>: in line 3<br>\n<?xml version"),
        ("<?xml version", "\n<!-- served from cache -->\n<?xml version"),
        ("<rss version=\"2.0\"", "<rss"),
        ("<rss version=\"2.0\"", "<rss version=\"3.14\""),
        ("<dc:creator>", "<image><title>No title of the item</title></image><dc:creator>"),
        ("Tue, 03 Dec 2024", "someday"),
    ] {
        let document = read(&FIVE.replace(from, to)).unwrap_or_else(|error| panic!("{from} -> {to}: {error}"));
        let facts = |document: &Document| -> Vec<_> {
            let title = |item: &Published| item.title.as_deref().map(plain_text);
            document.items.iter().map(|item| (title(item), item.link.clone(), item.id.clone())).collect()
        };
        assert_eq!(facts(&document), facts(&sound), "{from} -> {to}");
    }
}

#[test]
fn repairs_are_said() {
    let sound = read(FIVE).expect("a feed");
    assert_eq!(sound.warnings, Vec::<String>::new());
    for (from, to, said) in [
        ("</channel></rss>", "", "ends before"),
        ("<title>Two", "</nonsense><title>Two", "closing tags without an element: 1"),
        ("g3</guid>", "g3", "without a closing tag: 1"),
        ("Tue, 03 Dec 2024 10:00:00 GMT", "someday", "\"someday\""),
        ("<?xml version", "<b>Warning</b> <?xml version", "before the feed"),
    ] {
        let warnings = read(&FIVE.replace(from, to)).expect("a feed").warnings;
        assert!(warnings.iter().any(|warning| warning.contains(said)), "{said}: {warnings:?}");
    }
}

#[test]
fn a_cut_document_gives_the_whole_items_before_the_cut() {
    let at = FIVE.find("/4</link>").expect("the fourth link");
    let document = read(&FIVE[..at]).expect("a feed");
    assert_eq!(titles(&document), ["One & only", "Two", "Three"]);
    assert_eq!(class(&FIVE[..FIVE.find("<item>").expect("an item")]), "truncated");
}

#[test]
fn old_and_odd_formats_are_feeds() {
    for body in [
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>\
         <channel><title>c</title></channel><item><title>T</title><link>https://example.org/1</link></item></rdf:RDF>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>c</title><entry><title mode='base64'>VA==</title>\
         <link rel='alternate' type='text/html' href='https://example.org/1'/></entry></feed>",
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xml:base='https://example.org/x'><a:entry><a:title type='xhtml'>\
         <div xmlns='http://www.w3.org/1999/xhtml'>T</div></a:title><a:link href='1'/></a:entry></a:feed>",
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>\
         <url><loc>https://example.org/1</loc><news:news><news:publication><news:name>N</news:name></news:publication>\
         <news:title>T</news:title></news:news></url></urlset>",
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"title\":\"T\",\"url\":\"https://example.org/1\",\"id\":7,},]}",
        "<rss><channel><link>https://example.org/</link><item><title>T</title><link>/1</link></item></channel></rss>",
    ] {
        let base: Url = "https://example.org/feed".parse().expect("a URL");
        let source = Source { body: body.as_bytes(), content_type: None, base_url: Some(&base) };
        let document = parse(&source).unwrap_or_else(|error| panic!("{body}: {error}"));
        let title = document.items[0].title.as_deref().map(plain_text);
        assert_eq!(
            (title.as_deref(), document.items[0].link.as_deref()),
            (Some("T"), Some("https://example.org/1")),
            "{body}"
        );
    }
}

#[test]
fn compressed_bytes_are_called_so() {
    let error = parse(&Source { body: b"\x1f\x8b\x08\0\0", content_type: None, base_url: None }).expect_err("no feed");
    assert!(error.to_string().contains("compressed"));
}

#[test]
fn without_a_base_links_start_at_the_feeds_own() {
    let body =
        "<rss><channel><item><title>T</title><link>/1</link></item><link>https://example.org/x</link></channel></rss>";
    assert_eq!(read(body).expect("a feed").items[0].link.as_deref(), Some("https://example.org/1"));
}

#[test]
fn a_sitemap_of_pages_is_no_feed() {
    let page = "<url><loc>https://example.org/</loc></url>".repeat(3);
    assert_eq!(
        class(&format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{page}</urlset>")),
        "not_a_feed"
    );
}

#[test]
fn json_that_breaks_off_gives_the_items_before() {
    let document =
        read(r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"1"},{"id":"2"},{"id":"#).expect("a feed");
    assert_eq!(document.items.len(), 2);
    assert_eq!(class(r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"#), "truncated");
    assert_eq!(class(r#"{"any":"thing"}"#), "not_a_feed");
}

#[test]
fn a_lost_prefix_puts_no_document_into_the_vocabulary_of_a_guest() {
    for guest in ["http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/"] {
        let body =
            format!("<rss version=\"2.0\" xmlns=\"{guest}\"><channel><item><title>a</title></item></channel></rss>");
        assert_eq!(read(&body).expect("a feed").items[0].title.as_deref(), Some("a"), "{guest}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&Source { body: &body, content_type: None, base_url: None });
    }

    #[test]
    fn lost_bytes_cost_two_items_at_most(cut in 60..FIVE.len(), len in 1..12usize) {
        let mut body = FIVE.to_owned();
        body.replace_range(cut..(cut + len).min(FIVE.len()), "");
        // What goes missing at the border of two items may join them.
        let found = read(&body).map_or(0, |document| document.items.len());
        prop_assert!((3..=6).contains(&found), "{found} items: {body}");
    }

    #[test]
    fn no_damage_makes_it_panic(cut in 0..RSS.len(), len in 0..40usize, with in ".{0,8}") {
        let mut body = RSS.to_owned();
        let end = (cut + len).min(body.len());
        body.replace_range(cut..end, &with);
        let _ = read(&body);
    }

    #[test]
    fn plain_text_never_panics(text in ".*", tags in "(<[a-z!/]{0,4}|&[a-z#0-9]{0,6};?|>|-->|text ){0,30}") {
        plain_text(&text);
        plain_text(&tags);
    }
}
