//! Tokens to a tree's events: what is open, what a name means there, which language and base address hold.
//!
//! Tags that do not match are matched as well as can be: a closing tag closes the nearest element of its name with all
//! that is open in it, and one without an element is passed over.

use std::borrow::Cow;

use url::Url;

use super::name::{self, Role, Space};
use super::token::{Tag, Token, Tokens};
use super::{MAX_DEPTH, ParseError};

/// Declarations that hold at one place; more have no effect.
const MAX_SCOPES: usize = 256;

/// A step through a document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    Open(Node<'a>),
    /// At least one element was closed; [`Reader::depth`] says how many are left.
    Close {
        raw: &'a str,
    },
    Text(&'a str),
    Cdata(&'a str),
    End,
}

/// An element that was just opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) space: Space,
    pub(super) local: &'a str,
    /// How many elements are open, this one included.
    pub(super) depth: usize,
}

/// What did not match.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Repairs {
    /// Closing tags without an element.
    pub(super) stray: usize,
    /// Elements without a closing tag.
    pub(super) unclosed: usize,
    /// The document ended before its elements did.
    pub(super) cut_off: bool,
}

/// What holds for an element and all within.
#[derive(Debug)]
enum Scoped<'a> {
    Prefix(&'a str, Space),
    Language(Cow<'a, str>),
    Base(Url),
}

/// Reads a document step by step.
pub(super) struct Reader<'a> {
    tokens: Tokens<'a>,
    path: Vec<&'a str>,
    /// With the depth of the element that says it.
    scopes: Vec<(usize, Scoped<'a>)>,
    /// A tag that was read too early and comes again.
    held: Option<Tag<'a>>,
    /// The element opened last is an empty one, and closes at the next step.
    closes: bool,
    document_base: Option<&'a Url>,
    /// Where unprefixed names come from, if the document does not say it: from its root.
    pub(super) native: Space,
    pub(super) repairs: Repairs,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, document_base: Option<&'a Url>) -> Self {
        Self {
            tokens: Tokens::new(text),
            path: Vec::with_capacity(MAX_DEPTH),
            scopes: Vec::new(),
            held: None,
            closes: false,
            document_base,
            native: Space::Plain,
            repairs: Repairs::default(),
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// The next step.
    pub(super) fn next(&mut self) -> Result<Event<'a>, ParseError> {
        if std::mem::take(&mut self.closes) {
            self.pop_to(self.path.len() - 1);
            return Ok(Event::Close { raw: "" });
        }
        if let Some(tag) = self.held.take() {
            return self.open(tag);
        }
        loop {
            match self.tokens.next() {
                Some(Token::Open(tag)) => return self.open(tag),
                Some(Token::Close { name, raw }) => {
                    if self.close(name) {
                        return Ok(Event::Close { raw });
                    }
                }
                Some(Token::Text(text)) => return Ok(Event::Text(text)),
                Some(Token::Cdata(text)) => return Ok(Event::Cdata(text)),
                None => {
                    self.repairs.cut_off |= !self.path.is_empty() || self.tokens.cut_off();
                    return Ok(Event::End);
                }
            }
        }
    }

    fn open(&mut self, tag: Tag<'a>) -> Result<Event<'a>, ParseError> {
        if self.path.len() >= MAX_DEPTH {
            return Err(ParseError::TooDeep(MAX_DEPTH));
        }
        self.path.push(tag.name);
        self.closes = tag.empty;
        let depth = self.path.len();
        for (key, value) in tag.attributes() {
            if self.scopes.len() >= MAX_SCOPES {
                break;
            }
            self.scopes.extend(self.scoped(key, value).map(|scoped| (depth, scoped)));
        }
        let (prefix, local) = name::split(tag.name);
        Ok(Event::Open(Node { tag, space: self.space(prefix), local, depth }))
    }

    fn scoped(&self, key: &'a str, value: &'a str) -> Option<Scoped<'a>> {
        let (prefix, local) = name::split(key);
        if prefix == "xmlns" || key == "xmlns" {
            let prefix = if prefix.is_empty() { "" } else { local };
            // An address that nobody knows tells less than the prefix that everybody uses.
            let space = Space::at(value).or_else(|| Space::customary(prefix)).unwrap_or(Space::Other);
            // No document is as a whole in the vocabulary of a guest: its prefix was lost.
            let root = self.path.len() == 1;
            let space = if prefix.is_empty() && root && space.is_guest() { Space::Plain } else { space };
            return Some(Scoped::Prefix(prefix, space));
        }
        let is_xml = prefix.eq_ignore_ascii_case("xml");
        if is_xml && local == "lang" {
            return Some(Scoped::Language(super::entity::decode(value.trim())));
        }
        if is_xml && local == "base" {
            return self.resolve(&super::entity::decode(value.trim())).map(Scoped::Base);
        }
        None
    }

    fn space(&self, prefix: &str) -> Space {
        let bound = self.scopes.iter().rev().find_map(|(_, scoped)| match scoped {
            Scoped::Prefix(bound, space) if *bound == prefix => Some(*space),
            _ => None,
        });
        match bound {
            Some(space) => space,
            None if prefix.is_empty() => self.native,
            None => Space::customary(prefix).unwrap_or(Space::Other),
        }
    }

    /// Whether the vocabulary was declared for the elements that are open.
    pub(super) fn declares(&self, space: Space) -> bool {
        self.scopes.iter().any(|(_, scoped)| matches!(scoped, Scoped::Prefix(_, declared) if *declared == space))
    }

    /// Takes the prefix of the root for the feed's own, where nothing better is known of it.
    pub(super) fn adopt_prefix(&mut self, prefix: &'a str, space: Space) {
        self.scopes.push((1, Scoped::Prefix(prefix, space)));
    }

    /// Closes the nearest element of this name with all that is open in it. Says whether there was one.
    fn close(&mut self, name: &str) -> bool {
        let local = |name| name::split(name).1;
        let same = |open: &&str| open.eq_ignore_ascii_case(name);
        let top_alike = || self.path.last().is_some_and(|top| local(top).eq_ignore_ascii_case(local(name)));
        let at = self.path.iter().rposition(same).or_else(|| top_alike().then(|| self.path.len() - 1));
        match at {
            Some(at) => {
                self.repairs.unclosed += self.path.len() - 1 - at;
                self.pop_to(at);
            }
            None => self.repairs.stray += 1,
        }
        at.is_some()
    }

    fn pop_to(&mut self, depth: usize) {
        self.path.truncate(depth);
        while self.scopes.last().is_some_and(|(at, _)| *at > depth) {
            self.scopes.pop();
        }
    }

    /// Closes the elements from `depth` on, for want of closing tags, and gives `tag` once more.
    pub(super) fn reopen(&mut self, depth: usize, tag: Tag<'a>) {
        // The tag itself is on the path too, and is not one of those that lack something.
        self.repairs.unclosed += self.path.len().saturating_sub(depth);
        self.pop_to(depth - 1);
        self.closes = false;
        self.held = Some(tag);
    }

    /// Closes the element opened last without waiting for its closing tag: `<br>` and its like have none.
    pub(super) fn close_void(&mut self) {
        self.closes = false;
        self.pop_to(self.path.len() - 1);
    }

    /// Closes the element in which `node`, one of its kind, was opened, with all that is open in it, as far as `yields`
    /// says that this does without closing tags. It lies above `floor`.
    pub(super) fn close_alike(&mut self, node: &Node<'a>, floor: usize, yields: impl Fn(&str) -> bool) {
        let between = self.path.get(floor..node.depth - 1).unwrap_or_default();
        let open = between.iter().rev().take_while(|name| yields(name));
        let Some(back) = open.into_iter().position(|name| name.eq_ignore_ascii_case(node.tag.name)) else { return };
        self.path.truncate(node.depth - 2 - back);
        self.path.push(node.tag.name);
    }

    /// Passes over an element that holds nothing of worth; what is opened in it comes after it.
    pub(super) fn skip_line(&mut self, node: &Node<'a>) -> Result<(), ParseError> {
        while self.path.len() >= node.depth {
            match self.next()? {
                Event::Open(child) => self.reopen(node.depth, child.tag),
                Event::End => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Passes over the rest of the element opened at `depth`.
    pub(super) fn skip(&mut self, depth: usize) -> Result<(), ParseError> {
        while self.path.len() >= depth {
            if let Event::End = self.next()? {
                break;
            }
        }
        Ok(())
    }

    /// The language that holds for the element opened at `depth` by its own word.
    pub(super) fn own_language(&self, depth: usize) -> Option<&str> {
        self.scopes.iter().rev().take_while(|(at, _)| *at >= depth).find_map(|(_, scoped)| match scoped {
            Scoped::Language(language) if !language.is_empty() => Some(language.as_ref()),
            _ => None,
        })
    }

    /// Where relative links start.
    fn base(&self) -> Option<&Url> {
        let declared = self.scopes.iter().rev().find_map(|(_, scoped)| match scoped {
            Scoped::Base(base) => Some(base),
            _ => None,
        });
        declared.or(self.document_base)
    }

    /// Whether it is known where the document came from.
    pub(super) fn has_base(&self) -> bool {
        self.document_base.is_some()
    }

    /// The absolute address of a link, as far as the document says enough to tell.
    pub(super) fn resolve(&self, link: &str) -> Option<Url> {
        match Url::parse(link) {
            Err(url::ParseError::RelativeUrlWithoutBase) => self.base()?.join(link).ok(),
            parsed => parsed.ok(),
        }
    }
}

impl Node<'_> {
    /// What the element is for.
    pub(super) fn role(&self) -> Option<(Role, u8)> {
        name::role(self.space, self.local)
    }
}
