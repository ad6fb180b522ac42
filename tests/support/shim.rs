//! The disk under a test: what a power cut leaves of a state directory, kill points, and faults. `shim.c` does the
//! work, loaded into the program from outside, which knows nothing of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::binary::Env;
use super::skip;

/// A kind of call, counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A write to a file below a directory named `archive`.
    ArchiveWrite,
    /// fsync or fdatasync of such a file.
    ArchiveSync,
    /// A write to a file of sled: `db`, `conf`, `snap.*`, and what is in `blobs`.
    DbWrite,
    /// `sync_file_range` of such a file, which makes nothing durable.
    DbRangeSync,
    /// fsync or fdatasync of such a file.
    DbSync,
    /// A write to any other file of the state directory.
    OtherWrite,
    /// fsync or fdatasync of such a file.
    OtherSync,
    /// fsync or fdatasync of a directory.
    DirSync,
    /// A rename in the state directory.
    Rename,
    /// A file of the state directory is removed.
    Unlink,
    /// `connect` of an IPv4 socket.
    NetConnect,
    /// Anything that sends on one.
    NetSend,
    /// Anything that receives on one, when there is something to receive.
    NetRecv,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 13] = [
        Step::ArchiveWrite,
        Step::ArchiveSync,
        Step::DbWrite,
        Step::DbRangeSync,
        Step::DbSync,
        Step::OtherWrite,
        Step::OtherSync,
        Step::DirSync,
        Step::Rename,
        Step::Unlink,
        Step::NetConnect,
        Step::NetSend,
        Step::NetRecv,
    ];

    /// Its name in `shim.c`.
    pub fn name(self) -> &'static str {
        match self {
            Step::ArchiveWrite => "archive_write",
            Step::ArchiveSync => "archive_sync",
            Step::DbWrite => "db_write",
            Step::DbRangeSync => "db_range_sync",
            Step::DbSync => "db_sync",
            Step::OtherWrite => "other_write",
            Step::OtherSync => "other_sync",
            Step::DirSync => "dir_sync",
            Step::Rename => "rename",
            Step::Unlink => "unlink",
            Step::NetConnect => "net_connect",
            Step::NetSend => "net_send",
            Step::NetRecv => "net_recv",
        }
    }
}

/// What the shim does to a program that runs with [`Shim::env`]. Each setting makes a changed copy:
///
/// ```ignore
/// let Some(shim) = Shim::over(&house.state()) else { return };
/// let killed = house.on_config("run").shim(&shim.kill_before(Step::DbSync, 3)).run();
/// assert!(killed.was_killed());
/// shim.power_cut();
/// ```
#[derive(Clone, Debug)]
pub struct Shim {
    library: PathBuf,
    state: PathBuf,
    settings: Env,
}

impl Shim {
    /// A disk under `state`, which is made if need be; skips the test, with `None`, where there is no C compiler. What
    /// is in `state` when the first program starts counts as durable.
    pub fn over(state: &Path) -> Option<Self> {
        static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
        let Some(library) = LIBRARY.get_or_init(compile) else {
            skip("no C compiler (cc) for tests/support/shim.c");
            return None;
        };
        fs::create_dir_all(state).unwrap();
        let shim = Self { library: library.clone(), state: state.to_owned(), settings: Vec::new() };
        fs::create_dir_all(shim.image()).unwrap();
        Some(shim)
    }

    /// SIGKILL right before the `n`-th such call of a process, counted from 1.
    pub fn kill_before(&self, step: Step, n: u64) -> Self {
        self.with("NW_SHIM_KILL", format!("{}:{n}", step.name()))
    }

    /// SIGKILL right after the `n`-th such call.
    pub fn kill_after(&self, step: Step, n: u64) -> Self {
        self.with("NW_SHIM_KILL", format!("after_{}:{n}", step.name()))
    }

    /// From the `n`-th such call on, each fails with this errno (`ENOSPC`, `EIO`). Can be said of several steps.
    pub fn fail_from(&self, step: Step, n: u64, errno: &str) -> Self {
        let before = self.settings.iter().find(|(name, _)| *name == "NW_SHIM_FAIL");
        let before = before.map_or(String::new(), |(_, value)| format!("{},", value.to_string_lossy()));
        self.with("NW_SHIM_FAIL", format!("{before}{}:{n}:{errno}", step.name()))
    }

    /// Calls fail only while this file exists: a disk that gets room again.
    pub fn fail_while(&self, file: &Path) -> Self {
        self.with("NW_SHIM_FAIL_WHILE", file)
    }

    /// Syncs return success and do nothing: the control, in which a test for power cuts has to fail.
    pub fn drop_syncs(&self) -> Self {
        self.with("NW_SHIM_DROP_SYNCS", "1")
    }

    fn with(&self, name: &'static str, value: impl Into<OsString>) -> Self {
        let mut changed = self.clone();
        changed.settings.retain(|(known, _)| *known != name);
        changed.settings.push((name, value.into()));
        changed
    }

    /// The variables for a program.
    pub fn env(&self) -> Env {
        let mut env: Env = vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("NW_SHIM_ROOT", self.state.clone().into()),
            ("NW_SHIM_IMAGE", self.image().into()),
            ("NW_SHIM_COUNTS", self.beside("counts").into()),
        ];
        env.extend(self.settings.iter().cloned());
        env
    }

    /// How many calls of each step the last program made that came to its own end: its kill points.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let text = fs::read_to_string(self.beside("counts")).expect("a program that ended by itself under the shim");
        let pair = |line: &str| line.split_once(' ').map(|(name, n)| (name.to_owned(), n.parse().unwrap()));
        text.lines().filter_map(pair).collect()
    }

    /// Cuts the power, once no program runs any more: what was not synced is gone from the state directory.
    pub fn power_cut(&self) {
        let root = self.image().join("root");
        // Without it no program started under the shim since the last cut, and so none wrote anything.
        if root.exists() {
            fs::remove_dir_all(&self.state).unwrap();
            copy(&root, &self.state);
            fs::remove_dir_all(self.image()).unwrap();
            fs::create_dir(self.image()).unwrap();
        }
    }

    /// What a power cut would leave of a file; `None` if it would leave none.
    pub fn durable(&self, relative: impl AsRef<Path>) -> Option<Vec<u8>> {
        fs::read(self.image().join("root").join(relative)).ok()
    }

    /// On the state directory's file system, which the shim needs for its hard links, but not in it.
    fn image(&self) -> PathBuf {
        self.beside("durable")
    }

    fn beside(&self, what: &str) -> PathBuf {
        let name = self.state.file_name().unwrap().to_string_lossy();
        self.state.with_file_name(format!("{name}-{what}"))
    }
}

/// Compiles the library, once for each version of its source: several test programs may want it at the same time.
fn compile() -> Option<PathBuf> {
    let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
    let [header, calls, disk] = ["shim.h", "shim.c", "shim_image.c"].map(|file| support.join(file));
    let version = Sha256::digest([&header, &calls, &disk].map(|file| fs::read(file).unwrap()).concat());
    let name: String = version[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let library = directory.join(format!("shim-{name}.so"));
    if library.exists() {
        return Some(library);
    }
    let fresh = directory.join(format!("shim-{name}-{}.so", std::process::id()));
    let options = ["-shared", "-fPIC", "-fvisibility=hidden", "-O1", "-std=c11", "-Wall", "-Wextra", "-pthread", "-o"];
    let compiled = Command::new("cc").args(options).arg(&fresh).args([calls, disk]).output().ok()?;
    assert!(compiled.status.success(), "cc: {}", String::from_utf8_lossy(&compiled.stderr));
    fs::rename(fresh, &library).unwrap();
    Some(library)
}

/// Copies a tree, following the symbolic links that the image is made of.
fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
