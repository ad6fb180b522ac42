//! Watches: what somebody waits for.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Query;

/// A named interest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watch {
    /// Unique; part of every alert's id.
    pub name: String,
    /// Its terms of every role.
    pub terms: Vec<Term>,
    /// What is waited for as a boolean expression, besides the terms or instead of them.
    pub query: Option<Query>,
    /// Languages whose word forms are looked for, as primary subtags of BCP 47 (`uk`); none means all that are known.
    pub languages: Vec<String>,
    /// Whether a strong term is also looked for in other scripts, for less weight.
    pub transliterate: bool,
    /// Items that must alert, or must not.
    pub golden: Vec<Golden>,
    /// An alert is raised at this score, in 0..1.
    pub threshold: f64,
    /// Names of the targets that are told.
    pub targets: Vec<String>,
    /// Whether its alerts pass the quiet hours of targets.
    pub urgent: bool,
    /// After so long without an acknowledgement a story is told again.
    pub remind: Option<Duration>,
    /// What alerts again about a story that it has alerted on.
    pub realert: Realert,
}

/// What is worth an alert of its own in a story that was told already; anything else waits for the next update.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Realert {
    /// So many independent outlets tell it.
    pub corroborated: Option<u32>,
    /// A report reaches this score, in 0..1, and none did before.
    pub score: Option<f64>,
    /// A number in it grew.
    pub number: bool,
    /// A report of it was corrected or withdrawn.
    pub correction: bool,
}

impl Default for Realert {
    fn default() -> Self {
        Self { corroborated: None, score: None, number: false, correction: true }
    }
}

/// An item whose decision is known: a change of the watch that decides it otherwise is a mistake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Golden {
    /// Headline.
    pub title: String,
    /// Short text; may be empty.
    pub summary: String,
    /// BCP 47.
    pub language: Option<String>,
    /// Whether it must alert.
    pub alert: bool,
}

/// A word or phrase that a watch looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// As written in the configuration.
    pub text: String,
    /// What finding it means.
    pub role: Role,
}

/// What finding a term says about the watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Naming it is enough.
    Strong,
    /// Ambiguous: needs company.
    Weak,
    /// Makes weak terms believable; nothing by itself.
    Context,
    /// Takes belief away.
    Against,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Strong => "strong",
            Role::Weak => "weak",
            Role::Context => "context",
            Role::Against => "against",
        })
    }
}
