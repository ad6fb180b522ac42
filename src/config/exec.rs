//! Targets that are programs.

use std::path::PathBuf;
use std::time::Duration;

use super::diagnostic::Fault;
use super::quantity::seconds;
use super::reader::Reader;
use super::section::Section;
use crate::model::ExecTarget;

/// How long a program may take where the configuration does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest that it may be given: an attempt has to end some time.
const MAX_TIMEOUT_SECONDS: u64 = 600;
const HINT: &str =
    "write command = [\"/usr/local/bin/page\", \"--quietly\"]: a program's path and its arguments, without a shell";

/// Reads what is special to a program.
pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<ExecTarget> {
    section.require("command", HINT, reader);
    let command = section.strings("command", "words", reader);
    let timeout = section.duration("timeout", seconds(1)..=seconds(MAX_TIMEOUT_SECONDS), reader);
    let mut words = command?.into_iter();
    let Some(program) = words.next() else {
        reader.report(Fault::new("`command` is empty").hint(HINT).at(section.key_span("command")));
        return None;
    };
    let path = PathBuf::from(&program.value);
    if !path.is_absolute() {
        // What stands first in a search path may be anybody's.
        reader.report(Fault::new("this is not the absolute path of a program").hint(HINT).at(program.span.clone()));
        return None;
    }
    let arguments: Vec<_> = words.collect();
    let nul = [&program].into_iter().chain(&arguments).find(|word| word.value.contains('\0'));
    if let Some(word) = nul {
        reader.report(Fault::new("a word of a command has no zero byte").at(word.span.clone()));
        return None;
    }
    let arguments = arguments.into_iter().map(|word| word.value).collect();
    Some(ExecTarget { program: path, arguments, timeout: timeout.unwrap_or(DEFAULT_TIMEOUT) })
}
