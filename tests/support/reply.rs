//! An HTTP answer: what it says, and how well or badly it travels.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::http::Request;
use super::listener::Gate;

const BROKEN_OFF: io::ErrorKind = io::ErrorKind::ConnectionAborted;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip`.
    Gzip,
    /// `deflate` as RFC 9110 has it: in a zlib wrapper.
    Deflate,
    /// `deflate` as some servers have it: bare.
    BareDeflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

/// An answer; [`Reply::send`] says what each kind of it does.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    journey: Journey,
}

#[derive(Clone, Debug)]
enum Journey {
    Whole,
    Dribble { bytes: usize, every: Duration },
    CutAfter(usize),
    Endless,
    Hang,
    HangUp,
}

impl Reply {
    /// An answer without a body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), journey: Journey::Whole }
    }

    /// A 200 with a body and no validators.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).body(body)
    }

    /// A redirect.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// No answer at all: the connection stays open and silent.
    pub fn hang() -> Self {
        Self::ok("").travelling(Journey::Hang)
    }

    /// The connection is closed without an answer.
    pub fn hang_up() -> Self {
        Self::ok("").travelling(Journey::HangUp)
    }

    /// Adds a header; a character up to U+00FF goes out as that byte.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds `ETag`, quotes and all as given.
    pub fn etag(self, value: &str) -> Self {
        self.header("ETag", value)
    }

    /// Adds `Last-Modified`.
    pub fn last_modified(self, value: &str) -> Self {
        self.header("Last-Modified", value)
    }

    /// Adds `Retry-After`: seconds or a date.
    pub fn retry_after(self, value: &str) -> Self {
        self.header("Retry-After", value)
    }

    /// Replaces the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Compresses the body as it is now and says so.
    pub fn encoded(mut self, encoding: Encoding) -> Self {
        let (name, body) = compress(&self.body, encoding);
        self.body = body;
        self.header("Content-Encoding", name)
    }

    /// Sends the body a few bytes at a time.
    pub fn dribbled(self, bytes: usize, every: Duration) -> Self {
        self.travelling(Journey::Dribble { bytes, every })
    }

    /// Promises the whole body, sends this much of it and closes.
    pub fn cut_after(self, bytes: usize) -> Self {
        self.travelling(Journey::CutAfter(bytes))
    }

    /// Sends the body, which may not be empty, again and again until the other side or the server gives up.
    pub fn endless(self) -> Self {
        self.travelling(Journey::Endless)
    }

    fn travelling(mut self, journey: Journey) -> Self {
        self.journey = journey;
        self
    }

    /// The status.
    pub fn code(&self) -> u16 {
        self.status
    }

    /// Whether anything answers at all.
    pub fn answers(&self) -> bool {
        !matches!(self.journey, Journey::Hang | Journey::HangUp)
    }

    /// This answer, or the 304 in its place when the request names its validators byte for byte (RFC 9110, 13.2.2:
    /// `If-None-Match` decides alone where it is given).
    pub fn unless_unchanged(self, request: &Request) -> Self {
        let unchanged = match (request.header("if-none-match"), request.header("if-modified-since")) {
            (Some(tag), _) => self.value("ETag") == Some(tag),
            (None, Some(date)) => self.value("Last-Modified") == Some(date),
            (None, None) => false,
        };
        if self.status != 200 || !unchanged {
            return self;
        }
        let about_the_body = ["Content-Type", "Content-Encoding"];
        let headers = self.headers.into_iter().filter(|(name, _)| !about_the_body.contains(&name.as_str())).collect();
        Self { status: 304, headers, body: Vec::new(), journey: Journey::Whole }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Sends it. An error means that the connection is of no more use: the peer went away, the server stopped, or the
    /// script says that the answer breaks off here.
    pub fn send(&self, mut out: &TcpStream, request: &Request, gate: &Gate) -> io::Result<()> {
        if !self.answers() {
            return self.stay_silent(out);
        }
        out.write_all(&latin1(&self.head()))?;
        if request.method == "HEAD" || self.status == 304 || self.status == 204 {
            return Ok(());
        }
        match self.journey {
            Journey::Dribble { bytes, every } => {
                for piece in self.body.chunks(bytes.max(1)) {
                    if !gate.pause(every) {
                        return Err(BROKEN_OFF.into());
                    }
                    out.write_all(piece)?;
                }
            }
            Journey::CutAfter(bytes) => {
                out.write_all(&self.body[..bytes.min(self.body.len())])?;
                return Err(BROKEN_OFF.into());
            }
            Journey::Endless => loop {
                write!(out, "{:x}\r\n", self.body.len())?;
                out.write_all(&self.body)?;
                out.write_all(b"\r\n")?;
            },
            Journey::Whole | Journey::Hang | Journey::HangUp => out.write_all(&self.body)?,
        }
        Ok(())
    }

    /// Waits, if it hangs, until the other side or the server closes the connection; then there was no answer.
    fn stay_silent(&self, mut stream: &TcpStream) -> io::Result<()> {
        if matches!(self.journey, Journey::Hang) {
            while stream.read(&mut [0; 1024])? > 0 {}
        }
        Err(BROKEN_OFF.into())
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        match self.journey {
            _ if self.status == 304 || self.status == 204 => {}
            Journey::Endless => head += "Transfer-Encoding: chunked\r\n",
            _ => head += &format!("Content-Length: {}\r\n", self.body.len()),
        }
        head + "\r\n"
    }
}

/// Each character as its byte: what a header carries (RFC 9110, 5.5).
fn latin1(head: &str) -> Vec<u8> {
    head.chars().map(|c| u8::try_from(c).expect("a header holds bytes")).collect()
}

fn compress(body: &[u8], encoding: Encoding) -> (&'static str, Vec<u8>) {
    use flate2::{Compression, write};
    let level = Compression::default();
    match encoding {
        Encoding::Gzip => {
            let mut out = write::GzEncoder::new(Vec::new(), level);
            out.write_all(body).unwrap();
            ("gzip", out.finish().unwrap())
        }
        Encoding::Deflate => {
            let mut out = write::ZlibEncoder::new(Vec::new(), level);
            out.write_all(body).unwrap();
            ("deflate", out.finish().unwrap())
        }
        Encoding::BareDeflate => {
            let mut out = write::DeflateEncoder::new(Vec::new(), level);
            out.write_all(body).unwrap();
            ("deflate", out.finish().unwrap())
        }
        Encoding::Brotli => {
            let mut out = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
            out.write_all(body).unwrap();
            ("br", out.into_inner())
        }
        Encoding::Zstd => ("zstd", zstd::encode_all(body, 3).unwrap()),
    }
}
