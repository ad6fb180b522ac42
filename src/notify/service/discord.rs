//! Discord: a webhook of a channel (discord.com/developers/docs: resources/webhook, resources/message, topics/rate-limits).

use std::time::Duration;

use serde_json::json;

use super::{Telling, markdown_row, utf16, written};
use crate::notify::brief::{Brief, shorter};
use crate::notify::http::{Answer, Call};
use crate::notify::markup::discord;

/// Longest title of an embed, in characters.
const MAX_TITLE: usize = 256;
/// Longest description of an embed, in characters.
const MAX_DESCRIPTION: usize = 4_096;
/// Longest link of an embed, in bytes.
const MAX_URL: usize = 2_000;

/// One embed: what is in it pings nobody, and `allowed_mentions` says so once more. The title, of which the beginning is in
/// every notification, takes its place in `content` only on a device that shows no embeds.
pub(super) fn call(telling: &Telling<'_>) -> Call {
    let fits = |embed: &(String, String)| utf16(&embed.0) <= MAX_TITLE && utf16(&embed.1) <= MAX_DESCRIPTION;
    let (title, description) = telling.brief.fitted(embed, fits);
    let mut embed =
        json!({ "title": title, "description": description, "timestamp": telling.alert.raised.to_string() });
    if let Some(link) = telling.brief.link.as_ref().filter(|link| link.len() <= MAX_URL) {
        embed["url"] = link.as_str().into();
    }
    let body = json!({ "embeds": [embed], "allowed_mentions": { "parse": [] } });
    Call::webhook(&telling.config.url, written(&body))
}

fn embed(brief: &Brief) -> (String, String) {
    // Escaped it may be twice as long.
    let title = discord(&shorter(&brief.title, MAX_TITLE / 3));
    let title = if utf16(&title) <= MAX_TITLE { title } else { discord(&shorter(&brief.title, MAX_TITLE / 4)) };
    let mut lines: Vec<String> = brief.lines.iter().map(|line| discord(line)).collect();
    lines.extend(brief.rows.iter().map(|row| format!("• {}", markdown_row(row, discord))));
    lines.extend(brief.foot.iter().map(|line| discord(line)));
    (title, lines.join("\n"))
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
