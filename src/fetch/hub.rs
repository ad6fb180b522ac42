//! Asks a hub: posts a form, and hears whether it is taken.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, StatusCode};
use url::{Url, form_urlencoded};

use super::{FetchError, hints, http};
use crate::address::AddressPolicy;
use crate::config::FetchLimits;
use crate::model::clip;

/// What is kept of a hub's explanation, in bytes.
pub const MAX_EXPLANATION_BYTES: usize = 200;

/// Why a hub did not take a request.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// It was not to be reached.
    #[error(transparent)]
    Unreached(#[from] FetchError),
    /// It will not, or not now.
    #[error("the hub answered {status}{}{why}", if why.is_empty() { "" } else { ": " })]
    Refused {
        /// The status.
        status: u16,
        /// The beginning of what it said about it, on one line.
        why: String,
        /// It wants no request before this.
        retry_after: Option<Duration>,
    },
}

impl HubError {
    /// How long the hub wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            HubError::Refused { retry_after, .. } => *retry_after,
            HubError::Unreached(_) => None,
        }
    }
}

/// Asks hubs.
#[async_trait]
pub trait Subscribing: Send + Sync {
    /// Posts the form. `Ok` means that the hub has taken the request and will verify it; some hubs have done so already.
    async fn ask(&self, hub: &Url, form: &[(&'static str, String)]) -> Result<(), HubError>;
}

/// Asks hubs over HTTP, under the rules for feeds.
#[derive(Debug)]
pub struct Hub {
    client: Client,
    policy: AddressPolicy,
    limits: FetchLimits,
}

impl Hub {
    /// A hub's client with an HTTP client made by [`super::client`] for the same policy.
    pub fn new(client: Client, policy: AddressPolicy, limits: FetchLimits) -> Self {
        Self { client, policy, limits }
    }

    /// WebSub, 5.1: a request is moved by 307 and 308 alone. The others would make a GET of it.
    async fn post(&self, hub: &Url, form: &str) -> Result<(), HubError> {
        let mut url = hub.clone();
        for _ in 0..=self.limits.max_redirects {
            if let Some(address) = self.policy.refuses_literal(&url) {
                return Err(FetchError::AddressRefused { address }.into());
            }
            let request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            let response = request.body(form.to_owned()).send().await.map_err(|error| http::explain(&error))?;
            match response.status() {
                // 202 is what the specification has; older hubs verify first and answer 204.
                status if status.is_success() => return Ok(()),
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => url = next_hop(&url, &response)?,
                _ => return Err(refusal(response).await),
            }
        }
        Err(FetchError::Redirect(format!("more than {} times", self.limits.max_redirects)).into())
    }
}

#[async_trait]
impl Subscribing for Hub {
    async fn ask(&self, hub: &Url, form: &[(&'static str, String)]) -> Result<(), HubError> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let limit = self.limits.total_timeout;
        tokio::time::timeout(limit, self.post(hub, &form)).await.unwrap_or(Err(FetchError::Timeout(limit).into()))
    }
}

/// To http or https, and never from https to http: the form holds a secret.
fn next_hop(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location else { return Err(FetchError::Redirect("to nowhere: no Location".to_owned())) };
    let to = from.join(location).map_err(|_| FetchError::Redirect("to what is no URL".to_owned()))?;
    match (from.scheme(), to.scheme()) {
        ("https", "http") => Err(FetchError::Redirect("from https to http".to_owned())),
        (_, "http" | "https") => Ok(to),
        (_, scheme) => Err(FetchError::Redirect(format!("to a {scheme} URL, which is not asked"))),
    }
}

async fn refusal(mut response: Response) -> HubError {
    // A date says how long only beside the hub's own; without one it says nothing.
    let retry_after = hints::of(response.headers(), Timestamp::MAX).retry_after;
    let status = response.status().as_u16();
    let mut text = Vec::new();
    // What breaks off here is only the explanation.
    while text.len() < MAX_EXPLANATION_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        text.extend_from_slice(&chunk[..chunk.len().min(MAX_EXPLANATION_BYTES - text.len())]);
    }
    HubError::Refused { status, why: one_line(&text), retry_after }
}

fn one_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    clip(&words.join(" "), MAX_EXPLANATION_BYTES).to_owned()
}
