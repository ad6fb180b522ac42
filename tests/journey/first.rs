//! The first poll of a feed and the last attempt at a target.

use crate::desk::{KEY, SCREEN, config, daemon, feed, headlines, item, once, rows, rss, webhook};
use crate::support::SOON;
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;

/// Titles that are stories of their own.
const TOWNS: [&str; 7] = ["Aleppo", "Homs", "Latakia", "Idlib", "Hama", "Palmyra", "Raqqa"];

fn report(town: &str) -> String {
    format!("{town} wakes, {town} waits, {town} writes to Tartus")
}

#[test]
fn a_feed_that_is_full_of_it_begins_with_one_summary_and_goes_on_one_by_one() {
    let server = FeedServer::start();
    let mut titles: Vec<String> = TOWNS.iter().map(|town| report(town)).collect();
    server.feed("/feed", rss(&titles));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let output = once(&house, 0);
    let told = headlines(&output.stdout);
    assert!(told.len() == 1 && told[0].contains("“feed” already holds 7 items"), "{output}");
    for title in &titles {
        assert!(output.stdout.contains(title.as_str()), "{title} in {output}");
    }
    titles.insert(0, report("Damascus"));
    server.feed("/feed", rss(&titles));
    let told = headlines(&once(&house, 0).stdout);
    assert!(told.len() == 1 && told[0].contains("Damascus wakes"), "{told:?}");
}

#[test]
fn what_a_feed_held_before_is_no_news_and_what_came_since_is() {
    let server = FeedServer::start();
    let dated = |hours: i64, title: &str| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        item(title, "").replace("Fri, 13 Nov 2026 09:30:00 +0000", &date)
    };
    let undated = "<item><title>Some day in Tartus</title></item>";
    let items = [dated(23, &report("Homs")), dated(25, &report("Hama")), undated.to_owned()].concat();
    server.feed("/feed", rss::<&str>(&[]).replace("</channel>", &format!("{items}</channel>")));
    let text = config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]).replace("lookback = \"3650d\"\n", "");
    let house = Newswatch::new(&text);
    let told = headlines(&once(&house, 0).stdout);
    assert!(told.len() == 1 && told[0].contains("Homs wakes"), "{told:?}");
    let old = house.on_config("explain").arg(report("Hama")).run().assert_code(0);
    assert!(old.stdout.contains("the feed already held it at its first poll"), "{old}");

    // Later polls know what is new by its keys: an old date is no reason to keep quiet.
    let items = items + "<item><title>Late and undated from Tartus</title></item>" + &dated(400, &report("Raqqa"));
    server.feed("/feed", rss::<&str>(&[]).replace("</channel>", &format!("{items}</channel>")));
    assert_eq!(headlines(&once(&house, 0).stdout).len(), 2);
}

#[test]
fn a_delivery_is_given_up_at_its_deadline_and_not_before_a_last_attempt() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    receiver.then(Reply::status(500));
    let desk = webhook("desk", &receiver.url()) + "deadline = \"1s\"\n";
    let house = Newswatch::new(&config("", &[&desk, SCREEN, &feed(&server.url("/feed"), "1h")]));
    let running = daemon(&house);
    running.wait_for_stdout("the notice", SOON, |line| line.contains("did not reach the target “desk”"));
    assert_eq!(receiver.attempts().len(), 2);
    let dead = rows(&house, "dead");
    assert_eq!(dead[0]["reason"], "not accepted before its deadline, last: the receiver answered 500");
    assert_eq!(dead[0]["delivery"]["attempts"], 2);
}
