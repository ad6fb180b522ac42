//! A search of the archive for one item, by whatever name somebody knows it.

use crate::model::{AlertId, ItemId, Outcome, Record};

/// How well an archived item answers to what was asked for; the best wins, and of several the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It raised the alert whose id begins so, or is told in that update.
    Raised,
    /// It has this id, URL or GUID.
    Named,
    /// The same, and it alerted: of the versions of an item, the one that people ask about.
    NamedAndAlerted,
}

/// The archived item that somebody asks for, while the archive is read.
pub(super) struct Search {
    text: String,
    item: Option<ItemId>,
    alert: Option<AlertId>,
    /// The best so far.
    pub(super) found: Option<(Rank, Record)>,
}

impl Search {
    pub(super) fn new(text: &str, alert: Option<AlertId>) -> Self {
        Self { text: text.to_owned(), item: text.parse().ok(), alert, found: None }
    }

    /// Looks at the next record of the archive, in its order.
    pub(super) fn visit(&mut self, record: Record) {
        let Some(rank) = self.rank(&record) else { return };
        if self.found.as_ref().is_none_or(|(best, _)| *best <= rank) {
            self.found = Some((rank, record));
        }
    }

    fn rank(&self, record: &Record) -> Option<Rank> {
        let item = &record.item;
        let is_text = |key: &Option<String>| key.as_deref() == Some(self.text.as_str());
        let alerted = || record.decisions.iter().any(|decision| matches!(decision.outcome, Outcome::Alerted(_)));
        let raised = |alert| {
            let outcomes = [Outcome::Alerted(alert), Outcome::Updated(alert)];
            record.decisions.iter().any(|decision| outcomes.contains(&decision.outcome))
        };
        if Some(item.id) == self.item || is_text(&item.link) || is_text(&item.guid) {
            return Some(if alerted() { Rank::NamedAndAlerted } else { Rank::Named });
        }
        self.alert.is_some_and(raised).then_some(Rank::Raised)
    }
}
