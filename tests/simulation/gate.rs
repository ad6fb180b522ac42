//! Who goes when. Every await of a trait waits here until it is let through, one at a time, each in a millisecond of its
//! own and only when nothing else is left to do: so the same seed gives the same run, on whatever machine.
//!
//! What befalls an await is drawn from the seed, its name and how often that name came before; never from the order in
//! which tasks happen to be polled, which tokio does not promise.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Told when the runtime has nothing left to do at this moment.
#[derive(Default)]
pub struct Idle {
    wanted: AtomicBool,
    reached: Notify,
}

impl Idle {
    /// For the runtime, before its thread is parked.
    pub fn parks(&self) {
        if self.wanted.swap(false, Ordering::SeqCst) {
            self.reached.notify_one();
        }
    }

    async fn wait(&self) {
        self.wanted.store(true, Ordering::SeqCst);
        self.reached.notified().await;
    }
}

/// See the module.
pub struct Gate {
    seed: u64,
    start: Instant,
    idle: Arc<Idle>,
    waiting: Mutex<Waiting>,
    came: Notify,
    death: Notify,
    calm: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    /// By when they go, name and number.
    line: BTreeMap<(u64, String, u64), oneshot::Sender<()>>,
    counts: HashMap<String, u64>,
    /// The process is dead: nobody is let through until the next one is born.
    dead: bool,
    /// A hash of all that was let through.
    trace: u64,
}

impl Gate {
    pub fn new(seed: u64, idle: Arc<Idle>) -> Arc<Self> {
        let gate = Arc::new(Self {
            seed,
            start: Instant::now(),
            idle,
            waiting: Mutex::default(),
            came: Notify::new(),
            death: Notify::new(),
            calm: AtomicBool::new(false),
        });
        let letting = gate.clone();
        tokio::spawn(async move { letting.let_through().await });
        gate
    }

    /// Milliseconds since the world began.
    pub fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap()
    }

    /// Dice for what has this name and number.
    pub fn dice(&self, name: &str, number: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(xxh3_64_with_seed(name.as_bytes(), self.seed ^ number.wrapping_mul(0x9e37_79b9)))
    }

    /// No faults from now on.
    pub fn calm_down(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    pub fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    /// Waits up to `slowest` milliseconds, mostly far less; returns dice for what befalls it.
    pub async fn enter(&self, name: String, slowest: u64) -> fastrand::Rng {
        let number = self.number(&name);
        let mut dice = self.dice(&name, number);
        let most = if dice.u8(..) < 16 { slowest } else { slowest.div_ceil(20) };
        let at = self.now() + dice.u64(1..=most.max(1));
        self.line_up(at, name, number).await;
        dice
    }

    /// Waits until then.
    pub async fn wait_until(&self, at: u64, name: &str) {
        let number = self.number(name);
        self.line_up(at.max(self.now() + 1), name.to_owned(), number).await;
    }

    /// The process dies here: whoever calls this does not go on.
    pub async fn die(&self) -> ! {
        self.waiting.lock().unwrap().dead = true;
        self.death.notify_one();
        pending().await
    }

    pub async fn death(&self) {
        self.death.notified().await;
    }

    /// Forgets whoever is in line, and lets nobody through until a process is born.
    pub fn bury(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.dead = true;
        waiting.line.clear();
    }

    pub fn give_birth(&self) {
        self.bury();
        self.waiting.lock().unwrap().dead = false;
    }

    pub fn trace(&self) -> u64 {
        self.waiting.lock().unwrap().trace
    }

    fn number(&self, name: &str) -> u64 {
        let mut waiting = self.waiting.lock().unwrap();
        let count = waiting.counts.entry(name.to_owned()).or_default();
        *count += 1;
        *count
    }

    async fn line_up(&self, at: u64, name: String, number: u64) {
        let (sender, turn) = oneshot::channel();
        self.waiting.lock().unwrap().line.insert((at, name, number), sender);
        self.came.notify_one();
        if turn.await.is_err() {
            // Its process is dead.
            pending::<()>().await;
        }
    }

    async fn let_through(&self) {
        loop {
            let next = self.next();
            let sleep = next.map(|at| tokio::time::sleep_until(self.start + Duration::from_millis(at)));
            let Some(sleep) = sleep else {
                self.came.notified().await;
                continue;
            };
            tokio::select! {
                biased;
                () = self.came.notified() => continue,
                () = sleep => {}
            }
            // Whoever else woke in this millisecond goes first.
            self.idle.wait().await;
            self.let_one_through();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn next(&self) -> Option<u64> {
        let waiting = self.waiting.lock().unwrap();
        waiting.line.keys().next().map(|(at, ..)| *at).filter(|_| !waiting.dead)
    }

    fn let_one_through(&self) {
        let now = self.now();
        let mut waiting = self.waiting.lock().unwrap();
        if waiting.dead || waiting.line.keys().next().is_none_or(|(at, ..)| *at > now) {
            return;
        }
        let Some(((_, name, number), sender)) = waiting.line.pop_first() else { return };
        waiting.trace = xxh3_64_with_seed(name.as_bytes(), waiting.trace ^ number ^ (now << 20));
        // Who does not wait any more has let itself be overtaken.
        let _ = sender.send(());
    }
}
