//! Marks: places that are spoken of once more when a sound configuration is tried.

use super::diagnostic::{Diagnostic, Severity, Span};

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What stands there.
    pub of: Marked,
    /// Its file, as in [`Diagnostic::file`].
    pub file: usize,
    /// Its bytes, as in [`Diagnostic::span`].
    pub span: Span,
}

/// What a mark is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// A golden item.
    Golden {
        /// The watch's name.
        watch: String,
        /// Its number among the golden items of the watch, from 0.
        index: usize,
    },
    /// A term that many texts have by the way.
    CommonTerm {
        /// As written.
        text: String,
    },
    /// A template.
    Template {
        /// The target's name.
        target: String,
        /// Of what it is: `title`, `text` or `body`.
        part: &'static str,
    },
}

impl Mark {
    /// A mistake at this place.
    pub fn mistake(&self, message: String, hint: Option<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, message, file: self.file, span: self.span.clone(), hint }
    }
}
