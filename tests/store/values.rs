//! Values to store.

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{
    Alert, AlertId, AlertKind, Decision, Delivery, FeedId, FeedState, Item, ItemId, ItemKeys, Lead, Match, Outcome,
    Record, Seen, SeenItem, StoryId,
};
use newswatch::store::{PollCommit, Raise};

pub(crate) fn feed() -> FeedId {
    FeedId::new("https://example.org/feed")
}

/// Midday of a day, so that hours do not cross into another.
pub(crate) fn at(hours: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

pub(crate) fn item(n: usize) -> Item {
    Item {
        id: ItemId::new(feed(), "guid", &n.to_be_bytes()),
        feed: feed(),
        feed_name: "Feed".to_owned(),
        guid: Some(n.to_string()),
        link: Some(format!("https://example.org/{n}")),
        title: format!("Item {n} from Tartus"),
        summary: String::new(),
        body: String::new(),
        published: Some(at(0)),
        updated: None,
        authors: vec![],
        categories: vec![],
        language: None,
    }
}

fn matched() -> Match {
    Match { watch: "tartus".to_owned(), score: 0.9, threshold: 0.5, hits: vec![], parts: vec![] }
}

/// Item `n` telling `story`, proposing the story's alert.
pub(crate) fn record(n: usize, story: StoryId, seen: Timestamp) -> Record {
    let alert = AlertId::new(story, "tartus", "news", 0);
    let decisions = vec![Decision { matched: matched(), outcome: Outcome::Alerted(alert) }];
    Record { seen, item: item(n), story, decisions }
}

pub(crate) fn raise(n: usize, story: StoryId, raised: Timestamp, targets: &[&str]) -> Raise {
    let lead = Lead::of(&item(n));
    let alert = Alert {
        id: AlertId::new(story, "tartus", "news", 0),
        kind: AlertKind::News,
        watch: "tartus".to_owned(),
        urgent: false,
        raised,
        story: Some(story),
        thread: None,
        standing: None,
        headline: lead.title.clone(),
        lead: Some(lead),
        matched: Some(matched()),
        members: vec![],
        member_count: 1,
        text: String::new(),
        page: None,
    };
    let deadline = raised + SignedDuration::from_hours(72);
    let deliveries = targets.iter().map(|target| Delivery::new(alert.id, target, raised, deadline)).collect();
    Raise { alert, deliveries }
}

/// What is remembered of item `n`.
pub(crate) fn seen_item(n: usize) -> SeenItem {
    let hash = |of: u64| Some(n as u64 + of);
    let (guid, text, words) = (hash(0), hash(1_000_000), hash(2_000_000));
    let keys = ItemKeys { guid, link: None, text, words, figures: 0, body: 0, published: None, sketch: 0 };
    SeenItem { id: Some(item(n).id), keys, told: vec![] }
}

/// A poll at version `version` that found item `n`, news to `targets`.
pub(crate) fn commit(version: u64, n: usize, when: Timestamp, targets: &[&str]) -> PollCommit {
    let story = StoryId::opened_by(item(n).id);
    let mut state = FeedState::new(feed(), when);
    state.version = version;
    PollCommit {
        state,
        seen: Some(Seen::default().after_reading(vec![seen_item(n)], 20_000, false)),
        records: vec![record(n, story, when)],
        raise: vec![raise(n, story, when, targets)],
        threads: vec![],
    }
}
