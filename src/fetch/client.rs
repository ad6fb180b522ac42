//! The HTTP client: rustls, no redirects of its own, no cookies, and a resolver that gives out permitted addresses only.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use crate::address::AddressPolicy;
use crate::model::Secret;

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

/// Idle connections kept to a host that alerts are posted to, and for how long: alerts come in bursts.
const MAX_IDLE_POSTING: usize = 4;
const IDLE_POSTING: Duration = Duration::from_secs(30);

/// A client that dials permitted addresses only, for feeds. The caller checks addresses that stand in
/// a URL itself, and follows redirects itself: each hop anew.
pub fn client(
    policy: &AddressPolicy,
    contact: Option<&str>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    Ok(builder(policy, contact, connect_timeout, proxy_hosts())?.build()?)
}

/// The same for targets, whose connections are kept for a while.
pub fn posting_client(
    policy: &AddressPolicy,
    contact: Option<&str>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    let builder = builder(policy, contact, connect_timeout, proxy_hosts())?;
    Ok(builder.pool_max_idle_per_host(MAX_IDLE_POSTING).pool_idle_timeout(IDLE_POSTING).build()?)
}

/// A client that dials this proxy and nothing else, whatever the environment says of proxies.
pub(super) fn behind(
    proxy: &Secret,
    policy: &AddressPolicy,
    contact: Option<&str>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    let exempt = proxy_host(proxy.expose()).into_iter().collect();
    let proxy = reqwest::Proxy::all(proxy.expose())?;
    Ok(builder(policy, contact, connect_timeout, exempt)?.proxy(proxy).build()?)
}

fn builder(
    policy: &AddressPolicy,
    contact: Option<&str>,
    connect_timeout: Duration,
    exempt: Vec<String>,
) -> Result<reqwest::ClientBuilder, ClientError> {
    // Fails only where a provider is installed already, which is then ours.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let agent = contact.map_or_else(|| USER_AGENT.to_owned(), |contact| format!("{USER_AGENT} (+{contact})"));
    let agent = reqwest::header::HeaderValue::from_str(&agent).map_err(|_| ClientError::Contact)?;
    let resolver = GuardedResolver { policy: policy.clone(), exempt };
    Ok(reqwest::Client::builder()
        .user_agent(agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
        .dns_resolver(Arc::new(resolver)))
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
        let exempt = self.exempt.iter().any(|host| host.eq_ignore_ascii_case(name.as_str()));
        let policy = if exempt { None } else { Some(self.policy.clone()) };
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
        .filter_map(|name| proxy_host(&std::env::var(name).ok()?))
        .collect()
}

/// The host of a proxy as the variables have it: a URL, or, as reqwest takes it too, one without its `http://`.
fn proxy_host(value: &str) -> Option<String> {
    let value = value.trim();
    let url = if value.contains("://") { value.parse::<Url>() } else { format!("http://{value}").parse() };
    url.ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_known_by_its_host_with_or_without_a_scheme() {
        for value in ["localhost:8199", "http://localhost:8199", "http://localhost", " me:pw@localhost:8199/ "] {
            assert_eq!(proxy_host(value).as_deref(), Some("localhost"), "{value}");
        }
        assert_eq!(proxy_host("https://Proxy.Example:3128").as_deref(), Some("proxy.example"));
        for value in ["", "http://", ":8199"] {
            assert_eq!(proxy_host(value), None, "{value}");
        }
    }
}
