//! The feed server, asked by a client that knows no more than sockets.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::Wire;
use crate::support::SOON;
use crate::support::feed_server::FeedServer;
use crate::support::journal::Journal;
use crate::support::reply::{Encoding, Reply};

#[test]
fn validators_are_compared_byte_for_byte() {
    let server = FeedServer::start();
    let date = "Wed, 27 Nov 2024 06:00:00 GMT";
    server
        .set("/feed", Reply::ok("<rss/>").etag("W/\"a b\"").last_modified(date).header("Cache-Control", "max-age=60"));
    let mut wire = Wire::to(server.address());

    let (head, body) = wire.get("/feed", "");
    assert_eq!((head.code(), body.as_slice(), head.value("ETag")), (200, &b"<rss/>"[..], Some("W/\"a b\"")));
    let (head, _) = wire.get("/feed", "\r\nIf-None-Match: W/\"a b\"");
    assert_eq!((head.code(), head.value("Cache-Control")), (304, Some("max-age=60")));
    assert_eq!(wire.get("/feed", "\r\nIf-None-Match: \"a b\"").0.code(), 200, "a tag without its W/");
    assert_eq!(wire.get("/feed", &format!("\r\nIf-Modified-Since: {date}")).0.code(), 304);
    let stale_tag = format!("\r\nIf-None-Match: \"x\"\r\nIf-Modified-Since: {date}");
    assert_eq!(wire.get("/feed", &stale_tag).0.code(), 200, "the tag decides alone");

    let requests = server.wait_for("five requests", SOON, |requests| requests.len() == 5);
    assert_eq!(requests[1].header("if-none-match"), Some("W/\"a b\""));
    assert!(requests[1].raw_head.starts_with(b"GET /feed HTTP/1.1\r\nIf-None-Match: W/\"a b\"\r\n"));
}

#[test]
fn a_feed_can_be_replaced_and_has_new_validators_then() {
    let server = FeedServer::start();
    let mut wire = Wire::to(server.address());
    server.feed("/feed", "old");
    let (old, _) = wire.get("/feed", "");
    server.feed("/feed", "new");
    let (new, body) = wire.get("/feed", &format!("\r\nIf-None-Match: {}", old.value("ETag").unwrap()));
    assert_eq!((new.code(), body.as_slice()), (200, &b"new"[..]));
    assert_ne!(old.value("Last-Modified"), new.value("Last-Modified"));
    assert_eq!(wire.get("/feed?page=2", "").1, b"new", "the path counts where the query is not scripted");
    assert_eq!(wire.get("/other", "").0.code(), 404);
}

#[test]
fn a_script_goes_on_and_its_last_step_stays() {
    let server = FeedServer::start();
    let moved = Reply::redirect(301, "/there");
    server.script("/", [Reply::status(500), Reply::status(503).retry_after("120"), moved]);
    let mut wire = Wire::to(server.address());
    assert_eq!(wire.get("/", "").0.code(), 500);
    assert_eq!(wire.get("/", "").0.value("Retry-After"), Some("120"));
    for _ in 0..2 {
        assert_eq!(wire.get("/", "").0.value("Location"), Some("/there"));
    }
}

#[test]
fn every_encoding_can_be_decoded() {
    let server = FeedServer::start();
    let mut wire = Wire::to(server.address());
    let text = "Tartus ".repeat(500);
    let all = [Encoding::Gzip, Encoding::Deflate, Encoding::BareDeflate, Encoding::Brotli, Encoding::Zstd];
    for encoding in all {
        server.set("/feed", Reply::ok(text.clone()).encoded(encoding));
        let (head, body) = wire.get("/feed", "");
        let (name, decoded) = decode(&body, encoding);
        assert_eq!(head.value("Content-Encoding"), Some(name));
        assert!(body.len() < text.len() / 10 && decoded == text, "{encoding:?}");
    }
}

fn decode(body: &[u8], encoding: Encoding) -> (&'static str, String) {
    let mut text = String::new();
    let (name, mut reader): (_, Box<dyn Read + '_>) = match encoding {
        Encoding::Gzip => ("gzip", Box::new(flate2::read::GzDecoder::new(body))),
        Encoding::Deflate => ("deflate", Box::new(flate2::read::ZlibDecoder::new(body))),
        Encoding::BareDeflate => ("deflate", Box::new(flate2::read::DeflateDecoder::new(body))),
        Encoding::Brotli => ("br", Box::new(brotli::Decompressor::new(body, 4096))),
        Encoding::Zstd => ("zstd", Box::new(zstd::Decoder::new(body).unwrap())),
    };
    reader.read_to_string(&mut text).unwrap();
    (name, text)
}

#[test]
fn bodies_travel_badly_when_told_to() {
    let server = FeedServer::start();
    server.set("/slow", Reply::ok("12345").dribbled(1, Duration::from_millis(20)));
    server.set("/cut", Reply::ok("12345").cut_after(3));
    server.set("/hang-up", Reply::hang_up());
    server.set("/endless", Reply::ok("x".repeat(1000)).endless());
    server.set("/silent", Reply::hang());

    let start = Instant::now();
    assert_eq!(Wire::to(server.address()).get("/slow", "").1, b"12345");
    assert!(start.elapsed() >= Duration::from_millis(100));

    let mut wire = Wire::to(server.address());
    assert_eq!(wire.ask("GET /cut HTTP/1.1", "").value("Content-Length"), Some("5"));
    assert_eq!((wire.line().as_str(), wire.is_over()), ("123", true));

    let mut wire = Wire::to(server.address());
    wire.send("GET /hang-up HTTP/1.1\r\n\r\n");
    assert_eq!(wire.line(), "");

    let mut endless = Wire::to(server.address());
    assert_eq!(endless.ask("GET /endless HTTP/1.1", "").value("Transfer-Encoding"), Some("chunked"));
    endless.0.read_exact(&mut vec![0; 5_000_000]).unwrap();

    let mut silent = Wire::to(server.address());
    silent.send("GET /silent HTTP/1.1\r\n\r\n");
    server.wait_for("the silent one", SOON, |requests| requests.iter().any(|r| r.path() == "/silent"));
    assert_eq!(server.most_in_flight(), 2, "the endless and the silent one");
    drop(server);
    assert!(silent.is_over(), "a server that stops lets go of everyone");
}

#[test]
fn hooks_run_around_the_answer() {
    let server = FeedServer::start();
    server.feed("/feed", "body");
    let seen = Arc::<Journal<String>>::default();
    let note = |what: &'static str| {
        let seen = Arc::clone(&seen);
        move |request: &crate::support::http::Request| seen.push(format!("{what} {}", request.path()))
    };
    server.on_request("/feed", note("received"));
    server.on_response("/feed", note("answered"));
    Wire::to(server.address()).get("/feed", "");
    let seen = seen.wait_for("both hooks", SOON, |seen| seen.len() == 2);
    assert_eq!(seen, ["received /feed", "answered /feed"]);
}

#[test]
fn a_server_can_come_back_where_it_was() {
    let first = FeedServer::start();
    let address = first.address();
    drop(first);
    assert!(std::net::TcpStream::connect(address).is_err());
    let second = FeedServer::start_at(address);
    second.feed("/", "back");
    assert_eq!(Wire::to(address).get("/", "").1, b"back");
}
