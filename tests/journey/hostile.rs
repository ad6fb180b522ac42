//! Servers that mean no good, or cannot help it: redirects to where a feed cannot be, addresses behind the firewall,
//! bodies without an end.

use std::time::Duration;

use crate::desk::{SCREEN, config, feed, feed_report, headlines, once, rss};
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::reply::{Encoding, Reply};

/// What `feeds` says of a feed that failed.
#[track_caller]
fn error_of(house: &Newswatch, name: &str) -> String {
    let report = feed_report(house, name);
    assert_eq!(report["health"], "failing", "{report}");
    report["last_error"].as_str().unwrap().to_owned()
}

/// A house that watches these paths of the server.
fn house_of(server: &FeedServer, fetch: &str, paths: &[&str]) -> Newswatch {
    let mut tables = vec![SCREEN.to_owned()];
    tables.extend(paths.iter().map(|path| feed(&server.url(path), "1h")));
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    Newswatch::new(&config(fetch, &tables))
}

#[test]
fn redirects_are_followed_as_far_as_is_sound() {
    let server = FeedServer::start();
    server.set("/dir/relative", Reply::redirect(301, "../target?a=1#part"));
    server.set("/absolute", Reply::redirect(308, &server.url("/dir/relative")));
    server.set("/target", Reply::ok(rss(&["Ship seen off Tartus"])));
    server.set("/loop", Reply::redirect(302, "/loop"));
    server.set("/nowhere", Reply::status(307));
    server.set("/file", Reply::redirect(302, "file:///etc/hostname"));
    server.set("/ftp", Reply::redirect(302, "ftp://127.0.0.1/feed"));
    server.set("/data", Reply::redirect(302, "data:text/xml,<rss/>"));
    let house = house_of(&server, "", &["/absolute", "/loop", "/nowhere", "/file", "/ftp", "/data"]);
    let output = once(&house, 0);
    assert_eq!(headlines(&output.stdout).len(), 1, "{output}");
    assert_eq!(feed_report(&house, "absolute")["health"], "well");
    assert_eq!(server.requests_for("/loop").len(), 6, "the first and five more");
    assert_eq!(error_of(&house, "loop"), "redirected more than 5 times");
    assert!(error_of(&house, "nowhere").contains("no Location"));
    for scheme in ["file", "ftp", "data"] {
        assert_eq!(error_of(&house, scheme), format!("redirected to a {scheme} URL, which is not fetched"));
    }
}

#[test]
fn addresses_behind_the_firewall_are_not_dialled_by_whatever_way_they_come() {
    let server = FeedServer::start_at("0.0.0.0:0".parse().unwrap());
    let port = server.address().port();
    let at = |host: &str| format!("http://{host}:{port}/inside");
    server.set("/inside", Reply::ok(rss(&["Ship seen off Tartus"])));
    server.set("/to-address", Reply::redirect(302, &at("127.0.0.1")));
    server.set("/to-name", Reply::redirect(302, &at("localhost")));
    server.set("/to-number", Reply::redirect(302, &at("2130706433")));
    server.set("/to-mapped", Reply::redirect(302, &at("[::ffff:127.0.0.1]")));
    let ways = ["/to-address", "/to-name", "/to-number", "/to-mapped"];
    let mut feeds: Vec<String> =
        ways.iter().map(|path| feed(&format!("http://127.0.0.2:{port}{path}"), "1h")).collect();
    feeds.extend(
        ["localhost", "127.0.0.1", "[::1]"]
            .map(|host| feed(&at(host), "1h").replace("inside\"\nu", &format!("{host}\"\nu"))),
    );
    let mut tables = vec![SCREEN];
    tables.extend(feeds.iter().map(String::as_str));
    // Of loopback only the outside of this test's firewall.
    let house = Newswatch::new(&config("", &tables).replace("127.0.0.0/8", "127.0.0.2/32"));
    let output = once(&house, 75);
    assert_eq!(output.stdout, "", "{output}");
    assert_eq!(server.requests_for("/inside").len(), 0);
    assert_eq!(server.requests().len(), ways.len(), "the redirects themselves");
    for name in ["to-address", "to-name", "to-number", "to-mapped", "localhost", "127.0.0.1", "[::1]"] {
        assert!(error_of(&house, name).contains("is not a public address"), "{name}");
    }
}

#[test]
fn a_name_that_leads_inside_is_dialled_where_that_is_allowed() {
    let server = FeedServer::start();
    server.set("/feed", Reply::ok(rss(&["Ship seen off Tartus"])));
    let url = format!("http://localhost:{}/feed", server.address().port());
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&url, "1h")]));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 1);
}

#[test]
fn what_is_too_slow_too_long_or_without_end_is_given_up_and_costs_nobody_else() {
    let server = FeedServer::start();
    let padding = format!("<!--{}-->", "x".repeat(200_000));
    server.set("/slow", Reply::ok(rss(&["Tartus"])).dribbled(1, Duration::from_millis(100)));
    server.set("/silent", Reply::hang());
    server.set("/long", Reply::ok(padding.clone()));
    server.set("/endless", Reply::ok("<rss>".repeat(1_000)).endless());
    server.set("/packed", Reply::ok(padding.clone()).encoded(Encoding::Brotli));
    server.set("/bomb", Reply::ok(" ".repeat(4 << 20)).encoded(Encoding::Gzip));
    server.set("/garbled", Reply::ok("no gzip at all").header("Content-Encoding", "gzip"));
    server.set("/odd", Reply::ok("?").header("Content-Encoding", "compress"));
    server.set("/well", Reply::ok(rss(&["Ship seen off Tartus"])));
    let paths = ["/slow", "/silent", "/long", "/endless", "/packed", "/bomb", "/garbled", "/odd", "/well"];
    let house = house_of(&server, "total_timeout = \"1s\"\nmax_body = \"100KiB\"", &paths);
    let output = once(&house, 0);
    assert_eq!(headlines(&output.stdout).len(), 1, "{output}");
    for slow in ["slow", "silent"] {
        assert_eq!(error_of(&house, slow), "no complete answer within 1 s");
    }
    for long in ["long", "endless", "packed", "bomb"] {
        assert_eq!(error_of(&house, long), "the answer is longer than 102400 bytes");
    }
    for broken in ["garbled", "odd"] {
        assert!(error_of(&house, broken).starts_with("the answer cannot be decoded"), "{broken}");
    }
}
