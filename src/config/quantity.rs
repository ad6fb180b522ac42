//! Durations and sizes: one number and a unit.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::diagnostic::Fault;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Milliseconds of each unit, the largest first.
const DURATION_UNITS: [(&str, u64); 5] = [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)];
/// Bytes of each unit, the largest first.
const SIZE_UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)];

/// So many seconds.
pub(super) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So many days.
pub(super) const fn days(n: u64) -> Duration {
    Duration::from_millis(n * DAY)
}

/// Reads a duration such as `10s` that lies within `bounds`.
pub(super) fn duration(text: &str, bounds: RangeInclusive<Duration>) -> Result<Duration, Fault> {
    let millis = quantity(text, &DURATION_UNITS).ok_or_else(|| {
        Fault::new("this is not a duration")
            .hint("a duration is one whole number and a unit: \"250ms\", \"10s\", \"5m\", \"24h\", \"7d\"")
    })?;
    within(Duration::from_millis(millis), bounds, show_duration)
}

/// Reads a size such as `10MiB` that lies within `bounds`.
pub(super) fn size(text: &str, bounds: RangeInclusive<u64>) -> Result<u64, Fault> {
    let bytes = quantity(text, &SIZE_UNITS).ok_or_else(|| {
        Fault::new("this is not a size")
            .hint("a size is a number of bytes or one whole number and a unit: \"512KiB\", \"10MiB\", \"1GiB\"")
    })?;
    within(bytes, bounds, |bytes| show(bytes, &SIZE_UNITS))
}

/// Whether `value` is allowed; the fault names the bound that it passes.
pub(super) fn within<T: PartialOrd + Copy>(
    value: T,
    bounds: RangeInclusive<T>,
    show: impl Fn(T) -> String,
) -> Result<T, Fault> {
    if value < *bounds.start() {
        Err(Fault::new(format!("this is less than the least allowed, {}", show(*bounds.start()))))
    } else if value > *bounds.end() {
        Err(Fault::new(format!("this is more than the most allowed, {}", show(*bounds.end()))))
    } else {
        Ok(value)
    }
}

/// The duration as one would write it.
fn show_duration(duration: Duration) -> String {
    match u64::try_from(duration.as_millis()) {
        Ok(0) => "0s".to_owned(),
        Ok(millis) => show(millis, &DURATION_UNITS),
        Err(_) => format!("{}s", duration.as_secs()),
    }
}

/// The amount in the largest unit that divides it.
fn show(amount: u64, units: &[(&str, u64)]) -> String {
    let fitting = units.iter().find(|(_, factor)| amount.is_multiple_of(*factor));
    fitting.map_or_else(|| amount.to_string(), |(unit, factor)| format!("{}{unit}", amount / factor))
}

/// The amount that a number and a unit of `units` say, unless it is another text or too much for 64 bits.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let (number, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_one_number_and_a_unit() {
        let read = |text| duration(text, seconds(0)..=days(30)).ok();
        assert_eq!(read("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(read("5m"), Some(seconds(300)));
        assert_eq!(read("7d"), Some(days(7)));
        assert_eq!(read("0s"), Some(Duration::ZERO));
        for bad in
            ["", "5", "m", "-1s", "1.5h", "1h30m", "1 h", "31d", "99999999999999999999s", "18446744073709551615d"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn sizes_may_go_without_a_unit() {
        let read = |text| size(text, 1..=u64::MAX).ok();
        assert_eq!(read("512KiB"), Some(512 * 1024));
        assert_eq!(read("17"), Some(17));
        assert_eq!(read("10MB"), None);
    }

    #[test]
    fn bounds_are_named_as_one_would_write_them() {
        let fault = duration("1s", seconds(10)..=days(7)).expect_err("too short");
        assert_eq!(fault, Fault::new("this is less than the least allowed, 10s"));
        let fault = size("2GiB", 1..=1 << 30).expect_err("too big");
        assert_eq!(fault, Fault::new("this is more than the most allowed, 1GiB"));
    }
}
