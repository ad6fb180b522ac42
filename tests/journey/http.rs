//! Fetching as the protocol wants it: validators byte for byte, the headers of every request, encodings, trouble and
//! recovery, and a schedule that survives restarts.

use std::time::Duration;

use crate::desk::{SCREEN, config, daemon, feed, feed_report, headlines, once, rss, wait_for_requests};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::http::Request;
use crate::support::reply::{Encoding, Reply};

/// The values of a request's conditions, as bytes.
fn conditions(request: &Request) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let value = |name: &[u8]| {
        let mut lines = request.raw_head.split(|byte| *byte == b'\n');
        let line = lines.find(|line| line.to_ascii_lowercase().starts_with(name))?;
        Some(line[name.len()..].strip_suffix(b"\r").unwrap().to_vec())
    };
    (value(b"if-none-match: "), value(b"if-modified-since: "))
}

fn both(tag: &[u8], date: &[u8]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    (Some(tag.to_vec()), Some(date.to_vec()))
}

#[test]
fn validators_come_back_byte_for_byte_and_are_replaced_by_every_answer_that_carries_them() {
    let server = FeedServer::start();
    let body = rss(&["Nothing new"]);
    server.script(
        "/feed",
        [
            Reply::ok(body.clone()).etag("W/\"a b\u{e9}\"").last_modified("yesterday, about noon"),
            // The same body under a new tag, and the date is gone.
            Reply::ok(body).etag("no-quotes\"\\"),
            Reply::status(304).etag("\"C\"").last_modified("Thu, 12 Nov 2026 09:00:00 GMT"),
            // RFC 9111, 4.3.4: what a 304 does not carry stays.
            Reply::status(304).last_modified("Fri, 13 Nov 2026 09:00:00 GMT"),
            Reply::status(304),
        ],
    );
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    for _ in 0..6 {
        once(&house, 0);
    }
    let asked: Vec<_> = server.requests().iter().map(conditions).collect();
    let friday = both(b"\"C\"", b"Fri, 13 Nov 2026 09:00:00 GMT");
    let expected = [
        (None, None),
        both(b"W/\"a b\xe9\"", b"yesterday, about noon"),
        (Some(b"no-quotes\"\\".to_vec()), None),
        both(b"\"C\"", b"Thu, 12 Nov 2026 09:00:00 GMT"),
        friday.clone(),
        friday,
    ];
    assert_eq!(asked, expected);
    assert_eq!(feed_report(&house, "feed")["health"], "well");
}

#[test]
fn requests_say_who_asks_and_nothing_that_nobody_asked_for() {
    let server = FeedServer::start();
    let cookie = |reply: Reply| reply.header("Set-Cookie", "id=1; Path=/").etag("\"1\"");
    server.set("/from", cookie(Reply::redirect(302, "/to?x=%20y")));
    server.set("/to", cookie(Reply::ok(rss(&["Nothing new"]))));
    let contact = "contact = \"desk@example.org\"\n";
    let house = Newswatch::new(&(contact.to_owned() + &config("", &[SCREEN, &feed(&server.url("/from"), "1h")])));
    once(&house, 0);
    once(&house, 0);
    let targets: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/from", "/to?x=%20y", "/from", "/to?x=%20y"]);
    let agent = format!("newswatch/{} (+desk@example.org)", env!("CARGO_PKG_VERSION"));
    for request in server.requests() {
        assert_eq!(request.header("user-agent"), Some(agent.as_str()));
        let accept = request.header("accept").unwrap();
        for kind in ["application/atom+xml", "application/rss+xml", "application/feed+json", "*/*;q=0.1"] {
            assert!(accept.contains(kind), "{accept}");
        }
        assert_eq!(request.header("accept-encoding"), Some("gzip, br, zstd, deflate"));
        for unwanted in ["cookie", "referer", "origin", "authorization", "from"] {
            assert_eq!(request.header(unwanted), None, "{request:?}");
        }
    }
}

#[test]
fn every_encoding_is_read() {
    let server = FeedServer::start();
    let encodings =
        [Encoding::Gzip, Encoding::Brotli, Encoding::Zstd, Encoding::Deflate, Encoding::BareDeflate].into_iter();
    let mut tables = vec![SCREEN.to_owned()];
    for (number, encoding) in encodings.enumerate() {
        // Stories of their own: five titles that share but one word.
        let title = ["Tartus one", "Tartus zwei", "Tartus trois", "Tartus cuatro", "Tartus cinque"][number];
        server.set(&format!("/{number}"), Reply::ok(rss(&[title])).encoded(encoding));
        tables.push(feed(&server.url(&format!("/{number}")), "1h"));
    }
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let house = Newswatch::new(&config("", &tables));
    let output = once(&house, 0);
    for title in ["one", "zwei", "trois", "cuatro", "cinque"] {
        assert!(output.stdout.contains(&format!("Tartus {title}")), "{output}");
    }
}

#[test]
fn a_server_in_trouble_is_named_and_what_it_then_publishes_alerts() {
    let server = FeedServer::start();
    let report = rss(&["Ship seen off Tartus"]);
    server.script(
        "/feed",
        [Reply::status(500), Reply::ok(report.clone()).cut_after(40), Reply::hang_up(), Reply::ok(report)],
    );
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    for (failures, reason) in [(1, "answered 500"), (2, "broke off"), (3, "broke off")] {
        let output = once(&house, 75);
        assert!(output.stderr.contains("1 failed") && output.stdout.is_empty(), "{output}");
        let report = feed_report(&house, "feed");
        assert_eq!((&report["health"], &report["failures"]), (&"failing".into(), &failures.into()), "{report}");
        assert!(report["last_error"].as_str().unwrap().contains(reason), "{report}");
    }
    let output = once(&house, 0);
    assert_eq!(headlines(&output.stdout).len(), 1, "{output}");
    let report = feed_report(&house, "feed");
    assert_eq!((&report["health"], report["last_error"].as_str()), (&"well".into(), None));
}

#[test]
fn a_feed_that_is_gone_is_told_of_once_and_asked_no_more() {
    let server = FeedServer::start();
    server.set("/gone", Reply::status(410));
    server.set("/there", Reply::ok(rss(&["Nothing new"])));
    let feeds = [feed(&server.url("/gone"), "1h"), feed(&server.url("/there"), "1h")];
    let house = Newswatch::new(&config("", &[SCREEN, &feeds[0], &feeds[1]]));
    let output = once(&house, 0);
    let told = headlines(&output.stdout);
    assert!(told.len() == 1 && told[0].starts_with("[newswatch]") && told[0].contains("“gone” is gone"), "{output}");
    assert!(output.stdout.contains(&server.url("/gone")), "{output}");
    assert_eq!(once(&house, 0).stdout, "");
    let asked = |path: &str| server.requests_for(path).len();
    assert_eq!((asked("/gone"), asked("/there")), (1, 2));
    assert_eq!(feed_report(&house, "gone")["health"], "gone");
}

#[test]
fn restarts_make_no_request_early_and_none_unconditional() {
    let server = FeedServer::start();
    server.feed("/hourly", rss(&["Nothing new"]));
    server.feed("/often", rss(&["Nothing newer"]));
    let feeds = [feed(&server.url("/hourly"), "1h"), feed(&server.url("/often"), "1s")];
    let house = Newswatch::new(&config("", &[SCREEN, &feeds[0], &feeds[1]]));
    for start in 1..=6 {
        let daemon = daemon(&house);
        wait_for_requests(&server, "/often", start);
        daemon.signal(if start % 2 == 0 { Signal::Int } else { Signal::Term });
        daemon.wait_exit(SOON).assert_code(0);
    }
    assert_eq!(server.requests_for("/hourly").len(), 1);
    let often = server.requests_for("/often");
    assert!(often[1..].iter().all(|request| conditions(request).0.is_some()), "{often:?}");
    for pair in often.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1), "{pair:?}");
    }
}
