//! The fetcher: a conditional GET, hop by hop.

use std::error::Error;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::client::Refused;
use super::{Fetch, FetchError, Fetched, Fetching, body, file, hints};
use crate::address::AddressPolicy;
use crate::config::FetchLimits;
use crate::model::{Source, Validators};

const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, \
                        application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";

/// Longest validator that is remembered, in bytes.
const MAX_VALIDATOR_BYTES: usize = 500;

/// Fetches over HTTP and from files.
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    policy: AddressPolicy,
    limits: FetchLimits,
}

impl Fetcher {
    /// A fetcher with a client made by [`super::client`] for the same policy.
    pub fn new(client: Client, policy: AddressPolicy, limits: FetchLimits) -> Self {
        Self { client, policy, limits }
    }

    async fn get(&self, start: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
        let mut url = start.clone();
        let mut moved_for_now = false;
        for _ in 0..=self.limits.max_redirects {
            // Validators mean something only where they were given.
            let known =
                if validators.given_by.as_deref() == Some(bare(&url).as_str()) { Some(validators) } else { None };
            let response = self.request(&url, known).await?;
            match response.status() {
                StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT => url = next_hop(&url, &response)?,
                StatusCode::FOUND | StatusCode::SEE_OTHER | StatusCode::TEMPORARY_REDIRECT => {
                    url = next_hop(&url, &response)?;
                    moved_for_now = true;
                }
                // Whoever answers for a while does not speak for the feed: it may be a captive portal.
                StatusCode::GONE if moved_for_now => return Err(FetchError::Status(StatusCode::GONE.as_u16())),
                // Nothing was asked that could be unmodified.
                StatusCode::NOT_MODIFIED if known.is_none() => {
                    return Err(FetchError::Status(StatusCode::NOT_MODIFIED.as_u16()));
                }
                _ => return self.receive(url, response).await,
            }
        }
        Err(FetchError::Redirect(format!("more than {} times", self.limits.max_redirects)))
    }

    async fn request(&self, url: &Url, validators: Option<&Validators>) -> Result<Response, FetchError> {
        if let Some(address) = self.policy.refuses_literal(url) {
            return Err(FetchError::AddressRefused { address });
        }
        let mut request =
            self.client.get(url.clone()).header(ACCEPT, ACCEPTED).header(ACCEPT_ENCODING, body::ACCEPTED_ENCODINGS);
        let etag = validators.and_then(|known| known.etag.as_deref());
        let last_modified = validators.and_then(|known| known.last_modified.as_deref());
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = value.and_then(header_of) {
                request = request.header(name, value);
            }
        }
        request.send().await.map_err(|error| explain(&error))
    }

    async fn receive(&self, url: Url, response: Response) -> Result<Fetched, FetchError> {
        let hints = hints::of(response.headers());
        match response.status() {
            StatusCode::NOT_MODIFIED => {
                let validators = validators_of(response.headers(), &url);
                Ok(Fetched::Unchanged { validators: (!validators.is_empty()).then_some(validators), hints })
            }
            StatusCode::GONE => Err(FetchError::Gone),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                Err(FetchError::Refused { status: status.as_u16(), hints })
            }
            status if status.is_success() => {
                let validators = validators_of(response.headers(), &url);
                let content_type = text_of(response.headers(), &CONTENT_TYPE);
                let body = body::read(response, self.limits.max_body_bytes).await?;
                Ok(Fetched::Document(Box::new(Fetch { body, content_type, validators, hints, url: Some(bare(&url)) })))
            }
            status => Err(FetchError::Status(status.as_u16())),
        }
    }
}

#[async_trait]
impl Fetching for Fetcher {
    async fn fetch(&self, source: &Source, validators: &Validators) -> Result<Fetched, FetchError> {
        let limit = self.limits.total_timeout;
        let work = async {
            match source {
                Source::Url(url) => self.get(url, validators).await,
                Source::File(path) => file::read(path, validators, self.limits.max_body_bytes).await,
            }
        };
        tokio::time::timeout(limit, work).await.unwrap_or(Err(FetchError::Timeout(limit)))
    }
}

/// The URL without user and password, which must not find their way into links or the store.
fn bare(url: &Url) -> Url {
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
        match innermost.source() {
            Some(cause) => innermost = cause,
            None => break,
        }
    }
    let why = innermost.to_string();
    if error.is_connect() { FetchError::Connect(why) } else { FetchError::Broken(why) }
}
