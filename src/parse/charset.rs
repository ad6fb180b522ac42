//! Bytes to text: byte order mark, then what HTTP says, then what the document says, then a guess.
//!
//! A label is believed as long as the bytes do not speak against it. What is sound UTF-8 beyond ASCII is UTF-8, for
//! nothing else looks like it by chance; servers and generators mislabel it every day.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes in which a declaration is looked for.
const DECLARATION_BYTES: usize = 1024;

/// Characters beyond ASCII that may look like UTF-8 by chance.
const CHANCE: usize = 3;

/// Bytes that are looked at in one go.
const BLOCK_BYTES: usize = 256;

/// Text, and what had to be done to get it.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) warning: Option<String>,
}

/// The text of a document.
pub(super) fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let mut decoded = marked(body).unwrap_or_else(|| labelled(body, content_type));
    if let Some(text) = without_controls(&decoded.text) {
        decoded.text = Cow::Owned(text);
        decoded.warning.get_or_insert_with(|| "control characters were removed or read as windows-1252".to_owned());
    }
    decoded
}

/// The text without the control characters that no text has; `None` if there are none. Those of C1 are letters of
/// windows-1252 that somebody took for ISO 8859-1.
fn without_controls(text: &str) -> Option<String> {
    let is_c0 = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let is_c1 = |pair: &[u8]| pair[0] == 0xc2 && pair[1] < 0xa0;
    // Whole blocks without a branch: this looks at every byte of every document.
    let has_c0 = |block: &[u8]| block.iter().fold(false, |found, byte| found | is_c0(*byte));
    let bytes = text.as_bytes();
    let c1 = bytes.contains(&0xc2) && bytes.windows(2).any(is_c1);
    if !c1 && !bytes.chunks(BLOCK_BYTES).any(has_c0) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            code @ 0x80..=0x9f => out.push_str(&WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0),
            code if code < 0x20 && is_c0(code as u8) => {}
            _ => out.push(c),
        }
    }
    Some(out)
}

/// By a byte order mark, or by the zeros around the first `<` or `{` of UTF-16 and UTF-32.
fn marked(body: &[u8]) -> Option<Decoded<'_>> {
    let sound = |text| Some(Decoded { text, warning: None });
    match body {
        [0xff, 0xfe, 0, 0, rest @ ..] => sound(utf_32(rest, u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, rest @ ..] => sound(utf_32(rest, u32::from_be_bytes)),
        [b'<' | b'{', 0, 0, 0, ..] => sound(utf_32(body, u32::from_le_bytes)),
        [0, 0, 0, b'<' | b'{', ..] => sound(utf_32(body, u32::from_be_bytes)),
        [0xff, 0xfe, rest @ ..] if !ascii_after_all(rest) => sound(UTF_16LE.decode_without_bom_handling(rest).0),
        [0xfe, 0xff, rest @ ..] if !ascii_after_all(rest) => sound(UTF_16BE.decode_without_bom_handling(rest).0),
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => Some(labelled(rest, None)),
        [b'<' | b'{', 0, _, 0, ..] => sound(UTF_16LE.decode_without_bom_handling(body).0),
        [0, b'<' | b'{', 0, _, ..] => sound(UTF_16BE.decode_without_bom_handling(body).0),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(labelled(rest, Some("charset=utf-8"))),
        _ => None,
    }
}

/// A mark of UTF-16 in front of text that has no zeros: somebody converted the text and left the mark.
fn ascii_after_all(rest: &[u8]) -> bool {
    let head = &rest[..rest.len().min(64)];
    head.is_ascii() && !head.contains(&0)
}

fn utf_32(body: &[u8], read: fn([u8; 4]) -> u32) -> Cow<'_, str> {
    let (units, _) = body.as_chunks::<4>();
    Cow::Owned(units.iter().map(|unit| char::from_u32(read(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

fn labelled<'a>(body: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let said = content_type.and_then(http_label).into_iter().chain(declared_label(body));
    let said: Vec<&'static Encoding> = said.filter_map(|label| encoding(&label)).collect();
    if let Ok(text) = std::str::from_utf8(body) {
        // A character or two of a multi-byte charset may look like UTF-8 by chance.
        let by_chance = || text.chars().filter(|c| !c.is_ascii()).take(CHANCE + 1).count() <= CHANCE;
        let multi_byte =
            said.first().filter(|encoding| **encoding != UTF_8 && !encoding.is_single_byte() && by_chance());
        if let Some(text) = multi_byte.and_then(|encoding| clean(encoding, body)) {
            return Decoded { text, warning: None };
        }
        return Decoded { text: Cow::Borrowed(text), warning: mislabelled(&said, body) };
    }
    for encoding in &said {
        if let Some(text) = clean(encoding, body) {
            return Decoded { text, warning: None };
        }
    }
    guessed(body, said.first().copied())
}

fn mislabelled(said: &[&'static Encoding], body: &[u8]) -> Option<String> {
    let wrong = said.first().filter(|encoding| **encoding != UTF_8)?;
    (!body.is_ascii()).then(|| format!("the document says {}, but is UTF-8", wrong.name()))
}

fn clean<'a>(encoding: &'static Encoding, body: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(body)
}

/// Neither sound UTF-8 nor what it says it is: stray bytes in the one or the other, or no word about it at all.
fn guessed<'a>(body: &'a [u8], said: Option<&'static Encoding>) -> Decoded<'a> {
    if said.is_none_or(|encoding| encoding == UTF_8 || encoding.is_single_byte()) && nearly_utf_8(body) {
        let warning = "bytes that are not UTF-8 were read as windows-1252".to_owned();
        return Decoded { text: Cow::Owned(patched(body)), warning: Some(warning) };
    }
    if let Some(encoding) = said.filter(|encoding| *encoding != UTF_8) {
        let text = encoding.decode_without_bom_handling(body).0;
        return Decoded { text, warning: Some(format!("bytes that are not {} were replaced", encoding.name())) };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(body, true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    let text = encoding.decode_without_bom_handling(body).0;
    Decoded { text, warning: Some(format!("the charset is a guess: {}", encoding.name())) }
}

/// Whether there are more sound UTF-8 sequences than stray bytes.
fn nearly_utf_8(body: &[u8]) -> bool {
    let (mut sound, mut stray) = (0, 0);
    for chunk in body.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        stray += chunk.invalid().len();
    }
    sound > stray
}

/// UTF-8 with stray bytes of another time, mostly pasted from a word processor.
fn patched(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

/// `charset` of a `Content-Type`, quoted or not.
fn http_label(content_type: &str) -> Option<String> {
    content_type.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// `encoding` of the XML declaration, or `charset` of an HTML page, as far as they can be read as ASCII.
fn declared_label(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(DECLARATION_BYTES)]);
    let after = match head.split_once("<?xml") {
        Some((_, after)) => after.split_once("?>").map_or(after, |(inner, _)| inner).split_once("encoding")?.1,
        None => head.split_once("charset")?.1,
    };
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c))).unwrap_or(value.len());
    Some(value[..end].to_owned())
}

/// The encoding of this name. UTF-16 that comes without zeros is a mistake, and US-ASCII is what servers say for want
/// of anything better; neither tells anything.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    let hyphened = label.replace('_', "-");
    let known = Encoding::for_label(label.as_bytes()).or_else(|| Encoding::for_label(hyphened.as_bytes()));
    let other = || match hyphened.as_str() {
        "cp932" | "ms932" => Some(encoding_rs::SHIFT_JIS),
        "cp936" | "ms936" => Some(encoding_rs::GBK),
        "cp949" | "ms949" | "uhc" => Some(encoding_rs::EUC_KR),
        "cp950" | "ms950" => Some(encoding_rs::BIG5),
        _ => Encoding::for_label(hyphened.replace("windows", "windows-").replace("iso", "iso-").as_bytes()),
    };
    let found = known.or_else(other)?;
    (found != UTF_16LE && found != UTF_16BE && !label.contains("ascii")).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &[u8], content_type: Option<&str>) -> String {
        decode(body, content_type).text.into_owned()
    }

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn marks_and_zeros_decide_first() {
        assert_eq!(text(b"\xef\xbb\xbf<a>\xc3\xa9", Some("text/xml; charset=latin1")), "<a>é");
        assert_eq!(text(&utf_16("\u{feff}<a>é"), Some("text/xml; charset=utf-8")), "<a>é");
        assert_eq!(text(&utf_16("<a>é"), None), "<a>é");
        let wide: Vec<u8> = "<a>é".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(text(&wide, None), "<a>é");
        assert_eq!(text(b"\xff\xfe<a>plain</a>", None), "<a>plain</a>");
    }

    #[test]
    fn labels_are_believed_unless_the_bytes_speak_against_them() {
        let xml = |encoding: &str, text: &[u8]| {
            [b"<?xml version='1.0' encoding='", encoding.as_bytes(), b"'?>", text].concat()
        };
        assert!(text(&xml("windows-1251", b"\xcb\xfc\xe2\xee\xe2\xe0"), None).ends_with("Львова"));
        assert!(
            text(&xml("utf-8", b"\xcb\xfc\xe2\xee\xe2\xe0"), Some("text/xml; charset=\"cp1251\"")).ends_with("Львова")
        );
        assert!(text(&xml("iso-8859-1", "Львова".as_bytes()), None).ends_with("Львова"));
        assert!(text(&xml("utf-16", b"plain"), None).ends_with("plain"));
        assert!(text(&xml("utf-8", b"na\xc3\xafve caf\xc3\xa9 don\x92t"), None).ends_with("naïve café don’t"));
        assert!(text(&xml("iso8859_1", b"caf\xe9"), None).ends_with("café"));
    }

    #[test]
    fn without_a_word_about_it_the_charset_is_guessed_and_that_is_said() {
        let russian = encoding_rs::WINDOWS_1251.encode("<a>Российский флот покидает порт Львова вечером</a>").0;
        let decoded = decode(&russian, None);
        assert!(decoded.text.contains("Львова"));
        assert_eq!(decoded.warning.as_deref(), Some("the charset is a guess: windows-1251"));
        assert_eq!(text(b"<a>O\0desa</a>", None), "<a>Odesa</a>");
    }
}
