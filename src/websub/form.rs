//! What a hub is asked (WebSub, 5.1).

use std::time::Duration;

use url::Url;

use super::challenge::DEFAULT_LEASE;
use crate::model::{Intent, Subscription, Unguessable};

/// The lease that hubs are asked for; they grant what they like.
pub const WANTED_LEASE: Duration = DEFAULT_LEASE;

/// Where the hub calls: the token below the configured prefix.
pub fn callback(prefix: &Url, token: &Unguessable) -> Url {
    let mut url = prefix.clone();
    let path = format!("{}/{}", prefix.path().trim_end_matches('/'), token.expose());
    url.set_path(&path);
    url
}

/// The fields of the form that is posted to the hub.
pub fn form(subscription: &Subscription, intent: Intent, prefix: &Url) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("hub.callback", callback(prefix, &subscription.token).into()),
        ("hub.mode", intent.name().to_owned()),
        ("hub.topic", subscription.topic.clone()),
    ];
    if intent == Intent::Subscribe {
        fields.push(("hub.lease_seconds", WANTED_LEASE.as_secs().to_string()));
        fields.push(("hub.secret", subscription.secret.expose().to_owned()));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_what_the_specification_asks_for() {
        let secret = |byte| Unguessable::from_bytes([byte; 32]);
        let asked = Subscription::new("https://h.example/".into(), "https://a.example".into(), secret(1), secret(2));
        let prefix: Url = "https://desk.example.org/websub/".parse().expect("a URL");
        let callback = format!("https://desk.example.org/websub/{}", "01".repeat(32));
        let expected = vec![
            ("hub.callback", callback.clone()),
            ("hub.mode", "subscribe".to_owned()),
            ("hub.topic", "https://a.example".to_owned()),
            ("hub.lease_seconds", "864000".to_owned()),
            ("hub.secret", "02".repeat(32)),
        ];
        assert_eq!(form(&asked, Intent::Subscribe, &prefix), expected);
        assert!(expected[4].1.len() < 200, "WebSub, 5.1");
        let fields = form(&asked, Intent::Unsubscribe, &"https://desk.example.org".parse().expect("a URL"));
        assert_eq!(fields[0].1, callback.replace("/websub", ""));
        assert_eq!((fields.len(), fields[1].1.as_str()), (3, "unsubscribe"));
    }
}
