//! Bodies: read within the limit, then decoded within the limit.
//!
//! Decoding is done here and not by the client, because only so both lengths are known: a bomb is told by what it
//! unpacks to.

use std::io::Read;

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::{FetchError, http};

/// What this module decodes, as `Accept-Encoding` says it.
pub(super) const ACCEPTED_ENCODINGS: &str = "gzip, br, zstd, deflate";
/// A body that unpacks to more than this many times its size is no feed …
const MAX_RATIO: u64 = 100;
/// … once it has unpacked to this many bytes: short repetitive feeds are sound.
const RATIO_FLOOR_BYTES: u64 = 1 << 20;
/// Most encodings on top of each other.
const MAX_ENCODINGS: usize = 2;

/// The decoded body, and its length before decoding.
pub(super) async fn read(mut response: Response, limit: u64) -> Result<(Vec<u8>, u64), FetchError> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge(limit));
    }
    let encodings = encodings(&response)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| http::explain(&error))? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(FetchError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    let bytes = body.len() as u64;
    if encodings.is_empty() {
        return Ok((body, bytes));
    }
    let decoding = tokio::task::spawn_blocking(move || {
        encodings.iter().rev().try_fold(body, |body, encoding| decode(&body, encoding, limit))
    });
    let gave_up = |_| Err(FetchError::Undecodable("the decoder gave up".to_owned()));
    decoding.await.unwrap_or_else(gave_up).map(|body| (body, bytes))
}

fn encodings(response: &Response) -> Result<Vec<String>, FetchError> {
    let values = response.headers().get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let names: Vec<String> = names.filter(|name| !name.is_empty() && name != "identity").collect();
    if names.len() > MAX_ENCODINGS {
        return Err(FetchError::Undecodable(format!("{} encodings on top of each other", names.len())));
    }
    Ok(names)
}

fn decode(body: &[u8], encoding: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
    match encoding {
        "gzip" | "x-gzip" => unpack(flate2::read::MultiGzDecoder::new(body), body.len(), limit),
        "br" => unpack(brotli::Decompressor::new(body, 4_096), body.len(), limit),
        "zstd" => {
            let decoder = zstd::Decoder::new(body).map_err(|error| FetchError::Undecodable(error.to_string()))?;
            unpack(decoder, body.len(), limit)
        }
        // RFC 9110 means zlib by "deflate"; some servers send the bare stream.
        "deflate" => unpack(flate2::read::ZlibDecoder::new(body), body.len(), limit)
            .or_else(|_| unpack(flate2::read::DeflateDecoder::new(body), body.len(), limit)),
        other => Err(FetchError::Undecodable(format!("the encoding `{other}` was not asked for"))),
    }
}

fn unpack(decoder: impl Read, packed: usize, limit: u64) -> Result<Vec<u8>, FetchError> {
    let ratio_limit = (packed as u64).saturating_mul(MAX_RATIO).max(RATIO_FLOOR_BYTES);
    let most = limit.min(ratio_limit);
    let mut body = Vec::new();
    decoder.take(most + 1).read_to_end(&mut body).map_err(|error| FetchError::Undecodable(error.to_string()))?;
    if body.len() as u64 <= most {
        Ok(body)
    } else if most == limit {
        Err(FetchError::TooLarge(limit))
    } else {
        Err(FetchError::Undecodable(format!("it unpacks to more than {MAX_RATIO} times its size")))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(body).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn what_was_packed_comes_out() {
        let body = b"<rss/>".repeat(100);
        assert_eq!(decode(&gzip(&body), "gzip", 1 << 20).expect("sound"), body);
        assert_eq!(decode(&zstd::encode_all(&body[..], 3).expect("memory"), "zstd", 1 << 20).expect("sound"), body);
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(&body).expect("memory");
        assert_eq!(decode(&zlib.finish().expect("memory"), "deflate", 1 << 20).expect("sound"), body);
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(&body).expect("memory");
        assert_eq!(decode(&bare.finish().expect("memory"), "deflate", 1 << 20).expect("sound"), body);
    }

    #[test]
    fn bombs_are_told_by_both_limits() {
        let bomb = gzip(&vec![b' '; 8 << 20]);
        assert!(matches!(decode(&bomb, "gzip", 10 << 20), Err(FetchError::Undecodable(_))));
        assert!(matches!(decode(&bomb, "gzip", 1_000), Err(FetchError::TooLarge(1_000))));
    }

    #[test]
    fn damage_and_strange_encodings_are_errors() {
        assert!(decode(&gzip(b"whole")[..12], "gzip", 1_000).is_err());
        assert!(decode(b"x", "compress", 1_000).is_err());
    }
}
