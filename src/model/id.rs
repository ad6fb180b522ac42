//! Identifiers: pure functions of what they name, so that a retry, a restart or another worker arrives at the same one.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::AlertKind;

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an id: expected {1} hexadecimal digits")]
pub struct IdError(String, usize);

/// Hashes parts with their lengths, so that ("ab", "c") and ("a", "bc") differ.
fn digest(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in std::iter::once(&domain.as_bytes()).chain(parts) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $int:ty, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($int);

        impl $name {
            fn hashed(digest: [u8; 32]) -> Self {
                let mut head = [0; $bytes];
                head.copy_from_slice(&digest[..$bytes]);
                Self(<$int>::from_be_bytes(head))
            }

            /// The id as a store's key: big-endian bytes.
            pub fn to_bytes(self) -> [u8; $bytes] {
                self.0.to_be_bytes()
            }

            /// The id that [`Self::to_bytes`] wrote; `None` for another length.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Some(Self(<$int>::from_be_bytes(bytes.try_into().ok()?)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:0width$x}", self.0, width = $bytes * 2)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.len() == $bytes * 2 && text.bytes().all(|b| b.is_ascii_hexdigit());
                let value = if digits { <$int>::from_str_radix(text, 16).ok() } else { None };
                value.map(Self).ok_or_else(|| IdError(text.to_owned(), $bytes * 2))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type!(
    /// A feed, by its configured source: it survives renames of the feed and edits of everything else about it.
    FeedId, u64, 8
);
id_type!(
    /// An item of one feed, by the best key that its publisher gave it.
    ItemId, u128, 16
);
id_type!(
    /// A story, named after the first item that told it.
    StoryId, u128, 16
);
id_type!(
    /// An alert, by what it is about; the same on every retry and after every restart.
    AlertId, u128, 16
);
id_type!(
    /// A delivery: an alert for one target. Goes out as `webhook-id` and in `Message-ID`.
    DeliveryId, u128, 16
);

id_type!(
    /// A silence, by its selector and when it was made.
    SilenceId, u64, 8
);

impl SilenceId {
    /// The silence of `selector`, made at `created`.
    pub fn new(selector: &str, created: Timestamp) -> Self {
        Self::hashed(digest("silence", &[selector.as_bytes(), &created.as_nanosecond().to_be_bytes()]))
    }
}

impl FeedId {
    /// The feed at `source`, a URL or a path as it stands in the configuration.
    pub fn new(source: &str) -> Self {
        Self::hashed(digest("feed", &[source.as_bytes()]))
    }
}

impl ItemId {
    /// The item of `feed` whose key of the given kind (`guid`, `link`, `fingerprint`) is `key`.
    pub fn new(feed: FeedId, kind: &str, key: &[u8]) -> Self {
        Self::hashed(digest("item", &[&feed.to_bytes(), kind.as_bytes(), key]))
    }
}

impl StoryId {
    /// The story that `first` opened.
    pub fn opened_by(first: ItemId) -> Self {
        Self::hashed(digest("story", &[&first.to_bytes()]))
    }
}

impl StoryId {
    /// The story that `item` tells, of which somebody has said that it is not `from`.
    pub fn split(from: StoryId, item: ItemId) -> Self {
        Self::hashed(digest("split", &[&from.to_bytes(), &item.to_bytes()]))
    }
}

impl AlertId {
    /// The alert of kind `kind`, number `ordinal`, that `watch` raises about `story`.
    pub fn new(story: StoryId, watch: &str, kind: &str, ordinal: u32) -> Self {
        Self::hashed(digest("alert", &[&story.to_bytes(), watch.as_bytes(), kind.as_bytes(), &ordinal.to_be_bytes()]))
    }

    /// The alert by which `watch` first tells `story`.
    pub fn first(story: StoryId, watch: &str) -> Self {
        Self::new(story, watch, AlertKind::News.name(), 0)
    }

    /// The digest by which `target` is told these deliveries together.
    pub fn digest(target: &str, members: &[DeliveryId]) -> Self {
        let members: Vec<u8> = members.iter().flat_map(|member| member.to_bytes()).collect();
        Self::hashed(digest("digest", &[target.as_bytes(), &members]))
    }

    /// A notice about newswatch itself; `subject` names what it is about, and once is enough for each subject.
    pub fn notice(subject: &str) -> Self {
        Self::hashed(digest("notice", &[subject.as_bytes()]))
    }
}

impl DeliveryId {
    /// The delivery of `alert` to the target named `target`.
    pub fn new(alert: AlertId, target: &str) -> Self {
        Self::hashed(digest("delivery", &[&alert.to_bytes(), target.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_pure_functions_and_lengths_are_part_of_them() {
        let feed = FeedId::new("https://example.org/feed");
        assert_eq!(feed, FeedId::new("https://example.org/feed"));
        assert_ne!(ItemId::new(feed, "guid", b"link1"), ItemId::new(feed, "guidlink", b"1"));
    }

    #[test]
    fn text_and_bytes_lead_back_to_the_id() {
        let id = AlertId::notice("x");
        assert_eq!(id.to_string().parse::<AlertId>().expect("its own text"), id);
        assert_eq!(AlertId::from_bytes(&id.to_bytes()), Some(id));
        assert!("+123".parse::<AlertId>().is_err());
        assert!(AlertId::from_bytes(&[1, 2]).is_none());
    }
}
