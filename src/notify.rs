//! Stop 7 of the trip, outer half: notifiers, the code that hands an alert to a target.
//!
//! A notifier makes one attempt and says how it ended; when to try again is not its business. Every text of an item was
//! written by a stranger: each notifier encodes it for where it goes ([`inert`]).

mod brief;
mod capacity;
mod email;
mod exec;
mod facts;
mod html;
mod http;
mod letter;
mod markup;
mod palette;
mod payload;
mod reason;
mod sample;
mod service;
mod signature;
mod terminal;
mod text;
mod webhook;
mod words;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::address::AddressPolicy;
use crate::model::{Alert, Delivery, Target, TargetKind};

pub use capacity::capacity;
pub use http::REQUEST_TIMEOUT;
pub use payload::{MAX_BODY_BYTES, SCHEMA_VERSION, payload};
pub use reason::reason;
pub use sample::{KINDS, sample};
pub use signature::{KeyError, sign};
pub use text::{inert, inert_json, plain, reckoning};
pub use words::{WordingError, try_wording};

use words::Words;

/// How an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// It may go well later.
    #[error("{why}")]
    Transient {
        /// What happened.
        why: String,
        /// The target asked to wait at least so long.
        retry_after: Option<Duration>,
    },
    /// The target will never accept it.
    #[error("{why}")]
    Permanent {
        /// What happened.
        why: String,
    },
    /// The target is there no more, and will accept nothing again.
    #[error("{why}")]
    Gone {
        /// What happened.
        why: String,
    },
}

impl NotifyError {
    fn transient(why: impl ToString) -> Self {
        NotifyError::Transient { why: why.to_string(), retry_after: None }
    }

    fn permanent(why: impl ToString) -> Self {
        NotifyError::Permanent { why: why.to_string() }
    }
}

/// A target cannot be served as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("target `{target}`: {why}")]
pub struct BuildError {
    /// The target's name.
    pub target: String,
    /// What is wrong.
    pub why: String,
}

/// Hands alerts to one target.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// One attempt, at `now`. `Ok` means that the target has accepted it.
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError>;

    /// What an attempt at `now` would send, for a person's eyes: whole, but without secrets.
    fn preview(&self, _delivery: &Delivery, _alert: &Alert, _now: Timestamp) -> Result<String, NotifyError> {
        Err(NotifyError::permanent("this target has no preview"))
    }
}

/// The notifier of a target. `client` dials what `policy` permits.
pub fn build(
    target: &Target,
    client: &reqwest::Client,
    policy: &AddressPolicy,
) -> Result<Box<dyn Notifier>, BuildError> {
    let failed = |why: String| BuildError { target: target.name.clone(), why };
    let words = Words::new(&target.wording).map_err(failed)?;
    let (client, policy) = (client.clone(), policy.clone());
    Ok(match &target.kind {
        TargetKind::Terminal(config) => Box::new(terminal::Terminal::new(config.clone())),
        TargetKind::Email(config) => Box::new(email::Email::new(config, words).map_err(failed)?),
        TargetKind::Webhook(config) => Box::new(webhook::Webhook::new(config, words, client, policy).map_err(failed)?),
        TargetKind::Service(config) => Box::new(service::Told::new(config, words, client, policy)),
        TargetKind::Exec(config) => Box::new(exec::Exec::new(config, words)),
    })
}
