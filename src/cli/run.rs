//! `newswatch run`: the daemon.

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{CliError, file, out};
use crate::daemon::{self, DaemonError, OnceReport};
use crate::poller::Round;
use crate::store::StoreError;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration
    config: Option<PathBuf>,
    /// Poll every feed once, deliver, and exit; 75 if no feed could be read or a delivery has to be tried again
    #[arg(long)]
    once: bool,
}

pub(super) async fn run(args: Args) -> Result<(), CliError> {
    let loaded = file::load(args.config)?;
    let place = loaded.place();
    let cancel = CancellationToken::new();
    listen_for_signals(&cancel)?;
    if args.once {
        let feeds = loaded.config.feeds.len();
        let report = daemon::once(loaded.config, &place, cancel.clone()).await.map_err(explain)?;
        out::say(&told(&report.round));
        return verdict(report, feeds, cancel.is_cancelled());
    }
    daemon::run(loaded.config, &place, cancel).await.map_err(explain)
}

fn told(round: &Round) -> String {
    let polled = format!("polled {}, {} failed", file::counted(round.polled, "feed"), round.failed);
    match round.unasked {
        0 => polled,
        unasked => format!("{polled}; {} not asked: hosts want peace", file::counted(unasked, "feed")),
    }
}

/// What a script that ran `--once` has to know. One feed that fails is the publisher's trouble and stands in the
/// reports; where none can be read, something is wrong here.
fn verdict(report: OnceReport, feeds: usize, interrupted: bool) -> Result<(), CliError> {
    if interrupted {
        Err(CliError::Interrupted)
    } else if report.waiting {
        Err(CliError::TryAgain("some deliveries were not accepted yet; run again to retry them".to_owned()))
    } else if feeds > 0 && report.round.failed + report.round.unasked >= feeds {
        Err(CliError::TryAgain("no feed could be read; `newswatch feeds` says why".to_owned()))
    } else {
        Ok(())
    }
}

/// The first SIGINT, SIGTERM or SIGHUP (a terminal that was closed) asks to stop, the second does not ask.
fn listen_for_signals(cancel: &CancellationToken) -> Result<(), CliError> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let mut signals = signal(kind).map_err(CliError::failure)?;
        let cancel = cancel.clone();
        tokio::spawn(async move {
            signals.recv().await;
            tracing::info!("stopping");
            cancel.cancel();
            signals.recv().await;
            std::process::exit(130);
        });
    }
    Ok(())
}

pub(super) fn explain(error: DaemonError) -> CliError {
    match error {
        DaemonError::Store(StoreError::Held { .. }) => CliError::TryAgain(error.to_string()),
        DaemonError::Target(_) | DaemonError::Matcher(_) => CliError::Config(error.to_string()),
        _ => CliError::failure(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_learns_whether_to_come_back() {
        let code = |polled, failed, unasked, waiting, interrupted| {
            let report = OnceReport { round: Round { polled, failed, unasked }, waiting };
            verdict(report, 3, interrupted).map_or_else(|error| error.code(), |()| 0)
        };
        assert_eq!(code(3, 0, 0, false, false), 0);
        assert_eq!(code(3, 2, 0, false, false), 0, "one could be read");
        assert_eq!(code(1, 0, 2, false, false), 0, "the one that was asked could be read");
        assert_eq!(code(0, 0, 0, false, false), 0, "all are gone for good, and that was told");
        assert_eq!(code(3, 3, 0, false, false), 75);
        assert_eq!(code(1, 1, 2, false, false), 75);
        assert_eq!(code(3, 0, 0, true, false), 75);
        assert_eq!(code(3, 3, 0, true, true), 130);
    }
}
