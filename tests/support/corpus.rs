//! The shared collections of third-party data, which are no part of this package. They are looked for at
//! `$NEWSWATCH_CORPUS` and at `../shared/corpus`.
#![allow(dead_code, reason = "each test uses what it needs")]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The path of a file of the collections; `None`, said on stderr, where they are absent.
#[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
pub(crate) fn find(file: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let root = std::env::var_os("NEWSWATCH_CORPUS").map_or(beside, PathBuf::from);
    let path = root.join(file);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there; set NEWSWATCH_CORPUS to the folder of the collections", path.display());
        return None;
    }
    Some(path)
}

/// The rows of a file with one JSON value a line.
pub(crate) fn rows(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON value a line")).collect()
}
