//! What the fetcher hears besides the document, from a real server.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::Duration;

use newswatch::address::AddressPolicy;
use newswatch::config::FetchLimits;
use newswatch::fetch::{self, Ask, Fetch, FetchError, Fetched, Fetcher, Fetching, Heard};
use newswatch::model::{Feed, Source, Validators};
use support::feed_server::FeedServer;
use support::reply::{Encoding, Reply};

const BODY: &str = "<rss version=\"2.0\"><channel><title>News</title></channel></rss>";

fn fetcher() -> Fetcher {
    let (policy, limits) = (AddressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()] }, FetchLimits::default());
    let client = fetch::client(&policy, None, Duration::from_secs(5)).unwrap();
    Fetcher::new(client, policy, None, limits)
}

async fn asked(feed: &Feed, at: &str, validators: &Validators) -> Result<Fetched, FetchError> {
    let (source, now) = (Source::Url(at.parse().unwrap()), "2026-11-23T12:00:00Z".parse().unwrap());
    fetcher().fetch(&Ask { feed, source: &source, validators, elsewhere: true, now }).await
}

async fn document(url: &str) -> Fetch {
    let feed = Feed::new(Source::Url(url.parse().unwrap()));
    match asked(&feed, url, &Validators::default()).await.unwrap() {
        Fetched::Document(fetch) => *fetch,
        Fetched::Unchanged { .. } => panic!("nothing could be unchanged"),
    }
}

#[tokio::test]
async fn a_move_is_what_the_leading_permanent_redirects_say() {
    let server = FeedServer::start();
    server.set("/a", Reply::redirect(301, "/b"));
    server.set("/b", Reply::redirect(308, "/c?x"));
    server.set("/c", Reply::redirect(307, "/d"));
    server.set("/d", Reply::redirect(301, "/e"));
    server.set("/e", Reply::ok(BODY));
    let moved = async |path: &str| document(&server.url(path)).await.heard.moved.map(String::from);
    assert_eq!(moved("/a").await, Some(server.url("/c?x")));
    assert_eq!(moved("/c").await, None);
    assert_eq!(moved("/d").await, Some(server.url("/e")));
    assert_eq!(moved("/e").await, None);
}

#[tokio::test]
async fn both_outcomes_tell_the_time_the_links_and_the_bytes() {
    let server = FeedServer::start();
    let told = |reply: Reply| {
        reply
            .header("Date", "Mon, 23 Nov 2026 11:59:00 GMT")
            .header("Link", "<https://hub.example/>; rel=\"hub\", </feed>; rel=self")
            .header("Cache-Control", "max-age=60")
    };
    let page = told(Reply::ok(BODY.repeat(50))).encoded(Encoding::Gzip).etag("\"1\"");
    server.script("/feed", [page, told(Reply::status(304))]);
    server.set("/old", Reply::redirect(301, "/feed"));
    let Fetch { heard, body, validators, .. } = document(&server.url("/feed")).await;
    assert_eq!(body.len(), BODY.len() * 50);
    assert!((20..500).contains(&heard.bytes), "{} bytes on the wire", heard.bytes);
    let expected = |heard: &Heard| {
        assert_eq!(heard.links.hubs, ["https://hub.example/"]);
        assert_eq!(heard.links.topic, Some(server.url("/feed")));
        assert_eq!(heard.clock, Some("2026-11-23T11:59:00Z".parse().unwrap()));
        assert_eq!(heard.hints.fresh_for, Some(Duration::from_secs(60)));
    };
    expected(&heard);
    let feed = Feed::new(Source::Url(server.url("/old").parse().unwrap()));
    let again = asked(&feed, &server.url("/old"), &validators).await.unwrap();
    let Fetched::Unchanged { heard, .. } = again else { panic!("{again:?}") };
    expected(&heard);
    assert_eq!((heard.bytes, heard.moved.map(String::from)), (0, Some(server.url("/feed"))));
}

#[tokio::test]
async fn a_feed_that_has_moved_at_home_is_asked_as_its_url_says() {
    let server = FeedServer::start();
    server.set("/old", Reply::redirect(301, "/new"));
    server.set("/new", Reply::ok(BODY));
    let url = server.url("/old").replace("http://", "http://me:pw@");
    assert_eq!(document(&url).await.heard.moved.map(String::from), Some(server.url("/new")));
    let feed = Feed::new(Source::Url(url.parse().unwrap()));
    asked(&feed, &server.url("/new"), &Validators::default()).await.unwrap();
    let shown: Vec<bool> = server.requests().iter().map(|request| request.header("authorization").is_some()).collect();
    assert_eq!(shown, [true, true, true]);
}

#[tokio::test]
async fn a_refusal_that_names_a_date_counts_from_our_clock_where_it_tells_no_time() {
    let server = FeedServer::start();
    server.set("/feed", Reply::status(503).retry_after("Mon, 23 Nov 2026 12:10:00 GMT"));
    let feed = Feed::new(Source::Url(server.url("/feed").parse().unwrap()));
    let error = asked(&feed, &server.url("/feed"), &Validators::default()).await.unwrap_err();
    let FetchError::Refused { hints, .. } = error else { panic!("{error}") };
    assert_eq!(hints.retry_after, Some(Duration::from_secs(600)));
}
