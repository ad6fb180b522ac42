//! `[websub]`: where hubs push news to.

use std::net::{Ipv4Addr, SocketAddr};

use toml::de::DeTable;
use url::Url;

use super::address::{self, http_url, leads_to_loopback};
use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::Section;
use super::words;

/// Where the callback listens if the configuration does not say: behind a proxy of the same machine.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8790);

const CALLBACK_HINT: &str = "say where hubs reach this machine: callback = \"https://desk.example.org/websub\"";

/// How hubs reach us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSub {
    /// What the URLs begin with that hubs call.
    pub callback: Url,
    /// Where these calls arrive in the end, maybe by way of a proxy, which leaves paths as they are.
    pub listen: SocketAddr,
}

/// Reads the table.
pub(super) fn read(table: At<&DeTable<'_>>, reader: &mut Reader<'_>) -> Option<WebSub> {
    let section = Section::open(table, words::WEBSUB, &[], reader);
    section.require("callback", CALLBACK_HINT, reader);
    let callback = section.parsed("callback", "a URL", reader, callback);
    let listen = section.parsed("listen", "an address with a port", reader, address::listen);
    let At { value: callback, span } = callback?;
    if leads_to_loopback(&callback) {
        let fault = Fault::new("only this machine can call this, so only a hub on it").hint(CALLBACK_HINT);
        reader.report(fault.warning_at(span));
    }
    Some(WebSub { callback, listen: listen.map_or(DEFAULT_LISTEN, |at| at.value) })
}

/// A token is put behind it, so nothing may stand there.
fn callback(text: &str) -> Result<Url, Fault> {
    let url = http_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Fault::new("this must end with its path").hint("leave out `?` and `#` and what follows them"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("hubs are given no user and no password")
            .hint("leave them out: each callback has a path that nobody can guess"));
    }
    Ok(url)
}
