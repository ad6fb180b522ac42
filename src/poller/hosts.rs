//! Courtesy to hosts: one request in flight, a gap between two, and peace when they ask for it.
//!
//! Feeds that are due while their host is not free wait in line for it. The next to be served is not who came first but who
//! has waited for most of its usual intervals: that is where most news lies, by the square-root rule.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::Source;
use crate::schedule;

/// What is going on at each host that was asked lately. Files have no host and wait for nobody.
#[derive(Debug)]
pub(super) struct Hosts {
    gap: Duration,
    hosts: HashMap<String, Host>,
    /// The feeds in all lines.
    waiting: HashSet<usize>,
    /// The hosts that somebody waits for and nobody is at, by when they are free.
    opening: BTreeSet<(Timestamp, String)>,
}

#[derive(Debug)]
struct Host {
    busy: bool,
    /// No request before this.
    free_at: Timestamp,
    /// How many times in a row it has asked for peace.
    refusals: u32,
    line: Vec<Waiting>,
}

/// A feed that is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Waiting {
    /// By its place.
    pub(super) feed: usize,
    /// Its last poll; `None` where there was none.
    pub(super) since: Option<Timestamp>,
    /// Its usual interval, in seconds.
    pub(super) interval: f64,
}

impl Waiting {
    /// How many of its intervals have gone by.
    fn turns(&self, now: Timestamp) -> f64 {
        self.since.map_or(f64::INFINITY, |since| now.duration_since(since).as_secs_f64() / self.interval.max(1.0))
    }
}

impl Hosts {
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, hosts: HashMap::new(), waiting: HashSet::new(), opening: BTreeSet::new() }
    }

    /// How many feeds wait in line for their host.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the feed does.
    pub(super) fn is_waiting(&self, feed: usize) -> bool {
        self.waiting.contains(&feed)
    }

    /// Whether the feed may be asked now. Its host is then busy until it leaves; otherwise it waits in line.
    pub(super) fn enter(&mut self, source: &Source, feed: Waiting, now: Timestamp) -> bool {
        let Some(name) = source.host().map(str::to_owned) else { return true };
        let host = self.hosts.entry(name.clone()).or_insert_with(|| Host::free_at(now));
        if !host.busy && host.free_at <= now && host.line.is_empty() {
            host.busy = true;
            return true;
        }
        self.waiting.insert(feed.feed);
        host.line.push(feed);
        if !host.busy {
            self.opening.insert((host.free_at, name));
        }
        false
    }

    /// A feed whose turn it is at a host that has become free. The host is then busy until it leaves.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<usize> {
        let (free_at, _) = self.opening.first()?;
        if *free_at > now {
            return None;
        }
        let (_, name) = self.opening.pop_first()?;
        let host = self.hosts.get_mut(&name)?;
        let turns = host.line.iter().map(|waiting| waiting.turns(now));
        let (first, _) = turns.enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        host.busy = true;
        let feed = host.line.remove(first).feed;
        self.waiting.remove(&feed);
        Some(feed)
    }

    /// When a host becomes free that somebody waits for.
    pub(super) fn next_free(&self) -> Option<Timestamp> {
        self.opening.first().map(|(free_at, _)| *free_at)
    }

    /// The request is over.
    pub(super) fn leave(&mut self, source: &Source, now: Timestamp) {
        let free_at = schedule::due(now, self.gap);
        self.change(source, now, |host| {
            host.busy = false;
            host.free_at = host.free_at.max(free_at);
        });
    }

    /// How many times in a row the host has asked for peace.
    pub(super) fn refusals(&self, source: &Source) -> u32 {
        source.host().and_then(|name| self.hosts.get(name)).map_or(0, |host| host.refusals)
    }

    /// No request to the host before `until`, whichever feed asks; it has asked for peace so many times in a row.
    pub(super) fn close(&mut self, source: &Source, until: Timestamp, refusals: u32) {
        self.change(source, until, |host| {
            host.free_at = host.free_at.max(until);
            host.refusals = host.refusals.max(refusals);
        });
    }

    /// The host has given an answer.
    pub(super) fn answered(&mut self, source: &Source) {
        if let Some(host) = source.host().and_then(|name| self.hosts.get_mut(name)) {
            host.refusals = 0;
        }
    }

    /// The wall clock was set back by `step`: whatever was to end then ends as much earlier.
    pub(super) fn set_back(&mut self, step: SignedDuration) {
        let back = |at: Timestamp| at.checked_sub(step).unwrap_or(Timestamp::MIN);
        for host in self.hosts.values_mut() {
            host.free_at = back(host.free_at);
            host.line.iter_mut().for_each(|waiting| waiting.since = waiting.since.map(back));
        }
        let opening = std::mem::take(&mut self.opening);
        self.opening = opening.into_iter().map(|(free_at, name)| (back(free_at), name)).collect();
    }

    /// Changes a host, and where it stands among those that are waited for.
    fn change(&mut self, source: &Source, now: Timestamp, change: impl FnOnce(&mut Host)) {
        let Some(name) = source.host().map(str::to_owned) else { return };
        let host = self.hosts.entry(name.clone()).or_insert_with(|| Host::free_at(now));
        self.opening.remove(&(host.free_at, name.clone()));
        change(host);
        if !host.busy && !host.line.is_empty() {
            self.opening.insert((host.free_at, name));
        }
    }
}

impl Host {
    fn free_at(free_at: Timestamp) -> Self {
        Self { busy: false, free_at, refusals: 0, line: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Source {
        Source::Url(text.parse().expect("a URL"))
    }

    fn feed(feed: usize) -> Waiting {
        Waiting { feed, since: None, interval: 60.0 }
    }

    fn seconds(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    #[test]
    fn one_at_a_time_with_a_gap() {
        let mut hosts = Hosts::new(Duration::from_secs(1));
        let (a, b, now) = (url("http://h/a"), url("http://h/b"), Timestamp::UNIX_EPOCH);
        assert!(hosts.enter(&a, feed(0), now));
        assert!(!hosts.enter(&b, feed(1), now));
        assert_eq!((hosts.waiting(), hosts.next(now), hosts.next_free()), (1, None, None));
        assert!(hosts.enter(&url("http://other/"), feed(2), now));
        hosts.leave(&a, now);
        assert_eq!((hosts.next(now), hosts.next_free()), (None, Some(now + seconds(1))));
        assert_eq!(hosts.next(now + seconds(1)), Some(1));
        assert_eq!((hosts.next(now + seconds(9)), hosts.waiting()), (None, 0));
    }

    #[test]
    fn a_closed_host_is_closed_to_all_its_feeds() {
        let mut hosts = Hosts::new(Duration::ZERO);
        let now = Timestamp::UNIX_EPOCH;
        let until = now + seconds(3_600);
        assert!(hosts.enter(&url("http://h/a"), feed(0), now));
        hosts.close(&url("http://h/a"), until, 1);
        hosts.leave(&url("http://h/a"), now);
        assert!(!hosts.enter(&url("http://h/b"), feed(1), now));
        assert_eq!((hosts.next(until - seconds(1)), hosts.next_free()), (None, Some(until)));
        assert!(hosts.enter(&Source::File("x".into()), feed(2), now));
        hosts.set_back(seconds(600));
        assert_eq!(hosts.next(until - seconds(600)), Some(1));
    }

    #[test]
    fn a_host_counts_its_refusals_whichever_feed_asked() {
        let mut hosts = Hosts::new(Duration::ZERO);
        let (a, b, now) = (url("http://h/a"), url("http://h/b"), Timestamp::UNIX_EPOCH);
        hosts.close(&a, now, 1);
        assert_eq!(hosts.refusals(&b), 1);
        hosts.close(&b, now, 2);
        assert_eq!(hosts.refusals(&a), 2);
        hosts.answered(&a);
        assert_eq!(hosts.refusals(&b), 0);
    }

    #[test]
    fn who_has_waited_for_most_of_its_intervals_is_first() {
        let mut hosts = Hosts::new(Duration::ZERO);
        let (host, now) = (url("http://h/"), Timestamp::UNIX_EPOCH);
        let polled = |ago, interval| Waiting { feed: 0, since: Some(now - seconds(ago)), interval };
        assert!(hosts.enter(&host, feed(0), now));
        for waiting in [polled(7_200, 3_600.0), polled(900, 300.0), polled(600, 300.0)] {
            hosts.enter(
                &host,
                Waiting { feed: waiting.since.map_or(0, |at| -at.as_second() as usize), ..waiting },
                now,
            );
        }
        hosts.enter(&host, feed(1), now);
        let served: Vec<usize> = std::iter::from_fn(|| {
            hosts.leave(&host, now);
            hosts.next(now)
        })
        .collect();
        assert_eq!(served, [1, 900, 7_200, 600], "never polled first, and two intervals each in the order of the line");
    }
}
