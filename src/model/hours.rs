//! Hours of the week in a time zone: when a target wants peace, when a route leads there.

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Some days of the week, a bit each, Monday the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// Monday to Sunday.
    pub const ALL: Days = Days(0b111_1111);
    /// Not one.
    pub const NONE: Days = Days(0);

    /// These and the days from `first` to `last`, over the end of the week where `last` comes first in it.
    #[must_use]
    pub fn and(self, first: Weekday, last: Weekday) -> Self {
        let (mut days, mut day) = (self.0, first);
        loop {
            days |= bit(day);
            if day == last {
                return Days(days);
            }
            day = day.next();
        }
    }

    /// Whether the day is one of them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

/// From one time of the day to another, on days on which it begins; over midnight where the end comes first. A clock that
/// is put forward or back in between shortens or lengthens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// On which it begins.
    pub days: Days,
    /// When it begins.
    pub from: Time,
    /// When it ends, on the next day where this is not after `from`.
    pub to: Time,
    /// Whose clocks count.
    pub zone: TimeZone,
}

impl Hours {
    /// When the stretch ends in which `now` lies; `None` where it lies in none.
    pub fn end(&self, now: Timestamp) -> Option<Timestamp> {
        let here = self.zone.to_datetime(now);
        // What began yesterday may last until today.
        [here.date().yesterday().ok()?, here.date()].into_iter().find_map(|date| {
            let (from, to) =
                (self.zone.to_timestamp(self.begin(date)?).ok()?, self.zone.to_timestamp(self.finish(date)?).ok()?);
            (from <= now && now < to).then_some(to)
        })
    }

    fn begin(&self, date: Date) -> Option<DateTime> {
        self.days.has(date.weekday()).then(|| date.to_datetime(self.from))
    }

    fn finish(&self, date: Date) -> Option<DateTime> {
        let last = if self.to > self.from { date } else { date.tomorrow().ok()? };
        Some(last.to_datetime(self.to))
    }
}

/// When `now` is out of all these hours; `None` where it is in none of them. Stretches that follow each other are one.
pub fn end_of(hours: &[Hours], now: Timestamp) -> Option<Timestamp> {
    let mut end = None;
    // Each step leads on by a stretch; hours that cover the whole week have no end, and are cut after one.
    let horizon = now.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MAX);
    while let Some(later) = hours.iter().filter_map(|hours| hours.end(end.unwrap_or(now))).max() {
        end = Some(later);
        if later >= horizon {
            break;
        }
    }
    end
}

/// Times of the day on days of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// On these days …
    pub days: Days,
    /// … at these times, in their order; at least one.
    pub times: Vec<Time>,
    /// Whose clocks count.
    pub zone: TimeZone,
}

impl Calendar {
    /// The first of its times after `now`; `None` only where the calendar of the world ends.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let mut date = self.zone.to_datetime(now).date();
        // A time that a clock skips is made good right after; so the same day of next week always has one.
        for _ in 0..=7 {
            if self.days.has(date.weekday()) {
                let at = |time: &Time| self.zone.to_timestamp(date.to_datetime(*time)).ok();
                let next = self.times.iter().filter_map(at).find(|at| *at > now);
                if next.is_some() {
                    return next;
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Days::ALL {
            return f.write_str("daily");
        }
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let listed: Vec<&str> = (0..7).filter(|day| self.0 & (1 << day) != 0).map(|day| names[day]).collect();
        f.write_str(&listed.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn kyiv() -> TimeZone {
        TimeZone::get("Europe/Kyiv").expect("a zone")
    }

    fn hours(days: Days, from: i8, to: i8) -> Hours {
        let time = |hour| Time::new(hour, 0, 0, 0).expect("a time");
        Hours { days, from: time(from), to: time(to), zone: kyiv() }
    }

    #[test]
    fn a_night_lasts_over_midnight_where_it_is_slept() {
        let night = hours(Days::ALL, 22, 7);
        // Winter: two hours ahead of UTC.
        assert_eq!(night.end(at("2026-11-22T19:59:59Z")), None);
        assert_eq!(night.end(at("2026-11-22T20:00:00Z")), Some(at("2026-11-23T05:00:00Z")));
        assert_eq!(night.end(at("2026-11-23T04:59:59Z")), Some(at("2026-11-23T05:00:00Z")));
        assert_eq!(night.end(at("2026-11-23T05:00:00Z")), None);
        // The night in which clocks are put forward is an hour shorter.
        assert_eq!(night.end(at("2026-03-28T20:00:00Z")), Some(at("2026-03-29T04:00:00Z")));
    }

    #[test]
    fn stretches_that_follow_each_other_are_one() {
        let weekend = Days::NONE.and(Weekday::Saturday, Weekday::Sunday);
        let all = [hours(Days::ALL, 22, 7), hours(weekend, 0, 0)];
        // Saturday night, Sunday, Sunday night: until Monday at seven.
        assert_eq!(end_of(&all, at("2026-11-21T22:00:00Z")), Some(at("2026-11-23T05:00:00Z")));
        assert_eq!(end_of(&all, at("2026-11-23T05:00:00Z")), None);
        let always = [hours(Days::ALL, 0, 0)];
        assert!(end_of(&always, at("2026-11-23T05:00:00Z")).is_some_and(|end| end > at("2026-11-29T05:00:00Z")));
    }

    #[test]
    fn the_next_time_of_a_calendar() {
        let seven = Time::new(7, 0, 0, 0).expect("a time");
        let half_past_three = Time::new(3, 30, 0, 0).expect("a time");
        let calendar = |days, times: &[Time]| Calendar { days, times: times.to_vec(), zone: kyiv() };
        let daily = calendar(Days::ALL, &[half_past_three, seven]);
        assert_eq!(daily.next(at("2026-11-23T05:00:00Z")), Some(at("2026-11-24T01:30:00Z")));
        assert_eq!(daily.next(at("2026-11-23T04:59:59Z")), Some(at("2026-11-23T05:00:00Z")));
        // 03:30 does not exist in the night of the change: it is told an hour later by the clock.
        assert_eq!(daily.next(at("2026-03-28T23:00:00Z")), Some(at("2026-03-29T01:30:00Z")));
        let mondays = calendar(Days::NONE.and(Weekday::Monday, Weekday::Monday), &[seven]);
        assert_eq!(mondays.next(at("2026-11-23T05:00:00Z")), Some(at("2026-11-30T05:00:00Z")));
    }

    #[test]
    fn days_run_over_the_end_of_the_week() {
        let days = Days::NONE.and(Weekday::Saturday, Weekday::Monday);
        assert!(days.has(Weekday::Sunday) && !days.has(Weekday::Tuesday));
        assert_eq!(days.to_string(), "mon,sat,sun");
    }
}
