//! Labels: what somebody made of an alert. They are the measure of a watch, so they are kept for good, and each says by
//! itself what it is about: the alert and its item may be forgotten before it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alert, AlertId, ItemId, MAX_MEMBER_TEXT_BYTES, clip};

/// Whether an alert was worth reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was.
    Relevant,
    /// It should not have been raised.
    Noise,
}

impl Verdict {
    /// The verdict as it stands on the command line and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Relevant => "relevant",
            Verdict::Noise => "noise",
        }
    }

    /// The verdict of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Verdict::Relevant, Verdict::Noise].into_iter().find(|verdict| verdict.name() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A verdict on an alert about one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The alert.
    pub alert: AlertId,
    /// What somebody made of it.
    pub verdict: Verdict,
    /// When they did.
    pub labelled: Timestamp,
    /// The watch that had raised it.
    pub watch: String,
    /// The item that it was about.
    pub item: ItemId,
    /// That item's headline, cut to [`MAX_MEMBER_TEXT_BYTES`].
    pub title: String,
    /// The score that raised it.
    pub score: f64,
    /// The terms that raised it, each once.
    pub terms: Vec<String>,
}

impl Label {
    /// The label of an alert; `None` where it is not about one item.
    pub fn of(alert: &Alert, verdict: Verdict, labelled: Timestamp) -> Option<Self> {
        let (lead, matched) = (alert.lead.as_ref()?, alert.matched.as_ref()?);
        let mut terms: Vec<String> = Vec::new();
        for hit in matched.hits.iter().filter(|hit| hit.weight > 0.0) {
            if !terms.contains(&hit.term) {
                terms.push(hit.term.clone());
            }
        }
        Some(Self {
            alert: alert.id,
            verdict,
            labelled,
            watch: alert.watch.clone(),
            item: lead.item,
            title: clip(&lead.title, MAX_MEMBER_TEXT_BYTES).to_owned(),
            score: matched.score,
            terms,
        })
    }
}
