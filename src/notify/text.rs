//! Alerts as plain text, for a terminal and for the text part of a mail.

use std::fmt::Write;

use crate::model::{Alert, AlertKind, Hit, Lead, Match, Member, Standing};

/// Makes a stranger's text harmless on one line: control characters (terminal escapes, CR and LF among them) become
/// blanks, and bidi overrides and isolates, which can make a line read as something else, are dropped.
pub fn inert(text: &str) -> String {
    text.chars().filter(|c| !is_bidi(*c)).map(|c| if is_control(c) { ' ' } else { c }).collect()
}

/// The same JSON with the characters that [`inert`] takes out written as `\uXXXX`: nothing is lost, and a person who
/// looks at it on a terminal is not steered either.
pub fn inert_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_bidi(c) || is_control(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The alert in a few lines, each of which ends with a line feed.
pub fn plain(alert: &Alert) -> String {
    let mut out = String::new();
    let score = alert.matched.as_ref().map(|matched| format!("  {:.2}", matched.score)).unwrap_or_default();
    let update = if alert.kind == AlertKind::Update { "  update" } else { "" };
    let _ = writeln!(out, "[{}]{update}{score}  {}", inert(&alert.watch), inert(&alert.headline));
    if let Some(standing) = &alert.standing {
        let _ = writeln!(out, "  {}", first(standing));
    }
    if let Some(lead) = &alert.lead {
        let _ = writeln!(out, "  {}", provenance(lead));
        if let Some(link) = &lead.link {
            let _ = writeln!(out, "  {}", inert(link));
        }
    }
    if let Some(matched) = &alert.matched {
        let _ = writeln!(out, "  matched: {}", hits(matched));
        let _ = writeln!(out, "  why: {}", reckoning(matched));
    }
    for member in &alert.members {
        let _ = writeln!(out, "  - {:.2}  {}", member.score, line(alert, member));
        if let Some(link) = &member.link {
            let _ = writeln!(out, "          {}", inert(link));
        }
    }
    if alert.member_count > alert.members.len() && !alert.members.is_empty() {
        let _ = writeln!(out, "  … and {} more", alert.member_count - alert.members.len());
    }
    for line in alert.text.lines() {
        let _ = writeln!(out, "  {}", inert(line));
    }
    let _ = writeln!(out, "  alert {}", alert.id);
    out
}

/// Who had the story first.
pub(super) fn first(standing: &Standing) -> String {
    let Standing { reports, first_outlet, first_at, .. } = standing;
    format!("{reports} reports; first {} {}", inert(first_outlet), first_at.strftime("%Y-%m-%d %H:%M UTC"))
}

/// Where a member comes from, as far as its alert does not say so: a digest's are of many watches, an update's of many
/// outlets, and the items of a summary are of one feed.
pub(super) fn head(alert: &Alert, member: &Member) -> String {
    let (digest, update) = (alert.kind == AlertKind::Digest, alert.kind == AlertKind::Update);
    let mut head = String::new();
    if digest && !member.watch.is_empty() {
        let _ = write!(head, "[{}] ", inert(&member.watch));
    }
    if digest || update {
        let _ = write!(head, "{}", inert(&member.outlet));
        if let Some(at) = member.published {
            let _ = write!(head, " {}", at.strftime("%H:%M"));
        }
    }
    head.trim().to_owned()
}

/// A member on one line.
pub(super) fn line(alert: &Alert, member: &Member) -> String {
    let head = head(alert, member);
    let mut line = if head.is_empty() { head } else { format!("{head}: ") };
    line.push_str(&inert(&member.title));
    if !member.note.is_empty() {
        let _ = write!(line, " ({})", inert(&member.note));
    }
    line
}

/// Outlet, language and time of an item on one line.
pub(super) fn provenance(lead: &Lead) -> String {
    let mut line = inert(&lead.feed_name);
    if let Some(language) = &lead.language {
        let _ = write!(line, " · {}", inert(language));
    }
    match lead.published {
        Some(at) => {
            let _ = write!(line, " · published {}", at.strftime("%Y-%m-%d %H:%M UTC"));
        }
        None => line.push_str(" · undated"),
    }
    line
}

/// What was found and where, each spelling once.
pub(super) fn hits(matched: &Match) -> String {
    let mut told: Vec<(&str, &str)> = Vec::new();
    let mut parts = Vec::new();
    for Hit { text, role, field, term, .. } in &matched.hits {
        if !told.contains(&(text, term)) {
            told.push((text, term));
            parts.push(format!("“{}” ({role}, {field})", inert(text)));
        }
    }
    parts.join(", ")
}

/// The sum that led to the score.
pub fn reckoning(matched: &Match) -> String {
    let mut sum = String::new();
    for (at, part) in matched.parts.iter().enumerate() {
        let sign = match (at, part.value < 0.0) {
            (0, false) => "",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        let _ = write!(sum, "{sign}{:.2} {}", part.value.abs(), inert(&part.what));
    }
    let relation = if matched.alerts() { "≥" } else { "<" };
    format!("{sum} = {:.2} {relation} {:.2}", matched.score, matched.threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_steer_the_terminal() {
        assert_eq!(inert("a\u{1b}[31m\r\nb\u{202e}c\u{2066}\u{85}"), "a [31m  bc ");
    }

    #[test]
    fn json_says_the_same_without_steering() {
        let text = "\u{1b}[31m\u{9b}m\u{7f} \u{202e}c\u{2066}\u{2028} é🚢";
        let json = inert_json(&serde_json::to_string(text).expect("a string"));
        assert_eq!(json, r#""\u001b[31m\u009bm\u007f \u202ec\u2066\u2028 é🚢""#);
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }
}
