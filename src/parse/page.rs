//! What a document is that gives no feed.

use super::ParseError;
use super::text::{plain_text, truncated};

/// Bytes of a page in which its kind is looked for.
const HEAD_BYTES: usize = 16 * 1024;
/// Bytes of a page's title.
const MAX_TITLE_BYTES: usize = 100;

/// Bytes of a page that has nothing but a form.
const SMALL_PAGE_BYTES: usize = 16 * 1024;

/// What protection services write on the pages by which they keep programs out.
#[rustfmt::skip]
const CHALLENGES: &[&str] = &[
    "cf-chl", "cf_chl", "challenge-platform", "<title>just a moment...", "attention required! | cloudflare",
    "ddos-guard", "ddos protection by", "checking your browser", "enable javascript and cookies to continue",
    "_incapsula_resource", "px-captcha", "captcha-delivery.com", "/.well-known/sgcaptcha", "sucuri website firewall",
    "anubis_challenge", "verify you are human", "are you a robot",
];
/// What other pages have too, among much else; a small page has it for the same purpose.
const CAPTCHAS: &[&str] = &["g-recaptcha", "hcaptcha.com", "cf-turnstile", "awswafintegration"];
/// How titles of login pages speak.
#[rustfmt::skip]
const LOGINS: &[&str] = &[
    "log in", "login", "sign in", "signin", "log on", "anmeld", "einloggen", "connexion", "iniciar ses", "accedi",
    "войти", "вход", "giriş", "تسجيل الدخول", "zaloguj", "logga in",
];

/// The better reason, where a document that gave no feed is a page for people.
pub(super) fn reason(text: &str, error: ParseError) -> ParseError {
    if !matches!(error, ParseError::NotAFeed(_) | ParseError::Truncated) {
        return error;
    }
    let head = text[..text.floor_char_boundary(HEAD_BYTES)].to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| head.contains(mark));
    if !has(&["<!doctype html", "<html", "<head", "<body", "<script"]) {
        return error;
    }
    let title = title(text);
    let small = text.len() <= SMALL_PAGE_BYTES;
    if has(CHALLENGES) || (small && has(CAPTCHAS)) {
        return ParseError::ChallengePage(title);
    }
    let asks = has(&["type=\"password\"", "type='password'", "type=password"]);
    let says = title.as_ref().is_some_and(|title| LOGINS.iter().any(|word| title.to_lowercase().contains(word)));
    if asks && (says || small) { ParseError::LoginPage(title) } else { ParseError::HtmlPage(title) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_called_what_they_are() {
        for (page, class, said) in [
            ("<!DOCTYPE html><html><head><title>Home &amp; Garden</title>", "html_page", "Home & Garden"),
            (
                "<html><head><title>Just a moment...</title><script>window._cf_chl_opt={}",
                "challenge_page",
                "Just a moment...",
            ),
            ("<html><title>Please wait</title><div class=\"g-recaptcha\">", "challenge_page", "Please wait"),
            ("<html><title>Anmeldung</title><form><input name=p type='password'>", "login_page", "Anmeldung"),
            ("<opml version='2.0'>", "not_a_feed", "<opml>"),
        ] {
            let error = reason(page, ParseError::NotAFeed("its root element is <opml>".to_owned()));
            assert_eq!(error.class(), class, "{page}");
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
