//! A hub asks back whether it was really us (WebSub, 5.2 and 5.3).

use std::time::Duration;

use url::form_urlencoded;

use crate::model::{Intent, MAX_REASON_BYTES, Subscription, clip};

/// Shortest lease that is reckoned with: a hub that says less would be asked all the time.
pub const SHORTEST_LEASE: Duration = Duration::from_mins(5);
/// The lease of a hub that does not say how long it is.
pub const DEFAULT_LEASE: Duration = Duration::from_hours(10 * 24);
/// Longest lease that is reckoned with: a hub that has lost us is asked anew after this at the latest.
pub const LONGEST_LEASE: Duration = Duration::from_hours(30 * 24);
/// Longest challenge that is echoed, in bytes.
pub const MAX_CHALLENGE_BYTES: usize = 1_024;

/// What a verification comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was us: the echo goes back, and the intent is in force.
    Confirm {
        /// What was asked for.
        intent: Intent,
        /// The challenge.
        echo: String,
        /// How long the hub pushes, of a subscription.
        lease: Duration,
    },
    /// The hub does not push this topic, or no more. It only wants to know that it was heard.
    Denied {
        /// Why, if it says so.
        reason: Option<String>,
    },
    /// Nothing like this was asked for.
    Refuse,
}

/// Judges the query of a verification. Only what is pending is confirmed: anybody may ask a hub to push to us in our
/// name, and this question is where that ends. A denial may come at any time.
pub fn challenge(subscription: &Subscription, query: &str) -> Answer {
    let field =
        |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
    if field("hub.topic").is_none_or(|topic| topic != subscription.topic) {
        return Answer::Refuse;
    }
    let mode = field("hub.mode").unwrap_or_default();
    if mode == "denied" {
        return Answer::Denied { reason: field("hub.reason").map(|reason| tidy(&reason)).filter(|r| !r.is_empty()) };
    }
    let echo = field("hub.challenge").unwrap_or_default();
    match subscription.pending {
        Some(intent) if mode == intent.name() && (1..=MAX_CHALLENGE_BYTES).contains(&echo.len()) => {
            Answer::Confirm { intent, echo: echo.into_owned(), lease: lease(field("hub.lease_seconds").as_deref()) }
        }
        _ => Answer::Refuse,
    }
}

/// What is no number is none; what is no lease is bounded.
fn lease(text: Option<&str>) -> Duration {
    let text = text.unwrap_or_default().trim();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return DEFAULT_LEASE;
    }
    // A number beyond u64 means "very long" all the same.
    let seconds = if negative { 0 } else { digits.parse().unwrap_or(u64::MAX) };
    Duration::from_secs(seconds).clamp(SHORTEST_LEASE, LONGEST_LEASE)
}

/// On one line, and not too long.
fn tidy(reason: &str) -> String {
    let words: Vec<&str> =
        reason.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    clip(&words.join(" "), MAX_REASON_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Unguessable;

    const TOPIC: &str = "https://a.example/feed?x=1&y=2";

    fn pending(intent: Option<Intent>) -> Subscription {
        let secret = |byte| Unguessable::from_bytes([byte; 32]);
        let made = Subscription::new("https://h.example/".into(), TOPIC.into(), secret(1), secret(2));
        Subscription { pending: intent, ..made }
    }

    fn query(fields: &[(&str, &str)]) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    fn asked(mode: &str, topic: &str, more: &[(&str, &str)]) -> String {
        let fields = [("hub.mode", mode), ("hub.topic", topic), ("hub.challenge", "a b&c=é")];
        query(&[&fields[..], more].concat())
    }

    #[test]
    fn only_what_is_pending_is_confirmed() {
        let subscribing = pending(Some(Intent::Subscribe));
        let query = asked("subscribe", TOPIC, &[("hub.lease_seconds", "600")]);
        let echo = "a b&c=é".to_owned();
        let lease = Duration::from_secs(600);
        assert_eq!(challenge(&subscribing, &query), Answer::Confirm { intent: Intent::Subscribe, echo, lease });
        assert_eq!(challenge(&pending(None), &query), Answer::Refuse);
        assert_eq!(challenge(&pending(Some(Intent::Unsubscribe)), &query), Answer::Refuse);
        assert_eq!(challenge(&subscribing, &asked("unsubscribe", TOPIC, &[])), Answer::Refuse);
        assert_eq!(challenge(&subscribing, &asked("subscribe", "https://a.example/other", &[])), Answer::Refuse);
        let leaving = challenge(&pending(Some(Intent::Unsubscribe)), &asked("unsubscribe", TOPIC, &[]));
        assert!(matches!(leaving, Answer::Confirm { intent: Intent::Unsubscribe, .. }));
    }

    #[test]
    fn a_question_without_a_sound_challenge_is_none() {
        for challenge in [None, Some(String::new()), Some("x".repeat(MAX_CHALLENGE_BYTES + 1))] {
            let mut fields = vec![("hub.mode", "subscribe"), ("hub.topic", TOPIC)];
            fields.extend(challenge.as_deref().map(|text| ("hub.challenge", text)));
            assert_eq!(super::challenge(&pending(Some(Intent::Subscribe)), &query(&fields)), Answer::Refuse);
        }
    }

    #[test]
    fn a_denial_is_heard_at_any_time_with_its_reason() {
        let denied = |reason: &str| challenge(&pending(None), &asked("denied", TOPIC, &[("hub.reason", reason)]));
        assert_eq!(denied("no\r\n such\ttopic"), Answer::Denied { reason: Some("no such topic".to_owned()) });
        assert_eq!(denied(" \u{0}"), Answer::Denied { reason: None });
        let Answer::Denied { reason: Some(long) } = denied(&"é".repeat(1_000)) else { panic!("a denial") };
        assert_eq!(long.len(), MAX_REASON_BYTES);
        assert_eq!(challenge(&pending(None), &asked("denied", "https://a.example/other", &[])), Answer::Refuse);
    }

    #[test]
    fn absurd_leases_are_bounded() {
        assert_eq!(lease(Some("864000")), Duration::from_secs(864_000));
        for absent in [None, Some(""), Some("-"), Some("soon"), Some("1e9"), Some("+5"), Some("1.5")] {
            assert_eq!(lease(absent), DEFAULT_LEASE, "{absent:?}");
        }
        for short in ["0", "-1", "-99999999999999999999999", "1"] {
            assert_eq!(lease(Some(short)), SHORTEST_LEASE, "{short}");
        }
        for long in ["315360000", "99999999999999999999999"] {
            assert_eq!(lease(Some(long)), LONGEST_LEASE, "{long}");
        }
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic_or_confirms_by_chance(query in "\\PC{0,80}|(hub\\.(mode|topic|challenge|lease_seconds)=[a-z%0-9+-]{0,9}&?){0,6}") {
            prop_assert_eq!(challenge(&pending(Some(Intent::Subscribe)), &query), Answer::Refuse);
        }

        #[test]
        fn every_lease_lies_within_the_bounds(text in "-?[0-9]{1,30}|\\PC{0,10}") {
            prop_assert!((SHORTEST_LEASE..=LONGEST_LEASE).contains(&lease(Some(&text))));
        }
    }
}
