//! What the owner is told of feeds, in words.

use jiff::Timestamp;

use crate::coverage::Change;
use crate::model::{Alert, AlertKind, ConditionKind, Feed, Moved};

/// 410: the feed is not polled any more.
pub(super) fn gone(feed: &Feed, version: u64, now: Timestamp) -> Alert {
    let subject = format!("gone {} {version}", feed.id);
    let headline = format!("The feed “{}” is gone", feed.name);
    let text = format!(
        "Its server answered 410 Gone at {}. It is not polled any more. Look for its successor and change the \
         configuration.",
        feed.source
    );
    notice(&subject, headline, text, now)
}

/// The feed is asked for elsewhere from now on.
pub(super) fn moved(feed: &Feed, moved: &Moved, now: Timestamp) -> Alert {
    let subject = format!("moved {} to {}", feed.id, moved.to);
    let headline = format!("The feed “{}” has moved", feed.name);
    let to = crate::model::Source::Url(moved.to.clone());
    let text = format!(
        "Its server has led every request for {} to {to} for a week. It is asked for there from now on. Put the new URL \
         into the configuration.",
        feed.source
    );
    notice(&subject, headline, text, now)
}

/// A feed has given its items other GUIDs or URLs. Once a day is enough for one that does so at each poll.
pub(super) fn rekeyed(feed: &Feed, count: usize, now: Timestamp) -> Alert {
    let subject = format!("moved {} on day {}", feed.id, now.as_second() / 86_400);
    let headline = format!("The feed “{}” has given {count} known items new GUIDs or URLs", feed.name);
    let text =
        "They say what they said, so they raise no alerts; from now on they are known by their new keys.".to_owned();
    notice(&subject, headline, text, now)
}

/// No feed is reached, or feeds are reached again.
pub(super) fn network(begins: bool, since: Timestamp, now: Timestamp) -> Alert {
    let subject = format!("network {} {since}", if begins { "gone" } else { "back" });
    let headline = if begins { "No feed can be reached" } else { "Feeds can be reached again" };
    let text = format!("No server has answered since {since:.0}: the network of this machine may be down.");
    let text = if begins { text } else { format!("It began at {since:.0}. Everything overdue is polled now.") };
    notice(&subject, headline.to_owned(), text, now)
}

/// A condition begins or ends.
pub(super) fn condition(feed: &Feed, change: &Change, now: Timestamp) -> Alert {
    let side = if change.begins { "begins" } else { "ends" };
    let subject = format!("{} {side} {} {}", change.kind, feed.id, change.since);
    let name = &feed.name;
    let (begins, advice, ends) = match change.kind {
        ConditionKind::Unreachable => ("cannot be reached", "It is tried every quarter of an hour.", "is well again"),
        ConditionKind::Certificate => (
            "has a certificate that is not accepted",
            "Its publisher has to renew it, or somebody stands between.",
            "is well again",
        ),
        ConditionKind::Challenge => (
            "is behind a challenge page",
            "Ask its publisher to let newswatch in; `contact` tells them who asks.",
            "is well again",
        ),
        ConditionKind::Login => (
            "wants a login",
            "Give the feed `username` and `password_file`, `bearer_file` or `cookie_file`.",
            "is well again",
        ),
        ConditionKind::Page => {
            ("is a page for people now", "`newswatch inspect` shows which feeds the page links.", "is well again")
        }
        ConditionKind::Failing => ("fails", "It is tried again and again, every six hours at least.", "is well again"),
        ConditionKind::Silent => ("is silent", "It may have moved without saying so.", "has news again"),
        ConditionKind::Frozen => ("is frozen", "A cache on the way may be stuck.", "has news again"),
        ConditionKind::Stuck => (
            "was called unchanged when it was not",
            "It is read whole at each poll for a month.",
            "is asked again whether it has changed",
        ),
        ConditionKind::Shrunk => (
            "shows fewer items than it did",
            "More can be missed between two polls; `every` makes them more frequent.",
            "shows as many items as usual",
        ),
        ConditionKind::Skewed => {
            ("has a clock that is wrong", "Dates of its items cannot be trusted.", "has its clock right")
        }
        ConditionKind::Gap => (
            "has shown more news than its polls have caught",
            "It is polled more often from now on; `every` does so for good.",
            "has missed no news for a day",
        ),
    };
    let headline = format!("The feed “{name}” {}", if change.begins { begins } else { ends });
    let since = change.since;
    let text = if change.begins {
        format!("{}: {}.\nSince {since:.0}. {advice}", feed.source, change.says)
    } else {
        format!("{}: it began at {since:.0} ({}).", feed.source, change.says)
    };
    notice(&subject, headline, text, now)
}

fn notice(subject: &str, headline: String, text: String, now: Timestamp) -> Alert {
    Alert::about_itself(AlertKind::Notice, subject, headline, text, now)
}
