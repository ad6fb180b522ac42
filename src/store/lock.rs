//! One instance a state directory: the lock names its holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held as long as it lives; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(super) struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    pub(super) fn take(state_dir: &Path) -> Result<Self, StoreError> {
        let path = state_dir.join("lock");
        let io = |what| move |source| StoreError::Io { what, path: state_dir.join("lock"), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io("cannot open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file, state_dir.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io("cannot lock")(source)),
        }
        file.set_len(0).map_err(io("cannot write"))?;
        file.rewind().map_err(io("cannot write"))?;
        write!(file, "process {}, running since {:.0}", std::process::id(), started()).map_err(io("cannot write"))?;
        Ok(Self { _file: file })
    }
}

fn held(file: &mut File, path: PathBuf) -> StoreError {
    let mut holder = String::new();
    let read = file.read_to_string(&mut holder);
    if read.is_err() || holder.is_empty() {
        "another newswatch".clone_into(&mut holder);
    }
    StoreError::Held { path, holder: format!("newswatch ({holder})") }
}

/// For people only: nothing is decided by it.
#[expect(clippy::disallowed_methods, reason = "the lock tells a person since when it is held")]
fn started() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
