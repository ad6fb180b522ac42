//! The webhook receiver: its arithmetic against vectors from elsewhere, its manners against a plain socket.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::Wire;
use crate::support::SOON;
use crate::support::reply::Reply;
use crate::support::signature::{base64_decode, hmac_sha256, is_signed, key_bytes};
use crate::support::webhook_receiver::WebhookReceiver;

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn the_signature_is_the_one_that_python_makes() {
    // hmac.new(key, b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}', hashlib.sha256)
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let verify = |keys: &[&str], body: &str, signature: &str| {
        let keys: Vec<_> = keys.iter().map(|key| key_bytes(key).unwrap()).collect();
        is_signed(&keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body.as_bytes(), signature)
    };
    let body = r#"{"test": 2432232314}"#;
    assert!(verify(&[KEY], body, signature));
    assert!(verify(&[OTHER, KEY], body, &format!("v1,AAAA v1a,x {signature}")), "two keys, three signatures");
    assert!(!verify(&[OTHER], body, signature));
    assert!(!verify(&[KEY], r#"{"test":2432232314}"#, signature));
    assert!(!verify(&[KEY], body, &signature.replace("v1,", "v2,")));
}

#[test]
fn hmac_and_base64_follow_their_standards() {
    // RFC 4231, test case 6: a key that is longer than a block.
    let mac = hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
    assert_eq!(mac[..8], [0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f]);
    // RFC 4648, section 10.
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob")] {
        assert_eq!(base64_decode(text), Some(bytes.into()));
    }
    for text in ["Zg", "Z===", "Zm9v ", "Zm-_"] {
        assert_eq!(base64_decode(text), None, "{text:?}");
    }
}

#[test]
fn what_is_verified_is_accepted_and_what_is_not_is_told_why() {
    let receiver = WebhookReceiver::start(&[KEY]);
    let mut wire = Wire::to(receiver.address());
    assert_eq!(post(&mut wire, "a", 0, r#"{"type":"x"}"#, KEY), 204);
    assert_eq!(post(&mut wire, "b", 0, r#"{"type":"x"}"#, OTHER), 401);
    assert_eq!(post(&mut wire, "c", 1000, r#"{"type":"x"}"#, KEY), 401);
    assert_eq!(post(&mut wire, "d", 0, "x", KEY), 401);
    assert_eq!(wire.ask("GET /hook HTTP/1.1", "").code(), 401);

    let accepted = receiver.wait_for_deliveries(1, SOON);
    assert_eq!((accepted.len(), accepted[0].id.as_str()), (1, "a"));
    assert_eq!(accepted[0].body["type"], "x");
    let faults: Vec<_> = receiver.attempts().into_iter().filter_map(|attempt| attempt.fault).collect();
    let expected = ["by no known key", "too far from now", "no JSON", "is not POST"];
    assert_eq!(faults.len(), expected.len());
    assert!(faults.iter().zip(expected).all(|(fault, part)| fault.contains(part)), "{faults:?}");
}

#[test]
fn it_fails_as_scripted_and_then_recovers() {
    let receiver = WebhookReceiver::start(&[KEY]);
    receiver.script([Reply::status(500), Reply::status(429).retry_after("1"), Reply::hang_up(), Reply::hang()]);
    let mut wire = Wire::to(receiver.address());
    assert_eq!(post(&mut wire, "a", 0, "{}", KEY), 500);
    assert_eq!(post(&mut wire, "a", 0, "{}", KEY), 429);
    wire.send(signed("a", 0, "{}", KEY));
    assert_eq!(wire.line(), "");
    let mut patient = Wire::to(receiver.address());
    patient.send(signed("a", 0, "{}", KEY));
    receiver.wait_for("the one that hangs", SOON, |all| all.len() == 4);
    let mut wire = Wire::to(receiver.address());
    assert_eq!(post(&mut wire, "a", 0, "{}", KEY), 204);
    receiver.then(Reply::status(410));
    assert_eq!(post(&mut wire, "a", 0, "{}", KEY), 410);

    let answers: Vec<_> = receiver.attempts().iter().map(|attempt| attempt.answer).collect();
    assert_eq!(answers, [Some(500), Some(429), None, None, Some(204), Some(410)]);
    assert_eq!(receiver.deliveries().len(), 1);
}

fn post(wire: &mut Wire, id: &str, age: u64, body: &str, key: &str) -> u16 {
    let request = signed(id, age, body, key);
    let head = request.split("\r\nHost").next().unwrap();
    wire.ask(head, body).code()
}

fn signed(id: &str, age: u64, body: &str, key: &str) -> String {
    use base64::Engine;
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - age;
    let mac = hmac_sha256(&key_bytes(key).unwrap(), format!("{id}.{timestamp}.{body}").as_bytes());
    let mac = base64::engine::general_purpose::STANDARD.encode(mac);
    format!(
        "POST /hook HTTP/1.1\r\nwebhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-signature: v1,{mac}\
         \r\nHost: rig\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
