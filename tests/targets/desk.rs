//! What these tests share: a target of every kind, alerts, and what is sent of them.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use newswatch::address::AddressPolicy;
use newswatch::fetch;
use newswatch::model::{
    Alert, AlertKind, Delivery, EmailTarget, ExecTarget, Secret, Service, ServiceTarget, Severity, SmtpTls, Target,
    TargetKind, TerminalFormat, TerminalTarget, WebhookTarget, Wording,
};
use newswatch::notify::{self, Notifier, NotifyError};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::lock;

type Made = (TargetKind, Wording, Arc<dyn Notifier>);

pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;
/// Where a webhook is reached: its path is a secret.
pub(crate) const HOOK: &str = "/services/T0secret0/B0secret0";

/// The services at this address.
pub(crate) fn services(base: &str) -> Vec<TargetKind> {
    let token = || Secret::new("t0ken-0f-ours");
    let hook = |service| (format!("{base}{HOOK}"), service);
    let api = |service| (format!("{base}/"), service);
    [
        hook(Service::Slack),
        hook(Service::Discord),
        hook(Service::Teams),
        hook(Service::Mattermost),
        api(Service::Telegram { token: token(), chat: "42".to_owned() }),
        api(Service::Matrix { token: token(), room: "!room:m.example".to_owned() }),
        api(Service::Ntfy { token: Some(token()), topic: "desk-night".to_owned() }),
        api(Service::PagerDuty { routing_key: token(), severity: Severity::Critical }),
        api(Service::Alertmanager { token: Some(token()), resolve_after: Duration::from_secs(3_600) }),
    ]
    .into_iter()
    .map(|(url, service)| TargetKind::Service(Box::new(ServiceTarget { url: url.parse().unwrap(), service })))
    .collect()
}

/// The service of this name at this address.
pub(crate) fn service(name: &str, base: &str) -> TargetKind {
    services(base).into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| panic!("no service {name}"))
}

/// A mail server without TLS on this machine.
pub(crate) fn email(port: u16) -> TargetKind {
    TargetKind::Email(Box::new(EmailTarget {
        host: "127.0.0.1".to_owned(),
        port,
        tls: SmtpTls::None,
        ca_file: None,
        username: None,
        password: None,
        from: "newswatch@news.example".to_owned(),
        to: vec!["desk@news.example".to_owned()],
    }))
}

/// A program.
pub(crate) fn program(path: &str, arguments: &[&str], timeout: Duration) -> TargetKind {
    let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
    TargetKind::Exec(Box::new(ExecTarget { program: path.into(), arguments, timeout }))
}

/// One target of every kind.
pub(crate) fn all() -> Vec<TargetKind> {
    let base = "https://service.example";
    let url = format!("{base}{HOOK}").parse().unwrap();
    let mut all = services(base);
    all.extend([
        TargetKind::Terminal(TerminalTarget { format: TerminalFormat::Text }),
        TargetKind::Terminal(TerminalTarget { format: TerminalFormat::Json }),
        email(25),
        TargetKind::Webhook(Box::new(WebhookTarget { url, keys: Vec::new() })),
        program("/bin/true", &[], Duration::from_secs(1)),
    ]);
    all
}

/// What hands alerts to the target; loopback may be dialled. A mail server's needs a runtime to be made in.
pub(crate) fn notifier(kind: &TargetKind, wording: Wording) -> Box<dyn Notifier> {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    let _inside = RUNTIME.enter();
    let policy = AddressPolicy { allow: vec!["127.0.0.0/8".parse().unwrap()] };
    let client = fetch::client(&policy, None, Duration::from_secs(5)).unwrap();
    let target = Target { wording, ..Target::new("desk", kind.clone(), Duration::from_secs(60)) };
    notify::build(&target, &client, &policy).unwrap()
}

pub(crate) fn delivery(alert: &Alert) -> Delivery {
    Delivery::new(alert.id, "desk", NOW, NOW)
}

/// One attempt.
pub(crate) async fn attempt(kind: &TargetKind, alert: &Alert) -> Result<(), NotifyError> {
    notifier(kind, Wording::default()).notify(&delivery(alert), alert, NOW).await
}

/// What would be sent, whole. The same notifier serves the same target again: to make one costs more than to ask it.
pub(crate) fn preview(kind: &TargetKind, wording: Wording, alert: &Alert) -> String {
    static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());
    let mut made = lock(&MADE);
    let known = made.iter().find(|made| made.0 == *kind && made.1 == wording).map(|made| made.2.clone());
    let notifier = known.unwrap_or_else(|| {
        let new: Arc<dyn Notifier> = notifier(kind, wording.clone()).into();
        made.push((kind.clone(), wording, new.clone()));
        new
    });
    drop(made);
    notifier.preview(&delivery(alert), alert, NOW).unwrap()
}

/// The body of what would be sent.
pub(crate) fn body(kind: &TargetKind, wording: Wording, alert: &Alert) -> String {
    let whole = preview(kind, wording, alert);
    match kind {
        TargetKind::Terminal(_) => whole,
        _ => whole.split_once("\n\n").expect("a head").1.to_owned(),
    }
}

/// A made-up alert.
pub(crate) fn alert(kind: AlertKind) -> Alert {
    notify::sample(kind, NOW)
}

/// Every string of a JSON, keys apart.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(strings).collect(),
        Value::Object(all) => all.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// A body in quoted-printable, as it reads.
pub(crate) fn unquoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let [first, tail @ ..] = rest {
        let code = if *first == b'=' { tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()) } else { None };
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]).1,
            None => (bytes.push(*first), rest = tail).1,
        }
    }
    String::from_utf8(bytes).unwrap()
}
