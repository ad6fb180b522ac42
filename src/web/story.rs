//! Stories: who told them, what was raised, and what people say of a wrong guess.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::admin::{Admin, AdminError, short};
use crate::model::{
    AlertId, Amendment, ItemId, Lead, MAX_SIDE, Outcome, Pair, Record, Said, Side, Standing, StoryId, Suppression,
};
use crate::story::{Threads, amended, earlier, origins};

/// Most reports of a story that are shown.
const MAX_REPORTS: usize = 1_000;

/// `newswatch story show`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryReport {
    /// The story.
    pub story: StoryId,
    /// How many tell it, and who was first.
    pub standing: Standing,
    /// Its reports, in the order in which they came in; at most 1,000.
    pub reports: Vec<ReportReport>,
}

/// A report of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportReport {
    /// The item.
    #[serde(flatten)]
    pub side: Side,
    /// Absolute URL.
    pub link: Option<String>,
    /// When it came in.
    pub seen: Timestamp,
    /// Reports of the same number go back to one origin.
    pub origin: usize,
    /// What became of it, by watch.
    pub outcomes: Vec<(String, Outcome)>,
}

/// What is to be said of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amending {
    /// This item does not tell its story.
    Split(String),
    /// The first of these stories is the second.
    Join(String, String),
}

impl Admin {
    /// The story of this id, or that which an item or an alert tells; the beginning of an id is enough.
    pub async fn story(&self, wanted: &str) -> Result<StoryReport, AdminError> {
        let amendments = self.store.amendments().await?;
        let story = self.find_story(wanted, &amendments).await?;
        let records = self.records_of(story, amendments).await?;
        report(story, records).ok_or_else(|| AdminError::NoSuchStory(short(wanted)))
    }

    /// Every pair of items of which people have said whether they tell one story.
    pub async fn pairs(&self) -> Result<Vec<Pair>, AdminError> {
        Ok(self.store.amendments().await?.iter().flat_map(Amendment::pairs).collect())
    }

    /// Says something of a story; from now on it counts for what comes in. Returns what was said.
    pub async fn amend(&self, wanted: &Amending) -> Result<Amendment, AdminError> {
        let amendments = self.store.amendments().await?;
        let (said, these, those) = match wanted {
            Amending::Split(item) => self.splitting(item, amendments).await?,
            Amending::Join(from, into) => self.joining(from, into, amendments).await?,
        };
        let stored = match self.stories {
            Some(_) => Vec::new(),
            None => self.store.threads().await?,
        };
        let turn = self.store.turn().await?;
        let (amendment, answer) = {
            let mut stories =
                self.stories.as_ref().map(|stories| stories.lock().unwrap_or_else(PoisonError::into_inner));
            let amendment = Amendment { at: self.clock.now(), said, these, those };
            let mut at_rest = Threads::new(stored);
            let threads = match &mut stories {
                Some(stories) => {
                    stories.index.amend(said);
                    &mut stories.threads
                }
                None => &mut at_rest,
            };
            let changed = match said {
                Said::Join { from, into } => threads.join(from, into),
                Said::Split { .. } => Vec::new(),
            };
            (amendment.clone(), turn.amend(amendment, changed))
        };
        answer.await?;
        Ok(amendment)
    }

    async fn splitting(
        &self,
        wanted: &str,
        amendments: Vec<Amendment>,
    ) -> Result<(Said, Vec<Side>, Vec<Side>), AdminError> {
        let from = self.find_story(wanted, &amendments).await?;
        let records = self.records_of(from, amendments).await?;
        let named =
            |record: &&Record| [record.item.link.as_deref(), record.item.guid.as_deref()].contains(&Some(wanted));
        let begins = |record: &&Record| record.item.id.to_string().starts_with(&wanted.to_ascii_lowercase());
        let found = records.iter().find(named).or_else(|| records.iter().find(begins));
        let item = found.ok_or_else(|| AdminError::NoSuchItem(short(wanted)))?.item.clone();
        let those: Vec<Side> = records
            .iter()
            .filter(|record| record.item.id != item.id)
            .take(MAX_SIDE)
            .map(|r| Side::of(&r.item))
            .collect();
        if those.is_empty() {
            return Err(AdminError::AloneInStory(item.id));
        }
        let into = StoryId::split(from, item.id);
        Ok((Said::Split { item: item.id, from, into }, vec![Side::of(&item)], those))
    }

    async fn joining(
        &self,
        from: &str,
        into: &str,
        amendments: Vec<Amendment>,
    ) -> Result<(Said, Vec<Side>, Vec<Side>), AdminError> {
        let (one, other) = (self.find_story(from, &amendments).await?, self.find_story(into, &amendments).await?);
        if one == other {
            return Err(AdminError::OneStory(short(from), short(into)));
        }
        let sides = |records: Vec<Record>| records.iter().take(MAX_SIDE).map(|r| Side::of(&r.item)).collect();
        let these = sides(self.records_of(one, amendments.clone()).await?);
        let those = sides(self.records_of(other, amendments).await?);
        Ok((Said::Join { from: one, into: other }, these, those))
    }

    /// The story that is called so, or told by the item or the alert that is.
    async fn find_story(&self, wanted: &str, amendments: &[Amendment]) -> Result<StoryId, AdminError> {
        let alerts = self.alerts_beginning(wanted).await?;
        let wanted_id = wanted.to_ascii_lowercase();
        let is_id = !wanted_id.is_empty() && wanted_id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (text, amendments) = (wanted.to_owned(), amendments.to_vec());
        let visit = move |found: &mut Vec<(bool, StoryId)>, record: Record| {
            let story = amended(&amendments, record.item.id, record.story);
            let item = &record.item;
            let named = [item.link.as_deref(), item.guid.as_deref()].contains(&Some(text.as_str()));
            let begins = |id: String| is_id && id.starts_with(&wanted_id);
            let meant = named || begins(item.id.to_string()) || begins(story.to_string());
            if meant && !found.contains(&(named, story)) {
                found.push((named, story));
            }
        };
        let mut found = self.gather(visit).await?;
        found.extend(alerts.iter().filter_map(|report| Some((false, report.alert.story?))));
        // Whose whole name it is is meant before those whose id only begins so.
        if found.iter().any(|(named, _)| *named) {
            found.retain(|(named, _)| *named);
        }
        let stories: BTreeSet<StoryId> = found.into_iter().map(|(_, story)| story).collect();
        match stories.iter().collect::<Vec<_>>().as_slice() {
            [] => Err(AdminError::NoSuchStory(short(wanted))),
            [story] => Ok(**story),
            _ => Err(AdminError::AmbiguousStory(short(wanted))),
        }
    }

    /// The story's items, each as it last came in, in the order in which they first did.
    async fn records_of(&self, story: StoryId, amendments: Vec<Amendment>) -> Result<Vec<Record>, AdminError> {
        let mut places: HashMap<ItemId, usize> = HashMap::new();
        let visit = move |found: &mut Vec<Record>, record: Record| {
            if amended(&amendments, record.item.id, record.story) != story {
                return;
            }
            match places.get(&record.item.id) {
                Some(at) => {
                    let before = &mut found[*at];
                    before.item = record.item;
                    before.decisions.extend(record.decisions);
                }
                None if found.len() < MAX_REPORTS => {
                    places.insert(record.item.id, found.len());
                    found.push(record);
                }
                None => {}
            }
        };
        self.gather(visit).await
    }

    async fn gather<T: Send + 'static>(
        &self,
        mut visit: impl FnMut(&mut Vec<T>, Record) + Send + 'static,
    ) -> Result<Vec<T>, AdminError> {
        let found: Arc<Mutex<Vec<T>>> = Arc::new(Mutex::new(Vec::new()));
        let finding = found.clone();
        let visit = move |record: Record| {
            visit(&mut finding.lock().unwrap_or_else(PoisonError::into_inner), record);
            ControlFlow::Continue(())
        };
        self.store.replay(Timestamp::MIN, Box::new(visit)).await?;
        Ok(std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn report(story: StoryId, records: Vec<Record>) -> Option<StoryReport> {
    let opened = records.first()?;
    let opened_at = opened.item.date().map_or(opened.seen, |date| date.min(opened.seen));
    let (first, first_at) = records.iter().fold((opened, opened_at), |(first, at), record| {
        earlier(&record.item, at).map_or((first, at), |date| (record, date))
    });
    let items: Vec<_> = records.iter().map(|record| &record.item).collect();
    let (origins, outlets) = origins(&items);
    let standing = Standing {
        reports: records.len(),
        outlets,
        independent: origins.iter().max().map_or(0, |most| most + 1),
        first_outlet: first.item.feed_name.clone(),
        first_at,
        headline: Lead::of(&opened.item).headline(),
    };
    let reports = records.iter().zip(origins).map(|(record, origin)| ReportReport {
        side: Side::of(&record.item),
        link: record.item.link.clone(),
        seen: record.seen,
        origin,
        outcomes: record.decisions.iter().map(|d| (d.matched.watch.clone(), d.outcome)).collect(),
    });
    Some(StoryReport { story, standing, reports: reports.collect() })
}

/// The alert that told of a report, if any did.
pub fn told_by(outcome: Outcome) -> Option<AlertId> {
    match outcome {
        Outcome::Alerted(alert) | Outcome::Updated(alert) => Some(alert),
        Outcome::Suppressed(Suppression::SameStory(alert) | Suppression::Summarised(alert)) => Some(alert),
        Outcome::Suppressed(_) => None,
    }
}
