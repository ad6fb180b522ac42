use super::*;
use crate::model::Source;

fn feed() -> Feed {
    let url: Url = "https://example.org/feed".parse().expect("a URL");
    Feed { name: "Example".to_owned(), language: Some("en".to_owned()), ..Feed::new(Source::Url(url)) }
}

fn published(id: &str, link: &str, title: &str, summary: &str) -> Published {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Published {
        id: filled(id),
        link: filled(link),
        title: filled(title),
        summary: filled(summary),
        ..Published::default()
    }
}

fn of(list: Vec<Published>) -> Vec<(Item, ItemKeys)> {
    items(&feed(), &Document { items: list, ..Document::default() })
}

#[test]
fn a_number_changes_figures_and_a_word_changes_words() {
    let one = of(vec![published("1", "", "Port", "4 comments")]);
    let two = of(vec![published("1", "", "Port", "15 comments")]);
    let three = of(vec![published("1", "", "Port", "15 opinions")]);
    assert_eq!(one[0].1.words, two[0].1.words);
    assert_ne!(one[0].1.figures, two[0].1.figures);
    assert_ne!(one[0].1.words, three[0].1.words);
    assert_eq!(one[0].0.id, three[0].0.id);
}

#[test]
fn a_shared_key_identifies_nothing() {
    let list = of(vec![
        published("x", "https://example.org/", "One", ""),
        published("x", "https://example.org/", "Two", ""),
        published("y", "https://example.org/", "Three", ""),
    ]);
    assert_eq!(list.iter().map(|(_, keys)| keys.guid.is_some()).collect::<Vec<_>>(), [false, false, true]);
    assert!(list.iter().all(|(_, keys)| keys.link.is_none()));
    assert_eq!(list.iter().map(|(item, _)| item.id).collect::<HashSet<_>>().len(), 3);
}

#[test]
fn what_has_no_title_is_told_apart_by_its_text_and_updated_dates_it() {
    let blast = of(vec![published("live", "", "", "Explosion heard near the port")]);
    let bridge = of(vec![published("live", "", "⚡⚡", "A bridge has collapsed on the ring road")]);
    assert!(!crate::model::similar_sketches(blast[0].1.sketch, bridge[0].1.sketch));
    let updated = Some(Timestamp::UNIX_EPOCH);
    assert_eq!(of(vec![Published { updated, ..published("1", "", "T", "") }])[0].1.published, Some(0));
}

#[test]
fn what_begins_alike_is_no_duplicate() {
    let boilerplate = "The harbour office gives notice. ".repeat(20);
    let list = of(vec![
        published("", "", "Notice", &format!("{boilerplate}Northern berth closed.")),
        published("", "", "Notice", &format!("{boilerplate}A mine was sighted.")),
        published("", "", "Delay", "Flight 711"),
        published("", "", "Delay", "Flight 714"),
    ]);
    assert_eq!(list.iter().map(|(item, _)| item.id).collect::<HashSet<_>>().len(), 4);
}

#[test]
fn exact_duplicates_are_one_item_and_keep_its_id() {
    let once = of(vec![published("x", "", "One", "text")]);
    let twice = of(vec![published("x", "", "One", "text"), published("x", "", "One", "text")]);
    assert_eq!(once, twice);
}

#[test]
fn links_are_compared_without_what_does_not_matter() {
    for (link, want) in [
        ("HTTPS://Example.ORG:443/a#top", "https://example.org/a#top"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=1", "https://example.org/a?id=7"),
        ("https://example.org/a?utm_source=x", "https://example.org/a"),
        ("not a url", "not a url"),
    ] {
        assert_eq!(canonical(link), want);
    }
}

#[test]
fn facts_fall_back_to_the_document_and_the_feed() {
    let document = Document {
        language: Some("ar".to_owned()),
        items: vec![
            published("1", "", "<b>O</b>desa", ""),
            Published { language: Some("ru".to_owned()), ..Published::default() },
        ],
        ..Document::default()
    };
    let list = items(&feed(), &document);
    assert_eq!(list[0].0.title, "Odesa");
    assert_eq!(list[0].0.feed_name, "Example");
    assert_eq!(list.iter().map(|(item, _)| item.language.as_deref()).collect::<Vec<_>>(), [Some("ar"), Some("ru")]);
    assert_eq!(of(vec![published("1", "", "", "")])[0].0.language.as_deref(), Some("en"));
}
