//! Documents: the files that a configuration is written in.

use std::path::PathBuf;
use std::sync::Arc;

/// A file of the configuration, as read. Its text may hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: Arc<str>,
}

impl Document {
    /// Line and column of a byte of the text, both from 1; columns are characters.
    pub fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        // A byte order mark is no character that anybody counts.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("path", &self.path).finish_non_exhaustive()
    }
}
