//! HTTP POST after Standard Webhooks 1.0.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode};

use super::{Notifier, NotifyError, payload, sign};
use crate::address::AddressPolicy;
use crate::model::{Alert, Delivery, WebhookTarget};

/// For one attempt, from the lookup to the status.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// Posts alerts to a URL.
#[derive(Debug)]
pub(super) struct Webhook {
    config: WebhookTarget,
    client: Client,
    policy: AddressPolicy,
}

impl Webhook {
    pub(super) fn new(config: &WebhookTarget, client: Client, policy: AddressPolicy) -> Result<Self, String> {
        sign(&config.keys, "", 0, "").map_err(|error| error.to_string())?;
        Ok(Self { config: config.clone(), client, policy })
    }

    async fn post(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        if let Some(address) = self.policy.refuses_literal(&self.config.url) {
            let why = format!("{address} is not a public address; allow it with `allow_private` if it is your own");
            return Err(NotifyError::transient(why));
        }
        let (id, timestamp) = (delivery.id.to_string(), now.as_second());
        let body = payload(alert, now);
        let signature = sign(&self.config.keys, &id, timestamp, &body).map_err(NotifyError::permanent)?;
        let mut request = self
            .client
            .post(self.config.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp);
        if !signature.is_empty() {
            request = request.header("webhook-signature", signature);
        }
        // An error of reqwest may quote the URL, and the URL may hold a token.
        let answer = request.body(body).send().await.map_err(|error| NotifyError::transient(innermost(&error)))?;
        judge(answer.status(), answer.headers(), now)
    }
}

#[async_trait]
impl Notifier for Webhook {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let attempt = tokio::time::timeout(REQUEST_TIMEOUT, self.post(delivery, alert, now));
        let late = || NotifyError::transient(format!("no answer within {} s", REQUEST_TIMEOUT.as_secs()));
        attempt.await.unwrap_or_else(|_| Err(late()))
    }
}

/// Only 2xx is success, and only 410 is final (Standard Webhooks 1.0: the endpoint is to be disabled): everything else may be mended before the deadline.
fn judge(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Result<(), NotifyError> {
    if status.is_success() {
        return Ok(());
    }
    let why = format!("the receiver answered {}", status.as_u16());
    if status == StatusCode::GONE {
        return Err(NotifyError::Gone { why });
    }
    Err(NotifyError::Transient { why, retry_after: retry_after(headers, now) })
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
