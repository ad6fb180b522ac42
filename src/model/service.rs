//! Services that people already look at, and programs: targets that want an alert in a form of their own.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::Secret;

/// A service that is told over HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceTarget {
    /// Where it is reached: the whole URL of an incoming webhook, else what the paths of the service's API follow. Webhooks
    /// have a token in it, so it is shown without path and query.
    pub url: Url,
    /// Which it is, and what it needs besides.
    pub service: Service,
}

impl std::fmt::Debug for ServiceTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServiceTarget({}, {:?})", self.url.origin().ascii_serialization(), self.service)
    }
}

/// The services whose form is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// Incoming webhook.
    Slack,
    /// Webhook of a channel.
    Discord,
    /// Webhook of the Workflows app.
    Teams,
    /// Incoming webhook.
    Mattermost,
    /// A bot.
    Telegram {
        /// The bot's token.
        token: Secret,
        /// Id of the chat, or `@` and the name of a public one.
        chat: String,
    },
    /// Client-server API.
    Matrix {
        /// The access token of the account that writes.
        token: Secret,
        /// Id of the room, `!…`.
        room: String,
    },
    /// A topic.
    Ntfy {
        /// The access token, where the topic is protected.
        token: Option<Secret>,
        /// Its name.
        topic: String,
    },
    /// Events API v2.
    PagerDuty {
        /// The integration key.
        routing_key: Secret,
        /// How bad each alert is.
        severity: Severity,
    },
    /// API v2.
    Alertmanager {
        /// A bearer token, where a proxy in front of it asks for one.
        token: Option<Secret>,
        /// How long an alert fires.
        resolve_after: Duration,
    },
}

impl Service {
    /// The service as it stands in the configuration.
    pub fn name(&self) -> &'static str {
        match self {
            Service::Slack => "slack",
            Service::Discord => "discord",
            Service::Teams => "teams",
            Service::Mattermost => "mattermost",
            Service::Telegram { .. } => "telegram",
            Service::Matrix { .. } => "matrix",
            Service::Ntfy { .. } => "ntfy",
            Service::PagerDuty { .. } => "pagerduty",
            Service::Alertmanager { .. } => "alertmanager",
        }
    }
}

/// How bad an event is (PagerDuty's words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// It may become worse.
    #[default]
    Warning,
    /// It is bad.
    Error,
    /// It cannot wait.
    Critical,
}

impl Severity {
    /// The severity as it stands in the configuration and in events.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
            Severity::Critical => "critical",
        }
    }
}

/// A program that is started for each alert.
#[derive(Clone, PartialEq, Eq)]
pub struct ExecTarget {
    /// Absolute path of the program.
    pub program: PathBuf,
    /// Its arguments, as they are: no shell sees them. One may be a token, so they are not shown.
    pub arguments: Vec<String>,
    /// How long it may take before it is killed.
    pub timeout: Duration,
}

impl std::fmt::Debug for ExecTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExecTarget({:?}, {} arguments, {:?})", self.program, self.arguments.len(), self.timeout)
    }
}

/// What a target is told in words of its user's: sources of templates; `None` is told as it always is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// Of the one line above all: a subject, a summary.
    pub title: Option<String>,
    /// Of the rest.
    pub text: Option<String>,
    /// Of the JSON that a webhook or a program gets.
    pub body: Option<String>,
}
