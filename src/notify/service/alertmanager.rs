//! Alertmanager: an alert of API v2 (prometheus.io/docs/alerting/latest/alerts_api).
//!
//! Its labels are what it is: alerts of one watch about one story are one alert there, and what was told last is what its
//! annotations say. It resolves by itself when nothing was told for a while, for nobody ever tells the end of news.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Telling, beneath, written};
use crate::model::Secret;
use crate::notify::brief::{Brief, Row};
use crate::notify::http::Call;
use crate::notify::inert;

/// What its alerts are called.
const ALERTNAME: &str = "newswatch";
/// Longest request, in bytes, that we send; there is no bound but that of the server's patience.
const MAX_REQUEST_BYTES: usize = 128_000;

pub(super) fn call(telling: &Telling<'_>, token: Option<&Secret>, resolve_after: Duration) -> Call {
    let alert = |brief: &Brief| written(&json!([alert(telling, brief, resolve_after)]));
    let body = telling.brief.fitted(alert, |body| body.len() <= MAX_REQUEST_BYTES);
    let url = beneath(&telling.config.url, &["api", "v2", "alerts"]);
    Call::post(url, body).bearer(token.map(Secret::expose))
}

fn alert(telling: &Telling<'_>, brief: &Brief, resolve_after: Duration) -> Value {
    let alert = telling.alert;
    let mut labels = json!({ "alertname": ALERTNAME, "watch": inert(&alert.watch) });
    match alert.story {
        Some(story) => labels["story"] = story.to_string().into(),
        // Nothing else may take its place.
        None => labels["alert"] = alert.id.to_string().into(),
    }
    let rows = brief.rows.iter().map(Row::text);
    let description: Vec<String> = brief.lines.iter().cloned().chain(rows).collect();
    let wait = SignedDuration::try_from(resolve_after).unwrap_or(SignedDuration::MAX);
    let ends = telling.now.checked_add(wait).unwrap_or(telling.now);
    let mut value = json!({
        "labels": labels,
        "annotations": {
            "summary": brief.title,
            "description": description.join("\n"),
            "kind": alert.kind.name(),
            "alert": alert.id.to_string(),
        },
        "startsAt": alert.raised.min(telling.now).to_string(),
        "endsAt": ends.to_string(),
    });
    if let Some(link) = &brief.link {
        value["generatorURL"] = link.as_str().into();
    }
    value
}
