//! The trees, their keys, and what is read from them.
//!
//! | tree | key | value |
//! |---|---|---|
//! | `meta` | `format`; `archive/2026-11-22` | the format; the valid length of a segment |
//! | `feeds` | feed | its state |
//! | `seen` | feed, chunk | seen items |
//! | `alerts` | alert, chunk | an alert |
//! | `recent` | time raised, alert | nothing |
//! | `outbox` | target's hash, due, delivery | a delivery |
//! | `sent` | alert, delivery | when it was accepted |
//! | `dead` | alert, delivery | a dead letter |
//! | `labels` | alert, chunk | a label |
//! | `threads` | the alert that opened it, chunk | a thread |
//! | `amendments` | time, story, chunk | what somebody said of a story |
//! | `silences` | silence, chunk | a silence |
//! | `digested` | alert, delivery | the digest that tells it |
//!
//! Values are JSON but for the seen items. What may be long is cut into chunks: sled keeps pages over about 128 KiB in a
//! directory of blobs that it never syncs, and a page holds up to some thirty values before it is split. Values that
//! are not cut are bounded where they are made.
//!
//! A tree that a store does not have yet is made when it is opened, and a version that does not know it leaves it alone:
//! a further tree is no new format.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use super::super::{AlertQuery, AlertReport, OutboxReport, StoreError};
use super::changes::Changes;
use crate::model::{
    Alert, AlertId, Amendment, Delivery, DeliveryState, FeedId, FeedState, Label, Said, Seen, Silence, Thread, Verdict,
};

/// Longest chunk in bytes; see the module.
pub(super) const MAX_CHUNK_BYTES: usize = 2 << 10;
/// What a chunk's number adds to its key.
const CHUNK_KEY_BYTES: usize = size_of::<u16>();

/// Which tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TreeId {
    Meta,
    Feeds,
    Seen,
    Alerts,
    Recent,
    Outbox,
    Sent,
    Dead,
    Labels,
    Threads,
    Amendments,
    Silences,
    Digested,
}

impl TreeId {
    pub(super) const ALL: [(TreeId, &'static str); 13] = [
        (TreeId::Meta, "meta"),
        (TreeId::Feeds, "feeds"),
        (TreeId::Seen, "seen"),
        (TreeId::Alerts, "alerts"),
        (TreeId::Recent, "recent"),
        (TreeId::Outbox, "outbox"),
        (TreeId::Sent, "sent"),
        (TreeId::Dead, "dead"),
        (TreeId::Labels, "labels"),
        (TreeId::Threads, "threads"),
        (TreeId::Amendments, "amendments"),
        (TreeId::Silences, "silences"),
        (TreeId::Digested, "digested"),
    ];
}

/// All trees of a store, in the order of [`TreeId::ALL`].
#[derive(Debug, Clone)]
pub(super) struct Trees {
    pub(super) dir: PathBuf,
    pub(super) db: sled::Db,
    trees: Vec<sled::Tree>,
}

impl Trees {
    pub(super) fn open(dir: PathBuf, db: sled::Db) -> Result<Self, StoreError> {
        let trees: Result<Vec<_>, _> = TreeId::ALL.iter().map(|(_, name)| db.open_tree(name)).collect();
        match trees {
            Ok(trees) => Ok(Self { dir, db, trees }),
            Err(error) => Err(StoreError::Database { path: dir, message: error.to_string() }),
        }
    }

    pub(super) fn tree(&self, id: TreeId) -> &sled::Tree {
        &self.trees[id as usize]
    }

    pub(super) fn all(&self) -> &[sled::Tree] {
        &self.trees
    }

    pub(super) fn failed(&self, error: &sled::Error) -> StoreError {
        StoreError::Database { path: self.dir.clone(), message: error.to_string() }
    }

    pub(super) fn damaged(&self, what: impl ToString) -> StoreError {
        StoreError::Damaged { path: self.dir.clone(), what: what.to_string() }
    }

    pub(super) fn get(&self, id: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.tree(id).get(key).map_err(|error| self.failed(&error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    pub(super) fn parse<T: DeserializeOwned>(&self, value: &[u8]) -> Result<T, StoreError> {
        serde_json::from_slice(value).map_err(|error| self.damaged(error))
    }

    /// The rows of a tree whose keys begin with `prefix`, in order.
    pub(super) fn scan(
        &self,
        id: TreeId,
        prefix: &[u8],
    ) -> impl DoubleEndedIterator<Item = Result<(sled::IVec, sled::IVec), StoreError>> + '_ {
        self.tree(id).scan_prefix(prefix).map(|row| row.map_err(|error| self.failed(&error)))
    }

    /// A value that was stored in chunks; empty where there is none.
    pub(super) fn chunked(&self, id: TreeId, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut value = Vec::new();
        for row in self.scan(id, key) {
            value.extend_from_slice(&row?.1);
        }
        Ok(value)
    }

    pub(super) fn feeds(&self) -> Result<Vec<FeedState>, StoreError> {
        self.scan(TreeId::Feeds, &[]).map(|row| self.parse(&row?.1)).collect()
    }

    pub(super) fn seen(&self, feed: FeedId) -> Result<Seen, StoreError> {
        let bytes = self.chunked(TreeId::Seen, &feed.to_bytes())?;
        Seen::decode(&bytes).map_err(|error| self.damaged(error))
    }

    pub(super) fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        let bytes = self.chunked(TreeId::Alerts, &id.to_bytes())?;
        if bytes.is_empty() { Ok(None) } else { self.parse(&bytes).map(Some) }
    }

    pub(super) fn alerts(&self, query: &AlertQuery) -> Result<Vec<AlertReport>, StoreError> {
        let mut waiting: Vec<Delivery> = Vec::new();
        for row in self.scan(TreeId::Outbox, &[]) {
            waiting.push(self.parse(&row?.1)?);
        }
        let mut found = Vec::new();
        for row in self.scan(TreeId::Recent, &[]).rev() {
            let (key, _) = row?;
            let (raised, id) = split_recent(&key).ok_or_else(|| self.damaged("a key of `recent`"))?;
            if found.len() >= query.limit || query.since.is_some_and(|since| raised < since.as_millisecond()) {
                break;
            }
            if query.id.as_ref().is_some_and(|prefix| !id.to_string().starts_with(prefix.as_str())) {
                continue;
            }
            let Some(alert) = self.alert(id)? else { continue };
            if query.watch.as_ref().is_none_or(|watch| *watch == alert.watch) {
                let deliveries = self.deliveries(id, &waiting)?;
                found.push(AlertReport { alert, deliveries, label: self.verdict(id)? });
            }
        }
        Ok(found)
    }

    fn deliveries(&self, alert: AlertId, waiting: &[Delivery]) -> Result<Vec<DeliveryState>, StoreError> {
        let waiting = waiting.iter().filter(|row| row.alert == alert).cloned();
        let mut states: Vec<DeliveryState> = waiting.map(DeliveryState::Waiting).collect();
        for row in self.scan(TreeId::Sent, &alert.to_bytes()) {
            states.push(DeliveryState::Sent(self.parse(&row?.1)?));
        }
        for row in self.scan(TreeId::Digested, &alert.to_bytes()) {
            states.push(DeliveryState::Digested(self.parse(&row?.1)?));
        }
        for row in self.scan(TreeId::Dead, &alert.to_bytes()) {
            states.push(DeliveryState::Dead(self.parse(&row?.1)?));
        }
        Ok(states)
    }

    fn verdict(&self, alert: AlertId) -> Result<Option<Verdict>, StoreError> {
        let bytes = self.chunked(TreeId::Labels, &alert.to_bytes())?;
        if bytes.is_empty() { Ok(None) } else { self.parse::<Label>(&bytes).map(|label| Some(label.verdict)) }
    }

    pub(super) fn labels(&self) -> Result<Vec<Label>, StoreError> {
        self.all_chunked(TreeId::Labels)
    }

    pub(super) fn threads(&self) -> Result<Vec<Thread>, StoreError> {
        self.all_chunked(TreeId::Threads)
    }

    pub(super) fn silences(&self) -> Result<Vec<Silence>, StoreError> {
        self.all_chunked(TreeId::Silences)
    }

    pub(super) fn amendments(&self) -> Result<Vec<Amendment>, StoreError> {
        self.all_chunked(TreeId::Amendments)
    }

    /// All values of a tree that holds them in chunks, in the order of their keys.
    fn all_chunked<T: DeserializeOwned>(&self, id: TreeId) -> Result<Vec<T>, StoreError> {
        let mut values: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for row in self.scan(id, &[]) {
            let (key, chunk) = row?;
            let key = key.get(..key.len().saturating_sub(CHUNK_KEY_BYTES)).unwrap_or_default();
            values.entry(key.to_vec()).or_default().extend_from_slice(&chunk);
        }
        values.values().map(|value| self.parse(value)).collect()
    }

    pub(super) fn outbox_report(&self, limit: usize) -> Result<OutboxReport, StoreError> {
        let mut report = OutboxReport::default();
        for row in self.scan(TreeId::Outbox, &[]) {
            report.waiting += 1;
            if report.deliveries.len() < limit {
                report.deliveries.push(DeliveryState::Waiting(self.parse(&row?.1)?));
            }
        }
        for row in self.scan(TreeId::Dead, &[]) {
            report.dead += 1;
            if report.deliveries.len() < limit {
                report.deliveries.push(DeliveryState::Dead(self.parse(&row?.1)?));
            }
        }
        Ok(report)
    }
}

/// Puts a value in chunks under `key`, removing what is left of a longer one.
pub(super) fn put_chunked(changes: &mut Changes, id: TreeId, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let mut count = 0u16;
    for chunk in value.chunks(MAX_CHUNK_BYTES) {
        changes.put(id, chunk_key(key, count), chunk.to_vec());
        count += 1;
    }
    while changes.get(id, &chunk_key(key, count))?.is_some() {
        changes.remove(id, chunk_key(key, count));
        count += 1;
    }
    Ok(())
}

pub(super) fn chunk_key(key: &[u8], chunk: u16) -> Vec<u8> {
    [key, &chunk.to_be_bytes()].concat()
}

/// The rows of one target stand together, the longest due first.
pub(super) fn outbox_key(delivery: &Delivery) -> Vec<u8> {
    let due = sortable(delivery.due.as_millisecond());
    [target_prefix(&delivery.target).as_slice(), &due, &delivery.id.to_bytes()].concat()
}

pub(super) fn target_prefix(target: &str) -> [u8; 8] {
    xxh3_64(target.as_bytes()).to_be_bytes()
}

/// In the order of their times; two that are said of one story in one millisecond are one.
pub(super) fn amendment_key(amendment: &Amendment) -> Vec<u8> {
    let into = match amendment.said {
        Said::Split { into, .. } | Said::Join { into, .. } => into,
    };
    [sortable(amendment.at.as_millisecond()).as_slice(), &into.to_bytes()].concat()
}

pub(super) fn recent_key(raised: Timestamp, alert: AlertId) -> Vec<u8> {
    [sortable(raised.as_millisecond()).as_slice(), &alert.to_bytes()].concat()
}

/// The time in milliseconds and the alert of a key of `recent`.
pub(super) fn split_recent(key: &[u8]) -> Option<(i64, AlertId)> {
    let (time, alert) = key.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*time) ^ i64::MIN, AlertId::from_bytes(alert)?))
}

/// Big-endian with the sign flipped, so that bytes sort as times do, also before 1970.
fn sortable(millisecond: i64) -> [u8; 8] {
    (millisecond ^ i64::MIN).to_be_bytes()
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    // The stored types are plain data with string keys: only a lack of memory could fail here.
    serde_json::to_vec(value).map_err(|error| StoreError::Damaged { path: PathBuf::new(), what: error.to_string() })
}
