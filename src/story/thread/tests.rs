use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::model::ItemId;

fn at(minutes: i64) -> Timestamp {
    "2026-11-23T12:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minutes)
}

fn item(outlet: &str, guid: &str, title: &str) -> Item {
    let feed = FeedId::new(outlet);
    Item {
        id: ItemId::new(feed, "guid", guid.as_bytes()),
        feed,
        feed_name: outlet.to_owned(),
        guid: Some(guid.to_owned()),
        link: Some(format!("https://{outlet}.example/{guid}")),
        title: title.to_owned(),
        summary: String::new(),
        body: String::new(),
        published: Some(at(0)),
        updated: None,
        authors: vec![],
        categories: vec![],
        language: Some("en".to_owned()),
    }
}

/// A desk that reads one story for one watch.
struct Desk {
    threads: Threads,
    realert: Realert,
    edits: Edits,
    minute: i64,
}

impl Desk {
    fn new(realert: Realert) -> Self {
        Self { threads: Threads::default(), realert, edits: Edits::Update, minute: 0 }
    }

    fn story() -> StoryId {
        StoryId::opened_by(item("a", "1", "").id)
    }

    fn thread(&self) -> &Thread {
        self.threads.get(Self::story(), "port").expect("a thread")
    }

    fn read(&mut self, item: &Item, score: f64) -> Judgement {
        self.read_as(item, score, false)
    }

    fn read_as(&mut self, item: &Item, score: f64, differs: bool) -> Judgement {
        self.minute += 1;
        let facts = Facts::of(item);
        let report = Report {
            item,
            facts: &facts,
            story: Self::story(),
            differs,
            returned: false,
            watch: "port",
            score,
            matches: score >= 0.5,
            realert: &self.realert,
            edits: self.edits,
        };
        self.threads.judge(&report, at(self.minute))
    }
}

fn update() -> Judgement {
    Judgement::Update(String::new())
}

fn kind(judgement: &Judgement) -> Option<AlertKind> {
    match judgement {
        Judgement::Again(kind, _) => Some(*kind),
        _ => None,
    }
}

const FIRST: &str = "Coaster runs aground off the breakwater";

#[test]
fn the_first_report_opens_a_thread_and_the_others_are_told_in_updates() {
    let mut desk = Desk::new(Realert::default());
    assert_eq!(desk.read(&item("a", "0", "Coaster seen off the breakwater"), 0.4), Judgement::Nothing);
    assert_eq!(desk.read(&item("a", "1", FIRST), 0.9), Judgement::First);
    assert_eq!(desk.read(&item("b", "1", "Ship stranded in front of the old harbour"), 0.9), update());
    assert_eq!(desk.read(&item("b", "2", "What is known of the stranded ship by now"), 0.9), update());
    assert_eq!(desk.read(&item("c", "1", "A ship, perhaps"), 0.2), Judgement::Nothing);
    let standing = desk.thread().standing();
    assert_eq!((standing.reports, standing.outlets, standing.independent), (3, 2, 2));
    assert_eq!((standing.first_outlet.as_str(), standing.first_at), ("a", at(0)));
    assert_eq!(standing.to_string(), "2 outlets, 2 independent");
}

#[test]
fn the_third_independent_outlet_is_told_once() {
    let mut desk = Desk::new(Realert { corroborated: Some(3), ..Realert::default() });
    desk.read(&item("a", "1", FIRST), 0.9);
    // A copy is an outlet, and not an independent one.
    assert_eq!(desk.read(&item("b", "1", FIRST), 0.9), update());
    assert_eq!(desk.read(&item("c", "1", "Ship stranded in front of the old harbour"), 0.9), update());
    let third = desk.read(&item("d", "1", "Crew of a freighter rescued after it hit rocks"), 0.9);
    assert_eq!(third, Judgement::Again(AlertKind::Corroborated, "3 independent outlets".to_owned()));
    assert_eq!(desk.read(&item("e", "1", "Tugs try to pull the vessel free tonight"), 0.9), update());
}

#[test]
fn a_report_that_is_told_for_another_reason_swallows_no_corroboration() {
    let mut desk = Desk::new(Realert { corroborated: Some(2), number: true, ..Realert::default() });
    desk.read(&item("a", "1", "Ministry counts 275 attacks on the port"), 0.9);
    let grown = desk.read(&item("b", "1", "Harbour master speaks of 310 attacks in all"), 0.9);
    assert_eq!(kind(&grown), Some(AlertKind::Grown), "{grown:?}");
    let third = desk.read(&item("c", "1", "What the attacks mean for the ferries"), 0.9);
    assert_eq!(kind(&third), Some(AlertKind::Corroborated), "{third:?}");
}

#[test]
fn a_score_over_the_mark_is_told_once_and_only_if_the_story_was_below_it() {
    let mut desk = Desk::new(Realert { score: Some(0.8), ..Realert::default() });
    desk.read(&item("a", "1", FIRST), 0.6);
    assert_eq!(desk.read(&item("b", "1", "Ship stranded"), 0.7), update());
    assert_eq!(kind(&desk.read(&item("c", "1", "Freighter stranded"), 0.8)), Some(AlertKind::Escalated));
    assert_eq!(desk.read(&item("d", "1", "Vessel stranded"), 0.9), update());
}

#[test]
fn a_number_that_grew_is_told_also_where_the_item_was_edited() {
    let mut desk = Desk::new(Realert { number: true, ..Realert::default() });
    desk.read(&item("a", "1", "Ministry counts 275 attacks on the port"), 0.9);
    assert_eq!(desk.read(&item("b", "1", "Port was attacked again, 275 attacks so far"), 0.9), update());
    let grown = desk.read(&item("c", "1", "Ministry counts 310 attacks on the port by now"), 0.9);
    assert_eq!(kind(&grown), Some(AlertKind::Grown), "{grown:?}");
    assert_eq!(desk.read(&item("d", "1", "Ministry speaks of 290 attacks on the port"), 0.9), update());
    let edited = desk.read(&item("a", "1", "Ministry counts 402 attacks on the port"), 0.9);
    assert_eq!(kind(&edited), Some(AlertKind::Grown), "{edited:?}");
    let mut silent = Desk::new(Realert::default());
    silent.read(&item("a", "1", "Ministry counts 275 attacks on the port"), 0.9);
    assert_eq!(silent.read(&item("c", "1", "Ministry counts 310 attacks on the port"), 0.9), update());
}

#[test]
fn corrections_and_withdrawals_are_told_unless_nobody_wants_them() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    let corrected = format!("CORRECTION: {FIRST}");
    assert_eq!(kind(&desk.read(&item("a", "1", &corrected), 0.9)), Some(AlertKind::Corrected));
    assert_eq!(desk.read(&item("a", "1", &format!("{corrected}.")), 0.9), Judgement::Known);
    assert_eq!(kind(&desk.read(&item("b", "1", &format!("WITHDRAWN: {FIRST}")), 0.9)), Some(AlertKind::Withdrawn));
    // One correction is one alert, however many print it.
    assert_eq!(desk.read(&item("c", "1", &corrected), 0.9), update());
    let mut silent = Desk::new(Realert { correction: false, ..Realert::default() });
    silent.read(&item("a", "1", FIRST), 0.9);
    assert_eq!(silent.read(&item("b", "1", &corrected), 0.9), update());
}

#[test]
fn a_report_with_other_facts_is_never_folded_silently() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    assert_eq!(
        kind(&desk.read_as(&item("b", "1", "Ferry runs aground off Varna"), 0.9, true)),
        Some(AlertKind::Distinct)
    );
    // A hint is no certain report.
    assert_eq!(desk.read_as(&item("c", "1", "Ferry runs aground off Burgas"), 0.6, true), update());
}

#[test]
fn an_item_that_its_feed_no_longer_shows_is_told_once() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    let feed = FeedId::new("a");
    assert!(desk.threads.follows(feed) && !desk.threads.follows(FeedId::new("b")));
    let mut look = |presence| desk.threads.look(feed, |_| presence);
    // An old copy of the document misses it once.
    let first = look(Presence::Missing);
    assert_eq!((first.withdrawn.len(), first.changed.len()), (0, 1));
    assert_eq!(look(Presence::Shown(None)).changed.len(), 1);
    assert!(look(Presence::Missing).withdrawn.is_empty() && look(Presence::Unknown).withdrawn.is_empty());
    let gone = look(Presence::Missing).withdrawn;
    assert_eq!((gone.len(), gone[0].0.ordinal(AlertKind::Withdrawn), gone[0].1.title.as_str()), (1, 1, FIRST));
    assert!(look(Presence::Missing).withdrawn.is_empty());
}

#[test]
fn a_retraction_is_told_after_a_correction_and_not_again_when_the_item_goes() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    let told = |desk: &mut Desk, word: &str| kind(&desk.read(&item("a", "1", &format!("{word}: {FIRST}")), 0.9));
    assert_eq!(told(&mut desk, "CORRECTED"), Some(AlertKind::Corrected));
    assert_eq!(told(&mut desk, "WITHDRAWN"), Some(AlertKind::Withdrawn));
    let gone = [(); 3].map(|()| desk.threads.look(FeedId::new("a"), |_| Presence::Missing).withdrawn.len());
    assert_eq!(gone, [0, 0, 0]);
}

#[test]
fn a_joined_story_goes_on_in_the_thread_that_its_readers_know() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    let other = StoryId::opened_by(item("z", "9", "").id);
    let before = desk.thread().id;
    let changed = desk.threads.join(Desk::story(), other);
    assert_eq!((changed.len(), changed[0].id, changed[0].story), (1, before, other));
    assert!(desk.threads.get(Desk::story(), "port").is_none());
    assert_eq!(desk.threads.get(other, "port").map(|thread| thread.id), Some(before));
    // A restart knows it by its story as well.
    let again = Threads::new(changed);
    assert_eq!(again.get(other, "port").map(|thread| thread.id), Some(before));
}

#[test]
fn a_thread_is_kept_as_long_as_its_story_is_open() {
    let mut desk = Desk::new(Realert::default());
    desk.read(&item("a", "1", FIRST), 0.9);
    let after = at(73 * 60);
    desk.threads.forget(at(72 * 60), |_| false);
    desk.threads.forget(after, |_| true);
    assert!(desk.threads.get(Desk::story(), "port").is_some());
    desk.threads.forget(after + LOOK_EVERY, |_| false);
    assert!(desk.threads.get(Desk::story(), "port").is_none());
}

proptest! {
    /// Whatever comes before it: an item that reaches the threshold in a story that the watch has not told is told at once,
    /// and whatever reaches it later is told or known, never lost.
    #[test]
    fn a_first_report_is_never_held_back(
        reports in prop::collection::vec((0u8..5, 0u8..4, 0u8..6, 0.0f64..1.0, any::<bool>(), any::<bool>()), 1..80)
    ) {
        let mut threads = Threads::default();
        let realert = Realert { corroborated: Some(2), score: Some(0.8), number: true, correction: true };
        let mut told: HashSet<(StoryId, u8)> = HashSet::new();
        for (minute, (story, watch, guid, score, differs, alert)) in reports.into_iter().enumerate() {
            let title = format!("CORRECTION: {guid} ships and {minute} boats aground");
            let item = item(&format!("o{guid}"), &format!("{story}-{guid}"), &title);
            let facts = Facts::of(&item);
            let edits = if alert { Edits::Alert } else { Edits::Update };
            let story = StoryId::opened_by(ItemId::new(FeedId::new("s"), "guid", &[story]));
            let (name, matches) = (format!("w{watch}"), score >= 0.5);
            let report = Report {
                item: &item,
                facts: &facts,
                story,
                differs,
                returned: false,
                watch: &name,
                score,
                matches,
                realert: &realert,
                edits,
            };
            let judgement = threads.judge(&report, at(minute as i64));
            if matches && told.insert((story, watch)) {
                prop_assert_eq!(&judgement, &Judgement::First);
            } else if matches {
                prop_assert!(!matches!(judgement, Judgement::First | Judgement::Nothing), "{:?}", judgement);
            } else {
                prop_assert!(judgement != Judgement::First);
            }
        }
    }
}
