//! A program that is started for each alert and reads the JSON of a webhook from its standard input.
//!
//! No shell sees its arguments, and nothing that a stranger wrote is among them. Its end is the answer, in the way of
//! `sysexits.h`: 0 is yes, 65 (`EX_DATAERR`) is no for good; everything else, 75 (`EX_TEMPFAIL`), a signal and a program
//! that cannot be started among it, is no for now.

use std::collections::VecDeque;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::words::Words;
use super::{Notifier, NotifyError, inert};
use crate::model::{Alert, Delivery, ExecTarget};

/// The exit code that refuses an alert for good.
const REFUSED: i32 = 65;
/// Most of what it says on standard error that is told, in bytes, from the end.
const MAX_SAID_BYTES: usize = 300;
/// How long what it left behind may keep its standard error open once it has ended itself.
const LINGER: Duration = Duration::from_secs(1);
/// What it may know of our environment, which may hold secrets.
const ENVIRONMENT: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"];

/// Starts a program for each alert.
#[derive(Debug)]
pub(super) struct Exec {
    config: ExecTarget,
    words: Words,
}

impl Exec {
    pub(super) fn new(config: &ExecTarget, words: Words) -> Self {
        Self { config: config.clone(), words }
    }

    fn command(&self, delivery: &Delivery) -> Command {
        let mut command = Command::new(&self.config.program);
        command
            .args(&self.config.arguments)
            .env_clear()
            .envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("NEWSWATCH_DELIVERY", delivery.id.to_string())
            .env("NEWSWATCH_TARGET", &delivery.target)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A Ctrl-C on our terminal ends us in good order, and is none of its business.
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

#[async_trait]
impl Notifier for Exec {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let body = self.words.payload(alert, now);
        let started = self.command(delivery).spawn();
        let mut child = started.map_err(|error| NotifyError::transient(format!("cannot start it: {error}")))?;
        let mut said = Said::default();
        match tokio::time::timeout(self.config.timeout, told(&mut child, &body, &mut said)).await {
            Ok(Ok(status)) => judge(status, &said),
            Ok(Err(error)) => Err(NotifyError::transient(format!("cannot wait for it: {error}"))),
            Err(_) => {
                // Killed and waited for, lest it stays a zombie.
                let _ = child.kill().await;
                let seconds = self.config.timeout.as_secs();
                Err(NotifyError::transient(format!("not done within {seconds} s, and killed{}", said.told())))
            }
        }
    }

    fn preview(&self, _delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        // An argument may be a token.
        let shown = inert(&self.config.program.display().to_string()) + &" ***".repeat(self.config.arguments.len());
        Ok(format!("{shown}\n\n{}", self.words.payload(alert, now)))
    }
}

/// Writes `body`, reads what it says, and waits for its end.
async fn told(child: &mut Child, body: &str, said: &mut Said) -> std::io::Result<ExitStatus> {
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // One that does not care for the details may end without reading them.
            let _ = stdin.write_all(body.as_bytes()).await;
        }
        std::future::pending::<()>().await;
    };
    let listen = async {
        if let Some(stderr) = stderr {
            said.listen(stderr).await;
        }
    };
    tokio::pin!(write, listen);
    let mut silent = false;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            () = &mut listen, if !silent => silent = true,
            () = &mut write => {}
        }
    };
    if !silent {
        let _ = tokio::time::timeout(LINGER, listen).await;
    }
    Ok(status)
}

/// The end of what a program says.
#[derive(Debug, Default)]
struct Said(VecDeque<u8>);

impl Said {
    async fn listen(&mut self, mut from: impl AsyncRead + Unpin) {
        let mut buffer = [0; 1_024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            self.0.extend(&buffer[..count]);
            self.0.drain(..self.0.len().saturating_sub(MAX_SAID_BYTES));
        }
    }

    fn told(&self) -> String {
        let (first, second) = self.0.as_slices();
        let text = inert(String::from_utf8_lossy(&[first, second].concat()).trim());
        if text.is_empty() { text } else { format!(": {text}") }
    }
}

fn judge(status: ExitStatus, said: &Said) -> Result<(), NotifyError> {
    let said = said.told();
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(REFUSED), _) => Err(NotifyError::permanent(format!("it ended with {REFUSED}{said}"))),
        (Some(code), _) => Err(NotifyError::transient(format!("it ended with {code}{said}"))),
        (None, signal) => {
            let signal = signal.map(|signal| format!(" {signal}")).unwrap_or_default();
            Err(NotifyError::transient(format!("it was ended by signal{signal}{said}")))
        }
    }
}
