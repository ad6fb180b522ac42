//! `[links]`: where the links in alerts lead.

use std::net::{Ipv4Addr, SocketAddr};

use toml::de::DeTable;
use url::Url;

use super::address::{self, http_url};
use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::Section;
use super::words;

/// Where the pages behind links are served if the configuration does not say: behind a proxy of the same machine.
pub const DEFAULT_LINKS_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8791);

/// Links in alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinksConfig {
    /// What they begin with.
    pub url: Url,
    /// Where their calls arrive in the end, maybe by way of a proxy, which leaves paths as they are.
    pub listen: SocketAddr,
}

/// Reads the table.
pub(super) fn read(table: At<&DeTable<'_>>, reader: &mut Reader<'_>) -> Option<LinksConfig> {
    let section = Section::open(table, words::LINKS, &[], reader);
    section.require("url", "say where readers reach this machine: url = \"https://desk.example.org/alert\"", reader);
    let url = section.parsed("url", "a URL", reader, plain_url);
    let listen = section.parsed("listen", "an address with a port", reader, address::listen);
    Some(LinksConfig { url: url?.value, listen: listen.map_or(DEFAULT_LINKS_LISTEN, |at| at.value) })
}

/// A token is put behind it, so nothing may stand there.
fn plain_url(text: &str) -> Result<Url, Fault> {
    let url = http_url(text)?;
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("this must end with its path").hint("leave out users, passwords, `?` and `#`"));
    }
    Ok(url)
}
