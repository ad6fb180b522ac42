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
<item><guid>1</guid><link>https://example.org/1</link><title>Tartus &amp; HTS</title>
<description>&lt;p&gt;Text&lt;/p&gt;</description><pubDate>Tue, 03 Dec 2024 10:00:00 +0200</pubDate></item>
<item><title>No id</title></item></channel></rss>"#;

#[test]
fn an_rss_feed_is_read() {
    let document = read(RSS).expect("a feed");
    assert_eq!(document.title.as_deref(), Some("News"));
    assert_eq!(document.ttl, Some(Duration::from_secs(1800)));
    assert_eq!(document.language.as_deref(), Some("en"));
    let first = &document.items[0];
    assert_eq!(first.id.as_deref(), Some("1"));
    assert_eq!(first.title.as_deref(), Some("Tartus & HTS"));
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

#[test]
fn hostile_depth_and_floods_are_errors() {
    let deep = format!("<rss version=\"2.0\"><channel><item>{}", "<media:group>".repeat(2_000));
    assert_eq!(class(&deep), "too_deep");
    let flood = format!("<rss version=\"2.0\"><channel>{}</channel></rss>", "<item/>".repeat(MAX_ITEMS + 1));
    assert_eq!(class(&flood), "too_many_items");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&Source { body: &body, content_type: None, base_url: None });
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
