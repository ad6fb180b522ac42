//! The price of a request: what keeps many feeds within one budget.
//!
//! It rises with each request and falls with time, so that over days as many are made as the budget has, but more by day
//! than by night.

use super::plan::{Outlook, Terms};
use super::rhythm::DAY;

/// How strongly the price answers to a day's budget that was spent too early, as a logarithm.
const ANSWER: f64 = 0.8;
/// How much of that lasts, for each day: a price that was wrong from the start is mended.
const LESSON: f64 = 0.1;
/// Items wait with patience for so much of the average time between two polls.
const PATIENCE: f64 = 0.8;

/// The price, as requests and time have made it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Requests that the budget has for a second.
    rate: f64,
    /// What the price would be if all was spent as planned, as a logarithm.
    base: f64,
    /// Requests that were made ahead of the budget.
    ahead: f64,
    /// Up to when that was reckoned.
    at: f64,
    patience: f64,
}

impl Price {
    /// For `rate` requests a second among these feeds, from `now` on.
    pub fn new(rate: f64, shortest: i64, longest: i64, feeds: &[Outlook], now: f64) -> Self {
        // Without a feed there is nothing to spend it on.
        let rate = rate.max(f64::MIN_POSITIVE.sqrt());
        let patience = PATIENCE * feeds.len().max(1) as f64 / rate;
        let mut price = Self { rate, base: 0.0, ahead: 0.0, at: now, patience };
        let (mut low, mut high) = (-20.0, 60.0);
        // Where all is even, so many requests are made at a price; the higher it is the fewer.
        while high - low > 1e-3 {
            price.base = (low + high) / 2.0;
            let terms = price.terms(shortest, longest);
            let made: f64 = feeds.iter().map(|outlook| outlook.even_interval(&terms).recip()).sum();
            if made > rate { low = price.base } else { high = price.base }
        }
        price
    }

    /// What a request costs, in weighted item-seconds.
    pub fn value(&self) -> f64 {
        (self.base + ANSWER * self.ahead / (self.rate * DAY)).exp()
    }

    /// What it comes to for a feed.
    pub fn terms(&self, shortest: i64, longest: i64) -> Terms {
        Terms { price: self.value(), patience: self.patience, shortest, longest }
    }

    /// Lets time pass.
    pub fn pass(&mut self, now: f64) {
        let passed = now - self.at;
        // A machine that slept owes nobody the polls of the night.
        let passed = passed.clamp(0.0, DAY / 24.0);
        let days = passed / DAY;
        self.base += LESSON * days * self.ahead / (self.rate * DAY);
        self.ahead -= self.rate * passed;
        self.at = now;
    }

    /// Counts a request.
    pub fn spend(&mut self) {
        self.ahead += 1.0;
    }
}
