//! E-mail targets.

use lettre::message::Mailbox;
use url::Host;

use super::address::{Server, is_loopback, server};
use super::credentials::{self, PASSWORD};
use super::diagnostic::{At, Fault};
use super::file;
use super::reader::Reader;
use super::section::Section;
use super::words::choice;
use crate::model::{EmailTarget, SmtpTls};

const TLS: [(&str, SmtpTls); 3] = [("starttls", SmtpTls::StartTls), ("tls", SmtpTls::Tls), ("none", SmtpTls::None)];
/// How a certificate in a PEM file begins.
const PEM_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// Reads what is special to an e-mail target.
pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<EmailTarget> {
    section.require("server", "write server = \"smtp.example.org\"", reader);
    let server = section.parsed("server", "a server", reader, server);
    let tls = section.parsed("tls", "a string", reader, |text| choice(text, &TLS));
    let tls = tls.map(|at| at.value).unwrap_or_default();
    let ca_file = file::read(section, "ca_file", reader).and_then(|file| {
        let pem = if file.value.text.contains(PEM_CERTIFICATE) { Ok(file.value.path) } else { Err(no_certificate()) };
        reader.accept(pem, &file.span)
    });
    let (username, password) = credentials::read(section, reader);
    if let Some(server) = &server {
        report_open_password(section, &server.value, tls, reader);
    }
    section.require("from", "write from = \"Newswatch <newswatch@example.org>\"", reader);
    let from = section.parsed("from", "an e-mail address", reader, mailbox);
    let to = recipients(section, reader);

    let Server { host, port } = server?.value;
    let port = port.unwrap_or(match tls {
        SmtpTls::StartTls => 587,
        SmtpTls::Tls => 465,
        SmtpTls::None => 25,
    });
    let host = match host {
        // Brackets belong to URLs, not to the address.
        Host::Ipv6(address) => address.to_string(),
        other => other.to_string(),
    };
    Some(EmailTarget { host, port, tls, ca_file, username, password, from: from?.value, to })
}

/// A password may not cross a network in the clear.
fn report_open_password(section: &Section<'_>, server: &Server, tls: SmtpTls, reader: &mut Reader<'_>) {
    let has_password = PASSWORD.iter().any(|key| section.has(key));
    if tls == SmtpTls::None && has_password && !is_loopback(&server.host) {
        let fault = Fault::new("without TLS the password would be sent for everybody to read");
        reader.report(fault.hint("use tls = \"starttls\" or \"tls\"").at(section.key_span("tls")));
    }
}

fn recipients(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let hint = "write to = [\"desk@example.org\"]";
    section.require("to", hint, reader);
    if section.is_empty_list("to") {
        reader.report(Fault::new("`to` is empty, so that nobody would be told").hint(hint).at(section.key_span("to")));
    }
    let list: Vec<At<String>> = section.strings("to", "e-mail addresses", reader).unwrap_or_default();
    list.iter().filter_map(|at| reader.accept(mailbox(&at.value), &at.span)).collect()
}

fn no_certificate() -> Fault {
    Fault::new("this file has no certificate in PEM form").hint(format!("it should have a line {PEM_CERTIFICATE}"))
}

fn mailbox(text: &str) -> Result<String, Fault> {
    let hint = "write \"desk@example.org\" or \"News Desk <desk@example.org>\"";
    match text.parse::<Mailbox>() {
        Ok(_) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(Fault::new("this is not an e-mail address").hint(hint)),
    }
}
