//! Which feed is polled next, among all of them: each at the time that its outlook and the common price make of it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::calendar::welcome;
use super::plan::{Outlook, Terms};
use super::price::Price;
use crate::model::Skip;

/// Plans are made anew so often where the price has moved.
const REPLAN: SignedDuration = SignedDuration::from_hours(1);
/// A plan that moved by less is kept.
const NEAR: SignedDuration = SignedDuration::from_secs(1);
/// A price that moved by less makes no other plan, as a share of it.
const MOVED: f64 = 0.01;

/// No poll is delayed by so much for the sake of its publisher's other readers.
pub const MAX_JITTER: SignedDuration = SignedDuration::from_secs(10);

/// The feeds in the order in which they are due.
#[derive(Debug)]
pub struct Pace {
    price: Price,
    /// By place, with the price that they were made at; `None` where the time is fixed.
    plans: Vec<Option<(Plan, f64)>>,
    /// By place, where the feed stands in the queue.
    due: Vec<Option<Timestamp>>,
    queue: BTreeSet<(Timestamp, usize)>,
    planned: Timestamp,
}

/// How a feed's next poll was planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What is expected of it.
    pub outlook: Outlook,
    /// Its last poll.
    pub last: Timestamp,
    /// Not sooner, whatever is expected.
    pub not_before: Timestamp,
    /// Not then, either.
    pub skip: Skip,
    /// Shortest and longest time between two polls, in seconds.
    pub bounds: (i64, i64),
    /// Later by this, below [`MAX_JITTER`]: others poll behind the same minutes.
    pub jitter: SignedDuration,
}

impl Plan {
    /// The same, but not before `until`.
    pub fn not_before(self, until: Option<Timestamp>) -> Self {
        Self { not_before: until.map_or(self.not_before, |until| self.not_before.max(until)), ..self }
    }

    /// When it is, at a price.
    pub fn due(&self, price: &Price) -> Timestamp {
        self.due_from(self.last, price)
    }

    /// The same, where it is `now`: what should have been polled before an hour to skip is not polled in it.
    fn due_from(&self, now: Timestamp, price: &Price) -> Timestamp {
        // The shortest time between two polls is a whole one.
        let last = self.last.as_second() + i64::from(self.last.subsec_nanosecond() > 0);
        let due = self.outlook.due(last, &self.terms(price));
        let due = Timestamp::from_second(due).unwrap_or(Timestamp::MAX).max(self.not_before).max(now);
        let later = |at: Timestamp| at.checked_add(self.jitter).unwrap_or(Timestamp::MAX);
        let welcome = welcome(self.skip, later(due));
        if welcome > later(due) { later(welcome) } else { welcome }
    }

    /// Seconds between two polls if its news came evenly, at a price.
    pub fn interval(&self, price: &Price) -> f64 {
        self.outlook.even_interval(&self.terms(price))
    }

    fn terms(&self, price: &Price) -> Terms {
        price.terms(self.bounds.0, self.bounds.1)
    }
}

impl Pace {
    /// For so many feeds.
    pub fn new(price: Price, feeds: usize, now: Timestamp) -> Self {
        Self { price, plans: vec![None; feeds], due: vec![None; feeds], queue: BTreeSet::new(), planned: now }
    }

    /// The price as it is, for plans.
    pub fn price(&self) -> Price {
        self.price
    }

    /// Sets the feed at a place to a fixed time.
    pub fn fix(&mut self, feed: usize, due: Timestamp) {
        self.plans[feed] = None;
        self.queue_up(feed, due);
    }

    /// Plans the next poll of the feed at a place; returns when that is, as far as is known now.
    pub fn plan(&mut self, feed: usize, plan: Plan) -> Timestamp {
        let due = plan.due(&self.price);
        self.plans[feed] = Some((plan, self.price.value()));
        self.queue_up(feed, due);
        due
    }

    fn queue_up(&mut self, feed: usize, due: Timestamp) {
        if let Some(before) = self.due[feed].replace(due) {
            self.queue.remove(&(before, feed));
        }
        self.queue.insert((due, feed));
    }

    /// Seconds between two polls of the feed at a place, if its news came evenly; `None` where its time is fixed.
    pub fn interval(&self, feed: usize) -> Option<f64> {
        let (plan, _) = self.plans[feed].as_ref()?;
        Some(plan.interval(&self.price))
    }

    /// When the next feed is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// How many feeds stand in the queue.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Moves all fixed times and plans back: the clock was set back by so much.
    pub fn set_back(&mut self, step: SignedDuration) {
        let back = |at: Timestamp| at.checked_sub(step).unwrap_or(Timestamp::MIN);
        for (plan, _) in self.plans.iter_mut().flatten() {
            (plan.last, plan.not_before) = (back(plan.last), back(plan.not_before));
        }
        self.due.iter_mut().flatten().for_each(|due| *due = back(*due));
        self.queue = self.queue.iter().map(|(due, feed)| (back(*due), *feed)).collect();
        self.planned = back(self.planned);
    }

    /// Takes out a feed that is due at `now`.
    pub fn pop(&mut self, now: Timestamp) -> Option<usize> {
        self.price.pass(now.as_second() as f64);
        if now.duration_since(self.planned).abs() >= REPLAN {
            self.replan(now);
        }
        let price = self.price.value();
        while let Some(&(due, feed)) = self.queue.first().filter(|(due, _)| *due <= now) {
            // What was planned at a lower price may have to wait.
            let planned = match &mut self.plans[feed] {
                Some((plan, made_at)) if price > *made_at * (1.0 + MOVED) => {
                    *made_at = price;
                    plan.due_from(now, &self.price)
                }
                _ => due,
            };
            if planned <= now + NEAR {
                self.queue.remove(&(due, feed));
                self.due[feed] = None;
                return Some(feed);
            }
            self.queue_up(feed, planned);
        }
        None
    }

    /// Counts a request against the budget.
    pub fn spend(&mut self) {
        self.price.spend();
    }

    fn replan(&mut self, now: Timestamp) {
        self.planned = now;
        let price = self.price.value();
        let mut changed = false;
        for (plan, due) in self.plans.iter_mut().zip(&mut self.due) {
            if let (Some((plan, made_at)), Some(due)) = (plan, due)
                && (price / *made_at - 1.0).abs() > MOVED
            {
                (*due, *made_at) = (plan.due_from(now, &self.price), price);
                changed = true;
            }
        }
        if changed {
            self.queue = self.due.iter().enumerate().filter_map(|(at, due)| Some(((*due)?, at))).collect();
        }
    }
}

#[cfg(test)]
mod tests;
