//! A mail server that refuses, hangs or hangs up, at every stage and at every byte.

use std::sync::Arc;
use std::time::Duration;

use newswatch::model::AlertKind;
use newswatch::notify::NotifyError;

use crate::alerts::alert;
use crate::sender::Sender;
use crate::support::SOON;
use crate::support::smtp_server::{Fault, Mail, SmtpServer, Stage};

fn is_transient(end: &Result<(), NotifyError>) -> bool {
    matches!(end, Err(NotifyError::Transient { .. }))
}

fn message_id(mail: &Mail) -> String {
    let text = mail.text();
    text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("a Message-ID").to_owned()
}

#[tokio::test]
async fn only_what_is_said_of_a_mail_buries_it() {
    let smtp = SmtpServer::options().starttls().account("watch", "secret").start();
    let sender = || Sender::secure_mail(smtp.port(), smtp.ca_pem(), "watch", "secret");
    let of_the_server = [Stage::Connect, Stage::Ehlo, Stage::StartTls, Stage::Auth];
    let of_the_mail = [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::EndOfData];
    for (at, stage) in of_the_server.into_iter().chain(of_the_mail).enumerate() {
        for code in [421, 450, 451, 452, 454, 500, 521, 535, 550, 552, 554] {
            smtp.always(stage, Fault::Reply(code));
            let end = sender().send(&alert(AlertKind::News)).await;
            smtp.recover();
            let waits = code < 500 || at < of_the_server.len() || code == 535 || (stage == Stage::Rcpt && code == 552);
            assert_eq!(is_transient(&end), waits, "{stage:?} {code} {end:?}");
            let why = end.unwrap_err().to_string();
            assert!(why.contains(&code.to_string()), "{stage:?} {code} {why}");
        }
    }
    assert!(smtp.mails().is_empty());
    // Whatever was said, the next mail goes out.
    sender().send(&alert(AlertKind::News)).await.unwrap();
}

/// Servers that are cut at the same time: each mail waits for the acknowledgement of its text's last packet.
const SHARDS: usize = 16;

#[tokio::test]
async fn a_mail_that_is_cut_at_any_byte_is_sent_again_under_its_id() {
    let smtp = SmtpServer::options().start();
    Sender::mail(smtp.port(), &["desk@news.example"]).send(&alert(AlertKind::Test)).await.unwrap();
    let whole = smtp.mails().remove(0);
    let stuffed = whole.text().matches("\r\n.").count();
    let all = whole.data.len() + stuffed + ".\r\n".len();
    let mut shards = tokio::task::JoinSet::new();
    for shard in 0..SHARDS {
        shards.spawn(cut((shard..=all).step_by(SHARDS), whole.clone()));
    }
    while let Some(shard) = shards.join_next().await {
        shard.unwrap();
    }
    // The server has it, and its yes is lost.
    let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
    smtp.once(Stage::Taken, Fault::HangUp);
    assert!(is_transient(&sender.send(&alert(AlertKind::Test)).await));
    sender.send(&alert(AlertKind::Test)).await.unwrap();
    assert_eq!(smtp.mails().len(), 3);
    assert!(smtp.mails().iter().all(|mail| message_id(mail) == message_id(&whole)));
}

async fn cut(bytes: impl Iterator<Item = usize>, whole: Mail) {
    let smtp = SmtpServer::options().start();
    let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
    let small = alert(AlertKind::Test);
    for (done, byte) in bytes.enumerate() {
        smtp.once(Stage::Data, Fault::CutData(byte));
        let cut = sender.send(&small).await;
        assert!(is_transient(&cut), "cut after {byte} bytes: {cut:?}");
        sender.send(&small).await.unwrap_or_else(|error| panic!("after a cut at {byte}: {error}"));
        assert_eq!(smtp.mails().len(), done + 1, "a mail that was cut is none, and the next attempt is one");
    }
    let same = |mail: &Mail| message_id(mail) == message_id(&whole) && mail.data.len() == whole.data.len();
    assert!(smtp.mails().iter().all(same), "whole or not at all, and under one id");
}

#[tokio::test]
async fn who_is_refused_keeps_the_mail_from_nobody_else() {
    let smtp = SmtpServer::options().start();
    let (a, b, c) = ("a@news.example", "b@news.example", "c@news.example");
    let sender = Sender::mail(smtp.port(), &[a, b, c]);
    let news = alert(AlertKind::News);
    // Put off: the others have it at once, and do not get it again.
    smtp.once(Stage::Rcpt, Fault::Reply(451));
    let end = sender.send(&news).await;
    assert!(is_transient(&end));
    let why = end.unwrap_err().to_string();
    assert!(
        why.starts_with("a@news.example: ") && why.ends_with("; accepted for b@news.example, c@news.example"),
        "{why}"
    );
    sender.send(&news).await.unwrap();
    let to: Vec<Vec<String>> = smtp.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [vec![b.to_owned(), c.to_owned()], vec![a.to_owned()]]);
    assert_eq!(message_id(&smtp.mails()[0]), message_id(&smtp.mails()[1]));

    // Refused for good: the others have it, and somebody is told who has not.
    smtp.once(Stage::Rcpt, Fault::Reply(550));
    let end = sender.send(&alert(AlertKind::Grown)).await;
    assert!(matches!(&end, Err(NotifyError::Permanent { why }) if why.contains("550") && why.contains(a)), "{end:?}");
    assert_eq!(smtp.mails()[2].to, [b, c]);

    // Nobody is left: no text is sent.
    smtp.always(Stage::Rcpt, Fault::Reply(550));
    let end = sender.send(&alert(AlertKind::Edited)).await;
    assert!(matches!(&end, Err(NotifyError::Permanent { why }) if !why.contains("accepted for")), "{end:?}");
    assert_eq!(smtp.mails().len(), 3);
    assert_eq!(smtp.connections().total(), 1, "a refusal ends no session");
}

#[tokio::test]
async fn a_421_in_the_middle_reaches_nobody_and_waits_for_all() {
    let smtp = SmtpServer::options().start();
    let sender = Sender::mail(smtp.port(), &["a@news.example", "b@news.example"]);
    smtp.once(Stage::Rcpt, Fault::Reply(421));
    assert!(is_transient(&sender.send(&alert(AlertKind::News)).await));
    sender.send(&alert(AlertKind::News)).await.unwrap();
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(smtp.mails()[0].to.len(), 2);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_and_after_the_text_is_waited_for_longer() {
    for (stage, within) in [(Stage::Connect, 120), (Stage::Mail, 120), (Stage::Data, 120), (Stage::EndOfData, 600)] {
        let smtp = SmtpServer::options().start();
        let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
        let arrived = Arc::new(tokio::sync::Notify::new());
        smtp.on(stage, {
            let arrived = Arc::clone(&arrived);
            move || arrived.notify_one()
        });
        smtp.always(stage, Fault::Hang);
        let hangs = async {
            arrived.notified().await;
            // From here on nothing moves but the clock.
            tokio::time::pause();
            std::future::pending::<()>().await;
        };
        let started = tokio::time::Instant::now();
        let news = alert(AlertKind::News);
        let end = tokio::select! {
            end = sender.send(&news) => end,
            () = hangs => unreachable!(),
        };
        let waited = started.elapsed().as_secs();
        tokio::time::resume();
        assert!(is_transient(&end), "{stage:?} {end:?}");
        assert!((within..within + 5).contains(&waited), "{stage:?}: {waited} s, {end:?}");
    }
}

#[tokio::test]
async fn a_connection_serves_the_next_mail_and_one_that_died_meanwhile_costs_nothing() {
    let smtp = SmtpServer::options().start();
    let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
    for _ in 0..3 {
        sender.send(&alert(AlertKind::News)).await.unwrap();
    }
    assert_eq!(smtp.connections().total(), 1);
    smtp.once(Stage::Taken, Fault::HangUp);
    assert!(is_transient(&sender.send(&alert(AlertKind::News)).await));
    sender.send(&alert(AlertKind::News)).await.unwrap();
    assert_eq!((smtp.connections().total(), smtp.connections().most()), (2, 1));
    // One that is not needed any more is ended.
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(61)).await;
    tokio::time::resume();
    smtp.wait_for_commands("a goodbye", SOON, |lines| lines.iter().any(|line| line == "QUIT"));
}
