//! A world: some publishers, some targets, and a daemon that dies now and then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use newswatch::clock::{Clock, Dice};
use newswatch::daemon::{STOP_DEADLINE, Supervisor};
use newswatch::delivery::{self, Lane};
use newswatch::matcher::Matcher;
use newswatch::model::{Budget, Feed, Manner, Realert, Role, Source, Target, Term, Watch};
use newswatch::poller::{self, Options, Poller};
use newswatch::silence::Silences;
use newswatch::store::{Embedded, Store, StoreError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_64;

use crate::audit::Audit;
use crate::broken::{Broken, Bug};
use crate::faults::Faults;
use crate::gate::{Gate, Idle};
use crate::ledger::{Counts, Ledger};
use crate::manners::{self, OWNER};
use crate::news::{HOUR, MINUTE, News, WATCHES};
use crate::origin::Origin;
use crate::receiver::Receiver;
use crate::stay::stay;
use crate::store::Risky;

/// Faults end then.
const CALM: u64 = 4 * HOUR;
/// All that waits has come to its end by then, with faults or without: the longest backoff of a feed, and any deadline.
const END: u64 = CALM + 40 * HOUR;
/// How often the disk is looked at.
const LOOK: u64 = 10 * MINUTE;
/// Every so many looks while there are faults.
const RARELY: u64 = 9;

/// What came of a world.
pub struct Run {
    pub wrong: Vec<String>,
    pub lines: Vec<String>,
    /// Of all that happened.
    pub hash: u64,
    pub counts: Counts,
}

/// What befalls the whole machine.
#[derive(Debug, Clone, Copy)]
enum Event {
    Kill,
    Stop,
    Set(SignedDuration),
    Look(u64),
    Calm,
}

struct World {
    seed: u64,
    gate: Arc<Gate>,
    ledger: Arc<Ledger>,
    news: Arc<News>,
    faults: Faults,
    clock: Clock,
    feeds: Vec<Feed>,
    targets: Vec<Target>,
    origin: Arc<Origin>,
    receivers: Vec<Arc<Receiver>>,
    bug: Option<Bug>,
}

/// Lives through the world of a seed.
pub fn run(seed: u64, bug: Option<Bug>) -> Run {
    let idle = Arc::new(Idle::default());
    let parks = idle.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .on_thread_park(move || parks.parks())
        .build()
        .unwrap();
    let shared = Path::new("/dev/shm");
    let dir = tempfile::tempdir_in(shared).or_else(|_| tempfile::tempdir()).unwrap();
    let ran = catch_unwind(AssertUnwindSafe(|| runtime.block_on(live_through(seed, bug, idle, dir.path()))));
    ran.unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "the simulation panicked".to_owned());
        Run { wrong: vec![why], lines: Vec::new(), hash: 0, counts: Counts::default() }
    })
}

async fn live_through(seed: u64, bug: Option<Bug>, idle: Arc<Idle>, dir: &Path) -> Run {
    let world = Arc::new(World::new(seed, bug, idle));
    let mut events = world.events();
    events.reverse();
    let mut done = false;
    while !done {
        done = world.live(dir, &mut events).await;
    }
    let lines = world.ledger.lines();
    let books = world.ledger.books();
    let hash = xxh3_64(lines.join("\n").as_bytes()) ^ world.gate.trace();
    Run { wrong: books.wrong.clone(), hash, counts: books.counts, lines }
}

impl World {
    fn new(seed: u64, bug: Option<Bug>, idle: Arc<Idle>) -> Self {
        let gate = Gate::new(seed, idle);
        let start: Timestamp = "2026-11-22T06:00:00Z".parse().unwrap();
        let mut dice = gate.dice("world", 0);
        let start = start + SignedDuration::from_mins(dice.i64(0..1_440));
        let clock = Clock::starting_at(start);
        let feeds: Vec<Feed> = (0..dice.usize(2..=4)).map(|at| feed(at, &mut dice)).collect();
        let news = Arc::new(News::new(&gate, start, feeds.len(), CALM - HOUR / 2));
        let targets = manners::targets(&gate);
        let ledger = Arc::new(Ledger::new(&gate, &targets));
        let faults = Faults::of(&gate);
        let origin = Arc::new(Origin::new(&gate, &news, &ledger, faults, CALM));
        let receiver = |target: &Target| Arc::new(Receiver::new(&gate, &ledger, faults, &target.name, CALM));
        let receivers = targets.iter().map(receiver).collect();
        Self { seed, gate, ledger, news, faults, clock, feeds, targets, origin, receivers, bug }
    }

    fn events(&self) -> Vec<(u64, Event)> {
        let mut dice = self.gate.dice("events", 0);
        let mut events = vec![(CALM, Event::Calm)];
        for _ in 0..dice.usize(0..3) {
            events.push((dice.u64(0..CALM), Event::Kill));
        }
        for _ in 0..dice.usize(0..3) {
            events.push((dice.u64(0..CALM), Event::Stop));
        }
        if dice.u8(0..4) == 0 {
            let hours = dice.choice([1, -1, 24 * 365, -24 * 365]).unwrap();
            let at = dice.u64(0..CALM);
            events.push((at, Event::Set(SignedDuration::from_hours(hours))));
            if dice.bool() {
                events.push((dice.u64(at..CALM), Event::Set(SignedDuration::from_hours(-hours))));
            }
        }
        events.extend((1..=END / LOOK).map(|n| (n * LOOK + MINUTE, Event::Look(n))));
        events.sort_by_key(|(at, _)| *at);
        events
    }

    /// One life of the daemon; returns whether it was the last.
    async fn live(self: &Arc<Self>, dir: &Path, events: &mut Vec<(u64, Event)>) -> bool {
        self.gate.give_birth();
        self.ledger.begins_life();
        let real = open(dir).await;
        let (failed, cancel) = (Arc::new(AtomicBool::new(false)), CancellationToken::new());
        let store: Arc<dyn Store> = match self.bug {
            Some(bug) => Arc::new(Broken::new(real.clone(), bug)),
            None => real.clone(),
        };
        let (gate, ledger) = (self.gate.clone(), self.ledger.clone());
        let risky = Risky { store, gate, ledger, faults: self.faults, failed: failed.clone() };
        let mut life = tokio::spawn(Daemon::run(self.clone(), Arc::new(risky), cancel.clone()));
        let mut last = false;
        loop {
            let next = events.last().copied().filter(|_| !cancel.is_cancelled());
            tokio::select! {
                biased;
                () = self.gate.death() => break,
                ended = &mut life => {
                    let fine = cancel.is_cancelled() || failed.load(Ordering::SeqCst);
                    if !fine || !matches!(ended, Ok(Ok(()) | Err(StoreError::Closed))) {
                        self.ledger.wrong(format!("the daemon ended by itself: {ended:?}"));
                    }
                    break;
                }
                () = self.gate.wait_until(next.map_or(END, |(at, _)| at), "event"), if next.is_some() => {
                    let Some((_, event)) = events.pop() else { break };
                    if !self.befalls(event, &cancel, &real) {
                        last = !matches!(event, Event::Kill);
                        break;
                    }
                }
                else => break,
            }
        }
        life.abort();
        // Its tasks are dropped when the runtime comes to them, and time goes on only after that.
        self.gate.bury();
        let down = self.gate.dice("down", self.gate.now()).u64(1..2 * MINUTE);
        tokio::time::sleep(Duration::from_millis(down)).await;
        self.audit(&real).always();
        if let Err(error) = stay(real.close()) {
            self.ledger.wrong(format!("the store does not close: {error}"));
        }
        drop(real);
        last
    }

    fn audit<'a>(&'a self, store: &'a Arc<Embedded>) -> Audit<'a> {
        Audit::of(&**store, &self.ledger, &self.news, &self.feeds)
    }

    /// Returns whether life goes on.
    fn befalls(&self, event: Event, cancel: &CancellationToken, store: &Arc<Embedded>) -> bool {
        match event {
            Event::Kill => {
                self.ledger.log("is killed".to_owned());
                return false;
            }
            Event::Stop => {
                self.ledger.log("is stopped".to_owned());
                cancel.cancel();
            }
            Event::Set(step) => {
                self.ledger.log(format!("the clock is set by {step}"));
                self.clock.set_by(step);
                self.ledger.clock_was_set();
            }
            Event::Calm => {
                self.ledger.log("all is well from now on".to_owned());
                self.gate.calm_down();
            }
            Event::Look(n) => {
                let ends = self.gate.now() >= END;
                let may_be_done = ends || (self.gate.now() >= CALM + HOUR / 2 && self.ledger.is_done());
                if n % RARELY == 0 || may_be_done {
                    let audit = self.audit(store);
                    audit.always();
                    if may_be_done && (ends || audit.is_done()) {
                        audit.finally();
                        return false;
                    }
                }
            }
        }
        true
    }
}

/// Whoever held the store before may need a moment to let go of it.
async fn open(dir: &Path) -> Arc<Embedded> {
    for _ in 0..500 {
        match Embedded::open(dir) {
            Ok(store) => return Arc::new(store),
            Err(_) => stay_a_moment(),
        }
    }
    Arc::new(Embedded::open(dir).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "real threads of the store end in real time")]
fn stay_a_moment() {
    std::thread::sleep(Duration::from_millis(2));
}

fn feed(at: usize, dice: &mut fastrand::Rng) -> Feed {
    let source = Source::Url(format!("https://outlet{at}.example/feed").parse().unwrap());
    let every = dice.choice([Some(10), Some(20), Some(45), None]).unwrap();
    Feed { name: at.to_string(), every: every.map(Duration::from_mins), ..Feed::new(source) }
}

fn watches() -> Vec<Watch> {
    let watch = |(at, (name, word)): (usize, &(&str, &str))| Watch {
        name: (*name).to_owned(),
        terms: vec![Term { text: (*word).to_owned(), role: Role::Strong }],
        languages: vec!["en".to_owned()],
        threshold: 0.5,
        targets: Vec::new(),
        urgent: at == 1,
        realert: Realert { corroborated: Some(3), number: true, ..Realert::default() },
        ..Watch::default()
    };
    WATCHES.iter().enumerate().map(watch).collect()
}

/// The parts of `src/daemon.rs`, with its wiring.
struct Daemon {
    world: Arc<World>,
    store: Arc<dyn Store>,
    dice: Arc<Dice>,
    wake: watch::Sender<()>,
}

impl Daemon {
    async fn run(world: Arc<World>, store: Arc<dyn Store>, cancel: CancellationToken) -> Result<(), StoreError> {
        let stories = Arc::new(Mutex::new(poller::remembered_stories(&*store, world.clock.now()).await?));
        let silences = Arc::new(Mutex::new(Silences::new(store.silences().await?)));
        let dice = Arc::new(Dice::seeded(world.seed ^ world.gate.now()));
        let daemon = Self { world, store, dice, wake: watch::channel(()).0 };
        delivery::tidy(&daemon.delivery_parts()).await?;
        let mut tasks = Supervisor::new(cancel.clone());
        for (target, receiver) in daemon.world.targets.iter().zip(&daemon.world.receivers) {
            let mut target = target.clone();
            if daemon.world.bug == Some(Bug::Impatient) {
                target.manner = Manner { fallback: target.manner.fallback, ..Manner::default() };
            }
            let lane = Lane::new(daemon.delivery_parts(), target, receiver.clone());
            tasks.spawn("delivery".to_owned(), lane.run(cancel.clone()));
        }
        let parts = poller::Parts {
            store: daemon.store.clone(),
            fetching: daemon.world.origin.clone(),
            matcher: daemon.world.matcher(),
            stories,
            silences,
            clock: daemon.world.clock.clone(),
            dice: daemon.dice.clone(),
            wake: daemon.wake.clone(),
        };
        let poller = Poller::new(parts, daemon.world.options(), &daemon.world.feeds, None).await?;
        tasks.spawn("poller".to_owned(), poller.run(cancel.clone()));
        tasks.spawn("housekeeping".to_owned(), keep_house(daemon.store.clone(), cancel));
        let ended = tasks.until_cancelled().await;
        let stopped = tasks.stop(STOP_DEADLINE).await;
        match ended.err().or(stopped.failure) {
            // Supervision keeps the text alone.
            Some(failure) if failure.why != StoreError::Closed.to_string() => panic!("{failure}"),
            Some(_) => Err(StoreError::Closed),
            None => Ok(()),
        }
    }

    fn delivery_parts(&self) -> delivery::Parts {
        let owner = self.world.targets.iter().filter(|target| target.name == OWNER);
        delivery::Parts {
            store: self.store.clone(),
            clock: self.world.clock.clone(),
            dice: self.dice.clone(),
            wake: self.wake.clone(),
            owner: owner.cloned().collect(),
            links: None,
            troubles: Arc::default(),
            targets: self.world.targets.clone().into(),
        }
    }
}

impl World {
    /// One for all worlds of these targets: it takes a while to make.
    fn matcher(&self) -> Arc<Matcher> {
        type Known = Vec<(Vec<String>, Arc<Matcher>)>;
        static MATCHERS: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
        let names: Vec<String> = self.targets.iter().map(|target| target.name.clone()).collect();
        let mut matchers = MATCHERS.lock().unwrap();
        if let Some((_, known)) = matchers.iter().find(|(known, _)| *known == names) {
            return known.clone();
        }
        let watches: Vec<Watch> = watches().into_iter().map(|w| Watch { targets: names.clone(), ..w }).collect();
        let matcher = Arc::new(Matcher::new(&watches).unwrap());
        matchers.push((names, matcher.clone()));
        matcher
    }

    fn options(&self) -> Options {
        Options {
            lookback: Duration::from_hours(1),
            quiet: Duration::from_mins(10),
            max_in_flight: 64,
            host_gap: Duration::from_secs(1),
            budget: Budget::default(),
            targets: self.targets.clone(),
            owner: vec![OWNER.to_owned()],
            routes: Vec::new(),
        }
    }
}

async fn keep_house(store: Arc<dyn Store>, cancel: CancellationToken) -> Result<(), StoreError> {
    while !cancel.is_cancelled() {
        store.expire().await?;
        tokio::select! {
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(Duration::from_hours(1)) => {}
        }
    }
    Ok(())
}
