//! Matches: what a watch found in an item, and the reckoning that led to its score.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Field, Role};

/// A term found in an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The term as written in the configuration.
    pub term: String,
    /// What finding it means.
    pub role: Role,
    /// How its spelling differs from the term's.
    #[serde(default)]
    pub form: Form,
    /// Where it was found.
    pub field: Field,
    /// Byte offset of its first byte in that field's text.
    pub start: usize,
    /// Byte offset behind its last byte.
    pub end: usize,
    /// The text at that place, as published.
    pub text: String,
    /// What it added to the score by itself; negative for `against`, 0 where a better hit already stood for it.
    pub weight: f64,
}

/// How a found word differs from the term as written, beyond case, width and marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Not at all.
    #[default]
    Base,
    /// By an ending or a clitic: another case, number or possessor, a written-on preposition.
    Inflected,
    /// It is the first part of a closed compound, or derived from the term.
    Compound,
    /// Another romanisation of the same name.
    Respelled,
    /// The same name in another script.
    Transliterated,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Base => "base form",
            Form::Inflected => "inflected",
            Form::Compound => "compound",
            Form::Respelled => "other spelling",
            Form::Transliterated => "transliterated",
        })
    }
}

/// One addend of a score, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it stands for.
    pub what: String,
    /// What it adds.
    pub value: f64,
}

/// What one watch found in one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The watch's name.
    pub watch: String,
    /// In 0..1; the sum of the parts.
    pub score: f64,
    /// The watch's threshold when it was decided.
    pub threshold: f64,
    /// Every term found, in the order of the text.
    pub hits: Vec<Hit>,
    /// The reckoning.
    pub parts: Vec<Part>,
}

impl Match {
    /// Whether the score reaches the threshold.
    pub fn alerts(&self) -> bool {
        self.score >= self.threshold
    }
}
