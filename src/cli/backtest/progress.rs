//! How far it has come, for a person who watches: on a terminal only, never in a pipe.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// A bar on standard error; nothing where that is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// `streams` says that lines are printed on the way: where they go to the same terminal, a bar would stand between.
    pub(super) fn new(streams: bool) -> Self {
        let hidden = streams && io::stdout().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("deciding {bar:30} {percent:>3} %");
        let bar = ProgressBar::with_draw_target(None, target).with_finish(ProgressFinish::AndClear);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    /// So much is to be done.
    pub(super) fn expect(&self, steps: u64) {
        self.0.set_length(steps);
    }

    /// So much more is done.
    pub(super) fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
