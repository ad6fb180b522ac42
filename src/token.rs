//! Floor 1: links in alerts that let whoever reads them act on them.
//!
//! A link is the base of the configuration and a token: the alert's id, until when it is good, and an HMAC-SHA256
//! (RFC 2104) over both. Nobody can make one who does not have the key, and one alert's link is good for that alert only. It
//! is the same in every attempt, since it counts from when the alert was raised.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use url::Url;

use crate::model::{AlertId, Unguessable};

/// How long a link is good, from when its alert was raised.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Bytes of the HMAC that stand in a link.
const SIGNATURE_BYTES: usize = 16;

/// Makes and reads links.
#[derive(Debug, Clone)]
pub struct Links {
    base: Url,
    key: Unguessable,
}

impl Links {
    /// Links below `base`, signed with `key`.
    pub fn new(base: Url, key: Unguessable) -> Self {
        Self { base, key }
    }

    /// The path of `base`, without a slash at its end.
    pub fn prefix(&self) -> &str {
        self.base.path().trim_end_matches('/')
    }

    /// The link of an alert that was raised then.
    pub fn of(&self, alert: AlertId, raised: Timestamp) -> String {
        let until = raised.checked_add(GOOD_FOR).unwrap_or(Timestamp::MAX).as_second();
        let base = self.base.as_str().trim_end_matches('/');
        format!("{base}/{alert}.{until:x}.{}", self.sign(alert, until))
    }

    /// The alert of a token that was made here and is good at `now`.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<AlertId> {
        let mut parts = token.split('.');
        let (alert, until, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let alert: AlertId = alert.parse().ok()?;
        let until = i64::from_str_radix(until, 16).ok()?;
        let wanted = self.sign(alert, until);
        // The time of the comparison tells nothing: both are compared whole.
        let differs = wanted.bytes().zip(signature.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b));
        let same = wanted.len() == signature.len() && differs == 0;
        (same && parts.next().is_none() && now.as_second() < until).then_some(alert)
    }

    fn sign(&self, alert: AlertId, until: i64) -> String {
        // A key of any length will do for an HMAC.
        let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.key.expose().as_bytes()) else {
            return String::new();
        };
        let mac = mac.chain_update(format!("{alert}.{until}")).finalize().into_bytes();
        mac.iter().take(SIGNATURE_BYTES).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_its_alert_and_for_a_while() {
        let base = "https://desk.example.org/a/".parse().expect("a URL");
        let links = Links::new(base, Unguessable::from_bytes([7; 32]));
        let (alert, raised) = (AlertId::notice("x"), Timestamp::UNIX_EPOCH);
        let link = links.of(alert, raised);
        assert_eq!(link, links.of(alert, raised));
        let token = link.strip_prefix("https://desk.example.org/a/").expect("below the base").to_owned();
        let late = raised + GOOD_FOR;
        assert_eq!(links.read(&token, raised), Some(alert));
        assert_eq!(links.read(&token, late), None, "its time is over");
        let other = AlertId::notice("y").to_string();
        let forged = [
            token.replacen(&alert.to_string(), &other, 1),
            format!("{token}0"),
            format!("{token}.0"),
            token[..token.len() - 1].to_owned(),
            token.replacen('.', ".f", 1),
            String::new(),
        ];
        for forged in forged {
            assert_eq!(links.read(&forged, raised), None, "{forged}");
        }
        let strangers =
            Links::new("https://desk.example.org/a".parse().expect("a URL"), Unguessable::from_bytes([8; 32]));
        assert_eq!(strangers.read(&token, raised), None);
        assert_eq!((links.prefix(), strangers.prefix()), ("/a", "/a"));
    }
}
