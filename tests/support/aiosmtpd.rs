//! A mail server that others wrote: aiosmtpd from PyPI, with STARTTLS and AUTH, for one journey from end to end.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::certificate::Certificate;
use super::journal::Journal;
use super::python;
use super::signature::base64_decode;
use super::smtp_server::Mail;

/// The account that it knows.
pub const USER: &str = "newsroom";
/// That account's password.
pub const PASSWORD: &str = "correct horse";

/// The server, running until dropped.
pub struct Aiosmtpd {
    certificate: Certificate,
    port: u16,
    mails: Arc<Journal<Mail>>,
    process: Child,
    /// The script reads it, and ends with it.
    input: Option<ChildStdin>,
    _files: TempDir,
}

impl Aiosmtpd {
    /// Starts it; skips the test, with `None`, where there is no Python that has it.
    pub fn start() -> Option<Self> {
        let python = python::having("aiosmtpd")?;
        let files = tempfile::tempdir().unwrap();
        let certificate = Certificate::new();
        let (pem, key) = (files.path().join("server.pem"), files.path().join("key.pem"));
        std::fs::write(&pem, &certificate.server_pem).unwrap();
        std::fs::write(&key, &certificate.key_pem).unwrap();

        let mut process = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp_journey_server.py"))
            .args([&pem, &key])
            .args([USER, PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a Python that just ran");
        let input = process.stdin.take();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().expect("a first line").unwrap()).unwrap();
        let port = first["port"].as_u64().and_then(|port| port.try_into().ok()).expect("its port");

        let mails = Arc::<Journal<Mail>>::default();
        thread::spawn({
            let mails = Arc::clone(&mails);
            move || lines.map_while(Result::ok).for_each(|line| mails.push(mail(&line)))
        });
        Some(Self { certificate, port, mails, process, input, _files: files })
    }

    /// Its port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// PEM: the authority that signed its certificate.
    pub fn ca_pem(&self) -> &str {
        &self.certificate.ca_pem
    }

    /// The mails taken so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.all()
    }

    /// Waits until `n` mails were taken.
    #[track_caller]
    pub fn wait_for_mails(&self, n: usize, within: Duration) -> Vec<Mail> {
        self.mails.wait_for(&format!("{n} mails"), within, |mails| mails.len() >= n)
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mail(line: &str) -> Mail {
    let fact: Value = serde_json::from_str(line).expect("a line of JSON");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Mail {
        from: text(&fact["from"]).unwrap_or_default(),
        parameters: Vec::new(),
        to: fact["to"].as_array().into_iter().flatten().filter_map(text).collect(),
        data: fact["data"].as_str().and_then(base64_decode).expect("base64"),
        tls: fact["tls"] == true,
        user: text(&fact["user"]),
    }
}
