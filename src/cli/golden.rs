//! Golden items that the watches decide otherwise than they must.

use super::file::Loaded;
use super::{CliError, file, line};
use crate::config::{Diagnostic, Mark, Marked};
use crate::matcher::Matcher;
use crate::model::{Golden, Match, Watch, clip};
use crate::notify::{inert, reckoning};

/// Longest title that is quoted, in bytes.
const MAX_TITLE_BYTES: usize = 200;

/// A golden item that its watch decides otherwise.
#[derive(Debug)]
struct Wrong<'w> {
    /// Its number among the golden items of the watch, from 0.
    index: usize,
    golden: &'w Golden,
    /// What the watch found in it; `None` where that is no evidence at all.
    matched: Option<Match>,
}

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
        let wrong = wrong(matcher, watch);
        mistakes
            .extend(wrong.iter().filter_map(|wrong| Some(wrong.mistake(place(loaded, watch, wrong.index)?, watch))));
    }
    if !mistakes.is_empty() {
        loaded.tell(&mistakes);
    }
    mistakes.len()
}

/// The golden items of a watch that are decided otherwise, in their order.
fn wrong<'w>(matcher: &Matcher, watch: &'w Watch) -> Vec<Wrong<'w>> {
    let decided = watch.golden.iter().enumerate().map(|(index, golden)| {
        let item = line::bare(&golden.title, &golden.summary, golden.language.clone());
        let matched = matcher.match_item(&item).into_iter().find(|matched| matched.watch == watch.name);
        Wrong { index, golden, matched }
    });
    decided.filter(|wrong| wrong.matched.as_ref().is_some_and(Match::alerts) != wrong.golden.alert).collect()
}

fn place<'l>(loaded: &'l Loaded, watch: &Watch, index: usize) -> Option<&'l Mark> {
    let wanted = Marked::Golden { watch: watch.name.clone(), index };
    loaded.marks.iter().find(|mark| mark.of == wanted)
}

impl Wrong<'_> {
    fn mistake(&self, mark: &Mark, watch: &Watch) -> Diagnostic {
        let title = inert(clip(&self.golden.title, MAX_TITLE_BYTES));
        let score = self.matched.as_ref().map_or(0.0, |matched| matched.score);
        let (name, threshold) = (&watch.name, watch.threshold);
        let message = if self.golden.alert {
            format!("watch `{name}` must alert on “{title}” and does not: {score:.2} is below {threshold:.2}")
        } else {
            format!("watch `{name}` must not alert on “{title}” and does: {score:.2} reaches {threshold:.2}")
        };
        let nothing = || "no strong or weak term is found in it".to_owned();
        mark.mistake(message, Some(inert(&self.matched.as_ref().map_or_else(nothing, reckoning))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::MatcherError;
    use crate::model::{Role, Term};

    #[test]
    fn only_what_is_decided_otherwise_is_told() -> Result<(), MatcherError> {
        let golden =
            |title: &str, alert| Golden { title: title.to_owned(), alert, language: None, summary: String::new() };
        let titles = [
            ("Grain exports resume", true),
            ("Grain", false),
            ("Grain exports", false),
            ("Nothing", true),
            ("Gra<i>in</i>&nbsp;exports", true),
        ];
        let watch = Watch {
            name: "grain".to_owned(),
            terms: vec![Term { text: "grain exports".to_owned(), role: Role::Strong }],
            threshold: 0.5,
            golden: titles.map(|(title, alert)| golden(title, alert)).to_vec(),
            ..Watch::default()
        };
        let matcher = Matcher::new(std::slice::from_ref(&watch))?;
        let wrong = wrong(&matcher, &watch);
        assert_eq!(wrong.iter().map(|wrong| wrong.index).collect::<Vec<_>>(), [2, 3]);
        assert!(wrong[0].matched.as_ref().is_some_and(|matched| matched.score >= 0.5));
        assert!(wrong[1].matched.is_none());
        Ok(())
    }
}
