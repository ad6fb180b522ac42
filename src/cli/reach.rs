//! Reaching the store: through the daemon that holds it, or directly.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::CliError;
use super::file::Loaded;
use crate::clock::Clock;
use crate::matcher::Matcher;
use crate::store::{Embedded, StoreError};
use crate::web::Admin;

/// For a daemon's whole answer: one that hangs must not hang whoever asks it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Who answers.
pub(super) enum Reach {
    /// A daemon, on its socket.
    Daemon(Client),
    /// The store itself, which nobody else holds.
    Store(Admin),
}

impl Reach {
    /// The daemon, if one runs, which answers within `timeout`.
    pub(super) async fn daemon(loaded: &Loaded, timeout: Duration) -> Result<Option<Client>, CliError> {
        for path in loaded.place().sockets() {
            // A socket that a dead daemon left behind refuses.
            if tokio::net::UnixStream::connect(&path).await.is_ok() {
                return Client::new(&path, timeout).map(Some);
            }
        }
        Ok(None)
    }

    pub(super) async fn of(loaded: &Loaded) -> Result<Self, CliError> {
        if let Some(daemon) = Self::daemon(loaded, ANSWER_TIMEOUT).await? {
            return Ok(Reach::Daemon(daemon));
        }
        let place = loaded.place();
        if !place.state_dir.join("db").exists() {
            return Err(CliError::Failure(format!(
                "nothing is stored in {} yet: newswatch has not run with this configuration",
                place.state_dir.display()
            )));
        }
        let store = Embedded::open(&place.state_dir).map_err(|error| match error {
            StoreError::Held { .. } => CliError::TryAgain(format!("{error}, and its socket does not answer")),
            other => CliError::failure(other),
        })?;
        let config = &loaded.config;
        Ok(Reach::Store(Admin {
            store: store.into(),
            state_dir: place.state_dir,
            feeds: config.feeds.clone().into(),
            budget: config.budget,
            matcher: Arc::new(Matcher::new(&config.watches).map_err(CliError::failure)?),
            targets: config.targets.clone().into(),
            stories: None,
            silences: Arc::default(),
            drills: None,
            troubles: Arc::default(),
            clock: Clock::system(),
            wake: None,
            running: None,
        }))
    }
}

/// Asks a daemon.
pub(super) struct Client {
    http: reqwest::Client,
    path: PathBuf,
}

impl Client {
    fn new(path: &Path, timeout: Duration) -> Result<Self, CliError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().unix_socket(path).no_proxy().timeout(timeout);
        let http = builder.build().map_err(CliError::failure)?;
        Ok(Self { http, path: path.to_owned() })
    }

    /// The answer to a question of the admin API.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        asked: &[(&str, Option<String>)],
    ) -> Result<T, CliError> {
        let mut url = url::Url::parse("http://newswatch").map_err(CliError::failure)?;
        url.set_path(path);
        let given = asked.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        url.query_pairs_mut().extend_pairs(given);
        self.answer(self.http.get(url)).await
    }

    /// The answer to something that the admin API is told.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, told: &impl Serialize) -> Result<T, CliError> {
        let body = serde_json::to_vec(told).map_err(CliError::failure)?;
        let request = self.http.post(format!("http://newswatch{path}")).header(CONTENT_TYPE, "application/json");
        self.answer(request.body(body)).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CliError> {
        let failed = |error: &dyn std::fmt::Display| {
            CliError::Failure(format!("the daemon at {} did not answer: {error}", self.path.display()))
        };
        let broken = |error: reqwest::Error| match error.is_timeout() {
            true => failed(&"it took too long"),
            false => failed(&error),
        };
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        let body = response.bytes().await.map_err(broken)?;
        if !status.is_success() {
            let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let why = told["error"].as_str().map_or_else(|| status.to_string(), str::to_owned);
            return Err(CliError::Failure(why));
        }
        serde_json::from_slice(&body).map_err(|error| failed(&error))
    }
}

/// Prints a report as JSON or by `show`.
pub(super) fn print<T: Serialize>(
    report: &T,
    json: bool,
    out: &mut super::out::Out,
    show: impl FnOnce(&T, &mut super::out::Out) -> Result<(), CliError>,
) -> Result<(), CliError> {
    if json {
        out.json(report)?
    } else {
        show(report, out)?
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_daemon_that_hangs_is_not_waited_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("newswatch.sock");
        // Connections are taken by the system; nobody ever reads from them.
        let _silent = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        let client = Client::new(&path, Duration::from_millis(50)).expect("a client");
        let asked = tokio::time::timeout(Duration::from_secs(10), client.get::<serde_json::Value>("/v1/status", &[]));
        let error = asked.await.expect("an end").expect_err("no answer");
        assert!(error.to_string().ends_with("did not answer: it took too long"), "{error}");
    }
}
