//! The vocabularies of feeds: which element means what, whatever prefix it wears.

/// Where a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version, a sitemap, or nothing at all.
    Plain,
    Atom,
    /// Dublin Core, elements and terms.
    Dublin,
    Content,
    Xhtml,
    Media,
    Itunes,
    Rdf,
    /// RSS 1.0 module: how often a feed changes.
    Syndication,
    /// News sitemaps.
    News,
    /// Anything else.
    Other,
}

/// What stands in an address of a vocabulary, and which vocabulary it is. Publishers write these addresses from memory,
/// so a telling part is enough; the more special ones come first.
const ADDRESSES: &[(&str, Space)] = &[
    ("w3.org/2005/atom", Space::Atom),
    ("purl.org/atom", Space::Atom),
    ("purl.org/dc/", Space::Dublin),
    ("purl.org/rss/1.0/modules/content", Space::Content),
    ("purl.org/rss/1.0/modules/syndication", Space::Syndication),
    ("purl.org/rss/1.0/modules", Space::Other),
    ("purl.org/rss", Space::Plain),
    ("purl.org/net/rss", Space::Plain),
    ("netscape.com/rdf/simple", Space::Plain),
    ("netscape.com/publish/formats/rss", Space::Plain),
    ("backend.userland.com", Space::Plain),
    ("law.harvard.edu", Space::Plain),
    ("w3.org/1999/xhtml", Space::Xhtml),
    ("search.yahoo.com/mrss", Space::Media),
    ("itunes.com/dtds/podcast", Space::Itunes),
    ("w3.org/1999/02/22-rdf-syntax", Space::Rdf),
    ("schemas/sitemap-news", Space::News),
    ("schemas/sitemap", Space::Plain),
    ("w3.org/xml/1998/namespace", Space::Other),
];

impl Space {
    /// The vocabulary at this address.
    pub(super) fn at(address: &str) -> Option<Space> {
        let address = address.trim().to_ascii_lowercase();
        ADDRESSES.iter().find(|(part, _)| address.contains(part)).map(|(_, space)| *space)
    }

    /// Whether its elements stand in documents of other vocabularies only.
    pub(super) fn is_guest(self) -> bool {
        matches!(self, Space::Dublin | Space::Content | Space::Media | Space::Itunes | Space::Syndication | Space::News)
    }

    /// The vocabulary that this prefix customarily stands for.
    pub(super) fn customary(prefix: &str) -> Option<Space> {
        Some(match prefix.to_ascii_lowercase().as_str() {
            "" | "rss" => Space::Plain,
            "atom" | "atom10" | "a10" => Space::Atom,
            "dc" | "dcterms" | "dct" => Space::Dublin,
            "content" => Space::Content,
            "xhtml" => Space::Xhtml,
            "media" => Space::Media,
            "itunes" => Space::Itunes,
            "rdf" => Space::Rdf,
            "sy" | "syn" => Space::Syndication,
            "news" => Space::News,
            _ => return None,
        })
    }
}

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `rss`, `RDF`, `feed`, `channel`, `urlset`: holds facts of the feed, and items.
    Container,
    Item,
    /// Holds further elements that speak of the same thing.
    Group,
    Title,
    Link,
    Id,
    Summary,
    Content,
    Published,
    Updated,
    /// Dublin Core does not say which of the two.
    Date,
    Author,
    Category,
    /// Several categories with commas between.
    Keywords,
    Language,
    /// Of a feed only, like all that follow.
    Ttl,
    Period,
    Frequency,
    SkipHours,
    SkipDays,
    Generator,
}

/// The role of an element and its rank: of several elements of one role the lowest rank counts.
pub(super) fn role(space: Space, local: &str) -> Option<(Role, u8)> {
    let mut buffer = [0u8; 24];
    let name = buffer.get_mut(..local.len())?;
    name.copy_from_slice(local.as_bytes());
    name.make_ascii_lowercase();
    let name = &*name;
    match space {
        Space::Plain => plain(name),
        // In an Atom feed all are of Atom; in others Atom's are guests.
        Space::Atom => plain(name),
        Space::Dublin => dublin(name),
        Space::Content => (name == b"encoded").then_some((Role::Content, 0)),
        Space::Xhtml => matches!(name, b"body" | b"div").then_some((Role::Content, 1)),
        Space::Media => match name {
            b"group" | b"content" => Some((Role::Group, 0)),
            b"title" => Some((Role::Title, 4)),
            b"description" => Some((Role::Summary, 4)),
            b"keywords" => Some((Role::Keywords, 0)),
            _ => None,
        },
        Space::Itunes => match name {
            b"title" => Some((Role::Title, 3)),
            b"summary" => Some((Role::Summary, 2)),
            b"subtitle" => Some((Role::Summary, 3)),
            b"author" => Some((Role::Author, 2)),
            b"category" => Some((Role::Category, 0)),
            b"keywords" => Some((Role::Keywords, 0)),
            _ => None,
        },
        Space::Rdf => (name == b"rdf").then_some((Role::Container, 0)),
        Space::Syndication => match name {
            b"updateperiod" => Some((Role::Period, 0)),
            b"updatefrequency" => Some((Role::Frequency, 0)),
            _ => None,
        },
        Space::News => match name {
            b"news" | b"publication" => Some((Role::Group, 0)),
            b"title" => Some((Role::Title, 0)),
            b"publication_date" => Some((Role::Published, 0)),
            b"keywords" => Some((Role::Keywords, 0)),
            b"language" => Some((Role::Language, 0)),
            _ => None,
        },
        Space::Other => None,
    }
}

fn plain(name: &[u8]) -> Option<(Role, u8)> {
    Some(match name {
        b"rss" | b"rdf" | b"feed" | b"channel" | b"urlset" => (Role::Container, 0),
        b"item" | b"entry" => (Role::Item, 0),
        b"title" => (Role::Title, 0),
        b"link" => (Role::Link, 0),
        b"guid" | b"id" => (Role::Id, 0),
        b"description" | b"summary" | b"subtitle" | b"tagline" => (Role::Summary, 0),
        b"abstract" => (Role::Summary, 1),
        b"content" | b"fullitem" => (Role::Content, 0),
        b"body" => (Role::Content, 1),
        b"pubdate" | b"published" => (Role::Published, 0),
        b"issued" => (Role::Published, 1),
        b"created" => (Role::Published, 3),
        b"date" => (Role::Date, 4),
        b"updated" | b"modified" => (Role::Updated, 0),
        b"lastbuilddate" | b"lastmod" => (Role::Updated, 1),
        b"author" => (Role::Author, 0),
        b"managingeditor" => (Role::Author, 2),
        b"category" => (Role::Category, 0),
        b"tags" | b"keywords" => (Role::Keywords, 0),
        b"language" => (Role::Language, 0),
        b"ttl" => (Role::Ttl, 0),
        b"skiphours" => (Role::SkipHours, 0),
        b"skipdays" => (Role::SkipDays, 0),
        b"generator" => (Role::Generator, 0),
        b"loc" => (Role::Link, 0),
        _ => return None,
    })
}

fn dublin(name: &[u8]) -> Option<(Role, u8)> {
    Some(match name {
        b"title" => (Role::Title, 2),
        b"description" | b"abstract" => (Role::Summary, 1),
        b"creator" => (Role::Author, 1),
        b"author" => (Role::Author, 1),
        b"subject" => (Role::Category, 0),
        b"issued" => (Role::Published, 1),
        b"created" => (Role::Published, 2),
        b"date" => (Role::Date, 4),
        b"modified" => (Role::Updated, 1),
        b"language" => (Role::Language, 1),
        b"identifier" => (Role::Id, 2),
        _ => return None,
    })
}

/// `prefix:local` in two; the prefix is empty where there is none.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}
