//! PagerDuty: a trigger event of Events API v2 (developer.pagerduty.com/docs/events-api-v2/trigger-events).
//!
//! Alerts of one thread have one `dedup_key`: what is told of a story later goes to the incident that its first report has
//! opened, as long as that is open.

use serde_json::{Value, json};

use super::{Telling, beneath, written};
use crate::model::{Secret, Severity};
use crate::notify::brief::{Brief, Row, shorter};
use crate::notify::http::{Answer, Call};

/// Longest summary, in characters.
const MAX_SUMMARY: usize = 1_024;
/// Longest event, in bytes, that we send; 512 KB are the most.
const MAX_EVENT_BYTES: usize = 256_000;
/// Most links: one for the incident, and one for each row that has one.
const MAX_LINKS: usize = 50;

pub(super) fn call(telling: &Telling<'_>, routing_key: &Secret, severity: Severity) -> Call {
    let event = |brief: &Brief| written(&event(telling, brief, routing_key, severity));
    let body = telling.brief.fitted(event, |event| event.len() <= MAX_EVENT_BYTES);
    let url = beneath(&telling.config.url, &["v2", "enqueue"]);
    Call::post(url, body).secret(routing_key.expose())
}

fn event(telling: &Telling<'_>, brief: &Brief, routing_key: &Secret, severity: Severity) -> Value {
    let alert = telling.alert;
    let links = brief.link.iter().map(|link| json!({ "href": link, "text": brief.title }));
    let rows = brief.rows.iter().filter_map(|row| Some(json!({ "href": row.link.as_ref()?, "text": row.title })));
    json!({
        "routing_key": routing_key.expose(),
        "event_action": "trigger",
        "dedup_key": format!("newswatch-{}", alert.thread.unwrap_or(alert.id)),
        "client": "newswatch",
        "payload": {
            "summary": shorter(&brief.title, MAX_SUMMARY),
            "source": alert.lead.as_ref().map_or("newswatch".to_owned(), |lead| crate::notify::inert(&lead.feed_name)),
            "severity": severity.name(),
            "timestamp": alert.raised.to_string(),
            "component": crate::notify::inert(&alert.watch),
            "class": alert.kind.name(),
            "custom_details": {
                "text": brief.lines.join("\n"),
                "members": brief.rows.iter().map(Row::text).collect::<Vec<_>>(),
                "alert": alert.id,
                "story": alert.story,
            },
        },
        "links": links.chain(rows).take(MAX_LINKS).collect::<Vec<_>>(),
    })
}

/// 400 is an event that is none, which no repeat mends ("check that the JSON is valid"); but a routing key that is wrong is
/// a slip in the configuration.
pub(super) fn is_final(answer: &Answer) -> bool {
    answer.status.as_u16() == 410 || answer.status.as_u16() == 400 && !answer.body.contains("routing")
}
