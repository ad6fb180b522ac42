//! The pages behind the links in alerts: to acknowledge a story, to silence it, to label its alert.
//!
//! Looking at a page changes nothing, since mail filters follow links; its buttons do. Anybody on the Internet may call here:
//! strangers are sent away by their head, and what a call can cost is bounded.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::admin::{Admin, AdminError};
use super::guest::{Guests, Stay};
use super::silence::Silencing;
use crate::model::{Alert, AlertId, Verdict};
use crate::notify::inert;
use crate::token::Links;

/// Calls at once; further ones wait to be let in.
const MAX_CALLS: usize = 32;
/// From the connection to the end of a head with a link that is known.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// For one call from its first byte to its last.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest body: the name of a button.
const MAX_BODY_BYTES: usize = 1 << 10;
/// How long calls under way may go on when the daemon is to stop.
const STOP_GRACE: Duration = Duration::from_secs(3);
/// How long a story is silenced by a button.
const SILENCE: SignedDuration = SignedDuration::from_hours(4);
/// Nothing is loaded from anywhere, no script runs, and forms lead here only.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The page of one alert.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>newswatch</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1rem;margin:.3rem 0;width:100%}p.done{font-weight:bold}</style></head>
<body><p>{{ watch }} · {{ kind }}</p><h1 dir="auto">{{ headline }}</h1>
{% if let Some(done) = done %}<p class="done" role="status">{{ done }}</p>{% endif %}
<form method="post">
{% if has_story %}<button name="do" value="ack">Acknowledge: I have it in hand, no more updates</button>
<button name="do" value="silence">Silence this story for 4 hours</button>{% endif %}
{% if has_item %}<button name="do" value="relevant">It was worth reading</button>
<button name="do" value="noise">It was noise</button>{% endif %}
</form></body></html>
"#
)]
struct Page {
    watch: String,
    kind: &'static str,
    headline: String,
    done: Option<String>,
    has_story: bool,
    has_item: bool,
}

/// The server of these pages, before it takes calls.
#[derive(Debug)]
pub struct Handles {
    listener: TcpListener,
}

#[derive(Clone)]
struct Desk {
    links: Arc<Links>,
    admin: Admin,
}

impl Handles {
    /// Listens for calls.
    pub async fn bind(listen: SocketAddr) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(listen).await? })
    }

    /// Takes calls until cancelled.
    pub async fn serve(self, links: Arc<Links>, admin: Admin, cancel: CancellationToken) -> io::Result<()> {
        let routes = Router::new().fallback(call).layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
        let routes = routes.with_state(Desk { links, admin }).into_make_service_with_connect_info::<Stay>();
        let guests = Guests::new(self.listener, MAX_CALLS, HEAD_TIMEOUT);
        let serving = axum::serve(guests, routes).with_graceful_shutdown(cancel.clone().cancelled_owned());
        tokio::select! {
            served = serving.into_future() => served,
            () = async { cancel.cancelled().await; tokio::time::sleep(STOP_GRACE).await } => Ok(()),
        }
    }
}

async fn call(State(desk): State<Desk>, ConnectInfo(stay): ConnectInfo<Stay>, request: Request) -> Response {
    let token = request.uri().path().strip_prefix(desk.links.prefix()).and_then(|path| path.strip_prefix('/'));
    let Some(alert) = token.and_then(|token| desk.links.read(token, desk.admin.clock.now())) else {
        return answer(StatusCode::NOT_FOUND, "This link is not good, or not any more.\n".to_owned(), "text/plain");
    };
    stay.lengthen(CALL_TIMEOUT);
    let done = match *request.method() {
        Method::GET => None,
        Method::POST => match String::from_request(request, &()).await {
            Ok(body) => Some(desk.act(alert, body.trim()).await),
            Err(rejection) => return answer(rejection.into_response().status(), String::new(), "text/plain"),
        },
        _ => return answer(StatusCode::METHOD_NOT_ALLOWED, String::new(), "text/plain"),
    };
    desk.page(alert, done).await
}

impl Desk {
    async fn page(&self, id: AlertId, done: Option<Result<String, AdminError>>) -> Response {
        let found = self.admin.alerts_beginning(&id.to_string()).await.ok().and_then(|mut found| found.pop());
        let Some(alert) = found.map(|report| report.alert) else {
            return answer(StatusCode::NOT_FOUND, "The alert is forgotten.\n".to_owned(), "text/plain");
        };
        let failed = done.as_ref().is_some_and(Result::is_err);
        let done =
            done.map(|done| done.unwrap_or_else(|error| format!("That did not work: {}", inert(&error.to_string()))));
        let page = page_of(&alert, done).render().unwrap_or_default();
        answer(if failed { StatusCode::CONFLICT } else { StatusCode::OK }, page, "text/html")
    }

    async fn act(&self, id: AlertId, body: &str) -> Result<String, AdminError> {
        let wanted = id.to_string();
        match body {
            "do=ack" => {
                self.admin.acknowledge(&wanted).await?;
                Ok("Acknowledged: updates of this story are not told any more.".to_owned())
            }
            "do=silence" => {
                let found = self.admin.alerts_beginning(&wanted).await?.pop();
                let story = found.and_then(|report| report.alert.story);
                let story = story.ok_or_else(|| AdminError::NoSuchAlert(wanted.clone()))?;
                let silencing = Silencing {
                    selector: format!("story={story}"),
                    starts: None,
                    ends: self.admin.clock.now().checked_add(SILENCE).unwrap_or(jiff::Timestamp::MAX),
                    why: format!("by the link of alert {wanted}"),
                    by: "a link".to_owned(),
                    dry_run: false,
                };
                let report = self.admin.silence(silencing).await?;
                Ok(format!("Silenced until {:.0}.", report.silence.ends))
            }
            "do=relevant" | "do=noise" => {
                let verdict = Verdict::named(body.trim_start_matches("do="));
                self.admin.label(&wanted, verdict).await?;
                Ok("Thank you: that is remembered.".to_owned())
            }
            _ => Ok("Nothing was done.".to_owned()),
        }
    }
}

fn page_of(alert: &Alert, done: Option<String>) -> Page {
    Page {
        watch: inert(&alert.watch),
        kind: alert.kind.name(),
        headline: inert(&alert.headline),
        done,
        has_story: alert.story.is_some(),
        has_item: alert.lead.is_some(),
    }
}

fn answer(status: StatusCode, body: String, content_type: &'static str) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let html = content_type == "text/html";
    let charset = if html { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(charset));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
