//! Templates of targets that cannot be filled in.

use jiff::Timestamp;

use super::file::Loaded;
use super::{CliError, file};
use crate::config::{Diagnostic, Marked};
use crate::notify::{WordingError, inert, try_wording};

/// An error if a template is none, or fails on a sample of any kind of alert; each is told on standard error.
pub(super) fn check(loaded: &Loaded, now: Timestamp) -> Result<(), CliError> {
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    for target in &loaded.config.targets {
        for error in try_wording(&target.wording, now) {
            let wanted = Marked::Template { target: target.name.clone(), part: error.part };
            // Where a slip stands is known of all that was read; one that is not would still have to be told.
            let place = loaded.marks.iter().find(|mark| mark.of == wanted);
            mistakes.extend(place.map(|mark| mark.mistake(message(&error), hint(&error))));
        }
    }
    if mistakes.is_empty() {
        return Ok(());
    }
    loaded.tell(&mistakes);
    let count = file::counted(mistakes.len(), "template");
    Err(CliError::Config(format!("{}: {count} cannot be filled in", file::shown(&loaded.path).display())))
}

fn message(error: &WordingError) -> String {
    let sample = error.sample.map(|kind| format!(" of an alert of the kind `{kind}`")).unwrap_or_default();
    inert(&format!("the template `{}`{sample}: {}", error.part, error.error))
}

fn hint(error: &WordingError) -> Option<String> {
    let hint = "not every alert has an `item` or a `standing`: {% if item %}{{ item.link }}{% endif %}";
    error.sample.filter(|_| error.error.line.is_some()).map(|_| hint.to_owned())
}
