//! How fast `parse` is, against feed-rs and against a bare scan with quick-xml, which only looks at each token.
//!
//! The feeds are made here: thirty items each, well-formed, so that all three read the same. Run it with
//! `cargo bench --bench parse`; a machine that does other work makes the figures worse, and the ratios hardly.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench takes the time and talks to people")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use newswatch::parse::{Source, parse};

/// How long each contender runs at least, in turns.
const TURNS: usize = 20;
const TURN: Duration = Duration::from_millis(50);

/// Something that reads a document and says how many items or tokens it saw.
type Contender = (&'static str, fn(&[u8]) -> usize);

fn main() {
    println!(
        "{:<6} {:>10} {:>10} {:>10} {:>14} {:>16}",
        "feed", "MB/s", "feed-rs", "quick-xml", "ours/feed-rs", "ours/quick-xml"
    );
    for (name, feed) in [("rss", rss()), ("atom", atom()), ("json", json())] {
        let contenders: [Contender; 3] = [("parse", ours), ("feed-rs", feed_rs), ("quick-xml", bare_scan)];
        assert_eq!(ours(feed.as_bytes()), feed_rs(feed.as_bytes()), "{name}: all items are read");
        let [ours, theirs, bare] = speeds(feed.as_bytes(), &contenders);
        let bare_text = if name == "json" { "-".to_owned() } else { format!("{bare:.0}") };
        let bare_ratio = if name == "json" { "-".to_owned() } else { format!("{:.2}", ours / bare) };
        println!("{name:<6} {ours:>10.0} {theirs:>10.0} {bare_text:>10} {:>14.2} {bare_ratio:>16}", ours / theirs);
    }
}

/// The best turn of each contender, in megabytes a second. They take turns, so that all suffer the same weather.
fn speeds(feed: &[u8], contenders: &[Contender; 3]) -> [f64; 3] {
    let mut best = [0.0f64; 3];
    for _ in 0..TURNS {
        for (at, (_, read)) in contenders.iter().enumerate() {
            let started = Instant::now();
            let mut bytes = 0;
            while started.elapsed() < TURN {
                black_box(read(black_box(feed)));
                bytes += feed.len();
            }
            best[at] = best[at].max(bytes as f64 / started.elapsed().as_secs_f64() / 1e6);
        }
    }
    best
}

fn ours(feed: &[u8]) -> usize {
    parse(&Source { body: feed, content_type: None, base_url: None }).expect("a feed").items.len()
}

fn feed_rs(feed: &[u8]) -> usize {
    let parser = feed_rs::parser::Builder::new().id_generator(|_, _, _| String::new()).sanitize_content(false).build();
    parser.parse(feed).expect("a feed").entries.len()
}

fn bare_scan(feed: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(feed);
    let mut tokens = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) | Err(_) => return tokens,
            Ok(_) => tokens += 1,
        }
    }
}

const ITEMS: usize = 30;
const TEXT: &str = "Satellite images show two landing ships and a tanker leaving the port at dawn; the ministry did not \
    comment on the movement. Residents reported convoys on the coastal road since the evening before. ";

fn rss() -> String {
    let item = |n: usize| {
        format!(
            "<item>\n<title>Ships leave the port &amp; the base, part {n}</title>\n<link>https://example.org/news/{n}?a=1&amp;b=2</link>\n\
             <guid isPermaLink=\"false\">https://example.org/?p={n}</guid>\n<pubDate>Tue, 03 Dec 2024 10:{n:02}:00 +0000</pubDate>\n\
             <dc:creator><![CDATA[A. Reporter]]></dc:creator>\n<category><![CDATA[World]]></category>\n\
             <description>&lt;p&gt;{TEXT}&lt;/p&gt;</description>\n\
             <content:encoded><![CDATA[<p>{TEXT}</p><p>{TEXT}{TEXT}</p>]]></content:encoded>\n</item>\n"
        )
    };
    let items: String = (0..ITEMS).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel><title>News</title>\
         <link>https://example.org/</link><description>All of it</description>\n{items}</channel></rss>"
    )
}

fn atom() -> String {
    let entry = |n: usize| {
        format!(
            "<entry>\n<title type=\"html\">Ships leave the port &amp; the base, part {n}</title>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/news/{n}\"/>\n<id>tag:example.org,2024:{n}</id>\n\
             <published>2024-12-03T10:{n:02}:00Z</published>\n<updated>2024-12-03T11:{n:02}:00+01:00</updated>\n\
             <author><name>A. Reporter</name></author>\n<category term=\"world\"/>\n<summary>{TEXT}</summary>\n\
             <content type=\"html\">&lt;p&gt;{TEXT}&lt;/p&gt;&lt;p&gt;{TEXT}{TEXT}&lt;/p&gt;</content>\n</entry>\n"
        )
    };
    let entries: String = (0..ITEMS).map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <title>News</title><id>tag:example.org,2024:feed</id><updated>2024-12-03T12:00:00Z</updated>\n{entries}</feed>"
    )
}

fn json() -> String {
    let item = |n: usize| {
        serde_json::json!({
            "id": n.to_string(), "url": format!("https://example.org/news/{n}"), "title": format!("Ships leave, part {n}"),
            "summary": TEXT, "content_html": format!("<p>{TEXT}</p><p>{TEXT}{TEXT}</p>"),
            "date_published": format!("2024-12-03T10:{n:02}:00Z"), "authors": [{"name": "A. Reporter"}], "tags": ["world"],
        })
    };
    let items: Vec<_> = (0..ITEMS).map(item).collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "News", "home_page_url": "https://example.org/", "items": items,
    })
    .to_string()
}
