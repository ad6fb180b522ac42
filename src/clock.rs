//! The world's time and dice, as values that are handed to whoever needs them.
//!
//! Sleeping and timeouts go through `tokio::time`, which tests can pause; [`Clock`] gives the wall time that belongs to
//! it.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Tells the wall time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The wall time at an instant of tokio's clock; `None` asks the system.
    origin: Option<(Timestamp, Instant)>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { origin: None }
    }

    /// A clock that reads `start` now and goes on with tokio's, paused or not.
    pub fn starting_at(start: Timestamp) -> Self {
        Self { origin: Some((start, Instant::now())) }
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> Timestamp {
        match self.origin {
            None => Timestamp::now(),
            Some((start, instant)) => {
                let passed = SignedDuration::try_from(instant.elapsed()).unwrap_or(SignedDuration::MAX);
                start.checked_add(passed).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

/// Rolls dice, for jitter: nothing secret depends on them.
#[derive(Debug)]
pub struct Dice(Mutex<fastrand::Rng>);

impl Dice {
    /// Dice that nobody can foresee.
    pub fn new() -> Self {
        Self(Mutex::new(fastrand::Rng::new()))
    }

    /// Dice that fall the same each time.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// A throw.
    pub fn roll(&self) -> u64 {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).u64(..)
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}
