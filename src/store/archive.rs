//! The archive of items: daily segments `archive/2026-11-22.zst`, each a row of zstd frames of JSON lines.
//!
//! A segment is appended to and synced BEFORE the commit that makes its new length valid, and cut back to the valid
//! length when the store is opened: a crash leaves neither torn frames nor rows without a commit. Expiry is the removal
//! of a file. `zstdcat archive/*.zst` shows everything.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::StoreError;
use crate::model::Record;

/// Fast, and close to the higher levels on frames as small as these.
const LEVEL: i32 = 3;
/// Longest line that is read back, in bytes; a record is far shorter.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// A crash between an append and its commit leaves one frame behind the valid length. More were committed once: then
/// the database has lost its end, and sled says nothing of that.
const MAX_SURPLUS_FRAMES: usize = 1;

/// The day of a segment, UTC.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The append side of the archive; the one writer of a store has it.
#[derive(Debug)]
pub(super) struct Archive {
    dir: PathBuf,
    /// The segments that were written to since the start, with their lengths.
    open: BTreeMap<Date, (File, u64)>,
}

impl Archive {
    /// Opens the archive and cuts every segment back to its valid length; one without a valid length was never
    /// committed to and is removed. What is missing on either side is damage, and nothing is touched.
    pub(super) fn open(dir: PathBuf, valid: &BTreeMap<Date, u64>) -> Result<Self, StoreError> {
        super::create_dir(&dir)?;
        for (date, path) in segments(&dir)? {
            let io = |what| {
                let path = path.clone();
                move |source| StoreError::Io { what, path, source }
            };
            let length = valid.get(&date).copied().unwrap_or(0);
            let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(io("cannot open"))?;
            let found = file.metadata().map_err(io("cannot read"))?.len();
            if found < length {
                let what = format!("it has {found} bytes where {length} were stored");
                return Err(StoreError::Damaged { path, what });
            }
            let surplus = whole_frames(&mut file, length).map_err(io("cannot read"))?;
            if surplus > MAX_SURPLUS_FRAMES {
                let what = format!("it holds {surplus} commits that the database has lost");
                return Err(StoreError::Damaged { path, what });
            }
            if length == 0 {
                fs::remove_file(&path).map_err(io("cannot remove"))?;
            } else if found > length {
                file.set_len(length).and_then(|()| file.sync_data()).map_err(io("cannot cut back"))?;
            }
        }
        Ok(Self { dir, open: BTreeMap::new() })
    }

    /// Appends the records and syncs them. Returns the new lengths of the segments that grew; they are valid once the
    /// caller has committed them.
    pub(super) fn append(&mut self, records: &[&Record]) -> Result<Vec<(Date, u64)>, StoreError> {
        let mut by_day: BTreeMap<Date, Vec<u8>> = BTreeMap::new();
        for record in records {
            let lines = by_day.entry(day(record.seen)).or_default();
            let line = line(record);
            let line = line.map_err(|error| StoreError::Damaged { path: self.dir.clone(), what: error.to_string() })?;
            lines.extend_from_slice(&line);
            lines.push(b'\n');
        }
        let mut grown = Vec::new();
        for (date, lines) in by_day {
            let path = self.path(date);
            let io = |what| move |source| StoreError::Io { what, path, source };
            let length = self.append_frame(date, &lines).map_err(io("cannot append to"))?;
            grown.push((date, length));
        }
        Ok(grown)
    }

    fn append_frame(&mut self, date: Date, lines: &[u8]) -> std::io::Result<u64> {
        let frame = frame(lines)?;
        let path = self.path(date);
        if !self.open.contains_key(&date) {
            let file = OpenOptions::new().create(true).append(true).open(&path)?;
            // The new name must survive as well as the content.
            File::open(&self.dir)?.sync_all()?;
            let length = file.metadata()?.len();
            // Yesterday's segment may still get a late commit; older ones never do.
            self.open.retain(|open, _| open.duration_until(date).as_hours() <= 24);
            self.open.insert(date, (file, length));
        }
        let Some((file, length)) = self.open.get_mut(&date) else { return Err(ErrorKind::NotFound.into()) };
        file.write_all(&frame)?;
        file.sync_data()?;
        *length += frame.len() as u64;
        Ok(*length)
    }

    /// Keeps the newest `keep` segments and removes the others; returns their days. Days on which nothing came in do
    /// not count, so that a clock set wrong costs no history.
    pub(super) fn expire(&mut self, keep: usize) -> Result<Vec<Date>, StoreError> {
        let segments = segments(&self.dir)?;
        let surplus = segments.len().saturating_sub(keep);
        let mut removed = Vec::new();
        for (date, path) in segments.into_iter().take(surplus) {
            self.open.remove(&date);
            fs::remove_file(&path).map_err(|source| StoreError::Io { what: "cannot remove", path, source })?;
            removed.push(date);
        }
        Ok(removed)
    }

    fn path(&self, date: Date) -> PathBuf {
        self.dir.join(format!("{date}.zst"))
    }
}

/// How many whole frames stand in a segment from `start` on.
fn whole_frames(file: &mut File, start: u64) -> std::io::Result<usize> {
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.read_to_end(&mut tail)?;
    let (mut rest, mut frames) = (tail.as_slice(), 0);
    while let Ok(length) = zstd::zstd_safe::find_frame_compressed_size(rest) {
        if length == 0 || length > rest.len() {
            break;
        }
        rest = &rest[length..];
        frames += 1;
    }
    Ok(frames)
}

/// Lines as a frame with a checksum: a flipped bit is an error, never another text.
fn frame(lines: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.write_all(lines)?;
    encoder.finish()
}

/// A record as a line that [`replay`] takes: items are bounded, but a thousand watches may have found something in one.
/// Then the evidence goes, and the decisions stay.
fn line(record: &Record) -> serde_json::Result<Vec<u8>> {
    let line = serde_json::to_vec(record)?;
    if (line.len() as u64) < MAX_LINE_BYTES {
        return Ok(line);
    }
    let mut bare = record.clone();
    for decision in &mut bare.decisions {
        decision.matched.hits.clear();
        decision.matched.parts.clear();
    }
    serde_json::to_vec(&bare)
}

/// The segments of an archive, oldest first. Other files are not its business.
fn segments(dir: &Path) -> Result<Vec<(Date, PathBuf)>, StoreError> {
    let io = |source| StoreError::Io { what: "cannot list", path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(io)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".zst"));
        if let Some(date) = name.and_then(|name| name.parse::<Date>().ok()) {
            found.push((date, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the archive in `dir` has any segment.
pub(super) fn exists(dir: &Path) -> Result<bool, StoreError> {
    Ok(!segments(dir)?.is_empty())
}

/// Reads the records seen at or after `since`, oldest day first, and within a day in the order of their commits.
///
/// Needs no lock: a daemon may be appending. A frame that is still being written ends the last segment early.
pub fn replay(
    dir: &Path,
    since: Timestamp,
    visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let segments = segments(dir)?;
    // A daemon may be writing to today's and, around midnight, to yesterday's.
    let written = segments.iter().rev().map(|(date, _)| *date).nth(1).or(segments.last().map(|(date, _)| *date));
    for (date, path) in segments.into_iter().filter(|(date, _)| *date >= day(since)) {
        match replay_segment(&path, since, visit) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => return Ok(()),
            Err(error) if Some(date) >= written && error.kind() == ErrorKind::UnexpectedEof => {}
            // What the system did not say is what the content says.
            Err(source) if source.raw_os_error().is_none() => {
                return Err(StoreError::Damaged { path, what: source.to_string() });
            }
            Err(source) => return Err(StoreError::Io { what: "cannot read", path, source }),
        }
    }
    Ok(())
}

fn replay_segment(
    path: &Path,
    since: Timestamp,
    visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> std::io::Result<ControlFlow<()>> {
    let mut lines = BufReader::with_capacity(1 << 16, zstd::Decoder::new(File::open(path)?)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let record: Record = match serde_json::from_slice(&line) {
            Ok(record) => record,
            // One line costs itself, not the history behind it.
            Err(error) => {
                tracing::error!(segment = %path.display(), %error, "an archived item cannot be read");
                continue;
            }
        };
        if record.seen >= since && visit(record).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}
