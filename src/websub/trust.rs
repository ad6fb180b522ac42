//! How rarely a feed is polled that is pushed.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::Subscription;

/// Longest time between two polls of a feed whose pushes are trusted: what a hub lost is found after this at the latest.
pub const SAFETY_NET: Duration = Duration::from_hours(6);

/// Whether polling may rest: the hub has promised to push, has kept the promise at least once, and no poll has since
/// found news that it had not pushed.
pub fn trusted(subscription: &Subscription, now: Timestamp) -> bool {
    let kept = subscription.last_ping.is_some_and(|ping| subscription.last_miss.is_none_or(|miss| miss < ping));
    kept && subscription.is_active(now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Lease, Unguessable};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn subscription(until: Option<i64>, ping: Option<i64>, miss: Option<i64>) -> Subscription {
        let secret = Unguessable::from_bytes([7; 32]);
        let made = Subscription::new("https://h.example/".into(), "t".into(), secret.clone(), secret);
        let lease = until.map(|until| Lease { until: at(until), length: Duration::from_secs(600) });
        Subscription { lease, last_ping: ping.map(at), last_miss: miss.map(at), ..made }
    }

    #[test]
    fn trust_is_earned_and_lost() {
        let trusted = |until, ping, miss| trusted(&subscription(until, ping, miss), at(500));
        assert!(trusted(Some(600), Some(100), None));
        assert!(trusted(Some(600), Some(100), Some(99)));
        assert!(!trusted(Some(600), Some(100), Some(100)), "a poll at the same moment found what was not pushed");
        assert!(!trusted(Some(600), None, None), "a hub that never pushed has proved nothing");
        assert!(!trusted(Some(500), Some(100), None), "the lease has ended");
        assert!(!trusted(None, Some(100), None));
    }

    proptest! {
        #[test]
        fn a_miss_ends_it_until_the_next_ping(until in 0..1000_i64, ping in 0..1000_i64, miss in 0..1000_i64, now in 0..1000_i64) {
            let before = subscription(Some(until), Some(ping), None);
            let after = subscription(Some(until), Some(ping), Some(miss));
            prop_assert_eq!(trusted(&after, at(now)), trusted(&before, at(now)) && miss < ping);
        }
    }
}
