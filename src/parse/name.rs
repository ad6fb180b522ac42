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
    Ttl,
}

/// The role of an element and its rank: of several elements of one role the lowest rank counts.
pub(super) fn role(space: Space, local: &str) -> Option<(Role, u8)> {
    let mut buffer = [0u8; 24];
    let name = buffer.get_mut(..local.len())?;
    name.copy_from_slice(local.as_bytes());
    name.make_ascii_lowercase();
    let name = std::str::from_utf8(name).ok()?;
    match space {
        Space::Plain => plain(name),
        // In an Atom feed all are of Atom; in others Atom's are guests.
        Space::Atom => plain(name),
        Space::Dublin => dublin(name),
        Space::Content => (name == "encoded").then_some((Role::Content, 0)),
        Space::Xhtml => matches!(name, "body" | "div").then_some((Role::Content, 1)),
        Space::Media => match name {
            "group" | "content" => Some((Role::Group, 0)),
            "title" => Some((Role::Title, 4)),
            "description" => Some((Role::Summary, 4)),
            "keywords" => Some((Role::Keywords, 0)),
            _ => None,
        },
        Space::Itunes => match name {
            "title" => Some((Role::Title, 3)),
            "summary" => Some((Role::Summary, 2)),
            "subtitle" => Some((Role::Summary, 3)),
            "author" => Some((Role::Author, 2)),
            "category" => Some((Role::Category, 0)),
            "keywords" => Some((Role::Keywords, 0)),
            _ => None,
        },
        Space::Rdf => (name == "rdf").then_some((Role::Container, 0)),
        Space::News => match name {
            "news" | "publication" => Some((Role::Group, 0)),
            "title" => Some((Role::Title, 0)),
            "publication_date" => Some((Role::Published, 0)),
            "keywords" => Some((Role::Keywords, 0)),
            "language" => Some((Role::Language, 0)),
            _ => None,
        },
        Space::Other => None,
    }
}

fn plain(name: &str) -> Option<(Role, u8)> {
    Some(match name {
        "rss" | "rdf" | "feed" | "channel" | "urlset" => (Role::Container, 0),
        "item" | "entry" => (Role::Item, 0),
        "title" => (Role::Title, 0),
        "link" => (Role::Link, 0),
        "guid" | "id" => (Role::Id, 0),
        "description" | "summary" | "subtitle" | "tagline" => (Role::Summary, 0),
        "abstract" => (Role::Summary, 1),
        "content" | "fullitem" => (Role::Content, 0),
        "body" => (Role::Content, 1),
        "pubdate" | "published" => (Role::Published, 0),
        "issued" => (Role::Published, 1),
        "created" => (Role::Published, 3),
        "date" => (Role::Date, 4),
        "updated" | "modified" => (Role::Updated, 0),
        "lastbuilddate" | "lastmod" => (Role::Updated, 1),
        "author" => (Role::Author, 0),
        "managingeditor" => (Role::Author, 2),
        "category" => (Role::Category, 0),
        "tags" | "keywords" => (Role::Keywords, 0),
        "language" => (Role::Language, 0),
        "ttl" => (Role::Ttl, 0),
        "loc" => (Role::Link, 0),
        _ => return None,
    })
}

fn dublin(name: &str) -> Option<(Role, u8)> {
    Some(match name {
        "title" => (Role::Title, 2),
        "description" | "abstract" => (Role::Summary, 1),
        "creator" => (Role::Author, 1),
        "author" => (Role::Author, 1),
        "subject" => (Role::Category, 0),
        "issued" => (Role::Published, 1),
        "created" => (Role::Published, 2),
        "date" => (Role::Date, 4),
        "modified" => (Role::Updated, 1),
        "language" => (Role::Language, 1),
        "identifier" => (Role::Id, 2),
        _ => return None,
    })
}

/// `prefix:local` in two; the prefix is empty where there is none.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}
