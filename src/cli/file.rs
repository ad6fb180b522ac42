//! Configurations as files: finding, reading, checking.

use std::io;
use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;

use jiff::tz::TimeZone;

use super::{CliError, out};
use crate::config::{self, Checked, Config, Diagnostic, Document, Mark, Severity, Surroundings};
use crate::daemon::{Place, SYSTEM_CONFIG};

/// The process's environment and the file system.
struct Real;

impl Surroundings for Real {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(std::fs::read(path)?).map_err(|error| {
            let what = format!("it is not UTF-8 from line {} on", first_bad_line(&error));
            io::Error::new(io::ErrorKind::InvalidData, what)
        })
    }

    fn zone(&self, name: &str) -> Option<TimeZone> {
        // The system's rules, which its updates keep true; where it has none, the program's own.
        TimeZone::get(name).ok()
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            // A link is what it leads to; one that leads nowhere is told of when it is read.
            let is_file = std::fs::metadata(entry.path()).map_or(true, |metadata| metadata.is_file());
            // A name that is not UTF-8 is like no pattern.
            names.extend(entry.file_name().into_string().ok().filter(|_| is_file));
        }
        Ok(names)
    }
}

/// A configuration without mistakes.
pub(super) struct Loaded {
    pub(super) path: PathBuf,
    pub(super) config: Config,
    /// The configuration itself, then the files of watches.
    pub(super) documents: Vec<Document>,
    /// Where things stand that are judged by trying them.
    pub(super) marks: Vec<Mark>,
}

impl Loaded {
    /// Where its daemon is.
    pub(super) fn place(&self) -> Place {
        Place::of(&self.path, &self.config, |name| std::env::var(name).ok())
    }

    /// Tells on standard error what is to be said about it.
    pub(super) fn tell(&self, diagnostics: &[Diagnostic]) {
        tell(diagnostics, &self.documents);
    }
}

/// Loads the configuration, `path` or the default one. Mistakes are told on standard error.
pub(super) fn load(path: Option<PathBuf>) -> Result<Loaded, CliError> {
    let (path, checked) = read(path)?;
    let Checked { config, diagnostics, documents, marks } = checked;
    let mistakes = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    tell(&diagnostics, &documents);
    match config {
        Some(config) => Ok(Loaded { path, config, documents, marks }),
        None => Err(CliError::Config(format!("{} has {}", shown(&path).display(), counted(mistakes, "mistake")))),
    }
}

fn tell(diagnostics: &[Diagnostic], documents: &[Document]) {
    if !diagnostics.is_empty() {
        out::say(config::render(diagnostics, documents, shown, out::colored()).trim_end());
    }
}

fn read(path: Option<PathBuf>) -> Result<(PathBuf, Checked), CliError> {
    let path = path.map_or_else(default_path, Ok)?;
    let failed = |error| CliError::Config(format!("cannot read {}: {error}", path.display()));
    // Absolute, because the ids of feeds in files and the place of the state depend on it.
    let path = path.canonicalize().map_err(failed)?;
    let bytes = std::fs::read(&path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = first_bad_line(&error);
        CliError::Config(format!("{}:{line}: the file is not UTF-8 from here on", path.display()))
    })?;
    let checked = config::check(&text, &path, &Real);
    Ok((path, checked))
}

/// The number of the line on which a text stops being UTF-8.
pub(super) fn first_bad_line(error: &FromUtf8Error) -> usize {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The path as a person would write it: relative where it lies below.
pub(super) fn shown(path: &Path) -> PathBuf {
    let below = std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

fn default_path() -> Result<PathBuf, CliError> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let xdg = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute()).or(home);
    let mut candidates = vec![PathBuf::from(SYSTEM_CONFIG)];
    candidates.extend(xdg.map(|dir| dir.join("newswatch/newswatch.toml")));
    candidates.iter().find(|path| path.exists()).cloned().ok_or_else(|| {
        let looked: Vec<String> = candidates.iter().map(|path| path.display().to_string()).collect();
        CliError::Config(format!("no configuration: name one, or put it at {}", looked.join(" or ")))
    })
}

/// `1 feed`, `2 feeds`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!(
        "{count} {noun}{}",
        if count == 1 {
            ""
        } else if noun.ends_with("ch") {
            "es"
        } else {
            "s"
        }
    )
}
