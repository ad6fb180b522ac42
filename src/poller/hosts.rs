//! Courtesy to hosts: one request in flight, a gap between two, and peace when they ask for it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::Source;
use crate::schedule;

/// What is going on at each host that was asked lately. Files have no host and wait for nobody.
#[derive(Debug)]
pub(super) struct Hosts {
    gap: Duration,
    hosts: HashMap<String, Host>,
}

#[derive(Debug)]
struct Host {
    busy: bool,
    /// No request before this.
    free_at: Timestamp,
    /// Feeds that came while it was busy, in their order.
    waiting: VecDeque<usize>,
}

impl Hosts {
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, hosts: HashMap::new() }
    }

    /// How many feeds wait in line for their host.
    pub(super) fn waiting(&self) -> usize {
        self.hosts.values().map(|host| host.waiting.len()).sum()
    }

    /// `None` lets the feed in, and its host is busy until it leaves. `Some(Some(at))` asks to come back then;
    /// `Some(None)` keeps the feed until the host is free.
    pub(super) fn enter(&mut self, source: &Source, feed: usize, now: Timestamp) -> Option<Option<Timestamp>> {
        let name = name(source)?;
        let host = self.hosts.entry(name).or_insert_with(|| Host::free_at(now));
        if host.busy {
            host.waiting.push_back(feed);
            return Some(None);
        }
        if host.free_at > now {
            return Some(Some(host.free_at));
        }
        host.busy = true;
        None
    }

    /// The request is over. Returns the feed that has waited longest; it has to enter like any other.
    pub(super) fn leave(&mut self, source: &Source, now: Timestamp) -> Option<usize> {
        let host = self.hosts.get_mut(&name(source)?)?;
        host.busy = false;
        host.free_at = host.free_at.max(schedule::due(now, self.gap));
        host.waiting.pop_front()
    }

    /// The wall clock was set back by `step`: whatever was to end then ends as much earlier.
    pub(super) fn set_back(&mut self, step: SignedDuration) {
        for host in self.hosts.values_mut() {
            host.free_at = host.free_at.checked_sub(step).unwrap_or(Timestamp::MIN);
        }
    }

    /// No request to the host before `until`, whichever feed asks.
    pub(super) fn close(&mut self, source: &Source, until: Timestamp) {
        if let Some(name) = name(source) {
            let host = self.hosts.entry(name).or_insert_with(|| Host::free_at(until));
            host.free_at = host.free_at.max(until);
        }
    }
}

impl Host {
    fn free_at(free_at: Timestamp) -> Self {
        Self { busy: false, free_at, waiting: VecDeque::new() }
    }
}

fn name(source: &Source) -> Option<String> {
    match source {
        Source::Url(url) => url.host_str().map(str::to_owned),
        Source::File(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Source {
        Source::Url(text.parse().expect("a URL"))
    }

    #[test]
    fn one_at_a_time_with_a_gap_and_in_order() {
        let mut hosts = Hosts::new(Duration::from_secs(1));
        let (a, b, now) = (url("http://h/a"), url("http://h/b"), Timestamp::UNIX_EPOCH);
        assert_eq!(hosts.enter(&a, 0, now), None);
        assert_eq!(hosts.enter(&b, 1, now), Some(None));
        assert_eq!(hosts.waiting(), 1);
        assert_eq!(hosts.enter(&url("http://other/"), 2, now), None);
        assert_eq!(hosts.leave(&a, now), Some(1));
        let later = now + SignedDuration::from_secs(1);
        assert_eq!(hosts.enter(&b, 1, now), Some(Some(later)));
        assert_eq!(hosts.enter(&b, 1, later), None);
    }

    #[test]
    fn a_closed_host_is_closed_to_all_its_feeds() {
        let mut hosts = Hosts::new(Duration::ZERO);
        let now = Timestamp::UNIX_EPOCH;
        let until = now + SignedDuration::from_hours(1);
        assert_eq!(hosts.enter(&url("http://h/a"), 0, now), None);
        hosts.close(&url("http://h/a"), until);
        hosts.leave(&url("http://h/a"), now);
        assert_eq!(hosts.enter(&url("http://h/b"), 1, now), Some(Some(until)));
        assert_eq!(hosts.enter(&Source::File("x".into()), 2, now), None);
    }
}
