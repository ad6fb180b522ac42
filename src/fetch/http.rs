//! The fetcher: a conditional GET, hop by hop.

use std::error::Error;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::client::Refused;
use super::proxies::Proxies;
use super::trail::Trail;
use super::{Ask, Fetch, FetchError, Fetched, Fetching, Heard, access, body, certificate, file, heard};
use crate::address::AddressPolicy;
use crate::config::FetchLimits;
use crate::model::{Feed, Source, Validators};

const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, \
                        application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";

/// Longest validator that is remembered, in bytes.
const MAX_VALIDATOR_BYTES: usize = 500;

/// What the client says of a proxy's 407 on the way to an https server: it has no type to tell it by.
const TUNNEL_REFUSED: &str = "proxy authorization required";

/// Fetches over HTTP and from files.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    proxies: Proxies,
    policy: AddressPolicy,
    limits: FetchLimits,
}

impl Fetcher {
    /// A fetcher with a client made by [`super::client`] for the same policy and contact.
    pub fn new(client: Client, policy: AddressPolicy, contact: Option<&str>, limits: FetchLimits) -> Self {
        let proxies = Proxies::new(policy.clone(), contact, limits.connect_timeout);
        Self { client, proxies, policy, limits }
    }

    async fn get(&self, ask: &Ask<'_>, start: &Url) -> Result<Fetched, FetchError> {
        let validators = ask.validators;
        let client = self.client_for(ask.feed)?;
        let mut url = access::with_user_of(home(ask.feed).unwrap_or(start), start);
        let mut trail = Trail::from(&url);
        for _ in 0..=self.limits.max_redirects {
            // Validators mean something only where they were given.
            let known =
                if validators.given_by.as_deref() == Some(bare(&url).as_str()) { Some(validators) } else { None };
            let response = self.request(&client, ask, &url, known).await?;
            match response.status() {
                status if is_redirect(status) => {
                    url = next_hop(&url, &response)?;
                    if !ask.elsewhere && url.origin() != start.origin() {
                        return Err(FetchError::Redirect(format!("to another server: {url}")));
                    }
                    trail.led(status, &url);
                }
                // Whoever answers for a while does not speak for the feed: it may be a captive portal.
                StatusCode::GONE if trail.for_now => return Err(FetchError::Status(StatusCode::GONE.as_u16())),
                // Nothing was asked that could be unmodified.
                StatusCode::NOT_MODIFIED if known.is_none() => {
                    return Err(FetchError::Status(StatusCode::NOT_MODIFIED.as_u16()));
                }
                _ => {
                    let heard = heard::of(&response, &url, trail.moved(), ask.now);
                    return self.receive(url, response, heard).await;
                }
            }
        }
        Err(FetchError::Redirect(format!("more than {} times", self.limits.max_redirects)))
    }

    /// The client that goes the feed's way.
    fn client_for(&self, feed: &Feed) -> Result<Client, FetchError> {
        let proxy = feed.access.as_ref().and_then(|access| access.proxy.as_ref());
        // What the client says of a proxy may repeat its password.
        let unusable = |_| FetchError::Connect("the feed's `proxy` cannot be used".to_owned());
        proxy.map_or_else(|| Ok(self.client.clone()), |proxy| self.proxies.client(proxy).map_err(unusable))
    }

    async fn request(
        &self,
        client: &Client,
        ask: &Ask<'_>,
        url: &Url,
        validators: Option<&Validators>,
    ) -> Result<Response, FetchError> {
        if let Some(address) = self.policy.refuses_literal(url) {
            return Err(FetchError::AddressRefused { address });
        }
        let mut request =
            client.get(url.clone()).header(ACCEPT, ACCEPTED).header(ACCEPT_ENCODING, body::ACCEPTED_ENCODINGS);
        if let (Some(access), Some(home)) = (&ask.feed.access, home(ask.feed)) {
            request = request.headers(access::headers(access, home, url, ask.now));
        }
        let etag = validators.and_then(|known| known.etag.as_deref());
        let last_modified = validators.and_then(|known| known.last_modified.as_deref());
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = value.and_then(header_of) {
                request = request.header(name, value);
            }
        }
        request.send().await.map_err(|error| explain(&error))
    }

    async fn receive(&self, url: Url, response: Response, heard: Heard) -> Result<Fetched, FetchError> {
        match response.status() {
            StatusCode::NOT_MODIFIED => {
                let validators = validators_of(response.headers(), &url);
                let validators = (!validators.is_empty()).then_some(validators);
                Ok(Fetched::Unchanged { validators, heard: Box::new(heard) })
            }
            StatusCode::GONE => Err(FetchError::Gone),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                Err(FetchError::Refused { status: status.as_u16(), hints: heard.hints })
            }
            status if status.is_success() => {
                let validators = validators_of(response.headers(), &url);
                let content_type = text_of(response.headers(), &CONTENT_TYPE);
                let (body, bytes) = body::read(response, self.limits.max_body_bytes).await?;
                let heard = Heard { bytes, ..heard };
                Ok(Fetched::Document(Box::new(Fetch { body, content_type, validators, heard, url: Some(bare(&url)) })))
            }
            status if heard.hints.retry_after.is_some() && !asks_for_credentials(status) => {
                Err(FetchError::Refused { status: status.as_u16(), hints: heard.hints })
            }
            status => Err(FetchError::Status(status.as_u16())),
        }
    }
}

#[async_trait]
impl Fetching for Fetcher {
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let limit = self.limits.total_timeout;
        let work = async {
            match ask.source {
                Source::Url(url) => self.get(ask, url).await,
                Source::File(path) => file::read(path, ask.validators, self.limits.max_body_bytes).await,
            }
        };
        tokio::time::timeout(limit, work).await.unwrap_or(Err(FetchError::Timeout(limit)))
    }
}

/// Where the feed is configured to be.
fn home(feed: &Feed) -> Option<&Url> {
    match &feed.source {
        Source::Url(url) => Some(url),
        Source::File(_) => None,
    }
}

fn is_redirect(status: StatusCode) -> bool {
    use StatusCode as S;
    let permanent = matches!(status, S::MOVED_PERMANENTLY | S::PERMANENT_REDIRECT);
    permanent || matches!(status, S::FOUND | S::SEE_OTHER | S::TEMPORARY_REDIRECT)
}

fn asks_for_credentials(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED)
}

/// The URL without user and password, which must not find their way into links or the store.
pub(super) fn bare(url: &Url) -> Url {
    let mut bare = url.clone();
    // These fail only for URLs that cannot have a user.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare
}

/// Where a redirect leads: to http or https, and never from https to http.
fn next_hop(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let Some(location) = location else { return Err(FetchError::Redirect("to nowhere: no Location".to_owned())) };
    let mut to = from.join(location).map_err(|_| FetchError::Redirect(format!("to what is no URL: {location}")))?;
    if to.origin() == from.origin() && to.username().is_empty() && to.password().is_none() {
        // The same server still wants to know who asks.
        let _ = to.set_username(from.username());
        let _ = to.set_password(from.password());
    }
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err(FetchError::Redirect(format!("from https to http: {to}"))),
        (_, "http" | "https") => Ok(to),
        (_, scheme) => Err(FetchError::Redirect(format!("to a {scheme} URL, which is not fetched"))),
    }
}

/// What is longer than [`MAX_VALIDATOR_BYTES`] is passed over: the next request is then unconditional.
fn validators_of(headers: &HeaderMap, url: &Url) -> Validators {
    let short = |name| text_of(headers, name).filter(|text| text.len() <= MAX_VALIDATOR_BYTES);
    let (etag, last_modified) = (short(&ETAG), short(&LAST_MODIFIED));
    let given_by = (etag.is_some() || last_modified.is_some()).then(|| bare(url).into());
    Validators { etag, last_modified, given_by }
}

/// A header's bytes, each as the character of its value: what [`header_of`] turns back into the same bytes.
fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| value.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

fn header_of(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// What went wrong, from the innermost cause that says more than "error sending request".
pub(super) fn explain(error: &reqwest::Error) -> FetchError {
    let mut innermost: &dyn Error = error;
    loop {
        if let Some(refused) = innermost.downcast_ref::<Refused>() {
            return FetchError::AddressRefused { address: refused.0 };
        }
        if let Some(fault) = certificate::fault(innermost) {
            return FetchError::Certificate(fault);
        }
        match innermost.source() {
            Some(cause) => innermost = cause,
            None => break,
        }
    }
    let why = innermost.to_string();
    if why.ends_with(TUNNEL_REFUSED) {
        return FetchError::Status(StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16());
    }
    if error.is_connect() { FetchError::Connect(why) } else { FetchError::Broken(why) }
}
