//! When a failed delivery is tried again: a ladder of waits with jitter, never a busy loop, never for ever.

use std::time::Duration;

/// Waits before the second, third, … attempt; the last one repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder(&'static [Duration]);

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

const fn mins(mins: u64) -> Duration {
    Duration::from_mins(mins)
}

const fn hours(hours: u64) -> Duration {
    Duration::from_hours(hours)
}

impl Ladder {
    /// Webhooks: the schedule that Standard Webhooks 1.0 recommends; with jitter it ends within four days.
    pub const WEBHOOK: Ladder =
        Ladder(&[secs(5), mins(5), mins(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)]);
    /// E-mail: quick at first, then within the bounds of RFC 5321, 4.5.4.1.
    pub const EMAIL: Ladder = Ladder(&[mins(5), mins(10), mins(20), mins(40), mins(60)]);
    /// Standard output: whoever reads it is near.
    pub const TERMINAL: Ladder = Ladder(&[secs(1), secs(5), secs(30)]);

    /// The wait after `attempts` failed attempts: the ladder's step and up to an eighth more, so that deliveries which
    /// failed together do not come back together.
    pub fn wait(self, attempts: u32, entropy: u64) -> Duration {
        let at = (attempts.saturating_sub(1) as usize).min(self.0.len() - 1);
        let step = self.0[at];
        step + step.mul_f64((entropy % 1_000) as f64 / 8_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn climbs_and_stays_on_the_last_step() {
        assert_eq!(Ladder::WEBHOOK.wait(1, 0), secs(5));
        assert_eq!(Ladder::WEBHOOK.wait(9, 0), hours(24));
        assert_eq!(Ladder::WEBHOOK.wait(u32::MAX, 0), hours(24));
        assert_eq!(Ladder::EMAIL.wait(0, 0), mins(5));
    }

    #[test]
    fn jitter_only_delays_and_mail_stays_within_67_minutes() {
        for entropy in 0..2_000 {
            let wait = Ladder::EMAIL.wait(99, entropy);
            assert!(wait >= mins(60) && wait <= secs(67 * 60 + 30));
        }
    }
}
