//! Updates that wait: what may still be added to them, and which is the next of a thread.
//!
//! An update is open from the commit that makes it until somebody claims a delivery of it, and never after a restart: what
//! a target has been told, or may have been told before a crash, stays as it is. While a target takes nothing, what comes
//! goes into the update that waits for it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::super::{Raise, StoreError};
use super::changes::Changes;
use super::trees::{TreeId, chunk_key, json, outbox_key, put_chunked};
use super::writer::raise;
use crate::model::{Alert, AlertId, AlertKind, Delivery, StoryId};

/// Most updates of one thread; a story of 72 hours with one every 10 minutes has 432.
const MAX_UPDATES: u32 = 100_000;

/// An update that nobody claims so long after its time has no target that is served.
const MAX_OPEN: SignedDuration = SignedDuration::from_hours(24);

/// The open updates, by their threads.
#[derive(Debug, Default)]
pub(super) struct Updates {
    open: HashMap<AlertId, Open>,
}

#[derive(Debug)]
struct Open {
    update: AlertId,
    due: Timestamp,
    /// Who will be told it.
    targets: Vec<String>,
}

impl Updates {
    /// Puts an update into the open one of its thread, or makes it the thread's next. Returns the alert that tells it, and
    /// whether that is new.
    pub(super) fn raise(&mut self, changes: &mut Changes<'_>, proposal: &Raise) -> Result<(AlertId, bool), StoreError> {
        let Alert { thread: Some(thread), story: Some(story), watch, raised, .. } = &proposal.alert else {
            return Ok((proposal.alert.id, raise(changes, proposal)?.is_some()));
        };
        self.open.retain(|_, open| raised.duration_since(open.due) < MAX_OPEN);
        if let Some(open) = self.open.get_mut(thread)
            && let Some(mut waiting) = changes.alert(open.update)?
        {
            waiting.absorb(proposal.alert.clone());
            put_chunked(changes, TreeId::Alerts, &open.update.to_bytes(), &json(&waiting)?)?;
            // This report may go where the ones before it did not.
            for row in rows(open.update, proposal) {
                if !open.targets.contains(&row.target) {
                    open.targets.push(row.target.clone());
                    changes.put(TreeId::Outbox, outbox_key(&row), json(&row)?);
                }
            }
            return Ok((open.update, false));
        }
        let update = next(changes, *story, watch)?;
        let deliveries = rows(update, proposal);
        let due = deliveries.iter().map(|row| row.due).min().unwrap_or(*raised);
        let targets = deliveries.iter().map(|row| row.target.clone()).collect();
        self.open.insert(*thread, Open { update, due, targets });
        let alert = Alert { id: update, ..proposal.alert.clone() };
        let new = raise(changes, &Raise { alert, deliveries })?.is_some();
        Ok((update, new))
    }

    /// Somebody is about to tell this alert: it stays as it is.
    pub(super) fn close(&mut self, alert: AlertId) {
        self.open.retain(|_, open| open.update != alert);
    }
}

/// The deliveries of a proposal as those of this update.
fn rows(update: AlertId, proposal: &Raise) -> Vec<Delivery> {
    proposal.deliveries.iter().map(|row| Delivery { id: row.of(update), alert: update, ..row.clone() }).collect()
}

/// The first update of the story for the watch that does not exist yet.
fn next(changes: &Changes<'_>, story: StoryId, watch: &str) -> Result<AlertId, StoreError> {
    for ordinal in 1..MAX_UPDATES {
        let id = AlertId::new(story, watch, AlertKind::Update.name(), ordinal);
        if changes.get(TreeId::Alerts, &chunk_key(&id.to_bytes(), 0))?.is_none() {
            return Ok(id);
        }
    }
    Ok(AlertId::new(story, watch, AlertKind::Update.name(), MAX_UPDATES))
}
