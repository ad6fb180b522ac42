//! A publisher over TLS: one empty feed, whatever is asked for.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::certificate::Certificate;
use super::listener::Listener;

const FEED: &str = "<rss version=\"2.0\"><channel><title>News</title></channel></rss>";

/// Serves until dropped, at all addresses of this machine.
pub struct TlsServer(Listener);

impl TlsServer {
    /// Starts on a free port with this certificate.
    pub fn start(certificate: &Certificate) -> Self {
        let config = certificate.server_config();
        Self(Listener::start_at("0.0.0.0:0".parse().unwrap(), move |stream, _| {
            // An error is a client that does not like the certificate.
            let _ = serve(stream, &config);
        }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

fn serve(stream: TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<()> {
    let session = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut input = BufReader::new(StreamOwned::new(session, stream));
    let mut line = String::new();
    while input.read_line(&mut line)? > 2 {
        line.clear();
    }
    let out = input.get_mut();
    write!(out, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{FEED}", FEED.len())?;
    out.conn.send_close_notify();
    out.flush()
}
