//! When to poll a feed: where its news waits least for what its polls cost.
//!
//! Each item that waits costs its wait, and once more twice a share of [`Terms::patience`] when that is over; each poll costs
//! a price that is the same for all feeds. A poll ends a cycle. Its moment is the one at which what the cycle has cost, less what
//! cycles at such hours cost at best, is least: behind the minutes in which the feed publishes, before its night, and in the
//! evening soon enough. Where news comes evenly, that is the square-root rule of Sia & Cho (2007).

use super::rhythm::{Forecast, part_end};
use crate::model::Rhythm;

/// What an item costs that has waited for longer than the patience, in patiences.
const IMPATIENCE: f64 = 0.4;
/// A feed with more items is worth more than in proportion: what is expected of it is better known.
const WEIGHT: f64 = 1.06;
/// The walk ends where costs have left their least by so much of the price.
const FAR: f64 = 0.5;
/// A feed is polled before it has published so much of what it shows at once.
const MAX_TURNOVER: f64 = 0.25;
/// Least shape that is reckoned with.
const MIN_SHAPE: f64 = 1e-3;

/// What is the same for all feeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Price of a poll, in weighted item-seconds.
    pub price: f64,
    /// How long an item may wait before it counts more, in seconds.
    pub patience: f64,
    /// Shortest time between two polls, in seconds.
    pub shortest: i64,
    /// Longest time between two polls, in seconds.
    pub longest: i64,
}

/// A feed's part of the reckoning.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    forecast: Forecast,
    weight: f64,
    /// Most items that the feed shows at once; 0 where nobody knows.
    window: f64,
}

impl Outlook {
    /// Of a feed, by its rhythm.
    pub fn of(rhythm: &Rhythm) -> Self {
        Self::new(rhythm.forecast(), rhythm.interest(), rhythm.window)
    }

    fn new(forecast: Forecast, interest: f64, window: u32) -> Self {
        // In items a day, so that a price means the same whatever the weight.
        let weight = (interest * forecast.rate * super::rhythm::DAY).powf(WEIGHT);
        Self { forecast, weight, window: f64::from(window) }
    }

    /// The time of the next poll after one at `last`.
    pub fn due(&self, last: i64, terms: &Terms) -> i64 {
        let price = terms.price / self.weight;
        let (start, end) = (last.saturating_add(terms.shortest), last.saturating_add(terms.longest));
        let mut walk = Walk { cost: price, waiting: 0.0, late: 0.0, late_to: last };
        let (mut at, mut best, mut best_at) = (last, f64::INFINITY, end);
        while at < end {
            let to = part_end(at).min(end);
            let saving = cost_rate(price, terms.patience, self.forecast.smooth(at).max(MIN_SHAPE));
            let step = walk.step(&self.forecast, terms, at, to);
            if to >= start {
                let lowest = step.lowest(saving).clamp((start - at).max(0) as f64, step.length);
                for along in [lowest, step.length] {
                    let cost = step.cost(along) - saving * along;
                    if cost < best {
                        (best, best_at) = (cost, at + along.round() as i64);
                    }
                }
            }
            walk.go(&step, saving);
            let turnover = self.forecast.rate * walk.waiting;
            if self.window > 0.0 && turnover >= MAX_TURNOVER * self.window {
                best_at = best_at.min(to);
                break;
            }
            if walk.cost > best + FAR * price {
                break;
            }
            at = to;
        }
        best_at.clamp(start.min(end), end)
    }

    /// Seconds between two polls if news came evenly.
    pub fn even_interval(&self, terms: &Terms) -> f64 {
        let price = terms.price / self.weight;
        even_interval(price, terms.patience).clamp(terms.shortest as f64, terms.longest as f64)
    }
}

/// The best interval of a feed of one item a second, at a price.
fn even_interval(price: f64, patience: f64) -> f64 {
    let square = patience * patience;
    if price <= 0.5 * square {
        (2.0 * price).sqrt()
    } else if price <= (0.5 + IMPATIENCE) * square {
        patience
    } else {
        (2.0 * (price - IMPATIENCE * square)).sqrt()
    }
}

/// What a second costs at best where `shape` items come in it.
fn cost_rate(price: f64, patience: f64, shape: f64) -> f64 {
    let interval = even_interval(price / shape, patience);
    let late = (interval - patience).max(0.0) * IMPATIENCE * patience;
    (price + shape * (interval * interval / 2.0 + late)) / interval
}

/// A cycle so far.
struct Walk {
    /// What it has cost, less what such cycles cost at best.
    cost: f64,
    /// What is waiting, in seconds of average news.
    waiting: f64,
    /// What of it has waited longer than the patience.
    late: f64,
    /// Up to when that was counted.
    late_to: i64,
}

/// A part of the walk in which news comes evenly.
struct Step {
    length: f64,
    cost: f64,
    waiting: f64,
    shape: f64,
    /// How fast the cost of what is late grows.
    lateness: f64,
    /// What is late at the end, and where that was counted.
    late: (f64, i64),
}

impl Walk {
    fn step(&self, forecast: &Forecast, terms: &Terms, at: i64, to: i64) -> Step {
        let (mut late, mut counted) = (self.late, self.late_to);
        let until = to - terms.patience as i64;
        while counted < until {
            let end = part_end(counted).min(until);
            late += forecast.shape(counted) * (end - counted) as f64;
            counted = end;
        }
        let length = (to - at) as f64;
        let lateness = IMPATIENCE * terms.patience * (late - self.late) / length;
        let shape = forecast.shape(at);
        Step { length, cost: self.cost, waiting: self.waiting, shape, lateness, late: (late, counted) }
    }

    fn go(&mut self, step: &Step, saving: f64) {
        self.cost = step.cost(step.length) - saving * step.length;
        self.waiting += step.shape * step.length;
        (self.late, self.late_to) = step.late;
    }
}

impl Step {
    fn cost(&self, along: f64) -> f64 {
        self.cost + (self.waiting + self.lateness) * along + self.shape * along * along / 2.0
    }

    /// How far along the cost is least.
    fn lowest(&self, saving: f64) -> f64 {
        (saving - self.lateness - self.waiting) / self.shape.max(MIN_SHAPE)
    }
}

#[cfg(test)]
mod tests;
