//! Floor 1: the configuration, from text to the plain values of [`crate::model`].
//!
//! [`check`] reads a whole file, and the files of watches that it names, and reports every mistake in them at once, each
//! with the bytes it is about; [`render`] shows them the way a compiler does. Nothing here touches the world: environment variables and files come through
//! [`Surroundings`], so that a test can say what they hold.
//!
//! A configuration is read in three layers, each its own file: `reader` collects mistakes and resolves what a value
//! refers to, `section` gives typed access to one table, and a file for each kind of table knows its words and rules.
//!
//! A secret's value is never part of a diagnostic: messages do not repeat values, and `mask` hides them on the
//! quoted line.

mod access;
mod address;
mod cookie;
mod credentials;
mod diagnostic;
mod document;
mod drill;
mod email;
mod exec;
mod expand;
mod feed;
mod fetch;
mod file;
mod golden;
mod header;
mod hours;
mod language;
mod links;
mod manner;
mod mark;
mod mask;
mod name;
mod quantity;
mod query;
mod reader;
mod render;
mod root;
mod route;
mod script;
mod section;
mod service;
mod story;
mod target;
mod term;
mod watch;
mod watch_file;
mod webhook;
mod websub;
mod wording;
mod words;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::model::{Budget, Feed, Route, Secret, Target, Watch};

pub use diagnostic::{Diagnostic, Severity};
pub use document::Document;
pub use drill::DrillConfig;
pub use fetch::FetchLimits;
pub use language::language_tag;
pub use links::{DEFAULT_LINKS_LISTEN, LinksConfig};
pub use manner::{DEFAULT_FALLBACK_AFTER, DEFAULT_GROUP_INTERVAL, DEFAULT_GROUP_WAIT, DEFAULT_MAX_RATE};
pub use mark::{Mark, Marked};
pub use render::render;
pub use story::DEFAULT_QUIET;
pub use term::MAX_TERMS;
pub use watch::{THRESHOLD_HIGH, THRESHOLD_LOW, THRESHOLD_NORMAL};
pub use websub::{DEFAULT_LISTEN, WebSub};

use reader::Reader;

/// How far back a feed's first poll looks where the configuration does not say.
pub const DEFAULT_LOOKBACK: Duration = Duration::from_secs(24 * 60 * 60);

/// What a configuration may refer to outside itself.
pub trait Surroundings {
    /// The value of an environment variable.
    fn var(&self, name: &str) -> Option<String>;
    /// The text of a file.
    fn read(&self, path: &Path) -> io::Result<String>;
    /// The names of the files in a directory, in any order.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// The time zone of this name (IANA), from the database that the program carries.
    fn zone(&self, name: &str) -> Option<TimeZone> {
        TimeZoneDatabase::bundled().get(name).ok()
    }
}

/// A configuration without a mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where state lives, unless `$STATE_DIRECTORY` says otherwise.
    pub state_dir: Option<PathBuf>,
    /// Whom a publisher may ask about our requests: an e-mail address or a URL.
    pub contact: Option<String>,
    /// How old an item of a feed's first poll may be to be told of.
    pub lookback: Duration,
    /// Requests that polling may make, for feeds without an interval of their own.
    pub budget: Budget,
    /// How soon an alert has to be with its target after it could have been found; the owner hears of breaches.
    pub alert_within: Option<Duration>,
    /// Names of the targets that are told of dead letters and broken feeds.
    pub owner: Vec<String>,
    /// Networks that feeds may lie in although they are not public.
    pub allow_private: Vec<ipnet::IpNet>,
    /// How long the further reports of a story are collected before they are told.
    pub quiet: Duration,
    /// Bounds on requests.
    pub fetch: FetchLimits,
    /// How hubs reach us; without it nothing listens, and no hub is asked.
    pub websub: Option<WebSub>,
    /// When which targets are tried with a marked item.
    pub drill: Option<DrillConfig>,
    /// Links in alerts, by which their readers can act; without it there are none.
    pub links: Option<LinksConfig>,
    /// The URL of a dead-man's switch, which knows from it who we are: a secret.
    pub heartbeat: Option<Secret>,
    /// What is watched.
    pub feeds: Vec<Feed>,
    /// What is waited for.
    pub watches: Vec<Watch>,
    /// Who is told.
    pub targets: Vec<Target>,
    /// Which alerts go where, in their order; what fits none goes to its watch's targets.
    pub routes: Vec<Route>,
}

/// What [`check`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The configuration, if and only if no diagnostic is an error.
    pub config: Option<Config>,
    /// Mistakes and warnings, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// The file itself, then the files of watches in the order in which they were read.
    pub documents: Vec<Document>,
    /// Where things stand that are judged by trying them.
    pub marks: Vec<Mark>,
}

/// Reads the configuration `text` that stands in the file `path`. Relative paths in it start at that file's directory;
/// give an absolute `path`, since the ids of feeds that are files follow from theirs.
pub fn check(text: &str, path: &Path, surroundings: &dyn Surroundings) -> Checked {
    let mut reader = Reader::new(path, surroundings);
    let main = Document { path: path.to_owned(), text: text.into() };
    let config = reader.within(main, |document, reader| root::read(document, reader));
    reader.finish(config)
}
