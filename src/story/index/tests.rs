use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::model::FeedId;
use crate::story::sample;

fn item(feed: &str, guid: &str, link: &str, title: &str, summary: &str) -> Item {
    let feed = FeedId::new(feed);
    Item {
        id: ItemId::new(feed, "guid", guid.as_bytes()),
        feed,
        guid: Some(guid.to_owned()),
        link: (!link.is_empty()).then(|| link.to_owned()),
        ..sample::item(title, summary)
    }
}

fn in_language(language: &str, item: Item) -> Item {
    Item { language: Some(language.to_owned()), ..item }
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

const BLAST: &str = "Blast heard near the naval base of Odesa";

#[test]
fn copies_join_and_different_news_does_not() {
    let mut index = StoryIndex::default();
    let first = index.assign(&item("a", "1", "https://x/1", BLAST, "s"), at(0));
    let copy = index.assign(&item("b", "9", "https://y/7", &format!("{BLAST}!"), "other"), at(1));
    let same_link =
        index.assign(&item("c", "3", "https://x/1", "Blasts heard near the naval base of Odesa", ""), at(2));
    let other = index.assign(&item("b", "10", "https://y/8", "Minister visits a school", ""), at(3));
    assert_eq!(
        [first.why, copy.why, same_link.why, other.why],
        [Why::Opened, Why::SameTitle, Why::SameLink, Why::Opened]
    );
    assert_eq!([copy.story, same_link.story], [first.story; 2]);
    assert_ne!(first.story, other.story);
}

#[test]
fn rewrites_and_translations_join() {
    let mut index = StoryIndex::default();
    let first = index.assign(&in_language("en", item("a", "1", "", BLAST, "")), at(0));
    for (language, title) in [
        ("en", "Explosion at naval base in Odesa heard across the city"),
        ("de", "Explosion am Marinestützpunkt in Odessa"),
        ("ru", "В Одессе прогремел взрыв у военно-морской базы"),
        ("fr", "Une explosion près de la base navale d'Odessa"),
    ] {
        let joined = index.assign(&in_language(language, item(language, "1", "", title, "")), at(1));
        assert_eq!(joined.story, first.story, "{title}: {joined:?}");
    }
    let other = index
        .assign(&in_language("de", item("x", "1", "", "Odessa wählt im Herbst einen neuen Bürgermeister", "")), at(1));
    assert_ne!(other.story, first.story, "{other:?}");
}

#[test]
fn what_a_feed_says_of_other_places_and_numbers_are_other_events() {
    let mut index = StoryIndex::default();
    let titles = [
        "Flood warning in force for the river Elbe at Dresden",
        "Flood warning in force for the river Elbe at Torgau",
        "Earthquake of magnitude 4.6 strikes 12 km south of Izmir",
        "Earthquake of magnitude 5.1 strikes 30 km south of Izmir",
        "Air raid alert in Sumy district",
        "Air raid alert in Poltava district",
    ];
    let stories: Vec<StoryId> =
        titles.iter().map(|title| index.assign(&item("alerts", title, "", title, ""), at(0)).story).collect();
    for (one, title) in titles.iter().enumerate() {
        assert_eq!(stories.iter().filter(|story| **story == stories[one]).count(), 1, "{title}");
    }
}

#[test]
fn a_standing_headline_or_link_joins_nothing() {
    let mut index = StoryIndex::default();
    let monday = index.assign(&item("a", "1", "https://x", "The daily briefing of today", "on fish"), at(0));
    let tuesday =
        index.assign(&item("a", "2", "https://x", "The daily briefing of today", "on 3 ships in Odesa"), at(24));
    assert_ne!(monday.story, tuesday.story);
    let short = index.assign(&item("b", "1", "", "Live updates", "x"), at(1));
    let short_again = index.assign(&item("c", "1", "", "Live updates", "y"), at(1));
    assert_ne!(short.story, short_again.story);
}

#[test]
fn a_siren_that_says_the_same_again_is_another_event_and_a_copy_is_not() {
    let mut index = StoryIndex::default();
    let siren = |guid: &str, hours: i64| Item {
        published: Some(at(hours)),
        ..item("a", guid, "", "Air raid alert in the district of Sumy", "Go to the shelters.")
    };
    let first = index.assign(&siren("1", 10), at(10));
    let copy = index.assign(&siren("2", 10), at(11));
    assert_eq!((copy.story, copy.why), (first.story, Why::SameText));
    let again = index.assign(&siren("3", 12), at(12));
    assert_eq!(again.why, Why::Opened);
}

#[test]
fn an_edit_keeps_its_story_and_stories_end_with_the_window() {
    let mut index = StoryIndex::default();
    let first = index.assign(&item("a", "1", "", "Port is closed after the storm", ""), at(0));
    let edited = index.assign(&item("a", "1", "", "Port reopened", ""), at(71));
    assert_eq!((edited.story, edited.why), (first.story, Why::Known));
    let later = index.assign(&item("b", "1", "", "Port is closed after the storm", ""), at(73));
    assert_ne!(later.story, first.story);
    assert!(index.is_open(first.story));
    index.assign(&item("z", "z", "", "", ""), at(400));
    assert_eq!((index.len(), index.is_open(first.story)), (1, false));
}

#[test]
fn an_item_years_old_joins_no_story_of_today() {
    let mut index = StoryIndex::default();
    let dated =
        |guid: &str, title: &str, hours: i64| Item { published: Some(at(hours)), ..item(guid, guid, "", title, "") };
    let now = 24 * 400;
    let today = index.assign(&dated("1", "Explosion at the naval base in Odesa heard by residents", now), at(now));
    let old = index
        .assign(&dated("2", "Residents heard explosion at naval base in Odesa last night", now - 24 * 365), at(now));
    assert_ne!(today.story, old.story, "{old:?}");
    let soon = index.assign(&dated("3", "Residents heard explosion at naval base in Odesa last night", now), at(now));
    assert_eq!(today.story, soon.story, "{soon:?}");
}

#[test]
fn what_people_say_counts_from_then_on() {
    let mut index = StoryIndex::default();
    let first = index.assign(&item("a", "1", "", BLAST, ""), at(0)).story;
    let second = item("b", "2", "", "Naval base of Odesa: blast heard, no victims known", "");
    assert_eq!(index.assign(&second, at(0)).story, first);
    let into = StoryId::split(first, second.id);
    index.amend(Said::Split { item: second.id, from: first, into });
    assert_eq!(index.assign(&item("c", "3", "", &second.title, ""), at(1)).story, into);
    index.amend(Said::Join { from: into, into: first });
    assert_eq!(index.assign(&item("d", "4", "", &second.title, ""), at(1)).story, first);
    assert!(!index.is_open(into));
}

#[test]
fn ten_thousand_copies_are_one_story() {
    let mut index = StoryIndex::default();
    let story = index.assign(&item("a", "0", "", BLAST, ""), at(0)).story;
    for copy in 1..10_000 {
        let feed = format!("f{}", copy % 300);
        let title = if copy % 2 == 0 { BLAST } else { "A blast was heard near the Odesa naval base" };
        assert_eq!(index.assign(&item(&feed, &copy.to_string(), "", title, ""), at(0)).story, story);
    }
}

/// What may happen to an index.
#[derive(Debug, Clone)]
enum Event {
    Item { feed: u8, guid: u8, words: Vec<u8>, hours: i64 },
    Split(usize),
    Join(usize, usize),
}

const WORDS: [&str; 16] = [
    "Odesa",
    "Varna",
    "blast",
    "base",
    "harbour",
    "minister",
    "resigns",
    "12",
    "40",
    "flood",
    "Одеса",
    "взрыв",
    "сегодня",
    "عاجل",
    "انفجار",
    "ship",
];

fn event() -> impl Strategy<Value = Event> {
    let words = prop::collection::vec(0u8..16, 1..7);
    // Clocks jump back now and then, and forth a long way.
    let hours = prop_oneof![8 => 0i64..8, 1 => -30i64..0, 1 => 60i64..90];
    prop_oneof![
        12 => (0u8..4, 0u8..20, words, hours).prop_map(|(feed, guid, words, hours)| Event::Item { feed, guid, words, hours }),
        1 => (0usize..40).prop_map(Event::Split),
        1 => (0usize..40, 0usize..40).prop_map(|(one, other)| Event::Join(one, other)),
    ]
}

/// An index that is told everything, and what it takes to rebuild it.
#[derive(Default)]
struct Life {
    index: StoryIndex,
    now: i64,
    log: Vec<(Item, StoryId, Timestamp, Vec<Said>)>,
}

impl Life {
    fn live(&mut self, event: Event) {
        match event {
            Event::Item { feed, guid, words, hours } => {
                self.now += hours;
                let title: Vec<&str> = words.iter().map(|word| WORDS[usize::from(*word)]).collect();
                let item = item(&feed.to_string(), &guid.to_string(), "", &title.join(" "), "");
                let story = self.index.assign(&item, at(self.now)).story;
                self.log.push((item, story, at(self.now), vec![]));
            }
            Event::Split(at) => {
                if let Some((item, story, _, _)) = self.log.get(at) {
                    self.say(Said::Split { item: item.id, from: *story, into: StoryId::split(*story, item.id) });
                }
            }
            Event::Join(one, other) => {
                if let (Some((_, from, _, _)), Some((_, into, _, _))) = (self.log.get(one), self.log.get(other)) {
                    self.say(Said::Join { from: *from, into: *into });
                }
            }
        }
    }

    fn say(&mut self, said: Said) {
        self.index.amend(said);
        if let Some((.., after)) = self.log.last_mut() {
            after.push(said);
        }
    }

    /// The index as a restart makes it, of what the archive has since `since`.
    fn rebuilt(&self, since: Timestamp) -> StoryIndex {
        let mut index = StoryIndex::default();
        for (item, story, seen, after) in self.log.iter().filter(|(_, _, seen, _)| *seen >= since) {
            index.remember(item, *story, *seen);
            after.iter().for_each(|said| index.amend(*said));
        }
        index
    }
}

proptest! {
    /// A restart at any time changes nothing that is guessed after it.
    #[test]
    fn a_rebuilt_index_goes_on_as_the_old_one(
        before in prop::collection::vec(event(), 1..60),
        after in prop::collection::vec(event(), 1..30)
    ) {
        // While the clock runs forwards, as the archive keeps it.
        let forwards = |event: &Event| !matches!(event, Event::Item { hours, .. } if *hours < 0);
        let mut life = Life::default();
        before.into_iter().filter(forwards).for_each(|event| life.live(event));
        let since = at(life.now) - SignedDuration::from_hours(72);
        let mut rebuilt = life.rebuilt(since);
        for event in after.into_iter().filter(forwards) {
            if let Event::Item { feed, guid, words, hours } = event {
                life.now += hours;
                let title: Vec<&str> = words.iter().map(|word| WORDS[usize::from(*word)]).collect();
                let item = item(&feed.to_string(), &guid.to_string(), "", &title.join(" "), "");
                let (old, new) = (life.index.assign(&item, at(life.now)), rebuilt.assign(&item, at(life.now)));
                prop_assert_eq!(old, new);
            }
        }
        prop_assert_eq!(life.index.len(), rebuilt.len());
    }

    /// Whatever the clock does, nothing breaks and nothing grows without bound.
    #[test]
    fn clocks_may_jump(events in prop::collection::vec(event(), 1..120)) {
        let mut life = Life::default();
        events.into_iter().for_each(|event| life.live(event));
        prop_assert!(life.index.len() <= 80);
    }
}
