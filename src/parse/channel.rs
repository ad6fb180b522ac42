//! What a feed says and no item of it can: how it wants to be polled, where programs go on from it, what made it.

use std::num::NonZeroU32;
use std::time::Duration;

use super::ParseError;
use super::field::{Field, Reach};
use super::links::Linked;
use super::name::Role;
use super::reader::{Event, Node, Reader};
use crate::model::{Asked, Skip, clip};

/// Longest name of a generator, in bytes.
const MAX_GENERATOR_BYTES: usize = 200;
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// All 24 hours of a day.
const ALL_HOURS: u32 = (1 << 24) - 1;
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// All days of a week.
const ALL_DAYS: u32 = (1 << DAYS.len()) - 1;

/// What a feed says of itself alone, as it is gathered. Of several elements that say the same the first counts.
#[derive(Debug, Default)]
pub(super) struct Channel {
    ttl: Option<Duration>,
    /// `Some(None)` where nobody can tell what is meant; so is the next.
    period: Option<Option<Duration>>,
    frequency: Option<Option<NonZeroU32>>,
    skip_hours: u32,
    skip_days: u32,
    pub(super) links: Linked,
    pub(super) generator: Option<String>,
}

impl Channel {
    /// Takes what `node` says. `false` if that is nothing: the element is as unread as before.
    pub(super) fn take<'a>(&mut self, reader: &mut Reader<'a>, node: &Node<'a>) -> Result<bool, ParseError> {
        let Some((role, _)) = node.role() else { return Ok(false) };
        match role {
            Role::Ttl => {
                let minutes = line(reader, node)?.and_then(|text| text.parse::<u32>().ok());
                self.ttl = self.ttl.or(minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)));
            }
            Role::Period => {
                let text = line(reader, node)?;
                self.period.get_or_insert(text.as_deref().and_then(period));
            }
            Role::Frequency => {
                let text = line(reader, node)?;
                self.frequency.get_or_insert(text.and_then(|text| text.parse().ok()));
            }
            Role::SkipHours => self.skip_hours |= skipped(reader, node, "hour", hour)?,
            Role::SkipDays => self.skip_days |= skipped(reader, node, "day", day)?,
            Role::Generator => {
                let text = line(reader, node)?.or_else(|| node.tag.attribute("uri").map(|uri| uri.trim().to_owned()));
                let text = text.map(|text| clip(&text, MAX_GENERATOR_BYTES).to_owned());
                self.generator = self.generator.take().or(text.filter(|text| !text.is_empty()));
            }
            Role::Link => {
                self.links.look(reader, node);
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// All that it asks for.
    pub(super) fn asked(&self) -> Asked {
        // Who skips every hour or every day would never be polled, and cannot mean it.
        let never = self.skip_hours == ALL_HOURS || self.skip_days == ALL_DAYS;
        Asked {
            ttl: self.ttl,
            update_period: self.update_period(),
            skip: if never { Skip::default() } else { Skip { hours: self.skip_hours, days: self.skip_days as u8 } },
        }
    }

    /// Either element implies the other: daily, once. One that is there and makes no sense says nothing about the feed.
    fn update_period(&self) -> Option<Duration> {
        if self.period.is_none() && self.frequency.is_none() {
            return None;
        }
        Some(self.period.unwrap_or(Some(DAY))? / self.frequency.unwrap_or(Some(NonZeroU32::MIN))?.get())
    }
}

/// A text of one line. Half of one says something else than the whole: what the end of the document cut is dropped.
fn line<'a>(reader: &mut Reader<'a>, node: &Node<'a>) -> Result<Option<String>, ParseError> {
    let field = Field::read(reader, node, Reach::Line)?;
    Ok(if field.cut_off { None } else { field.text() })
}

fn period(name: &str) -> Option<Duration> {
    Some(match name.to_ascii_lowercase().as_str() {
        "hourly" => HOUR,
        "daily" => DAY,
        "weekly" => DAY * 7,
        "monthly" => DAY * 30,
        "yearly" => DAY * 365,
        _ => return None,
    })
}

/// The bits of the elements called `name` in `node`; `bit` says which bit a text means.
fn skipped<'a>(
    reader: &mut Reader<'a>,
    node: &Node<'a>,
    name: &str,
    bit: fn(&str) -> Option<u32>,
) -> Result<u32, ParseError> {
    let mut bits = 0;
    while reader.depth() >= node.depth {
        match reader.next()? {
            Event::Open(child) if child.local.eq_ignore_ascii_case(name) => {
                let text = line(reader, &child)?;
                bits |= text.as_deref().and_then(bit).map_or(0, |bit| 1 << bit);
            }
            // Its closing tag is missing.
            Event::Open(child) if child.role().is_some() => reader.reopen(node.depth, child.tag),
            Event::End => break,
            _ => {}
        }
    }
    Ok(bits)
}

/// Some count the hours from 1.
fn hour(text: &str) -> Option<u32> {
    text.parse().ok().filter(|hour| *hour <= 24).map(|hour: u32| hour % 24)
}

fn day(text: &str) -> Option<u32> {
    DAYS.iter().zip(0..).find(|(day, _)| day.eq_ignore_ascii_case(text)).map(|(_, bit)| bit)
}

#[cfg(test)]
mod tests;
