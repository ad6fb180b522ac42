//! A plain HTTP client: one request a connection, byte for byte as it is told.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use url::Url;

use super::SOON;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn read(mut from: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        // A server that refuses a body early may reset the connection behind its answer.
        let ended = from.read_to_end(&mut bytes);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Err(ended.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()));
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        Ok(Self {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect(),
            body: bytes[end + 4..].to_vec(),
        })
    }
}

/// Opens a connection to the URL's server and sends this; the answer is read with [`receive`].
pub fn send(url: &Url, bytes: &[u8]) -> io::Result<TcpStream> {
    let at = (url.host_str().expect("a host"), url.port_or_known_default().expect("a port"));
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(SOON * 3))?;
    stream.set_write_timeout(Some(SOON * 3))?;
    stream.write_all(bytes)?;
    Ok(stream)
}

/// Reads until the server closes.
pub fn receive(stream: &TcpStream) -> io::Result<Answer> {
    Answer::read(stream)
}

/// The head of a request, with the blank line that ends it.
pub fn head(method: &str, url: &Url, headers: &[(&str, &str)]) -> String {
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", url.authority());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head + "\r\n"
}

/// A whole exchange.
pub fn call(method: &str, url: &Url, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let length = body.len().to_string();
    let headers = [headers, &[("Content-Length", length.as_str())]].concat();
    let mut stream = send(url, head(method, url, &headers).as_bytes())?;
    // A server may answer before it has read all.
    let sent = stream.write_all(body);
    receive(&stream).or_else(|error| sent.and(Err(error)))
}
