//! Stop 2 of the trip: one bounded, conditional, polite request.
//!
//! Everything about a request has a limit: connecting, the whole exchange, the body before and after decoding, the
//! redirects. The address is checked after DNS at each hop ([`crate::address`]). Validators are echoed byte for byte.
//! Behind a proxy (a feed's own, or `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`) only the proxy is dialled: it then has to
//! keep feeds away from private addresses.
//!
//! Credentials and headers of a feed's own are shown to the origin of its configured URL and to nobody else, wherever
//! redirects lead; its cookies go by their own domains.
//!
//! Where a hub pushes a feed, it is asked to ([`Subscribing`]), and what it brings to the callback comes as a [`Knock`].

mod access;
mod body;
mod certificate;
mod client;
mod file;
mod heard;
mod hints;
mod http;
mod hub;
mod knock;
mod link;
mod proxies;
mod trail;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use url::Url;

use crate::model::{Feed, Source, Validators};
use crate::schedule::Hints;

pub use client::{ClientError, USER_AGENT, client, posting_client};
pub use heard::Heard;
pub use http::Fetcher;
pub use hub::{Hub, HubError, MAX_EXPLANATION_BYTES, Subscribing};
pub use knock::{Knock, MAX_KNOCKS, Ping, Pinged, Tokens};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Whose document it is; its access says how to ask.
    pub feed: &'a Feed,
    /// Where to ask: where the feed is configured to be, or where it has moved to.
    pub source: &'a Source,
    /// Those of the last answer.
    pub validators: &'a Validators,
    /// Whether redirects may lead to other servers.
    pub elsewhere: bool,
    /// The time, for cookies that end and for dates where a server tells no time of its own.
    pub now: Timestamp,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The document is what it was (304, or the file did not change).
    Unchanged {
        /// Those of the 304, where it carried any.
        validators: Option<Validators>,
        /// What else was told.
        heard: Box<Heard>,
    },
    /// A document.
    Document(Box<Fetch>),
}

/// A document as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Decoded bytes.
    pub body: Vec<u8>,
    /// `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// For the next request.
    pub validators: Validators,
    /// What else was told.
    pub heard: Heard,
    /// Where it was found in the end; `None` for a file.
    pub url: Option<Url>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address may not be dialled.
    #[error("{address} is not a public address; allow it with `allow_private` if the feed is your own")]
    AddressRefused {
        /// The address.
        address: IpAddr,
    },
    /// No address, no connection, no TLS.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// A server that cannot prove that it is the one that was meant.
    #[error("the server's certificate is not accepted: {0}")]
    Certificate(String),
    /// The exchange took longer than `total_timeout`.
    #[error("no complete answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The connection broke in the middle.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// Too long a body.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(u64),
    /// A body that cannot be decoded, or decodes to far more than a feed.
    #[error("the answer cannot be decoded: {0}")]
    Undecodable(String),
    /// Too many redirects, or one to where a feed cannot be.
    #[error("redirected {0}")]
    Redirect(String),
    /// 429 or 503: too many requests, or out of order; or another status that came with `Retry-After`.
    #[error("the server asks to come back later ({status})")]
    Refused {
        /// The status.
        status: u16,
        /// When to come back.
        hints: Hints,
    },
    /// 410: gone for good.
    #[error("the feed is gone (410): its publisher says that it will not come back")]
    Gone,
    /// Any other status that is no document.
    #[error("{}", answered(*.0))]
    Status(u16),
    /// A file could not be read.
    #[error("cannot read {path}: {error}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl FetchError {
    /// A stable name for metrics and statistics.
    pub fn class(&self) -> &'static str {
        match self {
            FetchError::AddressRefused { .. } => "address_refused",
            FetchError::Connect(_) => "connect",
            FetchError::Certificate(_) => "certificate",
            FetchError::Timeout(_) => "timeout",
            FetchError::Broken(_) => "broken",
            FetchError::TooLarge(_) => "too_large",
            FetchError::Undecodable(_) => "undecodable",
            FetchError::Redirect(_) => "redirect",
            FetchError::Refused { .. } => "refused",
            FetchError::Gone => "gone",
            FetchError::Status(_) => "status",
            FetchError::File { .. } => "file",
        }
    }
}

/// What a status says, and what helps against it.
fn answered(status: u16) -> String {
    match status {
        401 | 403 => format!(
            "the server answered {status}: credentials are missing or refused; a feed has `username` and \
             `password_file`, `bearer_file`, `headers` or `cookie_file` for them"
        ),
        407 => {
            "the proxy answered 407: credentials are missing or refused; they stand in the URL of the feed's `proxy`"
                .to_owned()
        }
        _ => format!("the server answered {status}"),
    }
}

/// Fetches a source, conditionally where there are validators.
#[async_trait]
pub trait Fetching: Send + Sync {
    /// One fetch, within all limits.
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError>;
}
