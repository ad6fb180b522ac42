//! The world's time and dice, as values that are handed to whoever needs them.
//!
//! Sleeping and timeouts go through `tokio::time`, which tests can pause; [`Clock`] gives the wall time that belongs to
//! it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::model::Unguessable;

/// Tells the wall time.
#[derive(Debug, Clone)]
pub struct Clock {
    /// `None` asks the system.
    simulated: Option<Arc<Simulated>>,
}

#[derive(Debug)]
struct Simulated {
    start: Timestamp,
    instant: Instant,
    /// By how many milliseconds somebody has set it since.
    set_ms: AtomicI64,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { simulated: None }
    }

    /// A clock that reads `start` now and goes on with tokio's, paused or not.
    pub fn starting_at(start: Timestamp) -> Self {
        let simulated = Simulated { start, instant: Instant::now(), set_ms: AtomicI64::new(0) };
        Self { simulated: Some(Arc::new(simulated)) }
    }

    /// Sets a simulated clock, as a wall clock is set: forwards, or back.
    pub fn set_by(&self, step: SignedDuration) {
        if let Some(simulated) = &self.simulated {
            let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
            simulated.set_ms.fetch_add(step, Ordering::Relaxed);
        }
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> Timestamp {
        let Some(simulated) = &self.simulated else { return Timestamp::now() };
        let passed = SignedDuration::try_from(simulated.instant.elapsed()).unwrap_or(SignedDuration::MAX);
        let set = SignedDuration::from_millis(simulated.set_ms.load(Ordering::Relaxed));
        simulated.start.checked_add(passed.saturating_add(set)).unwrap_or(Timestamp::MAX)
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

/// A secret that nobody can foretell, from where TLS takes its keys; `None` where the system has none to give.
pub fn unguessable() -> Option<Unguessable> {
    let mut random = [0; 32];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut random).ok()?;
    Some(Unguessable::from_bytes(random))
}
