//! The conversation with a mail server, step by step, because it matters at which step a server says no.
//!
//! A refusal for good (5xx) is one of this mail only where the mail is what was talked about: its sender, a recipient,
//! its text. What a server says before that (the greeting, `EHLO`, `STARTTLS`, `AUTH`: 521, 535, 554) it says to every
//! mail, and of itself: it is in maintenance, has put this host on a list, knows of no such password. Somebody will mend
//! that, so the mail waits (RFC 5321, 3.1 and 4.2.1; RFC 4954, 6; RFC 7504).

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use crate::notify::inert;

/// For one command and its answer, and for a greeting, which some servers hold back on purpose. RFC 5321, 4.5.3.2 recommends
/// five minutes; but a night desk waits, and nothing that fails before the text was sent can be doubled by trying again.
pub(super) const COMMAND_TIMEOUT: Duration = Duration::from_mins(2);
/// For the text and the answer to it: what RFC 5321, 4.5.3.2.6 asks for, because an answer that is not waited for makes a
/// double.
const TEXT_TIMEOUT: Duration = Duration::from_mins(10);

/// Why a recipient did not get the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// Whether it is of no use to try again.
    pub(super) permanent: bool,
    /// What happened.
    pub(super) why: String,
}

impl Failure {
    pub(super) fn transient(why: impl Into<String>) -> Self {
        Self { permanent: false, why: why.into() }
    }
}

/// What a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The server and this client.
    Session,
    /// One recipient.
    Recipient,
    /// The mail.
    Mail,
}

/// `MAIL` and one `RCPT` a recipient: what was said to each.
pub(super) async fn envelope(
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
pub(super) async fn submit(connection: &mut AsyncSmtpConnection, text: &[u8]) -> Result<(), Failure> {
    command(About::Mail, connection.command(Data)).await?;
    match timeout(TEXT_TIMEOUT, connection.message(text)).await {
        Ok(Ok(_accepted)) => Ok(()),
        Ok(Err(error)) => Err(judge(About::Mail, &error)),
        Err(_) => Err(Failure::transient(format!("no answer to the text within {} s", TEXT_TIMEOUT.as_secs()))),
    }
}

pub(super) async fn command<T>(about: About, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
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
