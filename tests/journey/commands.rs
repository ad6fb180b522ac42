//! The commands that ask a daemon or its store, and the manners that all commands have.

use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use std::sync::{Mutex, mpsc};

use serde_json::Value;

use crate::desk::{
    KEY, SCREEN, ask, config, daemon, feed, feed_report, headlines, once, rows, rss, wait_for_requests, webhook,
};
use crate::support::binary::{Newswatch, Output, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;
use crate::support::{SOON, lock, skip};

/// The answers of all reports, as JSON and as text; the status without what only a daemon has.
fn reports(house: &Newswatch, item: &str) -> Vec<(String, Value, String)> {
    let mut all = Vec::new();
    for command in ["status", "feeds", "alerts", "outbox", "explain"] {
        let run = |json: bool| {
            let invocation = house.on_config(command);
            let invocation = if command == "explain" { invocation.arg(item) } else { invocation };
            let invocation = if json { invocation.arg("--json") } else { invocation };
            invocation.run().assert_code(0)
        };
        // `alerts --json` is a line an alert.
        let lines = run(true).stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut json = Value::Array(lines);
        let mut text = run(false).stdout;
        if command == "status" {
            let facts = json[0].as_object_mut().unwrap();
            facts.insert("pid".to_owned(), Value::Null);
            facts.insert("started".to_owned(), Value::Null);
            facts.insert("troubles".to_owned(), Value::Null);
            let only_daemons = ["newswatch ", "next poll", "target "];
            let of_both = |line: &&str| !only_daemons.iter().any(|begins| line.starts_with(begins));
            text = text.lines().filter(of_both).collect::<Vec<_>>().join("\n");
        }
        all.push((command.to_owned(), json, text));
    }
    all
}

#[test]
fn reports_are_the_same_by_way_of_the_daemon_and_from_the_store() {
    let server = FeedServer::start();
    let (late, closed) = (WebhookReceiver::start(&[KEY]), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Ship seen off Tartus", "Nothing at all"]));
    let tables = [
        SCREEN.to_owned(),
        webhook("late", &late.url()),
        webhook("closed", &closed.url()),
        feed(&server.url("/feed"), "1h"),
    ];
    late.then(Reply::status(503).retry_after("3600"));
    closed.then(Reply::status(410));
    // The refusal comes when the other target has asked for peace, so that it is not told of that refusal now.
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    closed.on_request(move |_| {
        let _ = lock(&held).recv_timeout(SOON);
    });
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    let running = daemon(&house);
    running.wait_for_stderr("the wish for peace", SOON, |line| line.contains("not accepted target=late"));
    release.send(()).unwrap();
    // The alert, and the notice of the dead letter.
    let mut shown = 0;
    running.wait_for_stderr("what became of the alert", SOON, |line| {
        shown += usize::from(line.contains("accepted target=screen") && !line.contains("not accepted"));
        shown == 2
    });
    let by_daemon = reports(&house, "Ship seen off Tartus");
    let status = ask(&house, "status");
    assert_eq!(status["pid"], running.id());
    assert!(status["started"].as_str().unwrap().ends_with('Z'));
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);

    let from_store = reports(&house, "Ship seen off Tartus");
    assert_eq!(by_daemon, from_store);
    let status = ask(&house, "status");
    assert_eq!((status["pid"].is_null(), status["started"].is_null()), (true, true));
    assert_eq!((&status["feeds"]["configured"], &status["feeds"]["well"]), (&1.into(), &1.into()));
    assert_eq!((&status["outbox_waiting"], &status["dead_letters"]), (&2.into(), &1.into()));
    assert_eq!(status["state_dir"], house.state().display().to_string());
    let text = |command: &str| &from_store.iter().find(|(name, ..)| name == command).unwrap().2;
    assert!(
        text("alerts").contains("screen: accepted ") && text("alerts").contains("late: waiting"),
        "{from_store:#?}"
    );
    assert!(text("outbox").contains("2 waiting, 1 dead letter"), "{}", text("outbox"));
    assert!(
        text("explain").contains("it raised alert ") && text("explain").contains("“Tartus”"),
        "{}",
        text("explain")
    );
}

#[test]
fn alerts_are_asked_for_by_watch_time_and_number() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Ship seen off Tartus", "Grain prices: a word from Tartus"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let before = once(&house, 0);
    assert_eq!(headlines(&before.stdout).len(), 2);
    let count = |arguments: &[&str]| {
        let output = house.on_config("alerts").arg("--json").args(arguments).run().assert_code(0);
        output.stdout.lines().count()
    };
    let running = daemon(&house);
    let asked = || {
        [
            count(&[]),
            count(&["--limit", "1"]),
            count(&["--watch", "tartus"]),
            count(&["--watch", "hts"]),
            count(&["--since", "2026-01-01T00:00:00+03:00"]),
            count(&["--since", "9999-01-01T00:00:00Z"]),
        ]
    };
    let by_daemon = asked();
    running.signal(Signal::Term);
    running.wait_exit(SOON).assert_code(0);
    assert_eq!((by_daemon, asked()), ([2, 1, 2, 0, 2, 0], [2, 1, 2, 0, 2, 0]));
}

#[test]
fn items_are_explained_by_id_url_and_guid_and_texts_from_standard_input() {
    let server = FeedServer::start();
    let quiet = "<item><title>Nothing at all</title><link>http://n.example/quiet?a=1&amp;b</link></item>";
    server.feed("/feed", rss(&["Ship seen off Tartus"]).replace("</channel>", &format!("{quiet}</channel>")));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    once(&house, 0);
    let explain = |item: &str| house.on_config("explain").args([item, "--json"]).run();
    let by_guid: Value = serde_json::from_str(&explain("Ship seen off Tartus").assert_code(0).stdout).unwrap();
    let id = by_guid["record"]["item"]["id"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&explain(id).assert_code(0).stdout).unwrap(), by_guid);
    let by_url = explain("http://n.example/quiet?a=1&b").assert_code(0);
    assert!(by_url.stdout.contains("\"decisions\":[]"), "{by_url}");
    let text = house.on_config("explain").arg("http://n.example/quiet?a=1&b").run().assert_code(0);
    assert!(text.stdout.contains("It did not alert: no watch found a strong or weak term in it."), "{text}");
    assert!(explain("nothing").assert_code(1).stderr.contains("no archived item"));

    house.write("text", "A frigate off Tartus");
    let shell = house.program("sh").args(["-c", "exec \"$0\" explain newswatch.toml - < text"]);
    let output = shell.arg(env!("CARGO_BIN_EXE_newswatch")).run().assert_code(0);
    assert!(output.stdout.contains("It would alert because “Tartus” stands in the title (0.90)"), "{output}");
}

#[test]
fn a_feed_in_trouble_shows_in_the_reports_of_a_running_daemon() {
    let server = FeedServer::start();
    server.set("/feed", Reply::status(500));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let _running = daemon(&house);
    wait_for_requests(&server, "/feed", 1);
    let deadline = Instant::now() + SOON;
    while feed_report(&house, "feed")["health"] != "failing" {
        assert!(Instant::now() < deadline, "{}", feed_report(&house, "feed"));
    }
    assert_eq!(ask(&house, "status")["feeds"]["failing"], 1);
}

#[test]
fn the_socket_is_for_owner_and_group_and_lies_where_the_service_manager_says() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Nothing new"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let mode = |path: &str| std::fs::metadata(house.path(path)).unwrap().permissions().mode() & 0o777;
    let running = daemon(&house);
    assert_eq!(mode("state/newswatch.sock"), 0o660);
    drop(running);

    // What the killed one left behind is in nobody's way.
    once(&house, 0);
    std::fs::create_dir(house.path("run")).unwrap();
    let run = house.path("run");
    let running = house.on_config("run").env("RUNTIME_DIRECTORY", &run).spawn();
    running.wait_for_stderr("readiness", SOON, |line| line.contains("watching"));
    assert_eq!(mode("run/newswatch.sock"), 0o660);
    let status = house.on_config("status").env("RUNTIME_DIRECTORY", &run).arg("--json").run().assert_code(0);
    assert_eq!(serde_json::from_str::<Value>(&status.stdout).unwrap()["pid"], running.id());
    // Who does not know of it learns who holds the store, and to try again.
    let outside = house.on_config("status").run().assert_code(75);
    assert!(outside.stderr.contains(&running.id().to_string()), "{outside}");
}

#[test]
fn a_second_instance_leaves_at_once_and_names_the_first() {
    let server = FeedServer::start();
    server.feed("/feed", rss(&["Nothing new"]));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let running = daemon(&house);
    for arguments in [&["--once"][..], &[]] {
        let second = house.on_config("run").args(arguments).run().assert_code(75);
        assert!(second.stderr.contains(&running.id().to_string()) && second.stdout.is_empty(), "{second}");
    }
    assert_eq!(ask(&house, "status")["pid"], running.id(), "the first goes on");
}

#[test]
fn a_target_can_be_tried_out() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Nothing new"]));
    let tables = [SCREEN.to_owned(), webhook("desk", &receiver.url()), feed(&server.url("/feed"), "1h")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    let test = |name: &str| house.on_config("test-target").arg(name).run();
    let by_hook = test("desk").assert_code(0);
    assert_eq!((by_hook.stdout.as_str(), by_hook.stderr.as_str()), ("", "desk (webhook) accepted it\n"));
    let accepted = receiver.deliveries();
    assert_eq!((accepted.len(), &accepted[0].body["type"]), (1, &"alert.test".into()));
    let screen = test("screen").assert_code(0);
    assert!(screen.stdout.starts_with("[newswatch]  This is a test of newswatch\n"), "{screen}");
    receiver.then(Reply::status(500));
    let _running = daemon(&house);
    let refused = test("desk").assert_code(1);
    assert!(refused.stderr.contains("did not accept it: the receiver answered 500"), "{refused}");
    let unknown = test("dusk").assert_code(2);
    assert!(unknown.stderr.contains("no target `dusk`") && unknown.stderr.contains("screen, desk"), "{unknown}");
    assert_eq!(rows(&house, "waiting").len(), 0, "nothing of it is in the outbox");
}

#[test]
fn check_names_every_mistake_with_its_place() {
    let house = Newswatch::new("[[feed]]\nurl = \"nonsense\"\n\n[[watch]]\nname = \"a\"\nstrnog = [\"x\"]\n");
    let output = house.on_config("check").run().assert_code(78);
    for place in ["newswatch.toml:2:7", "newswatch.toml:6:1"] {
        assert!(output.stderr.contains(place), "{place} in {output}");
    }
    assert!(output.stderr.contains("did you mean `strong`") && output.stderr.contains('^'), "{output}");
    assert!(output.stdout.is_empty() && !output.stderr.contains('\u{1b}'), "{output}");
    house.on_config("run").run().assert_code(78);
    house.newswatch().args(["check", "missing.toml"]).run().assert_code(78);
    house.newswatch().arg("check").run().assert_code(78);

    let server = FeedServer::start();
    server.feed("/feed", rss(&["Nothing new"]));
    let sound = config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]);
    house.write("home/.config/newswatch/newswatch.toml", &sound);
    let found = house.newswatch().arg("check").run().assert_code(0);
    assert!(found.stdout.contains("1 feed, 1 watch, 1 target; no mistakes"), "{found}");
    assert_eq!(server.requests().len(), 0);
    let online = house.newswatch().args(["check", "--online"]).run().assert_code(0);
    assert!(online.stdout.contains("well  feed: 1 item"), "{online}");
    server.set("/feed", Reply::status(500));
    let online = house.newswatch().args(["check", "--online"]).run().assert_code(1);
    assert!(online.stdout.contains("BAD   feed"), "{online}");
}

#[test]
fn no_command_lets_a_stranger_steer_the_terminal() {
    let server = FeedServer::start();
    // C1 controls and a bidi override, which a header may carry as bytes and an argument as text.
    let canary = "\u{9b}31m\u{202e}evil";
    let as_bytes: String = canary.bytes().map(char::from).collect();
    server.set("/feed", Reply::redirect(302, &format!("http://[{as_bytes}")));
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    house.on_config("run").arg("--once").run();
    let told = [
        house.on_config("check").arg("--online").run().assert_code(1),
        house.on_config("explain").arg(format!("\u{1b}[31m{canary}")).run().assert_code(1),
        house.on_config("test-target").arg(format!("\u{1b}[31m{canary}")).run().assert_code(2),
    ];
    assert!(told[0].stdout.contains("BAD   feed") && told[0].stdout.contains("31mevil"), "{}", told[0]);
    for output in told {
        let all = output.stdout.clone() + &output.stderr;
        assert!(!all.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{all:?}");
    }
}

#[test]
fn the_shell_and_the_manual_know_the_commands() {
    let house = Newswatch::new("");
    for shell in ["bash", "zsh", "fish"] {
        let script = house.newswatch().args(["completions", shell]).run().assert_code(0);
        assert!(script.stdout.contains("test-target") && script.stderr.is_empty(), "{shell}");
    }
    let man = house.newswatch().arg("man").run().assert_code(0);
    assert!(man.stdout.contains(".TH newswatch") && man.stdout.contains("backtest"), "{man}");
    let version = house.newswatch().arg("--version").run().assert_code(0);
    assert_eq!(version.stdout, format!("newswatch {}\n", env!("CARGO_PKG_VERSION")));
    house.newswatch().arg("--help").run().assert_code(0);
    for usage in [&[][..], &["nonsense"], &["alerts", "--limit", "many"], &["inspect"], &["completions", "csh"]] {
        let output = house.newswatch().args(usage).run().assert_code(2);
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{output}");
    }
    let nothing = Newswatch::new(&config("", &[SCREEN, &feed("http://n.example/f", "1h")]));
    for command in ["status", "feeds", "alerts", "outbox"] {
        let output = nothing.on_config(command).run().assert_code(1);
        assert!(output.stderr.contains("has not run with this configuration"), "{output}");
    }
    assert!(!nothing.state().join("db").exists(), "asking leaves nothing behind");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let titles: Vec<String> = (0..3_000).map(|number| format!("{number}: {}", "x".repeat(100))).collect();
    let house = Newswatch::new("");
    house.write("feed.xml", rss(&titles));
    let shell = |command: &str| -> Output {
        let script = format!("{{ \"$0\" {command}; echo \"code $?\" >&2; }} | head -c 1");
        house.program("sh").args(["-c", &script]).arg(env!("CARGO_BIN_EXE_newswatch")).run()
    };
    for command in ["inspect --json feed.xml", "inspect --json feed.xml feed.xml missing.xml", "man"] {
        assert_eq!(shell(command).stderr, "code 0\n", "{command}");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_want_them() {
    let house = Newswatch::new("[[feed]]\nurl = \"nonsense\"\n");
    // util-linux: a terminal of its own for the command.
    let on_terminal = || {
        let command = format!("{} check newswatch.toml", env!("CARGO_BIN_EXE_newswatch"));
        house.program("script").args(["-qec", &command, "/dev/null"])
    };
    if house.program("sh").args(["-c", "command -v script"]).run().code() != Some(0) {
        return skip("no script(1) to have a terminal by");
    }
    assert!(on_terminal().run().stdout.contains("\u{1b}["));
    let plain = on_terminal().env("NO_COLOR", "1").run();
    assert!(plain.stdout.contains("newswatch.toml:2:7") && !plain.stdout.contains('\u{1b}'), "{plain}");
}

#[test]
fn a_single_round_that_is_interrupted_says_so() {
    let server = FeedServer::start();
    server.set("/feed", Reply::hang());
    let house = Newswatch::new(&config("", &[SCREEN, &feed(&server.url("/feed"), "1h")]));
    let running = house.on_config("run").arg("--once").spawn();
    wait_for_requests(&server, "/feed", 1);
    running.signal(Signal::Int);
    let output = running.wait_exit(SOON).assert_code(130);
    assert!(output.stderr.contains("interrupted"), "{output}");
}

#[test]
fn who_asks_twice_to_stop_is_not_kept_waiting() {
    let (server, receiver) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    receiver.then(Reply::hang());
    let tables = [webhook("desk", &receiver.url()), feed(&server.url("/feed"), "1h")];
    let house = Newswatch::new(&config("", &tables.each_ref().map(String::as_str)));
    let running = daemon(&house);
    receiver.wait_for("the delivery that hangs", SOON, |attempts| attempts.len() == 1);
    running.signal(Signal::Int);
    running.wait_for_stderr("the first", SOON, |line| line.contains("stopping"));
    running.signal(Signal::Int);
    running.wait_exit(SOON).assert_code(130);
    assert_eq!(rows(&house, "waiting").len(), 1, "it is delivered after the next start");
}
