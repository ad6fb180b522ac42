//! A secret of our own making, which the store keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A random text that only newswatch and one other party know. `Debug` and `Display` show `***`.
///
/// Unlike [`super::Secret`] it is serialised: it was made here and stands in no configuration, so only the store can
/// carry it over a restart, after which the other party still uses it. The store is a directory of the daemon's own.
/// What goes to people is never made by serialising a value that holds one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unguessable(String);

impl Unguessable {
    /// 256 bits, as 64 hexadecimal digits: they stand in a path and in a form as they are. The caller rolls them where
    /// nobody can look on.
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(random.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect())
    }

    /// A text that somebody shows, to be compared.
    pub fn shown(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether the text looks like one from [`Self::from_bytes`].
    pub fn is_likely(text: &str) -> bool {
        text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// The secret itself, for where it is sent or compared.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or_default()
}

impl fmt::Debug for Unguessable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Unguessable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_sees_it_and_nobody_else() {
        let made = Unguessable::from_bytes([0xa5; 32]);
        assert_eq!(made.expose(), "a5".repeat(32));
        assert!(Unguessable::is_likely(made.expose()));
        assert_eq!(format!("{made} {made:?} {:#?}", Some(&made)).matches("a5").count(), 0);
        let stored = serde_json::to_string(&made).expect("a text");
        assert_eq!(serde_json::from_str::<Unguessable>(&stored).expect("its own text"), made);
    }

    #[test]
    fn other_texts_are_told_by_their_looks() {
        for text in ["", "a5", &"A5".repeat(32), &"a5".repeat(33), &"g0".repeat(32), &"é".repeat(32)] {
            assert!(!Unguessable::is_likely(text), "{text}");
        }
    }
}
