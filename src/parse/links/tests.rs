use super::super::{Document, Source, parse};
use super::*;

fn read(body: &str) -> Document {
    let base: Url = "https://example.org/news/feed".parse().expect("a URL");
    parse(&Source { body: body.as_bytes(), content_type: None, base_url: Some(&base) }).expect("a feed")
}

/// The links of an Atom feed that says `inner`.
fn atom(inner: &str) -> Links {
    read(&format!("<feed xmlns='http://www.w3.org/2005/Atom'>{inner}<entry><id>1</id></entry></feed>")).links
}

/// The links of a JSON Feed that says `inner`.
fn json(inner: &str) -> Links {
    let document =
        read(&format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{{\"id\":1}}],{inner}}}"));
    assert_eq!((document.items.len(), document.warnings.len()), (1, 0), "{inner}");
    document.links
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn hub_topic_and_older_items_are_found() {
    let inner = "<link rel='hub' href='https://hub.example.com/'/><link rel='self' href='?a=1&amp;b=2'/>\
                 <link rel='HUB' href='https://hub.example.net'/><link rel='next' href='/page/2'/>";
    let want = Links {
        hubs: vec!["https://hub.example.com/".to_owned(), "https://hub.example.net".to_owned()],
        topic: some("https://example.org/news/feed?a=1&b=2"),
        older: some("https://example.org/page/2"),
    };
    assert_eq!(atom(inner), want);
    let rss = format!(
        "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel><link>https://example.org/</link>{}<item/></channel></rss>",
        inner.replace("<link", "<atom:link")
    );
    assert_eq!(read(&rss).links, want);
    assert_eq!(read(&rss).link.as_deref(), Some("https://example.org/"));
    let inner = "\"hubs\":[{\"type\":\"rssCloud\",\"url\":\"https://cloud.example.com\"},\
                 {\"url\":\"https://hub.example.com/\",\"type\":\"WebSub\"},{\"type\":\"websub\",\"url\":\"https://hub.example.net\"}],\
                 \"next_url\":\"/page/2\",\"feed_url\":\"https://example.org/news/feed?a=1&b=2\"";
    assert_eq!(json(inner), want);
}

#[test]
fn an_archive_comes_before_a_page() {
    let (next, archive) = ("<link rel='next' href='/2'/>", "<link rel='prev-archive' href='/a'/>");
    for inner in [
        format!("{next}{archive}"),
        format!("{archive}{next}"),
        format!("{archive}<link rel='prev-archive' href='/b'/>"),
    ] {
        assert_eq!(atom(&inner).older, some("https://example.org/a"), "{inner}");
    }
    assert_eq!(atom("<link rel='prev' href='/2'/><link rel='last' href='/9'/>").older, None);
}

#[test]
fn links_of_entries_are_their_own() {
    let links = "<link rel='hub' href='/h'/><link rel='self' href='/s'/><link rel='next' href='/n'/>";
    assert_eq!(atom(&format!("<entry><id>2</id>{links}<source>{links}</source></entry>")), Links::default());
    let links = links.replace("<link", "<atom:link");
    for inner in [format!("<item><title>x</title>{links}</item>"), format!("<image>{links}</image><item/>")] {
        assert_eq!(read(&format!("<rss><channel>{inner}</channel></rss>")).links, Links::default(), "{inner}");
    }
    let item = "{\"id\":2,\"url\":\"/x\",\"next_url\":\"/n\",\"hubs\":[{\"type\":\"WebSub\",\"url\":\"/h\"}]}";
    assert_eq!(json(&format!("\"more\":{item}")), Links::default());
}

#[test]
fn where_no_program_can_go_is_passed_over() {
    let long = format!("https://example.org/{}", "a".repeat(MAX_ADDRESS_BYTES));
    let addresses =
        ["", " ", "javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/", "https://", "http://[", &long];
    for address in addresses {
        for rel in ["hub", "next", "prev-archive"] {
            assert_eq!(atom(&format!("<link rel='{rel}' href='{address}'/>")), Links::default(), "{rel} {address}");
        }
        let inner = format!("\"hubs\":[{{\"type\":\"WebSub\",\"url\":\"{address}\"}}],\"next_url\":\"{address}\"");
        assert_eq!(json(&format!("{inner},\"feed_url\":\"mailto:a@example.org\"")), Links::default(), "{address}");
    }
    assert_eq!(atom("<link rel='hub'/><link href='/x'/><link rel='' href='/x'/>"), Links::default());
    let bare = Source {
        body: b"<feed><link rel='self' href='/x'/><entry><id>1</id></entry></feed>",
        content_type: None,
        base_url: None,
    };
    assert_eq!(parse(&bare).expect("a feed").links, Links::default(), "nobody knows where it starts");
    assert_eq!(usable("https://example.org/a\nb".to_owned()), None);
    assert_eq!(usable(long[..MAX_ADDRESS_BYTES].to_owned()).map(|address| address.len()), Some(MAX_ADDRESS_BYTES));
}

#[test]
fn hubs_are_few_and_each_is_one() {
    let hubs: String = (0..500).map(|n| format!("<link rel='hub' href='/{}'/>", n / 2)).collect();
    assert_eq!(atom(&hubs).hubs.len(), 5);
    assert_eq!(atom(&hubs).hubs[4], "https://example.org/4");
    let hubs: Vec<String> = (0..500).map(|n| format!("{{\"type\":\"WebSub\",\"url\":\"/{}\"}}", n / 2)).collect();
    assert_eq!(json(&format!("\"hubs\":[{}]", hubs.join(","))).hubs.len(), 5);
}

#[test]
fn whatever_stands_for_hubs_costs_nothing_else() {
    for hubs in ["7", "-7", "0.5", "true", "null", "\"x\"", "{\"type\":\"WebSub\",\"url\":\"/h\"}", "[]", "[[[]]]"] {
        assert_eq!(json(&format!("\"hubs\":{hubs},\"next_url\":{hubs}")).hubs, Vec::<String>::new(), "{hubs}");
    }
    let mixed =
        "\"hubs\":[1,null,\"/s\",{},{\"type\":[],\"url\":{}},{\"url\":\"/u\"},{\"type\":\"WebSub\",\"url\":\"/h\"}]";
    assert_eq!(json(mixed).hubs, ["https://example.org/h"]);
}
