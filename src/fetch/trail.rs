//! The way of a request from redirect to redirect.

use reqwest::StatusCode;
use url::Url;

use super::http::bare;

/// Where a request has been led.
#[derive(Debug)]
pub(super) struct Trail {
    start: Url,
    /// The end of the permanent redirects at the start.
    moved: Option<Url>,
    /// Whether a redirect has been for this once only. What comes behind it counts for nothing.
    pub(super) for_now: bool,
}

impl Trail {
    pub(super) fn from(start: &Url) -> Self {
        Self { start: bare(start), moved: None, for_now: false }
    }

    /// Notes that a redirect with this status led to `to`.
    pub(super) fn led(&mut self, status: StatusCode, to: &Url) {
        self.for_now |= !matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
        if !self.for_now {
            self.moved = Some(bare(to));
        }
    }

    /// Where to ask from now on, if not where it was asked.
    pub(super) fn moved(self) -> Option<Url> {
        self.moved.filter(|to| *to != self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(hops: &[(u16, &str)]) -> Option<String> {
        let url = |text: &str| text.parse::<Url>().expect("a URL");
        let mut trail = Trail::from(&url("http://me:pw@a/"));
        for (status, to) in hops {
            trail.led(StatusCode::from_u16(*status).expect("a status"), &url(to));
        }
        trail.moved().map(String::from)
    }

    #[test]
    fn only_the_permanent_redirects_at_the_start_count() {
        assert_eq!(moved(&[]), None);
        assert_eq!(moved(&[(301, "http://b/"), (308, "http://c/")]).as_deref(), Some("http://c/"));
        assert_eq!(moved(&[(308, "http://b/"), (302, "http://c/"), (301, "http://d/")]).as_deref(), Some("http://b/"));
        for temporary in [302, 303, 307] {
            assert_eq!(moved(&[(temporary, "http://b/"), (301, "http://c/")]), None);
        }
    }

    #[test]
    fn neither_a_round_trip_nor_a_password_is_a_new_address() {
        assert_eq!(moved(&[(301, "http://b/"), (301, "http://a/")]), None);
        assert_eq!(moved(&[(301, "http://me:pw@a/feed")]).as_deref(), Some("http://a/feed"));
    }
}
