//! The text of an element, whatever its publisher put into it: text, CDATA, XHTML, or markup that nobody escaped.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::name::{Role, Space};
use super::reader::{Event, Node, Reader};
use super::{ParseError, entity};

/// Elements of HTML that have no closing tag.
const VOID: &[&str] = &["br", "hr", "img", "input", "wbr", "area", "col", "embed", "param", "source", "track"];
/// Elements of HTML whose closing tag may be left out before another of their kind.
const REPEATED: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option"];

/// Texts and tags of one field; what comes after them is not read.
const MAX_PIECES: usize = 100_000;

/// How far a field reaches where its closing tag is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// A line: the next field ends it.
    Line,
    /// A text with markup of its own: a field that HTML does not have ends it.
    Text,
    /// Whatever is in it: only its own end does.
    Whole,
}

/// What stands in an element.
#[derive(Debug, Default)]
pub(super) struct Field<'a> {
    pieces: Vec<Piece<'a>>,
    naked: bool,
    /// The document ended in it.
    pub(super) cut_off: bool,
}

#[derive(Debug)]
enum Piece<'a> {
    Text(&'a str),
    Cdata(&'a str),
    Markup(&'a str),
}

impl<'a> Field<'a> {
    /// Reads to the end of `node`, which was just opened.
    pub(super) fn read(reader: &mut Reader<'a>, node: &Node<'a>, reach: Reach) -> Result<Self, ParseError> {
        let mut field = Field::default();
        while reader.depth() >= node.depth {
            match reader.next()? {
                Event::Text(text) => field.add(Piece::Text(text)),
                Event::Cdata(text) => field.add(Piece::Cdata(text)),
                Event::Close { raw } if reader.depth() >= node.depth => field.add(Piece::Markup(raw)),
                Event::Close { .. } => {}
                Event::Open(child) if ends(node, &child, reach) => reader.reopen(node.depth, child.tag),
                Event::Open(child) => {
                    field.naked = true;
                    field.add(Piece::Markup(child.tag.raw));
                    if is(VOID, child.local) && !child.tag.empty {
                        reader.close_void();
                    } else if is(REPEATED, child.local) {
                        reader.close_alike(&child, node.depth, |name| is(REPEATED, name));
                    }
                }
                Event::End => {
                    field.cut_off = true;
                    break;
                }
            }
        }
        Ok(field)
    }

    fn add(&mut self, piece: Piece<'a>) {
        if self.pieces.len() < MAX_PIECES {
            self.pieces.push(piece);
        }
    }

    /// The text as published, references decoded once; markup stays as it is written. `None` if there is nothing.
    pub(super) fn text(&self) -> Option<String> {
        let text = match self.pieces.as_slice() {
            [Piece::Text(text)] => entity::decode(text.trim()).into_owned(),
            [Piece::Cdata(text)] => text.trim().to_owned(),
            _ if self.naked => self.markup(),
            _ => self.decoded(),
        };
        let trimmed = text.trim();
        match trimmed.len() {
            0 => None,
            len if len == text.len() => Some(text),
            _ => Some(trimmed.to_owned()),
        }
    }

    /// The text of an element that may say by attributes what it holds.
    pub(super) fn typed_text(&self, node: &Node<'_>) -> Option<String> {
        let attribute = |name| node.tag.attribute(name).unwrap_or_default().trim().to_ascii_lowercase();
        let (kind, mode) = (attribute("type"), attribute("mode"));
        let is_text = kind.is_empty() || kind.starts_with("text") || kind.contains("html") || kind.contains("xml");
        if mode == "base64" || attribute("encoding") == "base64" || (!is_text && kind.contains('/')) {
            let binary = ["image/", "audio/", "video/"].iter().any(|start| kind.starts_with(start));
            return base64_text(&self.decoded()).or_else(|| self.text().filter(|_| !binary));
        }
        // A text without a single tag reads the same either way, but for references: XHTML's are markup.
        if kind.contains("xhtml") && !self.naked {
            return Some(self.markup().trim().to_owned()).filter(|text| !text.is_empty());
        }
        self.text()
    }

    fn decoded(&self) -> String {
        let text = |piece: &Piece<'a>| match piece {
            Piece::Text(text) => entity::decode(text),
            Piece::Cdata(text) => Cow::Borrowed(*text),
            Piece::Markup(_) => Cow::Borrowed(" "),
        };
        self.pieces.iter().map(text).collect()
    }

    fn markup(&self) -> String {
        let text = |piece: &Piece<'a>| match piece {
            Piece::Text(text) | Piece::Cdata(text) | Piece::Markup(text) => *text,
        };
        self.pieces.iter().map(text).collect()
    }
}

/// Whether `child` cannot be part of `node`, so that the closing tag of `node` must be missing.
fn ends(node: &Node<'_>, child: &Node<'_>, reach: Reach) -> bool {
    if reach == Reach::Whole || child.space == Space::Xhtml {
        return false;
    }
    let Some((role, _)) = child.role() else { return false };
    let html_knows = ["title", "link", "body", "summary", "content", "date", "abstract", "id", "author", "category"];
    match (role, reach) {
        (Role::Item, _) => true,
        (Role::Group, _) => false,
        (_, Reach::Line) => child.local != "body" && !child.local.eq_ignore_ascii_case(node.local),
        _ => child.space == Space::Content || !html_knows.contains(&child.local.to_ascii_lowercase().as_str()),
    }
}

fn is(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn base64_text(text: &str) -> Option<String> {
    let text: String = text.split_ascii_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}
