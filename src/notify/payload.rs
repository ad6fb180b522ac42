//! Alerts as JSON: the body of a webhook, and a line of a `format = "json"` terminal.
//!
//! `{"type": "alert.news", "timestamp": …, "data": {…}}` as Standard Webhooks 1.0 asks, `story.updated` for an update; `data.schema_version` is raised
//! by every change that an existing receiver could stumble over.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::inert_json;
use crate::model::{
    Alert, AlertId, AlertKind, Hit, Lead, MAX_MEMBER_TEXT_BYTES, Member, Part, Standing, StoryId, clip,
};

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
    standing: Option<Standing>,
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

/// How much of the texts is kept, in bytes, and of the lists, in entries.
#[derive(Clone, Copy)]
struct Cut {
    list: usize,
    text: usize,
    /// Of a digest's members, which all stay.
    member: usize,
    /// Of their links: longer ones are left out.
    link: usize,
}

const fn cut(list: usize, text: usize, member: usize, link: usize) -> Cut {
    Cut { list, text, member, link }
}

const WHOLE: Cut = cut(usize::MAX, usize::MAX, usize::MAX, usize::MAX);
/// Ever less, for an alert about items.
const CUTS: [Cut; 4] = [cut(10, 1_000, 0, 0), cut(5, 500, 0, 0), cut(2, 200, 0, 0), cut(0, 100, 0, 0)];
/// Ever less, for a digest.
const DIGEST_CUTS: [Cut; 10] = [
    cut(10, 1_000, 300, 300),
    cut(10, 1_000, 200, 150),
    cut(5, 500, 300, 0),
    cut(5, 500, 200, 0),
    cut(2, 200, 150, 0),
    cut(2, 200, 120, 0),
    cut(0, 100, 100, 0),
    cut(0, 100, 70, 0),
    cut(0, 100, 40, 0),
    cut(0, 100, 20, 0),
];

/// The body for an attempt at `now`: at most [`MAX_BODY_BYTES`]. What does not fit is cut, the least telling first;
/// the alert itself always goes out, and a digest names all of its members.
pub fn payload(alert: &Alert, now: Timestamp) -> String {
    let mut body = body_of(alert, now, WHOLE);
    let cuts = if alert.kind == AlertKind::Digest { &DIGEST_CUTS[..] } else { &CUTS[..] };
    for cut in cuts {
        if body.len() <= MAX_BODY_BYTES {
            break;
        }
        body = body_of(alert, now, *cut);
    }
    // More members than a webhook's digest has: it was put together for another kind of target.
    let mut fewer = alert.members.len() / 2;
    while body.len() > MAX_BODY_BYTES && fewer > 0 && alert.kind == AlertKind::Digest {
        let members = alert.members[..fewer].to_vec();
        body = body_of(&Alert { members, ..alert.clone() }, now, DIGEST_CUTS[DIGEST_CUTS.len() - 1]);
        fewer /= 2;
    }
    body
}

/// All of an alert's `data`, for templates. What is left out of a body where it says nothing is there, so that a template
/// may speak of it: `text`, and the `watch` of each member.
pub(super) fn data(alert: &Alert) -> Value {
    let mut data = serde_json::to_value(data_of(alert, WHOLE)).expect("plain data with string keys always serializes");
    data["text"] = alert.text.clone().into();
    data["page"] = alert.page.clone().into();
    for member in data["members"].as_array_mut().into_iter().flatten() {
        if member["watch"].is_null() {
            member["watch"] = alert.watch.clone().into();
        }
    }
    data
}

fn body_of(alert: &Alert, now: Timestamp, cut: Cut) -> String {
    let r#type = match alert.kind {
        AlertKind::Update => "story.updated".to_owned(),
        kind => format!("alert.{kind}"),
    };
    let payload = Payload { r#type, timestamp: now, data: data_of(alert, cut) };
    inert_json(&serde_json::to_string(&payload).expect("plain data with string keys always serializes"))
}

fn data_of(alert: &Alert, cut: Cut) -> Data<'_> {
    let Cut { list, text, .. } = cut;
    let matched = alert.matched.as_ref();
    let mut item = alert.lead.clone();
    if let Some(item) = &mut item {
        shorten(&mut item.summary, text);
        shorten(&mut item.title, text);
        item.link = item.link.take().filter(|link| link.len() <= text.saturating_mul(4));
    }
    let standing = alert.standing.clone().map(|mut standing| {
        shorten(&mut standing.headline, text);
        standing
    });
    Data {
        schema_version: SCHEMA_VERSION,
        alert: alert.id,
        kind: alert.kind.name(),
        watch: &alert.watch,
        raised: alert.raised,
        headline: clip(&alert.headline, text),
        text: clip(&alert.text, text),
        story: alert.story,
        thread: alert.thread,
        standing,
        score: matched.map(|matched| matched.score),
        threshold: matched.map(|matched| matched.threshold),
        item,
        hits: matched.map(|m| m.hits.iter().take(list).cloned().collect()).unwrap_or_default(),
        parts: matched.map(|m| m.parts.iter().take(list).cloned().collect()).unwrap_or_default(),
        members: members(alert, cut),
        member_count: alert.member_count,
        page: alert.page.as_deref(),
    }
}

fn members(alert: &Alert, cut: Cut) -> Vec<Member> {
    let Cut { list, text, member, link } = cut;
    let mut members = alert.members.clone();
    if alert.kind != AlertKind::Digest {
        members.truncate(list);
        members.iter_mut().for_each(|member| shorten(&mut member.title, text));
        return members;
    }
    for each in &mut members {
        shorten(&mut each.title, member);
        // Beside a title that was cut, what it comes from may take a third of its place.
        shorten(&mut each.outlet, if member < MAX_MEMBER_TEXT_BYTES { member / 3 } else { member });
        shorten(&mut each.note, member);
        each.link = each.link.take().filter(|text| text.len() <= link);
    }
    members
}

fn shorten(text: &mut String, most: usize) {
    text.truncate(clip(text, most).len());
}
