//! Services that have a form of their own: each writes a request, and says what its answers mean beyond the status.

mod alertmanager;
mod discord;
mod matrix;
mod mattermost;
mod ntfy;
mod pagerduty;
mod slack;
mod teams;
mod telegram;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::brief::{Brief, Row};
use super::http::{Answer, Call, Http, seconds};
use super::words::Words;
use super::{Notifier, NotifyError, inert_json};
use crate::address::AddressPolicy;
use crate::model::{Alert, Delivery, Service, ServiceTarget};

/// Longest that a service is left alone for having said that it has had enough for a moment; beyond it the next attempt
/// finds out by itself.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Tells a service.
#[derive(Debug)]
pub(super) struct Told {
    config: ServiceTarget,
    http: Http,
    words: Words,
    /// No request before this.
    free: Mutex<Option<Instant>>,
}

/// What a request is made of.
struct Telling<'a> {
    config: &'a ServiceTarget,
    delivery: &'a Delivery,
    alert: &'a Alert,
    brief: Brief,
    now: Timestamp,
}

impl Told {
    pub(super) fn new(config: &ServiceTarget, words: Words, client: Client, policy: AddressPolicy) -> Self {
        Self { config: config.clone(), http: Http::new(client, policy), words, free: Mutex::new(None) }
    }

    fn call(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Call {
        let telling = Telling { config: &self.config, delivery, alert, brief: self.words.brief(alert), now };
        match &self.config.service {
            Service::Slack => slack::call(&telling),
            Service::Discord => discord::call(&telling),
            Service::Teams => teams::call(&telling),
            Service::Mattermost => mattermost::call(&telling),
            Service::Telegram { token, chat } => telegram::call(&telling, token, chat),
            Service::Matrix { token, room } => matrix::call(&telling, token, room),
            Service::Ntfy { token, topic } => ntfy::call(&telling, token.as_ref(), topic),
            Service::PagerDuty { routing_key, severity } => pagerduty::call(&telling, routing_key, *severity),
            Service::Alertmanager { token, resolve_after } => {
                alertmanager::call(&telling, token.as_ref(), *resolve_after)
            }
        }
    }

    /// What the answer means, and for how long the service wants to be left alone.
    fn judge(&self, answer: &Answer, now: Timestamp) -> (Result<(), NotifyError>, Duration) {
        let asked = asked(&self.config.service, answer, now);
        let judged = match &self.config.service {
            Service::Slack if slack::is_final(answer) => Err(answer.gone()),
            Service::Discord if discord::is_final(answer) => Err(answer.gone()),
            Service::PagerDuty { .. } if pagerduty::is_final(answer) => Err(answer.refusal()),
            Service::Telegram { .. } if telegram::is_failure(answer) => Err(answer.failure(asked)),
            _ if answer.status == StatusCode::TOO_MANY_REQUESTS => Err(answer.failure(asked)),
            _ => answer.judge(now),
        };
        let pause = match &judged {
            Ok(()) => gap(&self.config.service).max(discord::pause(answer)),
            Err(_) => asked.unwrap_or_default(),
        };
        (judged, pause.min(MAX_PAUSE))
    }
}

#[async_trait]
impl Notifier for Told {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        // Held over the request: one at a time, in the order in which they come.
        let mut free = self.free.lock().await;
        if let Some(free) = *free {
            tokio::time::sleep_until(free).await;
        }
        let answer = self.http.call(self.call(delivery, alert, now), true).await?;
        let (judged, pause) = self.judge(&answer, now);
        *free = Some(Instant::now() + pause);
        judged
    }

    fn preview(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        Ok(self.call(delivery, alert, now).shown())
    }
}

/// From one message to the next. Slack takes one a second (docs.slack.dev, rate limits), Teams four; a Telegram bot should
/// not send more than one a second to a chat, and twenty a minute to a group, whose ids are negative (core.telegram.org,
/// bots FAQ). The others say so when it is too much.
fn gap(service: &Service) -> Duration {
    match service {
        Service::Slack => Duration::from_secs(1),
        Service::Teams => Duration::from_millis(250),
        Service::Telegram { chat, .. } if chat.starts_with(['-', '@']) => Duration::from_secs(3),
        Service::Telegram { .. } => Duration::from_secs(1),
        _ => Duration::ZERO,
    }
}

/// The longest wait that an answer asks for, by a header or in its body: Discord's `retry_after` in seconds, Telegram's
/// `parameters.retry_after` in seconds, Matrix's `retry_after_ms`.
fn asked(service: &Service, answer: &Answer, now: Timestamp) -> Option<Duration> {
    let body: Option<Value> = serde_json::from_str(&answer.body).ok();
    let said = body.and_then(|body| match service {
        Service::Discord => body["retry_after"].as_f64(),
        Service::Telegram { .. } => body["parameters"]["retry_after"].as_f64(),
        Service::Matrix { .. } => body["retry_after_ms"].as_f64().map(|ms| ms / 1_000.0),
        _ => None,
    });
    [answer.retry_after(now), said.and_then(seconds)].into_iter().flatten().max()
}

/// JSON as it goes out: without a character that could steer anything on the way.
fn written(value: &Value) -> String {
    inert_json(&value.to_string())
}

/// The URL of the service with more of a path, each part escaped.
fn beneath(url: &url::Url, parts: &[&str]) -> url::Url {
    let mut url = url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

/// A row in Markdown. `escape` is the service's.
fn markdown_row(row: &Row, escape: impl Fn(&str) -> String) -> String {
    let head = if row.head.is_empty() { String::new() } else { format!("{}: ", escape(&row.head)) };
    format!("{head}{}", markdown_link(&escape(&row.title), row.link.as_deref()))
}

/// Text that is escaped already, and where it leads.
fn markdown_link(text: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("[{text}]({})", super::markup::markdown_url(link)),
        None => text.to_owned(),
    }
}

/// The length of a text as JavaScript and Telegram count it, which is at least that of its characters.
fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}
