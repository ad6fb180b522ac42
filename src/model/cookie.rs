//! Cookies: as a browser kept them, and where each may go (RFC 6265).

use jiff::Timestamp;
use url::{Host, Url};

use super::Secret;

/// A cookie of a file. Those that servers set are never taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// In small letters, without a dot at its start.
    pub domain: String,
    /// Not for the hosts below the domain.
    pub host_only: bool,
    /// Where on the server it belongs; begins with `/`.
    pub path: String,
    /// Over https only.
    pub secure: bool,
    /// Until when it is sent, in seconds since 1970; `None` for one that ends with the browser, which never ends here.
    pub expires: Option<i64>,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
}

impl Cookie {
    /// Whether it is sent with a request for `url` (RFC 6265, 5.4).
    pub fn goes_to(&self, url: &Url, now: Timestamp) -> bool {
        let fresh = self.expires.is_none_or(|until| until > now.as_second());
        fresh && (!self.secure || url.scheme() == "https") && self.is_of(url) && self.covers(url.path())
    }

    /// RFC 6265, 5.1.3: an address has no subdomains.
    fn is_of(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        if host == self.domain {
            return true;
        }
        let below = host.strip_suffix(self.domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
        below && !self.host_only && matches!(url.host(), Some(Host::Domain(_)))
    }

    /// RFC 6265, 5.1.4: `/news` covers `/news/feed`, but not `/newsroom`.
    fn covers(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.path.as_str()) else { return false };
        rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(domain: &str, path: &str) -> Cookie {
        Cookie {
            domain: domain.to_owned(),
            host_only: false,
            path: path.to_owned(),
            secure: false,
            expires: None,
            name: "n".to_owned(),
            value: Secret::new("v"),
        }
    }

    fn goes(cookie: &Cookie, url: &str) -> bool {
        cookie.goes_to(&url.parse().expect("a URL"), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_domain_has_its_subdomains_and_no_namesakes() {
        let wide = cookie("example.org", "/");
        for (url, expected) in [
            ("http://example.org/", true),
            ("http://EXAMPLE.org:8080/feed", true),
            ("http://a.b.example.org/", true),
            ("http://badexample.org/", false),
            ("http://example.org.evil.example/", false),
            ("http://org/", false),
        ] {
            assert_eq!(goes(&wide, url), expected, "{url}");
        }
        let narrow = Cookie { host_only: true, ..wide };
        assert!(goes(&narrow, "http://example.org/") && !goes(&narrow, "http://a.example.org/"));
        let address = cookie("0.0.1", "/");
        assert!(!goes(&address, "http://127.0.0.1/"));
        assert!(goes(&cookie("127.0.0.1", "/"), "http://127.0.0.1:81/"));
    }

    #[test]
    fn a_path_has_what_lies_below_it_and_nothing_that_begins_alike() {
        let news = cookie("h", "/news");
        assert!(goes(&news, "http://h/news") && goes(&news, "http://h/news/feed") && goes(&news, "http://h/news?x"));
        assert!(!goes(&news, "http://h/newsroom") && !goes(&news, "http://h/"));
        let slash = cookie("h", "/news/");
        assert!(goes(&slash, "http://h/news/feed") && !goes(&slash, "http://h/news"));
    }

    #[test]
    fn what_is_secure_or_past_stays_at_home() {
        let secure = Cookie { secure: true, ..cookie("h", "/") };
        assert!(goes(&secure, "https://h/") && !goes(&secure, "http://h/"));
        let until = |expires| Cookie { expires: Some(expires), ..cookie("h", "/") };
        assert!(goes(&until(1), "http://h/") && !goes(&until(0), "http://h/") && !goes(&until(-5), "http://h/"));
    }
}
