//! The conversation with a mail server, step by step, because it matters at which step a server says no.
//!
//! A refusal for good (5xx) is one of this mail only where the mail is what was talked about: its sender, a recipient,
//! its text. What a server says before that (the greeting, `EHLO`, `STARTTLS`, `AUTH`: 521, 535, 554) it says to every
//! mail, and of itself: it is in maintenance, has put this host on a list, knows of no such password. Somebody will mend
//! that, so the mail waits (RFC 5321, 3.1 and 4.2.1; RFC 4954, 6; RFC 7504).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::model::{EmailTarget, SmtpTls};
use crate::notify::inert;

/// Most connections to a server at once; they are reused.
const MAX_CONNECTIONS: usize = 2;
/// For one command and its answer, and for a greeting, which some servers hold back on purpose. RFC 5321, 4.5.3.2 recommends
/// five minutes; but a night desk waits, and nothing that fails before the text was sent can be doubled by trying again.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(2);
/// For all commands of an attempt: a server that answers slowly to everything must not hold a delivery for ever.
const COMMANDS_TIMEOUT: Duration = Duration::from_mins(4);
/// For the text and the answer to it: what RFC 5321, 4.5.3.2.6 asks for, because an answer that is not waited for makes a
/// double.
const TEXT_TIMEOUT: Duration = Duration::from_mins(10);
/// Longest that a connection is kept for the next mail.
const MAX_IDLE: Duration = Duration::from_secs(60);
/// For a connection that was kept to say that it is still there, and for its end.
const PARKED_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a recipient did not get the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// Whether it is of no use to try again.
    pub(super) permanent: bool,
    /// What happened.
    pub(super) why: String,
}

impl Failure {
    fn transient(why: impl Into<String>) -> Self {
        Self { permanent: false, why: why.into() }
    }
}

/// What a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// The server and this client.
    Session,
    /// One recipient.
    Recipient,
    /// The mail.
    Mail,
}

/// A mail server, and the connections to it.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: SmtpTls,
    /// For all but [`SmtpTls::None`].
    parameters: Option<TlsParameters>,
    credentials: Option<Credentials>,
    room: Semaphore,
    parked: Arc<Mutex<Parked>>,
}

/// Connections on which nothing happens, and since when.
type Parked = Vec<(AsyncSmtpConnection, Instant)>;

impl Server {
    pub(super) fn new(config: &EmailTarget) -> Result<Self, String> {
        let password = |username: &String| {
            config.password.as_ref().map(|password| Credentials::new(username.clone(), password.expose().to_owned()))
        };
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            tls: config.tls,
            parameters: if config.tls == SmtpTls::None { None } else { Some(parameters(config)?) },
            credentials: config.username.as_ref().and_then(password),
            room: Semaphore::new(MAX_CONNECTIONS),
            parked: Arc::default(),
        })
    }

    /// Mails what `compose` makes (told whether the server takes text beyond ASCII in headers), in one transaction. One
    /// outcome for each of `to`.
    pub(super) async fn send(
        &self,
        from: &Address,
        to: &[&Address],
        compose: impl Fn(bool) -> Result<Vec<u8>, String>,
    ) -> Vec<Result<(), Failure>> {
        let Ok(_room) = self.room.acquire().await else { return all(to, &Failure::transient("no connection is free")) };
        let opened = timeout(COMMANDS_TIMEOUT, async {
            let mut connection = self.connection().await?;
            let utf8 = connection.server_info().supports_feature(Extension::SmtpUtfEight);
            let text = compose(utf8).map_err(|why| Failure { permanent: true, why })?;
            let ends = envelope(&mut connection, from, to, !text.is_ascii()).await?;
            Ok((connection, text, ends))
        });
        let (mut connection, text, mut ends) = match opened.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(failure)) => return all(to, &failure),
            Err(_) => return all(to, &Failure::transient(format!("no end within {} s", COMMANDS_TIMEOUT.as_secs()))),
        };
        let said = match ends.iter().any(Result::is_ok) {
            true => submit(&mut connection, &text).await,
            false => command(About::Session, connection.command(Rset)).await.map(drop),
        };
        match said {
            Ok(()) => self.park(connection),
            Err(failure) => ends.iter_mut().filter(|end| end.is_ok()).for_each(|end| *end = Err(failure.clone())),
        }
        ends
    }

    /// A connection on which a mail can begin: one that waits and still answers, else a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Failure> {
        while let Some((mut parked, since)) = self.take() {
            let fresh = since.elapsed() < MAX_IDLE;
            if fresh && timeout(PARKED_TIMEOUT, parked.test_connected()).await == Ok(true) {
                return Ok(parked);
            }
        }
        let (hello, address, limit) = (ClientId::default(), (self.host.as_str(), self.port), Some(COMMAND_TIMEOUT));
        let wrapper = self.parameters.clone().filter(|_| self.tls == SmtpTls::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, limit, &hello, wrapper, None);
        let mut connection = command(About::Session, connecting).await?;
        if let Some(parameters) = self.parameters.clone().filter(|_| self.tls == SmtpTls::StartTls) {
            command(About::Session, connection.starttls(parameters, &hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            command(About::Session, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        lock(&self.parked).pop()
    }

    /// Keeps a connection for the next mail, and ends it where none comes.
    fn park(&self, connection: AsyncSmtpConnection) {
        lock(&self.parked).push((connection, Instant::now()));
        let parked = Arc::clone(&self.parked);
        tokio::spawn(async move {
            tokio::time::sleep(MAX_IDLE).await;
            let stale: Parked = lock(&parked).extract_if(.., |(_, since)| since.elapsed() >= MAX_IDLE).collect();
            for (mut connection, _) in stale {
                // Whether it hears the goodbye makes no difference.
                let _ = timeout(PARKED_TIMEOUT, connection.quit()).await;
            }
        });
    }
}

fn lock(parked: &Mutex<Parked>) -> MutexGuard<'_, Parked> {
    parked.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parameters(config: &EmailTarget) -> Result<TlsParameters, String> {
    let mut parameters = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.ca_file {
        let shown = path.display();
        let pem = std::fs::read(path).map_err(|error| format!("cannot read `ca_file` {shown}: {error}"))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| format!("`ca_file` {shown}: {error}"))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(|error| format!("cannot set up TLS: {error}"))
}

/// `MAIL` and one `RCPT` a recipient: what was said to each.
async fn envelope(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &[&Address],
    utf8_text: bool,
) -> Result<Vec<Result<(), Failure>>, Failure> {
    let offered = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    if !is_ascii(from) && !offered {
        return Err(Failure::transient("the server does not offer SMTPUTF8, which the sender's address needs"));
    }
    let utf8 = utf8_text || !is_ascii(from) || (offered && !to.iter().all(|to| is_ascii(to)));
    let parameters = match utf8 {
        true => vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)],
        false => vec![],
    };
    command(About::Mail, connection.command(Mail::new(Some(from.clone()), parameters))).await?;
    let mut ends = Vec::with_capacity(to.len());
    for to in to {
        if !is_ascii(to) && !offered {
            let why = "the server does not offer SMTPUTF8, which this address needs".to_owned();
            ends.push(Err(Failure { permanent: true, why }));
            continue;
        }
        let answer = timeout(COMMAND_TIMEOUT, connection.command(Rcpt::new((*to).clone(), vec![]))).await;
        ends.push(match answer {
            Ok(Ok(_)) => Ok(()),
            // Only an answer is the recipient's own: without one, or with a 421, the conversation is over for all.
            Ok(Err(error)) if error.status().is_some_and(|code| u16::from(code) != 421) => {
                Err(judge(About::Recipient, &error))
            }
            Ok(Err(error)) => return Err(judge(About::Session, &error)),
            Err(_) => return Err(late()),
        });
    }
    Ok(ends)
}

/// `DATA` and the text. A connection that is lost here leaves open whether the mail was taken.
async fn submit(connection: &mut AsyncSmtpConnection, text: &[u8]) -> Result<(), Failure> {
    command(About::Mail, connection.command(Data)).await?;
    match timeout(TEXT_TIMEOUT, connection.message(text)).await {
        Ok(Ok(_accepted)) => Ok(()),
        Ok(Err(error)) => Err(judge(About::Mail, &error)),
        Err(_) => Err(Failure::transient(format!("no answer to the text within {} s", TEXT_TIMEOUT.as_secs()))),
    }
}

async fn command<T>(about: About, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout(COMMAND_TIMEOUT, answer).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(error)) => Err(judge(about, &error)),
        Err(_) => Err(late()),
    }
}

fn late() -> Failure {
    Failure::transient(format!("no answer within {} s", COMMAND_TIMEOUT.as_secs()))
}

fn judge(about: About, error: &Error) -> Failure {
    let permanent = error.is_permanent()
        && match (about, error.status().map_or(0, u16::from)) {
            (About::Session, _) => false,
            // Whoever they are said to, they are about the client's identity or its encryption (RFC 4954, 6; RFC 3207, 4).
            (_, 530 | 534 | 535 | 538) => false,
            // Too many recipients, as old servers say it (RFC 5321, 4.5.3.1.10).
            (About::Recipient, 552) => false,
            (About::Recipient | About::Mail, _) => true,
        };
    Failure { permanent, why: with_causes(error) }
}

/// lettre's own text leaves out what the server said.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = source.source();
    }
    inert(&text)
}

/// Whether the address can be named without SMTPUTF8.
pub(super) fn is_ascii(address: &Address) -> bool {
    AsRef::<str>::as_ref(address).is_ascii()
}

fn all(to: &[&Address], failure: &Failure) -> Vec<Result<(), Failure>> {
    vec![Err(failure.clone()); to.len()]
}
