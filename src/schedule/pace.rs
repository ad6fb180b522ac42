//! Which feed is polled next, among all of them: each at the time that its outlook and the common price make of it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::plan::{Outlook, Terms};
use super::price::Price;

/// All plans are made anew so often: the price moves by a few in a hundred in that time.
const REPLAN: SignedDuration = SignedDuration::from_hours(1);
/// A plan that moved by less is kept.
const NEAR: SignedDuration = SignedDuration::from_secs(1);

/// The feeds in the order in which they are due.
#[derive(Debug)]
pub struct Pace {
    price: Price,
    /// By place; `None` where the time is fixed.
    plans: Vec<Option<Plan>>,
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
    /// Shortest and longest time between two polls, in seconds.
    pub bounds: (i64, i64),
}

impl Plan {
    fn due(&self, price: &Price) -> Timestamp {
        let due = self.outlook.due(self.last.as_second(), &self.terms(price));
        Timestamp::from_second(due).unwrap_or(Timestamp::MAX).max(self.not_before)
    }

    fn terms(&self, price: &Price) -> Terms {
        price.terms(self.bounds.0, self.bounds.1)
    }
}

impl Pace {
    /// For so many feeds.
    pub fn new(price: Price, feeds: usize, now: Timestamp) -> Self {
        Self { price, plans: vec![None; feeds], queue: BTreeSet::new(), planned: now }
    }

    /// Sets the feed at a place to a fixed time.
    pub fn fix(&mut self, feed: usize, due: Timestamp) {
        self.plans[feed] = None;
        self.queue.insert((due, feed));
    }

    /// Plans the next poll of the feed at a place; returns when that is, as far as is known now.
    pub fn plan(&mut self, feed: usize, plan: Plan) -> Timestamp {
        let due = plan.due(&self.price);
        self.plans[feed] = Some(plan);
        self.queue.insert((due, feed));
        due
    }

    /// When the next feed is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// Takes out a feed that is due at `now`.
    pub fn pop(&mut self, now: Timestamp) -> Option<usize> {
        self.price.pass(now.as_second() as f64);
        if now.duration_since(self.planned).abs() >= REPLAN {
            self.replan(now);
        }
        while let Some(&(due, feed)) = self.queue.first().filter(|(due, _)| *due <= now) {
            self.queue.remove(&(due, feed));
            let Some(plan) = &self.plans[feed] else { return Some(feed) };
            let planned = plan.due(&self.price);
            if planned <= now + NEAR {
                return Some(feed);
            }
            self.queue.insert((planned, feed));
        }
        None
    }

    /// Counts a request against the budget.
    pub fn spend(&mut self) {
        self.price.spend();
    }

    fn replan(&mut self, now: Timestamp) {
        self.planned = now;
        let queue = std::mem::take(&mut self.queue);
        self.queue = queue
            .into_iter()
            .map(|(due, feed)| (self.plans[feed].as_ref().map_or(due, |plan| plan.due(&self.price)), feed))
            .collect();
    }
}

#[cfg(test)]
mod tests;
