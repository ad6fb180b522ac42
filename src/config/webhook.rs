//! Webhook targets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::address::{http_url, leads_to_loopback};
use super::diagnostic::{At, Fault, Span};
use super::file;
use super::reader::Reader;
use super::section::Section;
use crate::model::{Secret, WebhookTarget};

/// What a key begins with (Standard Webhooks 1.0).
const KEY_PREFIX: &str = "whsec_";
/// Bytes that a key may have.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const KEYS: [&str; 3] = ["secret", "secret_file", "secrets"];

/// Reads what is special to a webhook target.
pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<WebhookTarget> {
    let url = url(section, reader);
    let keys = keys(section, reader);
    Some(WebhookTarget { url: url?, keys })
}

/// The URL, or what stands in the file that has it.
pub(super) fn url(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Url> {
    section.require_one(&["url", "url_file"], "write url = \"https://…\", where alerts are posted", reader);
    section.allow_one(&["url", "url_file"], reader);
    let written = section.parsed("url", "a URL", reader, http_url);
    let stored = file::read(section, "url_file", reader)
        .and_then(|file| Some(At { value: reader.accept(http_url(&file.value.text), &file.span)?, span: file.span }));
    let At { value: url, span } = written.or(stored)?;
    warn_if_open(&url, &span, reader);
    Some(url)
}

/// Says so where everybody on the way could read along.
pub(super) fn warn_if_open(url: &Url, span: &Span, reader: &mut Reader<'_>) {
    if url.scheme() == "http" && !leads_to_loopback(url) {
        let fault = Fault::new("alerts would be posted without encryption").hint("use https where the receiver has it");
        reader.report(fault.warning_at(span.clone()));
    }
}

fn keys(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<Secret> {
    section.allow_one(&KEYS, reader);
    if !KEYS.iter().any(|key| section.has(key)) || section.is_empty_list("secrets") {
        let fault = Fault::new("requests to this webhook will not be signed, so that anybody could forge them");
        let hint = "give both sides a key: secret_file = \"…\" with `whsec_` and the base64 of 24 to 64 random bytes";
        reader.report_absence(fault.hint(hint).warning_at(section.span.clone()));
    }
    let mut written: Vec<At<String>> = section.strings("secrets", "keys", reader).unwrap_or_default();
    written.extend(section.string("secret", "a key", reader));
    written
        .extend(file::read(section, "secret_file", reader).map(|file| At { value: file.value.text, span: file.span }));
    written.into_iter().filter_map(|key| reader.accept(signing_key(key.value), &key.span)).collect()
}

/// Says what is wrong with a key without repeating any of it.
fn signing_key(key: String) -> Result<Secret, Fault> {
    let hint = "a key is `whsec_` and the base64 of 24 to 64 bytes: echo \"whsec_$(openssl rand -base64 32)\"";
    let Some(encoded) = key.strip_prefix(KEY_PREFIX) else {
        return Err(Fault::new("this is not a signing key: it does not begin with `whsec_`").hint(hint));
    };
    let Ok(bytes) = STANDARD.decode(encoded) else {
        return Err(Fault::new("this is not a signing key: what follows `whsec_` is not base64").hint(hint));
    };
    if !KEY_BYTES.contains(&bytes.len()) {
        return Err(Fault::new(format!("this is not a signing key: it has {} bytes", bytes.len())).hint(hint));
    }
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_standard_webhooks() {
        let key = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(signing_key(key(24)).is_ok());
        assert!(signing_key(key(64)).is_ok());
        for bad in [key(23), key(65), "whsec_".to_owned(), "whsec_!".to_owned(), key(24).replace("whsec_", "")] {
            assert!(signing_key(bad).is_err());
        }
    }
}
