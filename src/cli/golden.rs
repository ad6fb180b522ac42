//! Golden items that the watches decide otherwise than they must.

use super::file::Loaded;
use super::{CliError, file};
use crate::config::{Diagnostic, Mark, Marked};
use crate::matcher::Matcher;
use crate::matcher::golden::WrongGolden;
use crate::model::{Watch, clip};
use crate::notify::inert;

/// Longest title that is quoted, in bytes.
const MAX_TITLE_BYTES: usize = 200;

/// An error if a golden item is decided otherwise, each told on standard error.
pub(super) fn check(loaded: &Loaded, matcher: &Matcher) -> Result<(), CliError> {
    match tell(loaded, matcher) {
        0 => Ok(()),
        count => {
            let path = file::shown(&loaded.path);
            let count = file::counted(count, "golden item");
            Err(CliError::Config(format!("{}: {count} decided otherwise", path.display())))
        }
    }
}

/// Tells on standard error of each golden item that is decided otherwise, and says how many there are.
pub(super) fn tell(loaded: &Loaded, matcher: &Matcher) -> usize {
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    for watch in matcher.watches() {
        let wrong = matcher.wrong(watch);
        mistakes
            .extend(wrong.iter().filter_map(|wrong| Some(mistake(place(loaded, watch, wrong.index)?, watch, wrong))));
    }
    if !mistakes.is_empty() {
        loaded.tell(&mistakes);
    }
    mistakes.len()
}

fn place<'l>(loaded: &'l Loaded, watch: &Watch, index: usize) -> Option<&'l Mark> {
    let wanted = Marked::Golden { watch: watch.name.clone(), index };
    loaded.marks.iter().find(|mark| mark.of == wanted)
}

fn mistake(mark: &Mark, watch: &Watch, wrong: &WrongGolden<'_>) -> Diagnostic {
    let title = inert(clip(&wrong.golden.title, MAX_TITLE_BYTES));
    let (name, score, threshold) = (&watch.name, wrong.score(), watch.threshold);
    let message = if wrong.golden.alert {
        format!("watch `{name}` must alert on “{title}” and does not: {score:.2} is below {threshold:.2}")
    } else {
        format!("watch `{name}` must not alert on “{title}” and does: {score:.2} reaches {threshold:.2}")
    };
    mark.mistake(message, Some(inert(&wrong.reckoning())))
}
