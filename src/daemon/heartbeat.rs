//! The heartbeat: a URL of a dead-man's switch is asked for as long as all is well, and whoever is behind it calls people
//! when nobody asks any more. It stops when the store does not answer and when a scheduled drill has failed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::address::AddressPolicy;
use crate::model::Secret;
use crate::store::{Store, StoreError};

/// From one beat to the next.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_mins(5);
/// For one beat, and for the store's answer before it.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What a heartbeat needs.
pub(super) struct Heartbeat {
    pub(super) url: Secret,
    pub(super) client: reqwest::Client,
    pub(super) policy: AddressPolicy,
    pub(super) store: Arc<dyn Store>,
    /// Whether the last scheduled drill passed.
    pub(super) drilled: watch::Receiver<bool>,
}

impl Heartbeat {
    /// Beats until cancelled.
    pub(super) async fn run(mut self, cancel: CancellationToken) -> Result<(), StoreError> {
        loop {
            if let Err(why) = self.beat().await {
                tracing::warn!(why, "no heartbeat");
            }
            tokio::select! {
                () = cancel.cancelled() => return Ok(()),
                () = tokio::time::sleep(HEARTBEAT_INTERVAL) => {}
                // A drill that passes after one that failed is told at once.
                Ok(()) = self.drilled.changed() => {}
            }
        }
    }

    async fn beat(&self) -> Result<(), String> {
        if !*self.drilled.borrow() {
            return Err("the last drill failed".to_owned());
        }
        let answered = tokio::time::timeout(TIMEOUT, self.store.save_states(Vec::new())).await;
        answered.map_err(|_| "the store does not answer".to_owned())?.map_err(|error| error.to_string())?;
        let url: Url = self.url.expose().parse().map_err(|_| "`heartbeat` is no URL".to_owned())?;
        if let Some(address) = self.policy.refuses_literal(&url) {
            return Err(format!("{address} is not a public address; allow it with `allow_private`"));
        }
        // The URL is a secret, and an error of reqwest may quote it.
        let request = self.client.get(url).timeout(TIMEOUT).send().await;
        match request.map_err(|error| error.without_url().to_string())?.status() {
            status if status.is_success() => Ok(()),
            status => Err(format!("the switch answered {}", status.as_u16())),
        }
    }
}
