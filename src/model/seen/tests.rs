use super::*;
use crate::model::FeedId;

fn item(n: usize, words: u64) -> SeenItem {
    let id = ItemId::new(FeedId::new("feed"), "guid", &n.to_be_bytes());
    let keys = ItemKeys {
        guid: Some(n as u64),
        link: None,
        text: Some(n as u64 + 1_000_000),
        words: Some(words),
        figures: 0,
        body: 0,
        published: n.is_multiple_of(2).then_some(-5),
        sketch: 7,
    };
    SeenItem { id: Some(id), keys, told: vec![3; n % 3] }
}

fn is_known(seen: &Seen, item: &SeenItem) -> bool {
    seen.present().iter().chain(seen.gone()).any(|known| known == item)
}

#[test]
fn an_item_is_forgotten_thirty_days_after_it_left_not_before() {
    let (old, other) = (item(1, 0), item(2, 0));
    let mut seen = Seen::default().after_reading(vec![old.clone()], 100, false);
    for day in 101..200 {
        seen = seen.after_reading(vec![old.clone()], day, false);
    }
    seen = seen.after_reading(vec![other.clone()], 200, false).after_reading(vec![other.clone()], 230, false);
    assert!(is_known(&seen, &old));
    seen = seen.after_reading(vec![other], 231, false);
    assert!(!is_known(&seen, &old));
}

#[test]
fn an_item_that_comes_back_is_present_only() {
    let seen = Seen::default().after_reading(vec![item(1, 0)], 1, false).after_reading(vec![], 2, false);
    assert_eq!((seen.present().len(), seen.gone().count()), (0, 1));
    let seen = seen.after_reading(vec![item(1, 0)], 3, false);
    assert_eq!((seen.present().len(), seen.gone().count()), (1, 0));
}

#[test]
fn an_edit_leaves_the_version_before_behind_and_another_number_leaves_nothing() {
    let seen = Seen::default().after_reading(vec![item(1, 0)], 1, false).after_reading(vec![item(1, 9)], 1, false);
    assert_eq!(seen.gone().collect::<Vec<_>>(), [&item(1, 0)]);
    let mut counted = item(1, 9);
    counted.keys.figures = 5;
    assert_eq!(seen.after_reading(vec![counted], 1, false).gone().count(), 1);
}

#[test]
fn stored_bytes_lead_back_and_damage_is_an_error() {
    let first: Vec<SeenItem> = (0..4).map(|n| item(n, 0)).collect();
    let seen = Seen::default().after_reading(first.clone(), 5, false).after_reading(vec![item(9, 0)], 6, false);
    let bytes = seen.encode();
    assert_eq!(Seen::decode(&bytes), Ok(seen.clone()));
    assert_eq!(Seen::decode(&[]), Ok(Seen::default()));
    let after_first_group = Seen { present: seen.present.clone(), gone: vec![] }.encode().len();
    for len in 5..bytes.len() {
        assert_eq!(Seen::decode(&bytes[..len]).is_ok(), len == after_first_group, "{len}");
    }
}

#[test]
fn keys_of_the_formats_before_are_read_and_go_when_their_items_are_read_again() {
    let mut bytes = Vec::new();
    for (day, keys) in [(0_u32, vec![1_u64, 700]), (19_000, vec![2])] {
        bytes.extend(day.to_le_bytes());
        bytes.extend((keys.len() as u32).to_le_bytes());
        keys.iter().for_each(|key| bytes.extend([&key.to_le_bytes()[..], &7_u32.to_le_bytes()].concat()));
    }
    let seen = Seen::decode(&bytes).expect("the format before");
    assert_eq!((seen.present().len(), seen.gone().count()), (2, 1));
    assert!(seen.present().iter().all(|known| known.id.is_none() && known.keys.words.is_none()));
    let seen = seen.after_reading(vec![item(1, 0), item(2, 0)], 19_001, false);
    assert_eq!(seen.gone().map(|known| known.keys.guid).collect::<Vec<_>>(), [Some(700)]);
}

#[test]
fn many_gone_items_are_bounded_from_the_oldest_day() {
    let day = |d: usize| -> Vec<SeenItem> { (0..10_000).map(|i| item(d * 10_000 + i, 0)).collect() };
    let mut seen = Seen::default();
    for d in 0..5 {
        seen = seen.after_reading(day(d), d as u32, false);
    }
    assert_eq!(seen.gone().count(), MAX_GONE);
    assert!(is_known(&seen, &day(3)[7]) && !is_known(&seen, &day(0)[7]));
}
