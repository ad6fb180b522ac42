//! Courtesy to hosts: one request at a time, and peace when they ask for it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::origin::{feed as document, gaps, hours, http_date};
use crate::support::reply::Reply;
use crate::world::{DAY, World, feed, feed_every};

#[tokio::test(start_paused = true)]
async fn row_06_a_retry_after_holds_for_the_whole_host() {
    for status in [429, 503] {
        let world = World::new().await;
        let begun = world.now();
        // From the second hour on the host wants peace: in seconds, then until a date.
        let (peace, again) = (begun + hours(2), begun + hours(12));
        let origin = world.origin("127.0.0.1", move |visit| match visit.at {
            at if at < peace => Reply::ok(document(at, 240)),
            at if at < peace + hours(3) => Reply::status(status).retry_after("10800"),
            at if at < again => Reply::status(status).header("Date", &http_date(at)).retry_after(&http_date(again)),
            at => Reply::ok(document(at, 240)),
        });
        let feeds = [feed(&origin.url("/a")), feed_every(&origin.url("/b"), Duration::from_mins(10))];
        world.watch(&feeds, DAY).await;
        let refused: Vec<Timestamp> =
            origin.visits().iter().map(|visit| visit.at).filter(|at| (peace..again).contains(at)).collect();
        assert_eq!(refused.len(), 2, "{status}: one asks in vain for both, twice: {refused:?}");
        assert!(refused[1].duration_since(refused[0]) >= hours(3));
        let after = origin.visits().iter().filter(|visit| visit.at >= again).count();
        assert!(after > 50, "{status}: {after}");
    }
}

#[tokio::test(start_paused = true)]
async fn row_06_without_a_time_peace_is_an_hour_and_doubles_up_to_a_day() {
    let mut world = World::new().await;
    let origin = world.origin("127.0.0.1", |_| Reply::status(429));
    let other = world.origin("127.0.0.2", |visit| Reply::ok(document(visit.at, 240)));
    let feeds = [feed(&origin.url("/a")), feed(&origin.url("/b")), feed(&other.url("/c"))];
    world.watch(&feeds, 2 * DAY).await;
    world.restart().await;
    world.watch(&feeds, 5 * DAY).await;
    let hours: Vec<i64> = gaps(&origin.visits()).iter().map(|gap| gap / 3_600).collect();
    assert_eq!(hours[..5], [1, 2, 4, 8, 16]);
    assert!(hours[5..].len() >= 3 && hours[5..].iter().all(|hours| (24..27).contains(hours)), "{hours:?}");
    assert!(other.visits().len() > 300, "another host is not concerned: {}", other.visits().len());
}

#[tokio::test(start_paused = true)]
async fn row_06_other_statuses_may_ask_for_peace_as_well() {
    for (status, all) in [(403, 9), (500, 9), (404, 9), (401, 100)] {
        let world = World::new().await;
        let origin = world.origin("127.0.0.1", move |_| Reply::status(status).retry_after("10800"));
        let feeds = [feed(&origin.url("/a")), feed_every(&origin.url("/b"), Duration::from_mins(10))];
        world.watch(&feeds, DAY).await;
        let visits = origin.visits().len();
        assert!(visits <= all, "{status}: {visits} requests to a host that wants one in three hours");
    }
}

#[tokio::test(start_paused = true)]
async fn row_06_who_says_at_once_each_time_is_asked_more_and_more_rarely() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |_| Reply::status(429).retry_after("0"));
    world.watch(&[feed_every(&origin.url("/a"), Duration::from_mins(10))], DAY).await;
    let minutes: Vec<i64> = gaps(&origin.visits()).iter().map(|gap| gap / 60).collect();
    assert!(minutes.windows(2).all(|pair| pair[1] + 30 >= 2 * pair[0].min(180)) && minutes[0] <= 11, "{minutes:?}");
    assert!((6..10).contains(&minutes.len()), "{minutes:?}");
}

#[tokio::test(start_paused = true)]
async fn row_06_a_host_that_is_well_again_is_forgiven() {
    let world = World::new().await;
    let begun = world.now();
    let origin = world.origin("127.0.0.1", move |visit| {
        let hour = visit.at.duration_since(begun).as_hours();
        if (hour < 5) || (30..31).contains(&hour) { Reply::status(503) } else { Reply::ok(document(visit.at, 240)) }
    });
    world.watch(&[feed_every(&origin.url("/a"), Duration::from_mins(15))], 3 * DAY).await;
    let refused: Vec<i64> = gaps(&origin.visits()).into_iter().filter(|gap| *gap > 1_800).collect();
    assert_eq!(refused.iter().map(|gap| gap / 3_600).collect::<Vec<_>>(), [1, 2, 4, 1]);
}

#[tokio::test(start_paused = true)]
async fn row_08_410_stops_and_the_owner_is_told_once() {
    let mut world = World::new().await;
    let begun = world.now();
    let origin = world.origin("127.0.0.1", move |visit| {
        if visit.at < begun + hours(24) { Reply::ok(document(visit.at, 60)) } else { Reply::status(410) }
    });
    let feeds = [feed(&origin.url("/feed"))];
    world.watch(&feeds, 15 * DAY).await;
    world.restart().await;
    world.watch(&feeds, 15 * DAY).await;
    assert_eq!(origin.visits().iter().filter(|visit| visit.at >= begun + hours(24)).count(), 1);
    assert_eq!(world.headlines().await, ["The feed “Harbour” is gone"]);
}

#[tokio::test(start_paused = true)]
async fn row_08_nothing_else_ever_stops_a_feed() {
    let world = World::new().await;
    let begun = world.now();
    let year = hours(365 * 24);
    let origin = world.origin("127.0.0.1", move |visit| match visit.at.duration_since(begun) {
        since if since >= year => Reply::ok(document(visit.at, 60)),
        since => Reply::status([404, 500, 403, 401, 451][since.as_hours() as usize / 24 % 5]),
    });
    let harbour = feed(&origin.url("/feed"));
    world.watch(std::slice::from_ref(&harbour), 366 * DAY).await;
    let in_vain: Vec<_> = origin.visits().into_iter().filter(|visit| visit.at < begun + year).collect();
    let gaps = gaps(&in_vain);
    assert_eq!(gaps[..4].iter().map(|gap| gap / 60).collect::<Vec<_>>(), [5, 10, 20, 40]);
    assert!(gaps[20..].iter().all(|gap| (6 * 3_600..7 * 3_600).contains(gap)), "every six hours, for a year");
    assert_eq!(world.state(&harbour).await.health.failures, 0, "and it is well on the day it comes back");
    let headlines = world.headlines().await;
    assert_eq!(headlines.len(), 2, "told when it begins and when it ends: {headlines:?}");
}

#[tokio::test(start_paused = true)]
async fn row_09_one_request_at_a_time_a_second_apart() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| Reply::ok(document(visit.at, 240)));
    let feeds: Vec<_> = (0..50).map(|n| feed(&origin.url(&format!("/{n}")))).collect();
    world.watch(&feeds, DAY).await;
    let visits = origin.visits();
    let close = visits.windows(2).filter(|pair| pair[1].at.duration_since(pair[0].at) < SignedDuration::from_secs(1));
    assert_eq!(close.count(), 0, "of {} requests", visits.len());
    assert!(visits.len() > 2_000, "{}", visits.len());
}
