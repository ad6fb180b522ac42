//! The items that a configuration names with their decision.

use crate::cli::line;
use crate::matcher::Matcher;
use crate::model::{Golden, Watch};
use crate::notify::inert;

/// A line for each golden item that is decided otherwise.
pub(super) fn wrong(matcher: &Matcher) -> Vec<String> {
    let all = matcher.watches().iter().flat_map(|watch| watch.golden.iter().map(move |golden| (watch, golden)));
    all.filter_map(|(watch, golden)| wrong_one(matcher, watch, golden)).collect()
}

fn wrong_one(matcher: &Matcher, watch: &Watch, golden: &Golden) -> Option<String> {
    let item = line::bare(&golden.title, &golden.summary, golden.language.clone());
    let matches = matcher.match_item(&item);
    let found = matches.iter().find(|matched| matched.watch == watch.name);
    if found.is_some_and(|matched| matched.alerts()) == golden.alert {
        return None;
    }
    let must = if golden.alert { "must alert" } else { "must not alert" };
    let score = found.map_or(0.0, |matched| matched.score);
    let (name, title) = (inert(&watch.name), inert(&golden.title));
    Some(format!("watch {name}: the golden item “{title}” {must}; its score is {score:.2} of {:.2}", watch.threshold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Role, Term};

    #[test]
    fn golden_items_that_are_decided_otherwise_are_told() {
        let golden = |title: &str, alert| Golden { title: title.to_owned(), alert, ..Golden::default() };
        let watch = Watch {
            name: "harbour".to_owned(),
            terms: vec![Term { text: "Rostock".to_owned(), role: Role::Strong }],
            golden: vec![
                golden("Ferry leaves Rostock", true),
                golden("Ferry leaves", true),
                golden("Rostock wins", false),
                golden("Nobody wins", false),
            ],
            threshold: 0.5,
            ..Watch::default()
        };
        let told = wrong(&Matcher::new(&[watch]).expect("a matcher"));
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("“Ferry leaves” must alert; its score is 0.00 of 0.50"), "{told:?}");
        assert!(told[1].contains("“Rostock wins” must not alert"), "{told:?}");
    }
}
