//! Signatures after Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::Secret;

/// How every key begins.
const PREFIX: &str = "whsec_";

/// A text that is no key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is `whsec_` and base64 of 24 to 64 bytes")]
pub struct KeyError;

/// One `v1,…` signature a key, separated by blanks: the value of `webhook-signature`.
pub fn sign(keys: &[Secret], id: &str, timestamp: i64, body: &str) -> Result<String, KeyError> {
    let signatures: Result<Vec<String>, KeyError> = keys
        .iter()
        .map(|key| {
            let encoded = key.expose().strip_prefix(PREFIX).ok_or(KeyError)?;
            let key = STANDARD.decode(encoded).map_err(|_| KeyError)?;
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| KeyError)?;
            mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
            Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        })
        .collect();
    Ok(signatures?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        // From the reference libraries' tests.
        let key = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = sign(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.as_deref(), Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_key_of_another_shape_is_refused() {
        assert_eq!(sign(&[Secret::new("plain")], "id", 0, ""), Err(KeyError));
    }
}
