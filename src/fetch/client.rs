//! The HTTP client: rustls, no redirects of its own, no cookies, and a resolver that gives out permitted addresses only.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::address::AddressPolicy;

/// What servers see, less the contact.
pub const USER_AGENT: &str = concat!("newswatch/", env!("CARGO_PKG_VERSION"));
/// Idle connections kept a host. A feed is asked again in minutes; of thousands of hosts, each with a connection left
/// open, the last would find no file descriptor.
const MAX_IDLE_PER_HOST: usize = 0;

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS or the resolver could not be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Setup(#[from] reqwest::Error),
    /// The contact cannot stand in a header.
    #[error("`contact` may hold visible ASCII characters only")]
    Contact,
}

/// A client that dials permitted addresses only, for feeds and for webhooks. The caller checks addresses that stand in
/// a URL itself, and follows redirects itself: each hop anew.
pub fn client(
    policy: &AddressPolicy,
    contact: Option<&str>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    // Fails only where a provider is installed already, which is then ours.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let agent = contact.map_or_else(|| USER_AGENT.to_owned(), |contact| format!("{USER_AGENT} (+{contact})"));
    let agent = reqwest::header::HeaderValue::from_str(&agent).map_err(|_| ClientError::Contact)?;
    let resolver = GuardedResolver { policy: policy.clone(), exempt: proxy_hosts() };
    Ok(reqwest::Client::builder()
        .user_agent(agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
        .dns_resolver(Arc::new(resolver))
        .build()?)
}

/// An address was left out by the policy.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a public address")]
pub(super) struct Refused(pub(super) IpAddr);

#[derive(Debug)]
struct GuardedResolver {
    policy: AddressPolicy,
    /// Proxies are the operator's own choice.
    exempt: Vec<String>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy =
            if self.exempt.iter().any(|host| host == name.as_str()) { None } else { Some(self.policy.clone()) };
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<SocketAddr> =
                found.iter().copied().filter(|at| policy.as_ref().is_none_or(|p| p.permits(at.ip()))).collect();
            match (permitted.is_empty(), found.first()) {
                (true, Some(at)) => Err(Box::new(Refused(at.ip())) as Box<dyn Error + Send + Sync>),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}

fn proxy_hosts() -> Vec<String> {
    ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"]
        .iter()
        .filter_map(|name| std::env::var(name).ok()?.parse::<Url>().ok()?.host_str().map(str::to_owned))
        .collect()
}
