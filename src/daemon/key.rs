//! The key by which links in alerts are signed. It is made once and kept in the state directory: links outlive a restart.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::DaemonError;
use crate::clock;
use crate::config::LinksConfig;
use crate::model::Unguessable;
use crate::token::Links;

/// The file in the state directory.
const KEY: &str = "links.key";

/// What makes and reads links; the first time it makes a key.
pub(super) fn links(config: &LinksConfig, state_dir: &Path) -> Result<Links, DaemonError> {
    let path = state_dir.join(KEY);
    let key = kept(&path).map_err(|error| DaemonError::Key { path, error })?;
    Ok(Links::new(config.url.clone(), key))
}

fn kept(path: &Path) -> io::Result<Unguessable> {
    match std::fs::read_to_string(path) {
        Ok(text) if Unguessable::is_likely(text.trim()) => return Ok(Unguessable::shown(text.trim())),
        Ok(_) => {
            return Err(io::Error::new(ErrorKind::InvalidData, "this is no key; remove the file to have one made"));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let key = clock::unguessable().ok_or_else(|| io::Error::other("the system has no randomness to give"))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.expose().as_bytes())?;
    file.sync_all()?;
    Ok(key)
}
