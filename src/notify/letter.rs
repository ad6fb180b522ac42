//! Alerts as the plain-text part of a mail: [`COLUMNS`] wide, and each link and command whole on a line of its own.

use std::fmt::Write;

use super::facts::{END_ISOLATE, ISOLATE, actions, byline, eyebrow, facts, groups, time, unnamed};
use super::text::{inert, line};
use crate::model::{Alert, AlertKind, Member};

/// Width of a line in columns of a terminal (RFC 5322, 2.1.1 has 78; a reply quotes it).
const COLUMNS: usize = 72;
/// How far the values of facts are from the margin, in columns.
const VALUES: usize = 11;

/// The whole text; each line ends with a line feed.
pub(super) fn text(alert: &Alert) -> String {
    let mut out = String::new();
    wrap(&mut out, &eyebrow(alert), 0);
    out.push('\n');
    wrap(&mut out, &inert(&alert.headline), 0);
    if let Some(link) = alert.lead.as_ref().and_then(|lead| lead.link.as_ref()) {
        let _ = writeln!(out, "{}", inert(link));
    }
    paragraphs(&mut out, alert);
    let facts = facts(alert);
    if !facts.is_empty() {
        out.push('\n');
    }
    for fact in facts {
        wrap(&mut out, &format!("{:<VALUES$}{}", format!("{}:", fact.label), directed(&fact.value)), VALUES);
    }
    for group in groups(alert) {
        if !group.heading.is_empty() {
            let _ = write!(out, "\n{} ({})\n", group.heading, group.members.len());
        }
        group.members.into_iter().for_each(|member| write_member(&mut out, alert, member));
    }
    match unnamed(alert) {
        0 => {}
        more => drop(write!(out, "\n… and {more} more\n")),
    }
    out.push('\n');
    for action in actions(alert) {
        let _ = write!(out, "{}:\n  {}\n", action.label, action.how);
    }
    let _ = write!(out, "\nAlert {}, raised {}\n", alert.id, time(alert.raised));
    out
}

/// The item's text, and what newswatch itself has to say.
fn paragraphs(out: &mut String, alert: &Alert) {
    let summary = alert.lead.as_ref().map_or("", |lead| &lead.summary);
    for paragraph in summary.lines().chain(alert.text.lines()).filter(|line| !line.trim().is_empty()) {
        out.push('\n');
        wrap(out, &inert(paragraph), 0);
    }
}

fn write_member(out: &mut String, alert: &Alert, member: &Member) {
    out.push('\n');
    match alert.kind {
        AlertKind::Update => wrap(out, &format!("- {}", line(alert, member)), 2),
        _ => {
            wrap(out, &format!("- {}", inert(&member.title)), 2);
            wrap(out, &format!("  {}", directed(&byline(member))), 2);
        }
    }
    if let Some(link) = &member.link {
        let _ = writeln!(out, "  {}", inert(link));
    }
}

/// A text of ours without isolates, which not every reader of plain text knows: a mark that everybody knows (U+200E) ends
/// a stranger's words that run from right to left, so that the digits behind them stay in their order.
fn directed(text: &str) -> String {
    let pieces = text.split_inclusive([ISOLATE, END_ISOLATE]).map(|piece| {
        let turned = piece.ends_with(END_ISOLATE) && piece.chars().any(is_right_to_left);
        let words = piece.trim_end_matches([ISOLATE, END_ISOLATE]);
        format!("{words}{}", if turned { "\u{200e}" } else { "" })
    });
    pieces.collect()
}

fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff)
}

/// Writes a text in lines of [`COLUMNS`], all but the first `indent` from the margin. They end at blanks, or between two
/// wide characters, whose languages have none; a longer word is not broken.
fn wrap(out: &mut String, text: &str, indent: usize) {
    let mut line = String::new();
    let (mut columns, mut breakable) = (0, None::<usize>);
    for c in text.chars() {
        let wide = width(c) == 2;
        if columns + width(c) > COLUMNS
            && let Some(at) = breakable.take().or(wide.then_some(line.len()))
        {
            let rest = line.split_off(at);
            let _ = writeln!(out, "{}", line.trim_end());
            line = format!("{:indent$}{}", "", rest.trim_start());
            columns = line.chars().map(width).sum();
        }
        line.push(c);
        columns += width(c);
        if (c == ' ' || wide) && line.trim_start().len() > 1 {
            breakable = Some(line.len());
        }
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

/// Columns of a character, roughly: those of East Asian scripts and pictures are wide, marks have none.
fn width(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, indent: usize) -> Vec<String> {
        let mut out = String::new();
        wrap(&mut out, text, indent);
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_end_at_blanks_and_keep_their_margin() {
        let lines = wrapped(&format!("- {}", "seven77 ".repeat(20)), 2);
        assert!(lines.iter().all(|line| line.len() <= COLUMNS && !line.ends_with(' ')), "{lines:?}");
        assert!(lines[0].starts_with("- seven") && lines[1].starts_with("  seven"), "{lines:?}");
        assert_eq!(lines.concat().matches("seven77").count(), 20);
    }

    #[test]
    fn digits_behind_a_name_from_right_to_left_stay_in_their_order() {
        let named = |name: &str| directed(&format!("{ISOLATE}{name}{END_ISOLATE} · 2026-11-12"));
        assert_eq!(named("Liman"), "Liman · 2026-11-12");
        assert_eq!(named("وكالة"), "وكالة\u{200e} · 2026-11-12");
    }

    #[test]
    fn long_words_stay_whole_and_wide_characters_need_no_blank() {
        let link = format!("https://n.example/{}", "a".repeat(100));
        assert_eq!(wrapped(&format!("see {link}"), 0), ["see", &link]);
        let lines = wrapped(&"海".repeat(80), 0);
        assert_eq!(lines.iter().map(|line| line.chars().count()).collect::<Vec<_>>(), [36, 36, 8]);
        assert_eq!(wrapped("", 0), [""]);
    }
}
