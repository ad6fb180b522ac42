//! Feeds as files, for local use: unchanged as long as size and time of the last change are.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::{Fetch, FetchError, Fetched, Heard};
use crate::model::Validators;

pub(super) async fn read(path: &Path, known: &Validators, limit: u64) -> Result<Fetched, FetchError> {
    let (path, known) = (path.to_owned(), known.clone());
    let broken = |error: tokio::task::JoinError| FetchError::Broken(error.to_string());
    tokio::task::spawn_blocking(move || read_blocking(&path, &known, limit)).await.map_err(broken)?
}

fn read_blocking(path: &Path, known: &Validators, limit: u64) -> Result<Fetched, FetchError> {
    let failed = |error| FetchError::File { path: path.to_owned(), error };
    // Before it is opened: opening a FIFO waits for a writer, for ever if there is none.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(failed(std::io::Error::other("it is not a regular file")));
    }
    let file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    let changed = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let etag = Some(format!("{}-{}", meta.len(), changed.as_nanos()));
    let validators = Validators { etag, last_modified: None, given_by: None };
    if validators == *known {
        return Ok(Fetched::Unchanged { validators: None, heard: Box::default() });
    }
    let mut body = Vec::new();
    file.take(limit + 1).read_to_end(&mut body).map_err(failed)?;
    if body.len() as u64 > limit {
        return Err(FetchError::TooLarge(limit));
    }
    let heard = Heard { bytes: body.len() as u64, ..Heard::default() };
    Ok(Fetched::Document(Box::new(Fetch { body, content_type: None, validators, heard, url: None })))
}
