//! The alerts that polls raise, in words.

use jiff::Timestamp;

use crate::model::{
    Alert, AlertId, AlertKind, Feed, Followed, Item, Lead, MAX_MEMBERS, Match, Member, Record, StoryId, Thread,
};

/// The first report of a story.
pub(super) fn news(id: AlertId, item: &Item, story: StoryId, matched: &Match, now: Timestamp) -> Alert {
    let lead = Lead::of(item);
    Alert {
        id,
        kind: AlertKind::News,
        watch: matched.watch.clone(),
        urgent: false,
        raised: now,
        story: Some(story),
        thread: None,
        standing: None,
        headline: lead.headline(),
        lead: Some(lead),
        matched: Some(matched.clone()),
        members: Vec::new(),
        member_count: 1,
        text: String::new(),
        page: None,
    }
}

/// A report that matters enough to be told at once, in the thread of its story.
pub(super) fn again(
    kind: AlertKind,
    why: &str,
    thread: &Thread,
    item: &Item,
    matched: &Match,
    now: Timestamp,
) -> Alert {
    let mut alert = news(of(thread, kind), item, thread.story, matched, now);
    alert.kind = kind;
    alert.thread = Some(thread.id);
    alert.standing = Some(thread.standing());
    alert.headline = format!("{why}: {}", alert.headline);
    alert.text = match kind {
        AlertKind::Distinct => format!(
            "It was taken for a further report of “{}”, but names other facts. If it is another event: newswatch story \
             split {}",
            thread.headline, item.id
        ),
        _ => format!("First told as “{}”.", thread.headline),
    };
    alert
}

/// A report that waits for the others of its quiet period. The store numbers it.
pub(super) fn update(thread: &Thread, item: &Item, score: f64, note: String, now: Timestamp) -> Alert {
    let standing = thread.standing();
    Alert {
        id: of(thread, AlertKind::Update),
        kind: AlertKind::Update,
        watch: thread.watch.clone(),
        urgent: false,
        raised: now,
        story: Some(thread.story),
        thread: Some(thread.id),
        headline: format!("{standing}: {}", thread.headline),
        standing: Some(standing),
        lead: None,
        matched: None,
        members: vec![Member { note, ..Member::of(item, score) }],
        member_count: 1,
        text: String::new(),
        page: None,
    }
}

/// A report that its feed has taken back.
pub(super) fn withdrawn(feed: &Feed, thread: &Thread, followed: &Followed, now: Timestamp) -> Alert {
    Alert {
        id: of(thread, AlertKind::Withdrawn),
        kind: AlertKind::Withdrawn,
        watch: thread.watch.clone(),
        urgent: false,
        raised: now,
        story: Some(thread.story),
        thread: Some(thread.id),
        standing: Some(thread.standing()),
        headline: format!("withdrawn by {}: {}", feed.name, followed.title),
        lead: None,
        matched: None,
        members: Vec::new(),
        member_count: 1,
        text: "Its feed still shows what is newer and what is older, but not this.".to_owned(),
        page: None,
    }
}

/// What a feed already held at its first poll.
pub(super) fn summary(
    feed: &Feed,
    watch: &str,
    places: &[(usize, usize)],
    records: &[Record],
    now: Timestamp,
) -> Alert {
    let members = places.iter().rev().take(MAX_MEMBERS).map(|(r, d)| {
        let record = &records[*r];
        Member::of(&record.item, record.decisions[*d].matched.score)
    });
    let story = records[places[0].0].story;
    // Another feed's first poll may find the same story at the bottom of its own pile.
    let kind = format!("{} of {}", AlertKind::Summary, feed.id);
    Alert {
        id: AlertId::new(story, watch, &kind, 0),
        kind: AlertKind::Summary,
        watch: watch.to_owned(),
        urgent: false,
        raised: now,
        story: Some(story),
        thread: None,
        standing: None,
        headline: format!("“{}” already holds {} items for this watch", feed.name, places.len()),
        lead: None,
        matched: None,
        members: members.collect(),
        member_count: places.len(),
        text: "This is the feed's first poll. From now on each new item alerts by itself.".to_owned(),
        page: None,
    }
}

/// The latest alert of this kind in the thread.
fn of(thread: &Thread, kind: AlertKind) -> AlertId {
    AlertId::new(thread.story, &thread.watch, kind.name(), thread.ordinal(kind))
}
