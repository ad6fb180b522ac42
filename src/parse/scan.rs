//! A look at a document before any parser gets it: how deep it nests, how many items it holds.

use super::{MAX_DEPTH, MAX_ITEMS, ParseError};

/// Refuses documents that nest too deep or hold too many items. Comments, CDATA and quoted values do not count; the
/// rest is taken as it comes, for a hostile document need not be well-formed.
pub(super) fn limits(body: &[u8]) -> Result<(), ParseError> {
    let (mut depth, mut items) = (0usize, 0usize);
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at..];
        let end = markup_end(rest);
        let markup = &rest[..end];
        match markup.get(1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80 => {
                depth += usize::from(!markup.ends_with(b"/>"));
                items += usize::from(opens_item(&markup[1..]));
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(ParseError::TooDeep(MAX_DEPTH));
        }
        if items > MAX_ITEMS {
            return Err(ParseError::TooManyItems(MAX_ITEMS));
        }
        rest = &rest[end..];
    }
    Ok(())
}

fn opens_item(tag: &[u8]) -> bool {
    let name_len = tag.iter().take_while(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')).count();
    let name = &tag[..name_len];
    let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    local == b"item" || local == b"entry"
}

/// Where the markup at the start of `text` ends.
fn markup_end(text: &[u8]) -> usize {
    let past =
        |close: &[u8]| text.windows(close.len()).position(|w| w == close).map_or(text.len(), |at| at + close.len());
    if text.starts_with(b"<!--") {
        return past(b"-->");
    }
    if text.starts_with(b"<![CDATA[") {
        return past(b"]]>");
    }
    past(b">")
}

/// What a document that gives no feed is instead, as far as its start tells; else the parser's own `error`.
pub(super) fn reason(body: &[u8], error: ParseError) -> ParseError {
    let head = String::from_utf8_lossy(&body[..body.len().min(4096)]).to_ascii_lowercase();
    if !body.iter().any(|byte| matches!(byte, b'<' | b'{')) {
        return ParseError::NotAFeed("neither XML nor JSON".to_owned());
    }
    if head.contains("<!doctype html") || head.contains("<html") {
        return ParseError::HtmlPage(title(&head));
    }
    error
}

fn title(page: &str) -> Option<String> {
    let (_, after) = page.split_once("<title")?;
    let text = super::plain_text(after.split_once('>')?.1.split_once("</title")?.0);
    (!text.is_empty()).then(|| super::text::truncated(text, 100))
}
