//! What a document asks of its readers: how long to stay away, and at which hours and on which days.

use std::time::Duration;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::model::{Asked, Skip};

/// Longest wait that `skipHours` and `skipDays` are granted: a long weekend.
pub const MAX_SKIPPED: SignedDuration = SignedDuration::from_hours(3 * 24);
const HOUR: i64 = 3_600;
/// What WordPress writes into each feed, whatever its publisher thinks of it.
const WORDPRESS_PERIOD: Duration = Duration::from_hours(1);

/// What of it is a wish of the publisher, not a habit of the program that wrote the document.
pub fn meant(mut asked: Asked, generator: Option<&str>) -> Asked {
    let wordpress = generator.is_some_and(|generator| generator.to_ascii_lowercase().contains("wordpress"));
    asked.update_period = asked.update_period.filter(|period| !(wordpress && *period == WORDPRESS_PERIOD));
    asked
}

/// How long the document wants to be left alone: `ttl` (RSS 2.0) or the update period (RSS 1.0 syndication).
pub(super) fn stay_away(asked: &Asked) -> Option<Duration> {
    asked.ttl.max(asked.update_period)
}

/// `at`, or the first moment after it that lies in no hour and on no day that is to be skipped (RSS 2.0, UTC). No later than
/// [`MAX_SKIPPED`] after it.
pub fn welcome(skip: Skip, at: Timestamp) -> Timestamp {
    let end = at.checked_add(MAX_SKIPPED).unwrap_or(Timestamp::MAX);
    let mut moment = at;
    while moment < end && is_skipped(skip, moment) {
        let next_hour = (moment.as_second().div_euclid(HOUR) + 1) * HOUR;
        moment = Timestamp::from_second(next_hour).unwrap_or(Timestamp::MAX);
    }
    moment.min(end)
}

fn is_skipped(skip: Skip, at: Timestamp) -> bool {
    let time = Offset::UTC.to_datetime(at);
    let day = time.weekday().to_monday_zero_offset();
    (skip.hours >> time.hour()) & 1 == 1 || (skip.days >> day) & 1 == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn nobody_comes_at_the_hours_and_on_the_days_to_skip() {
        let nights = Skip { hours: 0b1111_1100_0000_0000_0000_0011, days: 0 };
        assert_eq!(welcome(nights, at("2026-11-23T01:30:00Z")), at("2026-11-23T02:00:00Z"));
        assert_eq!(welcome(nights, at("2026-11-23T18:00:00Z")), at("2026-11-24T02:00:00Z"));
        assert_eq!(welcome(nights, at("2026-11-23T17:59:59Z")), at("2026-11-23T17:59:59Z"));
        let sundays = Skip { hours: 0, days: 0b100_0000 };
        assert_eq!(welcome(sundays, at("2026-11-22T00:00:01Z")), at("2026-11-23T00:00:00Z"));
        let both = Skip { days: 0b110_0000, ..nights };
        assert_eq!(welcome(both, at("2026-11-21T12:00:00Z")), at("2026-11-23T02:00:00Z"));
        let mondays_only = Skip { hours: 0, days: 0b111_1110 };
        assert_eq!(
            welcome(mondays_only, at("2026-11-24T12:00:00Z")),
            at("2026-11-27T12:00:00Z"),
            "three days are enough"
        );
    }

    #[test]
    fn what_wordpress_writes_into_each_feed_is_no_wish() {
        let hourly = Asked { update_period: Some(Duration::from_hours(1)), ..Asked::default() };
        let daily = Asked { update_period: Some(Duration::from_hours(24)), ..Asked::default() };
        assert_eq!(meant(hourly, Some("https://wordpress.org/?v=6.9")), Asked::default());
        assert_eq!(meant(hourly, Some("Drupal")), hourly);
        assert_eq!(meant(hourly, None), hourly);
        assert_eq!(meant(daily, Some("https://wordpress.org/?v=6.9")), daily);
    }

    proptest! {
        #[test]
        fn every_wish_has_an_end(hours: u32, days: u8, second in -10_000_000_000i64..100_000_000_000) {
            let at = Timestamp::from_second(second).expect("a time");
            let moved = welcome(Skip { hours, days }, at).duration_since(at);
            prop_assert!((SignedDuration::ZERO..=MAX_SKIPPED).contains(&moved));
        }
    }
}
