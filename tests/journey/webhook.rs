//! Alerts to a webhook: signed, under one id however often they are tried, and in nobody else's way.

use std::sync::{Mutex, mpsc};

use serde_json::Value;

use crate::desk::{
    KEY, SCREEN, ask, config, daemon, feed, headlines, item, once, rows, rss, seconds_until, wait_for_requests, webhook,
};
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;
use crate::support::{SOON, lock};

/// A house with a feed of one report on Tartus, and these targets.
fn house(server: &FeedServer, targets: &[&str]) -> Newswatch {
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    let feed = feed(&server.url("/feed"), "1s");
    Newswatch::new(&config("", &[targets, &[&feed]].concat()))
}

#[test]
fn an_alert_is_posted_signed_in_the_form_that_is_promised() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url())]);
    let output = once(&house, 0);
    assert_eq!(output.stdout, "");
    let attempts = receiver.attempts();
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    let (attempt, request) = (&attempts[0], &attempts[0].request);
    assert_eq!((attempt.fault.as_deref(), attempt.answer), (None, Some(204)));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert!(request.header("user-agent").unwrap().starts_with("newswatch/"));
    let keys: Vec<&String> = attempt.body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "timestamp", "type"]);
    assert_eq!(attempt.body["type"], "alert.news");
    let data = &attempt.body["data"];
    assert_eq!((&data["schema_version"], &data["watch"]), (&1.into(), &"tartus".into()));
    assert_eq!((&data["headline"], &data["item"]["title"]), (&"Ship seen off Tartus".into(), &data["headline"]));
    assert!(data["score"].as_f64().unwrap() >= data["threshold"].as_f64().unwrap());
    assert_eq!(data["hits"][0]["text"], "Tartus");
    let alerts = ask(&house, "alerts");
    assert_eq!((&alerts["id"], &alerts["deliveries"][0]["id"]), (&data["alert"], &attempt.id.as_str().into()));
    assert_eq!(alerts["deliveries"][0]["state"], "sent");
}

#[test]
fn both_keys_sign_while_one_is_rotated() {
    let (old, new) = (KEY, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let server = FeedServer::start();
    let (behind, ahead) = (WebhookReceiver::start(&[old]), WebhookReceiver::start(&[new]));
    let signed = |name: &str, url: &str| {
        let secrets = format!("secrets = [\"{old}\", \"{new}\"]");
        webhook(name, url).replace(&format!("secret = \"{KEY}\""), &secrets)
    };
    let house = house(&server, &[&signed("behind", &behind.url()), &signed("ahead", &ahead.url())]);
    once(&house, 0);
    assert_eq!((behind.deliveries().len(), ahead.deliveries().len()), (1, 1));
}

#[test]
fn what_was_not_accepted_waits_under_its_id_for_as_long_as_it_was_asked_to() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url())]);
    receiver.script([Reply::status(500), Reply::status(429).retry_after("3600")]);
    once(&house, 75);
    let waiting = rows(&house, "waiting");
    assert_eq!((waiting.len(), &waiting[0]["attempts"]), (1, &1.into()));
    assert_eq!(waiting[0]["last_error"], "the receiver answered 500");
    assert!((-15.0..5.7).contains(&seconds_until(&waiting[0]["due"])), "{waiting:?}");

    // The second attempt after the ladder's first step, which is five seconds.
    let daemon = daemon(&house);
    receiver.wait_for("a second attempt", SOON, |attempts| attempts.len() == 2);
    daemon.wait_for_stderr("its outcome", SOON, |line| line.contains("not accepted"));
    let waiting = rows(&house, "waiting");
    assert_eq!((&waiting[0]["attempts"], &waiting[0]["last_error"]), (&2.into(), &"the receiver answered 429".into()));
    let wait = seconds_until(&waiting[0]["due"]);
    assert!((3_560.0..=3_600.0).contains(&wait), "{wait} s are not the hour that was asked for");
    daemon.signal(Signal::Term);
    daemon.wait_exit(SOON).assert_code(0);

    let attempts = receiver.attempts();
    assert_eq!(attempts.len(), 2);
    assert!(attempts.iter().all(|attempt| attempt.fault.is_none() && attempt.id == waiting[0]["id"]), "{attempts:?}");
    assert!(attempts[1].timestamp >= attempts[0].timestamp + 5, "each attempt has its own time");
    assert_eq!(once(&house, 75).stdout, "", "not due: not attempted");
    assert_eq!(receiver.attempts().len(), 2);
}

#[test]
fn a_date_to_come_back_at_is_kept_to_as_well() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url())]);
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let date = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    receiver.script([Reply::status(503).retry_after(&date)]);
    once(&house, 75);
    let wait = seconds_until(&rows(&house, "waiting")[0]["due"]);
    assert!((7_000.0..7_300.0).contains(&wait), "{wait}");
}

#[test]
fn a_redirect_is_no_success_and_is_not_followed() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url())]);
    receiver.script([Reply::redirect(302, &server.url("/elsewhere"))]);
    once(&house, 75);
    assert_eq!(rows(&house, "waiting")[0]["last_error"], "the receiver answered 302");
    assert_eq!(server.requests_for("/elsewhere").len(), 0);
}

#[test]
fn a_target_that_refuses_for_good_makes_a_dead_letter_and_somebody_is_told() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url()), SCREEN]);
    receiver.then(Reply::status(410));
    // The refusal comes when the other target has already had all that there was for it.
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    receiver.on_request(move |_| {
        let _ = lock(&held).recv_timeout(SOON);
    });
    let running = house.on_config("run").arg("--once").spawn();
    running.wait_for_stderr("the other's acceptance", SOON, |line| line.contains("accepted target=screen"));
    release.send(()).unwrap();
    let output = running.wait_exit(SOON).assert_code(0);
    let told = headlines(&output.stdout);
    assert_eq!(told.len(), 2, "{output}");
    assert!(told[1].contains("The target “desk” is gone"), "{output}");
    let dead = rows(&house, "dead");
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0]["reason"], "refused for good: the receiver answered 410");
    assert!(output.stdout.contains(dead[0]["delivery"]["alert"].as_str().unwrap()), "{output}");
    assert_eq!((once(&house, 0).stdout.as_str(), receiver.attempts().len()), ("", 1));
}

#[test]
fn a_receiver_that_hangs_holds_up_nobody_else() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url()), SCREEN]);
    receiver.then(Reply::hang());
    let daemon = daemon(&house);
    daemon.wait_for_stdout("the first alert", SOON, |line| line.contains("Ship seen"));
    receiver.wait_for("the one that hangs", SOON, |attempts| attempts.len() == 1);
    let polls = server.requests_for("/feed").len();
    wait_for_requests(&server, "/feed", polls + 1);
    server.feed("/feed", rss(&["Frigate leaves Tartus for good", "Ship seen off Tartus"]));
    daemon.wait_for_stdout("the second alert", SOON, |line| line.contains("Frigate leaves"));
    receiver.wait_for("the second one", SOON, |attempts| attempts.len() == 2);
    assert!(daemon.stderr().iter().all(|line| !line.contains("not accepted")), "nothing was given up meanwhile");
}

#[test]
fn a_target_that_was_removed_leaves_dead_letters_and_not_silence() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url())]);
    receiver.then(Reply::status(500));
    once(&house, 75);
    let feed = feed(&server.url("/feed"), "1s");
    house.write("newswatch.toml", config("", &[SCREEN, &feed]));
    let output = once(&house, 0);
    assert!(output.stdout.contains("did not reach the target “desk”"), "{output}");
    let dead = rows(&house, "dead");
    assert_eq!((dead.len(), rows(&house, "waiting").len()), (1, 0));
    assert_eq!(dead[0]["reason"], "the configuration has no target `desk` any more");
    assert_eq!(receiver.attempts().len(), 1);
}

#[test]
fn a_huge_item_is_cut_to_what_receivers_take() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let house = house(&server, &[&webhook("desk", &receiver.url()), SCREEN]);
    let long = |unit: &str, bytes: usize| unit.repeat(bytes / unit.len());
    let more = format!(
        "<link>http://n.example/{}</link><description>{}</description><author>{}</author><category>{}</category>",
        long("a", 100_000),
        long("Tartus \u{1f6a2} &amp;&lt;\" ", 300_000),
        long("x", 100_000),
        long("y", 100_000)
    );
    let titled = item(&long("Tartus \u{1f6a2}\u{fe0f} ", 60_000), &more);
    let language = format!("<language>en-{}</language>", long("z", 100_000));
    server.feed("/feed", format!("<rss version=\"2.0\"><channel><title>N</title>{language}{titled}</channel></rss>"));
    let output = once(&house, 0);
    let accepted = receiver.deliveries();
    assert_eq!(accepted.len(), 1);
    assert!(accepted[0].request.body.len() < 20_000, "{} bytes", accepted[0].request.body.len());
    assert!(accepted[0].body["data"]["headline"].as_str().unwrap().starts_with("Tartus"));
    assert!(output.stdout.len() < 100_000, "{} bytes on the terminal", output.stdout.len());
}

/// Markup, a line end, a terminal's escape, C1 and bidi controls, a mention, a formula.
const CANARY: &str = "=Tartus &lt;b&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; @all \u{202e}evil\u{202c} \
                      \u{9b}31m\u{7f}&#13;&#10;Bcc: x &#x200f;\u{2066}y\u{2069}\u{2028}z";

#[test]
fn what_a_stranger_writes_stays_text_on_every_way_out() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    let json = SCREEN.replace("screen", "tube").replace("\"terminal\"", "\"terminal\"\nformat = \"json\"");
    let house = house(&server, &[&webhook("desk", &receiver.url()), SCREEN, &json]);
    let more = format!(
        "<link>http://n.example/\u{1b}x{CANARY}</link><category>{CANARY}</category><description>{CANARY}</description>"
    )
    // XML has no escape character, but a careless publisher does.
    .replace('\u{1b}', "%1b");
    server.feed("/feed", rss::<&str>(&[]).replace("</channel>", &format!("{}</channel>", item(CANARY, &more))));
    let output = once(&house, 0);
    let accepted = receiver.deliveries();
    assert_eq!(accepted.len(), 1, "{output}");
    let posted = String::from_utf8(accepted[0].request.body.clone()).unwrap();
    let reports = ["alerts", "feeds", "outbox"].map(|command| {
        let text = house.on_config(command).run().assert_code(0).stdout;
        text + &house.on_config(command).arg("--json").run().assert_code(0).stdout
    });
    let screen = output.stdout + &reports.concat() + &output.stderr;
    for sink in [&posted, &screen] {
        let steers = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}')
        };
        let found: Vec<char> = sink.chars().filter(|c| steers(*c)).collect();
        assert!(found.is_empty(), "{found:?} in {sink:?}");
    }
    assert!(!screen.lines().any(|line| line.starts_with("Bcc:")), "{screen}");
    let data: &Value = &accepted[0].body["data"];
    assert!(data["headline"].as_str().unwrap().starts_with("=Tartus"), "{data}");
}

#[test]
fn a_target_that_fails_shows_in_the_status() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Ship seen off Tartus", "Another port: Tartus again", "A third word of Tartus"]));
    let house = Newswatch::new(&config("", &[&webhook("desk", &receiver.url()), &feed(&server.url("/feed"), "1h")]));
    receiver.then(Reply::status(500));
    let running = daemon(&house);
    let mut failed = 0;
    running.wait_for_stderr("failed attempts", SOON, |line| {
        failed += usize::from(line.contains("not accepted target=desk"));
        failed == 3
    });
    let status = house.on_config("status").run().assert_code(0);
    assert!(status.stdout.contains("desk fails since"), "{status}");
    assert!(status.stdout.contains("last: the receiver answered 500"), "{status}");
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
}
