//! What was held back, and why: from the archive's decisions.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::admin::{Admin, AdminError};
use crate::model::{Decision, ItemId, MAX_REASON_BYTES, Outcome, Record, Suppression, clip};

/// Most suppressions that are told at once, the newest.
pub const MAX_SUPPRESSED: usize = 10_000;

/// Which suppressions are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressedQuery {
    /// Only of items seen at or after this.
    pub since: Timestamp,
    /// Only by this watch.
    pub watch: Option<String>,
    /// Also those that only stayed below the threshold.
    #[serde(default)]
    pub all: bool,
}

/// `newswatch suppressed`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SuppressedReport {
    /// The newest last, at most [`MAX_SUPPRESSED`].
    pub suppressed: Vec<SuppressedRow>,
    /// How many older ones there are beside them.
    pub earlier: usize,
    /// How many are not told because they only stayed below the threshold.
    pub below_threshold: usize,
}

/// A match that raised no alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuppressedRow {
    /// When the item was first in hand.
    pub seen: Timestamp,
    /// The watch that found something in it.
    pub watch: String,
    /// How much.
    pub score: f64,
    /// From where on it would have alerted.
    pub threshold: f64,
    /// Why it did not.
    pub why: Suppression,
    /// The same in words.
    pub reason: String,
    /// The item, for `newswatch explain`.
    pub item: ItemId,
    /// Its title, shortened.
    pub title: String,
    /// What people call its feed.
    pub feed: String,
}

impl Admin {
    /// What was held back.
    pub async fn suppressed(&self, query: SuppressedQuery) -> Result<SuppressedReport, AdminError> {
        let gathered = Arc::new(Mutex::new(Gathered::default()));
        let (visitor, since) = (gathered.clone(), query.since);
        let visit = move |record: Record| {
            visitor.lock().unwrap_or_else(PoisonError::into_inner).visit(&record, &query);
            ControlFlow::Continue(())
        };
        self.store.replay(since, Box::new(visit)).await?;
        let Gathered { rows, earlier, below_threshold } =
            std::mem::take(&mut *gathered.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(SuppressedReport { suppressed: rows.into(), earlier, below_threshold })
    }
}

#[derive(Debug, Default)]
struct Gathered {
    rows: VecDeque<SuppressedRow>,
    earlier: usize,
    below_threshold: usize,
}

impl Gathered {
    fn visit(&mut self, record: &Record, query: &SuppressedQuery) {
        for Decision { matched, outcome } in &record.decisions {
            let Outcome::Suppressed(why) = *outcome else { continue };
            if query.watch.as_ref().is_some_and(|watch| *watch != matched.watch) {
                continue;
            }
            if why == Suppression::BelowThreshold && !query.all {
                self.below_threshold += 1;
                continue;
            }
            if self.rows.len() == MAX_SUPPRESSED {
                self.rows.pop_front();
                self.earlier += 1;
            }
            self.rows.push_back(SuppressedRow {
                seen: record.seen,
                watch: matched.watch.clone(),
                score: matched.score,
                threshold: matched.threshold,
                why,
                reason: why.to_string(),
                item: record.item.id,
                title: clip(&record.item.title, MAX_REASON_BYTES).to_owned(),
                feed: clip(&record.item.feed_name, MAX_REASON_BYTES).to_owned(),
            });
        }
    }
}
