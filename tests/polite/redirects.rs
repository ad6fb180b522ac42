//! Feeds that move.

use std::time::Duration;

use crate::origin::{feed as document, hours};
use crate::support::reply::Reply;
use crate::world::{DAY, World, feed, feed_every};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(start_paused = true)]
async fn row_07_a_permanent_move_is_kept_after_a_week_of_agreement() {
    for status in [301, 308] {
        let mut world = World::new().await;
        let begun = world.now();
        let last_year = document(begun - hours(24 * 365), 60);
        let origin = world.origin("127.0.0.1", move |visit| match visit.request.path() {
            // A bad hour a day says nothing of the move, before it is kept and after that.
            _ if visit.at.duration_since(begun).as_hours() % 24 == 5 => Reply::status(500),
            "/old" => Reply::redirect(status, "/new"),
            _ => Reply::ok(last_year.clone()).etag("\"x\"").unless_unchanged(&visit.request),
        });
        let feeds = [feed_every(&origin.url("/old"), HOUR)];
        world.watch(&feeds, 5 * DAY).await;
        world.restart().await;
        world.watch(&feeds, 25 * DAY).await;
        let old = origin.visits_to("/old");
        let last = old.last().unwrap().at.duration_since(begun);
        assert!((hours(7 * 24)..hours(7 * 24 + 2)).contains(&last), "{status}: asked for {last:#}");
        let new = origin.visits_to("/new");
        assert!(new.len() > 600, "{status}: {}", new.len());
        let unconditional = new.iter().filter(|visit| visit.header("if-none-match").is_none());
        assert!(unconditional.count() <= 5, "{status}: the validators move along, but for one whole reading a week");
        let moved = |headline: &&String| headline.contains("moved");
        assert_eq!(world.headlines().await.iter().filter(moved).count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn row_07_302_303_and_307_are_never_kept() {
    for status in [302, 303, 307] {
        let world = World::new().await;
        let origin = world.origin("127.0.0.1", move |visit| match visit.request.path() {
            "/old" => Reply::redirect(status, "/new"),
            _ => Reply::ok(document(visit.at, 60)),
        });
        world.watch(&[feed_every(&origin.url("/old"), HOUR)], 30 * DAY).await;
        assert_eq!(origin.visits_to("/old").len(), origin.visits_to("/new").len(), "{status}");
        assert_eq!(world.headlines().await, [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn row_07_a_move_that_wavers_or_leads_to_no_feed_is_not_kept() {
    let world = World::new().await;
    let begun = world.now();
    let origin = world.origin("127.0.0.1", move |visit| {
        let day = visit.at.duration_since(begun).as_hours() / 24;
        match visit.request.path() {
            // A captive portal on every sixth day, a publisher who cannot decide, a page where the feed was.
            "/portal" if day % 6 == 5 => Reply::redirect(301, "/page"),
            "/wavers" => Reply::redirect(301, if day % 6 < 3 { "/here" } else { "/there" }),
            "/page" => Reply::ok("<!DOCTYPE html><html><title>Welcome</title></html>"),
            "/to-page" => Reply::redirect(301, "/page"),
            _ => Reply::ok(document(visit.at, 60)),
        }
    });
    let feeds = ["/portal", "/wavers", "/to-page"].map(|path| feed_every(&origin.url(path), HOUR));
    world.watch(&feeds, 30 * DAY).await;
    assert!(origin.visits_to("/portal").len() > 500);
    assert!(origin.visits_to("/wavers").len() > 600);
    assert!(origin.visits_to("/to-page").len() > 100);
    for feed in &feeds {
        assert!(world.state(feed).await.moved.is_none_or(|moved| !moved.kept), "{}", feed.source);
    }
}

#[tokio::test(start_paused = true)]
async fn row_07_what_has_moved_and_is_not_there_any_more_is_looked_for_where_it_was() {
    let world = World::new().await;
    let begun = world.now();
    let origin = world.origin("127.0.0.1", move |visit| match visit.request.path() {
        "/old" if visit.at < begun + hours(10 * 24) => Reply::redirect(301, "/new"),
        "/new" if visit.at >= begun + hours(10 * 24) => Reply::status(410),
        _ => Reply::ok(document(visit.at, 60)),
    });
    let harbour = feed(&origin.url("/old"));
    world.watch(std::slice::from_ref(&harbour), 30 * DAY).await;
    let state = world.state(&harbour).await;
    assert!(!state.health.gone && state.moved.is_none(), "{state:?}");
    assert!(origin.visits_to("/old").iter().any(|visit| visit.at > begun + hours(29 * 24)));
}
