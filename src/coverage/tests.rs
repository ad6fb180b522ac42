use proptest::prelude::*;

use super::*;
use ConditionKind::*;

/// A feed as its polls go by, every ten minutes.
struct Watched {
    coverage: Coverage,
    now: Timestamp,
    changes: Vec<Change>,
}

impl Watched {
    fn new() -> Self {
        let now = "2026-11-02T00:00:00Z".parse().expect("a time");
        Self { coverage: Coverage::default(), now, changes: Vec::new() }
    }

    fn poll_with(&mut self, outcome: Outcome<'_>, skew: i64, missed: f64) -> &mut Self {
        self.now += SignedDuration::from_mins(10);
        let skew = Some(SignedDuration::from_mins(skew));
        let poll = Poll { now: self.now, outcome, skew, missed };
        let (coverage, changes) = after(std::mem::take(&mut self.coverage), &poll);
        self.coverage = coverage;
        self.changes.extend(changes);
        self
    }

    fn poll(&mut self, outcome: Outcome<'_>) -> &mut Self {
        self.poll_with(outcome, 0, 0.0)
    }

    fn fail(&mut self, kind: ConditionKind) -> &mut Self {
        self.poll(Outcome::Failed(Some(kind), "why"))
    }

    /// Reads a document of its own, with so many new items.
    fn read(&mut self, new: usize) -> &mut Self {
        let new = vec![Some(self.now); new];
        self.poll(Outcome::Read(Read { items: 20, new, body: self.now.as_second() as u64, ..Read::default() }))
    }

    fn show(&mut self, items: usize) -> &mut Self {
        self.poll(Outcome::Read(Read { items, ..Read::default() }))
    }

    /// What has begun and ended since the last question.
    fn told(&mut self) -> Vec<(ConditionKind, bool)> {
        self.changes.drain(..).map(|change| (change.kind, change.begins)).collect()
    }
}

#[test]
fn a_failure_is_told_once_it_lasts_and_when_it_is_over() {
    let mut feed = Watched::new();
    feed.fail(Challenge).fail(Challenge).fail(Challenge);
    assert_eq!(feed.told(), [], "twenty minutes are no condition");
    feed.fail(Challenge);
    assert_eq!(feed.told(), [(Challenge, true)]);
    for _ in 0..50 {
        feed.fail(Challenge).fail(Challenge).read(1).read(1);
    }
    assert_eq!(feed.told(), [], "a feed that wavers is told of once");
    for _ in 0..8 {
        feed.read(1);
    }
    assert_eq!(feed.told(), [(Challenge, false)]);
    assert!(feed.coverage.conditions.is_empty());
}

#[test]
fn a_feed_that_fails_now_so_now_so_is_told_of_once() {
    let mut feed = Watched::new();
    for _ in 0..20 {
        feed.fail(Certificate).fail(Login);
    }
    assert_eq!(feed.told(), [(Login, true)], "what it was when it began to hold");
    for _ in 0..8 {
        feed.read(1);
    }
    assert_eq!(feed.told(), [(Login, false)]);
}

#[test]
fn a_network_that_is_gone_says_nothing_of_its_feeds() {
    let mut feed = Watched::new();
    for _ in 0..1_000 {
        feed.poll(Outcome::Failed(None, "no route"));
    }
    assert_eq!((feed.told(), feed.coverage), (vec![], Coverage::default()));
}

#[test]
fn a_silence_is_measured_by_the_feeds_own_pauses_and_by_what_was_to_be_expected() {
    let mut feed = Watched::new();
    for _ in 0..200 {
        feed.read(1).read(0).read(0);
    }
    let silent = |feed: &mut Watched, hours: i64, missed: f64| {
        for _ in 0..hours * 6 {
            feed.poll_with(Outcome::Unchanged, 0, missed);
        }
        feed.told()
    };
    assert_eq!(silent(&mut feed, 23, 100.0), []);
    assert_eq!(silent(&mut feed, 48, 1.0), [], "a weekend on which nothing is to be expected");
    assert_eq!(silent(&mut feed, 1, 5.0), [(Silent, true)]);
    assert_eq!(silent(&mut feed, 100, 50.0), []);
    assert_eq!(
        silent(&mut feed, 100, 4.9),
        [],
        "it lasts until something comes, however little is expected of it by then"
    );
    assert_eq!(silent(&mut feed, 1, 50.0), []);
    let says = feed.coverage.holding().next().map(|condition| condition.says.clone()).unwrap_or_default();
    assert!(says.contains("about 50 items"), "{says}");
    feed.read(1);
    assert_eq!(feed.told(), [(Silent, false)]);

    let mut weekly = Watched::new();
    for _ in 0..10 {
        weekly.read(5);
        weekly.now += SignedDuration::from_hours(7 * 24);
    }
    weekly.told();
    assert_eq!(silent(&mut weekly, 10 * 24, 9.0), [], "two weeks are usual where a week is");
    assert_eq!(silent(&mut weekly, 12 * 24, 9.0), [(Silent, true)]);
}

#[test]
fn a_silence_is_one_of_the_feed_whatever_its_items_are_dated() {
    let mut feed = Watched::new();
    for hour in 0..24 * 30 {
        let dated = feed.now - SignedDuration::from_hours(24 * 9);
        let new = if hour % 24 == 9 { vec![Some(dated); 6] } else { Vec::new() };
        feed.poll_with(Outcome::Read(Read { items: 20, new, body: hour, ..Read::default() }), 0, 6.0);
        feed.now += SignedDuration::from_mins(50);
    }
    assert_eq!(feed.told(), [], "papers that come each day, dated nine days before");
}

#[test]
fn a_document_that_stays_the_same_to_the_byte_is_frozen() {
    let mut feed = Watched::new();
    feed.read(1);
    let same = Outcome::Read(Read { items: 20, body: 7, ..Read::default() });
    for _ in 0..25 * 6 {
        feed.poll_with(same.clone(), 0, 9.0);
    }
    feed.poll_with(Outcome::Unchanged, 0, 9.0);
    assert_eq!(feed.told(), [(Frozen, true)]);
    feed.read(1);
    assert_eq!(feed.told(), [(Frozen, false)]);
}

#[test]
fn a_server_that_calls_a_changed_feed_unchanged_is_not_believed_for_a_month() {
    let mut feed = Watched::new();
    feed.poll(Outcome::Read(Read { items: 20, new: vec![None], stale: true, ..Read::default() }));
    assert_eq!(feed.told(), [(Stuck, true)]);
    for day in 0..40 {
        feed.read(1);
        assert_eq!(feed.coverage.holds(Stuck), day < 30, "day {day}");
        feed.now += SignedDuration::from_hours(24) - SignedDuration::from_mins(10);
    }
    assert_eq!(feed.told(), [(Stuck, false)]);
}

#[test]
fn a_window_shrinks_only_below_what_it_was_at_its_least() {
    let mut feed = Watched::new();
    for _ in 0..2 {
        for items in [50, 30, 40] {
            feed.show(items);
            feed.now += SignedDuration::from_hours(2 * 24);
        }
        feed.now += SignedDuration::from_hours(24);
    }
    for _ in 0..9 {
        feed.show(16);
    }
    assert_eq!(feed.told(), []);
    for _ in 0..9 {
        feed.show(3);
    }
    assert_eq!(feed.told(), [(Shrunk, true)]);
    feed.now += SignedDuration::from_hours(14 * 24);
    for _ in 0..9 {
        feed.show(3);
    }
    assert_eq!(feed.told(), [(Shrunk, false)], "what lasts for weeks is usual");
}

#[test]
fn a_publishers_clock_is_told_by_its_server_and_by_its_items() {
    let mut feed = Watched::new();
    for _ in 0..9 {
        feed.poll_with(Outcome::Unchanged, -7, 0.0);
    }
    assert_eq!(feed.told(), [(Skewed, true)]);
    for _ in 0..9 {
        feed.poll_with(Outcome::Unchanged, 4, 0.0);
    }
    assert_eq!(feed.told(), [(Skewed, false)]);
    let dated = |feed: &mut Watched, hours: i64| {
        for _ in 0..9 {
            let date = feed.now + SignedDuration::from_hours(hours);
            feed.poll(Outcome::Read(Read { items: 9, new: vec![Some(date)], ..Read::default() }));
        }
        feed.told()
    };
    assert_eq!(dated(&mut feed, 3), [(Skewed, true)]);
    assert_eq!(dated(&mut feed, 0), [(Skewed, false)]);
    assert_eq!(dated(&mut feed, 30), [], "an event that is announced");
}

#[test]
fn gaps_are_told_once_until_a_day_without_one() {
    let mut feed = Watched::new();
    for _ in 0..10 {
        feed.poll(Outcome::Read(Read { items: 20, new: vec![None; 20], gap: true, ..Read::default() }));
        feed.poll(Outcome::Gap("of 40 items"));
        feed.read(1);
    }
    assert_eq!(feed.told(), [(Gap, true)]);
    for _ in 0..150 {
        feed.read(1);
    }
    assert_eq!(feed.told(), [(Gap, false)]);
}

proptest! {
    /// Whatever happens, every condition begins before it ends, none begins twice, and what is stored stays small.
    #[test]
    fn beginnings_and_ends_alternate(polls in prop::collection::vec((0u8..9, 0usize..40, -20i64..20), 1..300)) {
        let mut feed = Watched::new();
        for (outcome, items, skew) in polls {
            let new = vec![Some(feed.now + SignedDuration::from_hours(skew)); items.min(3)];
            let read = Read { items, new, body: items as u64, stale: items == 7, gap: items == 9 };
            let outcome = match outcome {
                0..3 => Outcome::Failed(Some(Unreachable), "why"),
                3..6 => Outcome::Failed(Some(Challenge), "why"),
                6 => Outcome::Failed(None, "why"),
                7 => Outcome::Unchanged,
                _ => Outcome::Read(read),
            };
            feed.poll_with(outcome, skew, skew as f64);
            feed.now += SignedDuration::from_hours(skew.max(0));
        }
        let mut holding = std::collections::BTreeSet::new();
        for change in &feed.changes {
            let alternates = if change.begins { holding.insert(change.kind) } else { holding.remove(&change.kind) };
            prop_assert!(alternates, "{:?}", change);
        }
        prop_assert_eq!(holding.len(), feed.coverage.holding().count());
        let stored = serde_json::to_string(&feed.coverage).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Coverage>(&stored).expect("what was written"), feed.coverage);
    }
}
