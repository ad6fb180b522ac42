//! Microsoft Teams: a webhook of the Workflows app, which posts an Adaptive Card (learn.microsoft.com: "Create incoming
//! webhooks with Workflows for Microsoft Teams").

use serde_json::{Value, json};

use super::{Telling, written};
use crate::notify::brief::Brief;
use crate::notify::http::Call;
use crate::notify::markup::card;

/// Longest message, in bytes: "28 KB", of which the round number is the safe one.
const MAX_MESSAGE_BYTES: usize = 28_000;
/// What every client of Teams shows.
const VERSION: &str = "1.4";

/// The texts are runs of text blocks, which have no Markdown; a run leads somewhere by its action. Nobody is mentioned
/// without an entity in `msteams`.
pub(super) fn call(telling: &Telling<'_>) -> Call {
    let message = |brief: &Brief| {
        let card = json!({
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": VERSION,
            "msteams": { "width": "Full" },
            "body": body(brief),
        });
        let attachment = json!({
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        });
        written(&json!({ "type": "message", "attachments": [attachment] }))
    };
    let body = telling.brief.fitted(message, |message| message.len() <= MAX_MESSAGE_BYTES);
    Call::webhook(&telling.config.url, body)
}

fn body(brief: &Brief) -> Vec<Value> {
    let mut title = run(&brief.title, brief.link.as_deref());
    title["weight"] = "Bolder".into();
    let mut blocks = vec![block(&[title])];
    blocks.extend(brief.lines.iter().map(|line| block(&[run(line, None)])));
    for row in &brief.rows {
        let head = if row.head.is_empty() { "• ".to_owned() } else { format!("• {}: ", row.head) };
        blocks.push(block(&[run(&head, None), run(&row.title, row.link.as_deref())]));
    }
    blocks.extend(brief.foot.iter().map(|line| {
        let mut small = run(line, None);
        small["isSubtle"] = true.into();
        block(&[small])
    }));
    blocks
}

fn block(runs: &[Value]) -> Value {
    json!({ "type": "RichTextBlock", "inlines": runs })
}

fn run(text: &str, link: Option<&str>) -> Value {
    let mut run = json!({ "type": "TextRun", "text": card(text) });
    if let Some(link) = link {
        run["selectAction"] = json!({ "type": "Action.OpenUrl", "url": link });
    }
    run
}
