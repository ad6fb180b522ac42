//! What other hosts have shown lately: whether there is a network, and whether it is our clock that is wrong.

use std::collections::{BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::notices;
use super::poll::Went;
use crate::coverage::SKEW;
use crate::model::Alert;

/// Most hosts that are remembered, the last to answer.
const MAX_HOSTS: usize = 15;
/// A network is there if another host has answered within this time.
const LATELY: SignedDuration = SignedDuration::from_mins(30);
/// It is gone if so many requests in a row found nobody, over that time.
const MIN_IN_VAIN: u32 = 3;
/// Fewer clocks than this say nothing about ours.
const MIN_CLOCKS: usize = 3;

/// The last answers of the last hosts, the latest behind.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Whether there is more than one host.
    several: bool,
    answers: VecDeque<Answered>,
    /// Since when nobody has answered, how many requests found nobody, and whether that was told.
    in_vain: Option<(Timestamp, u32, bool)>,
}

#[derive(Debug)]
struct Answered {
    host: String,
    at: Timestamp,
    /// By how much its clock was ahead of ours.
    skew: Option<SignedDuration>,
}

impl Others {
    /// Of so many hosts.
    pub(super) fn new<'a>(hosts: impl Iterator<Item = &'a str>) -> Self {
        Self { several: hosts.collect::<BTreeSet<_>>().len() > 1, ..Self::default() }
    }

    /// Takes in how a poll went; returns what has to be told of all feeds together.
    pub(super) fn went(&mut self, host: Option<&str>, went: Went, now: Timestamp) -> Option<Alert> {
        let host = host?;
        let skew = match went {
            Went::GivenUp | Went::Pushed => return None,
            Went::Unreached => return self.in_vain(now),
            Went::Well(skew) => skew,
            Went::Failed => None,
        };
        self.answers.retain(|answer| answer.host != host);
        self.answers.push_back(Answered { host: host.to_owned(), at: now, skew });
        if self.answers.len() > MAX_HOSTS {
            self.answers.pop_front();
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

    /// Whether a host beside this one has answered lately, or there is none.
    pub(super) fn reached(&self, host: &str, now: Timestamp) -> bool {
        !self.several || self.beside(host).any(|answer| now.duration_since(answer.at) <= LATELY)
    }

    /// By how much the other hosts' clocks are ahead of ours, if they agree that it is wrong.
    pub(super) fn clock(&self, host: &str) -> SignedDuration {
        let mut skews: Vec<SignedDuration> = self.beside(host).filter_map(|answer| answer.skew).collect();
        if skews.len() < MIN_CLOCKS {
            return SignedDuration::ZERO;
        }
        skews.sort_unstable();
        let middle = skews[skews.len() / 2];
        if middle.abs() > SKEW { middle } else { SignedDuration::ZERO }
    }

    fn beside(&self, host: &str) -> impl Iterator<Item = &Answered> {
        self.answers.iter().filter(move |answer| answer.host != host)
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
        others.went(Some("a"), Went::Failed, at(0));
        assert!(!others.reached("a", at(1)));
        assert!(others.reached("b", at(30)) && !others.reached("b", at(31)));
        assert!(Others::new(["a", "a"].into_iter()).reached("a", at(0)), "the only host is its own witness");
    }

    #[test]
    fn a_network_that_is_gone_is_told_once_and_so_is_its_return() {
        let mut others = Others::new(["a", "b"].into_iter());
        let mut told = Vec::new();
        for minute in 0..60 {
            told.extend(others.went(Some("a"), Went::Unreached, at(minute)).map(|notice| (minute, notice.headline)));
        }
        told.extend(others.went(Some("b"), Went::Failed, at(60)).map(|notice| (60, notice.headline)));
        told.extend(others.went(Some("b"), Went::Unreached, at(61)).map(|notice| (61, notice.headline)));
        let expected = [(30, "No feed can be reached"), (60, "Feeds can be reached again")];
        assert_eq!(told, expected.map(|(minute, headline)| (minute, headline.to_owned())));
    }

    #[test]
    fn a_clock_that_all_others_contradict_is_ours() {
        let mut others = Others::default();
        let (hour, none) = (SignedDuration::from_hours(1), SignedDuration::ZERO);
        others.went(Some("a"), well(hour), at(0));
        others.went(Some("b"), well(hour), at(0));
        assert_eq!(others.clock("x"), none);
        others.went(Some("c"), well(none), at(0));
        assert_eq!(others.clock("x"), hour);
        assert_eq!(others.clock("a"), none, "two are too few");
        for host in 0..20 {
            others.went(Some(&host.to_string()), well(none), at(1));
        }
        assert_eq!((others.clock("x"), others.answers.len()), (none, MAX_HOSTS));
    }
}
