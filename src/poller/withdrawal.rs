//! Whether a feed has taken an item back, as far as its document shows.

use jiff::Timestamp;

use super::decide::Shown;
use crate::model::{Followed, MAX_FOLLOWED_TITLE_BYTES, same_sketches, title_sketch};
use crate::story::Presence;

/// So many older items must stand below the gap.
const MIN_OLDER: usize = 2;

/// What a document that came in at `now` shows of an item.
pub(super) fn look(followed: &Followed, shown: &[Shown], now: Timestamp) -> Presence {
    let is_it = |shown: &&Shown| shown.id == followed.item || shown.worn == Some(followed.item);
    if let Some(shown) = shown.iter().find(is_it) {
        return Presence::Shown(shown.date.filter(|_| shown.id == followed.item));
    }
    if !may_be_there(followed, shown) && is_missing(followed, shown, now) {
        Presence::Missing
    } else {
        Presence::Unknown
    }
}

/// Whether something of the same second or of the same title stands there, which may be the item under another name.
fn may_be_there(followed: &Followed, shown: &[Shown]) -> bool {
    let is_whole = followed.title.len() < MAX_FOLLOWED_TITLE_BYTES && followed.title.chars().any(char::is_alphanumeric);
    let sketch = is_whole.then(|| title_sketch(&followed.title));
    shown.iter().any(|shown| {
        shown.date == followed.published || sketch.is_some_and(|sketch| same_sketches(sketch, shown.sketch))
    })
}

/// Whether the item is missing from the middle of a document that goes from new to old: something newer stands above the
/// place where it was, and older things below. A shorter document, an older copy of it from a cache and a list in any other
/// order are no reason to believe so; nor is a notice that is dated into the future, and always stands above.
fn is_missing(followed: &Followed, shown: &[Shown], now: Timestamp) -> bool {
    let Some(published) = followed.published else { return false };
    let Some(dates) = shown.iter().map(|shown| shown.date).collect::<Option<Vec<_>>>() else { return false };
    dates.is_sorted_by(|newer, older| newer >= older)
        && dates.iter().any(|date| *date > published && *date <= now)
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
            worn: None,
            sketch: !0,
            date: Some(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(*minute)),
        };
        minutes.iter().map(at).collect()
    }

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(1_000)
    }

    fn followed(minute: i64) -> Followed {
        Followed {
            item: id(minute),
            feed: FeedId::new("feed"),
            title: "A ship".to_owned(),
            published: Some(jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute)),
            matches: true,
            corrected: false,
            withdrawn: false,
            missing: 0,
        }
    }

    #[test]
    fn only_a_gap_in_the_middle_of_an_ordered_document_says_so() {
        let gone = |minute, minutes: &[i64]| look(&followed(minute), &shown(minutes), now()) == Presence::Missing;
        assert!(gone(30, &[40, 20, 10]));
        assert!(!gone(30, &[40, 30, 20, 10]), "it is there");
        assert!(!gone(30, &[20, 10, 5]), "an older copy of the document");
        assert!(!gone(30, &[60, 50, 40]), "it has scrolled away");
        assert!(!gone(30, &[40, 20]), "it may have been the last but one");
        assert!(!gone(30, &[10, 40, 20, 5]), "a list in no order");
        assert!(!gone(30, &[]));
    }

    #[test]
    fn what_wears_its_keys_its_second_or_its_title_may_be_it_and_without_dates_there_is_no_order() {
        let gap = |change: fn(&mut Shown)| {
            let mut others = shown(&[40, 25, 20, 10]);
            change(&mut others[1]);
            look(&followed(30), &others, now())
        };
        assert_eq!(gap(|_| {}), Presence::Missing);
        assert_eq!(gap(|other| other.worn = Some(id(30))), Presence::Shown(None));
        assert_eq!(gap(|other| other.date = followed(30).published), Presence::Unknown);
        assert_eq!(gap(|other| other.sketch = title_sketch("A ship")), Presence::Unknown);
        assert_eq!(gap(|other| other.date = None), Presence::Unknown);
    }

    #[test]
    fn a_notice_of_tomorrow_is_nothing_newer() {
        let pinned = shown(&[5_000, 20, 10]);
        assert_eq!(look(&followed(30), &pinned, now()), Presence::Unknown);
    }
}
