//! Silences: what they would hold back, who made them, and the acknowledgement of a story.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::admin::{Admin, AdminError, short};
use crate::model::{AlertId, Feed, FeedId, MAX_SILENCE_TEXT_BYTES, Record, Silence, SilenceId, Thread};
use crate::silence::{Selector, Subject};
use crate::story::Threads;

/// Days of the archive that a silence is tried on before it starts.
pub const PREVIEW_DAYS: i64 = 7;
/// Most items that a preview names, the newest.
const MAX_PREVIEWED: usize = 10;
/// Longest silence: what should never be heard of belongs into the watch.
pub const MAX_SILENCE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A silence that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silencing {
    /// What it covers.
    pub selector: String,
    /// From when; from now where nothing is said.
    pub starts: Option<Timestamp>,
    /// Until when.
    pub ends: Timestamp,
    /// What for.
    pub why: String,
    /// Who wants it.
    pub by: String,
    /// Whether it is only to be shown what it would hold back.
    pub dry_run: bool,
}

/// `newswatch silence add`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceReport {
    /// The silence.
    #[serde(flatten)]
    pub silence: Silence,
    /// Reports of the last [`PREVIEW_DAYS`] days that reached their watch's threshold.
    pub reports: usize,
    /// Of these, those that it covers.
    pub covered: usize,
    /// Titles of the newest of them.
    pub titles: Vec<String>,
}

/// `newswatch silence end` and `newswatch ack`: whom or what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meant {
    /// An id, or enough of its beginning.
    pub id: String,
}

impl Admin {
    /// All silences that are kept, the newest first.
    pub async fn silences(&self) -> Result<Vec<Silence>, AdminError> {
        let mut silences = self.store.silences().await?;
        silences.sort_by_key(|silence| std::cmp::Reverse(silence.created));
        Ok(silences)
    }

    /// Makes a silence, unless it is only to be shown; says what it would have held back.
    pub async fn silence(&self, wanted: Silencing) -> Result<SilenceReport, AdminError> {
        let Silencing { selector, starts, ends, why, by, dry_run } = wanted;
        let covers = Selector::parse(&selector)?;
        let created = self.clock.now();
        let starts = starts.unwrap_or(created);
        if [&selector, &why, &by].iter().any(|text| text.len() > MAX_SILENCE_TEXT_BYTES) {
            return Err(AdminError::LongSilence(MAX_SILENCE_TEXT_BYTES));
        }
        if ends <= created || ends <= starts || ends.duration_since(starts) > MAX_SILENCE {
            return Err(AdminError::SilenceEnds(MAX_SILENCE.as_hours() / 24));
        }
        let watches = self.matcher.watches();
        if let Some(unknown) = covers.watches().find(|name| watches.iter().all(|watch| watch.name != *name)) {
            return Err(AdminError::NoSuchWatch(short(unknown)));
        }
        let id = SilenceId::new(&selector, created);
        let silence = Silence { id, selector, starts, ends, why, by, created };
        let report = self.preview(silence.clone(), covers).await?;
        if !dry_run {
            self.put(silence).await?;
        }
        Ok(report)
    }

    /// Ends a silence now. Returns it as it is from now on.
    pub async fn end_silence(&self, wanted: &str) -> Result<Silence, AdminError> {
        let now = self.clock.now();
        let begins = |silence: &Silence| !wanted.is_empty() && silence.id.to_string().starts_with(wanted);
        let mut found: Vec<Silence> = self.store.silences().await?.into_iter().filter(begins).collect();
        let silence = match (found.pop(), found.is_empty()) {
            (Some(silence), true) if silence.ends > now => silence,
            (Some(_), true) => return Err(AdminError::OverSilence(short(wanted))),
            _ => return Err(AdminError::NoSuchSilence(short(wanted))),
        };
        let silence = Silence { ends: now, ..silence };
        self.put(silence.clone()).await?;
        Ok(silence)
    }

    async fn put(&self, silence: Silence) -> Result<(), AdminError> {
        self.store.put_silence(silence.clone()).await?;
        self.silences.lock().unwrap_or_else(PoisonError::into_inner).put(silence);
        Ok(())
    }

    async fn preview(&self, silence: Silence, covers: Selector) -> Result<SilenceReport, AdminError> {
        let since = self.clock.now().checked_sub(SignedDuration::from_hours(24 * PREVIEW_DAYS));
        let feeds: HashMap<FeedId, Feed> = self.feeds.iter().map(|feed| (feed.id, feed.clone())).collect();
        let report = SilenceReport { silence, reports: 0, covered: 0, titles: Vec::new() };
        let report = Arc::new(Mutex::new(report));
        let filling = report.clone();
        let visit = move |record: Record| {
            let mut report = filling.lock().unwrap_or_else(PoisonError::into_inner);
            count(&record, feeds.get(&record.item.feed), &covers, &mut report);
            ControlFlow::Continue(())
        };
        self.store.replay(since.unwrap_or(Timestamp::MIN), Box::new(visit)).await?;
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.titles.reverse();
        Ok(report)
    }

    /// Takes down that somebody has the story in hand that an alert is about: what further reports add to it is no longer
    /// told. Returns the story's thread.
    pub async fn acknowledge(&self, wanted: &str) -> Result<Thread, AdminError> {
        let mut found = self.alerts_beginning(wanted).await?;
        if found.len() > 1 {
            return Err(AdminError::AmbiguousAlert(short(wanted)));
        }
        let alert = found.pop().ok_or_else(|| AdminError::NoSuchAlert(short(wanted)))?.alert;
        let no_story = || AdminError::NoThread(alert.id, alert.kind);
        let id: AlertId = alert.thread.unwrap_or(alert.id);
        let at_rest = match self.stories {
            Some(_) => Vec::new(),
            None => self.store.threads().await?,
        };
        let turn = self.store.turn().await?;
        let (thread, answer) = {
            let mut stories = self.stories.as_ref().map(|all| all.lock().unwrap_or_else(PoisonError::into_inner));
            let mut threads = Threads::new(at_rest);
            let threads = stories.as_mut().map_or(&mut threads, |stories| &mut stories.threads);
            let thread = threads.acknowledge(id, self.clock.now()).ok_or_else(no_story)?;
            // In its turn, so that no poll that was judged before writes the thread as it was.
            (thread.clone(), turn.put_threads(vec![thread]))
        };
        answer.await?;
        Ok(thread)
    }
}

fn count(record: &Record, feed: Option<&Feed>, covers: &Selector, report: &mut SilenceReport) {
    let source = feed.map(|feed| feed.source.to_string()).unwrap_or_default();
    for decision in record.decisions.iter().filter(|decision| decision.matched.alerts()) {
        let subject = Subject {
            watch: &decision.matched.watch,
            feed: &record.item.feed_name,
            source: &source,
            tags: feed.map(|feed| &feed.tags[..]).unwrap_or_default(),
            language: record.item.language.as_deref(),
            title: &record.item.title,
            story: record.story.to_string(),
        };
        report.reports += 1;
        if covers.covers(&subject) {
            report.covered += 1;
            report.titles.push(record.item.title.clone());
            let surplus = report.titles.len().saturating_sub(MAX_PREVIEWED);
            report.titles.drain(..surplus);
        }
    }
}
