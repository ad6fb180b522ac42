//! A subscription from the request to the end of its lease. The caller says when each thing happened, and stores the
//! subscription after it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Intent, Lease, MAX_REASON_BYTES, Subscription, clip};

/// From a request that was refused, or that the hub did not come back to, to the next one …
pub const FIRST_RETRY: Duration = Duration::from_hours(1);
/// … which doubles up to this.
pub const LAST_RETRY: Duration = Duration::from_hours(24);
/// Failures after which the wait is [`LAST_RETRY`].
const FAILURES_TO_LAST: u32 = 6;
/// The part of a lease after which it is renewed, in percent: what is left is for retries.
const RENEW_AFTER_PERCENT: u32 = 80;
/// A feed that names another hub, or none, is believed when it has done so for so long …
pub const DISOWNED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// … at so many readings in a row: some name a hub now and then, or another one from each of their servers.
pub const DISOWNED_READINGS: u32 = 3;
/// Longest wait that `Retry-After` is granted.
const LONGEST_PEACE: Duration = Duration::from_hours(7 * 24);

/// The hub is about to be asked. To be stored before the request goes out: some hubs verify before they answer it.
pub fn asked(subscription: &mut Subscription, intent: Intent, now: Timestamp) {
    if subscription.pending.is_some() {
        subscription.failures = subscription.failures.saturating_add(1);
        subscription.trouble = Some("the hub accepted the request and never verified it".to_owned());
    }
    subscription.pending = Some(intent);
    subscription.asked = Some(now);
    subscription.not_before = None;
}

/// The hub refused the request, or was not to be reached. A lease that runs goes on.
pub fn refused(subscription: &mut Subscription, why: &str, retry_after: Option<Duration>, now: Timestamp) {
    subscription.pending = None;
    subscription.failures = subscription.failures.saturating_add(1);
    subscription.trouble = Some(clip(why, MAX_REASON_BYTES).to_owned());
    subscription.not_before = retry_after.map(|wait| later(now, wait.min(LONGEST_PEACE)));
}

/// The hub verified what it was asked for. Of an unsubscription nothing is left.
pub fn confirmed(subscription: &mut Subscription, intent: Intent, lease: Duration, now: Timestamp) {
    subscription.pending = None;
    subscription.failures = 0;
    subscription.trouble = None;
    subscription.not_before = None;
    subscription.lease = match intent {
        Intent::Subscribe => Some(Lease { until: later(now, lease), length: lease }),
        Intent::Unsubscribe => None,
    };
}

/// The hub does not push this topic, or no more. It is asked again once a day: publishers come back to their hubs.
pub fn denied(subscription: &mut Subscription, reason: Option<&str>, now: Timestamp) {
    subscription.pending = None;
    subscription.asked = Some(now);
    subscription.failures = subscription.failures.saturating_add(1).max(FAILURES_TO_LAST);
    let why = reason.map_or_else(|| "the hub denied it".to_owned(), |reason| format!("the hub denied it: {reason}"));
    subscription.trouble = Some(clip(&why, MAX_REASON_BYTES).to_owned());
    subscription.lease = None;
}

/// A push with a good signature came.
pub fn pinged(subscription: &mut Subscription, now: Timestamp) {
    subscription.last_ping = Some(now);
}

/// A poll found news that no push had brought, although the hub should have. Before the first lease there was nothing
/// to miss.
pub fn missed(subscription: &mut Subscription, now: Timestamp) {
    if subscription.is_active(now) {
        subscription.last_miss = Some(now);
    }
}

/// A reading names another hub or topic, or none; whether enough of them have.
pub fn disowned(subscription: &mut Subscription, now: Timestamp) -> bool {
    let (since, readings) = subscription.disowned.map_or((now, 1), |(since, n)| (since, n.saturating_add(1)));
    subscription.disowned = Some((since, readings));
    readings >= DISOWNED_READINGS && now.duration_since(since) >= DISOWNED_FOR
}

/// When the hub is to be asked next; `None` once it has been asked to stop and has confirmed it.
///
/// A lease is renewed after four fifths of it. A request that was refused or never verified is repeated
/// after an hour, doubling to a day. A hub that owes us a push, which may have lost us, is asked again a day after the
/// last request.
pub fn renew_at(subscription: &Subscription) -> Option<Timestamp> {
    let Some(asked) = subscription.asked else { return Some(subscription.not_before.unwrap_or(Timestamp::MIN)) };
    let at = if subscription.pending.is_some() || subscription.failures > 0 {
        later(asked, retry(subscription.failures))
    } else {
        let lease = subscription.lease?;
        let rest = lease.length * (100 - RENEW_AFTER_PERCENT) / 100;
        let renewal = earlier(lease.until, rest);
        let owes =
            subscription.last_miss.is_some_and(|miss| miss > asked && subscription.last_ping.is_none_or(|p| p <= miss));
        if owes { renewal.min(later(asked, LAST_RETRY)) } else { renewal }
    };
    Some(subscription.not_before.map_or(at, |peace| at.max(peace)))
}

/// The wait after so many failures; a request under way waits as long as one that failed.
fn retry(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(FAILURES_TO_LAST);
    (FIRST_RETRY * (1 << doublings)).min(LAST_RETRY)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_sub(by).ok()).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Unguessable;
    use crate::websub::trusted;

    const HOUR: i64 = 3_600;
    const DAY: Duration = Duration::from_hours(24);

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * HOUR).expect("in range")
    }

    fn new() -> Subscription {
        let secret = Unguessable::from_bytes([7; 32]);
        Subscription::new("https://h.example/".into(), "https://a.example".into(), secret.clone(), secret)
    }

    fn active() -> Subscription {
        let mut made = new();
        asked(&mut made, Intent::Subscribe, at(0));
        confirmed(&mut made, Intent::Subscribe, 10 * DAY, at(0));
        made
    }

    #[test]
    fn a_lease_is_renewed_after_four_fifths_of_it() {
        assert_eq!(renew_at(&new()), Some(Timestamp::MIN), "what was never asked is due");
        assert_eq!(renew_at(&active()), Some(at(8 * 24)));
        let mut renewing = active();
        asked(&mut renewing, Intent::Subscribe, at(8 * 24));
        assert!(renewing.is_active(at(9 * 24)), "the old lease goes on");
        assert_eq!(renew_at(&renewing), Some(at(8 * 24 + 1)));
        confirmed(&mut renewing, Intent::Subscribe, DAY, at(8 * 24));
        assert_eq!(renewing.lease.map(|lease| lease.until), Some(at(9 * 24)));
    }

    #[test]
    fn another_hub_is_believed_after_a_day_of_readings() {
        let mut known = active();
        let asked: Vec<bool> = [0, 12, 23, 24].map(|hour| disowned(&mut known, at(hour))).to_vec();
        assert_eq!(asked, [false, false, false, true]);
        known.disowned = None;
        assert_eq!([0, 48].map(|hour| disowned(&mut known, at(hour))), [false, false], "two are an accident");
    }

    #[test]
    fn refused_and_unanswered_requests_wait_from_an_hour_to_a_day() {
        let (mut silent, mut refusing) = (new(), new());
        let mut now = 0;
        for wait in [1, 1, 2, 4, 8, 16, 24, 24] {
            asked(&mut silent, Intent::Subscribe, at(now));
            assert_eq!(renew_at(&silent), Some(at(now + wait)));
            now += wait;
        }
        for wait in [1, 2, 4, 8, 16, 24, 24] {
            asked(&mut refusing, Intent::Subscribe, at(now));
            refused(&mut refusing, "503", None, at(now));
            assert_eq!(renew_at(&refusing), Some(at(now + wait)));
            now += wait;
        }
        assert_eq!(refusing.trouble.as_deref(), Some("503"));
        confirmed(&mut refusing, Intent::Subscribe, DAY, at(now));
        assert_eq!((refusing.failures, refusing.trouble), (0, None));
    }

    #[test]
    fn a_hub_that_asks_for_peace_gets_it() {
        let mut refusing = active();
        asked(&mut refusing, Intent::Subscribe, at(0));
        refused(&mut refusing, "429", Some(Duration::from_hours(5)), at(0));
        assert_eq!(renew_at(&refusing), Some(at(5)));
        refused(&mut refusing, "429", Some(Duration::MAX), at(0));
        assert_eq!(renew_at(&refusing), Some(at(7 * 24)));
        assert!(refusing.is_active(at(1)), "a refusal takes nothing away");
    }

    #[test]
    fn a_denial_ends_the_lease_and_is_asked_about_daily() {
        let mut gone = active();
        denied(&mut gone, Some("no such topic"), at(5));
        assert_eq!((gone.is_active(at(5)), renew_at(&gone)), (false, Some(at(29))));
        assert_eq!(gone.trouble.as_deref(), Some("the hub denied it: no such topic"));
    }

    #[test]
    fn after_an_unsubscription_there_is_nothing_to_ask() {
        let mut leaving = active();
        asked(&mut leaving, Intent::Unsubscribe, at(1));
        assert_eq!(renew_at(&leaving), Some(at(2)));
        confirmed(&mut leaving, Intent::Unsubscribe, DAY, at(1));
        assert_eq!(renew_at(&leaving), None);
    }

    #[test]
    fn a_hub_that_owes_a_push_is_asked_again() {
        let mut pushed = active();
        pinged(&mut pushed, at(1));
        assert!(trusted(&pushed, at(2)));
        missed(&mut pushed, at(3));
        assert_eq!((trusted(&pushed, at(4)), renew_at(&pushed)), (false, Some(at(24))));
        pinged(&mut pushed, at(5));
        assert_eq!((trusted(&pushed, at(6)), renew_at(&pushed)), (true, Some(at(8 * 24))));
        let mut before = new();
        missed(&mut before, at(1));
        assert_eq!(before.last_miss, None);
    }

    proptest! {
        #[test]
        fn there_is_always_a_next_time_and_never_a_busy_loop(steps in prop::collection::vec((0..5_u8, 0..50_i64), 1..30)) {
            let (mut made, mut now) = (new(), 0);
            for (step, wait) in steps {
                now += wait;
                match step {
                    0 => asked(&mut made, Intent::Subscribe, at(now)),
                    1 => refused(&mut made, "no", None, at(now)),
                    2 => confirmed(&mut made, Intent::Subscribe, Duration::from_mins(5), at(now)),
                    3 => denied(&mut made, None, at(now)),
                    _ => missed(&mut made, at(now)),
                }
                if made.asked.is_none() || made.lease.is_none() && made.pending.is_none() && made.failures == 0 {
                    continue;
                }
                let next = renew_at(&made).expect("a subscription goes on");
                prop_assert!(made.asked.is_none_or(|asked| next > asked));
                prop_assert!(next <= at(now + 24).max(later(at(now), 30 * DAY)));
            }
        }
    }
}
