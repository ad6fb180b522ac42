//! Diagnostics: what is wrong, where, and what to do about it.

use std::ops::Range;

use crate::model::clip;

/// Longest message or hint in bytes: a key or a name may be as long as its file.
const MAX_BYTES: usize = 1_000;

/// Bytes of the configuration's text.
pub(super) type Span = Range<usize>;

/// Whether a diagnostic forbids to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// A mistake: the configuration cannot be used.
    Error,
    /// Allowed, though hardly meant.
    Warning,
}

/// One thing to say about a configuration. Holds no secret's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it forbids to run.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Which of the configuration's files it is about, as a number in [`Checked::documents`](super::Checked::documents).
    pub file: usize,
    /// The bytes of that file's text that it is about; empty at a place where something is missing.
    pub span: Range<usize>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What is wrong with a value, before its place is known: the pure parsers return it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    message: String,
    hint: Option<String>,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: short(message.into()), hint: None }
    }

    /// Adds what to do about it.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(short(hint.into()));
        self
    }

    /// The message with what to do about it.
    pub(super) fn in_one_line(self) -> String {
        self.hint.iter().fold(self.message, |message, hint| format!("{message}; {hint}"))
    }

    /// Adds what to do about it, where that is known.
    pub(super) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// A mistake at `span` of the file that is being read, which the reader knows.
    pub(super) fn at(self, span: Span) -> Diagnostic {
        Diagnostic { severity: Severity::Error, message: self.message, file: 0, span, hint: self.hint }
    }

    /// No mistake, but worth a word.
    pub(super) fn warning_at(self, span: Span) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..self.at(span) }
    }
}

fn short(text: String) -> String {
    if text.len() <= MAX_BYTES { text } else { format!("{}…", clip(&text, MAX_BYTES)) }
}

/// A value with the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// Bytes of one of the configuration's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) span: Span,
}
