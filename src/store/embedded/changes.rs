//! What a group of commands is about to change: a layer over the trees that later commands of the group see.

use std::collections::BTreeMap;

use sled::Transactional;
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};

use super::trees::{TreeId, Trees, chunk_key};
use crate::model::{Alert, AlertId};
use crate::store::StoreError;

/// Pending puts (`Some`) and removals (`None`).
#[derive(Debug)]
pub(super) struct Changes<'a> {
    trees: &'a Trees,
    pending: BTreeMap<(TreeId, Vec<u8>), Option<Vec<u8>>>,
}

impl<'a> Changes<'a> {
    pub(super) fn over(trees: &'a Trees) -> Self {
        Self { trees, pending: BTreeMap::new() }
    }

    /// What lies below.
    pub(super) fn trees(&self) -> &'a Trees {
        self.trees
    }

    pub(super) fn get(&self, id: TreeId, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.pending.get(&(id, key.to_vec())) {
            Some(pending) => Ok(pending.clone()),
            None => self.trees.get(id, key),
        }
    }

    /// A value that was put in chunks; empty where there is none.
    pub(super) fn chunked(&self, id: TreeId, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut value = Vec::new();
        for chunk in 0.. {
            match self.get(id, &chunk_key(key, chunk))? {
                Some(bytes) => value.extend_from_slice(&bytes),
                None => break,
            }
        }
        Ok(value)
    }

    pub(super) fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        let bytes = self.chunked(TreeId::Alerts, &id.to_bytes())?;
        if bytes.is_empty() { Ok(None) } else { self.trees.parse(&bytes).map(Some) }
    }

    pub(super) fn put(&mut self, id: TreeId, key: Vec<u8>, value: Vec<u8>) {
        self.pending.insert((id, key), Some(value));
    }

    pub(super) fn remove(&mut self, id: TreeId, key: Vec<u8>) {
        self.pending.insert((id, key), None);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Applies everything in one transaction over all trees. Not durable yet: the caller syncs.
    pub(super) fn apply(self) -> Result<(), StoreError> {
        let pending = &self.pending;
        let applied = self.trees.all().transaction(|trees: &Vec<TransactionalTree>| {
            for ((id, key), value) in pending {
                let tree = &trees[*id as usize];
                match value {
                    Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
                    None => tree.remove(key.as_slice())?,
                };
            }
            Ok::<(), ConflictableTransactionError<std::convert::Infallible>>(())
        });
        applied.map_err(|error| match error {
            TransactionError::Abort(never) => match never {},
            TransactionError::Storage(error) => self.trees.failed(&error),
        })
    }
}
