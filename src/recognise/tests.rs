use proptest::prelude::*;

use super::*;
use crate::model::title_sketch;

const STORM: &str = "Storm breaks windows in the harbour district";
const SIREN: &str = "Air raid alert in the Odesa region";

/// An item as a feed publishes it.
#[derive(Debug, Clone, Copy)]
struct Published<'a> {
    guid: &'a str,
    link: &'a str,
    title: &'a str,
    text: &'a str,
    /// Seconds; 0 is none.
    date: i64,
}

const fn item<'a>(guid: &'a str, title: &'a str, date: i64) -> Published<'a> {
    Published { guid, link: "", title, text: "", date }
}

const DAY: u32 = 20_000;

/// A feed, as it is read again and again.
struct Reader {
    seen: Seen,
    edits: Edits,
    now: i64,
}

impl Reader {
    fn new(edits: Edits) -> Self {
        Self { seen: Seen::default(), edits, now: 2_000_000_000 }
    }

    fn read(&mut self, shown: &[Published<'_>]) -> Vec<Recognised> {
        let items: Vec<(ItemId, ItemKeys)> = shown.iter().map(keys).collect();
        let recognised = recognise(FeedId::new("feed"), self.edits, self.now, &items, &self.seen);
        let rows = items.iter().zip(&recognised).map(|((_, keys), known)| SeenItem {
            id: Some(known.id),
            keys: *keys,
            told: vec![1],
        });
        self.seen = self.seen.after_reading(rows.collect(), DAY, self.edits == Edits::Alert);
        recognised
    }

    fn knows(&mut self, shown: &[Published<'_>]) -> Vec<Knowledge> {
        self.read(shown).iter().map(|known| known.knowledge).collect()
    }
}

fn keys(item: &Published<'_>) -> (ItemId, ItemKeys) {
    let key = |kind: &str, key: &str| (!key.is_empty()).then(|| ItemKeys::hash(kind, key));
    let words: String = item.text.chars().filter(|c| !c.is_numeric()).collect();
    let figures: String = item.text.chars().filter(|c| c.is_numeric()).collect();
    let text = format!("{}\0{}\0{}\0{words}", item.guid, item.link, item.title);
    let named = [("guid", item.guid), ("link", item.link), ("text", &text)];
    let (kind, named) = named.into_iter().find(|(_, key)| !key.is_empty()).unwrap_or_default();
    let keys = ItemKeys {
        guid: key("guid", item.guid),
        link: key("link", item.link),
        text: key("text", &text),
        words: key("words", &format!("{}\0{words}", item.title)),
        figures: ItemKeys::hash("figures", &figures) as u32,
        body: key("body", &words).map_or(0, |hash| hash as u32),
        published: (item.date != 0).then_some(item.date),
        sketch: title_sketch(item.title),
    };
    (ItemId::new(FeedId::new("feed"), kind, named.as_bytes()), keys)
}

use Knowledge::{Edited, Moved, New, Recounted, Returned, Reused, Unchanged};

#[test]
fn tells_new_unchanged_edited_and_reused_apart() {
    let mut feed = Reader::new(Edits::Update);
    assert_eq!(feed.knows(&[item("1", STORM, 0)]), [New]);
    assert_eq!(feed.knows(&[item("1", STORM, 0), item("2", SIREN, 0)]), [Unchanged, New]);
    assert_eq!(feed.knows(&[item("1", &format!("{STORM} of Odesa"), 0)]), [Edited]);
    assert_eq!(feed.knows(&[item("1", "Minister of transport resigns", 0)]), [Reused]);
    assert_eq!(feed.knows(&[]), []);
    assert_eq!(feed.knows(&[item("2", SIREN, 0)]), [Unchanged], "it came back as it was");
}

#[test]
fn an_item_that_wears_anothers_guid_keeps_its_id_when_it_is_edited() {
    let mut feed = Reader::new(Edits::Update);
    let first = feed.read(&[item("live", STORM, 0)]);
    let second = feed.read(&[item("live", "Minister of transport resigns over the budget row", 0)]);
    let edited = feed.read(&[item("live", "Minister of transport resigns over the budget row in Odesa", 0)]);
    assert_eq!((second[0].knowledge, edited[0].knowledge), (Reused, Edited));
    assert_ne!(first[0].id, second[0].id);
    assert_eq!(second[0].id, edited[0].id);
    assert!(second[0].told.is_empty() && edited[0].told == [1]);
}

#[test]
fn another_title_over_the_same_text_of_the_same_second_is_an_edit() {
    let mut feed = Reader::new(Edits::Update);
    let told = |title, date| Published { text: "Firemen were called at four", ..item("1", title, date) };
    feed.read(&[told("Fire guts the depot", 1_001)]);
    assert_eq!(feed.knows(&[told("Huge blaze destroys a rail yard, two hurt", 1_001)]), [Edited]);
    assert_eq!(feed.knows(&[told("Minister of transport resigns", 2_001)]), [Reused]);
}

#[test]
fn a_siren_that_comes_back_later_has_returned() {
    for between in [vec![], vec![item("odesa", "All clear, threat has passed", 5_000)]] {
        let mut feed = Reader::new(Edits::Update);
        let first = feed.read(&[item("odesa", SIREN, 1_001)]);
        feed.read(&between);
        let again = feed.read(&[item("odesa", SIREN, 9_001)]);
        assert_eq!((again[0].knowledge, again[0].id), (Returned, first[0].id), "{between:?}");
        assert_eq!(feed.knows(&[item("odesa", SIREN, 9_001)]), [Unchanged]);
        feed.read(&between);
        assert_eq!(feed.knows(&[item("odesa", SIREN, 9_001)]), [Unchanged], "an old copy of the document");
        feed.read(&between);
        let longer = Published { text: "Ballistic missiles", ..item("odesa", SIREN, 19_001) };
        assert_eq!(feed.knows(&[longer]), [Returned]);
    }
}

#[test]
fn a_date_or_a_number_alone_is_an_edit_where_edits_alert() {
    let told = |text| Published { text, ..item("1", STORM, 1_001) };
    let later = Published { date: 2_001, ..told("4 dead") };
    for (edits, number, date) in
        [(Edits::Update, Recounted, Unchanged), (Edits::Alert, Edited, Edited), (Edits::Ignore, Unchanged, Unchanged)]
    {
        let mut feed = Reader::new(edits);
        feed.read(&[told("3 dead")]);
        assert_eq!(feed.knows(&[told("4 dead")]), [number]);
        assert_eq!(feed.knows(&[later]), [date]);
    }
}

#[test]
fn a_version_that_was_there_before_is_no_edit_again() {
    let mut feed = Reader::new(Edits::Alert);
    let (one, two) = (item("1", STORM, 0), item("1", "Storm breaks windows in the harbour districts", 0));
    assert_eq!([one, two, one, two].map(|version| feed.knows(&[version])[0]), [New, Edited, Unchanged, Unchanged]);
}

#[test]
fn an_item_under_new_keys_keeps_its_id_if_it_says_the_same_of_the_same_second() {
    let mut feed = Reader::new(Edits::Update);
    let first = feed.read(&[item("1", STORM, 1_001), item("2", SIREN, 2_001)]);
    let moved = feed.read(&[item("a", STORM, 1_001), item("b", "Air raid alert in the Kyiv region", 2_001)]);
    assert_eq!(
        moved.iter().map(|known| (known.knowledge, known.moved)).collect::<Vec<_>>(),
        [(Moved, true), (New, false)]
    );
    assert_eq!(moved[0].id, first[0].id);
}

#[test]
fn where_all_has_moved_the_same_title_of_the_same_second_is_an_edit() {
    let titles = [STORM, SIREN, "Minister of transport resigns"];
    let list = |guids: [&'static str; 3], text: &'static str| -> Vec<Published<'static>> {
        let dated = guids.into_iter().zip(titles).zip(1..);
        dated.map(|((guid, title), n)| Published { text, ..item(guid, title, n * 1_001) }).collect()
    };
    let mut feed = Reader::new(Edits::Update);
    let first = feed.read(&list(["1", "2", "3"], ""));
    let moved = feed.read(&list(["a", "b", "c"], "Read more"));
    assert!(moved.iter().all(|known| known.knowledge == Edited && known.moved && known.told == [1]), "{moved:?}");
    assert!(first.iter().zip(&moved).all(|(before, now)| before.id == now.id));
    let one = feed.read(&[list(["a", "b", "c"], "Read more"), list(["d", "e", "f"], "")[..1].to_vec()].concat());
    assert_eq!(one[3].knowledge, New);
}

#[test]
fn midnight_is_no_second() {
    let mut feed = Reader::new(Edits::Update);
    assert_eq!(feed.knows(&[item("1", SIREN, 86_400)]), [New]);
    assert_eq!(feed.knows(&[item("2", SIREN, 86_400), item("1", SIREN, 86_400)]), [New, Unchanged]);
    assert_eq!(feed.knows(&[item("3", SIREN, 86_400)]), [New]);
}

#[test]
fn a_feed_that_makes_all_keys_anew_has_moved_whatever_its_dates_do() {
    let titles = [STORM, SIREN, "Minister of transport resigns", "Ferry service to the islands resumes"];
    for dates in [|_: i64| 0, |_| 86_400, |poll: i64| 1_000_001 + poll * 777] {
        let mut feed = Reader::new(Edits::Update);
        let mut ids = Vec::new();
        for poll in 0..4 {
            let guids: Vec<String> = (0..4).map(|n| format!("{poll}-{n}")).collect();
            let shown: Vec<_> = guids.iter().zip(titles).map(|(guid, title)| item(guid, title, dates(poll))).collect();
            feed.now = dates(poll) + 20;
            let found = feed.read(&shown);
            assert!(found.iter().all(|known| known.knowledge == if poll == 0 { New } else { Moved }), "{found:?}");
            ids.push(found.iter().map(|known| known.id).collect::<Vec<_>>());
        }
        assert!(ids.iter().all(|of_poll| *of_poll == ids[0]));
    }
}

#[test]
fn sirens_that_follow_sirens_have_not_moved() {
    let regions = ["Odesa", "Kyiv", "Lviv"].map(|region| format!("Air raid alert in the {region} region"));
    let list = |night: i64| -> Vec<Published<'_>> {
        let guids = [["1", "2", "3"], ["4", "5", "6"]][night as usize];
        regions.iter().zip(guids).map(|(title, guid)| item(guid, title, 1_000_001 + night * 40_000)).collect()
    };
    for all_clear in [false, true] {
        let mut feed = Reader::new(Edits::Update);
        assert_eq!(feed.knows(&list(0)), [New; 3]);
        if all_clear {
            assert_eq!(feed.knows(&[]), []);
        }
        assert_eq!(feed.knows(&list(1)), [New; 3]);
    }
}

#[test]
fn what_has_no_key_is_known_by_its_beginning_and_its_date() {
    let mut feed = Reader::new(Edits::Update);
    assert_eq!(feed.knows(&[item("", SIREN, 1_001)]), [New]);
    assert_eq!(feed.knows(&[item("", SIREN, 1_001)]), [Unchanged]);
    assert_eq!(feed.knows(&[item("", SIREN, 5_001)]), [Returned]);
    assert_eq!(feed.knows(&[item("", SIREN, 9_001), item("", SIREN, 5_001)]), [New, Unchanged]);
}

#[test]
fn two_events_at_one_url_are_two() {
    let live = |guid, title, date| Published { link: "/live", ..item(guid, title, date) };
    let mut feed = Reader::new(Edits::Update);
    let first = feed.read(&[live("1", "Missile strike in Odesa kills two", 1_001)]);
    let second = feed.read(&[live("2", "Missile strike in Odesa kills ten", 9_001)]);
    assert_eq!((second[0].knowledge, second[0].worn), (Reused, Some(first[0].id)));
    assert_eq!(
        feed.knows(&[live("3", "Missile strike in Odesa kills ten", 9_001)]),
        [Unchanged],
        "it got another GUID"
    );
}

#[test]
fn guids_that_number_the_places_of_a_list_tell_nothing() {
    let mut feed = Reader::new(Edits::Update);
    let first = feed.read(&[item("0", SIREN, 1_001)]);
    let second = feed.read(&[item("0", SIREN, 9_001), item("1", SIREN, 1_001)]);
    assert_eq!(second.iter().map(|known| known.knowledge).collect::<Vec<_>>(), [Reused, Moved]);
    assert_eq!(second[1].id, first[0].id);
}

#[test]
fn keys_may_all_change_while_comments_are_counted() {
    let with = |guid, text| Published { text, ..item(guid, STORM, 1_001) };
    let mut feed = Reader::new(Edits::Update);
    assert_eq!(
        ["1", "2", "3"].map(|guid| feed.knows(&[with(guid, "The ship left. 4 comments")])[0]),
        [New, Moved, Moved]
    );
    assert_eq!(feed.knows(&[with("4", "The ship left. 5 comments")]), [Recounted]);
}

#[test]
fn a_number_that_was_there_before_is_no_edit_again() {
    let with = |text| Published { text, ..item("1", STORM, 1_001) };
    let mut feed = Reader::new(Edits::Alert);
    let known = ["3 dead", "4 dead", "3 dead", "4 dead"].map(|text| feed.knows(&[with(text)])[0]);
    assert_eq!(known, [New, Edited, Unchanged, Unchanged]);
}

#[test]
fn keys_of_formats_before_are_known_without_what_they_said() {
    let mut feed = Reader::new(Edits::Update);
    feed.read(&[item("1", STORM, 0), item("2", SIREN, 0)]);
    let stored = feed.seen.present().iter().map(|known| SeenItem {
        id: None,
        keys: ItemKeys { text: None, words: None, published: None, ..known.keys },
        told: vec![],
    });
    feed.seen = Seen::default().after_reading(stored.collect(), DAY, false);
    let longer = format!("{STORM} of Odesa");
    assert_eq!(feed.knows(&[item("1", &longer, 0), item("2", "Ferries resume", 0)]), [Unchanged, Reused]);
    assert_eq!(feed.knows(&[item("1", STORM, 0)]), [Edited]);
}

fn published() -> impl Strategy<Value = Published<'static>> {
    let keys = ["", "1", "2", "3"];
    let titles = [STORM, SIREN, "Storm breaks windows in the harbour districts", "Ferries resume"];
    (0..4_usize, 0..4_usize, 0..4_usize, 0..3_usize, 0..3_usize).prop_map(move |(guid, link, title, text, date)| {
        let (text, date) = (["", "3 dead", "4 dead"][text], [0, 1_001, 86_400][date]);
        Published { guid: keys[guid], link: keys[link], title: titles[title], text, date }
    })
}

/// As `parse::items` gives them: no two share a key.
fn document() -> impl Strategy<Value = Vec<Published<'static>>> {
    prop::collection::vec(published(), 0..6).prop_map(|mut shown| {
        let mut known = HashSet::new();
        shown.retain(|item| keys(item).1.each().all(|key| known.insert(key)));
        shown
    })
}

proptest! {
    #[test]
    fn ids_are_distinct_and_what_was_never_seen_is_new(documents in prop::collection::vec(document(), 1..6)) {
        let mut feed = Reader::new(Edits::Update);
        let (mut said, mut worn) = (HashSet::new(), HashSet::new());
        for shown in documents {
            let found = feed.read(&shown);
            let ids: HashSet<ItemId> = found.iter().map(|known| known.id).collect();
            prop_assert_eq!(ids.len(), found.len());
            for (item, known) in shown.iter().zip(&found) {
                let (_, keys) = keys(item);
                let is_known = said.contains(&item.title) || keys.each().any(|key| worn.contains(&key));
                let dated = item.date != 0 && item.date % 900 != 0;
                prop_assert!(known.knowledge == New || is_known || dated, "{:?} is {:?}", item, known);
            }
            said.extend(shown.iter().map(|item| item.title));
            worn.extend(shown.iter().flat_map(|item| keys(item).1.each().collect::<Vec<_>>()));
            // The same document again says nothing new.
            let again = feed.knows(&shown);
            prop_assert!(again.iter().all(|known| *known == Unchanged), "{:?}: {:?}", shown, again);
        }
    }
}
