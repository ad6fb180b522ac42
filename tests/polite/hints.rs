//! When a publisher wants to be asked again.

use std::time::Duration;

use jiff::SignedDuration;

use crate::origin::{Visit, feed as document, gaps, http_date};
use crate::support::reply::Reply;
use crate::world::{DAY, World, feed, feed_every};

const HOUR: i64 = 3_600;
const MIN: i64 = 60;

/// A feed of an item each four hours, with this in its channel.
fn with(visit: &Visit, inner: &str) -> String {
    let document = document(visit.at, 240);
    let syndication = "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\" ";
    document.replacen("<rss ", syndication, 1).replacen("<item>", &format!("{inner}<item>"), 1)
}

/// The answer of the feed at a path that is named for its hint.
fn answer(visit: &Visit) -> Reply {
    let date = |hours: i64| http_date(visit.at + SignedDuration::from_hours(hours));
    let plain = || Reply::ok(document(visit.at, 240)).header("Date", &date(0)).etag("\"x\"");
    let says = |inner: &str| Reply::ok(with(visit, inner)).etag("\"x\"");
    match visit.request.path() {
        "/max-age" => plain().header("Cache-Control", "public, max-age=3600"),
        "/max-age-less-age" => plain().header("Cache-Control", "max-age=3600").header("Age", "1200"),
        "/expires" => plain().header("Expires", &date(2)),
        "/max-age-before-expires" => plain().header("Cache-Control", "max-age=3600").header("Expires", &date(9)),
        "/in-304s" if visit.header("if-none-match").is_some() => {
            Reply::status(304).header("Cache-Control", "max-age=7200")
        }
        "/ttl" => says("<ttl>120</ttl>"),
        "/update-period" => says("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>"),
        "/wordpress" => {
            says("<generator>https://wordpress.org/?v=6.9</generator><sy:updatePeriod>hourly</sy:updatePeriod>")
        }
        "/all" => says("<ttl>60</ttl><sy:updatePeriod>hourly</sy:updatePeriod>")
            .header("Cache-Control", "max-age=10800")
            .retry_after("1800"),
        "/retry-after" => plain().retry_after("5400"),
        "/absurd-max-age" => plain().header("Cache-Control", "max-age=99999999999999999999"),
        "/absurd-ttl" => says("<ttl>5256000</ttl>"),
        "/absurd-expires" => plain().header("Expires", "Mon, 01 Mar 2106 00:00:00 GMT"),
        "/absurd-retry-after" => plain().retry_after("315360000"),
        "/nonsense" => says("<ttl>-5</ttl><sy:updatePeriod>often</sy:updatePeriod>")
            .header("Date", "1970")
            .header("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
            .header("Cache-Control", "max-age=-1")
            .retry_after("-1"),
        _ => plain(),
    }
}

/// The hints, and within which times the feed is asked again, in seconds.
const HINTS: [(&str, i64, i64); 16] = [
    ("/none", 5 * MIN, 2 * HOUR),
    ("/max-age", HOUR, 3 * HOUR),
    ("/max-age-less-age", 40 * MIN, 2 * HOUR),
    ("/expires", 2 * HOUR, 4 * HOUR),
    ("/max-age-before-expires", HOUR, 3 * HOUR),
    ("/in-304s", 2 * HOUR, 4 * HOUR),
    ("/ttl", 2 * HOUR, 4 * HOUR),
    ("/update-period", 2 * HOUR, 4 * HOUR),
    ("/wordpress", 5 * MIN, 2 * HOUR),
    ("/all", 3 * HOUR, 5 * HOUR),
    ("/retry-after", 90 * MIN, 3 * HOUR),
    ("/absurd-max-age", 24 * HOUR, 25 * HOUR),
    ("/absurd-ttl", 24 * HOUR, 25 * HOUR),
    ("/absurd-expires", 24 * HOUR, 25 * HOUR),
    ("/absurd-retry-after", 7 * 24 * HOUR, 8 * 24 * HOUR),
    ("/nonsense", 5 * MIN, 2 * HOUR),
];

#[tokio::test(start_paused = true)]
async fn row_04_each_hint_alone_together_and_absurd() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", answer);
    let feeds: Vec<_> = HINTS.iter().map(|(path, ..)| feed(&origin.url(path))).collect();
    world.watch(&feeds, 9 * DAY).await;
    for (path, least, most) in HINTS {
        let visits = origin.visits_to(path);
        assert!(visits.len() >= 2, "{path}: {}", visits.len());
        for pair in visits.windows(2) {
            // Its 200s say nothing.
            if path != "/in-304s" || pair[0].header("if-none-match").is_some() {
                let gap = gaps(pair)[0];
                assert!((least..=most).contains(&gap), "{path}: {gap} s after {}", pair[0].at);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_04_nobody_comes_at_the_hours_and_on_the_days_to_skip() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| {
        let hours: String = [0, 1, 2, 3, 4, 22, 23].map(|hour| format!("<hour>{hour}</hour>")).concat();
        Reply::ok(match visit.request.path() {
            "/saturdays" => with(visit, "<skipDays><day>Saturday</day></skipDays>"),
            _ => with(visit, &format!("<skipHours>{hours}</skipHours>")),
        })
    });
    let every = |path: &str| feed_every(&origin.url(path), Duration::from_mins(30));
    world.watch(&[feed(&origin.url("/feed")), every("/every"), every("/saturdays")], 30 * DAY).await;
    for path in ["/feed", "/every", "/saturdays"] {
        let visits = origin.visits_to(path);
        assert!(visits.len() > 300, "{path}: {}", visits.len());
        for visit in &visits[1..] {
            let time = jiff::tz::Offset::UTC.to_datetime(visit.at);
            let by_day = (5..22).contains(&time.hour());
            let saturday = time.weekday() == jiff::civil::Weekday::Saturday;
            assert!(if path == "/saturdays" { !saturday } else { by_day }, "{path} at {time}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_05_intervals_lie_within_their_bounds_and_requests_within_the_budget() {
    let world = World::new().await;
    let tagged = |visit: &Visit, minutes: i64| {
        let tag = format!("\"{}\"", visit.at.as_second() / (minutes * 60));
        Reply::ok(document(visit.at, minutes)).etag(&tag).unless_unchanged(&visit.request)
    };
    let origin = world.origin("127.0.0.1", move |visit| match visit.request.path() {
        "/busy" => tagged(visit, 20),
        "/bare" => Reply::ok(document(visit.at, 20)),
        "/daily" => tagged(visit, 24 * 60),
        "/every" => tagged(visit, 20).header("Cache-Control", "max-age=3600"),
        _ => tagged(visit, 60 * 24 * 90),
    });
    let mut feeds: Vec<_> = ["/busy", "/bare", "/daily", "/never"].iter().map(|path| feed(&origin.url(path))).collect();
    feeds.push(feed_every(&origin.url("/every"), Duration::from_mins(30)));
    world.watch(&feeds, 15 * DAY).await;
    for (path, least) in [("/busy", 300), ("/bare", 900), ("/daily", 300), ("/never", 300)] {
        let gaps = gaps(&origin.visits_to(path));
        assert!(gaps.iter().all(|gap| (least..=24 * HOUR + 60).contains(gap)), "{path}: {gaps:?}");
    }
    for feed in &feeds {
        let stored = serde_json::to_string(&world.state(feed).await).unwrap();
        assert!(stored.len() < 1_500, "{}: {} bytes: {stored}", feed.source, stored.len());
    }
    let every = gaps(&origin.visits_to("/every"));
    assert!(every.iter().all(|gap| (1_800..=1_981).contains(gap)), "`every` stands above max-age: {every:?}");
    let asked = origin.visits().len() - every.len() - 1;
    assert!(asked < 4 * 96 * 15 * 11 / 10, "{asked} requests in 15 days of 96 a feed");
}

#[tokio::test(start_paused = true)]
async fn row_05_every_goes_down_to_ten_seconds() {
    let world = World::new().await;
    let origin =
        world.origin("127.0.0.1", |visit| Reply::ok(document(visit.at, 1)).header("Cache-Control", "max-age=900"));
    world.watch(&[feed_every(&origin.url("/feed"), Duration::from_secs(10))], Duration::from_hours(2)).await;
    let visits = origin.visits();
    assert!((600..=720).contains(&visits.len()), "{}", visits.len());
}
