//! Feeds that move: a permanent redirect is believed once it has lasted.
//!
//! A captive portal, a firewall or a slip of the publisher redirects permanently, too. So a redirect is followed each time,
//! and only when every good poll of [`AGREEMENT`] was led to the same place is the feed asked for there (RFC 9110, 15.4.2).

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::model::{Feed, FeedState, Moved, Source};

/// Every good poll of so long has to be led to the same place.
pub(super) const AGREEMENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where the feed is asked for.
pub(super) fn place(feed: &Feed, state: &FeedState) -> Source {
    match state.moved.as_ref().filter(|moved| moved.kept) {
        Some(moved) => Source::Url(moved.to.clone()),
        None => feed.source.clone(),
    }
}

/// After a good poll at [`place`], that was led to `led` by permanent redirects.
pub(super) fn after(feed: &Feed, moved: Option<Moved>, led: Option<&Url>, now: Timestamp) -> Option<Moved> {
    match (moved, led) {
        (Some(moved), None) => Some(moved).filter(|moved| moved.kept),
        // It has moved on: how it is led there from where it was is looked at anew.
        (Some(moved), Some(_)) if moved.kept => None,
        (Some(moved), Some(to)) if moved.to == *to => {
            let kept = now.duration_since(moved.since) >= AGREEMENT;
            Some(Moved { kept, ..moved })
        }
        (_, Some(to)) => Some(Moved { to: to.clone(), since: now, kept: is_upgrade(&feed.source, to) }),
        (None, None) => None,
    }
}

/// Whether it is the same place, with nobody listening: there is nothing to wait for.
fn is_upgrade(from: &Source, to: &Url) -> bool {
    let Source::Url(from) = from else { return false };
    (from.scheme(), to.scheme()) == ("http", "https")
        && (from.port(), to.port()) == (None, None)
        && (from.host_str(), from.path(), from.query()) == (to.host_str(), to.path(), to.query())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    /// What becomes of a feed at `http://a/f` that is led there at each of these hours.
    fn led(hours: &[(i64, Option<&str>)]) -> Option<(String, bool)> {
        let feed = Feed::new(Source::Url(url("http://a/f")));
        let moved = hours.iter().fold(None, |moved, (hour, to)| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(*hour);
            after(&feed, moved, to.map(url).as_ref(), now)
        });
        moved.map(|moved| (moved.to.into(), moved.kept))
    }

    fn kept(to: &str) -> Option<(String, bool)> {
        Some((to.to_owned(), true))
    }

    fn followed(to: &str) -> Option<(String, bool)> {
        Some((to.to_owned(), false))
    }

    #[test]
    fn a_move_is_believed_after_a_week_of_agreement() {
        let (b, c) = (Some("http://b/f"), Some("http://c/f"));
        assert_eq!(led(&[(0, b), (167, b)]), followed("http://b/f"));
        assert_eq!(led(&[(0, b), (100, b), (168, b)]), kept("http://b/f"));
        assert_eq!(led(&[(0, b), (100, c), (168, b), (300, b)]), followed("http://b/f"));
        assert_eq!(led(&[(0, b), (100, None), (168, b)]), followed("http://b/f"));
        assert_eq!(led(&[(0, b), (168, b), (169, None), (900, None)]), kept("http://b/f"), "asked for there");
        assert_eq!(led(&[(0, b), (168, b), (169, c)]), None, "it has moved on");
    }

    #[test]
    fn the_same_place_over_tls_is_believed_at_once() {
        assert_eq!(led(&[(0, Some("https://a/f"))]), kept("https://a/f"));
        for to in ["https://b/f", "https://a/g", "https://a/f?x", "https://a:8443/f"] {
            assert_eq!(led(&[(0, Some(to))]), followed(to));
        }
    }
}
