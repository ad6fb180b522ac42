//! One publisher, one receiver, one house, and the lives of the program in it.

use std::collections::{BTreeSet, VecDeque};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;

use crate::ledger::{Ledger, WATCHES};
use crate::row::Row;
use crate::support::SOON;
use crate::support::binary::{Invocation, Newswatch, Output};
use crate::support::feed_server::FeedServer;
use crate::support::journal::Journal;
use crate::support::shim::Shim;
use crate::support::webhook_receiver::{Attempt, WebhookReceiver};
use crate::trap::{Moment, Trap, kill_after};

pub const KEY: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
pub const PATH: &str = "/feed.xml";
/// Started again, it is at work within this time.
const UP: Duration = Duration::from_secs(5);
/// What is not delivered by then is lost.
const DELIVERED: Duration = Duration::from_secs(12);
/// The program has given up a disk that does not answer by then.
const GIVEN_UP: Duration = Duration::from_secs(40);
/// The newest items that the feed shows.
const SHOWN: usize = 25;

/// What becomes of the disk between two lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// It keeps everything: only the process died.
    Kept,
    /// It keeps what was synced: the power was cut.
    Cut,
    /// The power was cut, and syncs were not carried out: the control.
    CutUnsynced,
}

/// How the program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `run --once`.
    Once,
    /// `run`.
    Daemon,
}

/// How a life is to end.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    /// By the disk.
    pub shim: Option<Shim>,
    /// By a server.
    pub trap: Option<(Moment, Duration)>,
    /// By the clock.
    pub clock: Option<Duration>,
}

/// What was seen of a life.
pub struct Lived {
    pub output: Output,
    pub moments: Vec<Moment>,
    /// The webhooks that the receiver took.
    pub taken: BTreeSet<String>,
    /// Whether the archive grew.
    pub archived: bool,
    /// Whether SIGTERM ended it, as it does a daemon that delivered everything or does not come to it.
    pub told_to_stop: bool,
}

impl Lived {
    pub fn saw(&self, moment: Moment) -> bool {
        self.moments.contains(&moment)
    }
}

/// See the module.
pub struct World {
    pub shim: Shim,
    pub ledger: Ledger,
    house: Newswatch,
    disk: Disk,
    feed: FeedServer,
    hook: WebhookReceiver,
    bell: Arc<Journal<Moment>>,
    trap: Arc<Trap>,
    /// The items that the feed shows, oldest first.
    shown: VecDeque<usize>,
    published: Timestamp,
}

impl World {
    /// A world without a state; `None` where there is no compiler for the shim.
    pub fn new(disk: Disk) -> Option<Self> {
        let (feed, hook) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
        let house = Newswatch::new(&config(&feed.url(PATH), &hook.url()));
        let shim = Shim::over(&house.state())?;
        let (bell, trap) = (Arc::<Journal<Moment>>::default(), Arc::<Trap>::default());
        let ring = |moment| {
            let (bell, trap) = (bell.clone(), trap.clone());
            move |request: &crate::support::http::Request| {
                bell.push(moment);
                trap.pass(moment, request);
            }
        };
        feed.on_request(PATH, ring(Moment::Asked));
        feed.on_response(PATH, ring(Moment::Answered));
        hook.on_request(ring(Moment::Posted));
        hook.on_response(ring(Moment::Accepted));
        let ledger = Ledger::default();
        let (shown, published) = (VecDeque::new(), Timestamp::now());
        Some(Self { shim, ledger, house, disk, feed, hook, bell, trap, shown, published })
    }

    /// Publishes new items for these watches, each with one that is for nobody.
    pub fn publish(&mut self, items: &[&[&str]]) {
        for watches in items {
            self.shown.push_back(self.ledger.publish(watches));
            self.shown.push_back(self.ledger.publish(&[]));
        }
        while self.shown.len() > SHOWN {
            self.shown.pop_front();
        }
        self.show();
    }

    /// The feed forgets all of it but one item: it has moved on, and what was received has to be kept by who received it.
    pub fn scroll(&mut self) {
        self.shown.drain(..self.shown.len().saturating_sub(1));
        self.show();
    }

    fn show(&self) {
        let date = DateTimePrinter::new().timestamp_to_string(&self.published).unwrap();
        let item = |title: &str, name: &str| {
            format!(
                "<item><title>{title}</title><link>https://example.org/{name}</link><guid>{name}</guid>\
                 <pubDate>{date}</pubDate></item>"
            )
        };
        let numbered = |n: &usize| {
            let words: Vec<_> = self.ledger.words(*n).collect();
            item(&format!("Report number {n} tells of {} and of the weather", words.join(" and of ")), &n.to_string())
        };
        let mut items: String = self.shown.iter().rev().map(numbered).collect();
        items.extend((0..5).map(|n| item(&format!("Old report number {n} of the archive"), &format!("old-{n}"))));
        self.feed.feed(PATH, format!("<rss version=\"2.0\"><channel><title>World</title>{items}</channel></rss>"));
    }

    /// One run of the program, to its end: that of its fate or, as a daemon that has delivered everything, by SIGTERM.
    pub fn live(&mut self, mode: Mode, row: Row, fate: &Fate) -> Lived {
        self.ledger.begin_life(row);
        let (from, archive) = (self.bell.all().len(), self.archive_size());
        self.trap.arm(fate.trap);
        let mut command = self.house.on_config("run").shim(fate.shim.as_ref().unwrap_or(&self.shim));
        if mode == Mode::Once {
            command = command.arg("--once");
        }
        let running = self.on_disk(command).spawn();
        self.trap.give(running.killer());
        if let Some(delay) = fate.clock {
            kill_after(delay, running.killer());
        }
        let id = running.id();
        let patience = if row == Row::Fault { GIVEN_UP } else { DELIVERED };
        let (output, (up, told_to_stop)) = thread::scope(|scope| {
            let watching = scope.spawn(|| self.watch_over(id, from, mode, patience));
            let output = running.wait_exit(SOON * 3);
            self.bell.push(Moment::Over);
            (output, watching.join().unwrap())
        });
        let clean = output.code() == Some(0);
        self.ledger.end_life(row, clean, self.trap.disarm());
        if row == Row::Clean && !up {
            self.ledger.wrong(format!("it was not up within {UP:?}: {output}"));
        }
        let taken = self.ledger.taken_in_this_life(&self.hook.attempts());
        let archived = self.archive_size() != archive;
        Lived { output, moments: self.bell.all().split_off(from), taken, archived, told_to_stop }
    }

    /// Waits until the program is at work; then stops a daemon that has nothing left to do. Says whether it came so far
    /// in time, and whether it was stopped.
    fn watch_over(&self, id: u32, from: usize, mode: Mode, patience: Duration) -> (bool, bool) {
        let up = self.bell.watch(UP, |moments| moments.len() > from);
        let up = up.is_some_and(|moments| moments[from] != Moment::Over);
        let mut told_to_stop = false;
        if mode == Mode::Daemon {
            let over = |moments: &[Moment]| moments[from..].contains(&Moment::Over);
            let done = |moments: &[Moment]| over(moments) || self.ledger.pending(&self.hook.attempts()).is_empty();
            let moments = self.bell.watch(patience, done);
            told_to_stop = moments.is_none_or(|moments| !over(&moments));
            if told_to_stop {
                // It may have ended in this moment: then there is nobody to be told.
                let _ = Command::new("kill").args(["-TERM", &id.to_string()]).stderr(Stdio::null()).status();
            }
        }
        (up, told_to_stop)
    }

    /// Where no power is cut, the real disk syncs.
    fn on_disk(&self, command: Invocation) -> Invocation {
        if self.disk == Disk::Kept { command.without_env("NW_SHIM_IMAGE") } else { command }
    }

    /// Cuts the power, on a disk that this can happen to.
    pub fn cut(&self) {
        if self.disk != Disk::Kept {
            self.shim.power_cut();
        }
    }

    /// Asks the store what became of the newest alerts, and returns the deliveries that it knows to be accepted.
    pub fn look(&mut self) -> BTreeSet<String> {
        if !self.house.state().join("db").exists() {
            return BTreeSet::new();
        }
        let command = self.house.on_config("alerts").args(["--json", "--limit", "60"]).shim(&self.shim);
        let output = self.on_disk(command).run();
        if output.code() != Some(0) {
            self.ledger.wrong(format!("the store does not open: {output}"));
            return BTreeSet::new();
        }
        let mut sent = BTreeSet::new();
        for line in output.stdout.lines() {
            let alert: Value = serde_json::from_str(line).unwrap();
            let deliveries = alert["deliveries"].as_array().cloned().unwrap_or_default();
            let accepted = deliveries.iter().filter(|delivery| delivery["state"] == "sent");
            sent.extend(accepted.map(|delivery| delivery["id"].as_str().unwrap().to_owned()));
        }
        self.ledger.recorded(sent.clone(), &self.hook.attempts());
        sent
    }

    /// A life without a kill, after which everything has been delivered.
    pub fn recover(&mut self, mode: Mode) {
        let lived = self.live(mode, Row::Clean, &Fate::default());
        if lived.output.code() != Some(0) {
            self.ledger.wrong(format!("it did not end well: {}", lived.output));
        }
        let pending = self.pending();
        if !pending.is_empty() {
            self.ledger.wrong(format!("it ended, and {pending:?} had not come"));
            self.ledger.give_up(pending);
        }
    }

    /// All that the receiver got.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.hook.attempts()
    }

    /// The alerts that have not come yet.
    pub fn pending(&self) -> BTreeSet<crate::ledger::Pair> {
        self.ledger.pending(&self.hook.attempts())
    }

    fn archive_size(&self) -> u64 {
        let Ok(entries) = std::fs::read_dir(self.house.state().join("archive")) else { return 0 };
        entries.map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
    }

    /// The numbers of the archived items, repeats included.
    fn archived(&mut self) -> Vec<usize> {
        let mut numbers = Vec::new();
        let entries = std::fs::read_dir(self.house.state().join("archive")).into_iter().flatten();
        for path in entries.map(|entry| entry.unwrap().path()) {
            let Ok(lines) = zstd::decode_all(std::fs::File::open(&path).unwrap()) else {
                self.ledger.wrong(format!("{} is no row of whole frames", path.display()));
                continue;
            };
            for line in String::from_utf8(lines).unwrap().lines() {
                let record: Value = serde_json::from_str(line).unwrap();
                numbers.extend(record["item"]["guid"].as_str().and_then(|guid| guid.parse::<usize>().ok()));
            }
        }
        numbers.sort_unstable();
        numbers
    }

    /// Closes the books; each item is in the archive once.
    pub fn close(mut self) -> (Vec<String>, Vec<(Row, usize, usize)>) {
        let archived = self.archived();
        for number in 0..self.ledger.items() {
            let copies = archived.iter().filter(|archived| **archived == number).count();
            // An item for nobody may have scrolled away unread.
            let least = usize::from(self.ledger.words(number).next().is_some());
            if copies > 1 || copies < least {
                self.ledger.wrong(format!("item {number} is in the archive {copies} times"));
            }
        }
        self.ledger.close(&self.hook.attempts())
    }
}

/// A configuration that polls as fast as is allowed.
pub fn config(feed: &str, hook: &str) -> String {
    let watch = |(name, word)| format!("[[watch]]\nname = \"{name}\"\nstrong = [\"{word}\"]\n\n");
    format!(
        "allow_private = [\"127.0.0.0/8\"]\n\n[fetch]\nhost_gap = \"0s\"\n\n[[feed]]\nurl = \"{feed}\"\nevery = \
         \"1s\"\n\n{}[[target]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{hook}\"\nsecret = \"{KEY}\"\n",
        WATCHES.map(watch).concat()
    )
}
