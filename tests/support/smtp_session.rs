//! One session of the scripted mail server: RFC 5321 with STARTTLS (3207) and AUTH (4954), as strict as a test needs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use rustls::{ServerConnection, StreamOwned};

use super::signature::base64_decode;
use super::smtp_server::{Fault, Mail, Office, Stage};

/// A connection before or after STARTTLS.
trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

/// The end of a session: `?` carries it out from any depth.
const OVER: io::ErrorKind = io::ErrorKind::ConnectionAborted;

struct Session<'a> {
    office: &'a Office,
    wire: BufReader<Box<dyn Wire>>,
    tls: bool,
    user: Option<String>,
    envelope: Option<Mail>,
}

/// Serves a connection until either side ends it.
pub(super) fn serve(stream: TcpStream, office: &Office) -> io::Result<()> {
    let tls = office.options.implicit_tls;
    let wire = if tls { encrypt(stream.try_clone()?, office) } else { Box::new(stream.try_clone()?) };
    let mut session = Session { office, wire: BufReader::new(wire), tls, user: None, envelope: None };
    session.step(Stage::Connect, "220 scripted.test ESMTP")?;
    while let Some(line) = session.line()? {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        office.commands.push(if verb == "AUTH" { "AUTH".to_owned() } else { line.clone() });
        match verb.as_str() {
            "EHLO" => session.ehlo()?,
            "HELO" => session.step(Stage::Ehlo, "250 scripted.test")?,
            "STARTTLS" if office.options.starttls && !session.tls => {
                session.step(Stage::StartTls, "220 go ahead")?;
                // A new session, as the RFC wants: whatever came before or was sent ahead in the clear is forgotten.
                session.wire = BufReader::new(encrypt(stream.try_clone()?, office));
                (session.tls, session.user, session.envelope) = (true, None, None);
            }
            "AUTH" => session.auth(rest)?,
            "MAIL" => session.mail(rest)?,
            "RCPT" => session.rcpt(rest)?,
            "DATA" => session.data()?,
            "RSET" => {
                session.envelope = None;
                session.say("250 forgotten")?;
            }
            "NOOP" => session.say("250 nothing done")?,
            "QUIT" => return session.say("221 goodbye"),
            _ => session.say("502 not here")?,
        }
    }
    Ok(())
}

fn encrypt(stream: TcpStream, office: &Office) -> Box<dyn Wire> {
    let tls = ServerConnection::new(office.certificate.server_config()).expect("a TLS server");
    Box::new(StreamOwned::new(tls, stream))
}

impl Session<'_> {
    fn say(&mut self, line: &str) -> io::Result<()> {
        let wire = self.wire.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes())?;
        wire.flush()
    }

    /// The next line without its end; `None` when the client is gone.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.wire.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Says `good`, unless the script has a fault here. Returns whether it was said.
    fn passes(&mut self, stage: Stage, good: &str) -> io::Result<bool> {
        let fault = self.office.arrive(stage);
        if fault.is_none_or(|fault| matches!(fault, Fault::CutData(_))) {
            self.say(good)?;
        }
        fault.map_or(Ok(true), |fault| self.suffer(fault).map(|()| false))
    }

    /// Lets the fault happen; most of them end the session.
    fn suffer(&mut self, fault: Fault) -> io::Result<()> {
        match fault {
            Fault::Reply(code) => {
                self.say(&format!("{code} scripted"))?;
                if code != 421 {
                    return Ok(());
                }
            }
            Fault::Hang => while self.line()?.is_some() {},
            Fault::CutData(bytes) => {
                io::copy(&mut (&mut self.wire).take(bytes as u64), &mut io::sink())?;
            }
            Fault::HangUp => {}
        }
        Err(OVER.into())
    }

    /// As [`Session::passes`], where nothing hangs on the outcome but a session that was refused at its very beginning.
    fn step(&mut self, stage: Stage, good: &str) -> io::Result<()> {
        let passed = self.passes(stage, good)?;
        let fatal = matches!(stage, Stage::Connect | Stage::StartTls);
        if passed || !fatal { Ok(()) } else { Err(OVER.into()) }
    }

    fn ehlo(&mut self) -> io::Result<()> {
        let options = &self.office.options;
        let mut lines = vec!["scripted.test".to_owned()];
        lines.extend(options.extensions.iter().cloned());
        if options.starttls && !self.tls {
            lines.push("STARTTLS".to_owned());
        } else if options.account.is_some() {
            lines.push("AUTH PLAIN LOGIN".to_owned());
        }
        let last = lines.pop().unwrap_or_default();
        let reply: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        self.envelope = None;
        self.step(Stage::Ehlo, &format!("{reply}250 {last}"))
    }

    fn auth(&mut self, rest: &str) -> io::Result<()> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let answer = if initial.is_empty() { self.ask("")? } else { decode(initial) };
                let mut parts = answer.split('\0').skip(1).map(str::to_owned);
                parts.next().zip(parts.next())
            }
            "LOGIN" => {
                let user = if initial.is_empty() { self.ask("VXNlcm5hbWU6")? } else { decode(initial) };
                Some((user, self.ask("UGFzc3dvcmQ6")?))
            }
            _ => return self.say("504 unknown mechanism"),
        };
        if given.is_none() || given != self.office.options.account {
            return self.say("535 wrong name or password");
        }
        if self.passes(Stage::Auth, "235 welcome")? {
            self.user = given.map(|(user, _)| user);
        }
        Ok(())
    }

    fn ask(&mut self, challenge: &str) -> io::Result<String> {
        self.say(&format!("334 {challenge}"))?;
        let answer = self.line()?.ok_or(OVER)?;
        Ok(decode(&answer))
    }

    fn mail(&mut self, rest: &str) -> io::Result<()> {
        let options = &self.office.options;
        if options.starttls && !self.tls {
            return self.say("530 STARTTLS first");
        }
        if options.account.is_some() && self.user.is_none() {
            return self.say("530 authenticate first");
        }
        let Some((from, parameters)) = path(rest, "FROM:") else { return self.say("501 MAIL FROM:<address>") };
        let offered = options.extensions.iter().any(|line| line == "SMTPUTF8");
        if !offered && (parameters.iter().any(|p| p == "SMTPUTF8") || !from.is_ascii()) {
            return self.say("555 SMTPUTF8 was not offered");
        }
        if self.passes(Stage::Mail, "250 sender noted")? {
            let (tls, user) = (self.tls, self.user.clone());
            self.envelope = Some(Mail { from, parameters, to: Vec::new(), data: Vec::new(), tls, user });
        }
        Ok(())
    }

    fn rcpt(&mut self, rest: &str) -> io::Result<()> {
        let Some((to, _)) = path(rest, "TO:") else { return self.say("501 RCPT TO:<address>") };
        if self.envelope.is_none() {
            return self.say("503 MAIL first");
        }
        if self.passes(Stage::Rcpt, "250 recipient noted")? {
            self.envelope.iter_mut().for_each(|mail| mail.to.push(to.clone()));
        }
        Ok(())
    }

    fn data(&mut self) -> io::Result<()> {
        if self.envelope.as_ref().is_none_or(|mail| mail.to.is_empty()) {
            return self.say("503 RCPT first");
        }
        if !self.passes(Stage::Data, "354 go on")? {
            return Ok(());
        }
        let data = self.message()?;
        let Some(mail) = self.envelope.take() else { return Ok(()) };
        if let Some(fault) = self.office.arrive(Stage::EndOfData) {
            return self.suffer(fault);
        }
        // On record before the client can know of it: between the two is where a "yes" gets lost.
        self.office.mails.push(Mail { data, ..mail });
        self.step(Stage::Taken, "250 taken")
    }

    /// A message up to its final dot. Only CR LF ends a line, so that a bare one is seen as what it is: text.
    fn message(&mut self) -> io::Result<Vec<u8>> {
        let mut data = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                if self.wire.read_until(b'\n', &mut line)? == 0 {
                    return Err(OVER.into());
                }
            }
            if line == b".\r\n" {
                return Ok(data);
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

fn decode(text: &str) -> String {
    String::from_utf8_lossy(&base64_decode(text).unwrap_or_default()).into_owned()
}

/// The address and the parameters of `FROM:<address> parameter parameter`.
fn path(rest: &str, keyword: &str) -> Option<(String, Vec<String>)> {
    let (head, tail) = rest.split_at_checked(keyword.len())?;
    let (address, parameters) = tail.trim_start().strip_prefix('<')?.split_once('>')?;
    let parameters = parameters.split_whitespace().map(str::to_owned).collect();
    head.eq_ignore_ascii_case(keyword).then(|| (address.to_owned(), parameters))
}
