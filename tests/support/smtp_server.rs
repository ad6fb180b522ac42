//! A mail server that fails where it is told to. [`super::smtp_session`] speaks the protocol; here is what it says.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::certificate::Certificate;
use super::journal::Journal;
use super::listener::{Level, Listener};
use super::{lock, smtp_session};

/// Where in a session something can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The greeting.
    Connect,
    /// `EHLO`.
    Ehlo,
    /// `STARTTLS`.
    StartTls,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`, before any of it.
    Data,
    /// After the final dot; the mail is not taken.
    EndOfData,
    /// After the final dot, when the mail is taken and recorded and the server's yes has not gone out.
    Taken,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This reply in place of the good one; after a 421 the server hangs up (RFC 5321, 3.8).
    Reply(u16),
    /// The connection is closed without a word.
    HangUp,
    /// The server says nothing more, and waits for the client to go.
    Hang,
    /// The connection is closed after this many bytes of the mail's data, final dot included: with more than the client
    /// has to send, a hang. A fault of [`Stage::Data`] only.
    CutData(usize),
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The sender of the envelope.
    pub from: String,
    /// What stood behind it: `SMTPUTF8`, `BODY=8BITMIME`, `SIZE=…`.
    pub parameters: Vec<String>,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Header and body as sent, without the dots that protect dots and without the final one.
    pub data: Vec<u8>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Who sent it, if the client authenticated itself.
    pub user: Option<String>,
}

impl Mail {
    /// The data, for looking at.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }
}

/// What the server offers.
#[derive(Default)]
pub struct SmtpOptions {
    pub(super) extensions: Vec<String>,
    pub(super) starttls: bool,
    pub(super) implicit_tls: bool,
    pub(super) account: Option<(String, String)>,
}

impl SmtpOptions {
    /// Offers STARTTLS, and insists on it for mail.
    pub fn starttls(mut self) -> Self {
        self.starttls = true;
        self
    }

    /// Speaks TLS from the first byte.
    pub fn implicit_tls(mut self) -> Self {
        self.implicit_tls = true;
        self
    }

    /// Offers AUTH PLAIN and LOGIN, and insists on it for mail.
    pub fn account(mut self, user: &str, password: &str) -> Self {
        self.account = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Offers an extension as it stands in the reply to EHLO: `SMTPUTF8`, `8BITMIME`, `SIZE 1000`.
    pub fn extension(mut self, line: &str) -> Self {
        self.extensions.push(line.to_owned());
        self
    }

    /// Starts on a free port of loopback.
    pub fn start(self) -> SmtpServer {
        SmtpServer::with(self)
    }
}

/// Receives mail until dropped.
///
/// ```ignore
/// let smtp = SmtpServer::options().starttls().account("news", "secret").start();
/// std::fs::write(&ca_file, smtp.ca_pem())?;
/// smtp.once(Stage::Rcpt, Fault::Reply(451));
/// let mails = smtp.wait_for_mails(1, SOON);
/// ```
pub struct SmtpServer {
    office: Arc<Office>,
    listener: Listener,
}

type Hook = Arc<dyn Fn() + Send + Sync>;

/// What the sessions of a server share.
pub(super) struct Office {
    pub(super) options: SmtpOptions,
    pub(super) certificate: Certificate,
    pub(super) mails: Journal<Mail>,
    pub(super) commands: Journal<String>,
    faults: Mutex<Vec<(Stage, Fault, bool)>>,
    hooks: Mutex<HashMap<Stage, Hook>>,
}

impl Office {
    /// What the script has for a session that arrives at `stage`; its hook runs first.
    pub(super) fn arrive(&self, stage: Stage) -> Option<Fault> {
        let hook = lock(&self.hooks).get(&stage).cloned();
        if let Some(hook) = hook {
            hook();
        }
        let mut faults = lock(&self.faults);
        let position = faults.iter().position(|(at, ..)| *at == stage)?;
        let (_, fault, once) = faults[position];
        if once {
            faults.remove(position);
        }
        Some(fault)
    }
}

impl SmtpServer {
    /// Chooses what the server offers.
    pub fn options() -> SmtpOptions {
        SmtpOptions::default()
    }

    fn with(options: SmtpOptions) -> Self {
        let office = Arc::new(Office {
            options,
            certificate: Certificate::new(),
            mails: Journal::default(),
            commands: Journal::default(),
            faults: Mutex::default(),
            hooks: Mutex::default(),
        });
        let listener = Listener::start({
            let office = Arc::clone(&office);
            move |stream, _| {
                // An error is a connection that ended, by either side's wish; the journals say how far it came.
                let _ = smtp_session::serve(stream, &office);
            }
        });
        Self { office, listener }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address().port()
    }

    /// PEM: the authority that signed its certificate.
    pub fn ca_pem(&self) -> &str {
        &self.office.certificate.ca_pem
    }

    /// Lets the next session that arrives at `stage` meet this fault; several wait in line.
    pub fn once(&self, stage: Stage, fault: Fault) {
        lock(&self.office.faults).push((stage, fault, true));
    }

    /// Lets every session meet this fault, after those in line.
    pub fn always(&self, stage: Stage, fault: Fault) {
        lock(&self.office.faults).push((stage, fault, false));
    }

    /// Takes back every fault.
    pub fn recover(&self) {
        lock(&self.office.faults).clear();
    }

    /// Runs `hook` whenever a session arrives at `stage`, before the server answers.
    pub fn on(&self, stage: Stage, hook: impl Fn() + Send + Sync + 'static) {
        lock(&self.office.hooks).insert(stage, Arc::new(hook));
    }

    /// The mails taken so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.office.mails.all()
    }

    /// Every command line so far, of all sessions; what AUTH carries is left out.
    pub fn commands(&self) -> Vec<String> {
        self.office.commands.all()
    }

    /// Waits until `n` mails were taken.
    #[track_caller]
    pub fn wait_for_mails(&self, n: usize, within: Duration) -> Vec<Mail> {
        self.office.mails.wait_for(&format!("{n} mails"), within, |mails| mails.len() >= n)
    }

    /// Waits until `done` says yes to the command lines so far.
    #[track_caller]
    pub fn wait_for_commands(&self, what: &str, within: Duration, done: impl FnMut(&[String]) -> bool) -> Vec<String> {
        self.office.commands.wait_for(what, within, done)
    }

    /// Connections so far, and the most at once.
    pub fn connections(&self) -> &Level {
        self.listener.connections()
    }
}
