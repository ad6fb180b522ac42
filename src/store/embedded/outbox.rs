//! Changes of many rows of the outbox at once. Rows that somebody is attempting, and those that a command of the same group
//! has changed already, are left alone.

use std::collections::HashSet;

use jiff::Timestamp;

use super::super::{HandOver, StoreError};
use super::changes::Changes;
use super::queue::Claims;
use super::trees::{TreeId, json, outbox_key, target_prefix};
use crate::model::{Delivery, DeliveryId};

/// See [`super::super::Store::release`].
pub(super) fn release(
    changes: &mut Changes<'_>,
    claimed: &Claims,
    target: &str,
    now: Timestamp,
    most: usize,
) -> Result<usize, StoreError> {
    let waits = |row: &Delivery| row.target == target && row.attempts > 0 && row.held.is_none() && row.due > now;
    let rows = free_rows(changes, claimed, &target_prefix(target), most, waits)?;
    make_due(changes, rows, now)
}

/// See [`super::super::Store::unhold`].
pub(super) fn unhold(changes: &mut Changes<'_>, claimed: &Claims, now: Timestamp) -> Result<usize, StoreError> {
    let rows = free_rows(changes, claimed, &[], usize::MAX, |row| row.held.is_some() && row.due > now)?;
    make_due(changes, rows, now)
}

/// See [`super::super::Store::hand_over`].
pub(super) fn hand_over(changes: &mut Changes<'_>, claimed: &Claims, order: &HandOver) -> Result<usize, StoreError> {
    let HandOver { from, to, deadline, now, most } = order;
    // What is held is none of a fallback's business before its time.
    let waits = |row: &Delivery| row.target == *from && !row.handed_over && (row.held.is_none() || row.due <= *now);
    let rows = free_rows(changes, claimed, &target_prefix(from), *most, waits)?;
    if rows.is_empty() {
        return Ok(0);
    }
    // Also those that a command of this group settles: they were theirs.
    let theirs = changes.trees().scan(TreeId::Outbox, &target_prefix(to));
    let theirs = theirs.map(|row| Ok(changes.trees().parse::<Delivery>(&row?.1)?.id));
    let waiting: HashSet<DeliveryId> = theirs.collect::<Result<_, StoreError>>()?;
    for (key, row) in &rows {
        let new = Delivery::new(row.alert, to, *now, *deadline);
        let history = [row.alert.to_bytes(), new.id.to_bytes()].concat();
        let mut had = waiting.contains(&new.id);
        for tree in [TreeId::Sent, TreeId::Digested, TreeId::Dead] {
            had |= changes.get(tree, &history)?.is_some();
        }
        if !had {
            changes.put(TreeId::Outbox, outbox_key(&new), json(&new)?);
        }
        changes.put(TreeId::Outbox, key.clone(), json(&Delivery { handed_over: true, ..row.clone() })?);
    }
    Ok(rows.len())
}

fn make_due(changes: &mut Changes<'_>, rows: Vec<(Vec<u8>, Delivery)>, now: Timestamp) -> Result<usize, StoreError> {
    let count = rows.len();
    for (key, row) in rows {
        let row = Delivery { due: now, ..row };
        changes.remove(TreeId::Outbox, key);
        changes.put(TreeId::Outbox, outbox_key(&row), json(&row)?);
    }
    Ok(count)
}

/// The first rows that are `wanted`, with their keys.
fn free_rows(
    changes: &Changes<'_>,
    claimed: &Claims,
    prefix: &[u8],
    most: usize,
    wanted: impl Fn(&Delivery) -> bool,
) -> Result<Vec<(Vec<u8>, Delivery)>, StoreError> {
    let mut rows = Vec::new();
    for row in changes.trees().scan(TreeId::Outbox, prefix) {
        let (key, value) = row?;
        if rows.len() >= most {
            break;
        }
        if changes.get(TreeId::Outbox, &key)?.is_none_or(|now| now != value.as_ref()) {
            continue;
        }
        let row: Delivery = changes.trees().parse(&value)?;
        if !claimed.contains_key(&row.id) && wanted(&row) {
            rows.push((key.to_vec(), row));
        }
    }
    Ok(rows)
}
