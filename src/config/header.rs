//! `headers`: what a feed's requests say besides what every request says.

use toml::de::DeValue;

use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::Section;
use crate::model::Secret;

/// Headers that have a key of their own.
const KEYED: [(&str, &str); 4] = [
    ("authorization", "write `bearer_file`, or `username` and `password_file`"),
    ("cookie", "write `cookie_file`"),
    ("proxy-authorization", "write user and password into the URL of `proxy`"),
    ("user-agent", "write `user_agent`"),
];
/// Headers that are said as the request needs it.
const OURS: [&str; 20] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Reads the table; headers with a mistake are left out.
pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<(String, Secret)> {
    let Some(value) = section.value("headers") else { return Vec::new() };
    let shape = "a table, as in { \"X-Api-Key\" = \"…\" }";
    let DeValue::Table(table) = value.get_ref() else {
        reader.wrong_type("headers", shape, value);
        return Vec::new();
    };
    let mut headers: Vec<(String, Secret)> = Vec::new();
    for (key, value) in table {
        let name = reader.accept(header_name(key.get_ref()), &key.span());
        let text = reader.string(key.get_ref(), "a string", value);
        let text = text.and_then(|At { value, span }| reader.accept(header_value(value), &span));
        let (Some(name), Some(text)) = (name, text) else { continue };
        if headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name)) {
            let fault = Fault::new("this header is there already: capitals make no difference");
            reader.report(fault.hint("keep one of them").at(key.span()));
            continue;
        }
        headers.push((name, text));
    }
    headers
}

/// RFC 9110, 5.6.2: a token.
fn header_name(name: &str) -> Result<String, Fault> {
    let small = name.to_ascii_lowercase();
    if let Some((_, hint)) = KEYED.iter().find(|(keyed, _)| *keyed == small) {
        return Err(Fault::new("this header has a key of its own").hint(*hint));
    }
    if OURS.contains(&small.as_str()) {
        let hint = "leave it out: newswatch says it itself where the request needs it";
        return Err(Fault::new("this header is not for the configuration").hint(hint));
    }
    let sound = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(sound) {
        return Err(Fault::new("this is no name of a header").hint("a name is like \"X-Api-Key\""));
    }
    Ok(name.to_owned())
}

/// Says what is wrong with a value without repeating any of it.
fn header_value(value: String) -> Result<Secret, Fault> {
    plain(&value).map(|()| Secret::new(value))
}

/// What can stand in a header: visible ASCII characters, with blanks between them.
pub(super) fn plain(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new("this must not be empty"));
    }
    if text.trim() == text && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Ok(());
    }
    Err(Fault::new("this may hold visible ASCII characters only, and blanks between them")
        .hint("others do not get through to every server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tokens_that_nobody_else_sets() {
        for good in ["X-Api-Key", "accept-language", "Accept", "x!y"] {
            assert!(header_name(good).is_ok(), "{good}");
        }
        for bad in ["", "X Key", "X:", "ключ", "Cookie", "AUTHORIZATION", "Host", "Range", "Transfer-Encoding"] {
            assert!(header_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_can_stand_in_a_header() {
        for good in ["a", "a b", "\"x\"; y"] {
            assert!(plain(good).is_ok(), "{good}");
        }
        for bad in ["", " a", "a ", "a\r\nX: b", "a\tb", "ä", "a\u{7f}"] {
            assert!(plain(bad).is_err(), "{bad:?}");
        }
    }
}
