//! What other hosts have shown lately: whether there is a network that can be relied on, and whether it is our clock that is
//! wrong.

use std::collections::{BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::notices;
use super::poll::Went;
use crate::coverage::SKEW;
use crate::model::Alert;

/// Most hosts that are remembered, those that were asked last.
const MAX_HOSTS: usize = 30;
/// So many other hosts that cannot be reached and could within the last day are a network that comes and goes.
const MIN_WAVERING: usize = 3;
/// How long ago a host was well that wavers.
const WELL_BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// A network is there if another host has answered within this time.
const LATELY: SignedDuration = SignedDuration::from_mins(30);
/// It is gone if so many requests in a row found nobody, over that time.
const MIN_IN_VAIN: u32 = 3;
/// Fewer clocks than this say nothing about ours.
const MIN_CLOCKS: usize = 3;

/// The last hosts, the one that was asked last behind.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Whether there is more than one host.
    several: bool,
    hosts: VecDeque<Host>,
    /// Since when nobody has answered, how many requests found nobody, and whether that was told.
    in_vain: Option<(Timestamp, u32, bool)>,
}

#[derive(Debug)]
struct Host {
    name: String,
    /// When it last answered.
    answered: Option<Timestamp>,
    /// When it was last not to be reached although it had been well shortly before.
    wavered: Option<Timestamp>,
    /// By how much its clock was ahead of ours.
    skew: Option<SignedDuration>,
}

fn is_lately(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_some_and(|at| now.duration_since(at) <= LATELY)
}

impl Others {
    /// Of so many hosts.
    pub(super) fn new<'a>(hosts: impl Iterator<Item = &'a str>) -> Self {
        Self { several: hosts.collect::<BTreeSet<_>>().len() > 1, ..Self::default() }
    }

    /// Takes in how a poll went of a feed that was well at `last_ok`; returns what has to be told of all feeds together.
    pub(super) fn went(
        &mut self,
        host: Option<&str>,
        went: Went,
        last_ok: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Alert> {
        let name = host?;
        if let Went::GivenUp | Went::Pushed = went {
            return None;
        }
        let known = self.hosts.iter().position(|host| host.name == name).and_then(|at| self.hosts.remove(at));
        let new = || Host { name: name.to_owned(), answered: None, wavered: None, skew: None };
        let mut host = known.unwrap_or_else(new);
        match went {
            Went::Unreached if last_ok.is_some_and(|ok| now.duration_since(ok) <= WELL_BEFORE) => {
                host.wavered = Some(now)
            }
            Went::Unreached => {}
            Went::Well(skew) => (host.answered, host.skew) = (Some(now), skew),
            _ => host.answered = Some(now),
        }
        self.hosts.push_back(host);
        if self.hosts.len() > MAX_HOSTS {
            self.hosts.pop_front();
        }
        if went == Went::Unreached {
            return self.in_vain(now);
        }
        let (since, _, told) = self.in_vain.take()?;
        told.then(|| notices::network(false, since, now))
    }

    fn in_vain(&mut self, now: Timestamp) -> Option<Alert> {
        let (since, times, told) = self.in_vain.get_or_insert((now, 0, false));
        *times = times.saturating_add(1);
        if !self.several || *told || *times < MIN_IN_VAIN || now.duration_since(*since) < LATELY {
            return None;
        }
        *told = true;
        Some(notices::network(true, *since, now))
    }

    /// Whether there is a network that can be relied on: a host beside this one has answered lately, and not many of them
    /// waver. The only host is its own witness.
    pub(super) fn reached(&self, host: &str, now: Timestamp) -> bool {
        let wavering = self.beside(host).filter(|other| is_lately(other.wavered, now)).count();
        let answered = self.beside(host).any(|other| is_lately(other.answered, now));
        !self.several || (answered && wavering < MIN_WAVERING)
    }

    /// By how much the other hosts' clocks are ahead of ours, if they agree that it is wrong.
    pub(super) fn clock(&self, host: &str) -> SignedDuration {
        let mut skews: Vec<SignedDuration> = self.beside(host).filter_map(|other| other.skew).collect();
        if skews.len() < MIN_CLOCKS {
            return SignedDuration::ZERO;
        }
        skews.sort_unstable();
        let middle = skews[skews.len() / 2];
        if middle.abs() > SKEW { middle } else { SignedDuration::ZERO }
    }

    fn beside(&self, host: &str) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(move |other| other.name != host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn well(skew: SignedDuration) -> Went {
        Went::Well(Some(skew))
    }

    #[test]
    fn a_network_is_what_leads_to_another_host() {
        let mut others = Others::new(["a", "b"].into_iter());
        others.went(Some("a"), Went::Failed, None, at(0));
        assert!(!others.reached("a", at(1)));
        assert!(others.reached("b", at(30)) && !others.reached("b", at(31)));
        assert!(Others::new(["a", "a"].into_iter()).reached("a", at(0)), "the only host is its own witness");
    }

    #[test]
    fn a_network_that_comes_and_goes_says_nothing_of_its_hosts() {
        let mut others = Others::new(["a", "b", "c", "d"].into_iter());
        for (minute, host) in ["a", "b", "c"].into_iter().enumerate() {
            assert!(minute == 0 || others.reached("d", at(minute as i64)));
            let now = at(minute as i64);
            others.went(Some(host), Went::Failed, None, now);
            others.went(Some(host), Went::Unreached, Some(now), now);
        }
        assert!(!others.reached("d", at(3)));
        others.went(Some("a"), Went::Failed, None, at(32));
        assert!(others.reached("d", at(33)), "that was a while ago");
    }

    #[test]
    fn a_network_that_is_gone_is_told_once_and_so_is_its_return() {
        let mut others = Others::new(["a", "b"].into_iter());
        let mut told = Vec::new();
        for minute in 0..60 {
            told.extend(
                others.went(Some("a"), Went::Unreached, None, at(minute)).map(|notice| (minute, notice.headline)),
            );
        }
        told.extend(others.went(Some("b"), Went::Failed, None, at(60)).map(|notice| (60, notice.headline)));
        told.extend(others.went(Some("b"), Went::Unreached, None, at(61)).map(|notice| (61, notice.headline)));
        let expected = [(30, "No feed can be reached"), (60, "Feeds can be reached again")];
        assert_eq!(told, expected.map(|(minute, headline)| (minute, headline.to_owned())));
    }

    #[test]
    fn a_clock_that_all_others_contradict_is_ours() {
        let mut others = Others::default();
        let (hour, none) = (SignedDuration::from_hours(1), SignedDuration::ZERO);
        others.went(Some("a"), well(hour), None, at(0));
        others.went(Some("b"), well(hour), None, at(0));
        assert_eq!(others.clock("x"), none);
        others.went(Some("c"), well(none), None, at(0));
        assert_eq!(others.clock("x"), hour);
        assert_eq!(others.clock("a"), none, "two are too few");
        for host in 0..40 {
            others.went(Some(&host.to_string()), well(none), None, at(1));
        }
        assert_eq!((others.clock("x"), others.hosts.len()), (none, MAX_HOSTS));
    }
}
