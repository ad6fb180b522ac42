//! Markup to plain text, without losing a word.

use std::borrow::Cow;

use super::entity;
use super::token::{Tag, Token, Tokens};

/// Elements that do not break a line: no blank belongs in their place.
#[rustfmt::skip]
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// The other elements of HTML.
#[rustfmt::skip]
const BLOCK: &[&str] = &[
    "address", "applet", "area", "article", "aside", "audio", "base", "basefont", "blockquote", "body", "br",
    "button", "canvas", "caption", "center", "circle", "col", "colgroup", "command", "datalist", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame",
    "frameset", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "iframe", "image",
    "img", "input", "keygen", "label", "layer", "legend", "li", "link", "listing", "main", "map", "marquee", "math",
    "menu", "menuitem", "meta", "meter", "nav", "noembed", "noframes", "noscript", "object", "ol", "optgroup",
    "option", "output", "p", "param", "path", "picture", "plaintext", "pre", "progress", "rect", "script", "section",
    "select", "slot", "source", "style", "summary", "svg", "table", "tbody", "td", "template", "text", "textarea",
    "tfoot", "th", "thead", "title", "tr", "track", "ul", "video", "xmp",
];

/// Elements whose content nobody reads.
const UNREAD: &[&str] = &["script", "style", "noscript", "template", "iframe", "object", "svg"];

/// The plain text of markup or text: tags removed (those of blocks become blanks), scripts and styles dropped, entities
/// decoded, blanks collapsed. Markup that was escaped once too often is read all the same.
pub fn plain_text(markup: &str) -> String {
    let text = pass(markup);
    // Escaped twice: what the first pass made is itself markup. A lone `<blink>` may be what the text speaks of, so
    // a closing tag or a line break has to prove it.
    let text = if ["</", "<br", "<img", "<p>"].iter().any(|proof| text.contains(proof)) {
        Cow::Owned(pass(&text).into_owned())
    } else {
        text
    };
    collapse(&entity::decode(&text))
}

fn pass(markup: &str) -> Cow<'_, str> {
    if !markup.contains('<') {
        return entity::decode(markup);
    }
    let mut out = String::with_capacity(markup.len());
    let mut tokens = Tokens::new(markup);
    // Elements whose closing tag was looked for in vain, so that none is looked for twice.
    let mut endless: Vec<&str> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => out.push_str(&entity::decode(text)),
            Token::Cdata(text) => out.push_str(text),
            Token::Open(tag) if is_text(&tag) => out.push_str(&entity::decode(tag.raw)),
            Token::Open(tag) => {
                if !is(INLINE, tag.name) {
                    out.push(' ');
                }
                let unread = UNREAD.iter().find(|name| name.eq_ignore_ascii_case(tag.name));
                if let Some(name) = unread.filter(|name| !tag.empty && !endless.contains(name)) {
                    let rest = &markup[markup.len() - tokens.left()..];
                    match closing_tag(rest, name) {
                        Some(end) => tokens.pass_over(end),
                        None => endless.push(name),
                    }
                }
            }
            Token::Close { name, .. } => {
                if !is(INLINE, name) {
                    out.push(' ');
                }
            }
        }
    }
    out.push_str(&entity::decode(tokens.tail()));
    Cow::Owned(out)
}

/// Whether this is no tag: a `<` before a word, or a word in angle brackets that HTML does not know.
fn is_text(tag: &Tag<'_>) -> bool {
    let bare = tag.attributes().next().is_none() && tag.name.chars().all(char::is_alphanumeric);
    !tag.raw.ends_with('>') || (bare && !tag.empty && !is(INLINE, tag.name) && !is(BLOCK, tag.name))
}

/// Whether `name`, in any case, is one of `names`, which are sorted and short.
fn is(names: &[&str], name: &str) -> bool {
    let mut buffer = [0u8; 16];
    let Some(lower) = buffer.get_mut(..name.len()) else { return false };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    names.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

/// Where the closing tag of `name` begins.
fn closing_tag(text: &str, name: &str) -> Option<usize> {
    let closes = |at: &usize| {
        let after = &text.as_bytes()[at + 2..];
        after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    text.match_indices("</").map(|(at, _)| at).find(closes)
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
            ("<b>O</b>desa &amp; NATO", "Odesa & NATO"),
            ("x < y and 3 <4 > 2", "x < y and 3 <4 > 2"),
            ("<a title=\"a > b\">link</a>", "link"),
            ("<script>var a = '<b>';</script>seen<style>p{}</style>", "seen"),
            ("<script>never closed", "never closed"),
            ("<!-- note -->text<!-- open", "text open"),
            ("<![CDATA[ECB &amp; co]]>", "ECB & co"),
            ("&lt;p&gt;Home &lt;b&gt;Guard&lt;/b&gt;&lt;/p&gt;", "Home Guard"),
            ("AT&amp;amp;T", "AT&T"),
            ("the &lt;blink&gt; tag", "the <blink> tag"),
            ("a<br>b<br/>c", "a b c"),
            ("cut <a href=\"x", "cut <a href=\"x"),
            ("Breaking: <ECB> enters Lyon", "Breaking: <ECB> enters Lyon"),
            ("below <minus 20 and <b>cold</b>", "below <minus 20 and cold"),
            ("O\u{8}desa", "Odesa"),
        ] {
            assert_eq!(plain_text(markup), want, "{markup}");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(INLINE.is_sorted() && BLOCK.is_sorted());
    }

    #[test]
    fn truncation_respects_characters() {
        assert_eq!(truncated("aбв".to_owned(), 4), "aб");
        assert_eq!(truncated("ab".to_owned(), 4), "ab");
    }
}
