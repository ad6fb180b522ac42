//! Targets: configured receivers of alerts.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::{ExecTarget, Manner, Secret, ServiceTarget, Wording};

/// A configured receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Unique; part of every delivery's id.
    pub name: String,
    /// How it is reached.
    pub kind: TargetKind,
    /// How long a delivery is tried before it becomes a dead letter.
    pub deadline: Duration,
    /// When and how often it wants to be told.
    pub manner: Manner,
    /// In which words it is told.
    pub wording: Wording,
}

impl Target {
    /// A target that is told at once.
    pub fn new(name: &str, kind: TargetKind, deadline: Duration) -> Self {
        Self { name: name.to_owned(), kind, deadline, manner: Manner::default(), wording: Wording::default() }
    }
}

/// How a target is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetKind {
    /// Standard output.
    Terminal(TerminalTarget),
    /// SMTP.
    Email(Box<EmailTarget>),
    /// HTTP POST after Standard Webhooks 1.0.
    Webhook(Box<WebhookTarget>),
    /// A service in its own form.
    Service(Box<ServiceTarget>),
    /// A program.
    Exec(Box<ExecTarget>),
}

impl TargetKind {
    /// The kind as it stands in the configuration.
    pub fn name(&self) -> &'static str {
        match self {
            TargetKind::Terminal(_) => "terminal",
            TargetKind::Email(_) => "email",
            TargetKind::Webhook(_) => "webhook",
            TargetKind::Service(target) => target.service.name(),
            TargetKind::Exec(_) => "exec",
        }
    }
}

/// What is written to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TerminalFormat {
    /// A few lines for a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Standard output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TerminalTarget {
    /// For a person or for a program.
    pub format: TerminalFormat,
}

/// How a connection to an SMTP server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmtpTls {
    /// STARTTLS, required: a server that does not offer it is a failure (RFC 3207).
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// None: for a mail server on this machine.
    None,
}

/// A mail server and who gets mail through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailTarget {
    /// Host name or address of the SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// A PEM file of certificate authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// For SMTP AUTH, with `password`.
    pub username: Option<String>,
    /// For SMTP AUTH.
    pub password: Option<Secret>,
    /// `From`, as in RFC 5322.
    pub from: String,
    /// `To`, one address each.
    pub to: Vec<String>,
}

/// An HTTP receiver.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookTarget {
    /// Where alerts are posted. Receivers often put a token into it, so it is shown without path and query.
    pub url: Url,
    /// Keys that each request is signed with, `whsec_` and base64 as configured; two while a key is rotated.
    pub keys: Vec<Secret>,
}

impl std::fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookTarget({}, {} keys)", self.url.origin().ascii_serialization(), self.keys.len())
    }
}
