//! When and how often a target is told.

use std::time::Duration;

use super::diagnostic::{At, Fault};
use super::hours;
use super::name::Names;
use super::quantity::{self, days, seconds};
use super::reader::Reader;
use super::section::Section;
use super::words::choice;
use crate::model::{Fallback, GroupBy, Grouping, Manner, Rate};

/// How long the first alert of a group waits for others where the configuration does not say.
pub const DEFAULT_GROUP_WAIT: Duration = Duration::from_secs(30);
/// Shortest time from one message about a group to the next where the configuration does not say.
pub const DEFAULT_GROUP_INTERVAL: Duration = Duration::from_mins(5);
/// How long a target has to fail before its fallback is told where the configuration does not say.
pub const DEFAULT_FALLBACK_AFTER: Duration = Duration::from_mins(10);
/// Messages to a target that people read where the configuration does not say: a storm is told in summaries.
pub const DEFAULT_MAX_RATE: Rate = Rate { messages: 30, per: Duration::from_mins(10) };

const GROUPS: [(&str, GroupBy); 2] = [("watch", GroupBy::Watch), ("story", GroupBy::Story)];
/// The units of a rate.
const UNITS: [(&str, Duration); 3] =
    [("min", Duration::from_mins(1)), ("h", Duration::from_hours(1)), ("day", Duration::from_hours(24))];
const RATE_HINT: &str = "write \"10/min\", \"30/10min\", \"60/h\" or \"100/day\", or false for no limit";
/// Most messages of a rate.
const MAX_MESSAGES: u32 = 10_000;

/// Reads the manner of a target; `fallback` is read once all targets are known.
pub(super) fn read(section: &Section<'_>, for_people: bool, reader: &mut Reader<'_>) -> Manner {
    let digest = hours::read_calendar(section, "digest", reader);
    for key in ["quiet_hours", "group", "max_rate"] {
        if section.has("digest") && section.has(key) {
            let fault = Fault::new(format!("`digest` and `{key}` exclude each other: a digest has its own times"));
            reader.report(fault.hint("keep one of them").at(section.key_span(key)));
        }
    }
    Manner {
        quiet_hours: hours::read(section, "quiet_hours", reader),
        rate: if digest.is_some() { None } else { rate(section, for_people, reader) },
        digest,
        group: grouping(section, reader),
        fallback: None,
    }
}

fn grouping(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<Grouping> {
    for key in ["group_wait", "group_interval"] {
        if section.has(key) && !section.has("group") {
            let fault = Fault::new(format!("`{key}` means nothing without `group`"));
            reader.report(fault.hint("add group = \"watch\" or group = \"story\"").at(section.key_span(key)));
        }
    }
    let wait = section.duration("group_wait", seconds(0)..=days(1), reader).unwrap_or(DEFAULT_GROUP_WAIT);
    let interval = section.duration("group_interval", seconds(0)..=days(1), reader).unwrap_or(DEFAULT_GROUP_INTERVAL);
    let by = section.parsed("group", "a string", reader, |text| choice(text, &GROUPS))?.value;
    Some(Grouping { by, wait, interval })
}

/// `false` is no limit; what people do not read has none unless it is asked for.
fn rate(section: &Section<'_>, for_people: bool, reader: &mut Reader<'_>) -> Option<Rate> {
    let Some(value) = section.value("max_rate") else { return for_people.then_some(DEFAULT_MAX_RATE) };
    if value.get_ref().as_bool() == Some(false) {
        return None;
    }
    section.parsed("max_rate", "a rate like \"30/10min\"", reader, parse_rate).map(|at| at.value)
}

fn parse_rate(text: &str) -> Result<Rate, Fault> {
    let fault = || Fault::new("this is not a rate of messages").hint(RATE_HINT);
    let (messages, per) = text.split_once('/').ok_or_else(fault)?;
    let (count, unit) = per.split_at(per.bytes().take_while(u8::is_ascii_digit).count());
    let count: u32 = if count.is_empty() { 1 } else { count.parse().map_err(|_| fault())? };
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(fault)?;
    let messages = messages.parse().map_err(|_| fault())?;
    let messages = quantity::within(messages, 1..=MAX_MESSAGES, |n: u32| n.to_string())?;
    let per = unit.checked_mul(count).ok_or_else(fault)?;
    let per = quantity::within(per, seconds(60)..=days(7), |per| format!("{}min", per.as_secs() / 60))?;
    Ok(Rate { messages, per })
}

/// Reads who is told when the target `name` fails.
pub(super) fn fallback(name: &str, section: &Section<'_>, names: &Names, reader: &mut Reader<'_>) -> Option<Fallback> {
    let after = section.duration("fallback_after", seconds(0)..=days(5), reader);
    if section.has("fallback_after") && !section.has("fallback") {
        let fault = Fault::new("`fallback_after` means nothing without `fallback`");
        reader.report(fault.hint("add fallback = \"NAME\" of another target").at(section.key_span("fallback_after")));
    }
    let At { value: target, span } = names.referred_one(section, "fallback", reader)?;
    if target == name {
        let fault = Fault::new("a target cannot stand in for itself");
        reader.report(fault.hint("name another target").at(span));
        return None;
    }
    Some(Fallback { target, after: after.unwrap_or(DEFAULT_FALLBACK_AFTER) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_messages_in_a_time() {
        assert_eq!(parse_rate("30/10min"), Ok(DEFAULT_MAX_RATE));
        assert_eq!(parse_rate("60/h"), Ok(Rate { messages: 60, per: Duration::from_hours(1) }));
        for bad in ["", "60", "0/h", "60/s", "60/0min", "60/8day", "-1/h", "1/99999999999h", "99999/h"] {
            assert!(parse_rate(bad).is_err(), "{bad}");
        }
    }
}
