//! The mail servers: the scripted one by hand and by lettre, and the real one by lettre.

use std::sync::Arc;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};

use crate::client::Wire;
use crate::support::SOON;
use crate::support::aiosmtpd::{self, Aiosmtpd};
use crate::support::journal::Journal;
use crate::support::smtp_server::{Fault, SmtpOptions, SmtpServer, Stage};

/// How a connection comes by its TLS.
type Door = fn(TlsParameters) -> Tls;

fn message() -> Message {
    let builder = Message::builder().from("a@example.org".parse().unwrap()).to("b@example.org".parse().unwrap());
    builder.subject("Tartus").body(".dots\r\n..and lines\r\n".to_owned()).unwrap()
}

fn sender(port: u16, ca_pem: &str, door: Door) -> lettre::transport::smtp::SmtpTransportBuilder {
    let authority = Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    let tls = TlsParameters::builder("localhost".into()).add_root_certificate(authority).build().unwrap();
    SmtpTransport::builder_dangerous("localhost").port(port).tls(door(tls)).timeout(Some(SOON))
}

/// Says each line and returns the code of each answer.
fn converse(wire: &mut Wire, lines: &[&str]) -> Vec<String> {
    let answer = |wire: &mut Wire| loop {
        let line = wire.line();
        if line.get(3..4) != Some("-") {
            return line.chars().take(3).collect::<String>();
        }
    };
    let said = lines.iter().map(|line| {
        wire.send(format!("{line}\r\n"));
        answer(wire)
    });
    said.collect()
}

const ENVELOPE: [&str; 4] = ["EHLO rig", "MAIL FROM:<a@b> SIZE=9", "RCPT TO:<c@d>", "DATA"];

#[test]
fn a_mail_is_taken_as_it_was_sent() {
    let smtp = SmtpServer::options().extension("SIZE 1000").start();
    let mut wire = Wire::to(smtp.address());
    assert!(wire.line().starts_with("220"));
    assert_eq!(converse(&mut wire, &ENVELOPE), ["250", "250", "250", "354"]);
    assert_eq!(converse(&mut wire, &["..x\r\nbare\rreturn\nfeed\r\n.", "QUIT"]), ["250", "221"]);
    let mails = smtp.wait_for_mails(1, SOON);
    assert_eq!(mails[0].data, b".x\r\nbare\rreturn\nfeed\r\n");
    assert_eq!(
        (mails[0].from.as_str(), &mails[0].parameters[..], &mails[0].to[..]),
        ("a@b", &["SIZE=9".into()][..], &["c@d".into()][..])
    );
    assert_eq!((mails[0].tls, smtp.connections().most(), smtp.connections().total()), (false, 1, 1));
}

#[test]
fn every_stage_can_refuse_once_and_a_421_hangs_up() {
    let smtp = SmtpServer::options().start();
    for (stage, at) in [(Stage::Ehlo, 0), (Stage::Mail, 1), (Stage::Rcpt, 2), (Stage::Data, 3), (Stage::EndOfData, 4)] {
        let lines = [&ENVELOPE[..], &["text\r\n."]].concat();
        for code in [451, 550, 421] {
            smtp.once(stage, Fault::Reply(code));
            let mut wire = Wire::to(smtp.address());
            wire.line();
            let answers = converse(&mut wire, &lines[..=at]);
            assert_eq!(answers[at], code.to_string(), "{stage:?}");
            if code == 421 {
                assert!(wire.is_over());
            }
        }
    }
    smtp.once(Stage::Connect, Fault::Reply(421));
    assert!(Wire::to(smtp.address()).line().starts_with("421"));
    smtp.always(Stage::Mail, Fault::HangUp);
    let mut wire = Wire::to(smtp.address());
    wire.line();
    assert_eq!(converse(&mut wire, &ENVELOPE[..2]), ["250", ""]);
    assert!(smtp.mails().is_empty());
}

#[test]
fn the_connection_can_be_cut_within_the_data_and_right_after_the_mail_was_taken() {
    let smtp = SmtpServer::options().start();
    let taken = Arc::<Journal<()>>::default();
    smtp.on(Stage::Taken, {
        let taken = Arc::clone(&taken);
        move || taken.push(())
    });
    for (stage, fault, mails) in
        [(Stage::Data, Fault::CutData(1), 0), (Stage::Data, Fault::CutData(9), 0), (Stage::Taken, Fault::HangUp, 1)]
    {
        smtp.once(stage, fault);
        let mut wire = Wire::to(smtp.address());
        wire.line();
        assert_eq!(converse(&mut wire, &ENVELOPE).last().unwrap(), "354");
        assert_eq!(converse(&mut wire, &["text\r\n."]), [""], "{fault:?}");
        assert_eq!((smtp.mails().len(), taken.all().len()), (mails, mails));
    }
}

#[test]
fn lettre_gets_through_by_every_door_and_not_without_the_key() {
    let account = |options: SmtpOptions| options.account("news", "secret").start();
    let doors: [(SmtpServer, Door); 2] = [
        (account(SmtpServer::options().starttls()), Tls::Required),
        (account(SmtpServer::options().implicit_tls()), Tls::Wrapper),
    ];
    for (smtp, door) in doors {
        let login = |password: &str| {
            let credentials = Credentials::new("news".into(), password.into());
            sender(smtp.port(), smtp.ca_pem(), door).credentials(credentials).build().send(&message())
        };
        login("secret").unwrap();
        assert!(login("guess").unwrap_err().is_permanent());
        let mails = smtp.wait_for_mails(1, SOON);
        assert_eq!((mails.len(), mails[0].tls, mails[0].user.as_deref()), (1, true, Some("news")));
        assert!(mails[0].text().contains("\r\n\r\n.dots\r\n..and lines\r\n"), "{}", mails[0].text());
        assert!(!smtp.commands().iter().any(|line| line.contains("AUTH ")));
        let stranger = SmtpServer::options().start();
        let distrusted = sender(smtp.port(), stranger.ca_pem(), door).build().send(&message());
        assert!(distrusted.is_err(), "a certificate of another authority");
    }
}

#[test]
fn smtputf8_is_refused_where_it_was_not_offered() {
    for (options, code) in
        [(SmtpServer::options(), "555"), (SmtpServer::options().extension("SMTPUTF8").extension("8BITMIME"), "250")]
    {
        let smtp = options.start();
        let mut wire = Wire::to(smtp.address());
        wire.line();
        let lines = ["EHLO rig", "MAIL FROM:<анна@example.org> SMTPUTF8"];
        assert_eq!(converse(&mut wire, &lines)[1], code);
    }
}

#[test]
fn a_real_server_takes_a_real_mail() {
    let Some(server) = Aiosmtpd::start() else { return };
    let credentials = Credentials::new(aiosmtpd::USER.into(), aiosmtpd::PASSWORD.into());
    let sender = sender(server.port(), server.ca_pem(), Tls::Required);
    let refused = sender.clone().build().send(&message());
    assert!(refused.is_err(), "it wants a name and a password");
    sender.credentials(credentials).build().send(&message()).unwrap();
    let mails = server.wait_for_mails(1, SOON);
    assert_eq!((mails[0].from.as_str(), mails[0].tls), ("a@example.org", true));
    assert_eq!(mails[0].user.as_deref(), Some(aiosmtpd::USER));
    assert!(mails[0].text().contains("Subject: Tartus"));
}
