//! What is told together: its members and its id are fixed before the first attempt, and so every attempt tells the same.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::MAX_MEMBER_TEXT_BYTES;
use crate::model::{Alert, AlertId, AlertKind, Delivery, DeliveryId, Digested, Member, Target, clip};
use crate::schedule;
use crate::store::{Raise, Settlement};

/// Puts deliveries of one target into a digest. There is at least one.
pub(super) fn digest(target: &Target, members: &[(Delivery, Alert)], now: Timestamp) -> Settlement {
    let mut members: Vec<&(Delivery, Alert)> = members.iter().collect();
    // What is urgent stands above.
    members.sort_by_key(|(delivery, alert)| (!alert.urgent, alert.raised, delivery.id));
    let ids: Vec<DeliveryId> = members.iter().map(|(delivery, _)| delivery.id).collect();
    let id = AlertId::digest(&target.name, &ids);
    let digested = members.iter().map(|(delivery, _)| Digested {
        id: delivery.id,
        alert: delivery.alert,
        target: target.name.clone(),
        digest: id,
        at: now,
    });
    let digested = digested.collect();
    let alerts: Vec<&Alert> = members.iter().map(|(_, alert)| alert).collect();
    let alert = told_by(id, &alerts, now);
    let deliveries = vec![Delivery::new(id, &target.name, now, schedule::due(now, target.deadline))];
    Settlement::Digest(digested, Box::new(Raise { alert, deliveries }))
}

fn told_by(id: AlertId, alerts: &[&Alert], now: Timestamp) -> Alert {
    let mut watches: BTreeMap<&str, usize> = BTreeMap::new();
    alerts.iter().for_each(|alert| *watches.entry(&alert.watch).or_default() += 1);
    let counts: Vec<String> = watches.iter().map(|(watch, count)| format!("{count} of {watch}")).collect();
    // Alerts about one story stay in its thread.
    let common = |of: &dyn Fn(&Alert) -> Option<String>| {
        let first = alerts.first().and_then(|alert| of(alert))?;
        alerts.iter().all(|alert| of(alert).as_ref() == Some(&first)).then_some(first)
    };
    let watch = common(&|alert| Some(alert.watch.clone()));
    let one_story = common(&|alert| alert.story.map(|story| story.to_string())).is_some();
    let notice = Alert::about_itself(AlertKind::Digest, "", String::new(), String::new(), now);
    let headline = match (one_story, alerts.first()) {
        (true, Some(first)) => format!("{} reports: {}", alerts.len(), first.headline),
        _ => format!("{} alerts: {}", alerts.len(), counts.join(", ")),
    };
    Alert {
        id,
        watch: watch.unwrap_or_else(|| notice.watch.clone()),
        urgent: alerts.iter().any(|alert| alert.urgent),
        story: alerts.first().and_then(|alert| alert.story).filter(|_| one_story),
        thread: alerts.first().and_then(|alert| alert.thread).filter(|_| one_story),
        standing: alerts.last().and_then(|alert| alert.standing.clone()).filter(|_| one_story),
        headline,
        members: alerts.iter().map(|alert| member(alert)).collect(),
        member_count: alerts.len(),
        ..notice
    }
}

/// An alert as a line of a digest.
fn member(alert: &Alert) -> Member {
    let (lead, first) = (alert.lead.as_ref(), alert.members.first());
    let note = match alert.kind {
        AlertKind::News => String::new(),
        kind => kind.name().to_owned(),
    };
    Member {
        // A notice is about no item; its own id tells it apart.
        item: lead.map(|lead| lead.item).or(first.map(|member| member.item)).unwrap_or_else(|| item_of(alert)),
        title: clip(&alert.headline, MAX_MEMBER_TEXT_BYTES).to_owned(),
        link: lead.and_then(|lead| lead.link.clone()).or_else(|| first.and_then(|member| member.link.clone())),
        score: alert.matched.as_ref().map(|matched| matched.score).or(first.map(|m| m.score)).unwrap_or_default(),
        outlet: lead.map(|lead| lead.feed_name.clone()).or(first.map(|m| m.outlet.clone())).unwrap_or_default(),
        published: lead.and_then(|lead| lead.published).or(first.and_then(|member| member.published)),
        note,
        watch: alert.watch.clone(),
    }
}

fn item_of(alert: &Alert) -> crate::model::ItemId {
    crate::model::ItemId::new(crate::model::FeedId::new(""), "alert", &alert.id.to_bytes())
}
