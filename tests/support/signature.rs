//! Standard Webhooks 1.0 signatures, verified by code that the product has no part in: HMAC after RFC 2104 over the
//! bare hash, and base64 after RFC 4648.

use sha2::{Digest, Sha256};

const BLOCK: usize = 64;

/// HMAC-SHA256: H((K ^ opad) || H((K ^ ipad) || message)), the key filled up with zeros to a block.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// Decodes base64 of the standard alphabet, with padding; `None` for anything else.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits.bytes() {
        bits = bits << 6 | sextet(digit)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// The bytes of a key as it is configured: `whsec_` and base64.
pub fn key_bytes(key: &str) -> Option<Vec<u8>> {
    base64_decode(key.strip_prefix("whsec_")?)
}

/// Whether one of the space-separated signatures in `header` is the one by a key over `id.timestamp.body`.
pub fn is_signed(keys: &[Vec<u8>], id: &str, timestamp: &str, body: &[u8], header: &str) -> bool {
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let by_a_key = |mac: &[u8]| keys.iter().any(|key| hmac_sha256(key, &message) == mac);
    header
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(base64_decode)
        .any(|mac| by_a_key(&mac))
}
