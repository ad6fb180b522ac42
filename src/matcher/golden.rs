//! Golden items: whether a watch decides them as it must.

use super::Matcher;
use crate::model::{FeedId, Golden, Item, ItemId, Match, Watch};

/// A golden item that its watch decides otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongGolden<'w> {
    /// Its number among the golden items of the watch, from 0.
    pub index: usize,
    /// The item, and what it must do.
    pub golden: &'w Golden,
    /// What the watch found in it; `None` where that is no evidence at all.
    pub matched: Option<Match>,
}

impl WrongGolden<'_> {
    /// The score that it has.
    pub fn score(&self) -> f64 {
        self.matched.as_ref().map_or(0.0, |matched| matched.score)
    }

    /// The parts of that score in one line.
    pub fn reckoning(&self) -> String {
        let Some(matched) = &self.matched else { return "no strong or weak term is found in it".to_owned() };
        let parts: Vec<String> = matched.parts.iter().map(|part| format!("{:.2} {}", part.value, part.what)).collect();
        format!("{} = {:.2}", parts.join(" + ").replace("+ -", "- "), matched.score)
    }
}

impl Matcher {
    /// The golden items of `watch`, one of this matcher's, that are decided otherwise, in their order.
    pub fn wrong<'w>(&self, watch: &'w Watch) -> Vec<WrongGolden<'w>> {
        let decided = watch.golden.iter().enumerate().map(|(index, golden)| {
            let matched = self.match_item(&item(golden)).into_iter().find(|matched| matched.watch == watch.name);
            WrongGolden { index, golden, matched }
        });
        decided.filter(|wrong| wrong.matched.as_ref().is_some_and(Match::alerts) != wrong.golden.alert).collect()
    }
}

/// The item as a feed would bring it.
fn item(golden: &Golden) -> Item {
    let feed = FeedId::new("golden");
    Item {
        id: ItemId::new(feed, "golden", golden.title.as_bytes()),
        feed,
        feed_name: String::new(),
        guid: None,
        link: None,
        title: golden.title.clone(),
        summary: golden.summary.clone(),
        body: String::new(),
        published: None,
        updated: None,
        authors: Vec::new(),
        categories: Vec::new(),
        language: golden.language.clone(),
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
        let titles = [("Grain exports resume", true), ("Grain", false), ("Grain exports", false), ("Nothing", true)];
        let watch = Watch {
            name: "grain".to_owned(),
            terms: vec![Term { text: "grain exports".to_owned(), role: Role::Strong }],
            threshold: 0.5,
            golden: titles.map(|(title, alert)| golden(title, alert)).to_vec(),
            ..Watch::default()
        };
        let matcher = Matcher::new(std::slice::from_ref(&watch))?;
        let wrong = matcher.wrong(&watch);
        assert_eq!(wrong.iter().map(|wrong| wrong.index).collect::<Vec<_>>(), [2, 3]);
        assert!(wrong[0].score() >= 0.5 && wrong[0].reckoning().contains("grain exports"), "{:?}", wrong[0]);
        assert_eq!((wrong[1].score(), wrong[1].reckoning().starts_with("no strong")), (0.0, true));
        Ok(())
    }
}
