//! `[[target]]`: who is told.

use std::time::Duration;

use toml::de::DeTable;

use super::diagnostic::{At, Fault};
use super::name::Names;
use super::quantity::{days, seconds};
use super::reader::Reader;
use super::section::Section;
use super::wording::Parts;
use super::words::{self, choice};
use super::{email, exec, manner, service, webhook, wording};
use crate::model::{Service, Target, TargetKind, TerminalFormat, TerminalTarget};

/// A type of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Terminal,
    Email,
    Webhook,
    Slack,
    Discord,
    Teams,
    Mattermost,
    Telegram,
    Matrix,
    Ntfy,
    PagerDuty,
    Alertmanager,
    Exec,
}

const KINDS: [(&str, Kind); 13] = [
    ("terminal", Kind::Terminal),
    ("email", Kind::Email),
    ("webhook", Kind::Webhook),
    ("slack", Kind::Slack),
    ("discord", Kind::Discord),
    ("teams", Kind::Teams),
    ("mattermost", Kind::Mattermost),
    ("telegram", Kind::Telegram),
    ("matrix", Kind::Matrix),
    ("ntfy", Kind::Ntfy),
    ("pagerduty", Kind::PagerDuty),
    ("alertmanager", Kind::Alertmanager),
    ("exec", Kind::Exec),
];
const FORMATS: [(&str, TerminalFormat); 2] = [("text", TerminalFormat::Text), ("json", TerminalFormat::Json)];

impl Kind {
    fn words(self) -> &'static [&'static str] {
        match self {
            Kind::Terminal => words::TERMINAL,
            Kind::Email => words::EMAIL,
            Kind::Webhook => words::WEBHOOK,
            Kind::Slack | Kind::Discord | Kind::Teams | Kind::Mattermost => words::HOOK,
            Kind::Telegram => words::TELEGRAM,
            Kind::Matrix => words::MATRIX,
            Kind::Ntfy => words::NTFY,
            Kind::PagerDuty => words::PAGERDUTY,
            Kind::Alertmanager => words::ALERTMANAGER,
            Kind::Exec => words::EXEC,
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Kind::Terminal => "a terminal target",
            Kind::Email => "an e-mail target",
            Kind::Webhook => "a webhook target",
            Kind::Slack => "a Slack target",
            Kind::Discord => "a Discord target",
            Kind::Teams => "a Teams target",
            Kind::Mattermost => "a Mattermost target",
            Kind::Telegram => "a Telegram target",
            Kind::Matrix => "a Matrix target",
            Kind::Ntfy => "an ntfy target",
            Kind::PagerDuty => "a PagerDuty target",
            Kind::Alertmanager => "an Alertmanager target",
            Kind::Exec => "a program",
        }
    }

    /// What its templates can be of.
    fn parts(self) -> Option<Parts> {
        match self {
            Kind::Terminal => None,
            Kind::Webhook | Kind::Exec => Some(Parts::Body),
            _ => Some(Parts::TitleAndText),
        }
    }

    /// Whether people read each message, so that a storm has to be told in summaries.
    fn is_for_people(self) -> bool {
        !matches!(self, Kind::Terminal | Kind::Webhook | Kind::Alertmanager | Kind::Exec)
    }

    /// How long a delivery is tried: nobody reads yesterday's terminal, and mail servers may be away for days.
    fn default_deadline(self) -> Duration {
        match self {
            Kind::Terminal => seconds(60 * 60),
            Kind::Email => days(5),
            _ => days(4),
        }
    }

    /// Reads what is special to the type.
    fn read(self, section: &Section<'_>, reader: &mut Reader<'_>) -> Option<TargetKind> {
        let told = match self {
            Kind::Terminal => {
                let format = section.parsed("format", "a string", reader, |text| choice(text, &FORMATS));
                let format = format.map(|at| at.value).unwrap_or_default();
                return Some(TargetKind::Terminal(TerminalTarget { format }));
            }
            Kind::Email => return Some(TargetKind::Email(Box::new(email::read(section, reader)?))),
            Kind::Webhook => return Some(TargetKind::Webhook(Box::new(webhook::read(section, reader)?))),
            Kind::Exec => return Some(TargetKind::Exec(Box::new(exec::read(section, reader)?))),
            Kind::Slack => service::hook(Service::Slack, section, reader),
            Kind::Discord => service::hook(Service::Discord, section, reader),
            Kind::Teams => service::hook(Service::Teams, section, reader),
            Kind::Mattermost => service::hook(Service::Mattermost, section, reader),
            Kind::Telegram => service::telegram(section, reader),
            Kind::Matrix => service::matrix(section, reader),
            Kind::Ntfy => service::ntfy(section, reader),
            Kind::PagerDuty => service::pagerduty(section, reader),
            Kind::Alertmanager => service::alertmanager(section, reader),
        };
        Some(TargetKind::Service(Box::new(told?)))
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
    section.require("type", "write type = \"terminal\", \"email\", \"slack\" or another that README.md names", reader);
    let kind = section.parsed("type", "a string", reader, |text| choice(text, &KINDS));
    let deadline = section.duration("deadline", seconds(1)..=days(30), reader);

    let people = kind.as_ref().is_some_and(|kind| kind.value.is_for_people());
    let manner = manner::read(section, people, reader);
    let kind = kind?.value;
    let deadline = deadline.unwrap_or(kind.default_deadline());
    let wording = kind.parts().map(|parts| wording::read(section, parts, name.as_deref(), reader));
    let reached = kind.read(section, reader);
    let wording = wording.unwrap_or_default();
    Some(Target { manner, wording, ..Target::new(&name?, reached?, deadline) })
}

/// Opens the table, and reports keys that belong to another type of target. Where the type is not known, all may.
fn open<'t>(table: At<&'t DeTable<'t>>, kind: Option<Kind>, reader: &mut Reader<'_>) -> Section<'t> {
    let Some(kind) = kind else {
        let all: Vec<&'static str> = KINDS.iter().flat_map(|(_, kind)| kind.words()).copied().collect();
        return Section::open(table, &[words::TARGET, &all].concat(), &[], reader);
    };
    let here = [words::TARGET, kind.words()].concat();
    let mut foreign: Vec<(&'static str, Kind)> = Vec::new();
    for (_, other) in KINDS {
        for word in other.words() {
            // A word of several types belongs to the first of them.
            if !here.contains(word) && foreign.iter().all(|(known, _)| known != word) {
                foreign.push((word, other));
            }
        }
    }
    let elsewhere: Vec<&'static str> = foreign.iter().map(|(word, _)| *word).collect();

    let section = Section::open(table, &here, &elsewhere, reader);
    for (word, other) in foreign.into_iter().filter(|(word, _)| section.value(word).is_some()) {
        let fault = Fault::new(format!("`{word}` belongs to {}; this is {}", other.phrase(), kind.phrase()));
        let hint = format!("{} has: {}", kind.phrase(), words::listed(&here));
        reader.report(fault.hint(hint).at(section.key_span(word)));
    }
    section
}
