//! Access to feeds that are not for everybody: what their servers get to see, what nobody else does, and the way there.

use std::net::SocketAddr;

use crate::desk::{SCREEN, ask, config, feed, feed_report, headlines, once, rss};
use crate::support::binary::{Newswatch, Output};
use crate::support::certificate::Certificate;
use crate::support::feed_server::FeedServer;
use crate::support::http::Request;
use crate::support::reply::Reply;
use crate::support::tls_server::TlsServer;

/// Everything that a feed can be asked with, but for a proxy. The password is in a file, the key in a variable.
const ALL: &str = "user_agent = \"Reader/1 (x; y)\"\nheaders = { \"X-Api-Key\" = \"${API_KEY}\" }\n\
                   username = \"desk\"\npassword_file = \"password\"\ncookie_file = \"jar\"\n";
/// What may be seen by the server and by nobody else; the first is "desk:p:ss wörd" in base64.
const SECRETS: [&str; 6] = ["ZGVzazpwOnNzIHfDtnJk", "p:ss wörd", "k3y=\"1\"", "c00kie", "t0ken", "pr0xy"];

/// A server that all of loopback leads to: `127.0.0.2` is another host.
fn server() -> FeedServer {
    FeedServer::start_at("0.0.0.0:0".parse().unwrap())
}

fn at(address: SocketAddr, host: &str, path: &str) -> String {
    format!("http://{host}:{}{path}", address.port())
}

fn house(tables: &[&str]) -> Newswatch {
    let house = Newswatch::new(&config("", &[&[SCREEN], tables].concat()));
    house.write("password", "p:ss wörd\n");
    house.write(
        "jar",
        "# Netscape HTTP Cookie File\n\
         #HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\tid\tc00kie\n\
         127.0.0.1\tFALSE\t/feed\tFALSE\t4102444800\tlong\tc00kie=2\n\
         127.0.0.1\tFALSE\t/other\tFALSE\t0\tpath\tc00kie3\n\
         127.0.0.1\tFALSE\t/\tTRUE\t0\tsecure\tc00kie4\n\
         127.0.0.1\tFALSE\t/\tFALSE\t1\texpired\tc00kie5\n\
         localhost\tFALSE\t/\tFALSE\t0\thost\tc00kie6\n",
    );
    house
}

fn run(house: &Newswatch, code: i32) -> Output {
    let run = house.on_config("run").arg("--once").env("API_KEY", "k3y=\"1\"").env("NEWSWATCH_LOG", "trace");
    run.run().assert_code(code)
}

fn report(house: &Newswatch) -> Output {
    house.on_config("feeds").arg("--json").env("API_KEY", "k3y=\"1\"").run().assert_code(0)
}

/// The lines of a request's head that begin with this name, byte for byte.
fn lines(request: &Request, name: &str) -> Vec<String> {
    let head = String::from_utf8_lossy(&request.raw_head).into_owned();
    let named = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}: "));
    head.split("\r\n").filter(named).map(|line| line[name.len() + 2..].to_owned()).collect()
}

#[track_caller]
fn assert_silent(output: &Output) {
    for secret in SECRETS {
        assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{secret} in {output}");
    }
}

#[test]
fn what_is_configured_arrives_byte_for_byte_and_none_of_it_is_printed() {
    let server = FeedServer::start();
    server.set("/feed", Reply::ok(rss(&["Ship seen off Tartus"])).header("Set-Cookie", "taken=1; Path=/"));
    server.set("/token", Reply::status(403));
    let paid = feed(&server.url("/feed"), "1h") + ALL;
    let token = feed(&server.url("/token"), "1h") + "bearer = \"t0ken\"\n";
    let house = house(&[&paid, &token]);
    for _ in 0..2 {
        assert_silent(&run(&house, 0));
    }
    for request in server.requests_for("/feed") {
        assert_eq!(lines(&request, "user-agent"), ["Reader/1 (x; y)"]);
        assert_eq!(lines(&request, "x-api-key"), ["k3y=\"1\""]);
        assert_eq!(lines(&request, "authorization"), ["Basic ZGVzazpwOnNzIHfDtnJk"]);
        assert_eq!(lines(&request, "cookie"), ["long=c00kie=2; id=c00kie"]);
    }
    assert_eq!(lines(&server.requests_for("/token")[1], "authorization"), ["Bearer t0ken"]);
    assert_eq!(server.requests().len(), 4);
    let report = report(&house);
    assert!(report.stdout.contains("credentials are missing or refused"), "{report}");
    assert_silent(&report);
    let check = house.on_config("check").arg("--online").env("API_KEY", "k3y=\"1\"").run().assert_code(1);
    assert!(check.stdout.contains("well  feed: 1 item"), "{check}");
    assert_silent(&check);
}

#[test]
fn a_redirect_to_another_origin_takes_the_user_agent_along_and_nothing_else() {
    let (home, other) = (server(), server());
    let targets = [at(home.address(), "127.0.0.2", "/host"), at(other.address(), "127.0.0.1", "/port")];
    home.set("/feed/1", Reply::redirect(302, &targets[0]));
    home.set("/feed/2", Reply::redirect(301, &targets[1]));
    home.set("/host", Reply::redirect(302, &at(home.address(), "127.0.0.1", "/feed/back")));
    home.set("/feed/back", Reply::ok(rss(&["Nothing new"])));
    other.set("/port", Reply::ok(rss(&["Nothing newer"])));
    let feeds = ["/feed/1", "/feed/2"].map(|path| feed(&at(home.address(), "127.0.0.1", path), "1h") + ALL);
    run(&house(&[&feeds[0], &feeds[1]]), 0);
    let stranger = &home.requests_for("/host")[0];
    for name in ["x-api-key", "authorization", "cookie"] {
        assert_eq!(lines(stranger, name), Vec::<String>::new());
    }
    assert_eq!(lines(stranger, "user-agent"), ["Reader/1 (x; y)"]);
    // Cookies know no ports (RFC 6265, 8.5).
    let neighbour = &other.requests_for("/port")[0];
    assert_eq!((lines(neighbour, "x-api-key").len(), lines(neighbour, "authorization").len()), (0, 0));
    assert_eq!(lines(neighbour, "cookie"), ["id=c00kie"]);
    let back = &home.requests_for("/feed/back")[0];
    assert_eq!((lines(back, "x-api-key").len(), lines(back, "authorization").len()), (1, 1));
}

#[test]
fn a_user_in_the_url_goes_on_being_shown() {
    let server = FeedServer::start();
    server.set("/feed", Reply::ok(rss(&["Nothing new"])));
    let url = server.url("/feed").replace("http://", "http://desk:p%3Ass%20w%C3%B6rd@");
    let access = "user_agent = \"Reader/1\"\n";
    run(&house(&[&(feed(&url, "1h") + access)]), 0);
    assert_eq!(lines(&server.requests()[0], "authorization"), ["Basic ZGVzazpwOnNzIHfDtnJk"]);
}

#[test]
fn a_proxy_is_asked_in_the_place_of_the_server() {
    let (proxy, server) = (FeedServer::start(), FeedServer::start());
    // A name that nobody resolves: only the proxy is dialled.
    let url = "http://news.invalid/feed?x=1";
    proxy.set(url, Reply::ok(rss(&["Ship seen off Tartus"])));
    server.set("/plain", Reply::ok(rss(&["Nothing new"])));
    let address = proxy.address().to_string().replace("127.0.0.1", "localhost");
    let paid = feed(url, "1h") + ALL + &format!("proxy = \"http://me:pr0xy@{address}\"\n");
    let house = house(&[&paid, &feed(&server.url("/plain"), "1h")]);
    house.write("jar", "news.invalid\tFALSE\t/\tFALSE\t0\tid\tc00kie\n");
    // The proxy is the operator's choice, wherever it stands.
    let text = std::fs::read_to_string(house.config()).unwrap();
    let output = run(&house, 0);
    assert_eq!(headlines(&output.stdout).len(), 1, "{output}");
    assert_silent(&output);
    let [request] = &proxy.requests()[..] else { panic!("{:?}", proxy.requests()) };
    assert_eq!(request.target, url);
    assert_eq!(lines(request, "proxy-authorization"), ["Basic bWU6cHIweHk="]);
    assert_eq!(lines(request, "authorization"), ["Basic ZGVzazpwOnNzIHfDtnJk"]);
    assert_eq!(lines(request, "cookie"), ["id=c00kie"]);
    assert_eq!(server.requests().len(), 1, "other feeds go without it");
    house.write("newswatch.toml", text.replace("127.0.0.0/8", "127.9.0.0/16"));
    run(&house, 0);
    assert_eq!((proxy.requests().len(), server.requests().len()), (2, 1));
    // One that refuses, and one that is not there.
    proxy.set(url, Reply::status(407));
    assert_silent(&run(&house, 75));
    let report = report(&house);
    assert!(report.stdout.contains("the proxy answered 407"), "{report}");
    drop(proxy);
    assert_silent(&run(&house, 75));
}

#[test]
fn a_proxy_that_wants_to_know_who_asks_is_named_for_https_too() {
    let proxy = FeedServer::start();
    proxy.set("news.invalid:443", Reply::status(407));
    let access = format!("proxy = \"http://me:pr0xy@{}\"\nbearer = \"t0ken\"\n", proxy.address());
    let house = house(&[&(feed("https://news.invalid/feed", "1h") + &access)]);
    let output = run(&house, 75);
    assert_silent(&output);
    let [request] = &proxy.requests()[..] else { panic!("{:?}", proxy.requests()) };
    assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "news.invalid:443"));
    assert_eq!(lines(request, "proxy-authorization"), ["Basic bWU6cHIweHk="]);
    assert_eq!(lines(request, "authorization"), Vec::<String>::new());
    let report = report(&house);
    assert!(report.stdout.contains("the proxy answered 407"), "{report}");
}

#[test]
fn a_certificate_that_is_not_accepted_is_said_to_be() {
    let fresh = Certificate::new();
    let stale = Certificate::expired();
    let servers = [TlsServer::start(&fresh), TlsServer::start(&stale)];
    let feeds = servers.each_ref().map(|server| format!("https://localhost:{}/feed", server.address().port()));
    let elsewhere = feeds[0].replace("localhost", "127.0.0.2");
    let tables = [&feeds[0], &feeds[1], &elsewhere].map(|url| feed(url, "1h").replace("name = \"feed\"\n", ""));
    let house = house(&[&tables[0], &tables[1], &tables[2]]);
    let error = |url: &str| feed_report(&house, url)["last_error"].as_str().unwrap_or_default().to_owned();
    once(&house, 75);
    assert!(error(&feeds[0]).contains("issued by nobody whom this machine trusts"), "{:#}", ask(&house, "feeds"));
    house.write("ca.pem", format!("{}{}", fresh.ca_pem, stale.ca_pem));
    let run = house.on_config("run").arg("--once").env("SSL_CERT_FILE", house.path("ca.pem"));
    let output = run.run().assert_code(0);
    assert!(output.stderr.contains("class=\"certificate\""), "{output}");
    assert!(error(&feeds[1]).contains("it was valid until 2020-02-01 00:00 UTC"), "{}", error(&feeds[1]));
    assert!(error(&elsewhere).contains("it is not for 127.0.0.2"), "{}", error(&elsewhere));
    assert!(!error(&feeds[0]).contains("certificate"), "{}", error(&feeds[0]));
}
