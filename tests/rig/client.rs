//! The plainest possible clients.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::support::SOON;

/// A connection whose every wait has an end.
pub(crate) struct Wire(pub(crate) BufReader<TcpStream>);

impl Wire {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// The next line with its end; empty when the other side has closed.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        // A reset is as good a close as any.
        let _ = self.0.read_line(&mut line);
        line
    }

    /// Whether the other side has closed, with nothing more to read.
    pub(crate) fn is_over(&mut self) -> bool {
        self.0.read(&mut [0]).is_ok_and(|read| read == 0)
    }

    /// Sends an HTTP request and reads the answer's head.
    pub(crate) fn ask(&mut self, request: &str, body: &str) -> Head {
        self.send(format!("{request}\r\nHost: rig\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            match line.trim_end() {
                "" => return Head(lines),
                line => lines.push(line.to_owned()),
            }
        }
    }

    /// A GET and its whole answer.
    pub(crate) fn get(&mut self, path: &str, headers: &str) -> (Head, Vec<u8>) {
        let head = self.ask(&format!("GET {path} HTTP/1.1{headers}"), "");
        let length = head.value("Content-Length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (head, body)
    }
}

/// The head of an HTTP answer.
#[derive(Debug)]
pub(crate) struct Head(Vec<String>);

impl Head {
    pub(crate) fn code(&self) -> u16 {
        let status = self.0.first().expect("an answer");
        status.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}
