//! What a request shows of a feed's access, and to whom.

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use url::Url;

use super::http::bare;
use crate::model::{Access, Cookie, Credentials};

/// The headers of a request for `url` that is made for the feed whose configured address is `home`.
pub(super) fn headers(access: &Access, home: &Url, url: &Url, now: Timestamp) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    };
    set(USER_AGENT, access.user_agent.as_deref().and_then(|agent| agent.parse().ok()));
    set(COOKIE, cookies(&access.cookies, url, now));
    if is_home(home, url) {
        set(AUTHORIZATION, access.credentials.as_ref().and_then(authorization));
        for (name, value) in &access.headers {
            if let Ok(name) = name.parse() {
                set(name, secret(value.expose()));
            }
        }
    }
    headers
}

/// Whether `url` lies where the feed is configured to be: at the same origin, or at the same host by https where it is
/// written with http.
pub(super) fn is_home(home: &Url, url: &Url) -> bool {
    let plain = |url: &Url, scheme: &str| url.scheme() == scheme && url.port().is_none();
    let upgraded = plain(home, "http") && plain(url, "https") && home.host() == url.host();
    upgraded || home.origin() == url.origin()
}

/// The address with the user and the password of the configured one, where it lies there: what is remembered of a move
/// has none.
pub(super) fn with_user_of(home: &Url, url: &Url) -> Url {
    let mut url = url.clone();
    if is_home(home, &url) && bare(&url) == url {
        // These fail only for URLs that cannot have a user.
        let _ = url.set_username(home.username());
        let _ = url.set_password(home.password());
    }
    url
}

fn authorization(credentials: &Credentials) -> Option<HeaderValue> {
    use base64::Engine;
    match credentials {
        Credentials::Basic { username, password } => {
            let pair = format!("{username}:{}", password.expose());
            secret(&format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair)))
        }
        Credentials::Bearer(token) => secret(&format!("Bearer {}", token.expose())),
    }
}

/// Those that go to `url`, the longest path first (RFC 6265, 5.4).
fn cookies(all: &[Cookie], url: &Url, now: Timestamp) -> Option<HeaderValue> {
    let mut going: Vec<&Cookie> = all.iter().filter(|cookie| cookie.goes_to(url, now)).collect();
    going.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
    let pairs: Vec<String> = going.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value.expose())).collect();
    if pairs.is_empty() { None } else { secret(&pairs.join("; ")) }
}

/// A value that the client does not print.
fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    fn shown(access: &Access, home: &str, to: &str) -> Vec<String> {
        let headers = headers(access, &url(home), &url(to), Timestamp::UNIX_EPOCH);
        let line = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().expect("ASCII"));
        let mut lines: Vec<String> = headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    #[test]
    fn home_is_the_origin_and_its_https() {
        for (home, to, expected) in [
            ("http://h/a", "http://h/b", true),
            ("http://h/a", "http://h:80/b", true),
            ("http://h/a", "https://h/b", true),
            ("https://h/a", "http://h/b", false),
            ("http://h/a", "http://h:81/b", false),
            ("http://h:81/a", "https://h:81/b", false),
            ("http://h/a", "https://h:8443/b", false),
            ("https://h/a", "https://a.h/b", false),
        ] {
            assert_eq!(is_home(&url(home), &url(to)), expected, "{home} {to}");
        }
    }

    #[test]
    fn strangers_see_the_user_agent_only() {
        let access = Access {
            user_agent: Some("Reader/1".to_owned()),
            headers: vec![("X-Key".to_owned(), Secret::new("k"))],
            credentials: Some(Credentials::Basic { username: "Aladdin".into(), password: Secret::new("open sesame") }),
            ..Access::default()
        };
        let all = ["authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "user-agent: Reader/1", "x-key: k"];
        assert_eq!(shown(&access, "https://h/", "https://h/feed"), all);
        assert_eq!(shown(&access, "https://h/", "https://other/feed"), ["user-agent: Reader/1"]);
        let bearer = Access { credentials: Some(Credentials::Bearer(Secret::new("t0"))), ..Access::default() };
        assert_eq!(shown(&bearer, "http://h/", "https://h/"), ["authorization: Bearer t0"]);
    }

    #[test]
    fn cookies_go_by_their_own_domain_the_longest_path_first() {
        let cookie = |domain: &str, path: &str, name: &str| Cookie {
            domain: domain.to_owned(),
            host_only: false,
            path: path.to_owned(),
            secure: false,
            expires: None,
            name: name.to_owned(),
            value: Secret::new("1"),
        };
        let cookies = [cookie("h", "/", "a"), cookie("other", "/", "b"), cookie("h", "/feed", "c")];
        let access = Access { cookies: cookies.into(), ..Access::default() };
        assert_eq!(shown(&access, "http://h/", "http://h/feed"), ["cookie: c=1; a=1"]);
        assert_eq!(shown(&access, "http://h/", "http://other/"), ["cookie: b=1"]);
        assert_eq!(shown(&access, "http://h/", "http://third/"), Vec::<String>::new());
    }

    #[test]
    fn a_moved_feed_keeps_its_user_at_home_only() {
        let home = url("http://me:pw@h/feed");
        assert_eq!(with_user_of(&home, &url("https://h/new")).as_str(), "https://me:pw@h/new");
        assert_eq!(with_user_of(&home, &url("https://other/new")).as_str(), "https://other/new");
        assert_eq!(with_user_of(&home, &url("http://you@h/new")).as_str(), "http://you@h/new");
    }
}
