//! Standard output: alerts and nothing else.

use std::io::Write;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Notifier, NotifyError, payload, plain};
use crate::model::{Alert, Delivery, TerminalFormat, TerminalTarget};

/// Writes alerts to standard output.
#[derive(Debug)]
pub(super) struct Terminal {
    format: TerminalFormat,
}

impl Terminal {
    pub(super) fn new(config: TerminalTarget) -> Self {
        Self { format: config.format }
    }

    fn text(&self, alert: &Alert, now: Timestamp) -> String {
        match self.format {
            TerminalFormat::Text => format!("{}\n", plain(alert)),
            TerminalFormat::Json => format!("{}\n", payload(alert, now)),
        }
    }
}

#[async_trait]
impl Notifier for Terminal {
    async fn notify(&self, _delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let text = self.text(alert, now);
        // A reader that stops reading blocks the write: off the async threads with it.
        let written = tokio::task::spawn_blocking(move || {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(NotifyError::transient(format!("cannot write to standard output: {error}"))),
            Err(error) => Err(NotifyError::transient(error)),
        }
    }

    fn preview(&self, _delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        Ok(self.text(alert, now))
    }
}
