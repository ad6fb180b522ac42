//! The log: to standard error, a level by `NEWSWATCH_LOG`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::SystemTime;

use super::out;

/// A daemon tells what it does, a command only what goes wrong. The journal adds the time itself.
pub(super) fn init(daemon: bool) {
    let default = if daemon { "newswatch=info,warn" } else { "warn" };
    let filter = EnvFilter::try_from_env("NEWSWATCH_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(out::colored());
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        log.without_time().init();
    } else {
        log.with_timer(SystemTime).init();
    }
}
