//! Documents that are made to break what reads them: each is an error with a name, and costs little memory.

use std::io::Write;

use crate::desk::{SCREEN, config, daemon, feed, feed_report, rss, wait_for_requests};
use crate::support::SOON;
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;

/// More memory than a daemon with harmless feeds takes, in KiB; the limit on a body is 10 MiB, and it is there packed,
/// unpacked and as text.
const MAX_MORE_KIB: u64 = 64 << 10;

/// A gigabyte of blanks: gzip members, one after the other, unpack as one.
fn gzip_bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 8 << 20]).unwrap();
    encoder.finish().unwrap().repeat(128)
}

/// A gigabyte of blanks in zstd frames.
fn zstd_bomb() -> Vec<u8> {
    zstd::encode_all(&vec![b' '; 8 << 20][..], 3).unwrap().repeat(128)
}

fn brotli_bomb() -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4_096, 2, 22);
    for _ in 0..32 {
        encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    encoder.into_inner()
}

/// Ten levels of ten: a thousand million times `ha`.
fn laughs() -> String {
    let mut dtd = "<!ENTITY l0 \"ha\">".to_owned();
    for level in 1..10 {
        dtd += &format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10));
    }
    format!("<!DOCTYPE rss [{dtd}<!ENTITY f SYSTEM \"file:///etc/hostname\">]>{}", rss(&["&l9; &f; Tartus"]))
}

/// The most memory that the process ever had, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A daemon that has polled all these once, one after the other; its peak, and what it says of each.
fn polled(replies: &[(&str, Reply)]) -> (u64, Vec<serde_json::Value>) {
    let server = FeedServer::start();
    let mut tables = vec![SCREEN.to_owned()];
    for (name, reply) in replies {
        server.set(&format!("/{name}"), reply.clone());
        tables.push(feed(&server.url(&format!("/{name}")), "1h"));
    }
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let house = Newswatch::new(&config("max_in_flight = 1", &tables));
    let running = daemon(&house);
    for (name, _) in replies {
        wait_for_requests(&server, &format!("/{name}"), 1);
        // The answer is dealt with when the daemon reports it.
        let begun = std::time::Instant::now();
        while feed_report(&house, name)["health"] == "never polled" {
            assert!(begun.elapsed() < SOON, "{name}");
        }
    }
    let reports = replies.iter().map(|(name, _)| feed_report(&house, name)).collect();
    (peak_kib(running.id()), reports)
}

#[test]
fn bombs_and_floods_are_errors_with_a_name_and_cost_little_memory() {
    let long = "x".repeat(1 << 20);
    let nested = format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(100_000));
    let bombs = [
        ("gzip", Reply::ok(gzip_bomb()).header("Content-Encoding", "gzip"), "than"),
        ("zstd", Reply::ok(zstd_bomb()).header("Content-Encoding", "zstd"), "than"),
        ("brotli", Reply::ok(brotli_bomb()).header("Content-Encoding", "br"), "than"),
        ("plain", Reply::ok(vec![b' '; 11 << 20]), "longer than 10485760 bytes"),
        ("header", Reply::ok(rss(&["a"])).header("X-Long", &long), "broke off"),
        ("flood", Reply::ok(format!("<rss version=\"2.0\"><channel>{}", "<item/>".repeat(1 << 20))), "items"),
        ("deep", Reply::ok(nested), "nested deeper than 64"),
    ];
    let control: Vec<(&str, Reply)> = bombs.iter().map(|(name, _, _)| (*name, Reply::ok(rss(&["a"])))).collect();
    let (harmless, _) = polled(&control);
    let replies: Vec<(&str, Reply)> = bombs.iter().map(|(name, reply, _)| (*name, reply.clone())).collect();
    let (peak, reports) = polled(&replies);
    for ((name, _, why), report) in bombs.iter().zip(&reports) {
        assert_eq!(report["health"], "failing", "{name}: {report}");
        assert!(report["last_error"].as_str().unwrap().contains(why), "{name}: {report}");
    }
    assert!(peak < harmless + MAX_MORE_KIB, "{peak} KiB where harmless feeds take {harmless}");
}

#[test]
fn entities_expand_to_nothing_and_the_item_is_still_read() {
    let (_, reports) = polled(&[("laughs", Reply::ok(laughs()))]);
    assert_eq!(reports[0]["health"], "well", "{}", reports[0]);
}
