//! The size of what goes out: however much an item says, a webhook's body stays within its bound, and says enough.

#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use newswatch::matcher::{MAX_HIT_TEXT_BYTES, Matcher};
use newswatch::model::{
    Alert, AlertId, AlertKind, FeedId, Item, ItemId, Lead, MAX_HEADLINE_BYTES, MAX_LINK_BYTES, MAX_MEMBER_TEXT_BYTES,
    MAX_MEMBERS, Member, Role, Standing, StoryId, Term, Watch,
};
use newswatch::notify::{MAX_BODY_BYTES, payload};
use serde_json::Value;

/// Far above every bound.
const MUCH: usize = 100_000;

/// An item whose every text is `piece`, again and again.
fn item(piece: &str, link: usize) -> Item {
    let of = |bytes: usize| piece.repeat(bytes / piece.len());
    let feed = FeedId::new("f");
    Item {
        id: ItemId::new(feed, "guid", b"1"),
        feed,
        feed_name: of(MUCH),
        guid: Some(of(MUCH)),
        link: Some(of(link)),
        title: of(MUCH),
        summary: of(MUCH),
        body: of(MUCH),
        published: Some(Timestamp::UNIX_EPOCH),
        updated: None,
        authors: vec![of(MUCH); 20],
        categories: vec![of(MUCH); 20],
        language: Some(of(MUCH)),
    }
}

fn alert(lead: Option<Lead>, members: Vec<Member>, headline: &str) -> Alert {
    let story = StoryId::opened_by(ItemId::new(FeedId::new("f"), "guid", b"1"));
    Alert {
        id: AlertId::new(story, "w", "news", 0),
        kind: AlertKind::News,
        watch: "w".repeat(64),
        urgent: false,
        raised: Timestamp::UNIX_EPOCH,
        story: Some(story),
        thread: Some(AlertId::new(story, "w", "news", 0)),
        standing: Some(Standing {
            reports: usize::MAX,
            outlets: usize::MAX,
            independent: usize::MAX,
            first_outlet: headline[..headline.floor_char_boundary(MAX_MEMBER_TEXT_BYTES)].to_owned(),
            first_at: Timestamp::UNIX_EPOCH,
            headline: headline[..headline.floor_char_boundary(MAX_HEADLINE_BYTES)].to_owned(),
        }),
        headline: headline.to_owned(),
        lead,
        matched: None,
        member_count: members.len(),
        members,
        text: headline.to_owned(),
        page: None,
    }
}

/// The body as JSON, within its bound.
fn sent(alert: &Alert) -> Value {
    let body = payload(alert, Timestamp::UNIX_EPOCH);
    assert!(body.len() <= MAX_BODY_BYTES, "{} bytes", body.len());
    serde_json::from_str(&body).unwrap()
}

/// Pieces that grow on the way: written with six bytes in JSON where they had one, two, or three.
const PIECES: &[&str] = &["a", "\u{1}", "\"", "\u{85}", "\u{202e}", "🚢"];

#[test]
fn an_extreme_item_fits_the_body_of_a_webhook() {
    for piece in PIECES {
        for link in [MAX_LINK_BYTES, MUCH] {
            let item = item(piece, link);
            let news = sent(&alert(Some(Lead::of(&item)), vec![], &item.title));
            assert!(news["data"]["item"]["title"].as_str().is_some_and(|title| title.len() >= 90), "{piece:?}");
            let summary = sent(&alert(None, vec![Member::of(&item, 0.9); MAX_MEMBERS], &item.title));
            assert_eq!(summary["data"]["member_count"], MAX_MEMBERS);
        }
    }
}

#[test]
fn a_summary_of_ordinary_items_names_them_all() {
    let member = Member::of(&item("long title ", 200), 0.9);
    assert!(member.title.len() <= MAX_MEMBER_TEXT_BYTES);
    let summary = sent(&alert(None, vec![member; MAX_MEMBERS], "headline"));
    assert_eq!(summary["data"]["members"].as_array().unwrap().len(), MAX_MEMBERS);
}

#[test]
fn a_lead_is_bounded_in_every_text() {
    let lead = Lead::of(&item("a", MAX_LINK_BYTES + 1));
    assert_eq!((lead.link, lead.language, lead.feed_name.len()), (None, None, MAX_MEMBER_TEXT_BYTES));
    assert!(Lead::of(&item("a", MAX_LINK_BYTES)).link.is_some());
}

#[test]
fn hits_that_swallow_endless_marks_fit_the_body_of_a_webhook() {
    let roles = [Role::Strong, Role::Context, Role::Against];
    let words: Vec<String> = (0..30).map(|n| format!("{}{n}", "term ".repeat(30))).collect();
    let terms = words.iter().enumerate().map(|(n, word)| Term { text: word.clone(), role: roles[n % 3] }).collect();
    let watch = Watch { name: "w".repeat(64), terms, threshold: 0.5, ..Watch::default() };
    let mut item = item("a", MAX_LINK_BYTES);
    item.body = words.iter().map(|word| format!("{word}{} ", "\u{200f}".repeat(600))).collect();
    let matched = Matcher::new(&[watch]).unwrap().match_item(&item).remove(0);
    assert!(matched.hits.iter().all(|hit| hit.text.len() <= MAX_HIT_TEXT_BYTES && hit.end - hit.start > 1_800));
    let mut alert = alert(Some(Lead::of(&item)), vec![], &item.title);
    alert.matched = Some(matched);
    assert!(!sent(&alert)["data"]["hits"].as_array().unwrap().is_empty());
}
