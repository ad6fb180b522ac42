//! Connections from the Internet: only so many at once, and none for long.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// Lets connections in while there are seats; the others wait in the system's queue.
pub(super) struct Guests {
    listener: TcpListener,
    seats: Arc<Semaphore>,
    stay: Duration,
}

impl Guests {
    /// So many seats, each for so long.
    pub(super) fn new(listener: TcpListener, seats: usize, stay: Duration) -> Self {
        Self { listener, seats: Arc::new(Semaphore::new(seats)), stay }
    }
}

impl Listener for Guests {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        // Fails only where the semaphore is closed, which nobody does.
        let seat = self.seats.clone().acquire_owned().await.ok();
        let (stream, from) = Listener::accept(&mut self.listener).await;
        let stay = Stay::new(self.stay);
        (Guest { stream, timer: Box::pin(tokio::time::sleep_until(stay.until())), stay, _seat: seat }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// How long a guest may stay.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    since: Instant,
    milliseconds: Arc<AtomicU64>,
}

impl Stay {
    fn new(length: Duration) -> Self {
        let stay = Self { since: Instant::now(), milliseconds: Arc::default() };
        stay.lengthen(length);
        stay
    }

    /// Who is expected may stay for so long, from the beginning on.
    pub(super) fn lengthen(&self, length: Duration) {
        self.milliseconds.store(u64::try_from(length.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn until(&self) -> Instant {
        self.since + Duration::from_millis(self.milliseconds.load(Ordering::Relaxed))
    }
}

impl Connected<IncomingStream<'_, Guests>> for Stay {
    fn connect_info(guest: IncomingStream<'_, Guests>) -> Self {
        guest.io().stay.clone()
    }
}

/// A connection in its seat. Whoever sends a byte now and then would keep it for ever: when its time is over, it breaks.
pub(super) struct Guest {
    stream: TcpStream,
    timer: Pin<Box<Sleep>>,
    stay: Stay,
    _seat: Option<OwnedSemaphorePermit>,
}

impl Guest {
    fn while_welcome<T>(
        &mut self,
        context: &mut Context<'_>,
        go_on: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        while self.timer.as_mut().poll(context).is_ready() {
            let until = self.stay.until();
            if until <= Instant::now() {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(until);
        }
        go_on(Pin::new(&mut self.stream), context)
    }
}

impl AsyncRead for Guest {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.while_welcome(cx, |stream, cx| stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.while_welcome(cx, |stream, cx| stream.poll_write(cx, buf))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.while_welcome(cx, |stream, cx| stream.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);

    async fn guests(seats: usize) -> (Guests, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        (Guests::new(listener, seats, SHORT), at)
    }

    #[tokio::test]
    async fn a_silent_guest_has_to_leave() {
        let (mut guests, at) = guests(1).await;
        let _caller = TcpStream::connect(at).await.expect("a connection");
        let (mut guest, _) = guests.accept().await;
        let read = timeout(SHORT * 50, guest.read(&mut [0; 10])).await.expect("an end");
        assert_eq!(read.expect_err("no byte").kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_is_expected_may_stay_for_longer() {
        let (mut guests, at) = guests(1).await;
        let mut caller = TcpStream::connect(at).await.expect("a connection");
        let (mut guest, _) = guests.accept().await;
        guest.stay.lengthen(SHORT * 50);
        assert!(timeout(SHORT * 2, guest.read(&mut [0; 10])).await.is_err(), "still in its seat");
        caller.write_all(b"news").await.expect("a line");
        assert_eq!(guest.read(&mut [0; 10]).await.expect("bytes"), 4);
    }

    #[tokio::test]
    async fn who_finds_no_seat_waits_for_one() {
        let (mut guests, at) = guests(1).await;
        let _callers = (TcpStream::connect(at).await.expect("one"), TcpStream::connect(at).await.expect("another"));
        let (first, _) = guests.accept().await;
        assert!(timeout(SHORT, guests.accept()).await.is_err());
        drop(first);
        assert!(timeout(SHORT * 50, guests.accept()).await.is_ok());
    }
}
