//! Reminders: a story that nobody has acknowledged is told again, for watches that want it so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::model::{Alert, AlertId, AlertKind, Delivery, Target, Thread, Watch};
use crate::schedule;
use crate::store::{Raise, Store, StoreError};
use crate::story::Stories;

/// How often it is looked for stories to remind of.
const LOOK: Duration = Duration::from_secs(15);
/// Most reminders of one story.
pub const MAX_REMINDERS: u32 = 5;

/// See the module.
pub struct Reminder {
    store: Arc<dyn Store>,
    stories: Arc<Mutex<Stories>>,
    clock: Clock,
    wake: watch::Sender<()>,
    /// How long the readers of a watch have for an acknowledgement, and whether it is urgent.
    watches: HashMap<String, (Duration, bool)>,
    targets: Vec<Target>,
    /// The last reminder of each thread that was raised since the start.
    raised: HashMap<AlertId, u32>,
}

impl Reminder {
    /// Reminds of the stories of those of `watches` that want it; `None` where none does.
    pub fn new(
        store: Arc<dyn Store>,
        stories: Arc<Mutex<Stories>>,
        clock: Clock,
        wake: watch::Sender<()>,
        watches: &[Watch],
        targets: Vec<Target>,
    ) -> Option<Self> {
        let wanted = watches.iter().filter_map(|watch| Some((watch.name.clone(), (watch.remind?, watch.urgent))));
        let watches: HashMap<_, _> = wanted.collect();
        let any = !watches.is_empty();
        any.then(|| Self { store, stories, clock, wake, watches, targets, raised: HashMap::new() })
    }

    /// Reminds until cancelled.
    pub async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        while !cancel.is_cancelled() {
            self.look().await?;
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        Ok(())
    }

    /// Raises what is due now.
    pub async fn look(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due: Vec<(Thread, u32)> = {
            let stories = self.stories.lock().unwrap_or_else(PoisonError::into_inner);
            stories.threads.iter().filter_map(|thread| Some((thread.clone(), self.due(thread, now)?))).collect()
        };
        for (thread, number) in due {
            self.raised.insert(thread.id, number);
            let raise = self.reminder(&thread, number, now);
            // The id is that of the number: what was raised before a restart is not raised again.
            if !self.store.raise(raise).await?.raised.is_empty() {
                self.wake.send_replace(());
            }
        }
        Ok(())
    }

    /// The number of the reminder that is due of a thread, if one is.
    fn due(&self, thread: &Thread, now: Timestamp) -> Option<u32> {
        let (wait, _) = self.watches.get(&thread.watch)?;
        let told = thread.told.as_ref().is_some_and(|told| !told.is_empty());
        let opened = thread.opened.filter(|_| told && thread.acknowledged.is_none())?;
        let passed = Duration::try_from(now.duration_since(opened)).ok()?;
        let number = (passed.as_secs() / wait.as_secs().max(1)).min(u64::from(MAX_REMINDERS));
        let number = u32::try_from(number).unwrap_or(MAX_REMINDERS);
        let last = self.raised.get(&thread.id).copied().unwrap_or(0);
        (number > last).then_some(number)
    }

    fn reminder(&self, thread: &Thread, number: u32, now: Timestamp) -> Raise {
        let told = thread.told.clone().unwrap_or_default();
        let notice = Alert::about_itself(
            AlertKind::Reminder,
            "",
            format!("not acknowledged: {}", thread.headline),
            format!("Reminder {number} of {MAX_REMINDERS}. `newswatch ack {}` ends them.", thread.id),
            now,
        );
        let alert = Alert {
            id: AlertId::new(thread.story, &thread.watch, AlertKind::Reminder.name(), number),
            watch: thread.watch.clone(),
            urgent: self.watches.get(&thread.watch).is_some_and(|(_, urgent)| *urgent),
            story: Some(thread.story),
            thread: Some(thread.id),
            standing: Some(thread.standing()),
            member_count: 1,
            ..notice
        };
        let targets = self.targets.iter().filter(|target| told.contains(&target.name));
        let row = |target: &Target| Delivery::new(alert.id, &target.name, now, schedule::due(now, target.deadline));
        let deliveries = targets.map(row).collect();
        Raise { alert, deliveries }
    }
}
