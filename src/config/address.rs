//! Addresses of other machines: URLs and SMTP servers.

use std::net::SocketAddr;

use url::{Host, Url};

use super::diagnostic::Fault;

/// The part of `host:port`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: Host,
    pub(super) port: Option<u16>,
}

/// Reads a URL that can be requested over HTTP.
pub(super) fn http_url(text: &str) -> Result<Url, Fault> {
    let hint = "write a whole URL, as in \"https://example.org/feed.xml\"";
    let url = Url::parse(text).map_err(|error| Fault::new(format!("this is not a URL: {error}")).hint(hint))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::new("only http and https are spoken here").hint(hint));
    }
    Ok(url)
}

/// Whether the host can only be this machine.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether the URL leads to this machine.
pub(super) fn leads_to_loopback(url: &Url) -> bool {
    url.host().is_some_and(|host| is_loopback(&host))
}

/// Reads a host name or address with an optional port; an IPv6 address with a port stands in brackets.
pub(super) fn server(text: &str) -> Result<Server, Fault> {
    let fault = || {
        Fault::new("this is not a server").hint("write \"smtp.example.org\", \"smtp.example.org:587\" or \"[::1]:25\"")
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    };
    let port = match port {
        // `parse` alone would take a sign, too.
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0).ok_or_else(fault)?)
        }
        Some(_) => return Err(fault()),
        None => None,
    };
    let bare_ipv6 = host.contains(':') && !host.starts_with('[');
    let host = if bare_ipv6 { Host::parse(&format!("[{host}]")) } else { Host::parse(host) };
    Ok(Server { host: host.map_err(|_| fault())?, port })
}

/// An address of this machine with a port.
pub(super) fn listen(text: &str) -> Result<SocketAddr, Fault> {
    let known = text.parse().ok().filter(|at: &SocketAddr| at.port() != 0);
    known.ok_or_else(|| {
        Fault::new("this is not an address with a port")
            .hint("write \"127.0.0.1:8790\", or \"[::]:8790\" for every address")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_may_go_without_a_port() {
        let read = |text| server(text).ok().map(|server| (server.host.to_string(), server.port));
        assert_eq!(read("smtp.example.org:587"), Some(("smtp.example.org".to_owned(), Some(587))));
        assert_eq!(read("localhost"), Some(("localhost".to_owned(), None)));
        assert_eq!(read("[::1]:25"), Some(("[::1]".to_owned(), Some(25))));
        assert_eq!(read("::1"), Some(("[::1]".to_owned(), None)));
        for bad in ["", ":25", "a b", "mail:", "mail:0", "mail:+25", "mail:65536", "smtp://mail"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn loopback_is_this_machine_only() {
        for (url, expected) in [
            ("http://127.9.9.9/", true),
            ("http://[::1]:8080/", true),
            ("http://LOCALHOST/", true),
            ("http://localhost.example.org/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(leads_to_loopback(&http_url(url).expect(url)), expected, "{url}");
        }
        assert!(http_url("file:///etc/passwd").is_err());
        assert!(http_url("example.org/feed").is_err());
    }
}
