//! What a response says about when to come back: `Cache-Control`, `Age`, `Expires`, `Retry-After`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

use crate::schedule::Hints;

pub(super) fn of(headers: &HeaderMap) -> Hints {
    Hints { fresh_for: fresh_for(headers), retry_after: retry_after(headers) }
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
        None => between(headers, text(headers, &EXPIRES)?),
    }
}

/// RFC 9110, 10.2.3: seconds or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    seconds(value).or_else(|| between(headers, value))
}

/// From the response's own date to `until`: the two clocks need not agree with ours. Without a date, or for a time that
/// has passed, there is nothing to wait for.
fn between(headers: &HeaderMap, until: &str) -> Option<Duration> {
    let date = |text: &str| -> Option<Timestamp> { DateTimeParser::new().parse_timestamp(text).ok() };
    let span = date(until)?.duration_since(date(text(headers, &DATE)?)?);
    Duration::try_from(span).ok()
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
        of(&pairs.collect())
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
    }
}
