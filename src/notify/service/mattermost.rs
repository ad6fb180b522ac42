//! Mattermost: an incoming webhook (developers.mattermost.com/integrate/webhooks/incoming).

use serde_json::json;

use super::{Telling, markdown_link, markdown_row, written};
use crate::notify::brief::Brief;
use crate::notify::http::Call;
use crate::notify::markup::mattermost;

/// Longest post, in characters: a longer one is torn into several.
const MAX_TEXT: usize = 16_383;

/// Markdown, escaped. A webhook may mention everybody in a channel, and no setting forbids it: so each `@` is followed by a
/// character without width.
pub(super) fn call(telling: &Telling<'_>) -> Call {
    let text = telling.brief.fitted(text, |text| super::utf16(text) <= MAX_TEXT);
    Call::webhook(&telling.config.url, written(&json!({ "text": text })))
}

fn text(brief: &Brief) -> String {
    let mut lines = vec![format!("**{}**", markdown_link(&mattermost(&brief.title), brief.link.as_deref()))];
    lines.extend(brief.lines.iter().map(|line| mattermost(line)));
    lines.extend(brief.rows.iter().map(|row| format!("- {}", markdown_row(row, mattermost))));
    if !brief.foot.is_empty() {
        // Without a blank line it would go on the last item of the list.
        lines.push(String::new());
        lines.extend(brief.foot.iter().map(|line| mattermost(line)));
    }
    lines.join("\n")
}
