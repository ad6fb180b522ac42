//! Standard output for data, standard error for talk.

use std::io::{self, IsTerminal, Stdout, Write};

use serde::Serialize;

use super::CliError;
use crate::notify::inert_json;

/// Buffered standard output. A reader that has gone ends the command quietly. Does not hold the lock: a notifier may
/// write, too.
pub(super) struct Out {
    out: io::BufWriter<Stdout>,
}

impl Out {
    pub(super) fn new() -> Self {
        Self { out: io::BufWriter::new(io::stdout()) }
    }

    pub(super) fn line(&mut self, text: impl AsRef<str>) -> Result<(), CliError> {
        self.out.write_all(text.as_ref().as_bytes())?;
        Ok(self.out.write_all(b"\n")?)
    }

    pub(super) fn json<T: Serialize>(&mut self, value: &T) -> Result<(), CliError> {
        let json = serde_json::to_string(value).map_err(io::Error::from)?;
        self.line(inert_json(&json))
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        Ok(self.out.write_all(bytes)?)
    }

    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.out.flush()?)
    }
}

/// Talk. If nobody can hear it, there is nobody to tell that either.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether standard error shows colours.
pub(super) fn colored() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stderr().is_terminal()
}
