//! What kills: a hook at a moment that the servers see, or a clock.

use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::binary::Killer;
use crate::support::http::Request;
use crate::support::{SOON, lock};

/// What the servers see of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The feed server has the request.
    Asked,
    /// It has answered.
    Answered,
    /// The receiver has a webhook, and has not answered.
    Posted,
    /// It has answered.
    Accepted,
    /// The process has ended.
    Over,
}

/// Kills one process at one moment.
#[derive(Default)]
pub struct Trap {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    at: Option<(Moment, Duration)>,
    killer: Option<Killer>,
    unanswered: Option<String>,
}

impl Trap {
    /// Kills the next process so long after this moment.
    pub fn arm(&self, at: Option<(Moment, Duration)>) {
        *lock(&self.state) = State { at, ..State::default() };
    }

    /// Whom to kill: only known once it runs.
    pub fn give(&self, killer: Killer) {
        lock(&self.state).killer = Some(killer);
        self.changed.notify_all();
    }

    /// Nobody is killed any more. Returns the id of the webhook whose sender was killed instead of answered.
    pub fn disarm(&self) -> Option<String> {
        std::mem::take(&mut *lock(&self.state)).unanswered
    }

    /// Called by the servers at each moment.
    pub fn pass(&self, moment: Moment, request: &Request) {
        let mut state = lock(&self.state);
        let Some((at, delay)) = state.at else { return };
        if at != moment {
            return;
        }
        state.at = None;
        if moment == Moment::Posted {
            state.unanswered = request.header("webhook-id").map(str::to_owned);
        }
        let waited = self.changed.wait_timeout_while(state, SOON, |state| state.killer.is_none());
        let killer = waited.unwrap_or_else(PoisonError::into_inner).0.killer.clone();
        hold(delay);
        if let Some(killer) = killer {
            killer.kill();
        }
    }
}

/// Kills the process so long from now.
pub fn kill_after(delay: Duration, killer: Killer) {
    thread::spawn(move || {
        hold(delay);
        killer.kill();
    });
}

/// Lets the time pass to the microsecond: a parked thread comes back late by more than what is meant here.
fn hold(delay: Duration) {
    let end = Instant::now() + delay;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        } else if left > Duration::from_millis(2) {
            thread::park_timeout(left - Duration::from_millis(1));
        } else {
            std::hint::spin_loop();
        }
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trap").finish_non_exhaustive()
    }
}
