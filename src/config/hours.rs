//! Hours and calendars: "22:00-07:00 Europe/Kyiv", "mon-fri 07:00,19:00 Europe/Kyiv", "hourly".

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::Section;
use super::words::did_you_mean;
use crate::model::{Calendar, Days, Hours};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];
const HOURS_HINT: &str =
    "write \"22:00-07:00 Europe/Kyiv\", or with days on which it begins: \"sat,sun 00:00-24:00 Europe/Kyiv\"";
const CALENDAR_HINT: &str = "write \"daily 07:00 Europe/Kyiv\", \"mon-fri 07:00,19:00 Europe/Kyiv\" or \"hourly\"";

/// Reads one stretch of hours, or a list of them.
pub(super) fn read(section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Vec<Hours> {
    let Some(value) = section.value(key) else { return Vec::new() };
    let texts = if value.get_ref().is_array() {
        section.strings(key, "hours", reader).unwrap_or_default()
    } else {
        section.string(key, "hours like \"22:00-07:00 Europe/Kyiv\"", reader).into_iter().collect()
    };
    let read = |At { value: text, span }: At<String>| {
        let hours = hours(&text, |zone| reader.surroundings.zone(zone));
        reader.accept(hours, &span)
    };
    texts.into_iter().filter_map(read).collect()
}

/// Reads the times of a digest.
pub(super) fn read_calendar(section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Calendar> {
    let At { value: text, span } = section.string(key, "times like \"daily 07:00 Europe/Kyiv\"", reader)?;
    let calendar = calendar(&text, |zone| reader.surroundings.zone(zone));
    reader.accept(calendar, &span)
}

fn hours(text: &str, zone: impl Fn(&str) -> Option<TimeZone>) -> Result<Hours, Fault> {
    let fault = || Fault::new("these are not hours").hint(HOURS_HINT);
    let words: Vec<&str> = text.split_whitespace().collect();
    let (named, times, place) = match words[..] {
        [times, place] => ("daily", times, place),
        [named, times, place] => (named, times, place),
        [times] if times.contains(':') => return Err(no_zone(HOURS_HINT)),
        _ => return Err(fault()),
    };
    let (from, to) = times.split_once('-').ok_or_else(fault)?;
    let (from, to) = (time(from).ok_or_else(fault)?, time(to).ok_or_else(fault)?);
    if from == to && from != Time::midnight() {
        return Err(Fault::new("these hours end when they begin").hint("a whole day is \"00:00-24:00\""));
    }
    Ok(Hours { days: days(named)?, from, to, zone: zone_of(place, zone)? })
}

fn calendar(text: &str, zone: impl Fn(&str) -> Option<TimeZone>) -> Result<Calendar, Fault> {
    let fault = || Fault::new("this says no times for a digest").hint(CALENDAR_HINT);
    let words: Vec<&str> = text.split_whitespace().collect();
    let (named, listed, place) = match words[..] {
        ["hourly"] => return Ok(Calendar { days: Days::ALL, times: hourly(), zone: TimeZone::UTC }),
        [named, listed, place] => (named, listed, place),
        [_, listed] if listed.contains(':') => return Err(no_zone(CALENDAR_HINT)),
        _ => return Err(fault()),
    };
    let mut times = listed.split(',').map(time).collect::<Option<Vec<Time>>>().ok_or_else(fault)?;
    times.sort_unstable();
    times.dedup();
    Ok(Calendar { days: days(named)?, times, zone: zone_of(place, zone)? })
}

fn hourly() -> Vec<Time> {
    (0..24).map(|hour| Time::constant(hour, 0, 0, 0)).collect()
}

/// `07:00`; `24:00` is the midnight at the end of a day.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i8>().ok()).flatten();
    match (number(hour)?, number(minute)?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn days(text: &str) -> Result<Days, Fault> {
    if text == "daily" {
        return Ok(Days::ALL);
    }
    let day = |name: &str| {
        let known = DAYS.iter().find(|(known, _)| *known == name).map(|(_, day)| *day);
        known.ok_or_else(|| {
            let hint = did_you_mean(name, DAYS.iter().map(|(name, _)| *name));
            Fault::new(format!("`{name}` is no day of the week"))
                .hint(hint.unwrap_or_else(|| "days are mon, tue, wed, thu, fri, sat, sun, or daily".to_owned()))
        })
    };
    text.split(',').try_fold(Days::NONE, |days, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Ok(days.and(day(first)?, day(last)?))
    })
}

fn zone_of(name: &str, zone: impl Fn(&str) -> Option<TimeZone>) -> Result<TimeZone, Fault> {
    let unknown = || Fault::new(format!("there is no time zone `{name}`"));
    zone(name).ok_or_else(|| unknown().hint("zones are named as in \"Europe/Kyiv\", \"America/New_York\" or \"UTC\""))
}

fn no_zone(hint: &str) -> Fault {
    Fault::new("a time of the day needs a time zone").hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Option<TimeZone> {
        jiff::tz::TimeZoneDatabase::bundled().get(name).ok()
    }

    #[test]
    fn hours_are_days_times_and_a_zone() {
        let night = hours("22:00-07:00 Europe/Kyiv", zone).expect("hours");
        assert_eq!(
            (night.days, night.from, night.to),
            (Days::ALL, Time::constant(22, 0, 0, 0), Time::constant(7, 0, 0, 0))
        );
        let weekend = hours("sat,sun 00:00-24:00 UTC", zone).expect("hours");
        assert_eq!(weekend.days.to_string(), "sat,sun");
        assert_eq!(hours("fri-mon 08:30-17:00 UTC", zone).expect("hours").days.to_string(), "mon,fri,sat,sun");
        for bad in [
            "",
            "22:00",
            "22:00-07:00",
            "22-07 UTC",
            "25:00-07:00 UTC",
            "+1:00-07:00 UTC",
            "08:00-08:00 UTC",
            "mo 1:00-2:00 UTC",
        ] {
            assert!(hours(bad, zone).is_err(), "{bad}");
        }
    }

    #[test]
    fn calendars_are_days_times_and_a_zone() {
        let times = |text| calendar(text, zone).map(|calendar| calendar.times.len());
        assert_eq!(times("daily 19:00,07:00 Europe/Kyiv"), Ok(2));
        assert_eq!(times("hourly"), Ok(24));
        for bad in ["", "daily", "daily 07:00", "07:00 UTC", "weekly 07:00 UTC", "daily 07:00 Europe/Kiew"] {
            assert!(calendar(bad, zone).is_err(), "{bad}");
        }
    }
}
