//! A digest names every one of its members, however long they are and in whatever script, within what its target takes.

use newswatch::model::{Alert, AlertKind, MAX_LINK_BYTES, MAX_MEMBER_TEXT_BYTES, Service, TargetKind, Wording};
use newswatch::notify::{MAX_BODY_BYTES, capacity};
use proptest::prelude::*;
use serde_json::Value;

use crate::desk::{alert, all, body, strings, unquoted};

/// Pieces of titles: scripts, and what grows when it is escaped.
const PIECES: [&str; 14] = ["a", "ж", "م", "京", "🚢", "&", "<", "*", "_", "@", ":", "\"", "\\", "\u{1}"];

/// A digest as large as the target takes, with titles and links as long as there are.
fn digest(kind: &TargetKind, piece: &str, title: usize, link: usize, outlet: &str) -> Alert {
    let mut digest = alert(AlertKind::Digest);
    let member = digest.members[0].clone();
    digest.members = (0..capacity(kind))
        .map(|n| {
            let mut member = member.clone();
            member.title = format!("m{n}x{}", piece.repeat(title.saturating_sub(5) / piece.len()));
            member.link = Some(format!("https://n.example/{n}/{}", "l".repeat(link.saturating_sub(24))));
            member.outlet = outlet.to_owned();
            member.watch = "w".repeat(64);
            assert!(
                member.title.len() <= MAX_MEMBER_TEXT_BYTES && member.link.iter().all(|l| l.len() <= MAX_LINK_BYTES)
            );
            member
        })
        .collect();
    digest.member_count = digest.members.len();
    digest
}

/// What the target's own rules say of the body, and all that a reader of it sees.
fn seen(kind: &TargetKind, body: &str) -> String {
    let utf16 = |text: &str| text.encode_utf16().count();
    let json = || serde_json::from_str::<Value>(body).unwrap();
    match kind {
        TargetKind::Terminal(target) if target.format == newswatch::model::TerminalFormat::Json => {
            assert!(body.len() <= MAX_BODY_BYTES + 1, "{} bytes", body.len());
            strings(&json()).join("\n")
        }
        TargetKind::Terminal(_) => body.to_owned(),
        TargetKind::Email(_) => unquoted(body),
        TargetKind::Webhook(_) | TargetKind::Exec(_) => {
            assert!(body.len() <= MAX_BODY_BYTES, "{} bytes", body.len());
            assert_eq!(json()["type"], "alert.digest");
            assert!(json()["data"]["members"].as_array().unwrap().iter().all(|member| member["watch"].is_string()));
            strings(&json()).join("\n")
        }
        TargetKind::Service(target) => {
            let json = json();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            match &target.service {
                Service::Slack => {
                    let blocks = json["blocks"].as_array().unwrap();
                    assert!(blocks.len() <= 50);
                    let lengths = blocks.iter().map(|block| utf16(&text(&block["text"]["text"])));
                    assert!(lengths.clone().all(|length| (1..=3_000).contains(&length)), "{lengths:?}");
                }
                Service::Discord => {
                    let description = &json["embeds"][0]["description"];
                    assert!(utf16(&text(&json["content"])) <= 2_000 && utf16(&text(description)) <= 4_096);
                }
                Service::Teams => assert!(body.len() <= 28_000, "{} bytes", body.len()),
                Service::Mattermost => assert!(text(&json["text"]).chars().count() <= 16_383),
                Service::Telegram { .. } => {
                    let html = text(&json["text"]);
                    let tags = html.replace("&amp;", "&").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "");
                    let bare: String = tags.split('<').map(|part| part.rsplit('>').next().unwrap()).collect();
                    assert!(utf16(&bare) <= 4_096, "{}", utf16(&bare));
                }
                Service::Matrix { .. } => assert!(body.len() <= 60_000),
                Service::Ntfy { .. } => assert!(text(&json["message"]).len() <= 4_096),
                Service::PagerDuty { .. } => {
                    assert!(utf16(&text(&json["payload"]["summary"])) <= 1_024 && body.len() <= 512_000);
                    assert!(text(&json["dedup_key"]).len() <= 255);
                }
                Service::Alertmanager { .. } => assert!(body.len() <= 200_000),
            }
            strings(&json).join("\n")
        }
    }
}

fn assert_names_all(kind: &TargetKind, digest: &Alert) -> String {
    let seen = seen(kind, &body(kind, Wording::default(), digest));
    for n in 0..digest.members.len() {
        assert!(seen.contains(&format!("m{n}x")), "{}: member {n} is missing in {seen}", kind.name());
    }
    seen
}

#[test]
fn the_largest_digest_names_its_members_in_any_script() {
    for kind in all() {
        for piece in PIECES {
            assert_names_all(&kind, &digest(&kind, piece, MAX_MEMBER_TEXT_BYTES, MAX_LINK_BYTES, "Harbour News"));
        }
    }
}

#[test]
fn about_a_hundred_characters_of_each_title_are_left() {
    for kind in all() {
        for piece in ["a", "ж", "م", "京", "🚢"] {
            let digest = digest(&kind, piece, MAX_MEMBER_TEXT_BYTES, MAX_LINK_BYTES, "Harbour News");
            let seen = assert_names_all(&kind, &digest);
            let whole = digest.members[0].title.chars().count() - 5;
            let least = whole.min(70);
            for n in 0..digest.members.len() {
                let (_, rest) = seen.split_once(&format!("m{n}x")).unwrap();
                // Mails are written in lines.
                let unbroken = rest.chars().filter(|c| !c.is_whitespace());
                let kept = unbroken.take_while(|c| piece.starts_with(*c)).count();
                assert!(kept >= least, "{}: {kept} of {whole} × {piece} at {n}", kind.name());
            }
        }
    }
}

#[test]
fn an_ordinary_digest_keeps_its_links() {
    for kind in all() {
        let mut digest = digest(&kind, "a", 60, 60, "ERR");
        digest.members.truncate(8);
        digest.member_count = 8;
        digest.members.iter_mut().for_each(|member| member.watch = "hts".to_owned());
        let whole = body(&kind, Wording::default(), &digest);
        let whole = if matches!(kind, TargetKind::Email(_)) { unquoted(&whole) } else { whole };
        for n in 0..8 {
            let annotated = matches!(&kind, TargetKind::Service(target) if target.service.name() == "alertmanager");
            assert!(annotated || whole.contains(&format!("https://n.example/{n}/")), "{}: {whole}", kind.name());
        }
    }
}

/// A digest that was put together when the target was of another kind: too long for it, and told as far as it goes.
#[test]
fn a_digest_for_another_kind_is_told_as_far_as_it_goes() {
    let terminal = TargetKind::Terminal(newswatch::model::TerminalTarget::default());
    let digest = digest(&terminal, "ж", MAX_MEMBER_TEXT_BYTES, MAX_LINK_BYTES, "Harbour News");
    for kind in all() {
        let seen = seen(&kind, &body(&kind, Wording::default(), &digest));
        assert!(seen.contains("m0x"), "{}: {seen}", kind.name());
        if let TargetKind::Service(_) = kind {
            assert!(seen.contains("m199x") || seen.contains(" more"), "{}: {seen}", kind.name());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_digest_loses_a_member(
        piece in prop::sample::select(&PIECES[..]),
        title in 10usize..=MAX_MEMBER_TEXT_BYTES,
        link in 30usize..=MAX_LINK_BYTES,
        outlet in "\\PC{0,70}",
    ) {
        for kind in all() {
            assert_names_all(&kind, &digest(&kind, piece, title, link, &outlet));
        }
    }
}
