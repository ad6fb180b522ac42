//! E-mail over SMTP, by lettre.
//!
//! A delivery that several people are to read is one mail, in one transaction: who is refused keeps it from nobody else
//! (RFC 5321, 3.3). Who has it does not get it again while others are still tried, as long as this process lives; after
//! that it is repeated under the same Message-ID.

mod conversation;
mod header;
mod message;
mod server;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;

use super::words::Words;
use super::{Notifier, NotifyError, inert};
use crate::model::{Alert, Delivery, DeliveryId, EmailTarget};
use conversation::{Failure, is_ascii};
use server::Server;

/// Most deliveries of which is remembered who has them already; of more, some may be repeated.
const MAX_PARTED: usize = 10_000;

/// Mails alerts.
pub(super) struct Email {
    server: Server,
    from: Mailbox,
    to: Vec<Mailbox>,
    /// Deliveries that some have and some do not: whether each of `to` has it.
    parted: Mutex<BTreeMap<DeliveryId, Vec<bool>>>,
    words: Words,
}

impl Email {
    pub(super) fn new(config: &EmailTarget, words: Words) -> Result<Self, String> {
        let from = mailbox(&config.from)?;
        let to = config.to.iter().map(|text| mailbox(text)).collect::<Result<_, _>>()?;
        Ok(Self { server: Server::new(config)?, from, to, parted: Mutex::default(), words })
    }

    fn has_it(&self, delivery: DeliveryId) -> Vec<bool> {
        let parted = self.parted.lock().unwrap_or_else(PoisonError::into_inner);
        parted.get(&delivery).cloned().unwrap_or_else(|| vec![false; self.to.len()])
    }

    fn remember(&self, delivery: DeliveryId, has_it: Option<Vec<bool>>) {
        let mut parted = self.parted.lock().unwrap_or_else(PoisonError::into_inner);
        match has_it {
            None => drop(parted.remove(&delivery)),
            Some(has_it) => drop(parted.insert(delivery, has_it)),
        }
        while parted.len() > MAX_PARTED {
            parted.pop_first();
        }
    }

    /// The attempt's end, from what each recipient's was: it goes on while one may still be reached, and is a failure
    /// when one was refused for good: somebody who counts on it is not told.
    fn verdict(
        &self,
        delivery: DeliveryId,
        had: Vec<bool>,
        ends: &[(usize, Result<(), Failure>)],
    ) -> Result<(), NotifyError> {
        let mut has_it = had;
        let mut failures: Vec<(usize, &Failure)> = Vec::new();
        for (at, end) in ends {
            match end {
                Ok(()) => has_it[*at] = true,
                Err(failure) => failures.push((*at, failure)),
            }
        }
        let wait = failures.iter().any(|(_, failure)| !failure.permanent);
        self.remember(delivery, (wait && has_it.contains(&true)).then(|| has_it.clone()));
        if failures.is_empty() {
            return Ok(());
        }
        let why = self.told(&has_it, &failures);
        Err(if wait { NotifyError::transient(why) } else { NotifyError::permanent(why) })
    }

    /// What went wrong; with names where it did not go wrong for all alike.
    fn told(&self, has_it: &[bool], failures: &[(usize, &Failure)]) -> String {
        let (_, first) = failures[0];
        if failures.len() == self.to.len() && failures.iter().all(|(_, failure)| failure.why == first.why) {
            return first.why.clone();
        }
        let name = |at: usize| inert(self.to[at].email.as_ref());
        let refused: Vec<String> =
            failures.iter().map(|(at, failure)| format!("{}: {}", name(*at), failure.why)).collect();
        let served: Vec<String> = (0..self.to.len()).filter(|at| has_it[*at]).map(name).collect();
        match served.is_empty() {
            true => refused.join("; "),
            false => format!("{}; accepted for {}", refused.join("; "), served.join(", ")),
        }
    }
}

#[async_trait]
impl Notifier for Email {
    async fn notify(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<(), NotifyError> {
        let had = self.has_it(delivery.id);
        let open: Vec<usize> = (0..self.to.len()).filter(|at| !had[*at]).collect();
        let to: Vec<&Address> = open.iter().map(|at| &self.to[*at].email).collect();
        let compose = |utf8: bool| {
            // Without SMTPUTF8 an address beyond ASCII cannot even be named (RFC 6531, 3.1); its owner gets no mail either.
            let named = self.to.iter().filter(|mailbox| utf8 || is_ascii(&mailbox.email));
            message::compose(&self.from, named, delivery, alert, &self.words, now)
        };
        let ends = self.server.send(&self.from.email, &to, compose).await;
        self.verdict(delivery.id, had, &open.into_iter().zip(ends).collect::<Vec<_>>())
    }

    fn preview(&self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Result<String, NotifyError> {
        let mail = message::compose(&self.from, self.to.iter(), delivery, alert, &self.words, now);
        Ok(String::from_utf8_lossy(&mail.map_err(NotifyError::permanent)?).replace('\r', ""))
    }
}

/// An address of the configuration with its name, the domain in the form of the DNS (RFC 5890): a name in any script needs
/// no SMTPUTF8 there.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("`{text}` is no address: {error}");
    let Mailbox { name, email } = text.parse::<Mailbox>().map_err(|error| wrong(&error))?;
    let domain = match email.domain().is_ascii() {
        true => email.domain().to_owned(),
        false => url::Host::parse(email.domain()).map_err(|error| wrong(&error))?.to_string(),
    };
    let email = Address::new(email.user(), domain).map_err(|error| wrong(&error))?;
    Ok(Mailbox::new(name.map(|name| inert(&name)), email))
}
