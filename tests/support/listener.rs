//! A TCP server with a thread a connection, which is gone when it is dropped.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::lock;

/// Listens on a loopback port until dropped.
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    gate: Gate,
    open: Mutex<HashMap<usize, TcpStream>>,
    level: Level,
}

impl Listener {
    /// Serves each connection in a thread of its own, on a port that the system chooses.
    pub fn start(serve: impl Fn(TcpStream, &Gate) + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), serve)
    }

    /// The same on a known port: a server that comes back where it was.
    pub fn start_at(address: SocketAddr, serve: impl Fn(TcpStream, &Gate) + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind(address).expect("a free port on loopback");
        let address = socket.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let acceptor = thread::spawn({
            let (shared, serve) = (Arc::clone(&shared), Arc::new(serve));
            move || accept(&socket, &shared, &serve)
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections so far, and the most that were open at once.
    pub fn connections(&self) -> &Level {
        &self.shared.level
    }
}

fn accept<F>(socket: &TcpListener, shared: &Arc<Shared>, serve: &Arc<F>)
where
    F: Fn(TcpStream, &Gate) + Send + Sync + 'static,
{
    for (number, stream) in socket.incoming().enumerate() {
        let Ok(stream) = stream else { continue };
        if shared.gate.is_closed() {
            return;
        }
        let _ = stream.set_nodelay(true);
        lock(&shared.open).insert(number, stream.try_clone().expect("a second handle on a connection"));
        let (shared, serve) = (Arc::clone(shared), Arc::clone(serve));
        thread::spawn(move || {
            let held = shared.level.enter();
            serve(stream, &shared.gate);
            drop(held);
            // Closed for good, although a TLS session or a clone may still hold a handle.
            if let Some(stream) = lock(&shared.open).remove(&number) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.gate.close();
        // Wakes the acceptor, which then sees the closed gate and frees the port.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        // Their threads end by themselves: one may be inside a test's hook, and waiting for that could be for ever.
        for stream in lock(&self.shared.open).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Open until the server stops: what a connection waits on when its script says "slowly" or "never".
#[derive(Default)]
pub struct Gate {
    closed: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    /// Whether the server has stopped.
    pub fn is_closed(&self) -> bool {
        *lock(&self.closed)
    }

    /// Passes `time` and says whether the server still runs.
    pub fn pause(&self, time: Duration) -> bool {
        let closed = lock(&self.closed);
        let (closed, _) =
            self.changed.wait_timeout_while(closed, time, |closed| !*closed).unwrap_or_else(PoisonError::into_inner);
        !*closed
    }

    fn close(&self) {
        *lock(&self.closed) = true;
        self.changed.notify_all();
    }
}

/// How many are inside, were inside at once, and came in at all.
#[derive(Default)]
pub struct Level {
    inside: AtomicUsize,
    most: AtomicUsize,
    total: AtomicUsize,
}

impl Level {
    /// One more, until the guard is dropped.
    pub fn enter(&self) -> impl Drop + '_ {
        self.total.fetch_add(1, Ordering::SeqCst);
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        Inside(self)
    }

    /// The most at once.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// All that ever came.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::SeqCst)
    }
}

struct Inside<'a>(&'a Level);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}
