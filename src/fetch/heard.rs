//! What a response tells besides its document.

use jiff::Timestamp;
use reqwest::Response;
use url::Url;

use super::{hints, link};
use crate::model::Links;
use crate::schedule::Hints;

/// What a response tells besides its document. Of a file it is nothing but its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// When to come back.
    pub hints: Hints,
    /// The time by the server's clock.
    pub clock: Option<Timestamp>,
    /// Where to ask from now on: the end of the permanent redirects that the request began with. Without user and
    /// password.
    pub moved: Option<Url>,
    /// What `Link` says, as far as it concerns feeds.
    pub links: Links,
    /// Bytes of the body on the wire, before decoding.
    pub bytes: u64,
}

/// The head of a response to a request for `url`.
pub(super) fn of(response: &Response, url: &Url, moved: Option<Url>, now: Timestamp) -> Heard {
    let headers = response.headers();
    Heard {
        hints: hints::of(headers, now),
        clock: hints::clock_of(headers),
        moved,
        links: link::of(headers, url),
        bytes: 0,
    }
}
