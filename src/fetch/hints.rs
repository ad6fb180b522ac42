//! What a response says about when to come back: `Cache-Control`, `Age`, `Expires`, `Retry-After`.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

use crate::schedule::Hints;

/// What the headers of a response say that came at about `now`.
pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Hints {
    Hints { fresh_for: fresh_for(headers), retry_after: retry_after(headers, now) }
}

/// The server's own time when it made the response.
pub(super) fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    date(text(headers, &DATE)?)
}

/// The server's own time now: a response from a cache on the way is older than that (RFC 9111, 5.1).
pub(super) fn clock_of(headers: &HeaderMap) -> Option<Timestamp> {
    let age = text(headers, &AGE).and_then(seconds).unwrap_or_default();
    date_of(headers)?.checked_add(SignedDuration::try_from(age).ok()?).ok()
}

/// RFC 9111, 4.2.1: `max-age` before `Expires`; what a cache on the way has used up is taken off.
fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut directives = directives.flat_map(|value| value.split(',')).map(str::trim);
    let max_age = directives.find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        name.eq_ignore_ascii_case("max-age").then(|| seconds(value.trim_matches('"')))?
    });
    let age = text(headers, &AGE).and_then(seconds).unwrap_or_default();
    match max_age {
        Some(max_age) => Some(max_age.saturating_sub(age)),
        None => between(date_of(headers)?, text(headers, &EXPIRES)?),
    }
}

/// RFC 9110, 10.2.3: seconds or a date. A server that tells no time of its own means ours.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    seconds(value).or_else(|| between(date_of(headers).unwrap_or(now), value))
}

/// From the response's own date to `until`: the two clocks need not agree with ours. For a time that has passed there
/// is nothing to wait for.
fn between(from: Timestamp, until: &str) -> Option<Duration> {
    Duration::try_from(date(until)?.duration_since(from)).ok()
}

/// RFC 9110, 5.6.7: a date as mails have it, or one of the two old forms.
fn date(text: &str) -> Option<Timestamp> {
    let old = |form| DateTime::strptime(form, text).ok()?.to_zoned(TimeZone::UTC).ok();
    let mail = DateTimeParser::new().parse_timestamp(text).ok();
    mail.or_else(|| Some(old("%A, %d-%b-%y %H:%M:%S GMT").or_else(|| old("%a %b %e %H:%M:%S %Y"))?.timestamp()))
}

fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number beyond u64 means "very long" all the same.
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_lines(lines: &[(&'static str, &'static str)]) -> Hints {
        let pairs = lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
        of(&pairs.collect(), "2026-11-23T12:00:00Z".parse().expect("a time"))
    }

    #[test]
    fn max_age_less_age_before_expires() {
        let hints = of_lines(&[("cache-control", "public, Max-Age=600"), ("age", "100"), ("expires", "0")]);
        assert_eq!(hints.fresh_for, Some(Duration::from_secs(500)));
    }

    #[test]
    fn dates_count_from_the_servers_own_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = "Sun, 06 Nov 1994 09:49:37 GMT";
        assert_eq!(of_lines(&[date, ("expires", later)]).fresh_for, Some(Duration::from_secs(3_600)));
        assert_eq!(of_lines(&[date, ("retry-after", later)]).retry_after, Some(Duration::from_secs(3_600)));
    }

    #[test]
    fn nonsense_is_no_hint() {
        assert_eq!(
            of_lines(&[("retry-after", "-1"), ("expires", "0"), ("cache-control", "max-age=soon")]),
            Hints::default()
        );
        assert_eq!(
            of_lines(&[("retry-after", "99999999999999999999999")]).retry_after,
            Some(Duration::from_secs(u64::MAX))
        );
        for nonsense in
            ["", "1.5", "+5", "0x10", "soon", "Thu, 32 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
        {
            assert_eq!(of_lines(&[("retry-after", nonsense)]).retry_after, None, "{nonsense}");
        }
    }

    #[test]
    fn a_date_counts_from_our_clock_where_the_server_tells_no_time() {
        for (until, seconds) in [
            ("Mon, 23 Nov 2026 12:30:00 GMT", 1_800),
            ("Monday, 23-Nov-26 12:30:00 GMT", 1_800),
            ("Mon Nov 23 12:30:00 2026", 1_800),
            ("Sun, 07 Feb 2106 06:28:16 GMT", 2_499_532_096),
        ] {
            assert_eq!(of_lines(&[("retry-after", until)]).retry_after, Some(Duration::from_secs(seconds)), "{until}");
        }
        let expires = ("expires", "Mon, 23 Nov 2026 12:30:00 GMT");
        assert_eq!(of_lines(&[expires]).fresh_for, None, "a cache on the way may have kept it for long");
    }

    #[test]
    fn absurd_ages_are_very_long_and_not_an_overflow() {
        let ten_years = ("retry-after", "315360000");
        assert_eq!(of_lines(&[ten_years]).retry_after, Some(Duration::from_secs(315_360_000)));
        let max_age = |value| of_lines(&[("cache-control", value), ("age", "5")]).fresh_for;
        assert_eq!(max_age("max-age=99999999999999999999"), Some(Duration::from_secs(u64::MAX - 5)));
        assert_eq!((max_age("max-age=-1"), max_age("max-age=")), (None, None));
        let old = of_lines(&[("cache-control", "max-age=60"), ("age", "99999999999999999999")]);
        assert_eq!(old.fresh_for, Some(Duration::ZERO));
        let past = of_lines(&[("date", "Sun, 07 Feb 2106 06:28:16 GMT"), ("expires", "Thu, 01 Jan 1970 00:00:00 GMT")]);
        assert_eq!(past.fresh_for, None);
    }
}
