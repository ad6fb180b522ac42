//! Slack: an incoming webhook with Block Kit (docs.slack.dev: messaging/sending-messages-using-incoming-webhooks,
//! reference/block-kit/blocks/section-block).

use serde_json::{Value, json};

use super::{Telling, written};
use crate::notify::brief::{Brief, shorter};
use crate::notify::http::{Answer, Call};
use crate::notify::markup::{slack, slack_url};

/// Longest text of a section, in characters.
const MAX_SECTION: usize = 3_000;
/// Most blocks of a message.
const MAX_BLOCKS: usize = 50;
/// Longest text of a notification that we write, in characters, before it is escaped.
const MAX_FALLBACK: usize = 300;

/// Nobody's page is fetched to show a part of it, and nothing is linked that we did not link (`verbatim`).
pub(super) fn call(telling: &Telling<'_>) -> Call {
    let fits = |blocks: &Vec<String>| {
        blocks.len() <= MAX_BLOCKS && blocks.iter().all(|block| super::utf16(block) <= MAX_SECTION)
    };
    let blocks: Vec<Value> = telling.brief.fitted(blocks, fits).iter().map(|text| section(text)).collect();
    let text = slack(&shorter(&telling.brief.title, MAX_FALLBACK));
    let body = json!({ "text": text, "blocks": blocks, "unfurl_links": false, "unfurl_media": false });
    Call::webhook(&telling.config.url, written(&body))
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

/// The title, the lines, each row, and what is below them.
fn blocks(brief: &Brief) -> Vec<String> {
    let mut blocks = vec![format!("*{}*", link(&slack(&brief.title), brief.link.as_deref()))];
    let joined = |lines: &[String]| lines.iter().map(|line| slack(line)).collect::<Vec<_>>().join("\n");
    blocks.push(joined(&brief.lines));
    for row in &brief.rows {
        let head = if row.head.is_empty() { String::new() } else { format!("{}: ", slack(&row.head)) };
        blocks.push(format!("• {head}{}", link(&slack(&row.title), row.link.as_deref())));
    }
    blocks.push(joined(&brief.foot));
    blocks.retain(|block| !block.is_empty());
    blocks
}

fn link(text: &str, link: Option<&str>) -> String {
    link.map_or_else(|| text.to_owned(), |link| format!("<{}|{text}>", slack_url(link)))
}

/// The webhook, its channel or its team is gone: `no_service`, `no_team`, `team_disabled`, `channel_is_archived`
/// (docs.slack.dev: handling errors of incoming webhooks); 410 is final everywhere.
pub(super) fn is_final(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 403 | 404 | 410)
        && ["no_service", "no_team", "team_disabled", "channel_is_archived"].contains(&answer.body.trim())
}
