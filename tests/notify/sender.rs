//! Notifiers as the daemon builds them, one attempt at a time.

use std::time::Duration;

use newswatch::address::AddressPolicy;
use newswatch::model::{Alert, Delivery, EmailTarget, Secret, SmtpTls, Target, TargetKind, WebhookTarget};
use newswatch::notify::{self, Notifier, NotifyError};

use crate::alerts::raised;

/// A target and the way to it.
pub(crate) struct Sender {
    notifier: Box<dyn Notifier>,
    _files: tempfile::TempDir,
}

impl Sender {
    /// To this kind of target; what `allow` has in CIDR may be dialled besides the Internet.
    pub(crate) fn to(kind: TargetKind, allow: &[&str]) -> Self {
        let policy = AddressPolicy { allow: allow.iter().map(|net| net.parse().unwrap()).collect() };
        let client = newswatch::fetch::client(&policy, None, Duration::from_secs(10)).unwrap();
        let target = Target::new("desk", kind, Duration::from_hours(1));
        let notifier = notify::build(&target, &client, &policy).unwrap();
        Self { notifier, _files: tempfile::tempdir().unwrap() }
    }

    /// By way of a mail server on this machine, without TLS.
    pub(crate) fn mail(port: u16, to: &[&str]) -> Self {
        Self::to(TargetKind::Email(Box::new(email(port, to))), &[])
    }

    /// By way of a mail server on this machine that wants STARTTLS and a password.
    pub(crate) fn secure_mail(port: u16, ca_pem: &str, username: &str, password: &str) -> Self {
        let files = tempfile::tempdir().unwrap();
        let ca_file = files.path().join("ca.pem");
        std::fs::write(&ca_file, ca_pem).unwrap();
        let config = EmailTarget {
            host: "localhost".to_owned(),
            tls: SmtpTls::StartTls,
            ca_file: Some(ca_file),
            username: Some(username.to_owned()),
            password: Some(Secret::new(password)),
            ..email(port, &["Desk <desk@news.example>"])
        };
        Self { _files: files, ..Self::to(TargetKind::Email(Box::new(config)), &[]) }
    }

    /// To a webhook on this machine.
    pub(crate) fn webhook(url: &str, keys: &[&str]) -> Self {
        Self::webhook_allowing(url, keys, &["127.0.0.0/8"])
    }

    /// To a webhook, with the private addresses that may be dialled.
    pub(crate) fn webhook_allowing(url: &str, keys: &[&str], allow: &[&str]) -> Self {
        let keys = keys.iter().map(|key| Secret::new(*key)).collect();
        Self::to(TargetKind::Webhook(Box::new(WebhookTarget { url: url.parse().unwrap(), keys })), allow)
    }

    /// One attempt, as of now.
    pub(crate) async fn send(&self, alert: &Alert) -> Result<(), NotifyError> {
        self.notifier.notify(&delivery(alert), alert, jiff::Timestamp::now()).await
    }
}

/// The delivery of an alert to the target.
pub(crate) fn delivery(alert: &Alert) -> Delivery {
    Delivery::new(alert.id, "desk", raised(), raised())
}

fn email(port: u16, to: &[&str]) -> EmailTarget {
    EmailTarget {
        host: "127.0.0.1".to_owned(),
        port,
        tls: SmtpTls::None,
        ca_file: None,
        username: None,
        password: None,
        from: "Newswatch <watch@news.example>".to_owned(),
        to: to.iter().map(|&to| to.to_owned()).collect(),
    }
}
