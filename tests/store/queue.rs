//! The queue as a person sees it, and what a person does with it.

use jiff::SignedDuration;
use newswatch::model::{DeadLetter, Delivery, Hold, Sent};
use newswatch::store::{
    Claimed, Obeyed, Order, QueueQuery, QueueReport, QueueState, QueuedDelivery, Settlement, Store, Wish,
};

use super::conformance::on_every_backend;
use super::values::{at, commit};

fn all() -> QueueQuery {
    QueueQuery { limit: 99, ..QueueQuery::default() }
}

fn counts(report: &QueueReport) -> (usize, usize, usize) {
    (report.waiting, report.sending, report.dead)
}

fn states(report: &QueueReport) -> Vec<QueueState> {
    report.deliveries.iter().map(|row| row.delivery.state()).collect()
}

fn order(delivery: &Delivery, wish: Wish) -> Vec<Order> {
    let Delivery { id, alert, target, .. } = delivery.clone();
    vec![Order { delivery: id, alert, target, now: at(9), wish }]
}

fn revive(delivery: &Delivery) -> Vec<Order> {
    order(delivery, Wish::Revive { deadline: at(99) })
}

fn bury(delivery: &Delivery) -> Vec<Order> {
    order(delivery, Wish::Bury { reason: "dropped by Ada: it is stale".to_owned() })
}

async fn claim(store: &dyn Store, target: &str) -> Delivery {
    store.claim(target, at(9), 1).await.unwrap().deliveries.remove(0).0
}

#[test]
fn the_queue_tells_what_waits_is_sent_and_was_given_up_with_what_it_is_about() {
    on_every_backend(|open| async move {
        let store = open();
        let mut first = commit(1, 1, at(0), &["desk", "hook", "late"]);
        first.raise[0].deliveries[2].held = Some(Hold::QuietHours);
        first.raise[0].deliveries[2].due = at(20);
        store.commit_poll(first).await.unwrap();
        let (dead, sending) = (claim(&*store, "desk").await, claim(&*store, "hook").await);
        let letter = DeadLetter { delivery: dead, buried: at(1), reason: "550".to_owned() };
        store.settle(Settlement::Dead(letter, None)).await.unwrap();
        let report = store.queue(all()).await.unwrap();
        assert_eq!(counts(&report), (1, 1, 1));
        let mut rows = states(&report);
        assert_eq!(rows.pop(), Some(QueueState::Dead), "dead letters come last");
        rows.sort();
        assert_eq!(rows, [QueueState::Waiting, QueueState::Sending]);
        assert!(report.deliveries.iter().all(|row| row.headline.as_deref() == Some("Item 1 from Tartus")));
        assert!(report.deliveries.iter().all(|row| row.told.is_none()) && report.next.is_none());

        let late = store.queue(QueueQuery { target: Some("late".to_owned()), ..all() }).await.unwrap();
        assert_eq!(counts(&late), (1, 0, 0));
        assert_eq!(late.deliveries[0].delivery.delivery().held, Some(Hold::QuietHours));
        let query = QueueQuery { state: Some(QueueState::Sending), whole: true, ..all() };
        let sent = store.queue(query).await.unwrap();
        assert_eq!((sent.deliveries.len(), sent.deliveries[0].delivery.delivery().id), (1, sending.id));
        assert_eq!(sent.deliveries[0].told.as_ref().unwrap().id, sending.alert);
        let id = sending.id.to_string()[..8].to_owned();
        let one = store.queue(QueueQuery { id: Some(id), ..all() }).await.unwrap();
        assert_eq!(one.deliveries.len(), 1);
        let id = sending.alert.to_string()[..8].to_owned();
        assert_eq!(store.queue(QueueQuery { id: Some(id), ..all() }).await.unwrap().deliveries.len(), 3);
        store.close().await.unwrap();
    });
}

#[test]
fn a_long_queue_is_read_page_by_page_each_row_once() {
    on_every_backend(|open| async move {
        let store = open();
        for n in 1..=10 {
            store.commit_poll(commit(n, n as usize, at(0), &["desk", "hook"])).await.unwrap();
        }
        let dead = claim(&*store, "desk").await;
        let letter = DeadLetter { delivery: dead, buried: at(1), reason: "550".to_owned() };
        store.settle(Settlement::Dead(letter, None)).await.unwrap();
        let (mut query, mut ids) = (QueueQuery { limit: 3, ..QueueQuery::default() }, vec![]);
        loop {
            let report = store.queue(query.clone()).await.unwrap();
            assert_eq!(counts(&report), (19, 0, 1));
            ids.extend(report.deliveries.iter().map(|row| row.delivery.delivery().id));
            query.after = report.next;
            if query.after.is_none() {
                break;
            }
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 20);
        store.close().await.unwrap();
    });
}

#[test]
fn a_dead_letter_waits_again_under_its_id_with_a_new_deadline() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let tried = Delivery { attempts: 7, last_error: Some("451".to_owned()), ..claim(&*store, "desk").await };
        let letter = DeadLetter { delivery: tried.clone(), buried: at(1), reason: "too late".to_owned() };
        store.settle(Settlement::Dead(letter, None)).await.unwrap();
        let obeyed = store.order(revive(&tried)).await.unwrap();
        let [Obeyed::Done(QueuedDelivery::Waiting(row))] = &obeyed[..] else { panic!("{obeyed:?}") };
        assert_eq!((row.id, row.attempts, row.due, row.deadline), (tried.id, 0, at(9), at(99)));
        assert_eq!((row.created, row.last_error.as_deref()), (tried.created, Some("451")));
        store.close().await.unwrap();
        drop(store);

        let store = open();
        assert_eq!(counts(&store.queue(all()).await.unwrap()), (1, 0, 0));
        assert_eq!(claim(&*store, "desk").await, *row);
        store.close().await.unwrap();
    });
}

#[test]
fn what_waits_is_due_at_once_or_given_up_and_says_why() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let later = Delivery { attempts: 1, due: at(20), ..claim(&*store, "desk").await };
        store.settle(Settlement::Retry(later.clone())).await.unwrap();
        assert_eq!(store.claim("desk", at(9), 9).await.unwrap().deliveries, []);
        store.order(revive(&later)).await.unwrap();
        let now = Delivery { due: at(9), ..later.clone() };
        assert_eq!(claim(&*store, "desk").await, now);
        store.settle(Settlement::Retry(later.clone())).await.unwrap();

        let obeyed = store.order(bury(&now)).await.unwrap();
        assert!(matches!(&obeyed[..], [Obeyed::Done(QueuedDelivery::Dead(_))]), "{obeyed:?}");
        assert_eq!(store.order(bury(&now)).await.unwrap(), [Obeyed::Dead]);
        assert_eq!(store.claim("desk", at(99), 9).await.unwrap(), Claimed::default());
        let report = store.queue(all()).await.unwrap();
        let QueuedDelivery::Dead(letter) = &report.deliveries[0].delivery else { panic!("{report:?}") };
        assert_eq!((letter.buried, letter.reason.as_str()), (at(9), "dropped by Ada: it is stale"));
        store.close().await.unwrap();
    });
}

#[test]
fn what_is_being_sent_or_was_accepted_is_left_alone() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
        let sending = claim(&*store, "desk").await;
        assert_eq!(store.order(bury(&sending)).await.unwrap(), [Obeyed::Sending]);
        assert_eq!(store.order(revive(&sending)).await.unwrap(), [Obeyed::Sending]);
        let Delivery { id, alert, target, .. } = sending.clone();
        let sent = Sent { id, alert, target, accepted: at(1), attempts: 1, held: None };
        store.settle(Settlement::Sent(sent)).await.unwrap();
        assert_eq!(store.order(bury(&sending)).await.unwrap(), [Obeyed::Sent]);
        assert_eq!(store.order(revive(&sending)).await.unwrap(), [Obeyed::Sent]);
        let other = Delivery { id: sending.of(newswatch::model::AlertId::notice("x")), ..sending };
        assert_eq!(store.order(revive(&other)).await.unwrap(), [Obeyed::Gone]);
        assert_eq!(counts(&store.queue(all()).await.unwrap()), (0, 0, 0));
        store.close().await.unwrap();
    });
}

/// What a further report goes into is told, also when the one before was dropped.
#[test]
fn an_update_that_was_dropped_takes_in_nothing_further() {
    on_every_backend(|open| async move {
        let store = open();
        let update = |n: u64| {
            let mut commit = commit(n, n as usize, at(0), &["desk"]);
            let story = newswatch::model::StoryId::opened_by(super::values::item(1).id);
            let raise = &mut commit.raise[0];
            raise.alert.kind = newswatch::model::AlertKind::Update;
            raise.alert.story = Some(story);
            raise.alert.thread = Some(newswatch::model::AlertId::first(story, "tartus"));
            for row in &mut raise.deliveries {
                row.due = at(0) + SignedDuration::from_mins(1);
            }
            commit
        };
        let first = store.commit_poll(update(1)).await.unwrap().raised;
        assert_eq!(first.len(), 1);
        assert_eq!(store.commit_poll(update(2)).await.unwrap().raised, [], "it goes into the one that waits");
        let row = store.queue(all()).await.unwrap().deliveries.remove(0);
        store.order(bury(row.delivery.delivery())).await.unwrap();
        let second = store.commit_poll(update(3)).await.unwrap().raised;
        assert_eq!(second.len(), 1);
        assert_ne!(first, second);
        assert_eq!(counts(&store.queue(all()).await.unwrap()), (1, 0, 1));
        store.close().await.unwrap();
    });
}
