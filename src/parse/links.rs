//! Links of a feed that are meant for programs: who announces it, what it is called there, where it goes on.

use url::Url;

use super::facts::{Slot, absolute};
use super::name::Space;
use super::reader::{Node, Reader};
use crate::model::Links;

/// Longest address, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_048;

/// Links as they are gathered.
#[derive(Debug, Default)]
pub(super) struct Linked {
    links: Links,
    older: Slot<String>,
}

impl Linked {
    /// Looks at a link of the feed, and leaves it unread.
    pub(super) fn look(&mut self, reader: &Reader<'_>, node: &Node<'_>) {
        if node.space != Space::Atom {
            return;
        }
        let address = node.tag.attribute("href").and_then(|href| absolute(reader, &href)).and_then(usable);
        let (Some(address), Some(rel)) = (address, node.tag.attribute("rel")) else { return };
        match rel.trim().to_ascii_lowercase().as_str() {
            "hub" => self.links.hub(address),
            "self" => self.links.topic = self.links.topic.take().or(Some(address)),
            "prev-archive" => self.older.offer(0, Some(address)),
            "next" => self.older.offer(1, Some(address)),
            _ => {}
        }
    }

    pub(super) fn take(&mut self) -> Links {
        Links { older: self.older.take(), ..std::mem::take(&mut self.links) }
    }
}

/// The address, if a program can go there.
pub(super) fn usable(address: String) -> Option<String> {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if address.len() > MAX_ADDRESS_BYTES || address.contains(odd) {
        return None;
    }
    let url = Url::parse(&address).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(address)
}

#[cfg(test)]
mod tests;
