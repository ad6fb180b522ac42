//! Courtesy to hosts: one request at a time and in order, a gap in between, and peace for a host that asks for it.

use std::time::Duration;

use crate::desk::{SCREEN, config, daemon, feed, feed_report, once, rss, wait_for_requests};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;

/// A server that all of loopback leads to, so that a test has hosts by name of address.
fn server() -> FeedServer {
    FeedServer::start_at("0.0.0.0:0".parse().unwrap())
}

fn at(server: &FeedServer, host: &str, path: &str) -> String {
    format!("http://{host}:{}{path}", server.address().port())
}

fn paths(server: &FeedServer) -> Vec<String> {
    server.requests().into_iter().map(|request| request.target).collect()
}

#[test]
fn a_host_is_asked_one_thing_at_a_time_in_order_and_with_a_gap() {
    let server = FeedServer::start();
    let names: Vec<String> = (0..6).map(|number| format!("/{number}")).collect();
    let mut tables = vec![SCREEN.to_owned()];
    for name in &names {
        server.set(name, Reply::ok(rss(&["Nothing new"])).dribbled(40, Duration::from_millis(5)));
        tables.push(feed(&server.url(name), "1h"));
    }
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let text = config("", &tables).replace("host_gap = \"0s\"", "host_gap = \"150ms\"");
    let house = Newswatch::new(&text);
    once(&house, 0);
    assert_eq!((server.most_in_flight(), paths(&server)), (1, names));
    for pair in server.requests().windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(150), "{pair:?}");
    }
}

#[test]
fn hosts_are_asked_side_by_side() {
    let server = server();
    server.set("/silent", Reply::hang());
    server.set("/other", Reply::ok(rss(&["Ship seen off Tartus"])));
    let feeds = [feed(&at(&server, "127.0.0.1", "/silent"), "1h"), feed(&at(&server, "127.0.0.2", "/other"), "1h")];
    let house = Newswatch::new(&config("", &[SCREEN, &feeds[0], &feeds[1]]));
    let daemon = daemon(&house);
    wait_for_requests(&server, "/silent", 1);
    daemon.wait_for_stdout("the other host's alert", SOON, |line| line.contains("Ship seen"));
    assert!(!daemon.stderr().iter().any(|line| line.contains("poll failed")), "{:?}", daemon.stderr());
    // Nor does the silent one hold up the end.
    daemon.signal(Signal::Term);
    daemon.wait_exit(Duration::from_secs(8)).assert_code(0);
}

#[test]
fn a_host_that_asks_for_peace_has_it_from_all_its_feeds_also_after_a_restart() {
    for (status, retry_after) in [(503, Some("3600")), (429, Some("7200")), (503, None)] {
        let server = server();
        let busy = Reply::status(status);
        server.set("/a", retry_after.map_or(busy.clone(), |seconds| busy.retry_after(seconds)));
        for path in ["/b", "/c", "/elsewhere"] {
            server.set(path, Reply::ok(rss(&["Nothing new"])));
        }
        let feeds = [("127.0.0.1", "/a"), ("127.0.0.1", "/b"), ("127.0.0.1", "/c"), ("127.0.0.2", "/elsewhere")]
            .map(|(host, path)| feed(&at(&server, host, path), "10s"));
        let mut tables = vec![SCREEN];
        tables.extend(feeds.iter().map(String::as_str));
        let house = Newswatch::new(&config("", &tables));

        let output = once(&house, 0);
        let mut asked = paths(&server);
        asked.sort();
        assert_eq!(asked, ["/a", "/elsewhere"], "{output}");
        assert!(output.stderr.contains("polled 2 feeds, 1 failed; 2 feeds not asked: hosts want peace"), "{output}");
        let report = feed_report(&house, "a");
        let expected = format!("the server asks to come back later ({status})");
        assert_eq!(report["last_error"], expected.as_str());

        once(&house, 0);
        let daemon = daemon(&house);
        wait_for_requests(&server, "/elsewhere", 2);
        daemon.signal(Signal::Term);
        daemon.wait_exit(SOON).assert_code(0);
        assert!(!paths(&server).iter().any(|path| path == "/b" || path == "/c"), "{:?}", paths(&server));
        assert_eq!(server.requests_for("/a").len(), 1, "{status} {retry_after:?}");
    }
}
