//! A forgiving XML tokenizer: any text gives tokens, and what is not markup is text.
//!
//! It does not know what belongs into what; [`super::reader`] does. It never expands an entity, never looks into a
//! document type declaration, and never looks at a byte more than a bounded number of times.

mod attributes;

use std::borrow::Cow;

use super::entity;
use attributes::Attributes;

/// A piece of a document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    /// `<name …>` or `<name …/>`.
    Open(Tag<'a>),
    /// `</name>`, with the whole of it as it is written.
    Close { name: &'a str, raw: &'a str },
    /// Text with its references as they are written.
    Text(&'a str),
    /// Text that stands for itself.
    Cdata(&'a str),
}

/// An opening tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// With its prefix.
    pub(super) name: &'a str,
    /// Whether it is closed at once.
    pub(super) empty: bool,
    /// As it is written, `<` and `>` included.
    pub(super) raw: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Names and values as they are written.
    pub(super) fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of an attribute, references decoded; the case of its name does not matter.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.attributes().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1;
        Some(entity::decode(value))
    }
}

/// Cuts a document into tokens.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// A tag at the end of the document that the end cut off.
    tail: &'a str,
    /// Sections that were opened, looked for to the end of the document, and found without an end. Looking again for
    /// each would take time quadratic in the document's length.
    endless: Endless,
    /// How much of the document is left at the next `]]>` and at the next `-->`, once they were looked for.
    cdata_end: usize,
    comment_end: usize,
}

/// The mark of a section's end that will not come: no text is left there.
const NO_END: usize = 0;

/// Which ends are known not to come any more.
#[derive(Debug, Clone, Copy, Default)]
struct Endless {
    cdata: bool,
    instruction: bool,
    declaration: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, tail: "", endless: Endless::default(), cdata_end: usize::MAX, comment_end: usize::MAX }
    }

    /// Whether the document ended in a section or a tag.
    pub(super) fn cut_off(&self) -> bool {
        !self.tail.is_empty() || self.endless.cdata
    }

    /// What looked like a tag at the end of the document, and had no end.
    pub(super) fn tail(&self) -> &'a str {
        self.tail
    }

    /// How many bytes are left to read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Leaves out the next `len` bytes.
    pub(super) fn pass_over(&mut self, len: usize) {
        self.take(len);
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(len);
        self.rest = tail;
        head
    }

    /// A `<` that starts something, or the end of the document.
    fn text_len(&self) -> usize {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(at) = self.rest[from..].find('<') {
            let at = from + at;
            if bytes.get(at + 1).is_some_and(|next| begins_markup(*next)) {
                return at;
            }
            from = at + 1;
        }
        self.rest.len()
    }

    fn section(&mut self) -> Option<Token<'a>> {
        if self.rest.starts_with("<!--") {
            let body = &self.rest[4..];
            let end = next_end(body, "-->", &mut self.comment_end);
            // A comment without an end of its own hides nothing: better a word too many than all items lost.
            let end = end.filter(|end| !body[..*end].contains("<!--"));
            self.take(end.map_or(4, |end| 4 + end + 3));
            return None;
        }
        if self.rest.len() >= 9 && self.rest.as_bytes()[..9].eq_ignore_ascii_case(b"<![CDATA[") {
            return Some(Token::Cdata(self.cdata()));
        }
        let len = if self.rest.starts_with("<?") { self.instruction_len() } else { self.declaration_len() };
        if let Some(len) = len.or_else(|| self.rest.find('>').map(|end| end + 1)) {
            self.take(len);
        } else {
            self.tail = self.take(self.rest.len());
        }
        None
    }

    /// A CDATA section ends at its `]]>`. Where another one begins before that, the end was forgotten, and the element's
    /// closing tag has to do.
    fn cdata(&mut self) -> &'a str {
        let body = &self.rest[9..];
        let end = next_end(body, "]]>", &mut self.cdata_end);
        self.endless.cdata |= end.is_none();
        let forgotten = match end {
            Some(end) => body[..end].find("<![CDATA[").is_some_and(|next| body[..next].contains("</")),
            None => true,
        };
        match end {
            Some(end) if !forgotten => &self.take(9 + end + 3)[9..9 + end],
            _ => {
                let end = body.find("</").unwrap_or(body.len());
                &self.take(9 + end)[9..]
            }
        }
    }

    /// The length of `<!DOCTYPE …>` with its internal subset, of which nothing is read.
    fn declaration_len(&mut self) -> Option<usize> {
        let end = if self.endless.declaration { None } else { subset_end(self.rest) };
        self.endless.declaration |= end.is_none();
        end
    }

    fn instruction_len(&mut self) -> Option<usize> {
        let end = if self.endless.instruction { None } else { self.rest.find("?>") };
        self.endless.instruction |= end.is_none();
        end.map(|end| end + 2)
    }

    fn close(&mut self) -> Option<Token<'a>> {
        // `</item` and the next tag, or the end of the document: the `>` was forgotten.
        let end = self.rest[2..].find(['>', '<']).map_or(self.rest.len(), |at| at + 2);
        let name = self.rest[2..end].trim();
        let name = &name[..name.find(char::is_whitespace).unwrap_or(name.len())];
        let closed = self.rest.as_bytes().get(end) == Some(&b'>');
        Some(Token::Close { name, raw: self.take(end + usize::from(closed)) })
    }

    fn open(&mut self) -> Option<Token<'a>> {
        let Some(end) = tag_len(self.rest) else {
            self.tail = self.take(self.rest.len());
            return None;
        };
        let raw = self.take(end);
        let inner = raw[1..].strip_suffix('>').unwrap_or(&raw[1..]);
        let name_len = inner.bytes().take_while(|byte| !byte.is_ascii_whitespace() && *byte != b'/').count();
        let (name, attributes) = inner.split_at(name_len);
        let empty = attributes.ends_with('/');
        let attributes = attributes.strip_suffix('/').unwrap_or(attributes);
        Some(Token::Open(Tag { name, empty, raw, attributes }))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let len = self.text_len();
            if len > 0 {
                return Some(Token::Text(self.take(len)));
            }
            let token = match self.rest.as_bytes()[1] {
                b'!' | b'?' => self.section(),
                b'/' => self.close(),
                _ => self.open(),
            };
            if token.is_some() {
                return token;
            }
        }
        None
    }
}

/// Where the next `end` is in `body`. How much is left of the document there is remembered: where many sections lack
/// their end, each would look for the same one.
fn next_end(body: &str, end: &str, left: &mut usize) -> Option<usize> {
    if *left > body.len() {
        *left = body.find(end).map_or(NO_END, |at| body.len() - at);
    }
    if *left == NO_END { None } else { Some(body.len() - *left) }
}

fn begins_markup(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?' | b'_' | 0x80..)
}

/// The length of the tag at the start of `text`. A quote that another tag interrupts was never closed, and the tag ends
/// at the first `>`.
fn tag_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut first_end = None;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match (byte, quote) {
            (b'>', None) => return Some(at + 1),
            (b'>', Some(_)) => first_end = first_end.or(Some(at + 1)),
            (b'<', None) => return Some(at),
            (b'<', Some(_)) if first_end.is_some() => return first_end,
            (b'"' | b'\'', None) if opens_value(&bytes[..at]) => quote = Some(*byte),
            (_, Some(open)) if open == *byte => quote = None,
            _ => {}
        }
    }
    first_end
}

/// Whether a quote after this opens a value: a stray one, as in `<a href=x">`, does not.
fn opens_value(before: &[u8]) -> bool {
    before.trim_ascii_end().ends_with(b"=")
}

/// Where a declaration ends: at its `>` outside of brackets, and of the quotes in them.
fn subset_end(text: &str) -> Option<usize> {
    let mut depth = 0i32;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (_, Some(open)) if open == byte => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) if depth > 0 => quote = Some(byte),
            (b'[', None) => depth += 1,
            (b']', None) => depth -= 1,
            (b'>', None) if depth <= 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let show = |token| match token {
            Token::Open(tag) => {
                let attributes: String = tag.attributes().map(|(name, value)| format!(" {name}:{value}")).collect();
                format!("<{}{attributes}{}>", tag.name, if tag.empty { "/" } else { "" })
            }
            Token::Close { name, .. } => format!("</{name}>"),
            Token::Text(text) => format!("[{text}]"),
            Token::Cdata(text) => format!("[={text}]"),
        };
        Tokens::new(text).map(show).collect()
    }

    #[test]
    fn sound_markup_is_cut() {
        assert_eq!(show("<?xml version='1.0'?><!-- <b> --><a b='1' c = \"<2>\">x</a>"), "<a b:1 c:<2>>[x]</a>");
        assert_eq!(show("<!DOCTYPE r [<!ENTITY x \"]>\">]><r/>"), "<r/>");
        assert_eq!(show("<t><![CDATA[a <b> & c]]></t >"), "<t>[=a <b> & c]</t>");
    }

    #[test]
    fn damage_costs_no_more_than_itself() {
        for (text, want) in [
            ("<t>1 < 2 & 3 <4</t>", "<t>[1 < 2 & 3 <4]</t>"),
            ("<a href=\"x>text</a><b>", "<a href:\"x>[text]</a><b>"),
            ("<a href=x>y</a>", "<a href:x>[y]</a>"),
            ("<a checked b='1'/>", "<a checked: b:1/>"),
            ("<a b='1' checked c='2'>", "<a b:1 checked: c:2>"),
            ("<a b='1'c='2'>", "<a b:1 c:2>"),
            ("<a b=\"the \"best\" of it\" c='2'>", "<a b:the \"best\" of it c:2>"),
            ("<t>x</t<u>y</u>", "<t>[x]</t><u>[y]</u>"),
            ("<t><u>y", "<t><u>[y]"),
            ("<t>x<u", "<t>[x]"),
            ("<!-- <t>x</t>", "[ ]<t>[x]</t>"),
            ("<t><![CDATA[x</t><u>", "<t>[=x]</t><u>"),
            ("<t><![CDATA[x</t><u><![CDATA[y]]></u>", "<t>[=x]</t><u>[=y]</u>"),
            ("<>", "[<>]"),
        ] {
            assert_eq!(show(text), want, "{text}");
        }
    }
}
