//! Whatever a stranger writes, a mail has the header that it ought to have and no more, and its text is read back.

use newswatch::model::{AlertKind, Member};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::alerts::{alert, news};
use crate::sender::Sender;
use crate::support::python;
use crate::support::smtp_server::SmtpServer;

/// What goes wrong in mails: line ends of all kinds, words that look encoded, headers, dots, and anything else.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<String>(),
        3 => "[ -~]{0,90}",
        2 => "\\PC{0,60}",
        4 => prop::sample::select(vec![
            "\r\n", "\n", "\r", "\r\n.\r\n", "\r\nBcc: everybody@news.example\r\n", "\n\n<script>", "=?utf-8?b?Cg==?=",
            "=?utf-8?q?=0D=0ABcc:_x?=", "\u{2028}", "\u{85}", "\0", "\u{202e}", "Tartus", "  ", "\t", "👩‍👩‍👧‍👦", "\u{feff}",
            ".", "From ", "--", "=", "&lt;", "\"", "'", "<", "\u{fffd}", "é",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// The header's names, in their order.
const HEADER: [&str; 13] = [
    "From",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Newswatch-Kind",
    "List-Id",
    "To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "",
];

fn is_well_formed(mail: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(mail).map_err(|_| "not UTF-8")?;
    let rest = text.replace("\r\n", "");
    if !text.is_ascii() || rest.contains(['\r', '\n', '\0']) {
        return Err("a byte beyond ASCII, or a bare CR or LF".to_owned());
    }
    let (header, body) = text.split_once("\r\n\r\n").ok_or("no body")?;
    let names = header.split("\r\n").filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = names.map(|line| line.split_once(": ").map_or("no header", |(name, _)| name)).collect();
    if names != HEADER[..HEADER.len() - 1] {
        return Err(format!("{names:?}"));
    }
    match header.split("\r\n").chain(body.split("\r\n")).find(|line| line.len() > 78) {
        Some(long) if !long.contains("boundary=") => Err(format!("a line of {} characters: {long}", long.len())),
        _ => Ok(()),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn any_text_makes_a_mail_with_the_header_it_ought_to_have() {
    let (smtp, runtime) = (SmtpServer::options().start(), runtime());
    let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    let texts = (nasty(), nasty(), nasty(), nasty());
    let run = TestRunner::new(config).run(&texts, |(watch, title, summary, note)| {
        let mut hostile = news(&watch, &title, &summary);
        let lead = hostile.lead.as_mut().unwrap();
        (lead.feed_name, lead.language, lead.link) = (note.clone(), Some(note.clone()), Some(note.clone()));
        hostile.text = note.clone();
        hostile.members = alert(AlertKind::Digest).members[..2].to_vec();
        hostile.members.iter_mut().for_each(|member| {
            *member = Member {
                outlet: title.clone(),
                note: note.clone(),
                watch: watch.clone(),
                title: title.clone(),
                ..member.clone()
            }
        });
        runtime.block_on(sender.send(&hostile)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        is_well_formed(&smtp.mails().last().unwrap().data).map_err(TestCaseError::fail)
    });
    run.unwrap();
}

#[test]
fn any_headline_is_read_back_by_a_reader_that_is_not_ours() {
    let Some(python) = python::having("email") else { return };
    let (smtp, runtime) = (SmtpServer::options().start(), runtime());
    let sender = Sender::mail(smtp.port(), &["desk@news.example"]);
    let mut runner = TestRunner::deterministic();
    let mut subjects = Vec::new();
    for _ in 0..200 {
        let title = nasty().new_tree(&mut runner).unwrap().current();
        let mut hostile = news("tartus", &title, "");
        hostile.headline = title;
        runtime.block_on(sender.send(&hostile)).unwrap();
        let subject = newswatch::notify::inert(&format!("[tartus] {}", hostile.headline));
        let subject: String = subject.chars().take(200).collect();
        subjects.push(subject.trim_end_matches(' ').to_owned());
    }
    let latin = smtp.mails().into_iter().map(|mail| mail.data.into_iter().map(char::from).collect::<String>());
    let read = python::run(&python, "read_mails.py", &json!(latin.collect::<Vec<_>>()));
    for (subject, mail) in subjects.iter().zip(read.as_array().unwrap()) {
        let headers = mail["headers"].as_array().unwrap();
        let found: Vec<&str> =
            headers.iter().filter(|pair| pair[0] == "subject").map(|pair| pair[1].as_str().unwrap()).collect();
        assert_eq!(found, [subject], "{mail:#}");
        assert_eq!((headers.len(), &mail["defects"]), (HEADER.len() - 1, &json!([])), "{subject:?} {mail:#}");
    }
}
