//! What a mail says besides headline and text, before it is written as plain text and as HTML.

use std::time::Duration;

use jiff::Timestamp;

use super::reason;
use super::text::{hits, inert};
use crate::model::{Alert, AlertKind, Lead, Member, Outcome, Standing};

/// Begins a stranger's words in the midst of ours (U+2068): they have a direction of their own.
pub(super) const ISOLATE: char = '\u{2068}';
/// Ends them (U+2069).
pub(super) const END_ISOLATE: char = '\u{2069}';

/// A line of the table below the headline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fact {
    /// What it says, in a word.
    pub(super) label: &'static str,
    /// The rest; strangers' names in isolates.
    pub(super) value: String,
}

/// Members under one heading.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// The watch; empty where there is one group only.
    pub(super) heading: String,
    /// In the order of the alert.
    pub(super) members: Vec<&'a Member>,
}

/// Something that a reader can do about an alert.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// What it does.
    pub(super) label: &'static str,
    /// A command line, or the URL of a page.
    pub(super) how: String,
}

/// What kind of alert it is, in words for people.
pub(super) fn kind(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::News => "news",
        AlertKind::Update => "update",
        AlertKind::Corroborated => "told by several outlets now",
        AlertKind::Escalated => "more certain than before",
        AlertKind::Grown => "a number grew",
        AlertKind::Corrected => "corrected",
        AlertKind::Withdrawn => "withdrawn",
        AlertKind::Edited => "edited",
        AlertKind::Distinct => "perhaps another event",
        AlertKind::Reminder => "reminder: nobody has acknowledged it",
        AlertKind::Summary => "what a new feed already had",
        AlertKind::Digest => "digest",
        AlertKind::Notice => "about newswatch itself",
        AlertKind::Test => "test",
        AlertKind::Drill => "drill: nothing has happened",
    }
}

/// The line above the headline: watch, kind and score.
pub(super) fn eyebrow(alert: &Alert) -> String {
    let score = alert.matched.as_ref().map(|matched| format!(" · {:.2}", matched.score)).unwrap_or_default();
    format!("{} · {}{score}", inert(&alert.watch), kind(alert.kind))
}

/// Outlet, times, how many tell it, what matched and why it was told.
pub(super) fn facts(alert: &Alert) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label, value: String| facts.push(Fact { label, value });
    if let Some(lead) = &alert.lead {
        fact("Outlet", outlet(lead));
        fact(
            "Published",
            lead.published.map_or("undated".to_owned(), |at| format!("{}, {}", time(at), ago(at, alert.raised))),
        );
        if let Some(arrival) = lead.arrival {
            fact("Seen", time(arrival.received));
        }
    }
    if let Some(standing) = &alert.standing {
        fact("Told by", told_by(standing));
    }
    if let Some(matched) = &alert.matched {
        fact("Matched", hits(matched));
        fact("Why", reason(matched, Some(Outcome::Alerted(alert.id)), None));
    }
    facts
}

fn outlet(lead: &Lead) -> String {
    let language = lead.language.as_ref().map(|language| format!(" ({})", inert(language))).unwrap_or_default();
    format!("{}{language}", isolated(&lead.feed_name))
}

fn told_by(standing: &Standing) -> String {
    let Standing { reports, first_outlet, first_at, .. } = standing;
    let plural = if *reports == 1 { "" } else { "s" };
    format!("{standing}; {reports} report{plural}, the first by {} at {}", isolated(first_outlet), time(*first_at))
}

/// The members of a digest by watch, those of any other alert together; none is left out.
pub(super) fn groups(alert: &Alert) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for member in &alert.members {
        let heading = if alert.kind == AlertKind::Digest { inert(&member.watch) } else { String::new() };
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.members.push(member),
            None => groups.push(Group { heading, members: vec![member] }),
        }
    }
    groups
}

/// How many items an alert stands for that it does not name.
pub(super) fn unnamed(alert: &Alert) -> usize {
    if alert.members.is_empty() { 0 } else { alert.member_count.saturating_sub(alert.members.len()) }
}

/// The line below a member's title: outlet, time, score and what is special; strangers' words in isolates.
pub(super) fn byline(member: &Member) -> String {
    let named = |text: &str| (!text.is_empty()).then(|| isolated(text));
    let score = Some(format!("{:.2}", member.score));
    let words = [named(&member.outlet), member.published.map(time), score, named(&member.note)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn isolated(text: &str) -> String {
    format!("{ISOLATE}{}{END_ISOLATE}", inert(text))
}

/// What a reader can do, in the order of how often it is wanted.
pub(super) fn actions(alert: &Alert) -> Vec<Action> {
    let id = alert.id;
    let mut actions = Vec::new();
    let mut action = |label, how: String| actions.push(Action { label, how });
    match alert.kind {
        AlertKind::Test | AlertKind::Drill | AlertKind::Notice => {}
        AlertKind::Digest => action("Each alert with its id", "newswatch alerts --since 1d".to_owned()),
        _ if alert.page.is_some() => {}
        _ => {
            action("Acknowledge it", format!("newswatch ack {id}"));
            if alert.lead.is_some() {
                action("How it was decided", format!("newswatch explain {id}"));
            }
            action("Say that it is noise", format!("newswatch label {id} noise"));
        }
    }
    if let Some(page) = &alert.page {
        action("Acknowledge, silence or label it", page.clone());
        if alert.lead.is_some() {
            action("How it was decided", format!("newswatch explain {id}"));
        }
        return actions;
    }
    // A summary is of many stories.
    if let Some(story) = alert.story.filter(|_| !matches!(alert.kind, AlertKind::Summary | AlertKind::Drill)) {
        action("Silence this story", format!("newswatch silence add 'story={story}' --for 4h --why known"));
    }
    actions
}

/// A moment, to the minute, in UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long before an alert something was published; publishers' clocks are not always right.
fn ago(at: Timestamp, raised: Timestamp) -> String {
    let (early, late) = (Duration::try_from(raised.duration_since(at)), Duration::try_from(at.duration_since(raised)));
    match (early, late) {
        (Ok(before), _) => format!("{} before this alert", span(before)),
        (_, Ok(after)) if after.as_secs() >= 60 => format!("dated {} after this alert", span(after)),
        _ => "as this alert was raised".to_owned(),
    }
}

/// A length of time in its two largest units.
fn span(length: Duration) -> String {
    let minutes = length.as_secs() / 60;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_two_units() {
        let told = |secs: u64| span(Duration::from_secs(secs));
        assert_eq!(told(59), "less than a minute");
        assert_eq!([told(60), told(3_600), told(3_700)], ["1 min", "1 h", "1 h 1 min"]);
        assert_eq!([told(86_400), told(100_000)], ["1 d", "1 d 3 h"]);
    }

    #[test]
    fn a_date_may_lie_on_either_side_of_the_alert() {
        let raised = Timestamp::from_second(1_000_000).expect("in range");
        let told = |secs: i64| ago(Timestamp::from_second(1_000_000 + secs).expect("in range"), raised);
        assert_eq!(told(-180), "3 min before this alert");
        assert_eq!(told(7_200), "dated 2 h after this alert");
        assert_eq!(told(5), "as this alert was raised");
    }
}
