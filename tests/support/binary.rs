//! The real program in a house of its own: run to its end, or spawned, listened to, signalled and waited for.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::journal::Journal;
use super::shim::Shim;
use super::{SOON, lock};

/// A configuration and everything the program may touch, in a directory that goes with it.
///
/// ```ignore
/// let house = Newswatch::new(&config);
/// assert_eq!(house.on_config("check").run().code(), Some(0));
/// let mut daemon = house.on_config("run").spawn();
/// daemon.wait_for_stdout("the alert", SOON, |line| line.contains("Tartus"));
/// daemon.signal(Signal::Term);
/// assert_eq!(daemon.wait_exit(SOON).code(), Some(0));
/// ```
pub struct Newswatch {
    directory: TempDir,
}

impl Newswatch {
    /// A house with this `newswatch.toml`.
    pub fn new(config: &str) -> Self {
        let house = Self { directory: tempfile::Builder::new().prefix("newswatch-").tempdir().unwrap() };
        house.write("newswatch.toml", config);
        for directory in ["state", "home/.config", "home/.local/state", "home/.cache", "tmp"] {
            std::fs::create_dir_all(house.path(directory)).unwrap();
        }
        house
    }

    /// A path in the house.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(relative)
    }

    /// The configuration; [`Newswatch::write`] replaces it.
    pub fn config(&self) -> PathBuf {
        self.path("newswatch.toml")
    }

    /// What `$STATE_DIRECTORY` says.
    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// Writes a file of the house, with the directories above it, and says where it is.
    pub fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// `newswatch COMMAND CONFIG`, for more arguments to be added.
    pub fn on_config(&self, command: &str) -> Invocation {
        self.newswatch().arg(command).arg(self.config())
    }

    /// `newswatch`, for arguments to be added.
    pub fn newswatch(&self) -> Invocation {
        self.program(env!("CARGO_BIN_EXE_newswatch"))
    }

    /// Another program in the same house.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Invocation {
        let mut command = Command::new(program);
        let home = self.path("home");
        // Nothing of the machine's own but what it takes to run a program at all: no proxy, no `RUNTIME_DIRECTORY`.
        command.env_clear().current_dir(self.directory.path()).stdin(Stdio::null());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs([("STATE_DIRECTORY", self.state()), ("TMPDIR", self.path("tmp")), ("HOME", home.clone())]);
        command.envs([("XDG_CONFIG_HOME", home.join(".config")), ("XDG_STATE_HOME", home.join(".local/state"))]);
        command.envs([("XDG_CACHE_HOME", home.join(".cache")), ("LC_ALL", "C.UTF-8".into())]);
        Invocation { command }
    }
}

/// A program about to run.
pub struct Invocation {
    command: Command,
}

impl Invocation {
    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it over the disk that `shim` simulates.
    pub fn shim(mut self, shim: &Shim) -> Self {
        self.command.envs(shim.env());
        self
    }

    /// Runs it to its end, which has to come [`SOON`].
    #[track_caller]
    pub fn run(self) -> Output {
        self.spawn().wait_exit(SOON)
    }

    /// Starts it.
    pub fn spawn(mut self) -> Running {
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a program to run");
        let events = Arc::<Journal<Event>>::default();
        listen(child.stdout.take().unwrap(), Stream::Out, &events);
        listen(child.stderr.take().unwrap(), Stream::Err, &events);
        Running { id: child.id(), child: Killer(Arc::new(Mutex::new(child))), events }
    }
}

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

#[derive(Clone, Debug)]
enum Event {
    Line(Stream, String),
    End(Stream),
}

fn listen(source: impl Read + Send + 'static, stream: Stream, events: &Arc<Journal<Event>>) {
    let events = Arc::clone(events);
    thread::spawn(move || {
        let mut source = BufReader::new(source);
        let mut line = Vec::new();
        while source.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            events.push(Event::Line(stream, text.strip_suffix('\n').unwrap_or(&text).to_owned()));
            line.clear();
        }
        events.push(Event::End(stream));
    });
}

/// A signal to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM.
    Term,
    /// SIGINT.
    Int,
    /// SIGHUP.
    Hup,
    /// SIGKILL.
    Kill,
    /// SIGSTOP.
    Stop,
    /// SIGCONT.
    Cont,
}

/// Kills a process at once, from any thread: for the hooks of servers.
#[derive(Clone)]
pub struct Killer(Arc<Mutex<Child>>);

impl Killer {
    /// SIGKILL; nothing, if the process has been waited for.
    pub fn kill(&self) {
        let _ = lock(&self.0).kill();
    }
}

/// A program that runs; killed when dropped.
pub struct Running {
    id: u32,
    child: Killer,
    events: Arc<Journal<Event>>,
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// A handle that kills it.
    pub fn killer(&self) -> Killer {
        self.child.clone()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let name = format!("-{signal:?}").to_uppercase();
        let sent = Command::new("kill").args([name, self.id.to_string()]).status().expect("kill(1)");
        assert!(sent.success(), "no process {} to send {signal:?} to:\n{}", self.id, self.said());
    }

    /// What it wrote so far to standard output.
    pub fn stdout(&self) -> Vec<String> {
        lines(&self.events.all(), Stream::Out)
    }

    /// What it wrote so far to standard error.
    pub fn stderr(&self) -> Vec<String> {
        lines(&self.events.all(), Stream::Err)
    }

    /// Waits for a line on standard output and returns it. `wanted` sees each line once, those already there too.
    #[track_caller]
    pub fn wait_for_stdout(&self, what: &str, within: Duration, wanted: impl FnMut(&str) -> bool) -> String {
        self.wait_for_line(Stream::Out, what, within, wanted)
    }

    /// Waits for a line on standard error and returns it; as [`Running::wait_for_stdout`].
    #[track_caller]
    pub fn wait_for_stderr(&self, what: &str, within: Duration, wanted: impl FnMut(&str) -> bool) -> String {
        self.wait_for_line(Stream::Err, what, within, wanted)
    }

    #[track_caller]
    fn wait_for_line(
        &self,
        from: Stream,
        what: &str,
        within: Duration,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> String {
        let (mut read, mut found, mut over) = (0, None, false);
        self.events.watch(within, |events| {
            for event in &events[read..] {
                match event {
                    Event::Line(stream, line) if *stream == from && found.is_none() && wanted(line) => {
                        found = Some(line.clone());
                    }
                    // A program that has ended will not say it any more.
                    Event::End(stream) if *stream == from => over = true,
                    _ => {}
                }
            }
            read = events.len();
            found.is_some() || over
        });
        match found {
            Some(line) => line,
            None => panic!("no {what} on {from:?} within {within:?}; it said:\n{}", self.said()),
        }
    }

    /// Waits until it has ended.
    #[track_caller]
    pub fn wait_exit(self, within: Duration) -> Output {
        // The ends of its streams tell of the end without asking again and again; the status follows at once.
        let ended = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::End(_))).count() == 2;
        let Some(events) = self.events.watch(within, ended) else {
            panic!("it has not ended within {within:?}; it said:\n{}", self.said());
        };
        let status = lock(&self.child.0).wait().expect("a child to wait for");
        Output { status, stdout: text(&events, Stream::Out), stderr: text(&events, Stream::Err) }
    }

    /// Both streams as they came, for a person.
    fn said(&self) -> String {
        let events = self.events.all();
        let line = |event: &Event| match event {
            Event::Line(Stream::Out, line) => format!("  out| {line}\n"),
            Event::Line(Stream::Err, line) => format!("  err| {line}\n"),
            Event::End(stream) => format!("  ---| end of {stream:?}\n"),
        };
        events.iter().map(line).collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill();
        let _ = lock(&self.child.0).wait();
    }
}

fn lines(events: &[Event], from: Stream) -> Vec<String> {
    let of_stream = |event: &Event| match event {
        Event::Line(stream, line) if *stream == from => Some(line.clone()),
        _ => None,
    };
    events.iter().filter_map(of_stream).collect()
}

fn text(events: &[Event], from: Stream) -> String {
    lines(events, from).into_iter().map(|line| line + "\n").collect()
}

/// How a program ended and what it said.
#[derive(Clone)]
pub struct Output {
    /// As the system has it.
    pub status: ExitStatus,
    /// Standard output; each line ends in a newline.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// The exit code; `None` after a signal.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Whether SIGKILL ended it.
    pub fn was_killed(&self) -> bool {
        self.status.signal() == Some(9)
    }

    /// Fails the test unless this is the exit code.
    #[track_caller]
    pub fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

/// A list of variables, as [`Command::envs`] takes them.
pub type Env = Vec<(&'static str, OsString)>;
