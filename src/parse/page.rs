//! What a document is that gives no feed.

use super::ParseError;
use super::text::{plain_text, truncated};

/// Bytes of a page in which its kind is looked for.
const HEAD_BYTES: usize = 16 * 1024;
/// Bytes of a page's title.
const MAX_TITLE_BYTES: usize = 100;

/// What protection services write on the pages by which they keep programs out.
const CHALLENGES: &[&str] = &[
    "cf-chl",
    "cf_chl",
    "challenge-platform",
    "just a moment...",
    "attention required! | cloudflare",
    "ddos-guard",
    "ddos protection by",
    "checking your browser",
    "enable javascript and cookies to continue",
    "_incapsula_resource",
    "px-captcha",
    "g-recaptcha",
    "hcaptcha.com",
    "captcha-delivery.com",
    "/.well-known/sgcaptcha",
    "sucuri website firewall",
    "anubis_challenge",
    "verify you are human",
    "are you a robot",
];

/// The better reason, where a document that gave no feed is a page for people.
pub(super) fn reason(text: &str, error: ParseError) -> ParseError {
    if !matches!(error, ParseError::NotAFeed(_) | ParseError::Truncated) {
        return error;
    }
    let head = text[..text.floor_char_boundary(HEAD_BYTES)].to_ascii_lowercase();
    let is_page = ["<!doctype html", "<html", "<head", "<body", "<script"].iter().any(|tag| head.contains(tag));
    if !is_page {
        return error;
    }
    let title = title(text);
    if CHALLENGES.iter().any(|mark| head.contains(mark)) {
        ParseError::ChallengePage(title)
    } else if head.contains("type=\"password\"") || head.contains("type='password'") || head.contains("type=password") {
        ParseError::LoginPage(title)
    } else {
        ParseError::HtmlPage(title)
    }
}

fn title(page: &str) -> Option<String> {
    let head = &page[..page.floor_char_boundary(HEAD_BYTES)];
    // Lower-casing ASCII moves no byte, so places found in the one text hold in the other.
    let lower = head.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = plain_text(&head[start..end]);
    (!title.is_empty()).then(|| truncated(title, MAX_TITLE_BYTES))
}
