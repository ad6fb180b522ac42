//! Whether a feed has taken an item back, as far as its document shows.

use super::decide::Shown;
use crate::model::Followed;

/// So many older items must stand below the gap.
const MIN_OLDER: usize = 2;

/// Whether the item is missing from the middle of a document that goes from new to old: something newer stands above the
/// place where it was, and older things below. A shorter document, an older copy of it from a cache and a list in any other
/// order are no reason to believe so.
pub(super) fn is_gone(followed: &Followed, shown: &[Shown]) -> bool {
    let Some(published) = followed.published else { return false };
    // What was published in the same second may be it, under another name and another headline.
    if shown.iter().any(|shown| shown.id == followed.item || shown.date == Some(published)) {
        return false;
    }
    let Some(dates) = shown.iter().map(|shown| shown.date).collect::<Option<Vec<_>>>() else { return false };
    dates.is_sorted_by(|newer, older| newer >= older)
        && dates.first().is_some_and(|newest| *newest > published)
        && dates.iter().filter(|date| **date < published).count() >= MIN_OLDER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeedId, ItemId};

    fn id(n: i64) -> ItemId {
        ItemId::new(FeedId::new("feed"), "guid", &n.to_be_bytes())
    }

    fn shown(minutes: &[i64]) -> Vec<Shown> {
        let at = |minute: &i64| Shown {
            id: id(*minute),
            date: Some(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(*minute)),
        };
        minutes.iter().map(at).collect()
    }

    fn followed(minute: i64) -> Followed {
        Followed {
            item: id(minute),
            feed: FeedId::new("feed"),
            title: String::new(),
            published: Some(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute)),
            matches: true,
            corrected: false,
            withdrawn: false,
        }
    }

    #[test]
    fn only_a_gap_in_the_middle_of_an_ordered_document_says_so() {
        let gone = |minute, minutes: &[i64]| is_gone(&followed(minute), &shown(minutes));
        assert!(gone(30, &[40, 20, 10]));
        assert!(!gone(30, &[40, 30, 20, 10]), "it is there");
        assert!(!gone(30, &[20, 10, 5]), "an older copy of the document");
        assert!(!gone(30, &[60, 50, 40]), "it has scrolled away");
        assert!(!gone(30, &[40, 20]), "it may have been the last but one");
        assert!(!gone(30, &[10, 40, 20, 5]), "a list in no order");
        assert!(!gone(30, &[]));
    }

    #[test]
    fn what_was_published_in_its_second_may_be_it_and_without_dates_there_is_no_order() {
        let mut others = shown(&[40, 30, 20, 10]);
        others[1].id = id(-1);
        assert!(!is_gone(&followed(30), &others));
        others[1].date = None;
        assert!(!is_gone(&followed(30), &others));
    }
}
