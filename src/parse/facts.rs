//! What is said about a feed or an item. Both say it by the same elements, in the vocabularies of three decades.

use jiff::Timestamp;
use url::Url;

use super::field::{Field, Reach};
use super::name::{Role, Space};
use super::reader::{Event, Node, Reader};
use super::{MAX_LABELS, ParseError, Published, date, entity};

/// Of several elements that say the same the one of lowest rank counts, and of those the first.
#[derive(Debug)]
pub(super) struct Slot<T>(Option<(u8, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    fn wants(&self, rank: u8) -> bool {
        self.0.as_ref().is_none_or(|(has, _)| rank < *has)
    }

    pub(super) fn offer(&mut self, rank: u8, value: Option<T>) {
        if let Some(value) = value.filter(|_| self.wants(rank)) {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.0.take().map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// Facts as they are gathered.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) title: Slot<String>,
    pub(super) link: Slot<String>,
    pub(super) id: Slot<String>,
    pub(super) summary: Slot<String>,
    pub(super) content: Slot<String>,
    pub(super) published: Slot<Timestamp>,
    pub(super) updated: Slot<Timestamp>,
    pub(super) authors: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) language: Slot<String>,
    /// How many dates nobody can read, and the first of them.
    pub(super) bad_dates: (usize, Option<String>),
    /// The document ended in one of them.
    pub(super) cut_off: bool,
}

impl Facts {
    /// Takes what `node` says. `false` if that is nothing: the element is as unread as before.
    pub(super) fn take<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<bool, ParseError> {
        let Some((role, rank)) = node.role() else { return Ok(false) };
        // Atom's elements in an RSS feed are guests, and what the host says itself comes first.
        let guest = node.space == Space::Atom && reader.native != Space::Atom;
        let rank = rank + if guest { 3 } else { 0 };
        match role {
            Role::Container | Role::Item | Role::Group | Role::SkipHours | Role::SkipDays => return Ok(false),
            Role::Title | Role::Language => {
                let text = self.line(reader, node)?;
                let slot = if role == Role::Title { &mut self.title } else { &mut self.language };
                slot.offer(rank, text);
            }
            Role::Summary | Role::Content => {
                let text = self.long(reader, node)?;
                if role == Role::Summary && self.summary.wants(rank) {
                    self.summary.offer(rank, text);
                } else {
                    // A second description may be the longer one, and is better than no content.
                    self.content.offer(if role == Role::Content { rank } else { 6 }, text);
                }
            }
            Role::Link => self.link(reader, node, rank)?,
            Role::Id => self.id(reader, node, rank)?,
            Role::Published | Role::Updated | Role::Date => self.date(reader, node, role, rank)?,
            Role::Author => self.author(reader, node)?,
            Role::Category => self.category(reader, node)?,
            Role::Keywords => {
                for keyword in self.line(reader, node)?.unwrap_or_default().split(',') {
                    add(&mut self.categories, Some(keyword.trim().to_owned()));
                }
            }
            // An item cannot say this; its text is passed over.
            Role::Ttl | Role::Period | Role::Frequency | Role::Generator => drop(self.line(reader, node)?),
        }
        Ok(true)
    }

    /// A text of one line. One that the end of the document cut is worse than none: half a link is a wrong link.
    fn line<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<Option<String>, ParseError> {
        let field = Field::read(reader, node, Reach::Line)?;
        self.cut_off |= field.cut_off;
        Ok(if field.cut_off { None } else { field.typed_text(node) })
    }

    fn long<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<Option<String>, ParseError> {
        let nests = node.tag.attribute("type").is_some_and(|kind| kind.contains("xml"));
        let field = Field::read(reader, node, if nests { Reach::Whole } else { Reach::Text })?;
        self.cut_off |= field.cut_off;
        Ok(field.typed_text(node))
    }

    fn link<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>, rank: u8) -> Result<(), ParseError> {
        let attribute = |name| node.tag.attribute(name).map(|value| value.trim().to_owned());
        let resource = || attribute("rdf:resource").or_else(|| attribute("url"));
        let href = match attribute("href").or_else(resource).filter(|href| !href.is_empty()) {
            Some(href) => {
                let href = absolute(reader, &href);
                reader.skip_line(node)?;
                href
            }
            None => self.line(reader, node)?.and_then(|text| absolute(reader, &text)),
        };
        let kind = attribute("type").unwrap_or_default();
        let readable = kind.is_empty() || kind.contains("html");
        let rel = attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let worth = match rel.rsplit('/').next().unwrap_or_default() {
            "alternate" if readable && !kind.is_empty() => Some(0),
            "" | "alternate" if readable => Some(1),
            "" | "alternate" => Some(2),
            "self" | "via" | "related" => Some(8),
            _ => None,
        };
        if let Some(worth) = worth {
            self.link.offer(rank + worth, href);
        }
        Ok(())
    }

    fn id<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>, rank: u8) -> Result<(), ParseError> {
        let Some(id) = self.line(reader, node)? else { return Ok(()) };
        let permanent =
            node.tag.attribute("isPermaLink").is_none_or(|value| !value.trim().eq_ignore_ascii_case("false"));
        if node.local.eq_ignore_ascii_case("guid") && permanent && (id.starts_with("http") || id.starts_with('/')) {
            self.link.offer(5, absolute(reader, &id));
        }
        if node.space == Space::Atom && id.starts_with("http") {
            self.link.offer(9, Some(id.clone()));
        }
        self.id.offer(rank, Some(id));
        Ok(())
    }

    fn date<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>, role: Role, rank: u8) -> Result<(), ParseError> {
        let Some(text) = self.line(reader, node)? else { return Ok(()) };
        let date = date::parse(&text);
        if date.is_none() {
            self.bad_dates.0 += 1;
            self.bad_dates.1.get_or_insert(text);
        }
        if role != Role::Updated {
            self.published.offer(rank, date);
        }
        if role != Role::Published {
            self.updated.offer(rank, date);
        }
        Ok(())
    }

    /// A name as text, or elements for name and address.
    fn author<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<(), ParseError> {
        let (mut name, mut email, mut text) = (None, None, String::new());
        while reader.depth() >= node.depth {
            match reader.next()? {
                Event::Open(child) if child.local.eq_ignore_ascii_case("name") => name = self.line(reader, &child)?,
                Event::Open(child) if child.local.eq_ignore_ascii_case("email") => email = self.line(reader, &child)?,
                Event::Open(child) if child.local.eq_ignore_ascii_case("uri") => reader.skip_line(&child)?,
                Event::Open(child) if child.role().is_some() => reader.reopen(node.depth, child.tag),
                Event::Text(piece) => text.push_str(&entity::decode(piece)),
                Event::Cdata(piece) => text.push_str(piece),
                Event::End => {
                    self.cut_off = true;
                    return Ok(());
                }
                Event::Open(_) | Event::Close { .. } => {}
            }
        }
        let author = name.or(email).unwrap_or_else(|| text.trim().to_owned());
        add(&mut self.authors, Some(author).filter(|author| !author.is_empty()));
        Ok(())
    }

    fn category<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<(), ParseError> {
        let attribute = |name| node.tag.attribute(name).map(|value| value.trim().to_owned()).filter(|v| !v.is_empty());
        let term = attribute("term").or_else(|| attribute("label"));
        // iTunes puts one category into another; the name is in an attribute there.
        let term = term.or_else(|| attribute("text").filter(|_| node.space == Space::Itunes));
        if term.is_some() && node.space == Space::Itunes {
            add(&mut self.categories, term);
            return Ok(());
        }
        let text = self.line(reader, node)?;
        add(&mut self.categories, term.or(text));
        Ok(())
    }

    /// An item of these facts.
    pub(super) fn item(mut self) -> Published {
        Published {
            id: self.id.take(),
            link: self.link.take(),
            title: self.title.take(),
            summary: self.summary.take(),
            content: self.content.take(),
            published: self.published.take(),
            updated: self.updated.take(),
            authors: self.authors,
            categories: self.categories,
            language: self.language.take(),
        }
    }

    /// Whether this is an item that the end of the document left without its title or without all that tells it from
    /// others. It would look like another one once the rest arrives.
    pub(super) fn is_half(&self) -> bool {
        self.cut_off && (self.title.is_empty() || (self.id.is_empty() && self.link.is_empty()))
    }

    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        let texts = [&self.title, &self.summary, &self.content, &self.id, &self.link];
        texts.iter().all(|slot| slot.is_empty())
    }
}

/// The address as published, made absolute where it was relative and that can be done.
pub(super) fn absolute(reader: &Reader<'_>, link: &str) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || Url::parse(link).is_ok() {
        return (!link.is_empty()).then(|| link.to_owned());
    }
    Some(reader.resolve(link).map_or_else(|| link.to_owned(), String::from))
}

fn add(list: &mut Vec<String>, value: Option<String>) {
    if let Some(value) = value.filter(|value| list.len() < MAX_LABELS && !list.contains(value)) {
        list.push(value);
    }
}
