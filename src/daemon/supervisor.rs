//! Supervision: named tasks that are expected to run until they are cancelled.

use std::collections::HashMap;
use std::fmt::Display;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// A task ended that should not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{task} stopped: {why}")]
pub struct Failure {
    /// Its name.
    pub task: String,
    /// Its error, its panic, or that it simply returned.
    pub why: String,
}

/// How tasks took it to be stopped.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// The names of those that had to be aborted.
    pub late: Vec<String>,
    /// The first that failed at what it had begun.
    pub failure: Option<Failure>,
}

/// Runs named tasks.
#[derive(Debug)]
pub struct Supervisor {
    cancel: CancellationToken,
    tasks: JoinSet<Result<(), String>>,
    names: HashMap<Id, String>,
}

impl Supervisor {
    /// A supervisor of tasks that end when `cancel` is cancelled.
    pub fn new(cancel: CancellationToken) -> Self {
        Self { cancel, tasks: JoinSet::new(), names: HashMap::new() }
    }

    /// Starts a task.
    pub fn spawn<E: Display>(&mut self, name: String, task: impl Future<Output = Result<(), E>> + Send + 'static) {
        let handle = self.tasks.spawn(async move { task.await.map_err(|error| error.to_string()) });
        self.names.insert(handle.id(), name);
    }

    /// Waits until cancelled. If a task ends before, everything is cancelled and the task is named.
    pub async fn until_cancelled(&mut self) -> Result<(), Failure> {
        let ended = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Ok(()),
            Some(ended) = self.tasks.join_next_with_id() => ended,
            else => return Ok(()),
        };
        // A task that saw the cancellation first is no failure.
        if self.cancel.is_cancelled() && matches!(ended, Ok((_, Ok(())))) {
            self.forget(&ended);
            return Ok(());
        }
        self.cancel.cancel();
        Err(self.failure(ended))
    }

    /// Cancels, and waits until all tasks have ended or the deadline has passed.
    pub async fn stop(mut self, deadline: Duration) -> Stopped {
        self.cancel.cancel();
        let mut first = None;
        let all = async {
            while let Some(ended) = self.tasks.join_next_with_id().await {
                let clean = matches!(ended, Ok((_, Ok(()))));
                if clean {
                    self.forget(&ended);
                } else {
                    let failure = self.failure(ended);
                    tracing::error!(%failure, "while stopping");
                    first.get_or_insert(failure);
                }
            }
        };
        // The tasks are aborted when the set is dropped.
        let _ = tokio::time::timeout(deadline, all).await;
        Stopped { late: self.names.into_values().collect(), failure: first }
    }

    fn forget(&mut self, ended: &Result<(Id, Result<(), String>), JoinError>) -> String {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        self.names.remove(&id).unwrap_or_else(|| "a task".to_owned())
    }

    fn failure(&mut self, ended: Result<(Id, Result<(), String>), JoinError>) -> Failure {
        let task = self.forget(&ended);
        let why = match ended {
            Ok((_, Ok(()))) => "it returned before it was told to".to_owned(),
            Ok((_, Err(error))) => error,
            Err(error) => error.to_string(),
        };
        Failure { task, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_by_itself_stops_the_rest_and_is_named() {
        let cancel = CancellationToken::new();
        let mut tasks = Supervisor::new(cancel.clone());
        let waits = cancel.clone();
        tasks.spawn("waiting".to_owned(), async move {
            waits.cancelled().await;
            Ok::<(), String>(())
        });
        tasks.spawn("broken".to_owned(), async { Err("no disk") });
        let failure = tasks.until_cancelled().await.expect_err("a failure");
        assert_eq!(failure.to_string(), "broken stopped: no disk");
        assert!(cancel.is_cancelled());
        assert_eq!(tasks.stop(Duration::from_secs(5)).await, Stopped::default());
    }

    #[tokio::test]
    async fn a_panic_is_a_failure() {
        let mut tasks = Supervisor::new(CancellationToken::new());
        tasks.spawn("wild".to_owned(), async { if true { panic!("boom") } else { Ok::<(), String>(()) } });
        assert!(tasks.until_cancelled().await.expect_err("a failure").why.contains("boom"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_hangs_is_named_after_the_deadline() {
        let mut tasks = Supervisor::new(CancellationToken::new());
        tasks.spawn("deaf".to_owned(), std::future::pending::<Result<(), String>>());
        assert_eq!(tasks.stop(Duration::from_secs(10)).await.late, ["deaf"]);
    }

    #[tokio::test]
    async fn who_fails_while_stopping_is_named() {
        let cancel = CancellationToken::new();
        let mut tasks = Supervisor::new(cancel.clone());
        let waits = cancel.clone();
        tasks.spawn("writing".to_owned(), async move {
            waits.cancelled().await;
            Err("no disk")
        });
        let stopped = tasks.stop(Duration::from_secs(5)).await;
        assert_eq!(stopped.failure.expect("a failure").to_string(), "writing stopped: no disk");
        assert!(stopped.late.is_empty());
    }
}
