//! `newswatch completions` and `newswatch man`: made from the command definitions, so that they cannot drift.

use clap::CommandFactory;

use super::out::Out;
use super::{Cli, CliError};

#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &Completions, out: &mut Out) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "newswatch", &mut script);
    out.bytes(&script)?;
    out.flush()
}

pub(super) fn man(out: &mut Out) -> Result<(), CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    out.bytes(&page)?;
    out.flush()
}
