//! Webhooks as their receivers see them: verified by the reference library of Standard Webhooks, described by the
//! published schema; and receivers that are slow, endless, elsewhere, or not to be reached at all.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use newswatch::model::AlertKind;
use newswatch::notify::NotifyError;
use serde_json::{Value, json};

use crate::alerts::{KINDS, alert, digest};
use crate::sender::Sender;
use crate::support::python;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::{Attempt, WebhookReceiver};

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn waits(end: &Result<(), NotifyError>) -> Option<Option<Duration>> {
    match end {
        Err(NotifyError::Transient { retry_after, .. }) => Some(*retry_after),
        _ => None,
    }
}

/// A request as the reference library is to judge it, by this key.
fn case(key: &str, attempt: &Attempt) -> Value {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: Value = names.iter().map(|name| ((*name).to_owned(), json!(attempt.request.header(name)))).collect();
    json!([key, headers, String::from_utf8(attempt.request.body.clone()).unwrap()])
}

#[tokio::test]
async fn the_reference_library_verifies_each_key_and_nothing_that_was_tampered_with() {
    let Some(python) = python::having("standardwebhooks") else { return };
    let receiver = WebhookReceiver::start(&[OLD]);
    for keys in [&[OLD][..], &[OLD, NEW], &[NEW, OLD]] {
        Sender::webhook(&receiver.url(), keys).send(&alert(AlertKind::News)).await.unwrap();
    }
    let [one, two, reversed] = receiver.attempts().try_into().unwrap();
    assert_eq!((&one.id, &two.id), (&two.id, &reversed.id), "one id, however often it is sent");
    let tampered = |at: usize, name: &str, to: &str| {
        let mut case = case(OLD, &one);
        let place = if name.is_empty() { &mut case[at] } else { &mut case[at][name] };
        *place = place.as_str().unwrap().replacen(&place.as_str().unwrap()[..2], to, 1).into();
        case
    };
    let good = [case(OLD, &one), case(OLD, &two), case(NEW, &two), case(OLD, &reversed), case(NEW, &reversed)];
    let bad = [
        case(NEW, &one),
        case(OTHER, &two),
        tampered(2, "", "{ \""),
        tampered(1, "webhook-id", "zz"),
        tampered(1, "webhook-timestamp", "16"),
        tampered(1, "webhook-signature", "v2"),
    ];
    let verdicts = python::run(&python, "verify_webhook.py", &json!([&good[..], &bad[..]].concat()));
    let verdicts = verdicts.as_array().unwrap();
    assert!(verdicts[..good.len()].iter().all(Value::is_null), "{verdicts:?}");
    assert!(verdicts[good.len()..].iter().all(Value::is_string), "{verdicts:?}");
}

#[tokio::test]
async fn every_kind_of_alert_is_what_the_schema_says() {
    let Some(python) = python::having("jsonschema") else { return };
    let receiver = WebhookReceiver::start(&[OLD]);
    let sender = Sender::webhook(&receiver.url(), &[OLD]);
    let mut poor = alert(AlertKind::News);
    let lead = poor.lead.as_mut().unwrap();
    (lead.link, lead.published, lead.language, lead.arrival) = (None, None, None, None);
    for alert in KINDS.into_iter().map(alert).chain([poor, digest(500)]) {
        sender.send(&alert).await.unwrap();
    }
    let mut bodies: Vec<Value> = receiver.deliveries().into_iter().map(|attempt| attempt.body).collect();
    assert!(bodies.iter().zip(KINDS).all(|(body, kind)| body["data"]["kind"] == kind.name()));
    assert_eq!(bodies.last().unwrap()["data"]["member_count"], 500);
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/webhook.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let complaints =
        |bodies: &[Value]| python::run(&python, "check_schema.py", &json!({"schema": schema, "bodies": bodies}));
    assert_eq!(complaints(&bodies), json!([]));
    // The control: a property that is not described, and one that is missing.
    bodies.truncate(2);
    bodies[0]["data"]["extra"] = 1.into();
    bodies[1]["data"].as_object_mut().unwrap().remove("watch");
    assert_eq!(complaints(&bodies).as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn only_2xx_is_a_yes_only_410_is_final_and_retry_after_is_heard() {
    let receiver = WebhookReceiver::start(&[OLD]);
    let sender = Sender::webhook(&receiver.url(), &[OLD]);
    let later = (jiff::Timestamp::now() + Duration::from_secs(7_200)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let hours = Some(Some(Duration::from_secs(3_600)));
    let cases = [
        (Reply::status(200), None),
        (Reply::status(204), None),
        (Reply::status(299), None),
        (Reply::status(429).retry_after("3600"), hours),
        (Reply::status(503).retry_after(" 3600 "), hours),
        (Reply::status(500).retry_after("-1"), Some(None)),
        (Reply::status(502).retry_after("99999999999999999999999"), Some(None)),
        (Reply::status(429).retry_after("Thu, 01 Jan 1970 00:00:00 GMT"), Some(None)),
        (Reply::status(504), Some(None)),
    ];
    for (reply, expected) in cases {
        let code = reply.code();
        receiver.script([reply]);
        let end = sender.send(&alert(AlertKind::News)).await;
        assert_eq!((waits(&end), end.is_ok()), (expected, expected.is_none()), "{code}");
    }
    receiver.script([Reply::status(429).retry_after(&later)]);
    let asked = waits(&sender.send(&alert(AlertKind::News)).await).flatten().unwrap().as_secs();
    assert!((7_100..=7_200).contains(&asked), "{asked}");
    for code in [400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 425, 501] {
        receiver.script([Reply::status(code)]);
        assert_eq!(waits(&sender.send(&alert(AlertKind::News)).await), Some(None), "{code}");
    }
    receiver.script([Reply::status(410)]);
    let gone = sender.send(&alert(AlertKind::News)).await;
    assert_eq!(gone, Err(NotifyError::Gone { why: "the receiver answered 410".to_owned() }));
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_leads_nowhere() {
    let (receiver, elsewhere) = (WebhookReceiver::start(&[OLD]), WebhookReceiver::start(&[OLD]));
    let sender = Sender::webhook(&receiver.url(), &[OLD]);
    for code in [300, 301, 302, 303, 304, 307, 308] {
        receiver.script([Reply::redirect(code, &elsewhere.url())]);
        let end = sender.send(&alert(AlertKind::News)).await;
        assert_eq!(end.as_ref().unwrap_err().to_string(), format!("the receiver answered {code}"));
        assert!(waits(&end).is_some());
    }
    assert!(elsewhere.attempts().is_empty());
}

#[tokio::test]
async fn a_private_address_is_reached_by_no_name_unless_it_is_allowed() {
    let receiver = WebhookReceiver::start(&[OLD]);
    let port = receiver.address().port();
    let hosts =
        ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"];
    for host in hosts {
        let url = format!("http://{host}:{port}/hook");
        let end = Sender::webhook_allowing(&url, &[OLD], &[]).send(&alert(AlertKind::News)).await;
        assert!(waits(&end).is_some(), "{host}: {end:?}");
        let end = Sender::webhook_allowing(&url, &[OLD], &["10.0.0.0/8"]).send(&alert(AlertKind::News)).await;
        assert!(waits(&end).is_some(), "{host}: {end:?}");
    }
    assert!(receiver.attempts().is_empty());
    for host in ["127.0.0.1", "127.1", "localhost"] {
        Sender::webhook(&format!("http://{host}:{port}/hook"), &[OLD]).send(&alert(AlertKind::News)).await.unwrap();
    }
}

#[tokio::test]
async fn a_receiver_that_takes_longer_than_20_s_has_failed_for_now() {
    let receiver = WebhookReceiver::start(&[OLD]);
    receiver.then(Reply::hang());
    let arrived = Arc::new(tokio::sync::Notify::new());
    receiver.on_request({
        let arrived = Arc::clone(&arrived);
        move |_| arrived.notify_one()
    });
    let (sender, news) = (Sender::webhook(&receiver.url(), &[OLD]), alert(AlertKind::News));
    let started = tokio::time::Instant::now();
    let hangs = async {
        arrived.notified().await;
        // From here on nothing moves but the clock.
        tokio::time::pause();
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        end = sender.send(&news) => end,
        () = hangs => unreachable!(),
    };
    assert_eq!(end.as_ref().unwrap_err().to_string(), "no answer within 20 s");
    assert!(waits(&end).is_some() && (20..25).contains(&started.elapsed().as_secs()));
}

/// More than what lies in the buffers of two sockets and of a client.
const MUCH: usize = 64 << 20;

/// Answers one request with a body that does not end; returns how much of it was taken.
fn endless(listener: &TcpListener, head: &str) -> usize {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = [0; 1 << 15];
    let _ = stream.read(&mut request).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    let piece = format!("10000\r\n{}\r\n", "x".repeat(1 << 16));
    let write = |stream: &mut TcpStream| stream.write_all(piece.as_bytes()).map(|()| 1 << 16).ok();
    let mut taken = 0;
    while taken < MUCH {
        let Some(more) = write(&mut stream) else { break };
        taken += more;
    }
    taken
}

#[tokio::test]
async fn a_body_without_an_end_is_not_read() {
    for (status, good) in [("200 OK", true), ("500 Oh", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sender = Sender::webhook(&format!("http://{}/hook", listener.local_addr().unwrap()), &[OLD]);
        let server = thread::spawn(move || {
            endless(&listener, &format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n"))
        });
        let end = sender.send(&alert(AlertKind::News)).await;
        assert_eq!((end.is_ok(), waits(&end).is_some()), (good, !good), "{end:?}");
        let taken = tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap();
        assert!(taken < MUCH, "{taken} bytes were read");
    }
}

#[tokio::test]
async fn the_answer_is_the_status_however_slowly_a_body_follows() {
    let receiver = WebhookReceiver::start(&[OLD]);
    let sender = Sender::webhook(&receiver.url(), &[OLD]);
    receiver.script([Reply::ok("slow").dribbled(1, Duration::from_secs(60))]);
    let end = tokio::time::timeout(Duration::from_secs(10), sender.send(&alert(AlertKind::News))).await;
    assert_eq!(end, Ok(Ok(())));
}
