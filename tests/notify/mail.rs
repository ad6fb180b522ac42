//! Mails as their readers get them: taken by a real server, read by Python's `email`.

use newswatch::model::{Alert, AlertKind};
use serde_json::{Value, json};

use crate::alerts::{KINDS, alert, digest, news};
use crate::sender::{Sender, delivery};
use crate::support::aiosmtpd::{self, Aiosmtpd};
use crate::support::smtp_server::{Mail, SmtpServer};
use crate::support::{SOON, python};

/// What Python makes of mails.
fn read(python: &str, mails: &[Mail]) -> Vec<Read> {
    let latin: Vec<String> =
        mails.iter().map(|mail| mail.data.iter().map(|byte| char::from(*byte)).collect()).collect();
    let facts = python::run(python, "read_mails.py", &json!(latin));
    facts.as_array().unwrap().iter().cloned().map(Read).collect()
}

/// A mail as it was read.
struct Read(Value);

impl Read {
    fn header(&self, name: &str) -> String {
        let all = self.0["headers"].as_array().unwrap();
        let found: Vec<&str> =
            all.iter().filter(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap()).collect();
        assert!(found.len() <= 1, "{name} twice: {found:?}");
        found.first().copied().unwrap_or_default().to_owned()
    }

    /// The part, of the two that there are.
    fn part(&self, at: usize) -> &str {
        let types = ["text/plain", "text/html"];
        assert_eq!((&self.0["type"], &self.0["parts"][at][0]), (&"multipart/alternative".into(), &types[at].into()));
        assert_eq!((self.0["parts"].as_array().unwrap().len(), &self.0["defects"]), (2, &json!([])), "{:#}", self.0);
        self.0["parts"][at][1].as_str().unwrap()
    }
}

#[tokio::test]
async fn every_kind_of_alert_comes_through_a_real_server_and_reads_well() {
    let Some(server) = Aiosmtpd::start() else { return };
    let python = python::having("aiosmtpd").unwrap();
    let sender = Sender::secure_mail(server.port(), server.ca_pem(), aiosmtpd::USER, aiosmtpd::PASSWORD);
    let alerts: Vec<Alert> = KINDS.into_iter().map(alert).collect();
    for alert in &alerts {
        sender.send(alert).await.unwrap();
    }
    let mails = server.wait_for_mails(alerts.len(), SOON);
    for (alert, mail) in alerts.iter().zip(read(&python, &mails)) {
        headers_are_as_promised(alert, &mail);
        let (text, html) = (mail.part(0), mail.part(1));
        for line in text.lines() {
            let whole = ["http", "newswatch "].iter().any(|start| line.trim_start().starts_with(start));
            assert!(whole || line.chars().count() <= 72, "{line:?}");
        }
        let sentences = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let html = &html.replace("&#39;", "'");
        let shown: String = html.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text)).collect();
        for words in [&alert.headline, alert.text.lines().next().unwrap_or_default()] {
            assert!(sentences.contains(words), "{words} in {text}");
            assert!(shown.contains(words), "{words} in {html}");
        }
        for member in &alert.members {
            assert!(sentences.contains(&member.title) && html.contains(&member.title), "{}", member.title);
            assert!(member.link.iter().all(|link| text.lines().any(|line| line.trim() == link)));
        }
        let foreign = ["src=", "url(", "<script", "<link", "@import", "<img", "http-equiv"];
        assert!(foreign.iter().all(|piece| !html.contains(piece)), "{html}");
        assert!(html.contains("prefers-color-scheme:dark") && html.contains("content=\"light dark\""), "{html}");
        assert!(alert.lead.is_none() || html.contains("<mark"), "{html}");
        assert!(mail.part(0).contains(&alert.id.to_string()) && html.contains(&alert.id.to_string()));
    }
}

#[track_caller]
fn headers_are_as_promised(alert: &Alert, mail: &Read) {
    let id = |id: &dyn std::fmt::Display| format!("<{id}@news.example>");
    assert_eq!(mail.header("message-id"), id(&delivery(alert).id));
    let root = alert.story.map(|story| id(&format!("story.{story}"))).unwrap_or_default();
    let first = alert.thread.map(|thread| id(&delivery(alert).of(thread)));
    assert_eq!(mail.header("in-reply-to"), first.clone().unwrap_or_else(|| root.clone()), "{}", alert.kind);
    let references = first.map_or(root.clone(), |first| format!("{root} {first}"));
    assert_eq!(mail.header("references"), references, "{}", alert.kind);
    assert_eq!(mail.header("list-id"), format!("<{}.newswatch.news.example>", alert.watch));
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert_eq!(mail.header("x-newswatch-kind"), alert.kind.name());
    assert_eq!(mail.header("mime-version"), "1.0");
    assert!(mail.header("date").ends_with(" +0000"), "{}", mail.header("date"));
    let of_thread = alert.thread.and(alert.standing.as_ref());
    let subject = of_thread.map_or(alert.headline.clone(), |standing| standing.headline.clone());
    let reply = if of_thread.is_some() { "Re: " } else { "" };
    assert_eq!(mail.header("subject"), format!("{reply}[{}] {subject}", alert.watch));
}

#[tokio::test]
async fn subjects_and_names_in_any_script_are_read_as_they_were_written() {
    let Some(python) = python::having("email") else { return };
    let smtp = SmtpServer::options().start();
    let to =
        ["Ночная смена <night@news.example>", "\"Desk, غرفة الأخبار\" <desk@новости.example>", "plain@news.example"];
    let sender = Sender::mail(smtp.port(), &to);
    let titles = [
        "ناقلة روسية ترسو في ميناء طرطوس وسط حراسة مشددة وأنباء عن دخان كثيف",
        "Российский танкер пришвартовался в порту Тартуса, очевидцы сообщают о дыме",
        "🚢🇸🇾 Tanker docks 👩‍👩‍👧‍👦 at Tartus 🔥",
        "俄罗斯油轮停靠塔尔图斯港目击者称看到浓烟升起港口当局尚未发表评论",
        "=?utf-8?q?=0D=0ABcc:_everybody?= in Tartus",
        "two  blanks, a “quotation” and Tartus",
    ];
    for title in titles {
        sender.send(&news("tartus", title, "")).await.unwrap();
    }
    for (title, mail) in titles.iter().zip(read(&python, &smtp.mails())) {
        assert_eq!(mail.header("subject"), format!("[tartus] {title}"));
        assert!(
            mail.part(0).contains(title.split(' ').next().unwrap().get(..18).unwrap_or_default()),
            "{}",
            mail.part(0)
        );
        let to = json!([
            ["Ночная смена", "night@news.example"],
            ["Desk, غرفة الأخبار", "desk@xn--b1amnebsh.example"],
            ["", "plain@news.example"]
        ]);
        assert_eq!(mail.0["to"], to);
        assert!(mail.header("bcc").is_empty());
    }
    let mails = smtp.mails();
    assert!(mails.iter().all(|mail| mail.data.is_ascii() && mail.parameters.is_empty()), "no need of SMTPUTF8");
}

#[tokio::test]
async fn a_digest_names_all_of_its_alerts_by_watch() {
    let Some(python) = python::having("email") else { return };
    let smtp = SmtpServer::options().start();
    let alert = digest(100);
    Sender::mail(smtp.port(), &["desk@news.example"]).send(&alert).await.unwrap();
    let mail = read(&python, &smtp.mails()).remove(0);
    let (text, html) = (mail.part(0), mail.part(1));
    for member in &alert.members {
        let link = member.link.as_deref().unwrap();
        assert_eq!(text.lines().filter(|line| line.trim() == link).count(), 1);
        assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 1);
    }
    for heading in ["tartus (34)", "hts (33)", "africa-corps (33)"] {
        assert!(text.lines().any(|line| line == heading) && html.contains(heading), "{text}");
    }
    assert!(html.contains("<div dir=\"auto\">") && !text.contains("more"), "{text}");
}

#[tokio::test]
async fn an_address_beyond_ascii_is_named_only_where_the_server_can_read_it() {
    let to = ["анна@news.example", "desk@news.example"];
    let able = SmtpServer::options().extension("SMTPUTF8").extension("8BITMIME").start();
    Sender::mail(able.port(), &to).send(&alert(AlertKind::Test)).await.unwrap();
    let mail = able.mails().remove(0);
    assert_eq!(
        (&mail.to[..], &mail.parameters[..]),
        (&to.map(str::to_owned)[..], &["SMTPUTF8", "BODY=8BITMIME"].map(str::to_owned)[..])
    );
    Sender::mail(able.port(), &to[1..]).send(&alert(AlertKind::Test)).await.unwrap();
    assert!(able.mails()[1].parameters.is_empty(), "not needed, not asked for");

    let unable = SmtpServer::options().start();
    let error = Sender::mail(unable.port(), &to).send(&alert(AlertKind::Test)).await.unwrap_err().to_string();
    assert!(error.starts_with("анна@news.example: the server does not offer SMTPUTF8"), "{error}");
    assert!(error.ends_with("accepted for desk@news.example"), "{error}");
    let mail = unable.mails().remove(0);
    assert_eq!((mail.to, mail.data.is_ascii()), (vec!["desk@news.example".to_owned()], true));
}
