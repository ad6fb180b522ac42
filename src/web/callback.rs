//! The callback: where hubs ask back and push to (WebSub, 5.3 and 7).
//!
//! Anybody on the Internet may call here, so all that a call can cost is bounded: the connections and how long each
//! lasts, the bytes of a body and of all bodies together. Strangers are sent away by their head. The last segment of the path is a secret of hub and
//! subscriber; who sent a call does not matter, and what a proxy says about that (`X-Forwarded-For`) is not read.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::guest::{Guests, Stay};
use crate::fetch::{Knock, Ping, Pinged, Tokens};
use crate::model::Unguessable;

/// Longest body of a push.
pub const MAX_BODY_BYTES: usize = 10 << 20;
/// All bodies that are held at once; further ones wait to be read.
pub const MAX_HELD_BYTES: usize = 64 << 20;
/// From the head of a request to the end of its body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// From there to the reply. A hub does not wait for much longer.
pub const REPLY_TIMEOUT: Duration = Duration::from_secs(15);
/// Calls at once; further ones wait to be let in.
pub const MAX_CALLS: usize = 64;
/// From the connection to the end of a head that somebody is expected by: who says nothing holds a seat for no longer.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// For one call from its first byte to its last: a moment more than its parts may take.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(45);
/// When a hub is asked to try again with what could not be taken, in seconds.
pub const RETRY_AFTER_SECONDS: u16 = 60;
/// Longest query of a verification.
pub const MAX_QUERY_BYTES: usize = 8 << 10;
/// How long calls under way may go on when the daemon is to stop.
const STOP_GRACE: Duration = Duration::from_secs(3);
/// The unit in which bodies are counted.
const KIB: usize = 1 << 10;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");

/// The callback, before it takes calls: whoever comes waits.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    door: Door,
}

impl Callback {
    /// Listens for calls at the paths below that of `prefix` with one of the tokens.
    pub async fn bind(
        listen: SocketAddr,
        prefix: &Url,
        tokens: Tokens,
        knocks: mpsc::Sender<Knock>,
    ) -> io::Result<Self> {
        let prefix = prefix.path().trim_end_matches('/').into();
        let door = Door { prefix, tokens, knocks, room: Arc::new(Semaphore::new(MAX_HELD_BYTES / KIB)) };
        Ok(Self { listener: TcpListener::bind(listen).await?, door })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Takes calls until cancelled.
    pub async fn serve(self, cancel: CancellationToken) -> io::Result<()> {
        let routes = Router::new().fallback(call).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(self.door);
        let routes = routes.into_make_service_with_connect_info::<Stay>();
        let guests = Guests::new(self.listener, MAX_CALLS, HEAD_TIMEOUT);
        let serving = axum::serve(guests, routes).with_graceful_shutdown(cancel.clone().cancelled_owned());
        tokio::select! {
            served = serving.into_future() => served,
            () = async { cancel.cancelled().await; tokio::time::sleep(STOP_GRACE).await } => Ok(()),
        }
    }
}

#[derive(Debug, Clone)]
struct Door {
    prefix: Arc<str>,
    tokens: Tokens,
    knocks: mpsc::Sender<Knock>,
    /// What bodies may still be held, in KiB.
    room: Arc<Semaphore>,
}

async fn call(State(door): State<Door>, ConnectInfo(stay): ConnectInfo<Stay>, request: Request) -> Response {
    let Some(token) = door.token(request.uri().path()) else { return answer(StatusCode::NOT_FOUND) };
    stay.lengthen(CALL_TIMEOUT);
    // HEAD is not GET here: nothing is confirmed by it.
    match *request.method() {
        Method::GET => door.verify(token, request.uri().query().unwrap_or_default()).await,
        Method::POST => door.deliver(token, request).await,
        _ => answer(StatusCode::METHOD_NOT_ALLOWED),
    }
}

impl Door {
    fn token(&self, path: &str) -> Option<Unguessable> {
        let token = path.strip_prefix(&*self.prefix)?.strip_prefix('/')?;
        let token = Unguessable::is_likely(token).then(|| Unguessable::shown(token))?;
        self.tokens.feed(&token).map(|_| token)
    }

    async fn verify(&self, token: Unguessable, query: &str) -> Response {
        if query.len() > MAX_QUERY_BYTES {
            return answer(StatusCode::NOT_FOUND);
        }
        let (reply, replied) = oneshot::channel();
        match self.knock(Knock::Verify { token, query: query.to_owned(), reply }, replied).await {
            // A stranger chose the text: nothing may take it for a page.
            Some(Some(echo)) => with_body(StatusCode::OK, echo),
            Some(None) => answer(StatusCode::NOT_FOUND),
            None => busy(),
        }
    }

    async fn deliver(&self, token: Unguessable, request: Request) -> Response {
        let headers = request.headers();
        let (signature, content_type) = (text(headers, &SIGNATURE), text(headers, &CONTENT_TYPE));
        let length = promised(headers);
        if length > MAX_BODY_BYTES {
            return answer(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let deadline = Instant::now() + BODY_TIMEOUT;
        let room = self.room.acquire_many(u32::try_from(length.div_ceil(KIB)).unwrap_or(u32::MAX));
        // Held until the reply: so long the body is in memory.
        let Ok(_held) = tokio::time::timeout_at(deadline, room).await else { return busy() };
        let Ok(read) = tokio::time::timeout_at(deadline, Bytes::from_request(request, &())).await else {
            return answer(StatusCode::REQUEST_TIMEOUT);
        };
        let body = match read {
            Ok(bytes) => bytes.into(),
            Err(rejection) => return answer(rejection.into_response().status()),
        };
        let (reply, replied) = oneshot::channel();
        let ping = Ping { token, signature, content_type, body, reply };
        match self.knock(Knock::Ping(ping), replied).await {
            Some(Pinged::Durable) => answer(StatusCode::OK),
            // WebSub, 7.1: whoever forges a signature is not told that it was seen.
            Some(Pinged::Ignored) => answer(StatusCode::ACCEPTED),
            // Not 410, by which a hub may end the subscription for good: the store may only have been put back to an
            // older state. A subscription that is really gone ends with its lease.
            Some(Pinged::Unknown) => answer(StatusCode::NOT_FOUND),
            Some(Pinged::Busy) | None => busy(),
        }
    }

    /// The reply to a knock; `None` if there is none in time.
    async fn knock<T>(&self, knock: Knock, replied: oneshot::Receiver<T>) -> Option<T> {
        let exchange = async {
            self.knocks.send(knock).await.ok()?;
            replied.await.ok()
        };
        tokio::time::timeout(REPLY_TIMEOUT, exchange).await.ok().flatten()
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(readable)
}

/// How long the body is, as far as the head says; one that comes in chunks may be as long as any.
fn promised(headers: &HeaderMap) -> usize {
    let length = text(headers, &CONTENT_LENGTH).filter(|_| !headers.contains_key(TRANSFER_ENCODING));
    length.and_then(|length| length.parse().ok()).unwrap_or(MAX_BODY_BYTES)
}

/// Some publishers put letters into headers that do not belong there; whatever they are, the rest is of use.
fn readable(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn answer(status: StatusCode) -> Response {
    with_body(status, String::new())
}

fn busy() -> Response {
    let mut response = answer(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    response
}

/// One answer a connection: then a seat is never held by somebody who has nothing to say.
fn with_body(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
