//! What every backend must do for targets that are told together, later, or by others.

use newswatch::model::{
    Alert, AlertId, AlertKind, Delivery, DeliveryState, Digested, Hold, Silence, SilenceId, StoryId,
};
use newswatch::store::{AlertQuery, HandOver, Raise, Settlement, Store};

use super::conformance::on_every_backend;
use super::values::{at, item, raise};

/// Raises alert number `n` for these targets.
async fn raised(store: &dyn Store, n: usize, targets: &[&str]) -> AlertId {
    let proposal = raise(n, StoryId::opened_by(item(n).id), at(0), targets);
    let id = proposal.alert.id;
    store.raise(proposal).await.unwrap();
    id
}

async fn claimed(store: &dyn Store, target: &str, now: i64) -> Vec<Delivery> {
    let claimed = store.claim(target, at(now), 10).await.unwrap();
    claimed.deliveries.into_iter().map(|(delivery, _)| delivery).collect()
}

async fn states(store: &dyn Store, alert: AlertId) -> Vec<DeliveryState> {
    let query = AlertQuery { id: Some(alert.to_string()), limit: 1, ..AlertQuery::default() };
    store.alerts(query).await.unwrap().remove(0).deliveries
}

#[test]
fn a_digest_takes_the_places_of_its_members_in_one_step() {
    on_every_backend(|open| async move {
        let store = open();
        let (one, two) = (raised(&*store, 1, &["desk"]).await, raised(&*store, 2, &["desk"]).await);
        let rows = claimed(&*store, "desk", 0).await;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let id = AlertId::digest("desk", &ids);
        let digest =
            Alert { id, ..Alert::about_itself(AlertKind::Digest, "x", "Two alerts".to_owned(), String::new(), at(0)) };
        let members = rows.iter().map(|row| Digested {
            id: row.id,
            alert: row.alert,
            target: "desk".to_owned(),
            digest: id,
            at: at(0),
        });
        let deliveries = vec![Delivery::new(id, "desk", at(0), at(99))];
        let together = Settlement::Digest(members.collect(), Box::new(Raise { alert: digest, deliveries }));
        store.settle(together).await.unwrap();
        store.close().await.unwrap();
        drop(store);

        let store = open();
        let rows = claimed(&*store, "desk", 0).await;
        assert_eq!(rows.iter().map(|row| row.alert).collect::<Vec<_>>(), [id]);
        for alert in [one, two] {
            let [DeliveryState::Digested(told)] = &states(&*store, alert).await[..] else { panic!("not digested") };
            assert_eq!(told.digest, id);
        }
        store.close().await.unwrap();
    });
}

#[test]
fn what_failed_is_released_and_what_is_held_is_not() {
    on_every_backend(|open| async move {
        let store = open();
        for n in 1..=3 {
            raised(&*store, n, &["desk"]).await;
        }
        let rows = claimed(&*store, "desk", 0).await;
        let retry =
            |row: &Delivery, held, attempts| Settlement::Retry(Delivery { due: at(20), held, attempts, ..row.clone() });
        store.settle(retry(&rows[0], None, 1)).await.unwrap();
        store.settle(retry(&rows[1], None, 2)).await.unwrap();
        store.settle(retry(&rows[2], Some(Hold::QuietHours), 0)).await.unwrap();
        assert_eq!(claimed(&*store, "desk", 10).await.len(), 0);
        assert_eq!(store.release("desk", at(10), 1).await.unwrap(), 1);
        assert_eq!(claimed(&*store, "desk", 10).await.len(), 1);
        assert_eq!(store.release("desk", at(10), 9).await.unwrap(), 1, "not what is claimed");
        assert_eq!(claimed(&*store, "desk", 10).await.len(), 1);
        assert_eq!(store.release("desk", at(10), 9).await.unwrap(), 0);
        assert_eq!(store.unhold(at(10)).await.unwrap(), 1);
        assert_eq!(claimed(&*store, "desk", 10).await.len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_fallback_gets_each_alert_once_and_never_what_it_had() {
    on_every_backend(|open| async move {
        let store = open();
        raised(&*store, 1, &["desk"]).await;
        raised(&*store, 2, &["desk", "phone"]).await;
        let order =
            |most| HandOver { from: "desk".to_owned(), to: "phone".to_owned(), deadline: at(99), now: at(5), most };
        assert_eq!(store.hand_over(order(1)).await.unwrap(), 1);
        assert_eq!(store.hand_over(order(9)).await.unwrap(), 1);
        assert_eq!(store.hand_over(order(9)).await.unwrap(), 0);
        assert_eq!(claimed(&*store, "phone", 5).await.len(), 2);
        let desk = claimed(&*store, "desk", 5).await;
        assert!(desk.len() == 2 && desk.iter().all(|row| row.handed_over), "{desk:?}");
        store.close().await.unwrap();
    });
}

#[test]
fn what_is_overdue_is_claimed_whenever_it_is_due() {
    on_every_backend(|open| async move {
        let store = open();
        raised(&*store, 1, &["desk"]).await;
        let row = claimed(&*store, "desk", 0).await.remove(0);
        store.settle(Settlement::Retry(Delivery { due: at(500), deadline: at(100), ..row })).await.unwrap();
        assert_eq!(store.claim_overdue("desk", at(99), 9).await.unwrap().len(), 0);
        assert_eq!(store.claim_overdue("desk", at(100), 9).await.unwrap().len(), 1);
        assert_eq!(store.claim_overdue("desk", at(100), 9).await.unwrap().len(), 0, "claimed");
        store.close().await.unwrap();
    });
}

#[test]
fn silences_are_kept_and_replaced() {
    on_every_backend(|open| async move {
        let store = open();
        let silence = Silence {
            id: SilenceId::new("watch=tartus", at(0)),
            selector: "watch=tartus".to_owned(),
            starts: at(0),
            ends: at(10),
            why: "a test".repeat(100),
            by: "desk".to_owned(),
            created: at(0),
        };
        store.put_silence(silence.clone()).await.unwrap();
        let ended = Silence { ends: at(5), why: "short".to_owned(), ..silence };
        store.put_silence(ended.clone()).await.unwrap();
        store.close().await.unwrap();
        drop(store);
        let store = open();
        assert_eq!(store.silences().await.unwrap(), [ended]);
        store.close().await.unwrap();
    });
}
