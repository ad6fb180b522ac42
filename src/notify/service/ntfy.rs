//! ntfy: a message to a topic, published as JSON (docs.ntfy.sh/publish/#publish-as-json).

use serde_json::json;

use super::{Telling, written};
use crate::model::{AlertKind, Secret};
use crate::notify::brief::{Brief, shorter};
use crate::notify::http::Call;
use crate::notify::markup::unmentioned;

/// Longest message, in bytes: a longer one becomes an attachment.
const MAX_MESSAGE_BYTES: usize = 4_096;
/// Longest title that we write, in characters: what a phone shows.
const MAX_TITLE: usize = 200;

/// Plain text: without `markdown` nothing in it acts. The title's link is what a tap opens.
pub(super) fn call(telling: &Telling<'_>, token: Option<&Secret>, topic: &str) -> Call {
    let message = telling.brief.fitted(message, |message| message.len() <= MAX_MESSAGE_BYTES);
    let mut body = json!({
        "topic": topic,
        "title": unmentioned(&shorter(&telling.brief.title, MAX_TITLE)),
        "message": message,
        "tags": [telling.alert.kind.name()],
        "priority": priority(telling.alert.kind),
    });
    if let Some(link) = &telling.brief.link {
        body["click"] = link.as_str().into();
    }
    // Whoever knows a topic reads it.
    let call = Call::post(telling.config.url.clone(), written(&body)).secret_value("topic", topic);
    call.bearer(token.map(Secret::expose))
}

/// 4, which is high, for what alerts at once; 3 for the rest.
fn priority(kind: AlertKind) -> u8 {
    match kind {
        AlertKind::Update | AlertKind::Edited | AlertKind::Summary | AlertKind::Digest | AlertKind::Test => 3,
        _ => 4,
    }
}

fn message(brief: &Brief) -> String {
    let mut lines = brief.lines.clone();
    for row in &brief.rows {
        lines.push(format!("• {}", row.text()));
        lines.extend(row.link.clone());
    }
    lines.extend(brief.foot.iter().cloned());
    unmentioned(&lines.join("\n"))
}
