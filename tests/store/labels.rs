//! Labels: durable, one an alert, and kept when what they are about is forgotten.

use newswatch::model::{Alert, AlertId, Hit, Label, Role, Verdict};
use newswatch::store::{ARCHIVE_KEEP_DAYS, AlertQuery, AlertReport, Embedded, Store};

use super::conformance::on_every_backend;
use super::values::{at, commit};

async fn alerts(store: &dyn Store, id: Option<String>) -> Vec<AlertReport> {
    store.alerts(AlertQuery { id, limit: 999, ..AlertQuery::default() }).await.unwrap()
}

/// The label of an alert that was raised by so many terms, each as long as a term may be.
fn label(alert: &Alert, verdict: Verdict, terms: usize) -> Label {
    let mut alert = alert.clone();
    let hit = |n: usize| Hit {
        term: format!("{n:0>200}"),
        role: Role::Strong,
        form: Default::default(),
        field: newswatch::model::Field::Title,
        start: 0,
        end: 1,
        text: String::new(),
        weight: 0.1,
    };
    alert.matched.as_mut().unwrap().hits = (0..terms).map(hit).collect();
    Label::of(&alert, verdict, at(1)).unwrap()
}

#[test]
fn a_label_replaces_the_one_before_survives_reopening_and_can_be_taken_away() {
    on_every_backend(|open| async move {
        let store = open();
        store.commit_poll(commit(1, 1, at(0), &[])).await.unwrap();
        store.commit_poll(commit(2, 2, at(1), &[])).await.unwrap();
        let alert = alerts(&*store, None).await.remove(0).alert;
        // A long one, and then a short one: nothing of the first is left.
        store.label(alert.id, Some(label(&alert, Verdict::Noise, 40))).await.unwrap();
        let last = label(&alert, Verdict::Relevant, 1);
        store.label(alert.id, Some(last.clone())).await.unwrap();
        store.close().await.unwrap();
        drop(store);

        let store = open();
        assert_eq!(store.labels().await.unwrap(), [last]);
        let shown: Vec<_> = alerts(&*store, None).await.iter().map(|report| report.label).collect();
        assert_eq!(shown, [Some(Verdict::Relevant), None]);
        store.label(alert.id, None).await.unwrap();
        store.label(AlertId::notice("never labelled"), None).await.unwrap();
        assert!(store.labels().await.unwrap().is_empty());
        store.close().await.unwrap();
    });
}

#[test]
fn alerts_are_found_by_the_beginning_of_their_id() {
    on_every_backend(|open| async move {
        let store = open();
        for n in 1..=40 {
            store.commit_poll(commit(n, n as usize, at(0), &[])).await.unwrap();
        }
        let all = alerts(&*store, None).await;
        let id = all[7].alert.id.to_string();
        assert_eq!(alerts(&*store, Some(id.clone())).await, all[7..8]);
        assert_eq!(alerts(&*store, Some(id[..12].to_owned())).await, all[7..8]);
        let of_one_digit = all.iter().filter(|report| report.alert.id.to_string().starts_with(&id[..1])).count();
        assert_eq!(alerts(&*store, Some(id[..1].to_owned())).await.len(), of_one_digit);
        assert!(alerts(&*store, Some("g".to_owned())).await.is_empty());
        store.close().await.unwrap();
    });
}

#[test]
fn labels_outlive_their_alerts() {
    on_every_backend(|open| async move {
        let store = open();
        for day in 0..=ARCHIVE_KEEP_DAYS {
            store.commit_poll(commit(day as u64 + 1, day, at(24 * day as i64), &[])).await.unwrap();
            if day == 0 {
                let alert = alerts(&*store, None).await.remove(0).alert;
                store.label(alert.id, Some(label(&alert, Verdict::Noise, 1))).await.unwrap();
            }
        }
        store.expire().await.unwrap();
        assert_eq!(alerts(&*store, None).await.len(), ARCHIVE_KEEP_DAYS);
        let labels = store.labels().await.unwrap();
        assert_eq!((labels.len(), labels[0].title.as_str()), (1, "Item 0 from Tartus"));
        store.close().await.unwrap();
    });
}

#[tokio::test]
async fn a_store_from_before_there_were_labels_is_read_and_takes_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = Embedded::open(dir.path()).unwrap();
    store.commit_poll(commit(1, 1, at(0), &[])).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    {
        let db = sled::open(dir.path().join("db")).unwrap();
        assert!(db.drop_tree("labels").unwrap());
        db.flush().unwrap();
    }
    let store = Embedded::open(dir.path()).unwrap();
    let alert = alerts(&store, None).await.remove(0).alert;
    store.label(alert.id, Some(label(&alert, Verdict::Noise, 1))).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    assert_eq!(Embedded::open(dir.path()).unwrap().labels().await.unwrap().len(), 1);
}
