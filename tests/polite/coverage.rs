//! What keeps news from being seen: noticed, told when it begins and ends, and made good where that can be.

use std::time::Duration;

use jiff::Timestamp;
use newswatch::model::Feed;

use crate::origin::{Origin, Visit, feed as document, gaps, hours, rss};
use crate::support::reply::Reply;
use crate::world::{DAY, World, feed, feed_every};

/// A day of trouble, from the third day on.
fn troubled(begun: Timestamp, visit: &Visit, trouble: impl Fn() -> Reply) -> Reply {
    let day = visit.at.duration_since(begun).as_hours() / 24;
    if day == 2 { trouble() } else { Reply::ok(document(visit.at, 120)) }
}

#[tokio::test(start_paused = true)]
async fn row_11_challenges_logins_and_pages_are_named_when_they_begin_and_end() {
    let page = |title: &str, body: &str| {
        Reply::ok(format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"))
    };
    let challenge = page("Just a moment...", "<script>window._cf_chl_opt={}</script>");
    let login = page("Log in", "<form><input type=\"password\"></form>");
    let home = page("Harbour news", "<p>Welcome</p>");
    for (reply, begins) in [
        (challenge, "The feed “Harbour” is behind a challenge page"),
        (login, "The feed “Harbour” wants a login"),
        (home, "The feed “Harbour” is a page for people now"),
        (Reply::status(500), "The feed “Harbour” fails"),
    ] {
        let world = World::new().await;
        let begun = world.now();
        let origin = world.origin("127.0.0.1", move |visit| troubled(begun, visit, || reply.clone()));
        world.watch(&[feed(&origin.url("/feed"))], 5 * DAY).await;
        let headlines = world.headlines().await;
        assert_eq!(headlines.len(), 2, "{headlines:?}");
        assert_eq!(headlines[0], begins);
        assert_eq!(headlines[1], "The feed “Harbour” is well again");
    }
}

#[tokio::test(start_paused = true)]
async fn row_11_a_server_that_calls_everything_unchanged_is_found_out_within_a_week() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| match visit.header("if-none-match") {
        Some(_) => Reply::status(304),
        None => Reply::ok(document(visit.at, 60)).etag("\"for ever\""),
    });
    let harbour = feed(&origin.url("/feed"));
    world.watch(std::slice::from_ref(&harbour), 30 * DAY).await;
    let visits = origin.visits();
    let whole: Vec<_> = visits.iter().filter(|visit| visit.header("if-none-match").is_none()).collect();
    let week = whole[1].at.duration_since(whole[0].at);
    assert!((hours(7 * 24)..hours(8 * 24)).contains(&week), "{week:#}");
    assert!(whole.len() > 500, "it is not asked conditionally any more: {}", whole.len());
    let headlines = world.headlines().await;
    assert!(headlines.contains(&"The feed “Harbour” was called unchanged when it was not".to_owned()), "{headlines:?}");
}

#[tokio::test(start_paused = true)]
async fn row_11_an_honest_304_costs_one_whole_reading_a_week() {
    let world = World::new().await;
    let last_year = document(world.now() - hours(24 * 365), 60);
    let origin = world
        .origin("127.0.0.1", move |visit| Reply::ok(last_year.clone()).etag("\"x\"").unless_unchanged(&visit.request));
    world.watch(&[feed(&origin.url("/feed"))], 30 * DAY).await;
    let visits = origin.visits();
    let whole = visits.iter().filter(|visit| visit.header("if-none-match").is_none()).count();
    assert_eq!(whole, 5, "of {}", visits.len());
}

/// Shows the newest five of an item a minute; older ones on further pages, as `older` says.
fn rolling(visit: &Visit, older: impl Fn(i64) -> String) -> Reply {
    let page: i64 = visit.request.target.rsplit_once('=').map_or(1, |(_, page)| page.parse().unwrap());
    let newest = visit.at.as_second() / 60 - (page - 1) * 5;
    let items: String = (0..5)
        .map(|back| format!("<item><guid>http://h/{0}</guid><title>Ship number {0} left</title></item>", newest - back))
        .collect();
    Reply::ok(rss(&format!("{}{items}", older(page + 1))))
}

#[tokio::test(start_paused = true)]
async fn row_12_a_gap_is_told_and_polls_come_closer() {
    let world = World::new().await;
    let begun = world.now();
    // It shows a day's items until the third day, and five from then on.
    let origin = world.origin("127.0.0.1", move |visit| {
        if visit.at < begun + hours(48) { Reply::ok(document(visit.at, 30)) } else { rolling(visit, |_| String::new()) }
    });
    let harbour = feed(&origin.url("/feed"));
    world.watch(std::slice::from_ref(&harbour), 5 * DAY).await;
    let notices = world.notices().await;
    let gap = notices
        .iter()
        .find(|notice| notice.headline == "The feed “Harbour” has shown more news than its polls have caught");
    assert!(gap.is_some_and(|gap| gap.text.contains("items")), "{notices:?}");
    let (before, after) = (begun + hours(40), begun + hours(50));
    let visits = origin.visits();
    let between = |from: Timestamp, to: Timestamp| {
        let visits: Vec<Visit> = visits.iter().filter(|visit| (from..to).contains(&visit.at)).cloned().collect();
        *gaps(&visits).iter().max().unwrap()
    };
    let (before, after) = (between(before, begun + hours(48)), between(after, begun + hours(120)));
    assert!(after < before, "{before} s, then {after} s");
}

#[tokio::test(start_paused = true)]
async fn row_12_what_a_gap_took_is_fetched_from_older_pages() {
    let wordpress = |_| "<generator>https://wordpress.org/?v=6.9</generator>".to_owned();
    let rfc5005 = |page| {
        format!("<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"/feed?page={page}\"/>")
    };
    for (older, query) in [(&wordpress as &(dyn Fn(i64) -> String + Sync), "paged="), (&rfc5005, "page=")] {
        let world = World::new().await;
        let origin = std::thread::scope(|_| {
            // What stands in the document has to live as long as the origin.
            let texts: Vec<String> = (0..30).map(older).collect();
            world.origin("127.0.0.1", move |visit| rolling(visit, |page| texts[page as usize].clone()))
        });
        let harbour = feed_every(&origin.url("/feed"), Duration::from_mins(20));
        world.watch(std::slice::from_ref(&harbour), DAY).await;
        let paged = origin.visits().iter().filter(|visit| visit.request.target.contains(query)).count();
        assert!(paged >= 3 * 70, "{query}: {paged}");
        let state = world.state(&harbour).await;
        let items = world.archived().await;
        assert!(items > 24 * 60 - 40, "{query}: {items} of a day's; {:?}", state.coverage);
    }
}

#[tokio::test(start_paused = true)]
async fn row_12_a_gap_behind_a_document_that_was_cut_short_is_one_all_the_same() {
    for cut in ["", "<item><guid>http://h/x</guid><title>A mast in the fog</title></item>"] {
        let world = World::new().await;
        let begun = world.now();
        // For an hour its publisher has a mishap; what is shown behind it was never seen, and overlaps from then on.
        let origin = world.origin("127.0.0.1", move |visit| {
            Reply::ok(match visit.at.duration_since(begun).as_hours() {
                0..48 => document(visit.at, 60),
                48 => rss(cut),
                _ => document(visit.at, 30).replace("<item>", "<generator>https://wordpress.org/</generator><item>"),
            })
        });
        let harbour = feed_every(&origin.url("/feed"), Duration::from_mins(50));
        world.watch(std::slice::from_ref(&harbour), 3 * DAY).await;
        let paged = origin.visits().iter().filter(|visit| visit.request.target.contains("paged=")).count();
        let gap = "The feed “Harbour” has shown more news than its polls have caught".to_owned();
        assert!(paged == 1 && world.headlines().await.contains(&gap), "{paged}");
    }
}

/// A feed whose document shows fewer items than come within its interval, whose older pages answer as they like.
async fn gapped(world: &World, older: impl Fn(&Visit) -> Option<Reply> + Send + Sync + 'static) -> (Origin, Feed) {
    let origin = world.origin("127.0.0.1", move |visit| {
        let paged = visit.request.target.contains("paged=").then(|| older(visit)).flatten();
        paged.unwrap_or_else(|| rolling(visit, |_| "<generator>https://wordpress.org/?v=6.9</generator>".to_owned()))
    });
    let harbour = feed_every(&origin.url("/feed"), Duration::from_mins(20));
    (origin, harbour)
}

#[tokio::test(start_paused = true)]
async fn row_12_what_the_document_shows_waits_for_no_older_page_and_a_stop_puts_them_off() {
    let mut world = World::new().await;
    let (origin, harbour) = gapped(&world, |_| None).await;
    world.options.host_gap = Duration::from_secs(300);
    world.watch(std::slice::from_ref(&harbour), Duration::from_mins(23)).await;
    assert_eq!((world.archived().await, origin.visits().len()), (10, 2), "two documents, no page yet");
    assert_eq!(world.headlines().await, [""; 0], "what is not looked into is not told");
    world.restart().await;
    world.options.host_gap = Duration::from_secs(1);
    world.watch(std::slice::from_ref(&harbour), Duration::from_mins(25)).await;
    let (state, archived) = (world.state(&harbour).await, world.archived().await);
    assert!((42..50).contains(&archived) && state.coverage.gap.is_none(), "{archived} of three quarters of an hour");
    let notices = world.notices().await;
    assert!(notices.len() == 1 && notices[0].text.contains("none is missing"), "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn row_12_an_older_page_that_asks_for_peace_gets_it_for_its_host() {
    let world = World::new().await;
    let refused = || Reply::status(429).header("Retry-After", "10800");
    let (origin, harbour) = gapped(&world, move |_| Some(refused())).await;
    let other = feed_every(&origin.url("/other"), Duration::from_mins(20));
    world.watch(&[harbour, other], Duration::from_hours(3)).await;
    let visits = origin.visits();
    let at = visits.iter().position(|visit| visit.request.target.contains("paged=")).unwrap();
    assert_eq!(visits.len(), at + 1, "{visits:?}");
    let notices = world.notices().await;
    assert!(notices[0].text.contains("its server wants no more requests for now"), "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn row_12_old_items_of_older_pages_are_no_news() {
    let world = World::new().await;
    let begun = world.now();
    // After two days its publisher gives all that was ever published another GUID and title.
    let origin = world.origin("127.0.0.1", move |visit| {
        let (page, late) = (visit.request.target.contains("paged="), visit.at > begun + hours(48));
        let shown = document(if page { visit.at - hours(24 * 20) } else { visit.at }, 60);
        let shown = if late {
            shown.replace("Ship number", "The ship with").replace("false\">", "false\">new-")
        } else {
            shown
        };
        Reply::ok(shown.replace("<item>", "<generator>https://wordpress.org/</generator><item>"))
    });
    world.watch(&[feed_every(&origin.url("/feed"), Duration::from_hours(1))], 3 * DAY).await;
    assert!(origin.visits().iter().any(|visit| visit.request.target.contains("paged=")));
    let archived = world.archived().await;
    assert!((20 + 72..20 + 72 + 20).contains(&archived), "{archived}");
}

#[tokio::test(start_paused = true)]
async fn row_12_older_pages_lead_to_no_other_server() {
    let world = World::new().await;
    let other = world.origin("127.0.0.2", |visit| rolling(visit, |_| String::new()));
    let away = other.url("/feed?paged=2");
    let (origin, harbour) = gapped(&world, move |_| Some(Reply::status(302).header("Location", &away))).await;
    world.watch(&[harbour], Duration::from_hours(3)).await;
    assert!(origin.visits().iter().any(|visit| visit.request.target.contains("paged=")));
    assert_eq!(other.visits().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn row_12_no_more_than_ten_pages_are_fetched() {
    let world = World::new().await;
    let next = |page: i64| {
        format!("<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"/feed?page={page}\"/>")
    };
    let origin = world.origin("127.0.0.1", move |visit| rolling(visit, next));
    world.watch(&[feed_every(&origin.url("/feed"), Duration::from_hours(2))], DAY).await;
    let pages: Vec<i64> = origin
        .visits()
        .iter()
        .filter_map(|visit| Some(visit.request.target.split_once("page=")?.1.parse().unwrap()))
        .collect();
    assert_eq!((pages.iter().max(), pages.iter().filter(|page| **page == 11).count()), (Some(&11), 11), "{pages:?}");
}

#[tokio::test(start_paused = true)]
async fn row_12_what_no_page_has_is_looked_for_in_the_sitemap() {
    let world = World::new().await;
    let origin = world.origin("127.0.0.1", |visit| {
        if visit.request.path() == "/feed" {
            return rolling(visit, |_| String::new());
        }
        let newest = visit.at.as_second() / 60;
        let entry = |number: i64| {
            let date = Timestamp::from_second(number * 60).unwrap();
            format!(
                "<url><loc>http://h/{number}</loc><n:news><n:publication_date>{date}</n:publication_date>\
                 <n:title>Ship number {number} left</n:title></n:news></url>"
            )
        };
        let entries: String = (0..60).map(|back| entry(newest - back)).collect();
        let spaces = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:n=\"http://www.google.com/schemas/sitemap-news/0.9\"";
        Reply::ok(format!("<urlset {spaces}>{entries}</urlset>"))
    });
    let every = feed_every(&origin.url("/feed"), Duration::from_mins(20));
    let harbour = Feed { sitemap: Some(origin.url("/sitemap.xml").parse().unwrap()), ..every };
    world.watch(std::slice::from_ref(&harbour), DAY).await;
    let items = world.archived().await;
    // Not all of what the sitemap had when the watching began is older than that.
    assert!((24 * 60 - 40..24 * 60 + 40).contains(&items), "{items} of a day's");
    assert_eq!(world.notices().await.len(), 1, "{:?}", world.headlines().await);
}
