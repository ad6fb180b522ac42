use proptest::prelude::*;
use url::Url;

use super::super::{MAX_DEPTH, MAX_ITEMS};
use super::*;

const MAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://example.org/1</loc><lastmod>2026-03-02</lastmod><n:news>
<n:publication><n:name>The Example</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2026-03-01T10:00:00+02:00</n:publication_date><n:title>One &amp; only</n:title>
<n:keywords>Odesa, ports ,, Odesa</n:keywords></n:news>
<image:image><image:loc>https://example.org/1.jpg</image:loc><image:title>No headline</image:title></image:image></url>
<url><loc>https://example.org/about</loc><lastmod>2026-03-03</lastmod></url>
<url><loc>https://example.org/2</loc><lastmod>2026-03-02</lastmod><n:news><n:title><![CDATA[Two]]></n:title></n:news></url>
</urlset>"#;

fn read(body: impl AsRef<[u8]>) -> Result<Vec<Published>, ParseError> {
    sitemap(&Source { body: body.as_ref(), content_type: None, base_url: None })
}

fn news(body: impl AsRef<[u8]>) -> Vec<Published> {
    read(body).expect("a sitemap")
}

fn titles(news: &[Published]) -> Vec<&str> {
    news.iter().filter_map(|page| page.title.as_deref()).collect()
}

/// A sitemap of entries like this one.
fn map(inner: &str) -> String {
    format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</urlset>")
}

#[test]
fn the_news_of_a_sitemap_are_read() {
    let time = |text: &str| Some(text.parse().expect("a time"));
    let news = news(MAP);
    let first = Published {
        id: Some("https://example.org/1".to_owned()),
        link: Some("https://example.org/1".to_owned()),
        title: Some("One & only".to_owned()),
        published: time("2026-03-01T08:00:00Z"),
        updated: time("2026-03-02T00:00:00Z"),
        categories: vec!["Odesa".to_owned(), "ports".to_owned()],
        language: Some("en".to_owned()),
        ..Published::default()
    };
    assert_eq!(titles(&news), ["One & only", "Two"]);
    assert_eq!(news[0], first);
    assert_eq!((news[1].published, news[1].updated), (None, first.updated));
}

#[test]
fn what_is_no_sitemap_says_what_it_is() {
    for (body, said) in [
        ("<?xml version='1.0'?><sitemapindex xmlns='x'><sitemap><loc>/1</loc></sitemap></sitemapindex>", "an index"),
        ("<s:sitemapindex xmlns:s='x'/>", "an index"),
        ("<rss version='2.0'><channel><item><title>a</title></item></channel></rss>", "a feed (<rss>)"),
        ("<feed><entry/></feed>", "a feed (<feed>)"),
        ("<!DOCTYPE html><html><body>urlset</body></html>", "<html>"),
        ("{\"version\":\"https://jsonfeed.org/version/1.1\"}", "no element"),
        ("urlset", "no element"),
        ("\u{1f}\u{8b}", "no element"),
        (&map("<url><loc>https://example.org/</loc></url>"), "not one of news"),
    ] {
        let error = read(body).expect_err(body);
        assert_eq!(error.class(), "not_a_feed", "{body}");
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(read(" \n"), Err(ParseError::Empty));
    assert!(read(b"\x1f\x8b\x08\0\0").expect_err("bytes").to_string().contains("compressed"));
    assert_eq!(read(map("")), Ok(Vec::new()), "a day without news");
}

#[test]
fn a_cut_sitemap_gives_the_whole_entries_before_the_cut() {
    let until = |end: &str| read(&MAP[..MAP.find(end).expect("the end")]);
    assert_eq!(titles(&until("<![CDATA[").expect("a sitemap")), ["One & only"]);
    assert_eq!(until("only</n:title>"), Err(ParseError::Truncated));
    assert_eq!(until("<url>"), Err(ParseError::Truncated));
}

#[test]
fn addresses_are_absolute_and_texts_in_any_charset() {
    let base: Url = "https://example.org/maps/news.xml".parse().expect("a URL");
    let body = map("<url><loc>\n /1?a=1&amp;b=2 </loc><news:news><news:title>\u{41e}</news:title></news:news></url>");
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&body);
    let content_type = Some("text/xml; charset=windows-1251");
    let news = sitemap(&Source { body: &bytes, content_type, base_url: Some(&base) }).expect("a sitemap");
    assert_eq!(news[0].id.as_deref(), Some("https://example.org/1?a=1&b=2"));
    assert_eq!((&news[0].link, titles(&news)), (&news[0].id, vec!["\u{41e}"]));
}

#[test]
fn depth_and_floods_are_errors() {
    let entry = "<url><loc>/1</loc><news:news><news:title>a</news:title></news:news></url>";
    assert_eq!(news(map(&entry.repeat(MAX_ITEMS))).len(), MAX_ITEMS);
    assert_eq!(read(map(&entry.repeat(MAX_ITEMS + 1))), Err(ParseError::TooManyItems(MAX_ITEMS)));
    assert_eq!(read(map(&"<news:news>".repeat(100))), Err(ParseError::TooDeep(MAX_DEPTH)));
    // Pages that are no news are as many as a sitemap may have.
    let pages = "<url><loc>https://example.org/</loc></url>".repeat(50_000);
    assert_eq!(news(map(&format!("{pages}{entry}"))).len(), 1);
}

#[test]
fn entries_that_lack_something_are_no_harm() {
    for (inner, want) in [
        ("<url/><url></url><url><loc>/1</loc><news:news/></url>", vec![]),
        ("<url><loc>/1</loc><news:news><news:title/></news:news></url>", vec![]),
        ("<url><loc/><news:news><news:title>a</news:title><news:publication_date/></news:news></url>", vec![None]),
        ("<url><loc>/1<news:title>a</news:title><url><loc>/2<news:title>b</url>", vec![Some("/1"), Some("/2")]),
    ] {
        let sound = "<url><loc>/0</loc><news:news><news:title>0</news:title></news:news></url>";
        let news = news(map(&format!("{sound}{inner}")));
        let links: Vec<Option<&str>> = news[1..].iter().map(|page| page.link.as_deref()).collect();
        assert_eq!(links, want, "{inner}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_ne!(read(&body), Err(ParseError::ParserPanic));
    }

    #[test]
    fn no_damage_makes_it_panic(cut in 0..MAP.len(), len in 0..60usize, with in "(<[a-z:/]{0,8}>?|&[a-z]{0,3};|.){0,8}") {
        let mut body = MAP.to_owned();
        body.replace_range(cut..(cut + len).min(MAP.len()), &with);
        prop_assert_ne!(read(&body), Err(ParseError::ParserPanic));
    }
}
