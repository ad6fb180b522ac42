//! Opening: the lock, the format, the archive's valid lengths. A store that cannot be opened is named and left as it is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use jiff::civil::Date;

use super::super::archive::{self, Archive};
use super::super::lock::InstanceLock;
use super::super::{StoreError, create_dir};
use super::trees::{TreeId, Trees};
use super::{CACHE_BYTES, FORMAT, archive_dir};

const FORMAT_KEY: &[u8] = b"format";
const ARCHIVE_KEY: &str = "archive/";
/// Far longer than a disk takes that still works.
const FLUSH_DEADLINE: Duration = Duration::from_secs(30);

/// What the writer needs.
pub(super) struct Opened {
    pub(super) trees: Trees,
    pub(super) archive: Archive,
    /// sled's log, which `flush` alone does not make durable.
    pub(super) log: File,
    pub(super) lock: InstanceLock,
}

pub(super) fn open(state_dir: &Path) -> Result<Opened, StoreError> {
    create_dir(state_dir)?;
    let lock = InstanceLock::take(state_dir)?;
    let dir = state_dir.join("db");
    clear_half_made(&dir)?;
    let db = open_database(&dir)?;
    let held = db.clone();
    prepare(state_dir, dir, db, lock).inspect_err(|error| {
        if matches!(error, StoreError::Io { .. } | StoreError::Database { .. }) {
            abandon(&held);
        }
    })
}

fn prepare(state_dir: &Path, dir: PathBuf, db: sled::Db, lock: InstanceLock) -> Result<Opened, StoreError> {
    // sled never syncs its parameters, and cannot open a log without them.
    let conf = dir.join("conf");
    File::open(&conf).and_then(|conf| conf.sync_all()).map_err(io("cannot sync", &conf))?;
    let fresh = !db.was_recovered();
    let trees = Trees::open(dir.clone(), db)?;
    let log_path = dir.join("db");
    let log = File::open(&log_path).map_err(io("cannot open", &log_path))?;

    if fresh {
        if archive::exists(&archive_dir(state_dir))? {
            // Whatever happened to the database, its archive is not ours to throw away.
            let what = "its database is gone, but not its archive".to_owned();
            return Err(StoreError::Damaged { path: state_dir.to_owned(), what });
        }
        write_format(&trees)?;
    }
    check_format(&trees)?;
    sync(&trees, &log)?;
    for path in [dir.as_path(), state_dir] {
        File::open(path).and_then(|dir| dir.sync_all()).map_err(io("cannot sync", path))?;
    }
    let archive = Archive::open(archive_dir(state_dir), &valid_lengths(&trees)?)?;
    File::open(state_dir).and_then(|dir| dir.sync_all()).map_err(io("cannot sync", state_dir))?;
    Ok(Opened { trees, archive, log, lock })
}

/// Leaves a database alone whose disk has failed: sled would sync it once more when it is dropped, and panic.
pub(super) fn abandon(db: &sled::Db) {
    std::mem::forget(db.clone());
}

/// Makes everything that was applied durable: `flush` hands it to the file, and only `sync_data` gets it past the
/// disk's own cache (sled 0.34 calls `sync_file_range`).
pub(super) fn sync(trees: &Trees, log: &File) -> Result<(), StoreError> {
    flush(trees)?;
    log.sync_data().map_err(io("cannot sync", &trees.dir.join("db")))
}

/// sled's flush with an end: where a write fails at a bad moment, sled forgets to wake whoever waits for it.
fn flush(trees: &Trees) -> Result<(), StoreError> {
    let failed = |message: String| StoreError::Database { path: trees.dir.clone(), message };
    let (done, flushed) = mpsc::sync_channel(1);
    let db = trees.db.clone();
    let flushing = move || {
        let result = db.flush();
        // Before the answer: whoever gets it may close the database, and open it again.
        drop(db);
        let _ = done.send(result);
    };
    let thread = std::thread::Builder::new().name("flush".to_owned()).spawn(flushing);
    thread.map_err(|error| failed(format!("cannot start a thread: {error}")))?;
    match flushed.recv_timeout(FLUSH_DEADLINE) {
        Ok(result) => result.map(|_| ()).map_err(|error| trees.failed(&error)),
        Err(_) => Err(failed(format!("it has not been written within {} s", FLUSH_DEADLINE.as_secs()))),
    }
}

/// Removes what sled 0.34 was making when its process was killed, and would now take for damage: a snapshot that is not
/// whole (it is written as `.generating`, but sled passes over another ending), and the parameters of a log that was
/// never begun (they are written in two pieces). Nothing in either is needed.
fn clear_half_made(dir: &Path) -> Result<(), StoreError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other.map_err(io("cannot list", dir))?,
    };
    let begun = fs::metadata(dir.join("db")).is_ok_and(|log| log.len() > 0);
    for entry in entries {
        let path = entry.map_err(io("cannot list", dir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let snapshot = name.starts_with("snap.") && name.ends_with(".generating");
        if snapshot || (name == "conf" && !begun) {
            fs::remove_file(&path).map_err(io("cannot remove", &path))?;
        }
    }
    Ok(())
}

fn open_database(dir: &Path) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None);
    // sled panics on some kinds of damage; that is a store to be named, not a crash.
    let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| config.open()));
    match opened {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(source))) => Err(io("cannot open", dir)(source)),
        Ok(Err(error)) => Err(StoreError::Damaged { path: dir.to_owned(), what: error.to_string() }),
        Err(_) => Err(StoreError::Damaged { path: dir.to_owned(), what: "the database cannot read it".to_owned() }),
    }
}

fn write_format(trees: &Trees) -> Result<(), StoreError> {
    let meta = trees.tree(TreeId::Meta);
    meta.insert(FORMAT_KEY, FORMAT.to_string().as_bytes()).map_err(|error| trees.failed(&error))?;
    Ok(())
}

fn check_format(trees: &Trees) -> Result<(), StoreError> {
    let stored = trees.get(TreeId::Meta, FORMAT_KEY)?;
    let found = stored.and_then(|value| std::str::from_utf8(&value).ok()?.parse::<u32>().ok());
    match found {
        Some(FORMAT) => Ok(()),
        // Format 2 adds kinds of alerts, outcomes and trees, format 3 what is remembered of seen items, format 4 what
        // targets are told together, later or not; what the formats before have is read as it is.
        Some(1..FORMAT) => write_format(trees),
        Some(found) if found > FORMAT => Err(StoreError::Newer { path: trees.dir.clone(), found, known: FORMAT }),
        _ => Err(trees.damaged("it has no format that newswatch ever wrote")),
    }
}

pub(super) fn archive_key(date: Date) -> Vec<u8> {
    format!("{ARCHIVE_KEY}{date}").into_bytes()
}

fn valid_lengths(trees: &Trees) -> Result<BTreeMap<Date, u64>, StoreError> {
    let mut lengths = BTreeMap::new();
    for row in trees.scan(TreeId::Meta, ARCHIVE_KEY.as_bytes()) {
        let (key, value) = row?;
        let date = std::str::from_utf8(&key[ARCHIVE_KEY.len()..]).ok().and_then(|date| date.parse().ok());
        let date = date.ok_or_else(|| trees.damaged("a segment without a day"))?;
        lengths.insert(date, trees.parse(&value)?);
    }
    Ok(lengths)
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError + use<> {
    let path = PathBuf::from(path);
    move |source| StoreError::Io { what, path, source }
}
