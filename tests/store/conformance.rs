//! What every backend must do. Each test takes a store that is new and may reopen it.

use std::future::Future;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{DeadLetter, Delivery, DeliveryState, Outcome, Record, Sent, StoryId, Suppression};
use newswatch::store::{ARCHIVE_KEEP_DAYS, AlertQuery, Claimed, Embedded, Settlement, Store, StoreError};

use super::values::{at, commit, feed, item, raise, seen_item};

/// Runs a test on each backend; `open` opens the same store again once it was closed.
pub(crate) fn on_every_backend<F: Future<Output = ()>>(test: impl Fn(Box<dyn Fn() -> Arc<dyn Store>>) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    runtime.block_on(test(Box::new(move || Embedded::open(&path).unwrap().into())));
}

pub(crate) async fn records(store: &dyn Store, since: Timestamp) -> Vec<Record> {
    let found: Arc<Mutex<Vec<Record>>> = Arc::default();
    let keep = found.clone();
    let visit = move |record| {
        keep.lock().unwrap().push(record);
        ControlFlow::Continue(())
    };
    store.replay(since, Box::new(visit)).await.unwrap();
    std::mem::take(&mut *found.lock().unwrap())
}

async fn claim(store: &dyn Store, target: &str, now: Timestamp) -> Claimed {
    store.claim(target, now, 10).await.unwrap()
}

fn accepted(delivery: &Delivery) -> Settlement {
    let (id, alert, target) = (delivery.id, delivery.alert, delivery.target.clone());
    Settlement::Sent(Sent { id, alert, target, accepted: at(1), attempts: delivery.attempts + 1, held: delivery.held })
}

#[test]
fn a_commit_is_whole_and_survives_reopening() {
    on_every_backend(|open| async move {
        let store = open();
        let committed = store.commit_poll(commit(1, 1, at(0), &["desk", "hook"])).await.unwrap();
        assert_eq!(committed.raised.len(), 1);
        store.close().await.unwrap();
        drop(store);

        let store = open();
        assert_eq!(store.load_feeds().await.unwrap()[0].version, 1);
        assert_eq!(store.seen(feed()).await.unwrap().present().len(), 1);
        assert_eq!(records(&*store, at(-1)).await[0].item, item(1));
        let alerts = store.alerts(AlertQuery { limit: 9, ..AlertQuery::default() }).await.unwrap();
        assert_eq!((alerts.len(), alerts[0].deliveries.len()), (1, 2));
        assert_eq!(claim(&*store, "desk", at(0)).await.deliveries.len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_commit_on_top_of_another_version_is_refused_whole() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        for version in [1, 3] {
            let refused = store.commit_poll(commit(version, 2, at(0), &["desk"])).await;
            assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        }
        assert_eq!(records(&*store, at(-1)).await.len(), 1);
        assert_eq!(store.outbox(9).await.unwrap().waiting, 1);
        store.close().await.unwrap();
    });
}

#[test]
fn of_two_proposals_of_one_alert_the_first_counts_and_the_second_is_written_down() {
    on_every_backend(|open| async move {
        let store = open();
        let mut first = commit(1, 1, at(0), &["desk"]);
        let story = StoryId::opened_by(item(1).id);
        // Two items of one document tell the story, and then a third in the next document.
        first.records.push(super::values::record(2, story, at(0)));
        let mut second = commit(2, 3, at(1), &["desk"]);
        second.records[0] = super::values::record(3, story, at(1));
        second.raise[0] = raise(3, story, at(1), &["desk"]);
        assert_eq!(store.commit_poll(first).await.unwrap().raised.len(), 1);
        assert_eq!(store.commit_poll(second).await.unwrap().raised.len(), 0);
        let outcomes: Vec<Outcome> = records(&*store, at(-1)).await.iter().map(|r| r.decisions[0].outcome).collect();
        let alert = raise(1, story, at(0), &[]).alert.id;
        let same = Outcome::Suppressed(Suppression::SameStory(alert));
        assert_eq!(outcomes, [Outcome::Alerted(alert), same, same]);
        assert_eq!(store.outbox(9).await.unwrap().waiting, 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_claim_is_exclusive_until_settled_and_not_remembered_over_a_crash() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let claimed = claim(&*store, "desk", at(0)).await;
        assert_eq!(claim(&*store, "desk", at(0)).await, Claimed::default());
        store.close().await.unwrap();
        drop(store);

        let store = open();
        assert_eq!(claim(&*store, "desk", at(0)).await, claimed);
        store.close().await.unwrap();
    });
}

#[test]
fn an_accepted_delivery_is_never_claimed_again() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let claimed = claim(&*store, "desk", at(0)).await;
        store.settle(accepted(&claimed.deliveries[0].0)).await.unwrap();
        store.close().await.unwrap();
        drop(store);

        let store = open();
        assert_eq!(claim(&*store, "desk", at(99)).await, Claimed::default());
        // Nor does the same alert come back when its item is found again.
        let again = store.commit_poll(commit(2, 1, at(1), &["desk"])).await.unwrap();
        assert!(again.raised.is_empty());
        assert_eq!(claim(&*store, "desk", at(99)).await, Claimed::default());
        let alerts = store.alerts(AlertQuery { limit: 9, ..AlertQuery::default() }).await.unwrap();
        assert!(matches!(alerts[0].deliveries[..], [DeliveryState::Sent(_)]));
        store.close().await.unwrap();
    });
}

#[test]
fn a_retry_waits_for_its_time_and_holds_up_nobody() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk", "hook"])).await.unwrap();
        let (mut delivery, _) = claim(&*store, "desk", at(0)).await.deliveries.remove(0);
        delivery.attempts = 1;
        delivery.due = at(2);
        delivery.last_error = Some("451 later".to_owned());
        store.settle(Settlement::Retry(delivery.clone())).await.unwrap();
        let early = claim(&*store, "desk", at(1)).await;
        assert_eq!((early.deliveries.len(), early.next_due), (0, Some(at(2))));
        store.commit_poll(commit(2, 2, at(1), &["desk"])).await.unwrap();
        let now = claim(&*store, "desk", at(1)).await;
        assert_eq!((now.deliveries.len(), now.next_due), (1, Some(at(2))));
        assert_eq!(claim(&*store, "desk", at(2)).await.deliveries[0].0, delivery);
        assert_eq!(claim(&*store, "hook", at(0)).await.deliveries.len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_due_time_from_a_clock_a_year_ahead_stalls_nothing() {
    on_every_backend(|open| async move {
        let store = open();
        let year = 24 * 365;
        store.commit_poll(commit(1, 1, at(year), &["desk"])).await.unwrap();
        assert_eq!(claim(&*store, "desk", at(0)).await.deliveries.len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_dead_letter_leaves_the_outbox_and_its_notice_enters_in_one_step() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let (delivery, _) = claim(&*store, "desk", at(0)).await.deliveries.remove(0);
        let letter = DeadLetter { delivery, buried: at(1), reason: "550 no such desk".to_owned() };
        let notice = raise(2, StoryId::opened_by(item(2).id), at(1), &["owner"]);
        store.settle(Settlement::Dead(letter, Some(Box::new(notice)))).await.unwrap();
        let report = store.outbox(9).await.unwrap();
        assert_eq!((report.waiting, report.dead), (1, 1));
        assert_eq!(claim(&*store, "owner", at(1)).await.deliveries.len(), 1);
        assert_eq!(claim(&*store, "desk", at(99)).await, Claimed::default());
        store.close().await.unwrap();
    });
}

#[test]
fn what_is_old_expires_but_never_what_still_waits() {
    on_every_backend(|open| async move {
        let store = open();
        let alerts = async |store: &dyn Store| {
            store.alerts(AlertQuery { limit: 999, ..AlertQuery::default() }).await.unwrap().len()
        };
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        store.commit_poll(commit(2, 2, at(1), &["dead"])).await.unwrap();
        let (first, _) = claim(&*store, "desk", at(0)).await.deliveries.remove(0);
        store.settle(accepted(&first)).await.unwrap();
        // A clock that is a year ahead for a moment costs nothing.
        store.commit_poll(commit(3, 3, at(24 * 365), &[])).await.unwrap();
        store.expire().await.unwrap();
        assert_eq!((alerts(&*store).await, records(&*store, Timestamp::MIN).await.len()), (3, 3));
        for day in 1..=ARCHIVE_KEEP_DAYS as i64 {
            store.commit_poll(commit(day as u64 + 3, day as usize + 3, at(24 * day), &[])).await.unwrap();
        }
        store.expire().await.unwrap();
        // Gone are the first day's items and the alert that was delivered; the one that waits at `dead` is not.
        assert_eq!(alerts(&*store).await, ARCHIVE_KEEP_DAYS + 1);
        assert_eq!(records(&*store, Timestamp::MIN).await.len(), ARCHIVE_KEEP_DAYS);
        assert_eq!(claim(&*store, "dead", at(1)).await.deliveries.len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn states_of_quiet_feeds_are_saved_but_never_over_a_newer_commit() {
    on_every_backend(|open| async move {
        let store = open();
        let mut quiet = commit(1, 1, at(0), &[]).state;
        store.commit_poll(commit(1, 1, at(0), &[])).await.unwrap();
        quiet.next_due = at(5);
        store.save_states(vec![quiet.clone()]).await.unwrap();
        assert_eq!(store.load_feeds().await.unwrap()[0].next_due, at(5));
        store.commit_poll(commit(2, 2, at(1), &[])).await.unwrap();
        store.save_states(vec![quiet]).await.unwrap();
        assert_eq!(store.load_feeds().await.unwrap()[0].version, 2);
        store.close().await.unwrap();
    });
}

#[test]
fn replay_gives_the_days_asked_for_in_their_order_and_stops_when_told() {
    on_every_backend(|open| async move {
        let store = open();
        for (version, day) in [(1, 0), (2, 24), (3, 48)] {
            store.commit_poll(commit(version, version as usize, at(day), &[])).await.unwrap();
        }
        let titles = |records: Vec<Record>| -> Vec<String> { records.into_iter().map(|r| r.item.title).collect() };
        assert_eq!(titles(records(&*store, at(1)).await), ["Item 2 from Tartus", "Item 3 from Tartus"]);
        let count = Arc::new(Mutex::new(0));
        let counting = count.clone();
        let visit = move |_| {
            *counting.lock().unwrap() += 1;
            ControlFlow::Break(())
        };
        store.replay(Timestamp::MIN, Box::new(visit)).await.unwrap();
        assert_eq!(*count.lock().unwrap(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_value_larger_than_a_chunk_comes_back_whole_and_shrinks_again() {
    on_every_backend(|open| async move {
        let store = open();
        let key = |n: u64| seen_item(n as usize);
        let many: Vec<_> = (0..3_000).map(key).collect();
        let mut large = commit(1, 1, at(0), &[]);
        let seen = newswatch::model::Seen::default().after_reading(many.clone(), 20_000, false);
        large.seen = Some(seen.clone());
        store.commit_poll(large).await.unwrap();
        assert_eq!(store.seen(feed()).await.unwrap(), seen);
        let mut small = commit(2, 2, at(0), &[]);
        let seen = newswatch::model::Seen::default().after_reading(many[..1].to_vec(), 20_000, false);
        small.seen = Some(seen.clone());
        store.commit_poll(small).await.unwrap();
        assert_eq!(store.seen(feed()).await.unwrap(), seen);
        store.close().await.unwrap();
    });
}

#[test]
fn many_at_once_are_all_stored() {
    on_every_backend(|open| async move {
        let store = open();
        let commits = (0..200u64).map(|n| {
            let store = store.clone();
            let mut commit = commit(1, n as usize, at(0), &["desk"]);
            commit.state.id = newswatch::model::FeedId::new(&n.to_string());
            tokio::spawn(async move { store.commit_poll(commit).await })
        });
        for commit in commits.collect::<Vec<_>>() {
            assert_eq!(commit.await.unwrap().unwrap().raised.len(), 1);
        }
        assert_eq!(store.outbox(0).await.unwrap().waiting, 200);
        let first = store.claim("desk", at(0), 7).await.unwrap();
        assert_eq!((first.deliveries.len(), first.next_due), (7, Some(at(0) + SignedDuration::ZERO)));
        store.close().await.unwrap();
    });
}

#[test]
fn a_closed_store_takes_no_more_work() {
    on_every_backend(|open| async move {
        let store = open();
        store.close().await.unwrap();
        assert!(matches!(store.expire().await, Err(StoreError::Closed)));
    });
}
