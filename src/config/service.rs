//! Targets that are services: chats, pagers and the like.

use std::time::Duration;

use url::Url;

use super::address::http_url;
use super::diagnostic::{At, Fault};
use super::file;
use super::quantity::{days, seconds};
use super::reader::Reader;
use super::section::{Section, not_empty};
use super::webhook;
use super::words::choice;
use crate::model::{Secret, Service, ServiceTarget, Severity};

/// Where Telegram's bots are told what to do.
const TELEGRAM: &str = "https://api.telegram.org";
/// Where PagerDuty takes events; in its European region it is events.eu.pagerduty.com.
const PAGERDUTY: &str = "https://events.pagerduty.com";
/// How long an alert fires where the configuration does not say.
const DEFAULT_RESOLVE_AFTER: Duration = Duration::from_secs(60 * 60);
/// Longest name of a topic (ntfy's own bound), in bytes.
const MAX_TOPIC_BYTES: usize = 64;
const TOKEN: [&str; 2] = ["token", "token_file"];
const ROUTING_KEY: [&str; 2] = ["routing_key", "routing_key_file"];
const SEVERITIES: [(&str, Severity); 4] = [
    ("info", Severity::Info),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
    ("critical", Severity::Critical),
];

/// A service whose whole address is the URL of a webhook.
pub(super) fn hook(service: Service, section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    let url = webhook::url(section, reader)?;
    Some(ServiceTarget { url, service })
}

/// A bot and a chat.
pub(super) fn telegram(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    let token = required(&TOKEN, "write token_file = \"…\", with what @BotFather said", section, reader);
    section.require("chat", "write chat = \"-1001234567890\", or \"@name\" of a public channel", reader);
    let chat = section.parsed("chat", "a string", reader, chat);
    let url = base("url", section, reader).unwrap_or(Some(default(TELEGRAM)));
    Some(ServiceTarget { url: url?, service: Service::Telegram { token: token?, chat: chat?.value } })
}

/// An account and a room.
pub(super) fn matrix(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    section.require("homeserver", "write homeserver = \"https://matrix.example.org\"", reader);
    section.require("room", "write room = \"!…\", which the room's settings call its internal id", reader);
    let url = base("homeserver", section, reader).flatten();
    let room = section.parsed("room", "a string", reader, room);
    let token = required(&TOKEN, "write token_file = \"…\", with the account's access token", section, reader);
    Some(ServiceTarget { url: url?, service: Service::Matrix { token: token?, room: room?.value } })
}

/// A server and a topic.
pub(super) fn ntfy(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    let url = webhook::url(section, reader);
    let token = secret(&TOKEN, section, reader);
    let place = ["url", "url_file"].map(|key| section.value(key)).into_iter().flatten().next().map(|at| at.span());
    let (url, topic) = reader.accept(topic(url?), &place.unwrap_or(section.span.clone()))?;
    Some(ServiceTarget { url, service: Service::Ntfy { token, topic } })
}

/// An integration.
pub(super) fn pagerduty(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    let hint = "write routing_key_file = \"…\", with the integration key of the service";
    let routing_key = required(&ROUTING_KEY, hint, section, reader);
    let severity = section.parsed("severity", "a string", reader, |text| choice(text, &SEVERITIES));
    let severity = severity.map(|at| at.value).unwrap_or_default();
    let url = base("url", section, reader).unwrap_or(Some(default(PAGERDUTY)));
    Some(ServiceTarget { url: url?, service: Service::PagerDuty { routing_key: routing_key?, severity } })
}

/// A server.
pub(super) fn alertmanager(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ServiceTarget> {
    section.require("url", "write url = \"http://localhost:9093\"", reader);
    let url = base("url", section, reader).flatten();
    let token = secret(&TOKEN, section, reader);
    let resolve_after = section.duration("resolve_after", seconds(60)..=days(30), reader);
    let resolve_after = resolve_after.unwrap_or(DEFAULT_RESOLVE_AFTER);
    Some(ServiceTarget { url: url?, service: Service::Alertmanager { token, resolve_after } })
}

/// A URL that paths are put behind. `None` where there is no such key, `Some(None)` where it holds something else.
fn base(key: &str, section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Option<Url>> {
    section.value(key)?;
    let Some(At { value: url, span }) = section.parsed(key, "a URL", reader, http_url) else { return Some(None) };
    if url.query().is_some() || url.fragment().is_some() {
        let fault = Fault::new("paths are put behind this URL: it can have no query");
        reader.report(fault.hint("end it before the `?`").at(span));
        return Some(None);
    }
    webhook::warn_if_open(&url, &span, reader);
    Some(Some(url))
}

fn default(url: &str) -> Url {
    Url::parse(url).expect("the URLs of this file are URLs")
}

fn required(keys: &[&str; 2], hint: &str, section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Secret> {
    section.require_one(keys, hint, reader);
    secret(keys, section, reader)
}

/// What stands under the first key, or in the file that the second names. It goes into headers and paths as it is.
fn secret(keys: &[&str; 2], section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Secret> {
    section.allow_one(keys, reader);
    let written = section.parsed(keys[0], "a string", reader, plain);
    let stored = file::read(section, keys[1], reader)
        .and_then(|file| Some(At { value: reader.accept(plain(&file.value.text), &file.span)?, span: file.span }));
    written.or(stored).map(|at| Secret::new(at.value))
}

fn plain(text: &str) -> Result<String, Fault> {
    let text = not_empty(text)?;
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text);
    }
    Err(Fault::new("a token has no blanks, line ends or letters beyond ASCII"))
}

fn chat(text: &str) -> Result<String, Fault> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let name = text.strip_prefix('@').unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_number || is_name {
        return Ok(text.to_owned());
    }
    Err(Fault::new("this is not a chat").hint("write its id, \"-1001234567890\", or \"@name\" of a public channel"))
}

fn room(text: &str) -> Result<String, Fault> {
    if text.starts_with('!') && text.len() > 1 && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    let hint = "the id of a room begins with `!`; its settings have it under \"Advanced\"";
    Err(Fault::new("this is not the id of a room").hint(hint))
}

/// The URL of the server, and the topic, which is the last part of the URL that people share.
fn topic(mut url: Url) -> Result<(Url, String), Fault> {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if last.is_empty() || last.len() > MAX_TOPIC_BYTES || !last.bytes().all(allowed) {
        let hint = "write the URL with the topic, as in \"https://ntfy.example.org/harbour\"";
        return Err(Fault::new("this URL ends in no topic").hint(hint));
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop();
    }
    url.set_query(None);
    Ok((url, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_end_a_url() {
        let read = |text: &str| topic(http_url(text).expect(text)).ok().map(|(url, topic)| (url.to_string(), topic));
        assert_eq!(read("https://ntfy.sh/desk"), Some(("https://ntfy.sh/".to_owned(), "desk".to_owned())));
        assert_eq!(read("https://e.org/ntfy/desk"), Some(("https://e.org/ntfy".to_owned(), "desk".to_owned())));
        for bad in ["https://ntfy.sh", "https://ntfy.sh/desk/", "https://ntfy.sh/a.b"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn chats_and_rooms_have_their_forms() {
        assert!(chat("-1001234567890").is_ok() && chat("42").is_ok() && chat("@desk_1").is_ok());
        assert!(chat("").is_err() && chat("desk").is_err() && chat("@").is_err() && chat("1 2").is_err());
        assert!(room("!abc:example.org").is_ok() && room("#abc:example.org").is_err() && room("!").is_err());
    }
}
