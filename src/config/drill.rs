//! `[drill]`: when a marked item goes the whole way to which targets.

use toml::de::DeTable;

use super::diagnostic::At;
use super::name::Names;
use super::reader::Reader;
use super::section::Section;
use super::{hours, words};
use crate::model::Calendar;

/// Drills at their times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillConfig {
    /// When.
    pub times: Calendar,
    /// Names of the targets that are tried.
    pub targets: Vec<String>,
}

/// Reads the table.
pub(super) fn read(table: At<&DeTable<'_>>, targets: &Names, reader: &mut Reader<'_>) -> Option<DrillConfig> {
    let section = Section::open(table, words::DRILL, &[], reader);
    section.require("times", "write times = \"daily 06:30 Europe/Kyiv\"", reader);
    let times = hours::read_calendar(&section, "times", reader);
    let targets = targets.referred(&section, "targets", reader);
    Some(DrillConfig { times: times?, targets })
}
