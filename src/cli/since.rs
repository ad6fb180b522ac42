//! Points in time as a person gives them: a date, or how long ago.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// The longest time ago, in hours: a hundred years.
const MAX_HOURS: i64 = 24 * 36_525;

/// Since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// So long before now.
    Ago(SignedDuration),
    /// Since then.
    At(Timestamp),
}

impl Since {
    /// The point in time, seen from `now`.
    pub(super) fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Since::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
            Since::At(at) => at,
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ago = [("d", 24), ("h", 1)].into_iter().find_map(|(unit, hours)| {
            let digits = text.strip_suffix(unit).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            let hours = digits.parse::<i64>().ok()?.checked_mul(hours)?;
            (1..=MAX_HOURS).contains(&hours).then(|| SignedDuration::from_hours(hours))
        });
        ago.map(Since::Ago)
            .or_else(|| text.parse().ok().map(Since::At))
            .ok_or_else(|| "a number of days or hours, such as `30d` or `12h`, or a time as in RFC 3339".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_hours_and_dates_are_read_and_nothing_else() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let since = |text: &str| text.parse::<Since>().map(|since| since.from(now).to_string());
        assert_eq!(since("30d"), Ok("2026-10-23T12:00:00Z".to_owned()));
        assert_eq!(since("12h"), Ok("2026-11-22T00:00:00Z".to_owned()));
        assert_eq!(since("2026-01-01T00:00:00+03:00"), Ok("2025-12-31T21:00:00Z".to_owned()));
        for nonsense in ["", "d", "0d", "-1d", "+1d", "1w", "soon", "99999999d", "9223372036854775807d"] {
            assert!(since(nonsense).is_err(), "{nonsense}");
        }
    }
}
