//! A push is believed only if it is signed (WebSub, 7.1).

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::model::Unguessable;

/// Whether the value of `X-Hub-Signature` is the one for this body. SHA-1 is refused although the specification still
/// knows it: it is too weak to begin with today. The comparison takes the same time wherever two values differ.
pub fn verify(secret: &Unguessable, header: Option<&str>, body: &[u8]) -> bool {
    let Some((method, digits)) = header.and_then(|value| value.trim().split_once('=')) else { return false };
    let Some(signature) = bytes_of(digits.trim()) else { return false };
    let key = secret.expose().as_bytes();
    // Whoever has no key could be signed for by anybody.
    if key.is_empty() {
        return false;
    }
    match method.trim().to_ascii_lowercase().as_str() {
        "sha256" => matches::<Hmac<Sha256>>(key, &signature, body),
        "sha384" => matches::<Hmac<Sha384>>(key, &signature, body),
        "sha512" => matches::<Hmac<Sha512>>(key, &signature, body),
        _ => false,
    }
}

fn matches<M: Mac + KeyInit>(key: &[u8], signature: &[u8], body: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(body).verify_slice(signature).is_ok())
}

/// The bytes of hexadecimal digits in either case.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // RFC 4231, test case 2.
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SIGNED: [(&str, &str); 3] = [
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("sha384", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ];

    fn key() -> Unguessable {
        Unguessable::shown("Jefe")
    }

    #[test]
    fn the_vectors_of_rfc_4231() {
        for (method, digits) in SIGNED {
            assert!(verify(&key(), Some(&format!("{method}={digits}")), BODY), "{method}");
            assert!(verify(&key(), Some(&format!(" {}={} ", method.to_uppercase(), digits.to_uppercase())), BODY));
            assert!(!verify(&key(), Some(&format!("{method}={digits}")), b"something else"));
            assert!(!verify(&Unguessable::shown("Hefe"), Some(&format!("{method}={digits}")), BODY));
        }
    }

    #[test]
    fn nothing_less_is_believed() {
        let (_, digits) = SIGNED[0];
        // HMAC-SHA1 of the same, which RFC 2202 has.
        let weak = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
        let short = format!("sha256={}", &digits[..62]);
        let other = format!("sha512={digits}");
        let long = format!("sha256={digits}00");
        for header in ["", "=", "sha256=", "sha256", digits, "sha256=é", "none=", weak, &short, &other, &long] {
            assert!(!verify(&key(), Some(header), BODY), "{header}");
        }
        assert!(!verify(&key(), None, BODY));
        assert!(!verify(&Unguessable::shown(""), Some(&format!("sha256={digits}")), BODY));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic_or_passes(header in "\\PC{0,80}|sha(1|256|384|512)=[0-9a-fA-F]{0,130}", body in any::<Vec<u8>>()) {
            prop_assert!(!verify(&key(), Some(&header), &body));
        }

        #[test]
        fn one_other_bit_spoils_it(at in 0..BODY.len(), bit in 0..8_u8) {
            let mut body = BODY.to_vec();
            body[at] ^= 1 << bit;
            let header = format!("{}={}", SIGNED[0].0, SIGNED[0].1);
            prop_assert!(!verify(&key(), Some(&header), &body));
        }
    }
}
