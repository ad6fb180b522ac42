//! Made-up alerts, one of every kind: for whoever writes a template, and for whoever wants to see one.

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Alert, AlertId, AlertKind, FeedId, Field, Form, Hit, ItemId, Lead, Match, Member, Part, Role, Standing, StoryId,
};

/// Every kind of alert.
pub const KINDS: [AlertKind; 15] = [
    AlertKind::News,
    AlertKind::Update,
    AlertKind::Corroborated,
    AlertKind::Escalated,
    AlertKind::Grown,
    AlertKind::Corrected,
    AlertKind::Withdrawn,
    AlertKind::Edited,
    AlertKind::Distinct,
    AlertKind::Summary,
    AlertKind::Digest,
    AlertKind::Notice,
    AlertKind::Test,
    AlertKind::Reminder,
    AlertKind::Drill,
];

const TITLE: &str = "Grain terminal of Odesa reopens after repairs";
const WATCH: &str = "harbour";
const SCORE: f64 = 0.9;
const THRESHOLD: f64 = 0.5;

/// A made-up alert of the kind, raised at `now`.
pub fn sample(kind: AlertKind, now: Timestamp) -> Alert {
    match kind {
        AlertKind::Notice | AlertKind::Test => {
            let text = "This is what newswatch says about itself.\nIt may have several lines.".to_owned();
            Alert::about_itself(kind, "a sample", "A sample of a notice".to_owned(), text, now)
        }
        AlertKind::Summary | AlertKind::Digest => several(kind, now),
        _ => story(kind, now),
    }
}

fn story(kind: AlertKind, now: Timestamp) -> Alert {
    let lead = lead(now);
    let story = StoryId::opened_by(lead.item);
    let first = AlertId::new(story, WATCH, AlertKind::News.name(), 0);
    let later = kind != AlertKind::News;
    let standing = Standing {
        reports: 3,
        outlets: 2,
        independent: 2,
        first_outlet: lead.feed_name.clone(),
        first_at: before(now, 40),
        headline: TITLE.to_owned(),
    };
    let update = kind == AlertKind::Update;
    Alert {
        id: if later { AlertId::new(story, WATCH, kind.name(), 0) } else { first },
        kind,
        watch: WATCH.to_owned(),
        urgent: false,
        raised: now,
        story: Some(story),
        thread: later.then_some(first),
        standing: later.then_some(standing),
        headline: TITLE.to_owned(),
        matched: (!update).then(matched),
        members: if update { vec![member(0, now), member(1, now)] } else { Vec::new() },
        member_count: if update { 2 } else { 1 },
        lead: (!update).then_some(lead),
        text: String::new(),
        page: Some("https://desk.example.org/alert/…".to_owned()),
    }
}

fn several(kind: AlertKind, now: Timestamp) -> Alert {
    let headline = "3 alerts of 2 watches".to_owned();
    let mut alert = Alert::about_itself(kind, "a sample", headline, String::new(), now);
    alert.watch = WATCH.to_owned();
    alert.members = (0..3).map(|n| member(n, now)).collect();
    if kind == AlertKind::Digest {
        for (n, member) in alert.members.iter_mut().enumerate() {
            member.watch = if n == 1 { "exports".to_owned() } else { WATCH.to_owned() };
        }
    }
    alert.member_count = alert.members.len();
    alert
}

fn lead(now: Timestamp) -> Lead {
    let feed = FeedId::new("https://news.example/feed");
    Lead {
        item: ItemId::new(feed, "guid", b"sample"),
        feed,
        feed_name: "Harbour News".to_owned(),
        link: Some("https://news.example/grain?from=feed&n=1".to_owned()),
        title: TITLE.to_owned(),
        summary: "The first ships are expected on Monday, said the port's <director>.".to_owned(),
        published: Some(before(now, 2)),
        language: Some("en".to_owned()),
        arrival: None,
    }
}

fn member(n: u32, now: Timestamp) -> Member {
    let feed = FeedId::new("https://news.example/feed");
    Member {
        item: ItemId::new(feed, "guid", &n.to_be_bytes()),
        title: format!("{TITLE}, report {}", n + 1),
        link: Some(format!("https://news.example/report/{n}")),
        score: SCORE,
        outlet: "Harbour News".to_owned(),
        published: Some(before(now, i64::from(n))),
        note: if n == 0 { "corrected".to_owned() } else { String::new() },
        watch: String::new(),
    }
}

fn matched() -> Match {
    let text = "terminal of Odesa";
    let start = TITLE.find(text).unwrap_or_default();
    let hit = Hit {
        term: text.to_owned(),
        role: Role::Strong,
        form: Form::Base,
        field: Field::Title,
        start,
        end: start + text.len(),
        text: text.to_owned(),
        weight: SCORE,
    };
    let part = Part { what: format!("strong term “{text}” in the title"), value: SCORE };
    Match { watch: WATCH.to_owned(), score: SCORE, threshold: THRESHOLD, hits: vec![hit], parts: vec![part] }
}

fn before(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now)
}
