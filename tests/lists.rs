//! Lists of feeds in and out, on the real binary.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::binary::Newswatch;

const REST: &str = r#"
[[target]]
name = "t"
type = "terminal"
[[watch]]
name = "w"
strong = ["Tartus"]
"#;

/// As people publish them: a bare ampersand, quotes in an attribute, a feed twice, an outline without a feed.
const LIST: &str = r#"<?xml version="1.0"?>
<opml version="1.0"><head><title>News & more</title></head><body>
<outline text="Asia & Pacific">
  <outline type="rss" text="The "Daily" Post" xmlUrl="https://example.org/feed?a=1&b=2"/>
  <outline text="Wire" title="Wire" type="rss" xmlUrl="http://example.com/${rss}"/>
</outline>
<outline text="Other"><outline type="rss" text="Again" xmlUrl="https://example.org/feed?a=1&amp;b=2"/>
<outline text="No feed here"/></outline>
</body></opml>"#;

#[test]
fn a_list_becomes_a_configuration_and_a_list_again() {
    let house = Newswatch::new(REST);
    let list = house.write("list.opml", LIST);
    let import = house.newswatch().arg("import").arg(&list).run().assert_code(0);
    assert!(import.stdout.contains("https://example.org/feed?a=1&b=2"), "{}", import.stdout);
    assert_eq!(import.stdout.matches("[[feed]]").count(), 2, "{}", import.stdout);
    assert!(import.stderr.contains("2 new feeds"), "{}", import.stderr);
    assert!(import.stderr.lines().count() > 1, "the feed that stands twice is told: {}", import.stderr);

    let whole = house.write("whole.toml", format!("{REST}{}", import.stdout));
    let export = house.newswatch().arg("export").arg(&whole).run().assert_code(0);
    let back = house.write("back.opml", &export.stdout);
    let again = house.newswatch().arg("import").arg(&back).run().assert_code(0);
    assert_eq!(again.stdout, import.stdout);

    let rest = house.newswatch().arg("import").arg(&back).arg(&whole).run().assert_code(0);
    assert_eq!(rest.stdout, "");
    assert!(rest.stderr.contains("2 in the configuration already"), "{}", rest.stderr);
}

#[test]
fn what_is_no_list_is_refused_with_a_reason() {
    let house = Newswatch::new(REST);
    let page = house.write("page.html", "<html><body>Hello</body></html>");
    let refused = house.newswatch().arg("import").arg(&page).run().assert_code(1);
    assert!(refused.stderr.contains("page.html"), "{}", refused.stderr);
    house.newswatch().args(["import", "no-such-file.opml"]).run().assert_code(1);
}

#[test]
fn a_page_that_links_feeds_names_them() {
    let house = Newswatch::new(REST);
    let page = "<html><head><link rel=alternate type='application/rss+xml' href='/feed.xml' title=News></head></html>";
    let page = house.write("page.html", page);
    let out = house.newswatch().arg("inspect").arg(&page).args(["--base-url", "https://example.org/"]).run();
    let out = out.assert_code(1);
    assert!(out.stdout.contains("https://example.org/feed.xml"), "{}", out.stdout);
}
