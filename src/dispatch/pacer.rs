//! What a target wants to be told now, later, and together.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Alert, AlertId, AlertKind, Delivery, GroupBy, Hold, Manner, StoryId, end_of};

/// Most groups whose last message is remembered; the one that was told longest ago is forgotten first.
pub const MAX_GROUPS: usize = 10_000;

/// Whether a delivery goes out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It does, with others of its company that do.
    Go(Company),
    /// It waits until then.
    Wait(Hold, Timestamp),
}

/// What is told in one message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Company {
    /// It is told by itself: it was tried before, or tells many already.
    Alone,
    /// It is told by itself unless there are too many.
    Any,
    /// All that waits for a digest.
    Digest,
    /// The alerts of a watch.
    Watch(String),
    /// The alerts about a story.
    Story(StoryId),
    /// An alert about nothing that others are about.
    Alert(AlertId),
}

/// See the module.
#[derive(Debug)]
pub struct Pacer {
    manner: Manner,
    groups: HashMap<Company, Group>,
    /// When the last messages went out, oldest first; as many as the rate allows.
    sent: VecDeque<Timestamp>,
}

/// What is known of alerts that are told together.
#[derive(Debug, Default)]
struct Group {
    told: Option<Timestamp>,
    /// When those that wait now are told.
    flush: Option<Timestamp>,
}

impl Pacer {
    /// Of a target that was told nothing yet.
    pub fn new(manner: Manner) -> Self {
        Self { manner, groups: HashMap::new(), sent: VecDeque::new() }
    }

    /// Whether a delivery that is due goes out at `now`. It depends on when it was made, and not on when it is asked for:
    /// a daemon that was away when a digest was due tells it as soon as it is back.
    pub fn turn(&mut self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Turn {
        // Somebody waits for it.
        if matches!(alert.kind, AlertKind::Test | AlertKind::Drill) {
            return Turn::Go(Company::Alone);
        }
        if let Some(end) = self.quiet_until(alert, now) {
            return Turn::Wait(Hold::QuietHours, end);
        }
        if delivery.attempts > 0 || alert.kind == AlertKind::Digest {
            return Turn::Go(Company::Alone);
        }
        if let Some(digest) = &self.manner.digest {
            // A clock that was ahead when the alert was raised does not put it off.
            let next = digest.next(delivery.created.min(now)).filter(|next| *next > now);
            return next.map_or(Turn::Go(Company::Digest), |next| Turn::Wait(Hold::Digest, next));
        }
        match self.manner.group {
            Some(_) => self.turn_in_group(delivery, alert, now),
            None => Turn::Go(Company::Any),
        }
    }

    /// When the quiet hours end in which the target does not want to hear of this alert, if it is one of them.
    pub fn quiet_until(&self, alert: &Alert, now: Timestamp) -> Option<Timestamp> {
        let passes = alert.urgent || alert.kind == AlertKind::Test;
        end_of(&self.manner.quiet_hours, now).filter(|_| !passes)
    }

    fn turn_in_group(&mut self, delivery: &Delivery, alert: &Alert, now: Timestamp) -> Turn {
        let Some(grouping) = self.manner.group else { return Turn::Go(Company::Any) };
        let company = match (grouping.by, alert.story) {
            (GroupBy::Watch, _) => Company::Watch(alert.watch.clone()),
            (GroupBy::Story, Some(story)) => Company::Story(story),
            (GroupBy::Story, None) => Company::Alert(alert.id),
        };
        self.make_room(now, grouping.interval);
        let group = self.groups.entry(company.clone()).or_default();
        let first = later(delivery.created.min(now), grouping.wait);
        let again = group.told.map_or(first, |told| later(told.min(now), grouping.interval));
        let flush = group.flush.get_or_insert(first.max(again));
        // A clock that was ahead then does not put it off now.
        *flush = (*flush).min(later(now, grouping.wait.max(grouping.interval)));
        if *flush > now { Turn::Wait(Hold::Group, *flush) } else { Turn::Go(company) }
    }

    fn make_room(&mut self, now: Timestamp, interval: Duration) {
        if self.groups.len() < MAX_GROUPS {
            return;
        }
        let recent = |told: Timestamp| later(told, interval) > now;
        self.groups.retain(|_, group| group.flush.is_some() || group.told.is_some_and(recent));
        if self.groups.len() >= MAX_GROUPS
            && let Some(oldest) = self.groups.iter().min_by_key(|(_, group)| group.told).map(|(key, _)| key.clone())
        {
            self.groups.remove(&oldest);
        }
    }

    /// Whether what is due together may have to be told together.
    pub fn gathers(&self) -> bool {
        self.manner.digest.is_some() || self.manner.group.is_some() || self.is_limited()
    }

    /// Whether the target wants only so many messages.
    pub fn is_limited(&self) -> bool {
        self.manner.rate.is_some()
    }

    /// How many messages may go out at `now`, at most `wanted`.
    pub fn room(&mut self, wanted: usize, now: Timestamp) -> usize {
        let Some(rate) = self.manner.rate else { return wanted };
        // After a clock was set back no wait is longer than the rate's own time.
        self.sent.iter_mut().for_each(|sent| *sent = (*sent).min(now));
        while self.sent.front().is_some_and(|sent| later(*sent, rate.per) <= now) {
            self.sent.pop_front();
        }
        (rate.messages as usize).saturating_sub(self.sent.len()).min(wanted)
    }

    /// When there is room again, where there is none.
    pub fn next_room(&self) -> Option<Timestamp> {
        let rate = self.manner.rate?;
        let full = self.sent.len() >= rate.messages as usize;
        self.sent.front().filter(|_| full).map(|first| later(*first, rate.per))
    }

    /// Takes down that a message goes out.
    pub fn sends(&mut self, now: Timestamp) {
        if let Some(rate) = self.manner.rate {
            self.sent.push_back(now);
            let surplus = self.sent.len().saturating_sub(rate.messages as usize);
            self.sent.drain(..surplus);
        }
    }

    /// Takes down that those who waited together are told.
    pub fn tells(&mut self, company: &Company, now: Timestamp) {
        if let Some(group) = self.groups.get_mut(company) {
            *group = Group { told: Some(now), flush: None };
        }
    }
}

fn later(from: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::model::{Calendar, Days, FeedId, Grouping, Hours, ItemId, Rate};

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}Z").parse().expect("a time")
    }

    fn alert(story: &str, urgent: bool) -> Alert {
        let story = StoryId::opened_by(ItemId::new(FeedId::new("x"), "guid", story.as_bytes()));
        let notice = Alert::about_itself(AlertKind::News, "x", String::new(), String::new(), at("12:00:00"));
        Alert { story: Some(story), id: AlertId::first(story, "grain"), watch: "grain".to_owned(), urgent, ..notice }
    }

    fn delivery(alert: &Alert, created: Timestamp) -> Delivery {
        Delivery::new(alert.id, "desk", created, Timestamp::MAX)
    }

    fn turn(pacer: &mut Pacer, alert: &Alert, created: &str, now: &str) -> Turn {
        pacer.turn(&delivery(alert, at(created)), alert, at(now))
    }

    #[test]
    fn quiet_hours_hold_what_is_not_urgent() {
        let hours = Hours {
            days: Days::ALL,
            from: Time::constant(22, 0, 0, 0),
            to: Time::constant(23, 30, 0, 0),
            zone: TimeZone::UTC,
        };
        let mut pacer = Pacer::new(Manner { quiet_hours: vec![hours], ..Manner::default() });
        let (calm, urgent) = (alert("a", false), alert("a", true));
        assert_eq!(turn(&mut pacer, &calm, "21:00:00", "21:00:00"), Turn::Go(Company::Any));
        assert_eq!(turn(&mut pacer, &calm, "22:00:00", "22:00:00"), Turn::Wait(Hold::QuietHours, at("23:30:00")));
        assert_eq!(turn(&mut pacer, &urgent, "22:00:00", "22:00:00"), Turn::Go(Company::Any));
        assert_eq!(turn(&mut pacer, &calm, "22:00:00", "23:30:00"), Turn::Go(Company::Any));
        let tried = Delivery { attempts: 1, ..delivery(&calm, at("21:00:00")) };
        assert_eq!(pacer.turn(&tried, &calm, at("22:10:00")), Turn::Wait(Hold::QuietHours, at("23:30:00")));
    }

    #[test]
    fn a_digest_takes_what_was_raised_before_its_time_however_late_it_is() {
        let digest = Calendar { days: Days::ALL, times: vec![Time::constant(7, 0, 0, 0)], zone: TimeZone::UTC };
        let mut pacer = Pacer::new(Manner { digest: Some(digest), ..Manner::default() });
        let alert = alert("a", true);
        let next = "2026-11-24T07:00:00Z".parse().expect("a time");
        assert_eq!(turn(&mut pacer, &alert, "06:00:00", "06:59:59"), Turn::Wait(Hold::Digest, at("07:00:00")));
        assert_eq!(turn(&mut pacer, &alert, "06:00:00", "07:00:00"), Turn::Go(Company::Digest));
        assert_eq!(turn(&mut pacer, &alert, "06:00:00", "15:00:00"), Turn::Go(Company::Digest), "nobody was there");
        assert_eq!(turn(&mut pacer, &alert, "07:00:01", "15:00:00"), Turn::Wait(Hold::Digest, next));
    }

    #[test]
    fn a_group_waits_for_others_and_then_for_its_interval() {
        let (wait, interval) = (Duration::from_secs(30), Duration::from_mins(5));
        let by_story = Grouping { by: GroupBy::Story, wait, interval };
        let mut pacer = Pacer::new(Manner { group: Some(by_story), ..Manner::default() });
        let (one, other) = (alert("a", false), alert("b", false));
        let story = Company::Story(one.story.expect("a story"));
        let flush = Turn::Wait(Hold::Group, at("12:00:30"));
        assert_eq!(turn(&mut pacer, &one, "12:00:00", "12:00:00"), flush);
        assert_eq!(turn(&mut pacer, &one, "12:00:20", "12:00:20"), flush, "it joins those that wait");
        assert_eq!(turn(&mut pacer, &other, "12:00:20", "12:00:20"), Turn::Wait(Hold::Group, at("12:00:50")));
        assert_eq!(turn(&mut pacer, &one, "12:00:00", "12:00:30"), Turn::Go(story.clone()));
        pacer.tells(&story, at("12:00:30"));
        assert_eq!(turn(&mut pacer, &one, "12:01:00", "12:01:00"), Turn::Wait(Hold::Group, at("12:05:30")));
        let back = Turn::Wait(Hold::Group, at("09:05:00"));
        assert_eq!(turn(&mut pacer, &one, "12:01:00", "09:00:00"), back, "the clock was set back");
        assert_eq!(
            turn(&mut pacer, &one, "12:01:00", "09:05:00"),
            Turn::Go(Company::Story(one.story.expect("a story")))
        );
    }

    #[test]
    fn a_rate_is_kept_in_any_stretch_of_its_length() {
        let mut pacer =
            Pacer::new(Manner { rate: Some(Rate { messages: 2, per: Duration::from_mins(1) }), ..Manner::default() });
        assert_eq!(pacer.room(9, at("12:00:00")), 2);
        pacer.sends(at("12:00:00"));
        pacer.sends(at("12:00:40"));
        assert_eq!((pacer.room(9, at("12:00:59")), pacer.next_room()), (0, Some(at("12:01:00"))));
        assert_eq!((pacer.room(9, at("12:01:00")), pacer.next_room()), (1, None));
        pacer.sends(at("12:01:00"));
        assert_eq!(pacer.room(9, at("11:00:00")), 0);
        assert_eq!(pacer.next_room(), Some(at("11:01:00")), "a clock that was set back");
        assert_eq!(Pacer::new(Manner::default()).room(9, at("12:00:00")), 9);
    }
}
