//! The clients of feeds that are asked for through a proxy of their own.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Client;

use super::{ClientError, client};
use crate::address::AddressPolicy;
use crate::model::Secret;

/// A client for each proxy, made when it is first wanted.
pub(super) struct Proxies {
    policy: AddressPolicy,
    contact: Option<String>,
    connect_timeout: Duration,
    clients: Mutex<HashMap<String, Client>>,
}

impl Proxies {
    pub(super) fn new(policy: AddressPolicy, contact: Option<&str>, connect_timeout: Duration) -> Self {
        Self { policy, contact: contact.map(str::to_owned), connect_timeout, clients: Mutex::default() }
    }

    /// The client that goes through `proxy`.
    pub(super) fn client(&self, proxy: &Secret) -> Result<Client, ClientError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(proxy.expose()) {
            return Ok(client.clone());
        }
        let client = client::behind(proxy, &self.policy, self.contact.as_deref(), self.connect_timeout)?;
        clients.insert(proxy.expose().to_owned(), client.clone());
        Ok(client)
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies")
    }
}
