//! Discord: a webhook of a channel (discord.com/developers/docs: resources/webhook, resources/message, topics/rate-limits).

use std::time::Duration;

use serde_json::json;

use super::{Telling, markdown_row, utf16, written};
use crate::notify::brief::{Brief, shorter};
use crate::notify::http::{Answer, Call};
use crate::notify::markup::{discord, markdown_url};

/// Longest content, in characters.
const MAX_CONTENT: usize = 2_000;
/// Longest title that we write, in characters, before it is escaped, which may double it.
const MAX_TITLE: usize = 400;
/// Longest link of a title, in bytes.
const MAX_URL: usize = 1_000;
/// Longest description of an embed, in characters.
const MAX_DESCRIPTION: usize = 4_096;

/// The title is the content, which is what a phone shows before it is unlocked; the rest is an embed. Neither pings anybody.
pub(super) fn call(telling: &Telling<'_>) -> Call {
    let fits = |parts: &(String, String)| utf16(&parts.0) <= MAX_CONTENT && utf16(&parts.1) <= MAX_DESCRIPTION;
    let (content, description) = telling.brief.fitted(parts, fits);
    let mut body = json!({ "content": content, "allowed_mentions": { "parse": [] } });
    if !description.is_empty() {
        let raised = telling.alert.raised.to_string();
        body["embeds"] = json!([{ "description": description, "timestamp": raised }]);
    }
    Call::webhook(&telling.config.url, written(&body))
}

fn parts(brief: &Brief) -> (String, String) {
    let title = discord(&shorter(&brief.title, MAX_TITLE));
    let content = match brief.link.as_ref().filter(|link| link.len() <= MAX_URL) {
        // Between angle brackets a link is not fetched to show a part of its page.
        Some(link) => format!("**[{title}](<{}>)**", markdown_url(link)),
        None => format!("**{title}**"),
    };
    let mut lines: Vec<String> = brief.lines.iter().map(|line| discord(line)).collect();
    lines.extend(brief.rows.iter().map(|row| format!("• {}", markdown_row(row, discord))));
    lines.extend(brief.foot.iter().map(|line| discord(line)));
    (content, lines.join("\n"))
}

/// The webhook was deleted. One that answers 404 may not be used again: whoever goes on is shut out for a while
/// (topics/rate-limits, "Invalid Request Limit").
pub(super) fn is_final(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 404 | 410)
}

/// How long to wait although all is well: the bucket is empty.
pub(super) fn pause(answer: &Answer) -> Duration {
    let empty = answer.headers.get("x-ratelimit-remaining").is_some_and(|left| left.as_bytes() == b"0");
    let reset = answer.seconds("x-ratelimit-reset-after").filter(|_| empty);
    reset.unwrap_or_default()
}
