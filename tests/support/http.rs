//! HTTP/1.1 as the rig's servers read it: requests, kept byte for byte, and the hooks that run around an answer.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::listener::{Gate, Level};
use super::lock;
use super::reply::Reply;

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// The request target: path and query.
    pub target: String,
    /// Names as sent, values without the blanks around them; each byte as its character.
    pub headers: Vec<(String, String)>,
    /// Decoded from chunks, if it came in chunks.
    pub body: Vec<u8>,
    /// The head byte for byte, with the blank line that ends it.
    pub raw_head: Vec<u8>,
    /// When it had been read.
    pub at: Instant,
}

impl Request {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// Reads the next request; `None` when the peer closed the connection between two.
    fn read(input: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut raw_head = Vec::new();
        while !raw_head.ends_with(b"\r\n\r\n") {
            if input.read_until(b'\n', &mut raw_head)? == 0 {
                return if raw_head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
        let head: String = raw_head.iter().copied().map(char::from).collect();
        let mut lines = head.split("\r\n");
        let mut start = lines.next().unwrap_or_default().split(' ');
        let mut request = Self {
            method: start.next().unwrap_or_default().to_owned(),
            target: start.next().unwrap_or_default().to_owned(),
            headers: lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.into(), v.trim().into())).collect(),
            body: Vec::new(),
            raw_head,
            at: Instant::now(),
        };
        request.body = request.read_body(input)?;
        request.at = Instant::now();
        Ok(Some(request))
    }

    fn read_body(&self, input: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
        if self.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            return read_chunks(input);
        }
        let length = self.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        input.read_exact(&mut body)?;
        Ok(body)
    }
}

fn read_chunks(input: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let start = body.len();
        body.resize(start + length + 2, 0);
        input.read_exact(&mut body[start..])?;
        body.truncate(start + length);
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Serves a connection: `answer` chooses what each request gets; the hooks run around it.
pub fn serve(
    stream: &TcpStream,
    gate: &Gate,
    hooks: &Hooks,
    in_flight: &Level,
    answer: impl Fn(&Request) -> Reply,
) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    while let Some(request) = Request::read(&mut input)? {
        let busy = in_flight.enter();
        let reply = answer(&request);
        hooks.run(Moment::Received, &request);
        reply.send(stream, &request, gate)?;
        drop(busy);
        hooks.run(Moment::Answered, &request);
        if request.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close")) {
            break;
        }
    }
    Ok(())
}

/// The points at which a hook runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Moment {
    /// The request is read and recorded, nothing is answered.
    Received,
    /// The last byte of the answer is with the kernel; not after an answer that broke off.
    Answered,
}

type Hook = Arc<dyn Fn(&Request) + Send + Sync>;

/// Closures to run at a path's moments.
#[derive(Default)]
pub struct Hooks(Mutex<HashMap<(Moment, String), Hook>>);

impl Hooks {
    /// Runs `hook` at that moment of each request to `path`, in place of an earlier hook.
    pub fn set(&self, moment: Moment, path: &str, hook: impl Fn(&Request) + Send + Sync + 'static) {
        lock(&self.0).insert((moment, path.to_owned()), Arc::new(hook));
    }

    fn run(&self, moment: Moment, request: &Request) {
        // Cloned out: a hook may take its time, or set another hook.
        let hook = lock(&self.0).get(&(moment, request.path().to_owned())).cloned();
        if let Some(hook) = hook {
            hook(request);
        }
    }
}
