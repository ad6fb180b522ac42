//! Assembly: builds the parts, wires them, supervises, and stops in order.
//!
//! One task a component: the poller, a lane a target, housekeeping, the admin API. If one ends by itself, the daemon
//! stops rather than limp. Stopping has a deadline, and whoever does not make it is named.

mod drill;
mod heartbeat;
mod key;
mod place;
mod supervisor;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::address::AddressPolicy;
use crate::clock::{Clock, Dice};
use crate::config::{Config, WebSub};
use crate::delivery::{self, Lane};
use crate::fetch::{self, ClientError, Fetcher, Hub, Tokens};
use crate::matcher::{Matcher, MatcherError};
use crate::model::{Target, Trouble};
use crate::notify::{self, BuildError};
use crate::objective::Objective;
use crate::poller::{self, Hubs, Poller, Round};
use crate::reminder::Reminder;
use crate::silence::Silences;
use crate::store::{Embedded, Store, StoreError};
use crate::story::Stories;
use crate::token::Links;
use crate::web::callback::Callback;
use crate::web::{self, Admin, DrillOrder, DrillReport, Drilling, Handles, MAX_DRILLS, Running};

use self::heartbeat::Heartbeat;

pub use heartbeat::HEARTBEAT_INTERVAL;
pub use place::{Place, SYSTEM_CONFIG};
pub use supervisor::{Failure, Stopped, Supervisor};

/// How long tasks may take to finish what they began.
pub const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// How often old alerts and items are expired.
const EXPIRE_INTERVAL: Duration = Duration::from_hours(1);

/// Why a daemon could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The store could not be opened, or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The watches cannot be matched.
    #[error(transparent)]
    Matcher(#[from] MatcherError),
    /// The HTTP client could not be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A target cannot be served.
    #[error(transparent)]
    Target(#[from] BuildError),
    /// Nobody could call.
    #[error("cannot listen at {listen} for WebSub hubs: {error}; `listen` in [websub] names another address")]
    Callback {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// Nobody could act on alerts.
    #[error("cannot listen at {listen} for the links in alerts: {error}; `listen` in [links] names another address")]
    Handles {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The key of links could not be read or made.
    #[error("cannot keep the key of links in {path}: {error}", path = path.display())]
    Key {
        /// Where it is kept.
        path: std::path::PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A drill did not get on its way.
    #[error("no drill: {0}")]
    Drill(String),
    /// A task ended by itself.
    #[error(transparent)]
    Task(#[from] Failure),
}

/// What `--once` came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnceReport {
    /// The polls.
    pub round: Round,
    /// Whether deliveries wait for another attempt.
    pub waiting: bool,
}

/// Runs until cancelled.
pub async fn run(config: Config, place: &Place, cancel: CancellationToken) -> Result<(), DaemonError> {
    let parts = Parts::build(config, place).await?;
    let store = parts.store.clone();
    let result = parts.supervise(place, cancel).await;
    // A failure that nobody waited for is known only now.
    let closed = store.close().await;
    result.and(closed.map_err(DaemonError::from))
}

/// Polls everything once, delivers what is due, and returns.
pub async fn once(config: Config, place: &Place, cancel: CancellationToken) -> Result<OnceReport, DaemonError> {
    // All that one round collects is told at its end.
    let parts = Parts::build(Config { quiet: Duration::ZERO, ..config }, place).await?;
    let poller = parts.poller(None).await?;
    let round = poller.once(cancel.clone()).await?;
    let mut waiting = false;
    // Twice: a dead letter at one target begets a notice to another, which may be done by then. Notices beget none.
    for _ in 0..2 {
        let mut draining = tokio::task::JoinSet::new();
        for (_, lane) in parts.lanes()? {
            draining.spawn(lane.drain(cancel.clone()));
        }
        waiting = false;
        for drained in draining.join_all().await {
            waiting |= drained?.waiting;
        }
    }
    parts.store.close().await?;
    Ok(OnceReport { round, waiting })
}

/// Sends a marked item the whole way, where no daemon runs.
pub async fn drill(config: Config, place: &Place, drilling: Drilling) -> Result<DrillReport, DaemonError> {
    let parts = Parts::build(config, place).await?;
    let report = drill::set_out(&parts, &place.state_dir, &drilling).await?;
    let mut draining = tokio::task::JoinSet::new();
    for (_, lane) in parts.lanes()? {
        draining.spawn(lane.drain(CancellationToken::new()));
    }
    for drained in draining.join_all().await {
        drained?;
    }
    let report = drill::look(&parts, report).await?;
    parts.store.close().await?;
    Ok(report)
}

/// The parts that components share.
#[derive(Clone)]
struct Parts {
    config: Config,
    store: Arc<dyn Store>,
    matcher: Arc<Matcher>,
    stories: Arc<Mutex<Stories>>,
    silences: Arc<Mutex<Silences>>,
    client: reqwest::Client,
    /// For targets.
    poster: reqwest::Client,
    policy: AddressPolicy,
    clock: Clock,
    dice: Arc<Dice>,
    wake: watch::Sender<()>,
    links: Option<Arc<Links>>,
    troubles: Arc<Mutex<Vec<Trouble>>>,
}

impl Parts {
    async fn build(config: Config, place: &Place) -> Result<Self, DaemonError> {
        let policy = AddressPolicy { allow: config.allow_private.clone() };
        let client = fetch::client(&policy, config.contact.as_deref(), config.fetch.connect_timeout)?;
        let poster = fetch::posting_client(&policy, config.contact.as_deref(), config.fetch.connect_timeout)?;
        let matcher = Arc::new(Matcher::new(&config.watches)?);
        let store: Arc<dyn Store> = Embedded::open(&place.state_dir)?.into();
        let (wake, _) = watch::channel(());
        let (clock, dice) = (Clock::system(), Arc::new(Dice::new()));
        let stories = Arc::new(Mutex::new(poller::remembered_stories(&*store, clock.now()).await?));
        let silences = Arc::new(Mutex::new(Silences::new(store.silences().await?)));
        let links = config.links.as_ref().map(|links| key::links(links, &place.state_dir)).transpose()?.map(Arc::new);
        let parts = Self {
            troubles: Arc::default(),
            links,
            config,
            store,
            matcher,
            stories,
            silences,
            client,
            poster,
            policy,
            clock,
            dice,
            wake,
        };
        delivery::tidy(&parts.delivery_parts()).await?;
        Ok(parts)
    }

    /// The targets that are told of trouble.
    fn owner(&self) -> Vec<Target> {
        self.config.targets.iter().filter(|target| self.config.owner.contains(&target.name)).cloned().collect()
    }

    fn objective(&self, within: Duration) -> Objective {
        Objective::new(self.store.clone(), self.clock.clone(), self.wake.clone(), within, self.owner())
    }

    fn reminder(&self) -> Option<Reminder> {
        let (store, stories, clock) = (self.store.clone(), self.stories.clone(), self.clock.clone());
        let Config { watches, targets, .. } = &self.config;
        Reminder::new(store, stories, clock, self.wake.clone(), watches, targets.clone())
    }

    fn delivery_parts(&self) -> delivery::Parts {
        delivery::Parts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
            wake: self.wake.clone(),
            owner: self.owner().into(),
            targets: self.config.targets.clone().into(),
            links: self.links.clone(),
            troubles: self.troubles.clone(),
        }
    }

    fn lanes(&self) -> Result<Vec<(String, Lane)>, DaemonError> {
        let lane = |target: &Target| {
            let notifier = notify::build(target, &self.poster, &self.policy)?;
            Ok((target.name.clone(), Lane::new(self.delivery_parts(), target.clone(), notifier.into())))
        };
        self.config.targets.iter().map(lane).collect()
    }

    async fn poller(&self, hubs: Option<Hubs>) -> Result<Poller, DaemonError> {
        let limits = &self.config.fetch;
        let fetcher =
            Fetcher::new(self.client.clone(), self.policy.clone(), self.config.contact.as_deref(), limits.clone());
        let parts = poller::Parts {
            store: self.store.clone(),
            fetching: Arc::new(fetcher),
            matcher: self.matcher.clone(),
            stories: self.stories.clone(),
            silences: self.silences.clone(),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
            wake: self.wake.clone(),
        };
        Ok(Poller::new(parts, self.options(), &self.config.feeds, hubs).await?)
    }

    fn options(&self) -> poller::Options {
        let limits = &self.config.fetch;
        poller::Options {
            lookback: self.config.lookback,
            quiet: self.config.quiet,
            max_in_flight: limits.max_in_flight,
            host_gap: limits.host_gap,
            budget: self.config.budget,
            targets: self.config.targets.clone(),
            owner: self.config.owner.clone(),
            routes: self.config.routes.clone(),
        }
    }

    /// Opens the callback, where the configuration says so. It takes calls once the subscriptions are known.
    async fn callback(&self) -> Result<Option<(Callback, Hubs)>, DaemonError> {
        let Some(WebSub { callback, listen }) = self.config.websub.clone() else { return Ok(None) };
        let (sender, knocks) = mpsc::channel(fetch::MAX_KNOCKS);
        let tokens = Tokens::default();
        let bound = Callback::bind(listen, &callback, tokens.clone(), sender).await;
        let bound = bound.map_err(|error| DaemonError::Callback { listen, error })?;
        let asking = Arc::new(Hub::new(self.client.clone(), self.policy.clone(), self.config.fetch.clone()));
        Ok(Some((bound, Hubs { asking, callback, tokens, knocks })))
    }

    async fn supervise(self, place: &Place, cancel: CancellationToken) -> Result<(), DaemonError> {
        let mut tasks = Supervisor::new(cancel.clone());
        for (name, lane) in self.lanes()? {
            tasks.spawn(format!("delivery to {name}"), lane.run(cancel.clone()));
        }
        let (callback, hubs) = self.callback().await?.unzip();
        tasks.spawn("poller".to_owned(), self.poller(hubs).await?.run(cancel.clone()));
        if let Some(callback) = callback {
            tasks.spawn("WebSub callback".to_owned(), callback.serve(cancel.clone()));
        }
        tasks.spawn("housekeeping".to_owned(), keep_house(self.store.clone(), cancel.clone()));
        if let Some(reminder) = self.reminder() {
            tasks.spawn("reminders".to_owned(), reminder.run(cancel.clone()));
        }
        if let Some(within) = self.config.alert_within {
            tasks.spawn("objective".to_owned(), self.objective(within).run(cancel.clone()));
        }
        let (orders, ordered) = mpsc::channel(MAX_DRILLS);
        let (passed, drilled) = watch::channel(true);
        let drills = drill::run(self.clone(), place.state_dir.clone(), ordered, passed, cancel.clone());
        tasks.spawn("drills".to_owned(), drills);
        if let Some(url) = self.config.heartbeat.clone() {
            let (client, policy, store) = (self.client.clone(), self.policy.clone(), self.store.clone());
            let heartbeat = Heartbeat { url, client, policy, store, drilled };
            tasks.spawn("heartbeat".to_owned(), heartbeat.run(cancel.clone()));
        }
        let admin = self.admin(place, orders);
        if let (Some(links), Some(config)) = (self.links.clone(), &self.config.links) {
            let listen = config.listen;
            let handles = Handles::bind(listen).await.map_err(|error| DaemonError::Handles { listen, error })?;
            tasks.spawn("links".to_owned(), handles.serve(links, admin.clone(), cancel.clone()));
        }
        match web::bind(&place.socket_dir()) {
            Ok(listener) => {
                tasks.spawn("admin API".to_owned(), web::serve(listener, admin, cancel));
            }
            // Alerts matter more than questions about them.
            Err(error) => {
                let dir = place.socket_dir();
                tracing::warn!(%error, dir = %dir.display(), "no admin socket: commands cannot reach this daemon");
            }
        }
        let (feeds, watches, targets) = (self.config.feeds.len(), self.config.watches.len(), self.config.targets.len());
        tracing::info!(feeds, watches, targets, state = %place.state_dir.display(), "watching");
        tell_systemd(&[sd_notify::NotifyState::Ready]);
        let ended = tasks.until_cancelled().await;
        tell_systemd(&[sd_notify::NotifyState::Stopping]);
        let stopped = tasks.stop(STOP_DEADLINE).await;
        for name in stopped.late {
            tracing::warn!(task = name, "did not finish in time; what it was at is done again after the next start");
        }
        // What failed on the way out was not recorded, and whoever started this has to know.
        ended.and(stopped.failure.map_or(Ok(()), Err)).map_err(DaemonError::from)
    }

    fn admin(&self, place: &Place, drills: mpsc::Sender<DrillOrder>) -> Admin {
        Admin {
            store: self.store.clone(),
            state_dir: place.state_dir.clone(),
            feeds: self.config.feeds.clone().into(),
            budget: self.config.budget,
            matcher: self.matcher.clone(),
            targets: self.config.targets.clone().into(),
            stories: Some(self.stories.clone()),
            silences: self.silences.clone(),
            drills: Some(drills),
            troubles: self.troubles.clone(),
            clock: self.clock.clone(),
            wake: Some(self.wake.clone()),
            running: Some(Running { pid: std::process::id(), started: self.clock.now() }),
        }
    }
}

/// Expires what is old, at the start and every [`EXPIRE_INTERVAL`].
async fn keep_house(store: Arc<dyn Store>, cancel: CancellationToken) -> Result<(), StoreError> {
    while !cancel.is_cancelled() {
        store.expire().await?;
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(EXPIRE_INTERVAL) => {}
        }
    }
    Ok(())
}

fn tell_systemd(state: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "cannot reach systemd's notification socket");
    }
}
