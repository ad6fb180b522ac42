//! Telegram: a bot's `sendMessage` (core.telegram.org/bots/api#sendmessage).

use serde_json::{Value, json};

use super::{Telling, beneath, utf16, written};
use crate::model::Secret;
use crate::notify::brief::Brief;
use crate::notify::http::{Answer, Call};
use crate::notify::markup::{html, unmentioned};

/// Longest message, in UTF-16 units of what is seen.
const MAX_TEXT: usize = 4_096;
/// Most bytes of links: beyond some nine thousand the server refuses a message as `ENTITIES_TOO_LONG`.
const MAX_LINKS: usize = 8_000;

/// A message as it is sent and as it is measured.
struct Message {
    html: String,
    seen: usize,
    links: usize,
}

/// HTML, escaped; no page is fetched to show a part of it.
pub(super) fn call(telling: &Telling<'_>, token: &Secret, chat: &str) -> Call {
    let message = telling.brief.fitted(message, |message| message.seen <= MAX_TEXT && message.links <= MAX_LINKS);
    let body = json!({
        "chat_id": chat,
        "text": message.html,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    let url = beneath(&telling.config.url, &[&format!("bot{}", token.expose()), "sendMessage"]);
    Call::post(url, written(&body)).secret(token.expose())
}

fn message(brief: &Brief) -> Message {
    let mut lines = vec![format!("<b>{}</b>", link(&brief.title, brief.link.as_deref()))];
    let mut seen = vec![brief.title.clone()];
    lines.extend(brief.lines.iter().map(|line| html(line)));
    seen.extend(brief.lines.iter().cloned());
    for row in &brief.rows {
        let head = if row.head.is_empty() { String::new() } else { format!("{}: ", row.head) };
        lines.push(format!("• {}{}", html(&head), link(&row.title, row.link.as_deref())));
        seen.push(format!("• {head}{}", row.title));
    }
    lines.extend(brief.foot.iter().map(|line| html(line)));
    seen.extend(brief.foot.iter().cloned());
    let links = brief.rows.iter().filter_map(|row| row.link.as_ref()).chain(&brief.link);
    Message { html: lines.join("\n"), seen: utf16(&unmentioned(&seen.join("\n"))), links: links.map(String::len).sum() }
}

fn link(text: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("<a href=\"{}\">{}</a>", link.replace('&', "&amp;").replace('"', "%22"), html(text)),
        None => html(text),
    }
}

/// Whether it says no with a status that says yes.
pub(super) fn is_failure(answer: &Answer) -> bool {
    let body: Result<Value, _> = serde_json::from_str(&answer.body);
    answer.status.is_success() && body.is_ok_and(|body| body["ok"] == false)
}
