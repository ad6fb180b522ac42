//! Feeds: as configured, and what is remembered about each.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Access, Asked, Coverage, Due, FeedId, Moved, Rhythm, Subscription, Traffic};

/// Where a feed is read from. Neither `Display` nor `Debug` shows a secret that stands in a URL.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// Over HTTP(S).
    Url(Url),
    /// A file of this machine, for local use and for trying things out.
    File(PathBuf),
}

impl Source {
    /// The host that is asked for it; a file has none.
    pub fn host(&self) -> Option<&str> {
        match self {
            Source::Url(url) => url.host_str(),
            Source::File(_) => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Url(url) => shown(url).fmt(f),
            Source::File(path) => path.display().fmt(f),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({self})")
    }
}

/// Parts of the names of query parameters whose values are taken for secrets.
const SECRET_NAMES: [&str; 8] = ["key", "token", "secret", "pass", "auth", "sig", "session", "credential"];

/// The URL with `***` for its user, its password and the values of query parameters that are named like secrets.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        // These fail only for URLs that cannot have a user.
        let _ = shown.set_password(None);
        let _ = shown.set_username("***");
    }
    let secret = |name: &str| SECRET_NAMES.iter().any(|part| name.to_ascii_lowercase().contains(part));
    if url.query_pairs().any(|(name, _)| secret(&name)) {
        let pairs =
            url.query_pairs().map(|(name, value)| if secret(&name) { (name, "***".into()) } else { (name, value) });
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.into()
}

/// A feed of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// From the source, so that it survives every other change.
    pub id: FeedId,
    /// What people call it; the source where the configuration gives no name.
    pub name: String,
    /// Where it is read from.
    pub source: Source,
    /// A fixed interval, where the configuration asks for one.
    pub every: Option<Duration>,
    /// The language of its items where neither feed nor item says one (BCP 47).
    pub language: Option<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// What an edit of an item comes to.
    pub edits: Edits,
    /// Its publisher's news sitemap, for what has scrolled away between two polls.
    pub sitemap: Option<Url>,
    /// How it is asked for, where it is not asked for like any other. Few of many feeds have it.
    pub access: Option<Box<Access>>,
}

impl Feed {
    /// A feed of which nothing is configured but its source.
    pub fn new(source: Source) -> Self {
        let id = FeedId::new(&match &source {
            // Not as it is shown: the password is part of what is asked for.
            Source::Url(url) => url.to_string(),
            Source::File(path) => path.display().to_string(),
        });
        let (name, edits) = (source.to_string(), Edits::default());
        Self { id, name, source, every: None, language: None, tags: Vec::new(), edits, sitemap: None, access: None }
    }

    /// Whether it has this name, URL or path.
    pub fn is_called(&self, wanted: &str) -> bool {
        self.name == wanted
            || match &self.source {
                Source::Url(url) => url.as_str() == wanted,
                Source::File(path) => path.as_os_str() == wanted,
            }
    }
}

/// What an edit of an item that is known already comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edits {
    /// Nothing: it is not even looked at.
    Ignore,
    /// It is decided anew, and told where that changes the side of the threshold on which it lies.
    #[default]
    Update,
    /// The same, and an edit of what alerted alerts again at once.
    Alert,
}

/// What a server gave to recognise an unchanged document by (RFC 9110, 8.8). Bytes are kept as they came, each as the
/// character of its value (ISO 8859-1), so that they can be echoed byte for byte.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, with its quotes and its `W/`.
    pub etag: Option<String>,
    /// `Last-Modified`, unparsed.
    pub last_modified: Option<String>,
    /// Where they were given, without user and password; they mean nothing anywhere else. `None` for a file.
    #[serde(default)]
    pub given_by: Option<String>,
}

impl Validators {
    /// Whether there is anything to make a request conditional with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// These, where a 304 did not carry new ones (RFC 9111, 4.3.4).
    pub fn renewed(&self, by: Validators) -> Validators {
        Validators {
            etag: by.etag.or_else(|| self.etag.clone()),
            last_modified: by.last_modified.or_else(|| self.last_modified.clone()),
            given_by: by.given_by.or_else(|| self.given_by.clone()),
        }
    }
}

/// How a feed has been doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Failed polls since the last good one.
    pub failures: u32,
    /// Why the last poll failed; `None` after a good one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was last read well, changed or not.
    pub last_ok: Option<Timestamp>,
    /// What parsing repaired or passed over at the last reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The server said 410 Gone: it is not polled any more.
    pub gone: bool,
    /// How many times in a row the server asked for peace (429, 503), whichever of its feeds was asked for. Unless this is 0,
    /// its host is left alone until this feed is due.
    #[serde(default)]
    pub refusals: u32,
}

/// All that is remembered about a feed between polls, but for its seen items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedState {
    /// Whose state it is.
    pub id: FeedId,
    /// Raised by each commit; a commit on top of another version than the stored one is refused.
    pub version: u64,
    /// For the next conditional request.
    pub validators: Validators,
    /// No request before this.
    pub next_due: Timestamp,
    /// When it was last polled, well or not.
    pub last_poll: Option<Timestamp>,
    /// Whether its first content has been taken as the baseline.
    pub baselined: bool,
    /// The feed's own title, as plain text.
    pub title: Option<String>,
    /// What its last document asks for.
    #[serde(flatten)]
    pub asked: Asked,
    /// When it publishes, as far as its polls have shown.
    #[serde(default)]
    pub rhythm: Rhythm,
    /// How it has been doing.
    pub health: Health,
    /// Why it is due then.
    #[serde(default)]
    pub due: Due,
    /// Where it has moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What is the matter with it.
    #[serde(default)]
    pub coverage: Coverage,
    /// What it costs, and how soon it brings news.
    #[serde(default)]
    pub traffic: Traffic,
    /// What a hub pushes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Subscription>,
}

impl FeedState {
    /// A feed that was never polled: due at once.
    pub fn new(id: FeedId, now: Timestamp) -> Self {
        Self {
            id,
            version: 0,
            validators: Validators::default(),
            next_due: now,
            last_poll: None,
            baselined: false,
            title: None,
            asked: Asked::default(),
            rhythm: Rhythm::default(),
            health: Health::default(),
            due: Due::default(),
            moved: None,
            coverage: Coverage::default(),
            traffic: Traffic::default(),
            subscription: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Skip;

    #[test]
    fn a_secret_in_a_url_is_not_shown() {
        let source = |url: &str| Source::Url(url.parse().expect("a URL"));
        assert_eq!(source("https://me:hunter2@example.org/f").to_string(), "https://***@example.org/f");
        let shown = source("https://example.org/f?lang=et&Api_Key=hunter2").to_string();
        assert_eq!(shown, "https://example.org/f?lang=et&Api_Key=***");
        assert!(!format!("{:?}", source("https://example.org/?token=hunter2")).contains("hunter2"));
        assert_eq!(source("https://example.org/f?a=b%20c").to_string(), "https://example.org/f?a=b%20c");
    }

    #[test]
    fn states_of_earlier_versions_are_read() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().expect("a time");
        let fresh = FeedState::new(FeedId::new("x"), now);
        let mut stored = serde_json::to_value(&fresh).expect("JSON");
        let fields = stored.as_object_mut().expect("an object");
        for field in ["skip_hours", "skip_days"] {
            assert!(fields.remove(field).is_some(), "{field} stands beside the others");
        }
        let read = |value: &serde_json::Value| serde_json::from_str::<FeedState>(&value.to_string()).expect("a state");
        assert_eq!(read(&stored), fresh);
        stored["ttl"] = serde_json::Value::Null;
        assert_eq!(read(&stored), fresh);
        stored["ttl"] = serde_json::json!({"secs": 1800, "nanos": 0});
        let asked = Asked { ttl: Some(Duration::from_secs(1800)), ..Asked::default() };
        assert_eq!(read(&stored), FeedState { asked, ..fresh });
    }

    #[test]
    fn a_state_comes_back_as_it_was_stored() {
        let asked = Asked {
            ttl: Some(Duration::from_secs(60 * u64::from(u32::MAX))),
            update_period: Some(Duration::from_millis(1_500)),
            skip: Skip { hours: 0x7f_ffff, days: 0b110_0000 },
        };
        let rhythm = Rhythm { read: Some(-1), items: 0.1, seconds: 3.0, hours: vec![0.7], ..Rhythm::default() };
        let state = FeedState { asked, rhythm, ..FeedState::new(FeedId::new("x"), Timestamp::UNIX_EPOCH) };
        let stored = serde_json::to_vec(&state).expect("JSON");
        assert_eq!(serde_json::from_slice::<FeedState>(&stored).expect("a state"), state);
    }
}
