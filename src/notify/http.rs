//! One HTTP request to a target, and what its answer means.
//!
//! Redirects are not followed: what was configured is who is told. What a receiver answers is a stranger's text, and it may
//! repeat what it was sent: it is cut, made inert, and relieved of secrets before anybody reads it.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode};
use url::Url;

use super::{NotifyError, inert};
use crate::address::AddressPolicy;
use crate::model::clip;

/// For one attempt, from the lookup to the status.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// For the body of an answer, once its status is known: what comes later than this says nothing that is needed.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// Most of an answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 4_096;
/// Most of an answer that is told, in bytes.
const MAX_TOLD_BYTES: usize = 200;
/// A part of a secret path from this length on may be a token.
const MIN_TOKEN_BYTES: usize = 4;
/// What stands for a secret.
const HIDDEN: &str = "***";

/// Makes requests to targets.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    policy: AddressPolicy,
}

/// A request that is to be made.
pub(super) struct Call {
    method: Method,
    url: Url,
    /// Beside `content-type`.
    pub(super) headers: Vec<(&'static str, String)>,
    /// JSON.
    pub(super) body: String,
    /// What nobody may read of all this, and what they read in its place.
    secrets: Vec<(String, String)>,
    /// Whether nobody may read the URL's path and query either.
    secret_path: bool,
}

/// What a receiver answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Its beginning.
    pub(super) body: String,
    secrets: Vec<(String, String)>,
}

impl Call {
    /// A POST of JSON.
    pub(super) fn post(url: Url, body: String) -> Self {
        Self { method: Method::POST, url, headers: Vec::new(), body, secrets: Vec::new(), secret_path: false }
    }

    /// A PUT of JSON.
    pub(super) fn put(url: Url, body: String) -> Self {
        Self { method: Method::PUT, ..Self::post(url, body) }
    }

    /// A POST of JSON to a URL whose path is a secret.
    pub(super) fn webhook(url: &Url, body: String) -> Self {
        Self { secret_path: true, ..Self::post(url.clone(), body) }
    }

    /// The same with something that nobody may read.
    pub(super) fn secret(mut self, secret: &str) -> Self {
        self.secrets.push((secret.to_owned(), HIDDEN.to_owned()));
        self
    }

    /// The same with a short word of JSON that nobody may read; elsewhere it may be a word like any other.
    pub(super) fn secret_value(mut self, key: &str, value: &str) -> Self {
        self.secrets.push((format!("\"{key}\":\"{value}\""), format!("\"{key}\":\"{HIDDEN}\"")));
        self
    }

    /// The same with a bearer token, if there is one.
    pub(super) fn bearer(mut self, token: Option<&str>) -> Self {
        self.headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
        self.secrets.extend(token.map(|token| (token.to_owned(), HIDDEN.to_owned())));
        self
    }

    /// The whole request for a person's eyes, without secrets.
    pub(super) fn shown(&self) -> String {
        let origin = self.url.origin().ascii_serialization();
        let path = if self.secret_path { format!("/{HIDDEN}") } else { self.url.path().to_owned() };
        let mut text = format!("{} {origin}{path}\ncontent-type: application/json\n", self.method);
        for (name, value) in &self.headers {
            let _ = writeln!(text, "{name}: {value}");
        }
        let _ = write!(text, "\n{}", self.body);
        without(&self.secrets, text)
    }

    /// All that an answer may not repeat.
    fn unspeakable(&self) -> Vec<(String, String)> {
        let path = self.url.path_segments().into_iter().flatten().chain(self.url.query());
        let path = path.filter(|part| self.secret_path && part.len() >= MIN_TOKEN_BYTES);
        self.secrets.iter().cloned().chain(path.map(|part| (part.to_owned(), HIDDEN.to_owned()))).collect()
    }
}

impl Http {
    pub(super) fn new(client: Client, policy: AddressPolicy) -> Self {
        Self { client, policy }
    }

    /// Makes the request. An error is one of the network; what is answered is for [`Answer::judge`]. Its body is read only
    /// where `body` asks for it.
    pub(super) async fn call(&self, call: Call, body: bool) -> Result<Answer, NotifyError> {
        if let Some(address) = self.policy.refuses_literal(&call.url) {
            let why = format!("{address} is not a public address; allow it with `allow_private` if it is your own");
            return Err(NotifyError::transient(why));
        }
        let secrets = call.unspeakable();
        let Call { method, url, headers, body: sent, .. } = call;
        let mut request = self.client.request(method, url).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let late = |_| NotifyError::transient(format!("no answer within {} s", REQUEST_TIMEOUT.as_secs()));
        // An error of reqwest may quote the URL, and the URL may hold a token.
        let answer = tokio::time::timeout(REQUEST_TIMEOUT, request.body(sent).send()).await.map_err(late)?;
        let mut answer = answer.map_err(|error| NotifyError::transient(innermost(&error)))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = if body { beginning(&mut answer).await } else { String::new() };
        Ok(Answer { status, headers, body, secrets })
    }
}

/// As much of the body as there is to be had.
async fn beginning(answer: &mut Response) -> String {
    let mut bytes = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = answer.chunk().await {
            bytes.extend_from_slice(&chunk[..chunk.len().min(MAX_ANSWER_BYTES - bytes.len())]);
            if bytes.len() == MAX_ANSWER_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(ANSWER_TIMEOUT, read).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Answer {
    /// Only 2xx is success, and only 410 is final: everything else may be mended before the deadline.
    pub(super) fn judge(&self, now: Timestamp) -> Result<(), NotifyError> {
        match self.status {
            status if status.is_success() => Ok(()),
            // Standard Webhooks 1.0: the endpoint is to be disabled.
            StatusCode::GONE => Err(self.gone()),
            _ => Err(self.failure(retry_after(&self.headers, now))),
        }
    }

    /// It may go well later, not before `retry_after`.
    pub(super) fn failure(&self, retry_after: Option<Duration>) -> NotifyError {
        NotifyError::Transient { why: self.told(), retry_after }
    }

    /// It is there no more.
    pub(super) fn gone(&self) -> NotifyError {
        NotifyError::Gone { why: self.told() }
    }

    /// It never will.
    pub(super) fn refusal(&self) -> NotifyError {
        NotifyError::permanent(self.told())
    }

    /// What `Retry-After` asks for.
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        retry_after(&self.headers, now)
    }

    /// A header that is a number of seconds.
    pub(super) fn seconds(&self, header: &str) -> Option<Duration> {
        seconds(self.headers.get(header)?.to_str().ok()?.trim().parse().ok()?)
    }

    fn told(&self) -> String {
        let body = without(&self.secrets, inert(self.body.trim()));
        let said = clip(&body, MAX_TOLD_BYTES);
        let colon = if said.is_empty() { "" } else { ": " };
        format!("the receiver answered {}{colon}{said}", self.status.as_u16())
    }
}

/// A stretch of time that somebody else wrote down.
pub(super) fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

fn without(secrets: &[(String, String)], text: String) -> String {
    let real = secrets.iter().filter(|(secret, _)| !secret.is_empty());
    real.fold(text, |text, (secret, shown)| text.replace(secret.as_str(), shown))
}

/// RFC 9110, 10.2.3: seconds, or a date, which counts from the receiver's own clock where it tells it.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let date = |text: &str| DateTimeParser::new().parse_timestamp(text).ok();
    let value = text(RETRY_AFTER)?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let from = text(DATE).and_then(date).unwrap_or(now);
    Duration::try_from(date(value)?.duration_since(from)).ok()
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // Without a cause there is only reqwest's own text, which names the URL.
    if cause.is::<reqwest::Error>() { "the request failed".to_owned() } else { cause.to_string() }
}
