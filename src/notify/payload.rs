//! Alerts as JSON: the body of a webhook, and a line of a `format = "json"` terminal.
//!
//! `{"type": "alert.news", "timestamp": …, "data": {…}}` as Standard Webhooks 1.0 asks, `story.updated` for an update; `data.schema_version` is raised
//! by every change that an existing receiver could stumble over.

use jiff::Timestamp;
use serde::Serialize;

use super::inert_json;
use crate::model::{Alert, AlertId, AlertKind, Hit, Lead, Member, Part, Standing, StoryId, clip};

/// Version of `data`.
pub const SCHEMA_VERSION: u32 = 1;
/// Longest body in bytes: Standard Webhooks recommends less than 20 kB.
pub const MAX_BODY_BYTES: usize = 20_000;

#[derive(Serialize)]
struct Payload<'a> {
    r#type: String,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    schema_version: u32,
    alert: AlertId,
    kind: &'static str,
    watch: &'a str,
    raised: Timestamp,
    headline: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    story: Option<StoryId>,
    thread: Option<AlertId>,
    standing: Option<&'a Standing>,
    score: Option<f64>,
    threshold: Option<f64>,
    item: Option<Lead>,
    hits: Vec<Hit>,
    parts: Vec<Part>,
    members: Vec<Member>,
    member_count: usize,
    /// Where a reader can acknowledge, silence or label it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
}

/// The body for an attempt at `now`: at most [`MAX_BODY_BYTES`]. What does not fit is cut, the least telling first;
/// the alert itself always goes out.
pub fn payload(alert: &Alert, now: Timestamp) -> String {
    let mut body = body_of(alert, now, usize::MAX, usize::MAX);
    for (list, text) in [(10, 1_000), (5, 500), (2, 200), (0, 100)] {
        if body.len() <= MAX_BODY_BYTES {
            break;
        }
        body = body_of(alert, now, list, text);
    }
    body
}

fn body_of(alert: &Alert, now: Timestamp, list: usize, text: usize) -> String {
    let matched = alert.matched.as_ref();
    let mut item = alert.lead.clone();
    if let Some(item) = &mut item {
        cut(&mut item.summary, text);
        cut(&mut item.title, text);
        item.link = item.link.take().filter(|link| link.len() <= text.saturating_mul(4));
    }
    let mut standing = alert.standing.clone();
    if let Some(standing) = &mut standing {
        cut(&mut standing.headline, text);
    }
    let mut members: Vec<Member> = alert.members.iter().take(list).cloned().collect();
    members.iter_mut().for_each(|member| cut(&mut member.title, text));
    let payload = Payload {
        r#type: match alert.kind {
            AlertKind::Update => "story.updated".to_owned(),
            kind => format!("alert.{kind}"),
        },
        timestamp: now,
        data: Data {
            schema_version: SCHEMA_VERSION,
            alert: alert.id,
            kind: alert.kind.name(),
            watch: &alert.watch,
            raised: alert.raised,
            headline: clip(&alert.headline, text),
            text: clip(&alert.text, text),
            story: alert.story,
            thread: alert.thread,
            standing: standing.as_ref(),
            score: matched.map(|matched| matched.score),
            threshold: matched.map(|matched| matched.threshold),
            item,
            hits: matched.map(|m| m.hits.iter().take(list).cloned().collect()).unwrap_or_default(),
            parts: matched.map(|m| m.parts.iter().take(list).cloned().collect()).unwrap_or_default(),
            members,
            member_count: alert.member_count,
            page: alert.page.as_deref(),
        },
    };
    inert_json(&serde_json::to_string(&payload).expect("plain data with string keys always serializes"))
}

fn cut(text: &mut String, most: usize) {
    text.truncate(clip(text, most).len());
}
