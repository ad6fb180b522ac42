//! RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, news sitemaps, in one pass over the text.

use url::Url;

use super::channel::Channel;
use super::facts::Facts;
use super::name::{self, Role, Space};
use super::reader::{Event, Node, Reader};
use super::root::{self, Root};
use super::{Document, MAX_ITEMS, ParseError, Published};

/// Reads a feed in XML.
pub(super) fn parse(text: &str, base_url: Option<&Url>) -> Result<Document, ParseError> {
    let root = root::find(text)?;
    Parser::read(&root, base_url)?.document(root.flaw)
}

/// Reads the news of a sitemap, of which there may be none at times.
pub(super) fn sitemap(root: &Root<'_>, base_url: Option<&Url>) -> Result<Vec<Published>, ParseError> {
    let map = Parser::read(root, base_url)?;
    if map.items.is_empty() && map.reader.repairs.cut_off {
        return Err(ParseError::Truncated);
    }
    if map.items.is_empty() && map.pages > 0 { Err(no_news()) } else { Ok(map.items) }
}

fn no_news() -> ParseError {
    ParseError::NotAFeed("it is a sitemap, and not one of news".to_owned())
}

struct Parser<'a> {
    reader: Reader<'a>,
    channel: Channel,
    facts: Facts,
    items: Vec<Published>,
    sitemap: bool,
    /// Whether this is a feed depends on what is found in it.
    unsure: bool,
    /// Pages of a sitemap that are no news.
    pages: usize,
}

impl<'a> Parser<'a> {
    /// Reads all of a document.
    fn read(root: &Root<'a>, base_url: Option<&'a Url>) -> Result<Self, ParseError> {
        let mut feed = Self {
            reader: Reader::new(root.text, base_url),
            channel: Channel::default(),
            facts: Facts::default(),
            items: Vec::new(),
            sitemap: root.name == "urlset",
            unsure: root.flaw.is_some(),
            pages: 0,
        };
        feed.enter(root)?;
        feed.body()?;
        Ok(feed)
    }

    /// Reads the root's opening tag, which is what the text begins with unless it is missing.
    fn enter(&mut self, root: &Root<'a>) -> Result<(), ParseError> {
        let atom = matches!(root.name, "feed" | "entry");
        self.reader.native = if atom { Space::Atom } else { Space::Plain };
        let Event::Open(node) = self.reader.next()? else { return Ok(()) };
        if !node.local.eq_ignore_ascii_case(root.name) {
            return self.element(&node);
        }
        if root.name == "rdf" {
            // RDF says all kinds of things. It is a feed if it means to speak RSS, or turns out to have a channel.
            let rss = self.reader.declares(Space::Plain);
            self.unsure |= !(rss && node.local == "RDF");
            if !rss && node.space != Space::Rdf {
                return Err(ParseError::NotAFeed("its root element is <rdf>, and not RDF's".to_owned()));
            }
        } else if matches!(node.space, Space::Other | Space::Plain) {
            self.reader.adopt_prefix(name::split(node.tag.name).0, self.reader.native);
        }
        if root.name == "entry" {
            return self.item(&node);
        }
        self.container(&node);
        Ok(())
    }

    fn container(&mut self, node: &Node<'a>) {
        self.unsure &= !node.local.eq_ignore_ascii_case("channel");
        let language = self.reader.own_language(node.depth).map(str::to_owned);
        self.facts.language.offer(0, language);
    }

    /// Reads all that follows the root's opening tag.
    fn body(&mut self) -> Result<(), ParseError> {
        loop {
            match self.reader.next()? {
                Event::Open(node) => self.element(&node)?,
                Event::End => return Ok(()),
                _ => {}
            }
        }
    }

    fn element(&mut self, node: &Node<'a>) -> Result<(), ParseError> {
        match self.role(node) {
            Some(Role::Item) => self.item(node),
            Some(Role::Container) => {
                self.container(node);
                Ok(())
            }
            _ if self.channel.take(&mut self.reader, node)? => Ok(()),
            _ if self.facts.take(&mut self.reader, node)? => Ok(()),
            _ => self.aside(node),
        }
    }

    fn role(&self, node: &Node<'a>) -> Option<Role> {
        if self.sitemap && node.space == Space::Plain && node.local == "url" {
            return Some(Role::Item);
        }
        node.role().map(|(role, _)| role)
    }

    /// Passes over an element that says nothing about the feed. Items in it are items all the same: some formats wrap
    /// them, and some publishers forget to close what comes before.
    fn aside(&mut self, node: &Node<'a>) -> Result<(), ParseError> {
        while self.reader.depth() >= node.depth {
            match self.reader.next()? {
                Event::Open(child) if self.role(&child) == Some(Role::Item) => self.item(&child)?,
                Event::End => break,
                _ => {}
            }
        }
        Ok(())
    }

    fn item(&mut self, node: &Node<'a>) -> Result<(), ParseError> {
        if self.items.len() >= MAX_ITEMS {
            return Err(ParseError::TooManyItems(MAX_ITEMS));
        }
        let mut facts = Facts::default();
        let about = node.tag.attribute("rdf:about").filter(|about| !about.trim().is_empty());
        facts.language.offer(2, self.reader.own_language(node.depth).map(str::to_owned));
        facts.id.offer(1, about.as_deref().map(|about| about.trim().to_owned()));
        facts.link.offer(6, about.map(|about| about.trim().to_owned()));
        // Active Channels (CDF) had the address in the item's tag.
        facts.link.offer(6, node.tag.attribute("href").map(|href| href.trim().to_owned()));
        self.item_body(node, &mut facts)?;
        self.facts.bad_dates.0 += facts.bad_dates.0;
        self.facts.bad_dates.1 = self.facts.bad_dates.1.take().or(facts.bad_dates.1.take());
        if self.sitemap && facts.title.is_empty() {
            self.pages += 1;
        } else if !facts.is_half() {
            self.items.push(facts.item());
        }
        Ok(())
    }

    fn item_body(&mut self, node: &Node<'a>, facts: &mut Facts) -> Result<(), ParseError> {
        while self.reader.depth() >= node.depth {
            match self.reader.next()? {
                Event::Open(child) => match self.role(&child) {
                    Some(Role::Item) => self.reader.reopen(node.depth, child.tag),
                    Some(Role::Group) => {}
                    _ if facts.take(&mut self.reader, &child)? => {}
                    _ => self.aside_in_item(node, &child)?,
                },
                Event::End => {
                    facts.cut_off = true;
                    break;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Passes over an element that says nothing about the item. An item in it means that both were never closed, unless
    /// it is part of an extension, or of a whole feed that is embedded there.
    fn aside_in_item(&mut self, item: &Node<'a>, node: &Node<'a>) -> Result<(), ParseError> {
        let embedded = |node: &Node<'a>| node.role().is_some_and(|(role, _)| role == Role::Container);
        if embedded(node) || node.space == Space::Other {
            return self.reader.skip(node.depth);
        }
        while self.reader.depth() >= node.depth {
            match self.reader.next()? {
                Event::Open(child) if embedded(&child) => self.reader.skip(child.depth)?,
                Event::Open(child) if self.role(&child) == Some(Role::Item) => {
                    self.reader.reopen(item.depth, child.tag);
                }
                Event::End => break,
                _ => {}
            }
        }
        Ok(())
    }

    fn document(mut self, flaw: Option<&'static str>) -> Result<Document, ParseError> {
        let mut warnings = self.warnings();
        warnings.extend(flaw.map(str::to_owned));
        let repairs = self.reader.repairs;
        if repairs.cut_off && self.items.is_empty() {
            return Err(ParseError::Truncated);
        }
        if self.sitemap && self.items.len() <= self.pages {
            return Err(no_news());
        }
        if self.unsure && self.items.is_empty() && self.facts.is_empty() {
            return Err(ParseError::NotAFeed("it has neither items nor the facts of a feed".to_owned()));
        }
        let Published { id, link, title, summary, content, published, updated, authors, categories, language } =
            self.facts.item();
        for item in &mut self.items {
            // Atom: an entry without an author has the feed's.
            if self.reader.native == Space::Atom && item.authors.is_empty() {
                item.authors.clone_from(&authors);
            }
            // Nobody knows where a file came from, but mostly to which site it belongs.
            if !self.reader.has_base() {
                item.link = item.link.take().map(|relative| joined(link.as_deref(), relative));
            }
        }
        Ok(Document {
            title,
            link,
            id,
            description: summary.or(content),
            language,
            published,
            updated,
            authors,
            categories,
            asked: self.channel.asked(),
            links: self.channel.links.take(),
            generator: self.channel.generator,
            items: self.items,
            warnings,
        })
    }

    fn warnings(&mut self) -> Vec<String> {
        let repairs = self.reader.repairs;
        let mut warnings = Vec::new();
        if repairs.cut_off {
            warnings.push("the document ends before its elements do".to_owned());
        }
        if repairs.stray > 0 {
            warnings.push(format!("closing tags without an element: {}", repairs.stray));
        }
        if repairs.unclosed > 0 {
            warnings.push(format!("elements without a closing tag: {}", repairs.unclosed));
        }
        if let (count, Some(first)) = std::mem::take(&mut self.facts.bad_dates) {
            let first = super::text::truncated(first, 60);
            warnings.push(format!("dates that cannot be read: {count}, for one \"{first}\""));
        }
        warnings
    }
}

/// `link` from `base` on, where it needs that and that can be done.
fn joined(base: Option<&str>, link: String) -> String {
    match (Url::parse(&link), base.and_then(|base| Url::parse(base).ok())) {
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(&link).map_or(link, String::from),
        _ => link,
    }
}
