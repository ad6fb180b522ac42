//! A subscription at a hub (WebSub), as it is stored with its feed.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Unguessable;

/// What a hub was asked for and what it has granted. URLs are kept as texts: a topic is compared byte for byte, and
/// reading it as a URL would already alter some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where the hub is asked.
    pub hub: String,
    /// What the publisher calls the feed towards its hub.
    pub topic: String,
    /// The last segment of the callback's path: whoever knows it is the hub, or was told by it.
    pub token: Unguessable,
    /// The key of the hub's signatures.
    pub secret: Unguessable,
    /// What the hub was asked for and has not verified yet.
    pub pending: Option<Intent>,
    /// When it was last asked for anything.
    pub asked: Option<Timestamp>,
    /// Requests in a row that came to nothing.
    #[serde(default)]
    pub failures: u32,
    /// Why the last one came to nothing.
    #[serde(default)]
    pub trouble: Option<String>,
    /// The hub wants no request before this.
    #[serde(default)]
    pub not_before: Option<Timestamp>,
    /// `None` before the hub has verified, and after it has denied.
    pub lease: Option<Lease>,
    /// When the last push with a good signature came.
    #[serde(default)]
    pub last_ping: Option<Timestamp>,
    /// When a poll last found news that no push had brought.
    #[serde(default)]
    pub last_miss: Option<Timestamp>,
    /// Since when readings name another hub or topic or none, and how many of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disowned: Option<(Timestamp, u32)>,
}

/// What a hub is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To push the topic.
    Subscribe,
    /// To push it no more.
    Unsubscribe,
}

impl Intent {
    /// As `hub.mode` has it.
    pub fn name(self) -> &'static str {
        match self {
            Intent::Subscribe => "subscribe",
            Intent::Unsubscribe => "unsubscribe",
        }
    }
}

/// How long a hub pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its end.
    pub until: Timestamp,
    /// From the verification to its end.
    pub length: Duration,
}

impl Subscription {
    /// One that the hub does not know of yet.
    pub fn new(hub: String, topic: String, token: Unguessable, secret: Unguessable) -> Self {
        Self {
            hub,
            topic,
            token,
            secret,
            pending: None,
            asked: None,
            failures: 0,
            trouble: None,
            not_before: None,
            lease: None,
            last_ping: None,
            last_miss: None,
            disowned: None,
        }
    }

    /// Whether the hub pushes, as far as it has said.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.lease.is_some_and(|lease| now < lease.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_store_and_shows_no_secret() {
        let secret = |byte| Unguessable::from_bytes([byte; 32]);
        let made = Subscription::new("https://hub.example/".into(), "https://a.example".into(), secret(1), secret(2));
        let stored = serde_json::to_string(&made).expect("a text");
        assert_eq!(serde_json::from_str::<Subscription>(&stored).expect("its own text"), made);
        let shown = format!("{made:?}");
        assert!(!shown.contains("0101") && !shown.contains("0202"), "{shown}");
    }

    #[test]
    fn what_was_stored_by_the_first_version_is_read() {
        let text =
            r#"{"hub":"h","topic":"t","token":"a","secret":"b","pending":"subscribe","asked":null,"lease":null}"#;
        let read: Subscription = serde_json::from_str(text).expect("sound");
        assert_eq!((read.pending, read.failures), (Some(Intent::Subscribe), 0));
    }
}
