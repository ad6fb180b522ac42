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

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("path", &self.path).finish_non_exhaustive()
    }
}
