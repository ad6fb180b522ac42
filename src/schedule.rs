//! Stop 1 of the trip: says when a feed is due again.
//!
//! ```text
//! rhythm      when a feed publishes, learned from its polls
//! plan        when its next poll costs least, at the price of a request
//! price       what a request has to cost so that the budget is spent, and not more
//! pace        which of all feeds is next
//! calendar    what its document asks for
//! ```
//!
//! A feed with an interval of its own (`every`) is polled at that. Either way it is never sooner than the publisher allows,
//! and later while the feed fails. Whatever a publisher says, a feed is never given up: every wait has an end.
//!
//! Sources: `max-age` and `Age` (RFC 9111, 5.2.2.1 and 5.1), `Retry-After` (RFC 9110, 10.2.3), `ttl`, `skipHours` and
//! `skipDays` (RSS 2.0), `sy:updatePeriod` and `sy:updateFrequency` (RSS 1.0 syndication module).

mod calendar;
mod pace;
mod plan;
mod price;
mod rhythm;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::Asked;

pub use calendar::{MAX_SKIPPED, meant, welcome};
pub use pace::{MAX_JITTER, Pace, Plan};
pub use plan::{Outlook, Terms};
pub use price::Price;
pub use rhythm::{Forecast, HALF_LIFE, MOST_INTEREST, Shown, USUAL_ITEMS_A_DAY};

/// Shortest time between two polls of a feed without `every`.
pub const SHORTEST: Duration = Duration::from_mins(5);
/// The same where the feed gives no validators: each poll costs its publisher the whole document.
pub const SHORTEST_UNCONDITIONAL: Duration = Duration::from_mins(15);
/// Longest time between two polls, unless the publisher asks for more.
pub const LONGEST: Duration = Duration::from_hours(24);
/// First wait after a failure of a feed without `every`; doubles up to [`MAX_FAILING`].
pub const RETRY: Duration = Duration::from_mins(5);
/// Longest wait after a poll that found no network, or no server.
pub const MAX_UNREACHED: Duration = Duration::from_mins(15);
/// Longest wait that a publisher's `max-age` or `ttl` is granted.
pub const MAX_HINT: Duration = Duration::from_hours(24);
/// Longest wait that `Retry-After` is granted.
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(7 * 24);
/// Longest interval while a feed fails.
pub const MAX_FAILING: Duration = Duration::from_hours(6);
/// First wait after 429 or 503 without `Retry-After`; doubles up to [`MAX_HINT`].
pub const REFUSED: Duration = Duration::from_hours(1);

/// What the publisher said about when to come back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// How long the response stays fresh: `max-age` less `Age`, else `Expires` less `Date`.
    pub fresh_for: Option<Duration>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// How a poll went, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    /// Read well, changed or not.
    Well,
    /// Failed, so many times in a row.
    Failed(u32),
    /// There was no answer, so many times in a row. It may be our own network: back within a usual interval.
    Unreached(u32),
    /// Told to go away (429, 503), so many times in a row.
    Refused(u32),
}

/// The wait until the next poll. `entropy` spreads polls over a tenth of the interval: jitter only delays.
pub fn wait(every: Option<Duration>, hints: Hints, asked: &Asked, polled: Polled, entropy: u64) -> Duration {
    let interval = every.unwrap_or(RETRY);
    let wanted = match polled {
        Polled::Well => interval,
        Polled::Failed(times) => doubled(interval, times).min(MAX_FAILING.max(interval)),
        Polled::Unreached(times) => doubled(interval, times).min(MAX_UNREACHED.max(interval)),
        Polled::Refused(times) if hints.retry_after.is_none() => doubled(REFUSED, times).min(MAX_HINT),
        // Whoever says "at once" each time does not mean it.
        Polled::Refused(times) => doubled(interval, times).min(MAX_FAILING.max(interval)),
    };
    wanted.max(allowed(every, hints, asked)) + interval.mul_f64((entropy % 1_000) as f64 / 10_000.0)
}

/// How long the publisher wants to be left alone.
pub fn allowed(every: Option<Duration>, hints: Hints, asked: &Asked) -> Duration {
    let until = hints.retry_after.map(|wait| wait.min(MAX_RETRY_AFTER));
    // `every` was asked for by somebody who knows the publisher; only Retry-After stands above it.
    let polite = if every.is_some() { None } else { hints.fresh_for.max(calendar::stay_away(asked)) };
    until.into_iter().chain(polite.map(|wait| wait.min(MAX_HINT))).max().unwrap_or_default()
}

/// When the wait is over; the end of time where it never is.
pub fn due(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// A due time read from the store, which a clock set wrong may have put far ahead: a feed that was last polled in the
/// future is due now, and none is due later than the longest wait that this module gives out.
pub fn sane_due(stored: Timestamp, last_poll: Option<Timestamp>, now: Timestamp, every: Option<Duration>) -> Timestamp {
    if last_poll.is_some_and(|last| last > now) {
        return now;
    }
    let longest = MAX_RETRY_AFTER.max(every.unwrap_or_default()).mul_f64(1.2);
    stored.min(due(now, longest))
}

fn doubled(base: Duration, times: u32) -> Duration {
    base.saturating_mul(2u32.saturating_pow(times.saturating_sub(1).min(20)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIN: Duration = Duration::from_mins(1);

    /// The wait where the response and the document ask for so many minutes.
    fn wait(every: Option<Duration>, (fresh, ttl, retry): (u64, u64, u64), polled: Polled) -> Duration {
        let some = |mins: u64| (mins > 0).then(|| MIN * mins as u32);
        let hints = Hints { fresh_for: some(fresh), retry_after: some(retry) };
        let asked = Asked { ttl: some(ttl), ..Asked::default() };
        super::wait(every, hints, &asked, polled, 0)
    }

    const NOTHING: (u64, u64, u64) = (0, 0, 0);

    #[test]
    fn the_longest_of_what_is_wanted_and_what_is_allowed() {
        assert_eq!(wait(None, NOTHING, Polled::Well), 5 * MIN);
        assert_eq!(wait(None, (20, 60, 0), Polled::Well), 60 * MIN);
        assert_eq!(wait(None, (4, 0, 0), Polled::Well), 5 * MIN);
        assert_eq!(wait(Some(MIN), (20, 60, 0), Polled::Well), MIN);
        assert_eq!(wait(Some(MIN), (20, 60, 30), Polled::Well), 30 * MIN);
    }

    #[test]
    fn absurd_hints_have_an_end() {
        let year = 60 * 24 * 365;
        assert_eq!(wait(None, (10 * year, 10 * year, 0), Polled::Well), MAX_HINT);
        assert_eq!(wait(None, (0, 0, 10 * year), Polled::Refused(1)), MAX_RETRY_AFTER);
    }

    #[test]
    fn failures_back_off_and_stay_bounded() {
        assert_eq!(wait(None, NOTHING, Polled::Failed(1)), 5 * MIN);
        assert_eq!(wait(None, NOTHING, Polled::Failed(3)), 20 * MIN);
        assert_eq!(wait(None, NOTHING, Polled::Failed(u32::MAX)), MAX_FAILING);
        assert_eq!(wait(None, NOTHING, Polled::Refused(2)), 2 * REFUSED);
        assert_eq!(wait(Some(MIN), NOTHING, Polled::Unreached(99)), MAX_UNREACHED);
    }

    #[test]
    fn a_clock_that_was_wrong_stalls_nothing() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(sane_due(Timestamp::MAX, None, now, None) < now + SignedDuration::from_hours(9 * 24));
        let later = now + SignedDuration::from_hours(1);
        assert_eq!(sane_due(later, Some(now), now, None), later);
        assert_eq!(sane_due(later, Some(later), now, None), now);
    }

    proptest! {
        #[test]
        fn jitter_only_delays(every in 1u64..100_000, fails in 0u32..100, entropy: u64) {
            let every = Duration::from_secs(every);
            let still = super::wait(Some(every), Hints::default(), &Asked::default(), Polled::Failed(fails), 0);
            let shaken = super::wait(Some(every), Hints::default(), &Asked::default(), Polled::Failed(fails), entropy);
            prop_assert!(shaken >= still && shaken < still + every.mul_f64(0.1));
        }
    }
}
