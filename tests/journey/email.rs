//! Alerts by mail: one journey through a mail server that others wrote, and what becomes of an alert when the server
//! fails at each step of the conversation.

use serde_json::Value;

use crate::desk::{SCREEN, ask, config, daemon, feed, headlines, item, once, rows, rss, seconds_until};
use crate::support::SOON;
use crate::support::aiosmtpd::{self, Aiosmtpd};
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::smtp_server::{Fault, Mail, SmtpOptions, SmtpServer, Stage};

/// A title in several scripts.
const TITLE: &str = "Судно в Тартусе, سفينة 🚢: ship seen off Tartus";

/// Reads a mail as Python's own library does, which is not ours, and prints it as JSON.
const READ_MAIL: &str = r#"
import email, email.policy, json, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
parts = [[part.get_content_type(), part.get_content()] for part in mail.iter_parts()]
defects = [repr(d) for part in mail.walk() for d in part.defects]
print(json.dumps({"headers": {k.lower(): str(v) for k, v in mail.items()}, "type": mail.get_content_type(),
                  "parts": parts, "defects": defects}))
"#;

/// A `[[target]]` that mails by way of `localhost:PORT`.
fn email(port: u16, more: &str) -> String {
    format!(
        "[[target]]\nname = \"mail\"\ntype = \"email\"\nserver = \"localhost:{port}\"\n\
         from = \"Newswatch <watch@news.example>\"\nto = [\"Desk <desk@news.example>\", \"night@news.example\"]\n{more}\n"
    )
}

fn login(user: &str, password: &str) -> String {
    format!("ca_file = \"ca.pem\"\nusername = \"{user}\"\npassword = \"{password}\"")
}

fn options() -> SmtpOptions {
    SmtpOptions::default().starttls().account("watch", "secret")
}

/// A house with a feed of one report, that mails it by this server and tells the screen of trouble only.
fn house(feeds: &FeedServer, port: u16, ca_pem: &str) -> Newswatch {
    feeds.feed("/feed", rss(&[TITLE]));
    let tables = [email(port, &login("watch", "secret")), SCREEN.to_owned(), feed(&feeds.url("/feed"), "1s")];
    let text = config("", &tables.each_ref().map(String::as_str));
    let house = Newswatch::new(&text.replace("name = \"tartus\"\n", "name = \"tartus\"\ntargets = [\"mail\"]\n"));
    house.write("ca.pem", ca_pem);
    house
}

/// The mail as Python reads it.
fn read(house: &Newswatch, mail: &Mail) -> Value {
    let path = house.write("mail.eml", &mail.data);
    let python = std::env::var("NEWSWATCH_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = house.program(python).args(["-c", READ_MAIL]).arg(path).run().assert_code(0);
    serde_json::from_str(&output.stdout).unwrap()
}

#[test]
fn a_real_server_takes_the_mail_and_a_real_client_reads_it() {
    let Some(server) = Aiosmtpd::start() else { return };
    let feeds = FeedServer::start();
    let house = house(&feeds, server.port(), server.ca_pem());
    let text = std::fs::read_to_string(house.config()).unwrap();
    house.write("newswatch.toml", text.replace(&login("watch", "secret"), &login(aiosmtpd::USER, aiosmtpd::PASSWORD)));
    let hostile = "<description>first &lt;b&gt;line&lt;/b&gt;\r\n.\r\nBcc: everybody &amp; more</description>";
    feeds.feed("/feed", rss::<&str>(&[]).replace("</channel>", &format!("{}</channel>", item(TITLE, hostile))));
    let output = once(&house, 0);
    assert_eq!(output.stdout, "");
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].from.as_str(), &mails[0].to[..]),
        ("watch@news.example", &["desk@news.example".to_owned(), "night@news.example".to_owned()][..])
    );
    assert_eq!((mails[0].tls, mails[0].user.as_deref()), (true, Some(aiosmtpd::USER)));
    let bare = mails[0].data.iter().zip(&mails[0].data[1..]).filter(|(a, b)| (**a == b'\r') != (**b == b'\n')).count();
    assert_eq!((bare, mails[0].data.is_ascii()), (0, true), "{}", mails[0].text());

    let mail = read(&house, &mails[0]);
    let alert = ask(&house, "alerts");
    let id = format!("<{}@news.example>", alert["deliveries"][0]["id"].as_str().unwrap());
    let story = format!("<story.{}@news.example>", alert["story"].as_str().unwrap());
    let header = |name: &str| mail["headers"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(header("message-id"), id);
    assert_eq!((header("in-reply-to"), header("references")), (story.clone(), story));
    assert_eq!(header("auto-submitted"), "auto-generated");
    assert_eq!(header("list-id"), "<tartus.newswatch.news.example>");
    assert_eq!(header("subject"), format!("[tartus] {TITLE}"));
    assert!(header("date").contains(" 20") && header("bcc").is_empty(), "{mail:#}");
    assert_eq!(
        (header("from"), header("to")),
        ("Newswatch <watch@news.example>".into(), "Desk <desk@news.example>, night@news.example".into())
    );
    assert_eq!((&mail["type"], &mail["defects"]), (&"multipart/alternative".into(), &Value::Array(Vec::new())));
    assert_eq!((&mail["parts"][0][0], &mail["parts"][1][0]), (&"text/plain".into(), &"text/html".into()));
    let (text, html) = (mail["parts"][0][1].as_str().unwrap(), mail["parts"][1][1].as_str().unwrap());
    assert!(text.contains(TITLE) && text.contains("“Tartus” (strong, title)"), "{text}");
    assert!(html.contains(">Tartus</mark>") && html.contains("everybody &amp; more"), "{html}");
}

#[test]
fn what_is_told_of_a_story_later_stands_in_the_thread_of_its_first_mail() {
    let (feeds, smtp) = (FeedServer::start(), options().start());
    let copies = feed(&feeds.url("/copy"), "1s");
    feeds.feed("/copy", rss(&["Nothing to see"]));
    let house = house(&feeds, smtp.port(), smtp.ca_pem());
    let text = std::fs::read_to_string(house.config()).unwrap();
    house.write("newswatch.toml", format!("{text}\n{copies}"));
    once(&house, 0);
    feeds.feed("/copy", rss(&[TITLE]).replace("<guid isPermaLink=\"false\">", "<guid isPermaLink=\"false\">copy "));
    once(&house, 0);
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2);
    let header = |mail: &Mail, name: &str| {
        let text = mail.text().replace("\r\n ", " ");
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
    };
    let first = header(&mails[0], "Message-ID");
    assert_eq!(header(&mails[1], "In-Reply-To"), first);
    let references = header(&mails[1], "References");
    assert!(references.starts_with("<story.") && references.ends_with(&first), "{references}");
    assert_ne!(header(&mails[1], "Message-ID"), first);
    // Another reader than ours, where there is one.
    if std::env::var_os("NEWSWATCH_TEST_PYTHON").is_some() {
        let [first, update] = [&mails[0], &mails[1]].map(|mail| read(&house, mail));
        assert_eq!(update["headers"]["subject"], format!("Re: {}", first["headers"]["subject"].as_str().unwrap()));
        let text = update["parts"][0][1].as_str().unwrap();
        assert!(text.contains("2 outlets, 1 independent") && text.contains("copy 09:30: "), "{text}");
    }
}

/// Every stage of a session, in order.
const STAGES: [Stage; 8] = [
    Stage::Connect,
    Stage::Ehlo,
    Stage::StartTls,
    Stage::Auth,
    Stage::Mail,
    Stage::Rcpt,
    Stage::Data,
    Stage::EndOfData,
];

#[test]
fn what_a_server_puts_off_waits_with_the_reason_whatever_the_stage() {
    let (feeds, smtp) = (FeedServer::start(), options().start());
    for stage in STAGES {
        // A refusal for good is one of the mail only once there is talk of the mail.
        let about_the_server = [Stage::Connect, Stage::Ehlo, Stage::StartTls, Stage::Auth].contains(&stage);
        let codes = if about_the_server { [421, 451, 535, 554] } else { [421, 451, 530, 535] };
        for code in codes {
            let house = house(&feeds, smtp.port(), smtp.ca_pem());
            smtp.always(stage, Fault::Reply(code));
            let output = once(&house, 75);
            smtp.recover();
            assert_eq!(output.stdout, "", "{stage:?} {code}");
            let waiting = rows(&house, "waiting");
            assert_eq!((waiting.len(), &waiting[0]["attempts"]), (1, &1.into()), "{stage:?} {code} {output}");
            let (why, wait) = (waiting[0]["last_error"].as_str().unwrap(), seconds_until(&waiting[0]["due"]));
            assert!(why.contains(&code.to_string()) || why.contains("scripted"), "{stage:?} {code}: {why}");
            assert!((260.0..340.0).contains(&wait), "{stage:?} {code}: {wait} s");
        }
    }
    assert_eq!(smtp.mails().len(), 0);
}

#[test]
fn what_a_server_refuses_is_a_dead_letter_and_somebody_is_told() {
    let (feeds, smtp) = (FeedServer::start(), options().start());
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::EndOfData] {
        let house = house(&feeds, smtp.port(), smtp.ca_pem());
        smtp.always(stage, Fault::Reply(550));
        let output = once(&house, 0);
        smtp.recover();
        let told = headlines(&output.stdout);
        assert!(told.len() == 1 && told[0].contains("did not reach the target “mail”"), "{stage:?} {output}");
        let dead = rows(&house, "dead");
        assert_eq!((dead.len(), rows(&house, "waiting").len()), (1, 0), "{stage:?}");
        assert!(dead[0]["reason"].as_str().unwrap().starts_with("refused for good: "), "{stage:?} {dead:?}");
        assert_eq!(once(&house, 0).stdout, "", "{stage:?}");
    }
    assert_eq!(smtp.mails().len(), 0);
}

#[test]
fn a_connection_that_is_cut_leaves_the_alert_waiting_under_its_message_id() {
    let (feeds, smtp) = (FeedServer::start(), options().start());
    let cuts = [
        (Stage::Connect, Fault::HangUp),
        (Stage::Mail, Fault::HangUp),
        (Stage::Data, Fault::CutData(1)),
        (Stage::Data, Fault::CutData(700)),
        (Stage::EndOfData, Fault::HangUp),
        (Stage::Taken, Fault::HangUp),
    ];
    for (stage, fault) in cuts {
        let house = house(&feeds, smtp.port(), smtp.ca_pem());
        smtp.always(stage, fault);
        once(&house, 75);
        smtp.recover();
        let waiting = rows(&house, "waiting");
        assert_eq!(waiting.len(), 1, "{stage:?} {fault:?}");
        assert!(waiting[0]["last_error"].as_str().is_some_and(|why| !why.is_empty()), "{waiting:?}");
        let taken = smtp.mails();
        assert_eq!(taken.len(), usize::from(stage == Stage::Taken), "{stage:?}");
        // What was taken without our hearing of it has the id that the next attempt will have, too.
        for mail in taken {
            let id = format!("Message-ID: <{}@news.example>\r\n", waiting[0]["id"].as_str().unwrap());
            assert!(mail.text().contains(&id), "{id} in {}", mail.text());
        }
    }
}

#[test]
fn without_tls_that_can_be_trusted_nothing_is_said() {
    let feeds = FeedServer::start();
    // STARTTLS not offered: by a server that has none, or by somebody in between who took it out.
    let stripped = SmtpServer::options().account("watch", "secret").start();
    let (stranger, trusted) = (options().start(), options().start());
    for (smtp, reason) in [(&stripped, "STARTTLS"), (&stranger, "certificate")] {
        let house = house(&feeds, smtp.port(), trusted.ca_pem());
        once(&house, 75);
        let waiting = rows(&house, "waiting");
        assert!(waiting[0]["last_error"].as_str().unwrap().contains(reason), "{waiting:?}");
        let said = smtp.commands();
        let allowed = |line: &String| line.starts_with("EHLO") || line == "STARTTLS" || line == "QUIT";
        assert!(said.iter().all(allowed), "{said:?}");
    }
}

#[test]
fn a_storm_of_alerts_goes_over_two_connections_and_a_server_that_hangs_stops_nothing_else() {
    let (feeds, smtp) = (FeedServer::start(), options().start());
    let house = house(&feeds, smtp.port(), smtp.ca_pem());
    let towns = ["Aleppo", "Homs", "Latakia", "Idlib", "Hama"];
    feeds.feed("/feed", rss(&towns.map(|town| format!("{town} wakes, {town} waits, {town} writes to Tartus"))));
    once(&house, 0);
    assert_eq!(smtp.mails().len(), towns.len());
    assert!(smtp.connections().most() <= 2, "{} connections at once", smtp.connections().most());

    smtp.always(Stage::Data, Fault::Hang);
    let text = std::fs::read_to_string(house.config()).unwrap().replace("targets = [\"mail\"]\n", "");
    house.write("newswatch.toml", text);
    feeds.feed("/feed", rss(&["Ship seen off Tartus"]));
    let daemon = daemon(&house);
    daemon.wait_for_stdout("the alert on the screen", SOON, |line| line.contains("Ship seen"));
    smtp.wait_for_commands("the mail that hangs", SOON, |lines| {
        lines.iter().filter(|line| *line == "DATA").count() > towns.len()
    });
    feeds.feed("/feed", rss(&["Frigate leaves Tartus for good"]));
    daemon.wait_for_stdout("the next alert", SOON, |line| line.contains("Frigate leaves"));
}
