//! Header fields that lettre has no type for, and the subject, which it does not write as carefully as strangers' headlines
//! need: a headline may pretend to be an encoded word, or be longer than a line without a blank.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

/// Longest line of a header in characters, its CR LF not counted (RFC 2047, 2; RFC 5322, 2.1.1 has two more).
const MAX_LINE: usize = 76;
/// Longest word of a header's text that is not encoded, in characters: it fits behind the header's name.
const MAX_PLAIN: usize = 60;
/// Longest text of an encoded word, in bytes: it becomes 60 characters with its frame (RFC 2047, 2 allows 75).
const MAX_PIECE_BYTES: usize = 36;
/// Longest list identifier in bytes (RFC 2919, 2).
const MAX_LIST_ID: usize = 255;
/// Longest label of a list in bytes: a watch's name, as long as the configuration lets it be.
const MAX_LABEL: usize = 64;

/// `Subject`, in any script.
#[derive(Debug, Clone)]
pub(super) struct Subject(pub(super) String);

/// `Auto-Submitted` (RFC 3834): no vacation notes to a machine, please.
#[derive(Debug, Clone)]
pub(super) struct AutoSubmitted(&'static str);

/// `X-Newswatch-Kind`: news, update, digest, …, for mail filters.
#[derive(Debug, Clone)]
pub(super) struct Kind(pub(super) &'static str);

/// `List-Id` (RFC 2919): one a watch, what mail filters sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListId(String);

impl AutoSubmitted {
    pub(super) fn generated() -> Self {
        Self("auto-generated")
    }
}

impl ListId {
    /// The list of a watch, in the namespace of the mail's sender. A name that can be a label is one; any other is told
    /// apart by its hash, behind a dot, which no plain name has. Without a domain it is one of this host only.
    pub(super) fn new(watch: &str, domain: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let label = if (1..=MAX_LABEL).contains(&watch.len()) && watch.bytes().all(plain) {
            watch.to_owned()
        } else {
            let hash = Sha256::digest(watch);
            hash.iter().take(8).fold("watch.".to_owned(), |label, byte| format!("{label}{byte:02x}"))
        };
        let domain = if domain.starts_with('[') { "localhost" } else { domain };
        let id = format!("<{label}.newswatch.{domain}>");
        (id.len() <= MAX_LIST_ID && id.is_ascii()).then_some(Self(id))
    }
}

/// A header's text, folded into lines of at most [`MAX_LINE`] characters; the first has `used` already. What can be read
/// as it is stays so, up to the first word that needs encoding: filters look for how a subject begins.
fn folded(text: &str, used: usize) -> String {
    let plain = |word: &&str| {
        let readable = !word.is_empty() && word.len() <= MAX_PLAIN && word.bytes().all(|b| b.is_ascii_graphic());
        // What looks like an encoded word would be decoded.
        readable && !word.contains("=?")
    };
    let text = text.trim_end_matches(' ');
    let mut words: Vec<String> = text.split(' ').take_while(plain).map(str::to_owned).collect();
    let mut rest = &text[text.len().min(words.iter().map(|word| word.len() + 1).sum())..];
    while !rest.is_empty() {
        // Whole characters only (RFC 2047, 5).
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(MAX_PIECE_BYTES));
        words.push(format!("=?UTF-8?B?{}?=", STANDARD.encode(piece)));
        rest = behind;
    }
    let (mut out, mut column) = (String::new(), used);
    for word in words {
        if !out.is_empty() {
            let fits = column + 1 + word.len() <= MAX_LINE;
            out.push_str(if fits { " " } else { "\r\n " });
            column = if fits { column + 1 } else { 1 };
        }
        out.push_str(&word);
        column += word.len();
    }
    out
}

macro_rules! header {
    ($name:ident, $header:literal, $written:expr) => {
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err(concat!($header, " is only written").into())
            }
            fn display(&self) -> HeaderValue {
                let (value, written): (&str, fn(&str) -> String) = (self.0.as_ref(), $written);
                HeaderValue::dangerous_new_pre_encoded(Self::name(), value.to_owned(), written(value))
            }
        }
    };
}

// What is not encoded is made of our own words and of a domain that was read as one.
header!(Subject, "Subject", |text| folded(text, "Subject: ".len()));
header!(AutoSubmitted, "Auto-Submitted", str::to_owned);
header!(Kind, "X-Newswatch-Kind", str::to_owned);
header!(ListId, "List-Id", str::to_owned);

#[cfg(test)]
mod tests {
    use super::*;

    /// A header's text as a client reads it.
    fn unfolded(written: &str) -> String {
        let mut out = String::new();
        let mut after_encoded = false;
        for word in written.split_ascii_whitespace() {
            let encoded = word.strip_prefix("=?UTF-8?B?").and_then(|word| word.strip_suffix("?="));
            let blank = if out.is_empty() || (after_encoded && encoded.is_some()) { "" } else { " " };
            let text = encoded.map_or(word.to_owned(), |base64| {
                String::from_utf8(STANDARD.decode(base64).expect("base64")).expect("whole characters")
            });
            out = format!("{out}{blank}{text}");
            after_encoded = encoded.is_some();
        }
        out
    }

    #[test]
    fn a_subject_is_read_as_it_was_meant_in_short_lines() {
        let long = "x".repeat(200);
        let ships = "[harbour] Судно в Ростоке, سفينة \u{1f6a2}\u{fe0f} ".repeat(4);
        for text in [
            "[harbour] ship seen",
            "",
            "a  b",
            " a",
            "=?utf-8?q?=0D=0ABcc:_x?= y",
            "é",
            &long,
            &"word ".repeat(40),
            &ships,
        ] {
            let written = folded(text, 9);
            assert_eq!(unfolded(&written), text.trim_end_matches(' '), "{written}");
            let lines: Vec<&str> = written.split("\r\n").collect();
            assert!(lines[0].len() + 9 <= MAX_LINE && lines.iter().all(|line| line.len() <= MAX_LINE), "{written}");
            assert!(lines[1..].iter().all(|line| line.starts_with(' ')) && written.is_ascii(), "{written}");
        }
        assert!(folded("[harbour] Судно", 9).starts_with("[harbour] =?UTF-8?B?"));
    }

    #[test]
    fn every_watch_has_a_list_of_its_own() {
        let id = |watch: &str| ListId::new(watch, "news.example").expect("short").0;
        assert_eq!(id("night-desk_2"), "<night-desk_2.newswatch.news.example>");
        let odd = ["Night Desk", "night desk", "Росток", "", "a.b", "a\r\nBcc: b", "watch.00"];
        let ids: std::collections::BTreeSet<String> = odd.iter().map(|watch| id(watch)).collect();
        assert_eq!(ids.len(), odd.len());
        let dot_atom = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.<>".contains(&b);
        assert!(ids.iter().all(|id| id.bytes().all(dot_atom) && id.starts_with("<watch.")), "{ids:?}");
        assert_eq!(ListId::new("port", "[192.0.2.1]").expect("short").0, "<port.newswatch.localhost>");
        assert_eq!(ListId::new("port", &"a.".repeat(200)), None);
    }
}
