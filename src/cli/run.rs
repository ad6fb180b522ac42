//! `newswatch run`: the daemon.

use std::path::PathBuf;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{CliError, file, out};
use crate::daemon::{self, DaemonError};
use crate::store::StoreError;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration
    config: Option<PathBuf>,
    /// Poll every feed once, deliver, and exit; 75 if a delivery has to be tried again
    #[arg(long)]
    once: bool,
}

pub(super) async fn run(args: Args) -> Result<(), CliError> {
    let loaded = file::load(args.config)?;
    let place = loaded.place();
    let cancel = CancellationToken::new();
    listen_for_signals(&cancel)?;
    if args.once {
        let report = daemon::once(loaded.config, &place, cancel.clone()).await.map_err(explain)?;
        out::say(&format!("polled {}, {} failed", file::counted(report.round.polled, "feed"), report.round.failed));
        if report.waiting && !cancel.is_cancelled() {
            return Err(CliError::TryAgain(
                "some deliveries were not accepted yet; run again to retry them".to_owned(),
            ));
        }
        return Ok(());
    }
    daemon::run(loaded.config, &place, cancel).await.map_err(explain)
}

/// The first SIGINT or SIGTERM asks to stop, the second does not ask.
fn listen_for_signals(cancel: &CancellationToken) -> Result<(), CliError> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
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

fn explain(error: DaemonError) -> CliError {
    match error {
        DaemonError::Store(StoreError::Held { .. }) => CliError::TryAgain(error.to_string()),
        DaemonError::Target(_) | DaemonError::Matcher(_) => CliError::Config(error.to_string()),
        _ => CliError::failure(error),
    }
}
