//! The queue as somebody looks at it, and what is done with it on somebody's order.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::StoreError;
use super::super::queue::{Obeyed, Order, QueueQuery, QueueReport, QueueState, Queued, QueuedDelivery, Wish};
use super::changes::Changes;
use super::trees::{TreeId, Trees, json, outbox_key, target_prefix};
use crate::model::{DeadLetter, Delivery, DeliveryId};

/// Deliveries that somebody is attempting, with the keys of their rows. The writer alone changes it; others look. Lost in
/// a crash, as it should be: they are due again.
#[derive(Debug, Clone, Default)]
pub(super) struct Claims(Arc<Mutex<HashMap<DeliveryId, Vec<u8>>>>);

impl Claims {
    pub(super) fn contains_key(&self, id: &DeliveryId) -> bool {
        self.lock().contains_key(id)
    }

    pub(super) fn insert(&self, id: DeliveryId, key: Vec<u8>) {
        self.lock().insert(id, key);
    }

    pub(super) fn remove(&self, id: &DeliveryId) -> Option<Vec<u8>> {
        self.lock().remove(id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeliveryId, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The trees of the queue, in the order of its rows, each with its letter in the name of a place.
const QUEUE: [(TreeId, char); 2] = [(TreeId::Outbox, '1'), (TreeId::Dead, '2')];

/// The rows that were asked for, and how many there are in all.
pub(super) fn look(trees: &Trees, claims: &Claims, query: &QueueQuery) -> Result<QueueReport, StoreError> {
    let sending: HashSet<DeliveryId> = claims.lock().keys().copied().collect();
    let mut report = QueueReport::default();
    let (mut last, mut more) = (None, false);
    for (tree, letter) in QUEUE {
        for row in trees.scan(tree, &[]) {
            let (key, value) = row?;
            let delivery = read(trees, tree, &value, &sending)?;
            if query.target.as_ref().is_some_and(|target| *target != delivery.delivery().target) {
                continue;
            }
            *match delivery.state() {
                QueueState::Waiting => &mut report.waiting,
                QueueState::Sending => &mut report.sending,
                QueueState::Dead => &mut report.dead,
            } += 1;
            let place = place(letter, &key);
            if !is_asked_for(&delivery, query) || query.after.as_ref().is_some_and(|after| place <= *after) {
                continue;
            }
            if report.deliveries.len() == query.limit {
                more = true;
                continue;
            }
            report.deliveries.push(row_of(trees, delivery, query.whole)?);
            last = Some(place);
        }
    }
    report.next = last.filter(|_| more);
    Ok(report)
}

fn read(
    trees: &Trees,
    tree: TreeId,
    value: &[u8],
    sending: &HashSet<DeliveryId>,
) -> Result<QueuedDelivery, StoreError> {
    if tree == TreeId::Dead {
        return trees.parse(value).map(QueuedDelivery::Dead);
    }
    let delivery: Delivery = trees.parse(value)?;
    Ok(match sending.contains(&delivery.id) {
        true => QueuedDelivery::Sending(delivery),
        false => QueuedDelivery::Waiting(delivery),
    })
}

fn is_asked_for(row: &QueuedDelivery, query: &QueueQuery) -> bool {
    let delivery = row.delivery();
    let called = |id: &String| {
        delivery.id.to_string().starts_with(id.as_str()) || delivery.alert.to_string().starts_with(id.as_str())
    };
    query.state.is_none_or(|state| state == row.state()) && query.id.as_ref().is_none_or(called)
}

fn row_of(trees: &Trees, delivery: QueuedDelivery, whole: bool) -> Result<Queued, StoreError> {
    let alert = trees.alert(delivery.delivery().alert)?;
    Ok(Queued {
        delivery,
        watch: alert.as_ref().map(|alert| alert.watch.clone()),
        kind: alert.as_ref().map(|alert| alert.kind),
        headline: alert.as_ref().map(|alert| alert.headline.clone()),
        told: alert.filter(|_| whole).map(Box::new),
    })
}

/// Names of places sort as the rows do.
fn place(letter: char, key: &[u8]) -> String {
    let mut name = String::from(letter);
    key.iter().for_each(|byte| name.push_str(&format!("{byte:02x}")));
    name
}

/// Carries orders out as far as they can be; what came of each, in their order.
pub(super) fn obey(
    trees: &Trees,
    changes: &mut Changes<'_>,
    claims: &Claims,
    orders: &[Order],
) -> Result<Vec<Obeyed>, StoreError> {
    let mut waiting: HashMap<DeliveryId, (Vec<u8>, Delivery)> = HashMap::new();
    let targets: HashSet<&str> = orders.iter().map(|order| order.target.as_str()).collect();
    for target in targets {
        for row in trees.scan(TreeId::Outbox, &target_prefix(target)) {
            let (key, value) = row?;
            let delivery: Delivery = trees.parse(&value)?;
            waiting.insert(delivery.id, (key.to_vec(), delivery));
        }
    }
    orders.iter().map(|order| obey_one(trees, changes, claims, waiting.remove(&order.delivery), order)).collect()
}

fn obey_one(
    trees: &Trees,
    changes: &mut Changes<'_>,
    claims: &Claims,
    waiting: Option<(Vec<u8>, Delivery)>,
    order: &Order,
) -> Result<Obeyed, StoreError> {
    if claims.contains_key(&order.delivery) {
        return Ok(Obeyed::Sending);
    }
    let history = [order.alert.to_bytes(), order.delivery.to_bytes()].concat();
    let dead = changes.get(TreeId::Dead, &history)?.map(|value| trees.parse::<DeadLetter>(&value)).transpose()?;
    let put = |changes: &mut Changes<'_>, delivery: Delivery| {
        changes.put(TreeId::Outbox, outbox_key(&delivery), json(&delivery)?);
        Ok(Obeyed::Done(QueuedDelivery::Waiting(delivery)))
    };
    match (waiting, dead, &order.wish) {
        (Some((key, delivery)), _, Wish::Revive { .. }) => {
            changes.remove(TreeId::Outbox, key);
            put(changes, Delivery { due: order.now, ..delivery })
        }
        (Some((key, delivery)), _, Wish::Bury { reason }) => {
            changes.remove(TreeId::Outbox, key);
            let letter = DeadLetter { delivery, buried: order.now, reason: reason.clone() };
            changes.put(TreeId::Dead, history, json(&letter)?);
            Ok(Obeyed::Done(QueuedDelivery::Dead(letter)))
        }
        (None, Some(letter), Wish::Revive { deadline }) => {
            changes.remove(TreeId::Dead, history);
            let DeadLetter { delivery, .. } = letter;
            // Its target is tried as if for the first time; what went wrong stays to be read.
            let (now, deadline) = (order.now, *deadline);
            let anew = Delivery::new(delivery.alert, &delivery.target, now, deadline);
            put(changes, Delivery { created: delivery.created, last_error: delivery.last_error, ..anew })
        }
        (None, Some(_), Wish::Bury { .. }) => Ok(Obeyed::Dead),
        (None, None, _) if changes.get(TreeId::Sent, &history)?.is_some() => Ok(Obeyed::Sent),
        (None, None, _) => Ok(Obeyed::Gone),
    }
}
