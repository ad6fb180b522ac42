//! `[[target]]`: who is told.

use std::time::Duration;

use toml::de::DeTable;

use super::diagnostic::{At, Fault};
use super::name::Names;
use super::quantity::{days, seconds};
use super::reader::Reader;
use super::section::Section;
use super::words::{self, choice};
use super::{email, manner, webhook};
use crate::model::{Target, TargetKind, TerminalFormat, TerminalTarget};

/// A type of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Terminal,
    Email,
    Webhook,
}

const KINDS: [(&str, Kind); 3] = [("terminal", Kind::Terminal), ("email", Kind::Email), ("webhook", Kind::Webhook)];
const FORMATS: [(&str, TerminalFormat); 2] = [("text", TerminalFormat::Text), ("json", TerminalFormat::Json)];

impl Kind {
    fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Terminal => words::TERMINAL,
            Kind::Email => words::EMAIL,
            Kind::Webhook => words::WEBHOOK,
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Kind::Terminal => "a terminal target",
            Kind::Email => "an e-mail target",
            Kind::Webhook => "a webhook target",
        }
    }

    /// Whether people read each message, so that a storm has to be told in summaries.
    fn is_for_people(self) -> bool {
        match self {
            Kind::Email => true,
            Kind::Terminal | Kind::Webhook => false,
        }
    }

    /// How long a delivery is tried: nobody reads yesterday's terminal, and mail servers may be away for days.
    fn default_deadline(self) -> Duration {
        match self {
            Kind::Terminal => seconds(60 * 60),
            Kind::Email => days(5),
            Kind::Webhook => days(4),
        }
    }
}

/// Reads all targets and their names; those with a mistake are left out, but their names are known.
pub(super) fn read(tables: Vec<At<&DeTable<'_>>>, names: &mut Names, reader: &mut Reader<'_>) -> Vec<Target> {
    let read: Vec<(Section<'_>, Option<Target>)> =
        tables.into_iter().map(|table| read_one(table, names, reader)).collect();
    // A target may name one that stands below it.
    let whole = read.into_iter().filter_map(|(section, target)| {
        let mut target = target?;
        target.manner.fallback = manner::fallback(&target.name, &section, names, reader);
        Some(target)
    });
    whole.collect()
}

fn read_one<'t>(
    table: At<&'t DeTable<'t>>,
    names: &mut Names,
    reader: &mut Reader<'_>,
) -> (Section<'t>, Option<Target>) {
    let written = table.value.get("type").and_then(|value| value.get_ref().as_str());
    let known = written.and_then(|written| choice(written, &KINDS).ok());
    let section = open(table, known, reader);
    let target = read_section(&section, names, reader);
    (section, target)
}

fn read_section(section: &Section<'_>, names: &mut Names, reader: &mut Reader<'_>) -> Option<Target> {
    let name = names.claim(section, reader);
    section.require("type", "write type = \"terminal\", \"email\" or \"webhook\"", reader);
    let kind = section.parsed("type", "a string", reader, |text| choice(text, &KINDS));
    let deadline = section.duration("deadline", seconds(1)..=days(30), reader);

    let people = kind.as_ref().is_some_and(|kind| kind.value.is_for_people());
    let manner = manner::read(section, people, reader);
    let kind = kind?.value;
    let deadline = deadline.unwrap_or(kind.default_deadline());
    let kind = match kind {
        Kind::Terminal => {
            let format = section.parsed("format", "a string", reader, |text| choice(text, &FORMATS));
            TargetKind::Terminal(TerminalTarget { format: format.map(|at| at.value).unwrap_or_default() })
        }
        Kind::Email => TargetKind::Email(Box::new(email::read(section, reader)?)),
        Kind::Webhook => TargetKind::Webhook(Box::new(webhook::read(section, reader)?)),
    };
    Some(Target { manner, ..Target::new(&name?, kind, deadline) })
}

/// Opens the table, and reports keys that belong to another type of target. Where the type is not known, all may.
fn open<'t>(table: At<&'t DeTable<'t>>, kind: Option<Kind>, reader: &mut Reader<'_>) -> Section<'t> {
    let Some(kind) = kind else {
        let all = [words::TARGET, words::TERMINAL, words::EMAIL, words::WEBHOOK].concat();
        return Section::open(table, &all, &[], reader);
    };
    let here = [words::TARGET, kind.words()].concat();
    let others = KINDS.iter().map(|(_, other)| *other).filter(|other| *other != kind);
    let foreign: Vec<(&'static str, Kind)> =
        others.flat_map(|other| other.words().iter().map(move |word| (*word, other))).collect();
    let elsewhere: Vec<&'static str> = foreign.iter().map(|(word, _)| *word).collect();

    let section = Section::open(table, &here, &elsewhere, reader);
    for (word, other) in foreign.into_iter().filter(|(word, _)| section.value(word).is_some()) {
        let fault = Fault::new(format!("`{word}` belongs to {}; this is {}", other.phrase(), kind.phrase()));
        let hint = format!("{} has: {}", kind.phrase(), words::listed(&here));
        reader.report(fault.hint(hint).at(section.key_span(word)));
    }
    section
}
