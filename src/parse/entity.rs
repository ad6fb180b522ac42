//! Character references: `&amp;`, `&eacute;`, `&#8217;`, and what publishers make of them.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;

/// Longest name of a reference, without `&` and `;`.
const MAX_NAME_BYTES: usize = 32;

/// Decodes each reference that can be read; anything else stays as it is written.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let read = reference(rest, &mut out);
        if read == 0 {
            out.push('&');
        }
        rest = &rest[read.max(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the reference at the start of `text`, which starts with `&`, and says how many bytes it had; 0 if it is none.
pub(super) fn reference(text: &str, out: &mut String) -> usize {
    let body = &text[1..];
    let numeric = body.starts_with('#');
    let len = body.bytes().take(MAX_NAME_BYTES).skip(usize::from(numeric));
    let len = len.take_while(u8::is_ascii_alphanumeric).count() + usize::from(numeric);
    let (name, after) = body.split_at(len);
    let closed = after.starts_with(';');
    let decoded = match name.strip_prefix('#') {
        Some(number) => character(number).map(|c| {
            out.push(c);
        }),
        None => named(name, closed, after).map(|value| out.push_str(value)),
    };
    if decoded.is_none() {
        return 0;
    }
    1 + len + usize::from(closed)
}

/// The text that HTML gives this name.
fn value_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => NAMED_ENTITIES[NAMED_ENTITIES.binary_search_by_key(&name.as_bytes(), |(known, _)| known).ok()?].1,
    })
}

fn named(name: &str, closed: bool, after: &str) -> Option<&'static str> {
    if name.is_empty() {
        return None;
    }
    let value = value_of(name)?;
    if closed {
        return Some(value);
    }
    // HTML knows the names of Latin-1 and of markup without a semicolon too; `a=1&copy=2` is part of a URL all the same.
    let mut chars = value.chars();
    let first = chars.next()?;
    let legacy = chars.next().is_none() && matches!(first, '&' | '<' | '>' | '"' | '\u{a0}'..='\u{ff}');
    (legacy && !after.starts_with('=')).then_some(value)
}

/// The character with this number, decimal or `x` and hexadecimal.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    // Numbers of C1 controls mean Windows-1252, as in HTML: `&#146;` is an apostrophe.
    if let 0x80..=0x9f = code {
        let byte = [u8::try_from(code).ok()?];
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next();
    }
    char::from_u32(code).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_and_the_rest_is_left() {
        for (text, want) in [
            ("plain", "plain"),
            ("a &amp; b &lt;c&gt;", "a & b <c>"),
            ("caf&eacute; &#8217; &#x2019; &#146;", "café ’ ’ ’"),
            ("AT&T, R&D; Q&A &unknown; &", "AT&T, R&D; Q&A &unknown; &"),
            ("&copy 2026 &nbsp x", "© 2026 \u{a0} x"),
            ("?a=1&copy=2", "?a=1&copy=2"),
            ("&#0; &#xD800; &#99999999999;", "&#0; &#xD800; &#99999999999;"),
        ] {
            assert_eq!(decode(text), want, "{text}");
        }
    }
}
