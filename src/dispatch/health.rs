//! How a target has taken its deliveries lately. One that fails is tried with one delivery at a time, and all others wait:
//! neither is it flooded, nor do they use up their attempts.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So many failed attempts in a row, whichever deliveries they were of, are the target's failure and not a delivery's.
pub const FAILING_AFTER: u32 = 2;
/// A failing target is tried at least this often.
pub const MAX_PROBE_INTERVAL: Duration = Duration::from_mins(5);
/// Waits before the first, second, … probe; the last one repeats.
const PROBES: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_mins(2), MAX_PROBE_INTERVAL];
/// A clock that falls back by more than this was set; less is drift and rounding.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Failed attempts since the last that was accepted.
    failures: u32,
    /// When the first of them failed.
    since: Option<Timestamp>,
    /// When the last of them did.
    last: Option<Timestamp>,
    /// The target asked for peace until then.
    peace: Option<Timestamp>,
    /// It has said that it is gone for good.
    gone: bool,
    /// When it last accepted something.
    accepted: Option<Timestamp>,
}

impl Health {
    /// Takes down an attempt that was accepted at `now`. Returns since when the target had failed, if it had.
    pub fn accepted(&mut self, now: Timestamp) -> Option<Timestamp> {
        let failing = self.failing_since();
        *self = Self { accepted: Some(now), ..Self::default() };
        failing
    }

    /// Takes down an attempt that failed for now at `now`. `since` is when its delivery had failed first, `peace` for how
    /// long the target wants to be left alone.
    pub fn failed(&mut self, now: Timestamp, since: Option<Timestamp>, peace: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        // One delivery may have failed for days while others were accepted.
        let since = since.unwrap_or(now).max(self.accepted.unwrap_or(Timestamp::MIN)).min(now);
        self.since = Some(self.since.unwrap_or(now).min(since));
        self.last = Some(now);
        self.peace = peace.map(|peace| later(now, peace)).max(self.peace);
    }

    /// Takes down that the target said it is gone for good: it is not tried again.
    pub fn gone(&mut self, now: Timestamp) {
        self.failed(now, None, None);
        self.gone = true;
    }

    /// Whether it has said that it is gone for good.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Since when the target fails, if it does.
    pub fn failing_since(&self) -> Option<Timestamp> {
        self.since.filter(|_| self.gone || self.failures >= FAILING_AFTER)
    }

    /// No attempt before this; `None` where nothing stands against one. A clock that was set back does not stall the
    /// target: what is known of it moves with the clock, and no wait is longer than its own length.
    pub fn not_before(&mut self, now: Timestamp) -> Option<Timestamp> {
        let ahead = self.last.map(|last| last.duration_since(now)).filter(|ahead| *ahead > CLOCK_TOLERANCE);
        if let Some(step) = ahead {
            let back = |at: Timestamp| at.checked_sub(step).unwrap_or(Timestamp::MIN);
            (self.since, self.last, self.peace) = (self.since.map(back), Some(now), self.peace.map(back));
        }
        if self.gone {
            return Some(Timestamp::MAX);
        }
        let step = (self.failures.saturating_sub(FAILING_AFTER) as usize).min(PROBES.len() - 1);
        let probe = self.failing_since().and(self.last).map(|last| later(last, PROBES[step]));
        let next = probe.max(self.peace)?;
        (next > now).then_some(next)
    }
}

fn later(from: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn one_failure_is_the_deliverys_and_two_are_the_targets() {
        let mut health = Health::default();
        health.failed(at(10), None, None);
        assert_eq!((health.failing_since(), health.not_before(at(10))), (None, None));
        assert_eq!(health.accepted(at(15)), None);
        health.failed(at(20), Some(at(1)), None);
        health.failed(at(21), None, None);
        assert_eq!(health.failing_since(), Some(at(15)), "one has failed for longer, but others were accepted");
        assert_eq!(health.accepted(at(30)), Some(at(15)));
        assert_eq!(health.failing_since(), None);
    }

    #[test]
    fn a_failing_target_is_tried_less_and_less_often_but_every_five_minutes() {
        let mut health = Health::default();
        let mut now = at(0);
        let waits: Vec<i64> = (0..7)
            .map(|_| {
                health.failed(now, None, None);
                let next = health.not_before(now).unwrap_or(now);
                let wait = next.duration_since(now).as_secs();
                now = next;
                wait
            })
            .collect();
        assert_eq!(waits, [0, 5, 30, 120, 300, 300, 300]);
        assert_eq!(health.not_before(at(-9_999)), Some(at(-9_999 + 300)), "a clock that was set back");
        assert_eq!(health.not_before(at(-9_999 + 300)), None, "it goes on from there");
    }

    #[test]
    fn peace_does_not_last_for_as_long_as_a_clock_was_ahead() {
        let mut health = Health::default();
        health.failed(at(1 << 30), None, Some(Duration::from_secs(900)));
        assert_eq!(health.not_before(at(0)), Some(at(900)));
        assert_eq!(health.not_before(at(900)), None);
    }

    #[test]
    fn what_a_target_asks_for_is_kept_and_what_failed_before_a_restart_counts() {
        let mut health = Health::default();
        health.failed(at(100), Some(at(40)), Some(Duration::from_secs(900)));
        assert_eq!(health.not_before(at(101)), Some(at(1_000)));
        health.failed(at(1_000), None, None);
        assert_eq!(health.failing_since(), Some(at(40)));
        health.gone(at(1_005));
        assert!(health.is_gone() && health.not_before(at(1 << 36)) == Some(Timestamp::MAX));
    }
}
