//! Each service's request as it arrives at a real server, and what each answer comes to.

use std::time::Duration;

use newswatch::model::{Alert, AlertKind, Wording};
use newswatch::notify::NotifyError;
use serde_json::{Value, json};

use crate::desk::{HOOK, NOW, alert, attempt, delivery, notifier, preview, service, services};
use crate::support::feed_server::FeedServer;
use crate::support::http::Request;
use crate::support::reply::Reply;

const MATRIX: &str = "/_matrix/client/v3/rooms/!room:m.example/send/m.room.message/";
const NAMES: [&str; 9] =
    ["slack", "discord", "teams", "mattermost", "telegram", "matrix", "ntfy", "pagerduty", "alertmanager"];

/// Where the service is told of the alert.
fn path(name: &str, alert: &Alert) -> String {
    match name {
        "telegram" => "/bott0ken-0f-ours/sendMessage".to_owned(),
        "matrix" => format!("{MATRIX}{}", delivery(alert).id),
        "ntfy" => "/".to_owned(),
        "pagerduty" => "/v2/enqueue".to_owned(),
        "alertmanager" => "/api/v2/alerts".to_owned(),
        _ => HOOK.to_owned(),
    }
}

/// What the service gets of the alert, and what its answer comes to.
async fn told(name: &str, alert: &Alert, reply: Reply) -> (Request, Value, Result<(), NotifyError>) {
    let server = FeedServer::start();
    server.set(&path(name, alert), reply);
    let outcome = attempt(&service(name, server.url("").trim_end_matches('/')), alert).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "{name}");
    let body = serde_json::from_slice(&requests[0].body).unwrap();
    (requests[0].clone(), body, outcome)
}

async fn ok(name: &str, alert: &Alert) -> (Request, Value) {
    let (request, body, outcome) = told(name, alert, Reply::ok(r#"{"ok":true}"#)).await;
    assert_eq!(outcome, Ok(()), "{name}");
    assert_eq!((request.path(), request.header("content-type")), (&*path(name, alert), Some("application/json")));
    (request, body)
}

fn wait(outcome: Result<(), NotifyError>) -> Option<Duration> {
    match outcome {
        Err(NotifyError::Transient { retry_after, .. }) => retry_after,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn slack_gets_blocks() {
    let (request, body) = ok("slack", &alert(AlertKind::News)).await;
    assert_eq!(request.method, "POST");
    assert_eq!(body["text"], "[harbour] Grain terminal of Odesa reopens after repairs");
    let title =
        "*<https://news.example/grain?from=feed&amp;n=1|[harbour] Grain terminal of Odesa reopens after repairs>*";
    assert_eq!(body["blocks"][0]["text"], json!({ "type": "mrkdwn", "text": title, "verbatim": true }));
    assert!(body["blocks"][1]["text"]["text"].as_str().unwrap().contains("the port's &lt;director&gt;"), "{body}");
    assert_eq!((&body["unfurl_links"], &body["unfurl_media"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn discord_gets_a_line_and_an_embed() {
    let (_, body) = ok("discord", &alert(AlertKind::News)).await;
    let content =
        "**[\\[harbour\\] Grain terminal of Odesa reopens after repairs](<https://news.example/grain?from=feed&n=1>)**";
    assert_eq!(body["content"], content);
    let (_, body) = ok("discord", &alert(AlertKind::Digest)).await;
    assert_eq!(body["content"], "**\\[harbour\\] 3 alerts of 2 watches**");
    let description = body["embeds"][0]["description"].as_str().unwrap();
    assert!(description.contains("• \\[exports\\] Harbour News 23\\:59: [Grain terminal"), "{description}");
    assert!(description.contains("](https://news.example/report/1)"), "{description}");
}

#[tokio::test]
async fn teams_gets_a_card() {
    let (_, body) = ok("teams", &alert(AlertKind::News)).await;
    assert_eq!(body["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    let card = &body["attachments"][0]["content"];
    assert_eq!((&card["type"], &card["version"]), (&json!("AdaptiveCard"), &json!("1.4")));
    let run = &card["body"][0]["inlines"][0];
    assert_eq!(run["selectAction"]["url"], "https://news.example/grain?from=feed&n=1");
}

#[tokio::test]
async fn mattermost_gets_markdown() {
    let (_, body) = ok("mattermost", &alert(AlertKind::Update)).await;
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("**\\[harbour\\] Grain terminal"), "{text}");
    assert!(text.contains("\n- Harbour News 00:00: [Grain"), "{text}");
}

#[tokio::test]
async fn telegram_gets_html_in_its_chat() {
    let (_, body) = ok("telegram", &alert(AlertKind::News)).await;
    assert_eq!((&body["chat_id"], &body["parse_mode"]), (&json!("42"), &json!("HTML")));
    assert_eq!(body["link_preview_options"], json!({ "is_disabled": true }));
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("<b><a href=\"https://news.example/grain?from=feed&amp;n=1\">[harbour] Grain"), "{text}");
}

#[tokio::test]
async fn matrix_gets_one_event_a_delivery() {
    let news = alert(AlertKind::News);
    let (request, body) = ok("matrix", &news).await;
    assert_eq!((&*request.method, request.header("authorization")), ("PUT", Some("Bearer t0ken-0f-ours")));
    assert_eq!((&body["msgtype"], &body["m.mentions"]), (&json!("m.text"), &json!({})));
    assert!(body["formatted_body"].as_str().unwrap().starts_with("<strong><a href=\"https://news.example/grain"));
    assert!(body["body"].as_str().unwrap().starts_with("[harbour] Grain terminal of Odesa"), "{body}");
}

#[tokio::test]
async fn ntfy_gets_a_message_to_its_topic() {
    let (request, body) = ok("ntfy", &alert(AlertKind::News)).await;
    assert_eq!(request.header("authorization"), Some("Bearer t0ken-0f-ours"));
    assert_eq!((&body["topic"], &body["priority"], &body["tags"]), (&json!("desk-night"), &json!(4), &json!(["news"])));
    assert_eq!(body["click"], "https://news.example/grain?from=feed&n=1");
    let (_, digest) = ok("ntfy", &alert(AlertKind::Digest)).await;
    assert_eq!((&digest["priority"], digest.get("click")), (&json!(3), None));
}

#[tokio::test]
async fn pagerduty_keeps_a_story_in_one_incident() {
    let (_, first) = ok("pagerduty", &alert(AlertKind::News)).await;
    let (_, later) = ok("pagerduty", &alert(AlertKind::Update)).await;
    let (_, other) = ok("pagerduty", &alert(AlertKind::Digest)).await;
    assert_eq!((&first["routing_key"], &first["event_action"]), (&json!("t0ken-0f-ours"), &json!("trigger")));
    assert_eq!(
        (&first["payload"]["severity"], &first["payload"]["source"]),
        (&json!("critical"), &json!("Harbour News"))
    );
    assert_eq!(first["dedup_key"], later["dedup_key"]);
    assert_ne!(first["dedup_key"], other["dedup_key"]);
    assert_eq!(other["payload"]["custom_details"]["members"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn alertmanager_keeps_a_story_in_one_alert() {
    let (request, first) = ok("alertmanager", &alert(AlertKind::News)).await;
    assert_eq!(request.header("authorization"), Some("Bearer t0ken-0f-ours"));
    let (_, later) = ok("alertmanager", &alert(AlertKind::Update)).await;
    assert_eq!(first[0]["labels"], later[0]["labels"]);
    assert_eq!(
        (&first[0]["labels"]["alertname"], &first[0]["labels"]["watch"]),
        (&json!("newswatch"), &json!("harbour"))
    );
    let times = (&first[0]["startsAt"], &first[0]["endsAt"]);
    assert_eq!(times, (&json!("1970-01-01T00:00:00Z"), &json!("1970-01-01T01:00:00Z")));
    assert_eq!(first[0]["generatorURL"], "https://news.example/grain?from=feed&n=1");
    let (_, notice) = ok("alertmanager", &alert(AlertKind::Notice)).await;
    assert!(notice[0]["labels"].get("story").is_none() && notice[0]["labels"]["alert"].is_string());
}

#[tokio::test]
async fn only_success_is_success_and_trouble_is_tried_again() {
    let news = alert(AlertKind::News);
    for name in NAMES {
        for status in [301, 302, 401, 403, 500, 503] {
            let (_, _, outcome) = told(name, &news, Reply::status(status)).await;
            let why = format!("the receiver answered {status}");
            assert_eq!(outcome, Err(NotifyError::Transient { why, retry_after: None }), "{name}");
        }
        let (_, _, outcome) = told(name, &news, Reply::status(410)).await;
        let is_final = matches!(outcome, Err(NotifyError::Gone { .. } | NotifyError::Permanent { .. }));
        assert!(is_final, "{name}: {outcome:?}");
        let (_, _, outcome) = told(name, &news, Reply::status(429).retry_after("90")).await;
        assert_eq!(wait(outcome), Some(Duration::from_secs(90)), "{name}");
        let accepted = Reply::status(202);
        assert_eq!(told(name, &news, accepted).await.2, Ok(()), "{name}");
    }
}

#[tokio::test]
async fn services_say_in_their_own_words_how_long_to_wait() {
    let news = alert(AlertKind::News);
    let bodies = [
        ("discord", json!({ "message": "You are being rate limited.", "retry_after": 64.57, "global": false })),
        ("telegram", json!({ "ok": false, "error_code": 429, "parameters": { "retry_after": 35 } })),
        ("matrix", json!({ "errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2_500 })),
    ];
    for ((name, body), seconds) in bodies.into_iter().zip([64.57, 35.0, 2.5]) {
        let (_, _, outcome) = told(name, &news, Reply::status(429).retry_after("2").body(body.to_string())).await;
        assert_eq!(wait(outcome), Some(Duration::from_secs_f64(seconds)), "{name}");
    }
    let odd = json!({ "retry_after": -1e300 }).to_string();
    assert_eq!(wait(told("discord", &news, Reply::status(429).body(odd)).await.2), None);
}

#[tokio::test]
async fn what_a_service_calls_final_is_final() {
    let news = alert(AlertKind::News);
    for (name, status, body, is_final) in [
        ("slack", 404, "no_service", true),
        ("slack", 403, "action_prohibited", false),
        ("slack", 404, "channel_not_found", false),
        ("slack", 400, "invalid_payload", false),
        ("discord", 404, r#"{"message": "Unknown Webhook", "code": 10015}"#, true),
        ("discord", 401, "{}", false),
        ("pagerduty", 400, r#"{"status":"invalid event","errors":["'payload.summary' is missing"]}"#, true),
        ("pagerduty", 400, r#"{"status":"invalid event","errors":["invalid routing_key"]}"#, false),
        ("telegram", 400, r#"{"ok":false,"description":"Bad Request: chat not found"}"#, false),
        ("telegram", 200, r#"{"ok":false,"description":"odd"}"#, false),
        ("mattermost", 404, "", false),
        ("ntfy", 413, "{}", false),
        ("alertmanager", 400, "{}", false),
    ] {
        let outcome = told(name, &news, Reply::status(status).body(body)).await.2.unwrap_err();
        let permanent = matches!(&outcome, NotifyError::Permanent { .. } | NotifyError::Gone { .. });
        assert_eq!(permanent, is_final, "{name} {status} {body}: {outcome}");
        assert!(outcome.to_string().starts_with(&format!("the receiver answered {status}")), "{outcome}");
    }
}

#[tokio::test]
async fn what_is_told_of_an_answer_is_short_inert_and_without_secrets() {
    let news = alert(AlertKind::News);
    for name in NAMES {
        let evil = format!("t0ken-0f-ours \u{1b}[31m\r\n B0secret0 T0secret0 {}", "x".repeat(100_000));
        let why = told(name, &news, Reply::status(500).body(evil)).await.2.unwrap_err().to_string();
        assert!(why.len() < 260 && !why.contains(char::is_control), "{name}: {why}");
        let hook = service(name, "https://s.example");
        let secret = if hook.name() == name && path(name, &news) == HOOK { "secret0" } else { "t0ken" };
        assert!(!why.contains(secret), "{name}: {why}");
    }
}

#[test]
fn a_preview_is_the_request_without_its_secrets() {
    for kind in services("https://service.example") {
        let shown = preview(&kind, Wording::default(), &alert(AlertKind::News));
        let (head, body) = shown.split_once("\n\n").unwrap();
        assert!(head.contains(" https://service.example/") && body.contains("Grain terminal"), "{shown}");
        for secret in ["t0ken", "secret0", "desk-night"] {
            assert!(!shown.contains(secret), "{}: {shown}", kind.name());
        }
    }
}

#[tokio::test]
async fn a_service_that_has_had_enough_is_left_alone_for_a_moment() {
    let server = FeedServer::start();
    let empty = Reply::status(204).header("X-RateLimit-Remaining", "0").header("X-RateLimit-Reset-After", "0.7");
    server.set(HOOK, empty);
    let notifier = notifier(&service("discord", &server.url("")), Wording::default());
    let news = alert(AlertKind::News);
    for _ in 0..2 {
        notifier.notify(&delivery(&news), &news, NOW).await.unwrap();
    }
    let requests = server.requests();
    assert!(requests[1].at.duration_since(requests[0].at) >= Duration::from_millis(690));
}
