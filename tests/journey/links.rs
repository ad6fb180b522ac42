//! Links in alerts: who reads one can act on it, and nobody else.

use std::net::TcpListener;

use url::Url;

use crate::desk::{KEY, ask, config, daemon, feed, item, rss, webhook};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::call::{Answer, call};
use crate::support::feed_server::FeedServer;
use crate::support::webhook_receiver::WebhookReceiver;

fn get(url: &str) -> Answer {
    call("GET", &Url::parse(url).unwrap(), &[], b"").unwrap()
}

fn press(url: &str, button: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    call("POST", &Url::parse(url).unwrap(), &headers, format!("do={button}").as_bytes()).unwrap()
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

#[test]
fn a_link_shows_a_page_whose_buttons_act_and_no_other_link_does() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let title = "Ship seen off Tartus &lt;script&gt;alert(1)&lt;/script&gt;";
    server.feed("/feed", format!("<rss version=\"2.0\"><channel><title>N</title>{}</channel></rss>", item(title, "")));
    // Free a moment ago; whoever takes it in between makes this test fail to bind.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let links = format!("[links]\nurl = \"http://{port}/alert\"\nlisten = \"{port}\"\n");
    let house =
        Newswatch::new(&config("", &[&webhook("desk", &receiver.url()), &feed(&server.url("/feed"), "1h"), &links]));
    let running = daemon(&house);
    receiver.wait_for_deliveries(1, SOON);
    let page = receiver.attempts()[0].body["data"]["page"].as_str().unwrap().to_owned();
    let shown = get(&page);
    assert_eq!(shown.status, 200);
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!text(&shown).contains("<script") && text(&shown).contains("Ship seen off Tartus"), "{}", text(&shown));
    assert_eq!(ask(&house, "alerts")["label"], serde_json::Value::Null, "looking changes nothing");

    assert!(text(&press(&page, "noise")).contains("that is remembered"));
    assert_eq!(ask(&house, "alerts")["label"], "noise");
    assert!(text(&press(&page, "ack")).contains("Acknowledged"));
    assert!(text(&press(&page, "silence")).contains("Silenced until"));
    let silences = house.newswatch().args(["silence", "list"]).arg(house.config()).run().assert_code(0);
    assert!(silences.stdout.contains("story="), "{silences}");

    let mut forged = page.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    assert_eq!((get(&forged).status, press(&forged, "ack").status), (404, 404));
    assert_eq!(get(&format!("http://{port}/alert/")).status, 404);
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
    // The key is kept: the same link is good after a restart.
    server.feed("/feed", rss(&["Nothing at all"]));
    let running = daemon(&house);
    running.wait_for_stderr("the start", SOON, |line| line.contains("watching"));
    assert_eq!(get(&page).status, 200);
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
}
