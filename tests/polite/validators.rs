//! What a request carries, and what it does not.

use std::time::Duration;

use crate::origin::{feed as document, gaps, http_date};
use crate::support::reply::Reply;
use crate::world::{DAY, World, feed, feed_every};

const HOUR: Duration = Duration::from_hours(1);

/// `ETag` and `Last-Modified` as no standard knows them.
const ODD: [(&str, &str); 7] = [
    ("W/\"a b\"", "yesterday, perhaps"),
    ("\"gr\u{fc}n\"", "Sun, 22 Nov 2026 12:00:00 GMT"),
    ("no quotes", "Sun, 22 Nov 2026 12:00:00 GMT"),
    ("\"\"", "0"),
    ("\"a,b\", \"c\"", "2026-11-22"),
    ("w/'x'", "-1"),
    ("\"a\\\"b\"", "Sonntag"),
];

#[tokio::test(start_paused = true)]
async fn row_01_validators_are_echoed_byte_for_byte_and_replaced_on_every_200() {
    let world = World::new().await;
    let count = std::sync::atomic::AtomicUsize::new(0);
    let origin = world.origin("127.0.0.1", move |_| {
        let (etag, date) = ODD[count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % ODD.len()];
        Reply::ok(crate::origin::rss("")).etag(etag).last_modified(date)
    });
    world.watch(&[feed_every(&origin.url("/feed"), HOUR)], 30 * DAY).await;
    let visits = origin.visits();
    assert!(visits.len() > 600, "{}", visits.len());
    assert_eq!((visits[0].header("if-none-match"), visits[0].header("if-modified-since")), (None, None));
    for (at, visit) in visits.iter().enumerate().skip(1) {
        let (etag, date) = ODD[(at - 1) % ODD.len()];
        let line = |name: &str, value: &str| format!("\r\n{name}: {value}\r\n").chars().map(|c| c as u8).collect();
        for line in [line("if-none-match", etag), line("if-modified-since", date)] {
            let line: Vec<u8> = line;
            let head = &visit.request.raw_head;
            assert!(head.windows(line.len()).any(|part| part == line), "{}", String::from_utf8_lossy(head));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_01_a_304_renews_what_it_carries_and_nothing_is_invented() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| match visit.request.path() {
        "/bare" => Reply::ok(crate::origin::rss("")),
        _ if visit.header("if-none-match").is_none() => Reply::ok(crate::origin::rss("")).etag("\"first\""),
        _ => Reply::status(304).last_modified(&http_date(visit.at)),
    });
    let feeds = [feed_every(&origin.url("/renewed"), HOUR), feed_every(&origin.url("/bare"), HOUR)];
    world.watch(&feeds, DAY).await;
    let renewed = origin.visits_to("/renewed");
    for pair in renewed.windows(2).skip(1) {
        assert_eq!(pair[1].header("if-none-match"), Some("\"first\""));
        assert_eq!(pair[1].header("if-modified-since"), Some(http_date(pair[0].at).as_str()));
    }
    for visit in origin.visits_to("/bare") {
        assert_eq!((visit.header("if-none-match"), visit.header("if-modified-since")), (None, None));
    }
}

#[tokio::test(start_paused = true)]
async fn row_02_one_unconditional_request_in_a_lifetime_and_none_early_over_20_restarts() {
    let mut world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| {
        let body = document(visit.at, 60);
        let tag = format!("\"{}\"", visit.at.as_second() / 3_600);
        Reply::ok(body).etag(&tag).unless_unchanged(&visit.request)
    });
    let feeds = [feed(&origin.url("/feed")), feed_every(&origin.url("/every"), HOUR)];
    for restart in 0..20 {
        world.watch(&feeds, Duration::from_secs(60 * (7 + restart * 5))).await;
        world.restart().await;
    }
    for (path, least) in [("/feed", 300), ("/every", 3_600)] {
        let visits = origin.visits_to(path);
        assert!(visits.len() > 15, "{path}: {}", visits.len());
        let unconditional = visits.iter().filter(|visit| visit.header("if-none-match").is_none()).count();
        assert_eq!(unconditional, 1, "{path}");
        assert!(gaps(&visits).into_iter().all(|gap| gap >= least), "{path}: {:?}", gaps(&visits));
    }
}

#[tokio::test(start_paused = true)]
async fn row_03_no_cookie_no_referer_no_added_query_and_no_guessed_url() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| match visit.request.path() {
        "/moved" => Reply::redirect(302, "/there").header("Set-Cookie", "a=b; Path=/"),
        _ => Reply::ok(document(visit.at, 240)).header("Set-Cookie", "session=1; Path=/"),
    });
    world.watch(&[feed(&origin.url("/feed?x=1")), feed(&origin.url("/moved"))], 30 * DAY).await;
    let visits = origin.visits();
    assert!(visits.len() > 2_000, "{}", visits.len());
    for visit in &visits {
        assert!(["/feed?x=1", "/moved", "/there"].contains(&visit.request.target.as_str()), "{}", visit.request.target);
        for name in ["cookie", "referer", "authorization", "origin"] {
            assert_eq!(visit.header(name), None, "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_10_a_request_says_who_asks_and_for_what() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| Reply::ok(document(visit.at, 60)));
    // Nobody listens at ::1; the name leads to both.
    let by_name = origin.url("/feed").replace("127.0.0.1", "localhost");
    world.watch(&[feed(&by_name)], DAY).await;
    let visits = origin.visits();
    assert!(!visits.is_empty());
    for visit in visits {
        let agent = concat!("newswatch/", env!("CARGO_PKG_VERSION"), " (+desk@example.org)");
        assert_eq!(visit.header("user-agent"), Some(agent));
        assert_eq!(visit.header("accept-encoding"), Some("gzip, br, zstd, deflate"));
        assert!(
            visit
                .header("accept")
                .is_some_and(|accept| accept.starts_with("application/atom+xml, application/rss+xml"))
        );
        assert_eq!(visit.request.method, "GET");
    }
}
