//! The `newswatch` program; see the library for how it works.

use std::process::ExitCode;

use clap::Parser;
use newswatch::cli::{self, Cli};

fn main() -> ExitCode {
    cli::run(Cli::parse())
}
