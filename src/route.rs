//! Floor 1: where an alert goes.
//!
//! Routes are tried in their order; the first that fits decides, unless it says `continue`. Where none fits, the alert
//! goes to its watch's targets. What more is told of a story goes as well to those who were told of it before: whoever
//! has read a report has to hear that it was withdrawn.

use jiff::Timestamp;

use crate::model::{Feed, Route, Watch, end_of};

/// What of an alert decides about its way.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The watch that raised it.
    pub watch: &'a Watch,
    /// The feed that brought it.
    pub feed: &'a Feed,
    /// Its score in 0..1; `None` where it has none: a withdrawal.
    pub score: Option<f64>,
    /// When it is raised.
    pub now: Timestamp,
    /// Names of the targets that were told of its story before.
    pub told: &'a [String],
}

/// Names of the targets that are told, each once.
pub fn targets(routes: &[Route], occasion: &Occasion<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut fitted = false;
    for route in routes.iter().filter(|route| fits(route, occasion)) {
        fitted = true;
        add(&mut names, &route.targets);
        if !route.proceed {
            break;
        }
    }
    if !fitted {
        add(&mut names, &occasion.watch.targets);
    }
    add(&mut names, occasion.told);
    names
}

fn add(names: &mut Vec<String>, more: &[String]) {
    more.iter().for_each(|name| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    });
}

fn fits(route: &Route, occasion: &Occasion<'_>) -> bool {
    let Occasion { watch, feed, score, now, .. } = occasion;
    let any = |wanted: &[String], has: &dyn Fn(&String) -> bool| wanted.is_empty() || wanted.iter().any(has);
    any(&route.watches, &|name| *name == watch.name)
        && any(&route.tags, &|tag| feed.tags.contains(tag))
        && any(&route.feeds, &|wanted| feed.is_called(wanted))
        && route.min_score.is_none_or(|least| score.is_some_and(|score| score >= least))
        && (route.hours.is_empty() || end_of(&route.hours, *now).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;

    fn feed() -> Feed {
        let source = Source::Url("https://example.org/feed".parse().expect("a URL"));
        Feed { name: "Example".to_owned(), tags: vec!["harbours".to_owned()], ..Feed::new(source) }
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn routed(routes: &[Route], score: Option<f64>, told: &[&str]) -> Vec<String> {
        let watch = Watch { name: "port".to_owned(), targets: names(&["desk"]), ..Watch::default() };
        let (feed, told) = (feed(), names(told));
        let now = "2026-11-23T12:00:00Z".parse().expect("a time");
        targets(routes, &Occasion { watch: &watch, feed: &feed, score, now, told: &told })
    }

    #[test]
    fn the_first_route_that_fits_decides_and_may_let_others_follow() {
        let to = |target: &str| Route { targets: names(&[target]), ..Route::default() };
        let strong = Route { min_score: Some(0.8), proceed: true, ..to("pager") };
        let tagged = Route { tags: names(&["harbours", "rivers"]), ..to("mail") };
        let other = Route { watches: names(&["grain"]), ..to("grain-desk") };
        let named = Route { feeds: names(&["https://example.org/feed"]), ..to("hook") };
        let all = [other.clone(), strong.clone(), tagged, named.clone()];
        assert_eq!(routed(&all, Some(0.9), &[]), ["pager", "mail"]);
        assert_eq!(routed(&all, Some(0.5), &[]), ["mail"]);
        assert_eq!(routed(&[other.clone(), named], None, &[]), ["hook"]);
        assert_eq!(routed(&[other], Some(0.9), &[]), ["desk"], "the watch's own targets");
        assert_eq!(routed(&[strong], None, &["pager"]), ["desk", "pager"], "who was told is told more");
    }

    #[test]
    fn a_route_has_its_hours() {
        let hours = |from, to| crate::model::Hours {
            days: crate::model::Days::ALL,
            from: jiff::civil::Time::constant(from, 0, 0, 0),
            to: jiff::civil::Time::constant(to, 0, 0, 0),
            zone: jiff::tz::TimeZone::UTC,
        };
        let by = |hours| Route { hours: vec![hours], targets: names(&["night"]), ..Route::default() };
        assert_eq!(routed(&[by(hours(11, 13))], None, &[]), ["night"]);
        assert_eq!(routed(&[by(hours(13, 11))], None, &[]), ["desk"]);
    }
}
