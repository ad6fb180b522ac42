//! When a feed that was read well is polled again.

use jiff::{SignedDuration, Timestamp};

use super::decide::Reading;
use super::poll::Poll;
use crate::model::{Because, ConditionKind, Due, Skip};
use crate::schedule::{self, Hints, Outlook, Plan, Shown};
use crate::websub;

/// So long a hub may take to push.
const PUSH_TIME: SignedDuration = SignedDuration::from_mins(10);

impl Poll {
    /// Learns from a reading, and says when to come back.
    pub(super) fn well(&mut self, hints: Hints, shown: &Shown) -> Option<Plan> {
        self.state.rhythm = std::mem::take(&mut self.state.rhythm).after(shown, self.now.as_second());
        self.is_well();
        let allowed = schedule::due(self.now, schedule::allowed(self.feed.every, hints, &self.state.asked));
        let not_before = (allowed > self.now).then_some(allowed);
        let Some(every) = self.feed.every else {
            let plan = self.plan(allowed);
            self.state.next_due = plan.due(&self.terms.price);
            let unskipped = Plan { skip: Skip::default(), ..plan.clone() }.due(&self.terms.price);
            let because = match self.state.next_due {
                due if due > unskipped => Because::Skip,
                due if due <= allowed + schedule::MAX_JITTER => Because::Publisher,
                _ => Because::Plan,
            };
            self.state.due = Due {
                because,
                price: Some(self.terms.price.value()),
                interval: Some(plan.interval(&self.terms.price)),
                not_before,
            };
            return if self.rest_on_pushes() { None } else { Some(plan) };
        };
        let entropy = self.shared.parts.dice.roll();
        let wait = schedule::wait(self.feed.every, hints, &self.state.asked, schedule::Polled::Well, entropy);
        let due = schedule::due(self.now, wait);
        self.state.next_due = schedule::welcome(self.state.asked.skip, due);
        let because = match self.state.next_due {
            welcome if welcome > due => Because::Skip,
            _ if allowed > schedule::due(self.now, every) => Because::Publisher,
            _ => Because::Every,
        };
        self.state.due = Due { because, not_before, ..Due::default() };
        None
    }

    /// A feed whose pushes are trusted is polled rarely, unless it has an interval of its own.
    pub(super) fn rest_on_pushes(&mut self) -> bool {
        let trusted = self.state.subscription.as_ref().filter(|subscription| websub::trusted(subscription, self.now));
        let until = trusted.filter(|_| self.feed.every.is_none()).and_then(|trusted| trusted.lease);
        let Some(until) = until.map(|lease| lease.until) else { return false };
        let last = self.state.last_poll.unwrap_or(self.now);
        let rest = schedule::due(last, websub::SAFETY_NET).min(until).max(self.state.due.not_before.unwrap_or(last));
        self.state.next_due = rest;
        self.state.due = Due { because: Because::Push, ..self.state.due };
        true
    }

    /// Whether a poll has found what a hub has had time to push.
    pub(super) fn is_unpushed(&self, reading: &Reading) -> bool {
        reading.new_dates().any(|date| date.is_none_or(|date| self.now.duration_since(date) > PUSH_TIME))
    }

    fn plan(&self, allowed: Timestamp) -> Plan {
        let conditional = !self.state.validators.is_empty() && !self.state.coverage.holds(ConditionKind::Stuck);
        let shortest = if conditional { schedule::SHORTEST } else { schedule::SHORTEST_UNCONDITIONAL };
        let (shortest, longest) = (shortest.as_secs() as i64, schedule::LONGEST.as_secs() as i64);
        let longest = self.state.coverage.closer.map_or(longest, |closer| closer.clamp(shortest, longest));
        Plan {
            outlook: Outlook::of(&self.state.rhythm),
            last: self.now,
            not_before: allowed,
            skip: self.state.asked.skip,
            bounds: (shortest, longest),
            jitter: schedule::MAX_JITTER * (self.shared.parts.dice.roll() % 1_000) as i32 / 1_000,
        }
    }
}
