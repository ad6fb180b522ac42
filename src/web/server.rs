//! The admin API over a Unix socket: whoever may open the socket may ask.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

use super::admin::{Admin, AdminError};
use super::drill::Drilling;
use super::queue::Steering;
use super::report::Labelling;
use super::silence::{Meant, Silencing};
use super::story::Amending;
use super::suppressed::SuppressedQuery;
use crate::store::{AlertQuery, QueueQuery, QueueState};

/// The socket's name in its directory.
pub const SOCKET_NAME: &str = "newswatch.sock";
/// Owner and group: an admin's shell reaches the service by its group.
const SOCKET_MODE: u32 = 0o660;
/// Rows of a list where the question names no limit.
const DEFAULT_LIMIT: usize = 100;
/// Most rows of a list.
const MAX_LIMIT: usize = 10_000;

/// Binds the socket in `dir`. One that a dead daemon left behind is replaced: the caller holds the store, so there is
/// no living one.
pub fn bind(dir: &Path) -> io::Result<UnixListener> {
    let path = dir.join(SOCKET_NAME);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(SOCKET_MODE))?;
    Ok(listener)
}

/// Answers until cancelled; requests under way are finished.
pub async fn serve(listener: UnixListener, admin: Admin, cancel: CancellationToken) -> io::Result<()> {
    let routes = Router::new()
        .route("/v1/status", get(async |State(admin): State<Admin>| answer(admin.status().await)))
        .route("/v1/feeds", get(async |State(admin): State<Admin>| answer(admin.feeds().await)))
        .route("/v1/feeds/why", get(why))
        .route("/v1/alerts", get(alerts))
        .route("/v1/outbox", get(outbox))
        .route("/v1/outbox/steer", post(steer))
        .route("/v1/explain", get(explain))
        .route("/v1/suppressed", get(suppressed))
        .route("/v1/labels", get(async |State(admin): State<Admin>| answer(admin.labels().await)))
        .route("/v1/label", post(label))
        .route("/v1/silences", get(async |State(admin): State<Admin>| answer(admin.silences().await)))
        .route("/v1/silence", post(silence))
        .route("/v1/silence/end", post(end_silence))
        .route("/v1/ack", post(acknowledge))
        .route("/v1/drill", post(drill))
        .route("/v1/story", get(story))
        .route("/v1/story/pairs", get(async |State(admin): State<Admin>| answer(admin.pairs().await)))
        .route("/v1/story/amend", post(amend))
        .with_state(admin);
    axum::serve(listener, routes).with_graceful_shutdown(cancel.cancelled_owned()).await
}

#[derive(Deserialize)]
struct AlertsQuestion {
    watch: Option<String>,
    since: Option<Timestamp>,
    limit: Option<usize>,
}

async fn alerts(State(admin): State<Admin>, Query(asked): Query<AlertsQuestion>) -> Response {
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    answer(admin.alerts(AlertQuery { id: None, watch: asked.watch, since: asked.since, limit }).await)
}

#[derive(Deserialize)]
struct OutboxQuestion {
    state: Option<QueueState>,
    target: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    whole: bool,
}

async fn outbox(State(admin): State<Admin>, Query(asked): Query<OutboxQuestion>) -> Response {
    let OutboxQuestion { state, target, after, limit, whole } = asked;
    let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    answer(admin.queue(QueueQuery { state, target, id: None, after, limit, whole }).await)
}

async fn steer(State(admin): State<Admin>, Json(wanted): Json<Steering>) -> Response {
    answer(admin.steer(&wanted).await)
}

#[derive(Deserialize)]
struct WhyQuestion {
    feed: String,
}

async fn why(State(admin): State<Admin>, Query(asked): Query<WhyQuestion>) -> Response {
    answer(admin.why(&asked.feed).await)
}

#[derive(Deserialize)]
struct ExplainQuestion {
    item: String,
}

async fn explain(State(admin): State<Admin>, Query(asked): Query<ExplainQuestion>) -> Response {
    answer(admin.explain(&asked.item).await)
}

async fn suppressed(State(admin): State<Admin>, Query(asked): Query<SuppressedQuery>) -> Response {
    answer(admin.suppressed(asked).await)
}

async fn label(State(admin): State<Admin>, Json(wanted): Json<Labelling>) -> Response {
    answer(admin.label(&wanted.alert, wanted.label).await)
}

async fn silence(State(admin): State<Admin>, Json(wanted): Json<Silencing>) -> Response {
    answer(admin.silence(wanted).await)
}

async fn end_silence(State(admin): State<Admin>, Json(meant): Json<Meant>) -> Response {
    answer(admin.end_silence(&meant.id).await)
}

async fn drill(State(admin): State<Admin>, Json(wanted): Json<Drilling>) -> Response {
    answer(admin.drill(wanted).await)
}

async fn acknowledge(State(admin): State<Admin>, Json(meant): Json<Meant>) -> Response {
    answer(admin.acknowledge(&meant.id).await)
}

#[derive(Deserialize)]
struct StoryQuestion {
    story: String,
}

async fn story(State(admin): State<Admin>, Query(asked): Query<StoryQuestion>) -> Response {
    answer(admin.story(&asked.story).await)
}

async fn amend(State(admin): State<Admin>, Json(wanted): Json<Amending>) -> Response {
    answer(admin.amend(&wanted).await)
}

fn answer<T: serde::Serialize>(result: Result<T, AdminError>) -> Response {
    match result {
        Ok(report) => Json(report).into_response(),
        Err(error) => {
            let status = match error {
                AdminError::NoSuchItem(_)
                | AdminError::NoSuchFeed(_)
                | AdminError::NoSuchAlert(_)
                | AdminError::NoSuchWatch(_)
                | AdminError::NoSuchTarget(_)
                | AdminError::NoSuchSilence(_)
                | AdminError::NotQueued(_)
                | AdminError::NoSuchStory(_) => StatusCode::NOT_FOUND,
                AdminError::Selector(_) | AdminError::LongSilence(_) | AdminError::SilenceEnds(_) => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                AdminError::OverSilence(_)
                | AdminError::NoThread(..)
                | AdminError::AmbiguousAlert(_)
                | AdminError::AmbiguousStory(_)
                | AdminError::AmbiguousDelivery(_)
                | AdminError::NotLabelled(..)
                | AdminError::AloneInStory(_)
                | AdminError::OneStory(..) => StatusCode::CONFLICT,
                AdminError::Store(_) | AdminError::Drill(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, Json(serde_json::json!({ "error": error.to_string() }))).into_response()
        }
    }
}
