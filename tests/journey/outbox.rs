//! The queue: looked at, tried again, given up and taken along, by way of the daemon and on the store itself.

use serde_json::Value;

use crate::desk::{KEY, SCREEN, ask, config, daemon, feed, once, rows, rss, webhook};
use crate::support::SOON;
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;

fn outbox(house: &Newswatch, arguments: &[&str]) -> Output {
    let (command, rest) = arguments.split_first().unwrap();
    house.newswatch().args(["outbox", command]).arg(house.config()).args(rest).env("USER", "ada").run()
}

/// A house with one alert of which a delivery waits at `late` and one is dead at `closed`.
fn house(server: &FeedServer, late: &WebhookReceiver, closed: &WebhookReceiver) -> Newswatch {
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    late.then(Reply::status(503).retry_after("3600"));
    closed.script([Reply::status(410)]);
    let tables = [
        SCREEN.to_owned(),
        webhook("late", &late.url()),
        webhook("closed", &closed.url()),
        format!("{}\n", feed(&server.url("/feed"), "1h")),
    ];
    let house =
        Newswatch::new(&format!("owner = [\"screen\"]\n{}", config("", &tables.each_ref().map(String::as_str))));
    once(&house, 75);
    house
}

fn one(house: &Newswatch, state: &str) -> Value {
    let mut rows = rows(house, state);
    assert_eq!(rows.len(), 1, "{state}: {rows:#?}");
    rows.remove(0)
}

#[test]
fn a_dead_letter_is_sent_after_all_and_what_waits_at_once() {
    let server = FeedServer::start();
    let (late, closed) = (WebhookReceiver::start(&[KEY]), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &late, &closed);
    let (waiting, dead) = (one(&house, "waiting"), one(&house, "dead"));
    assert_eq!((&waiting["watch"], &waiting["headline"]), (&"tartus".into(), &"Ship seen off Tartus".into()));
    let id = dead["delivery"]["id"].as_str().unwrap().to_owned();
    let text = house.on_config("outbox").run().assert_code(0).stdout;
    assert!(text.contains("[tartus] Ship seen off Tartus") && text.contains("closed: dead letter since"), "{text}");
    assert!(text.contains("late: waiting, next attempt ") && text.contains(&id), "{text}");
    let only = house.on_config("outbox").args(["--state", "dead", "--target", "closed"]).run().assert_code(0).stdout;
    assert!(only.starts_with("0 waiting, 1 dead letter\n") && !only.contains("late"), "{only}");

    let running = daemon(&house);
    late.then(Reply::status(204));
    let retried = outbox(&house, &["retry", &id[..12]]).assert_code(0);
    assert!(retried.stderr.contains("to closed is due at once"), "{retried}");
    let accepted = closed.wait_for_deliveries(1, SOON);
    assert_eq!(accepted[0].id, id, "the same id as before");
    outbox(&house, &["retry", waiting["alert"].as_str().unwrap()]).assert_code(0);
    assert_eq!(late.wait_for_deliveries(1, SOON)[0].id, waiting["id"].as_str().unwrap());
    running.wait_for_stderr("the record", SOON, |line| line.contains("accepted target=late"));
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
    let rest = ask(&house, "outbox");
    assert_eq!((&rest["waiting"], &rest["sending"], &rest["dead"]), (&0.into(), &0.into(), &0.into()), "{rest:#}");
    let nothing = outbox(&house, &["retry", &id]).assert_code(1);
    assert!(nothing.stderr.contains("no delivery of the queue"), "{nothing}");
    outbox(&house, &["retry", "--all-dead"]).assert_code(0);
}

#[test]
fn what_is_dropped_is_a_dead_letter_that_says_who_and_why() {
    let server = FeedServer::start();
    let (late, closed) = (WebhookReceiver::start(&[KEY]), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &late, &closed);
    let waiting = one(&house, "waiting")["id"].as_str().unwrap().to_owned();
    let unsaid = house.newswatch().args(["outbox", "drop"]).arg(house.config()).arg(&waiting).run().assert_code(2);
    assert!(unsaid.stderr.contains("--why"), "{unsaid}");
    outbox(&house, &["drop", &waiting, "--why", " "]).assert_code(2);
    let dropped = outbox(&house, &["drop", &waiting, "--why", "the story is over"]).assert_code(0);
    assert!(dropped.stderr.contains("dropped by ada: the story is over"), "{dropped}");
    assert!(rows(&house, "waiting").is_empty());
    let dead = rows(&house, "dead");
    assert!(dead.iter().any(|row| row["reason"] == "dropped by ada: the story is over"), "{dead:#?}");
    let again = outbox(&house, &["drop", &waiting, "--why", "twice"]).assert_code(1);
    assert!(again.stderr.contains("it is a dead letter already"), "{again}");

    late.then(Reply::status(204));
    let all = outbox(&house, &["retry", "--all-dead", "--target", "late"]).assert_code(0);
    assert!(all.stderr.contains("to late is due") && !all.stderr.contains("closed"), "{all}");
    once(&house, 0);
    assert_eq!(late.deliveries().len(), 1);
    for (arguments, why) in [
        (&["retry"][..], "an id is missing"),
        (&["retry", "--all-dead", "abc"], "in place of ids"),
        (&["drop", "x", "--why", "no id"], "no delivery of the queue"),
    ] {
        let output = outbox(&house, arguments);
        assert!(output.code() != Some(0) && output.stderr.contains(why), "{output}");
    }
}

#[test]
fn what_is_being_sent_shows_and_is_left_to_its_sender() {
    let server = FeedServer::start();
    let hook = WebhookReceiver::start(&[KEY]);
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    hook.then(Reply::hang());
    let tables = [webhook("hook", &hook.url()), feed(&server.url("/feed"), "1h")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    let _running = daemon(&house);
    hook.wait_for("an attempt", SOON, |attempts| !attempts.is_empty());
    let sending = one(&house, "sending");
    let id = sending["id"].as_str().unwrap();
    assert!(house.on_config("outbox").run().assert_code(0).stdout.starts_with("0 waiting, 1 being sent, 0 dead"));
    for arguments in [&["retry", id][..], &["drop", id, "--why", "no"]] {
        let refused = outbox(&house, arguments).assert_code(1);
        assert!(refused.stderr.contains("it is being sent at this moment"), "{refused}");
    }
}

#[test]
fn the_queue_is_exported_whole() {
    let server = FeedServer::start();
    let (late, closed) = (WebhookReceiver::start(&[KEY]), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &late, &closed);
    let export = |arguments: &[&str]| -> Vec<Value> {
        let lines = outbox(&house, arguments).assert_code(0).stdout;
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = export(&["export"]);
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|row| row["alert"]["lead"]["title"] == "Ship seen off Tartus"), "{all:#?}");
    let running = daemon(&house);
    assert_eq!(export(&["export"]), all);
    let dead = export(&["export", "--state", "dead"]);
    assert_eq!((dead.len(), &dead[0]["delivery"]["state"]), (1, &"dead".into()));
    drop(running);
}
