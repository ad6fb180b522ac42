//! Matrix: a message in a room (spec.matrix.org: client-server API, `PUT …/send/{eventType}/{txnId}`).

use serde_json::json;

use super::{Telling, beneath, written};
use crate::model::Secret;
use crate::notify::brief::Brief;
use crate::notify::http::Call;
use crate::notify::markup::{html, unmentioned};

/// Longest content, in bytes: an event may have 65,536 with all that servers put around it.
const MAX_CONTENT_BYTES: usize = 48_000;

/// `m.text`, for by the default push rules a notice wakes nobody; an empty `m.mentions` makes `@room` a word like any other.
/// The delivery's id is the transaction's: the server takes a repeat for what it is.
pub(super) fn call(telling: &Telling<'_>, token: &Secret, room: &str) -> Call {
    let content = |brief: &Brief| {
        written(&json!({
            "msgtype": "m.text",
            "body": plain(brief),
            "format": "org.matrix.custom.html",
            "formatted_body": formatted(brief),
            "m.mentions": {},
        }))
    };
    let body = telling.brief.fitted(content, |content| content.len() <= MAX_CONTENT_BYTES);
    let transaction = telling.delivery.id.to_string();
    let path = ["_matrix", "client", "v3", "rooms", room, "send", "m.room.message", &transaction];
    let url = beneath(&telling.config.url, &path);
    Call::put(url, body).bearer(Some(token.expose()))
}

fn plain(brief: &Brief) -> String {
    let mut lines = vec![brief.title.clone()];
    lines.extend(brief.link.clone());
    lines.extend(brief.lines.iter().cloned());
    for row in &brief.rows {
        lines.push(format!("• {}", row.text()));
        lines.extend(row.link.clone());
    }
    lines.extend(brief.foot.iter().cloned());
    unmentioned(&lines.join("\n"))
}

fn formatted(brief: &Brief) -> String {
    let mut out = format!("<strong>{}</strong>", link(&brief.title, brief.link.as_deref()));
    for line in &brief.lines {
        out += &format!("<br>{}", html(line));
    }
    if !brief.rows.is_empty() {
        let rows = brief.rows.iter().map(|row| {
            let head = if row.head.is_empty() { String::new() } else { format!("{}: ", html(&row.head)) };
            format!("<li>{head}{}</li>", link(&row.title, row.link.as_deref()))
        });
        out += &format!("<ul>{}</ul>", rows.collect::<String>());
    }
    let foot: Vec<String> = brief.foot.iter().map(|line| html(line)).collect();
    if foot.is_empty() { out } else { format!("{out}<br>{}", foot.join("<br>")) }
}

fn link(text: &str, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("<a href=\"{}\">{}</a>", link.replace('&', "&amp;").replace('"', "%22"), html(text)),
        None => html(text),
    }
}
