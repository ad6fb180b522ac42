//! Markup to plain text, without losing a word.

use super::entity;

/// Elements that do not break a line: no blank belongs in their place.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
];

/// Elements whose content nobody reads.
const UNREAD: &[&str] = &["script", "style", "noscript", "template", "iframe", "object", "svg"];

/// The plain text of markup or text: tags removed (those of blocks become blanks), scripts and styles dropped, entities
/// decoded, blanks collapsed. Markup that was escaped once too often is read all the same.
pub fn plain_text(markup: &str) -> String {
    let mut text = pass(markup);
    // Escaped twice: what the first pass made is itself markup. A lone `<blink>` may be what the text speaks of, so
    // a closing tag or a line break has to prove it.
    if text.contains("</") || text.contains("<br") || text.contains("<img") || text.contains("<p>") {
        text = pass(&text);
    } else if text.contains('&') {
        text = collapse(&entity::decode(&text));
    }
    text
}

fn pass(markup: &str) -> String {
    if !markup.contains(['<', '&']) {
        return collapse(markup);
    }
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let read = if rest.starts_with('<') { tag(rest, &mut out) } else { entity::reference(rest, &mut out) };
        if read == 0 {
            out.push_str(&rest[..1]);
        }
        rest = &rest[read.max(1)..];
    }
    out.push_str(rest);
    collapse(&out)
}

/// Reads the tag at the start of `text`, which starts with `<`; 0 if it is none, but a sign that stands for itself.
fn tag(text: &str, out: &mut String) -> usize {
    if let Some(cdata) = text.strip_prefix("<![CDATA[") {
        let len = cdata.find("]]>").unwrap_or(cdata.len());
        out.push_str(&cdata[..len]);
        return (9 + len + 3).min(text.len());
    }
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map_or(4, |len| 4 + len + 3);
    }
    let closing = text[1..].starts_with('/');
    let name_at = 1 + usize::from(closing);
    let name = &text[name_at..];
    if name.starts_with(['!', '?']) {
        return text.find('>').map_or(0, |end| end + 1);
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return 0;
    }
    let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-').unwrap_or(name.len())];
    let Some(end) = tag_end(text) else { return 0 };
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if !is(INLINE) {
        out.push(' ');
    }
    if !closing && !text[..end].ends_with("/>") && is(UNREAD) {
        return end + unread(&text[end..], name);
    }
    end
}

/// Where the tag ends, past its `>`. A `>` in quotes is part of a value, unless the quotes are never closed.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if at > 0 && text.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.find('>').map(|at| at + 1)
}

/// The length of the content and closing tag of an element that nobody reads; 0 if it is never closed.
fn unread(text: &str, name: &str) -> usize {
    let closes = |at: &usize| {
        let after = &text.as_bytes()[at + 2..];
        after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    text.match_indices("</")
        .map(|(at, _)| at)
        .find(closes)
        .and_then(|at| Some(at + text[at..].find('>')? + 1))
        .unwrap_or(0)
}

/// Runs of blanks become one blank, none stay at either end; control characters go.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.contains(char::is_control) {
        out.retain(|c| !c.is_control());
    }
    out
}

/// The longest start of `text` that has at most `limit` bytes.
pub(super) fn truncated(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text_and_no_word_is_lost() {
        for (markup, want) in [
            ("", ""),
            ("  a \n b\u{a0}c ", "a b c"),
            ("<p>One</p><p>Two</p>", "One Two"),
            ("<b>T</b>artus &amp; HTS", "Tartus & HTS"),
            ("x < y and 3 <4 > 2", "x < y and 3 <4 > 2"),
            ("<a title=\"a > b\">link</a>", "link"),
            ("<script>var a = '<b>';</script>seen<style>p{}</style>", "seen"),
            ("<script>never closed", "never closed"),
            ("<!-- note -->text<!-- open", "text open"),
            ("<![CDATA[HTS &amp; co]]>", "HTS & co"),
            ("&lt;p&gt;Africa &lt;b&gt;Corps&lt;/b&gt;&lt;/p&gt;", "Africa Corps"),
            ("AT&amp;amp;T", "AT&T"),
            ("the &lt;blink&gt; tag", "the <blink> tag"),
            ("a<br>b<br/>c", "a b c"),
            ("cut <a href=\"x", "cut <a href=\"x"),
        ] {
            assert_eq!(plain_text(markup), want, "{markup}");
        }
    }

    #[test]
    fn truncation_respects_characters() {
        assert_eq!(truncated("aбв".to_owned(), 4), "aб");
        assert_eq!(truncated("ab".to_owned(), 4), "ab");
    }
}
