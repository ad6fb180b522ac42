//! Templates: a target is told in its user's words, by its own rules, and in ours where those fail.

use newswatch::model::{AlertKind, TargetKind, Wording};
use newswatch::notify::{KINDS, try_wording};
use serde_json::Value;

use crate::desk::{NOW, alert, all, body, service, unquoted};

fn chat(title: &str, text: &str) -> Wording {
    Wording { title: Some(title.to_owned()), text: Some(text.to_owned()), body: None }
}

fn json(body: &str) -> Wording {
    Wording { body: Some(body.to_owned()), ..Wording::default() }
}

#[test]
fn a_chat_says_what_its_template_says_and_nothing_else() {
    let wording = chat(
        "{{ kind }} <{{ watch }}>",
        "{% for m in members %}{{ loop.index }} {{ m.watch }}\n{% endfor %}{{ text }}",
    );
    assert_eq!(try_wording(&wording, NOW), []);
    let slack = body(&service("slack", "https://s.example"), wording.clone(), &alert(AlertKind::Digest));
    let slack: Value = serde_json::from_str(&slack).unwrap();
    let texts: Vec<&str> =
        slack["blocks"].as_array().unwrap().iter().map(|block| block["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["*digest &lt;harbour&gt;*", "1 harbour\n2 exports\n3 harbour"]);
    let pager = body(&service("pagerduty", "https://s.example"), wording, &alert(AlertKind::Notice));
    let pager: Value = serde_json::from_str(&pager).unwrap();
    assert_eq!(pager["payload"]["summary"], "notice <newswatch>");
    assert!(pager["payload"]["custom_details"]["text"].as_str().unwrap().starts_with("This is what newswatch"));
}

#[test]
fn a_mail_has_its_own_subject_and_text() {
    for kind in all().into_iter().filter(|kind| matches!(kind, TargetKind::Email(_))) {
        let wording = chat("Page: {{ headline }}", "one <b>\n\ntwo");
        let whole = crate::desk::preview(&kind, wording, &alert(AlertKind::News));
        assert!(whole.contains("Subject: Page: Grain terminal of Odesa reopens after repairs\n"), "{whole}");
        assert!(unquoted(&whole).contains("<p dir=\"auto\">one &lt;b&gt;</p>"), "{whole}");
    }
}

#[test]
fn a_webhook_gets_json_of_its_own_shape() {
    for kind in all().into_iter().filter(|kind| matches!(kind, TargetKind::Webhook(_) | TargetKind::Exec(_))) {
        let wording = json("{\n  \"text\": {{ headline|tojson }}, \"all\": {{ members|length }}\n}");
        assert_eq!(try_wording(&wording, NOW), []);
        let own = body(&kind, wording, &alert(AlertKind::Digest));
        assert_eq!(own, r#"{"all":3,"text":"3 alerts of 2 watches"}"#);
        // What fails on a real alert is no reason to be silent.
        let failing = body(&kind, json("{\"link\": \"{{ item.link }}\"}"), &alert(AlertKind::Notice));
        assert!(failing.contains("\"type\":\"alert.notice\""), "{failing}");
    }
}

#[test]
fn each_mistake_is_found_on_the_sample_that_shows_it() {
    let mistake = |wording: Wording| {
        let found = try_wording(&wording, NOW);
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].part, found[0].sample, found[0].error.to_string())
    };
    let syntax = mistake(chat("{{ headline }}", "a\n{% if %}"));
    assert_eq!((syntax.0, syntax.1), ("text", None));
    assert!(syntax.2.starts_with("line 2: "), "{}", syntax.2);
    let unknown = mistake(chat("{{ headlin }}", ""));
    assert_eq!(unknown, ("title", Some(AlertKind::News), "line 1: it speaks of a value that is not there".to_owned()));
    let absent = mistake(chat("x", "{{ item.title }}"));
    assert_eq!((absent.0, absent.1), ("text", Some(AlertKind::Update)));
    assert_eq!(mistake(chat(" ", "x")).2, "it says nothing");
    let bad = mistake(json("{\"text\": \"{{ item.summary if item else '' }}\", }"));
    assert!(bad.2.starts_with("what it makes is not JSON: "), "{}", bad.2);
    assert_eq!(try_wording(&Wording::default(), NOW), []);
}

#[test]
fn every_kind_has_a_sample() {
    for kind in KINDS {
        assert_eq!(alert(kind).kind, kind);
    }
}
