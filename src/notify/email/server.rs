//! A mail server, and the connections to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::Rset;
use lettre::transport::smtp::extension::{ClientId, Extension};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::conversation::{About, COMMAND_TIMEOUT, Failure, command, envelope, submit};
use crate::model::{EmailTarget, SmtpTls};

/// Most connections to a server at once; they are reused.
const MAX_CONNECTIONS: usize = 2;
/// For all commands of an attempt: a server that answers slowly to everything must not hold a delivery for ever.
const COMMANDS_TIMEOUT: Duration = Duration::from_mins(4);
/// Longest that a connection is kept for the next mail.
const MAX_IDLE: Duration = Duration::from_secs(60);
/// For a connection that was kept to say that it is still there, and for its end.
const PARKED_TIMEOUT: Duration = Duration::from_secs(10);

/// See the module.
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

fn all(to: &[&Address], failure: &Failure) -> Vec<Result<(), Failure>> {
    vec![Err(failure.clone()); to.len()]
}
