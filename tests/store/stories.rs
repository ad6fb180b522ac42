//! Updates, threads and amendments: what every backend must do with them.

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{
    Alert, AlertId, AlertKind, Amendment, Delivery, Member, Outcome, Said, Side, Standing, StoryId, Thread,
};
use newswatch::store::{AlertQuery, PollCommit, Raise, Store};

use super::conformance::{on_every_backend, records};
use super::values::{at, commit, item, record};

fn story() -> StoryId {
    StoryId::opened_by(item(1).id)
}

fn thread_id() -> AlertId {
    AlertId::first(story(), "tartus")
}

fn thread(reports: usize) -> Thread {
    Thread {
        id: thread_id(),
        story: story(),
        watch: "tartus".to_owned(),
        headline: "Item 1 from Tartus".to_owned(),
        first_outlet: "Feed".to_owned(),
        first_at: at(0),
        newest: at(0),
        reports,
        outlets: vec![1, 2],
        origins: vec![],
        best: 0.9,
        counts: vec![],
        followed: vec![],
        raised: vec![(AlertKind::Grown, 1)],
        told: Some(vec!["desk".to_owned()]),
        acknowledged: None,
        opened: None,
    }
}

fn standing(reports: usize) -> Standing {
    thread(reports).standing()
}

/// An update of the story that brings item `n`, proposed at `when` and to be told an hour later.
fn update(n: usize, when: Timestamp, targets: &[&str]) -> Raise {
    let alert = Alert {
        id: AlertId::new(story(), "tartus", "update", 0),
        kind: AlertKind::Update,
        watch: "tartus".to_owned(),
        urgent: false,
        raised: when,
        story: Some(story()),
        thread: Some(thread_id()),
        standing: Some(standing(n)),
        headline: format!("{n} reports"),
        lead: None,
        matched: None,
        members: vec![Member::of(&item(n), 0.9)],
        member_count: 1,
        text: String::new(),
        page: None,
    };
    let due = when + SignedDuration::from_hours(1);
    let deadline = due + SignedDuration::from_hours(72);
    let row = |target: &&str| Delivery { created: when, ..Delivery::new(alert.id, target, due, deadline) };
    let deliveries = targets.iter().map(row).collect();
    Raise { alert, deliveries }
}

/// A poll that found item `n`, told in an update.
fn updating(version: u64, n: usize, when: Timestamp, targets: &[&str]) -> PollCommit {
    let mut commit = commit(version, n, when, &[]);
    let mut record = record(n, story(), when);
    record.decisions[0].outcome = Outcome::Updated(thread_id());
    commit.records = vec![record];
    commit.raise = vec![update(n, when, targets)];
    commit.threads = vec![thread(n)];
    commit
}

async fn updates(store: &dyn Store) -> Vec<Alert> {
    let alerts = store.alerts(AlertQuery { limit: 99, ..AlertQuery::default() }).await.unwrap();
    let mut updates: Vec<Alert> =
        alerts.into_iter().map(|report| report.alert).filter(|alert| alert.kind == AlertKind::Update).collect();
    updates.reverse();
    updates
}

fn minutes(minutes: i64) -> Timestamp {
    at(0) + SignedDuration::from_mins(minutes)
}

#[test]
fn an_update_takes_in_what_comes_while_it_waits_and_is_one_delivery() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &[])).await.unwrap();
        assert_eq!(store.commit_poll(updating(2, 2, minutes(1), &["desk", "hook"])).await.unwrap().raised.len(), 1);
        // What goes into it is nothing new to be woken for.
        assert_eq!(store.commit_poll(updating(3, 3, minutes(60), &["desk", "hook"])).await.unwrap().raised.len(), 0);
        assert_eq!(store.outbox(9).await.unwrap().waiting, 2);
        let updates = updates(&*store).await;
        assert_eq!(updates.len(), 1);
        let titles: Vec<&str> = updates[0].members.iter().map(|member| member.title.as_str()).collect();
        assert_eq!((titles, updates[0].member_count), (vec!["Item 2 from Tartus", "Item 3 from Tartus"], 2));
        assert_eq!((updates[0].headline.as_str(), &updates[0].standing), ("3 reports", &Some(standing(3))));
        // Not before its time, and then whole, as the first report of it asked.
        assert_eq!(store.claim("desk", minutes(60), 9).await.unwrap().deliveries.len(), 0);
        let claimed = store.claim("desk", minutes(61), 9).await.unwrap().deliveries;
        assert_eq!((claimed.len(), &claimed[0].1), (1, &updates[0]));
        // Each report says in which update it is told.
        let told: Vec<Outcome> = records(&*store, at(-1)).await.iter().map(|r| r.decisions[0].outcome).collect();
        assert_eq!(told[1..], [Outcome::Updated(updates[0].id); 2]);
        store.close().await.unwrap();
    });
}

#[test]
fn an_update_that_was_claimed_is_left_as_it_is_and_the_next_has_the_next_number() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(updating(1, 2, minutes(0), &["desk"])).await.unwrap();
        // Claimed early, by a clock that is ahead.
        assert_eq!(store.claim("desk", minutes(60), 9).await.unwrap().deliveries.len(), 1);
        store.commit_poll(updating(2, 3, minutes(30), &["desk"])).await.unwrap();
        assert_eq!(updates(&*store).await.iter().map(|update| update.member_count).collect::<Vec<_>>(), [1, 1]);
        // One that nobody has claimed though its time has come takes in what comes.
        store.commit_poll(updating(3, 4, minutes(120), &["desk"])).await.unwrap();
        let found = updates(&*store).await;
        assert_eq!(found.iter().map(|update| update.member_count).collect::<Vec<_>>(), [1, 2]);
        let ids: Vec<AlertId> = (1..=2).map(|n| AlertId::new(story(), "tartus", "update", n)).collect();
        assert_eq!(found.iter().map(|update| update.id).collect::<Vec<_>>(), ids);
        store.close().await.unwrap();
    });
}

#[test]
fn an_update_is_not_changed_after_a_restart_which_may_have_come_after_an_attempt() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(updating(1, 2, minutes(0), &["desk"])).await.unwrap();
        store.close().await.unwrap();
        drop(store);
        let store = open();
        store.commit_poll(updating(2, 3, minutes(1), &["desk"])).await.unwrap();
        assert_eq!(updates(&*store).await.iter().map(|update| update.member_count).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(store.outbox(9).await.unwrap().waiting, 2);
        store.close().await.unwrap();
    });
}

#[test]
fn commits_are_archived_in_the_order_in_which_they_are_handed_in() {
    on_every_backend(|open| async move {
        let store = open();
        let (first, second) = (store.turn().await.unwrap(), store.turn().await.unwrap());
        let mut other = commit(1, 2, at(0), &[]);
        other.state.id = newswatch::model::FeedId::new("another");
        let second = second.commit(other);
        let first = first.commit(commit(1, 1, at(0), &[]));
        first.await.unwrap();
        second.await.unwrap();
        let titles: Vec<String> = records(&*store, at(-1)).await.into_iter().map(|record| record.item.title).collect();
        assert_eq!(titles, ["Item 2 from Tartus", "Item 1 from Tartus"]);
        store.close().await.unwrap();
    });
}

#[test]
fn threads_and_amendments_survive_and_the_latest_thread_counts() {
    on_every_backend(|open| async move {
        let store = open();
        let mut first = commit(1, 1, at(0), &[]);
        first.threads = vec![thread(1)];
        store.commit_poll(first).await.unwrap();
        store.commit_poll(updating(2, 2, minutes(1), &[])).await.unwrap();
        let from = StoryId::opened_by(item(7).id);
        let amendment = |minute: i64| Amendment {
            at: minutes(minute),
            said: Said::Join { from, into: story() },
            these: vec![Side::of(&item(7)); 20],
            those: vec![Side::of(&item(1))],
        };
        for minute in [3, 2] {
            store.turn().await.unwrap().amend(amendment(minute), vec![thread(9)]).await.unwrap();
        }
        store.close().await.unwrap();
        drop(store);
        let store = open();
        assert_eq!(store.threads().await.unwrap(), [thread(9)]);
        assert_eq!(store.amendments().await.unwrap(), [amendment(2), amendment(3)]);
        assert_eq!(amendment(2).pairs().filter(|pair| pair.same).count(), 20);
        store.close().await.unwrap();
    });
}
