//! E-mail over SMTP, by lettre.
//!
//! A mail has a stable Message-ID (the delivery's id), so that a repeat after a crash is one message to every client
//! and archive, and refers to its story's root and to the story's first mail, so that mails about one story form a thread. Bodies are
//! quoted-printable and header texts lose their control characters: no CR or LF of a stranger reaches the server bare
//! (RUSTSEC-2026-0561).

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::words::Words;
use super::{Notifier, NotifyError, html, inert, plain};
use crate::model::{Alert, Delivery, EmailTarget, SmtpTls};

/// Most connections to a server at once; they are reused.
const MAX_CONNECTIONS: u32 = 2;
/// For one command and its answer.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);
/// For a whole attempt: a server that answers slowly to everything must not hold a delivery for ever.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(5);
/// Longest subject in characters.
const MAX_SUBJECT_CHARS: usize = 200;

/// Mails alerts.
pub(super) struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    /// The right side of message ids: where the mail comes from.
    domain: String,
    words: Words,
}

impl Email {
    pub(super) fn new(config: &EmailTarget, words: Words) -> Result<Self, String> {
        let mailbox =
            |text: &String| text.parse::<Mailbox>().map_err(|error| format!("`{text}` is no address: {error}"));
        let from = mailbox(&config.from)?;
        let to = config.to.iter().map(mailbox).collect::<Result<_, _>>()?;
        let domain = from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls(config)?)
            .timeout(Some(COMMAND_TIMEOUT))
            .hello_name(ClientId::default())
            .pool_config(PoolConfig::new().max_size(MAX_CONNECTIONS));
        if let (Some(username), Some(password)) = (&config.username, &config.password) {
            builder = builder.credentials(Credentials::new(username.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, to, domain, words })
    }

    fn message(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<Message, NotifyError> {
        // Many clients make a thread of one subject only, whatever the headers refer to.
        let told_first = alert.standing.as_ref().filter(|_| alert.thread.is_some());
        let (reply, headline) = told_first.map_or(("", &alert.headline), |standing| ("Re: ", &standing.headline));
        // A subject of the user's own may change from mail to mail.
        let (reply, subject) = match self.words.title(alert) {
            Some(title) => ("", title),
            None => (reply, format!("[{}] {headline}", alert.watch)),
        };
        let subject: String = inert(&subject).chars().take(MAX_SUBJECT_CHARS).collect();
        let subject = format!("{reply}{subject}");
        let list = inert(&alert.watch).replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-");
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(subject)
            .date(std::time::SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", delivery.id, self.domain)))
            .header(AutoSubmitted("auto-generated".to_owned()))
            .header(ListId(format!("<{list}.newswatch.{}>", self.domain)));
        for to in &self.to {
            message = message.to(to.clone());
        }
        if let Some(story) = alert.story {
            let root = format!("<story.{story}@{}>", self.domain);
            // The first mail is the one that this target got of the thread's first alert: its id needs no looking up.
            let first = alert.thread.map(|thread| format!("<{}@{}>", delivery.of(thread), self.domain));
            let references = first.iter().fold(root.clone(), |all, first| format!("{all} {first}"));
            message = message.in_reply_to(first.unwrap_or(root)).references(references);
        }
        let (text, html) = match self.words.text(alert) {
            Some(text) => (text.lines().map(|line| inert(line) + "\n").collect(), html::paragraphs(&text)),
            None => (plain(alert), html::document(alert)),
        };
        let parts = MultiPart::alternative()
            .singlepart(part(text, ContentType::TEXT_PLAIN)?)
            .singlepart(part(html, ContentType::TEXT_HTML)?);
        message.multipart(parts).map_err(NotifyError::permanent)
    }
}

#[async_trait]
impl Notifier for Email {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let message = self.message(delivery, alert, now)?;
        match tokio::time::timeout(ATTEMPT_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_accepted)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(NotifyError::permanent(with_causes(&error))),
            Ok(Err(error)) => Err(NotifyError::transient(with_causes(&error))),
            Err(_) => Err(NotifyError::transient(format!("no end within {} s", ATTEMPT_TIMEOUT.as_secs()))),
        }
    }

    fn preview(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        Ok(String::from_utf8_lossy(&self.message(delivery, alert, now)?.formatted()).replace('\r', ""))
    }
}

fn tls(config: &EmailTarget) -> Result<Tls, String> {
    let mut parameters = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.ca_file {
        let shown = path.display();
        let pem = std::fs::read(path).map_err(|error| format!("cannot read `ca_file` {shown}: {error}"))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| format!("`ca_file` {shown}: {error}"))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let built = || parameters.build_rustls().map_err(|error| format!("cannot set up TLS: {error}"));
    Ok(match config.tls {
        SmtpTls::StartTls => Tls::Required(built()?),
        SmtpTls::Tls => Tls::Wrapper(built()?),
        SmtpTls::None => Tls::None,
    })
}

fn part(text: String, content_type: ContentType) -> Result<SinglePart, NotifyError> {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let body = Body::new_with_encoding(unified, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| NotifyError::permanent("the text cannot be encoded as quoted-printable"))?;
    Ok(SinglePart::builder().header(content_type).body(body))
}

/// lettre's own text leaves out what the server said.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    inert(&text)
}

macro_rules! text_header {
    ($(#[$doc:meta])* $name:ident, $header:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

text_header!(
    /// RFC 3834: no vacation notes to a machine, please.
    AutoSubmitted,
    "Auto-Submitted"
);
text_header!(
    /// RFC 2919: what mail filters sort by.
    ListId,
    "List-Id"
);
