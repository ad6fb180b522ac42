//! What a message says before it is written for a service: inert texts, each by itself, so that it can be cut to what the
//! service takes and escaped as the service needs it.

use super::inert;
use super::text::{first, head, hits, provenance, reckoning};
use crate::model::{Alert, MAX_LINK_BYTES};

/// Longest summary of an item in a message, in characters: a chat is no reader.
const MAX_SUMMARY_CHARS: usize = 500;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brief {
    /// The one line above all.
    pub(super) title: String,
    /// Where it leads, on the web.
    pub(super) link: Option<String>,
    /// The rest, a paragraph each; none is empty.
    pub(super) lines: Vec<String>,
    /// Items or alerts, each on a line of its own.
    pub(super) rows: Vec<Row>,
    /// What stands below the rows.
    pub(super) foot: Vec<String>,
}

/// A member of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it comes from.
    pub(super) head: String,
    /// What it says.
    pub(super) title: String,
    /// Where it leads, on the web.
    pub(super) link: Option<String>,
}

/// How much of each text is kept.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Of the title and of each line, in characters.
    line: usize,
    /// Of where a row comes from, in characters.
    head: usize,
    /// Of a row's title, in characters.
    row: usize,
    /// Links up to this length, in bytes; a part of one leads nowhere.
    link: usize,
}

const fn cut(line: usize, head: usize, row: usize, link: usize) -> Cut {
    Cut { line, head, row, link }
}

/// From all there is to the bare names of the rows, each step a little shorter.
const CUTS: [Cut; 15] = [
    cut(usize::MAX, usize::MAX, usize::MAX, MAX_LINK_BYTES),
    cut(1_000, 60, 300, 500),
    cut(1_000, 60, 300, 200),
    cut(1_000, 60, 160, 160),
    cut(500, 60, 300, 0),
    cut(500, 40, 240, 0),
    cut(300, 40, 200, 0),
    cut(300, 40, 160, 0),
    cut(300, 32, 130, 0),
    cut(200, 24, 115, 0),
    cut(200, 24, 100, 0),
    cut(100, 16, 80, 0),
    cut(100, 16, 60, 0),
    cut(60, 8, 40, 0),
    cut(30, 0, 20, 0),
];

impl Brief {
    /// What we say of an alert.
    pub(super) fn of(alert: &Alert) -> Self {
        let mut lines = Vec::new();
        if let Some(lead) = &alert.lead {
            let summary: String = lead.summary.chars().take(MAX_SUMMARY_CHARS).collect();
            lines.extend(Some(summary).filter(|summary| *summary != alert.headline));
            lines.push(provenance(lead));
        }
        lines.extend(alert.standing.as_ref().map(|standing| format!("{standing}; {}", first(standing))));
        if let Some(matched) = &alert.matched {
            lines.push(format!("matched: {}", hits(matched)));
            lines.push(format!("why: {}", reckoning(matched)));
        }
        lines.extend(alert.text.lines().map(ToOwned::to_owned));
        let rows = alert.members.iter().map(|member| {
            let note = if member.note.is_empty() { String::new() } else { format!(" ({})", member.note) };
            let title = inert(&format!("{}{note}", member.title));
            Row { head: head(alert, member), title, link: web(member.link.as_deref()) }
        });
        let rows: Vec<Row> = rows.collect();
        let more = alert.member_count.saturating_sub(rows.len());
        let more = (more > 0 && !rows.is_empty()).then(|| format!("… and {more} more"));
        let foot = more.into_iter().chain([format!("alert {}", alert.id)]).collect();
        let title = inert(&format!("[{}] {}", alert.watch, alert.headline));
        let link = alert.lead.as_ref().and_then(|lead| web(lead.link.as_deref()));
        Self { title, link, lines: shown(lines.iter().map(String::as_str)), rows, foot }
    }

    /// Says something else above all.
    pub(super) fn entitle(&mut self, title: &str) {
        self.title = inert(title);
    }

    /// Says this below the title and nothing besides.
    pub(super) fn replace(&mut self, text: &str) {
        self.lines = shown(text.lines());
        self.rows.clear();
        self.foot.clear();
    }

    /// What `write` makes of as much as `fits`. Long texts are cut and links left out, evenly for all rows, and at last the
    /// lines go, from the last. Rows go only where there are more than a target of this kind can be told at once
    /// ([`capacity`](super::capacity)), as when it was of another kind when they were put together.
    pub(super) fn fitted<T>(&self, write: impl Fn(&Brief) -> T, fits: impl Fn(&T) -> bool) -> T {
        let mut brief = self.clone();
        for cut in &CUTS {
            brief = self.cut(cut);
            let written = write(&brief);
            if fits(&written) {
                return written;
            }
        }
        loop {
            let bare = brief.lines.is_empty();
            if bare {
                brief.rows.truncate(brief.rows.len() / 2);
                let more = format!("… and {} more", self.rows.len() - brief.rows.len());
                brief.foot = std::iter::once(more).chain(self.foot.iter().cloned()).collect();
            }
            brief.lines.truncate(brief.lines.len() / 2);
            let written = write(&brief);
            if fits(&written) || bare && brief.rows.is_empty() {
                return written;
            }
        }
    }

    fn cut(&self, cut: &Cut) -> Self {
        let fits = |link: &Option<String>| link.clone().filter(|link| link.len() <= cut.link);
        let row = |row: &Row| Row {
            head: shorter(&row.head, cut.head),
            title: shorter(&row.title, cut.row),
            link: fits(&row.link),
        };
        Self {
            title: shorter(&self.title, cut.line),
            // One link is worth its place where thirty are not.
            link: self.link.clone().filter(|link| link.len() <= cut.link.max(500)),
            lines: self.lines.iter().map(|line| shorter(line, cut.line)).collect(),
            rows: self.rows.iter().map(row).collect(),
            foot: self.foot.clone(),
        }
    }
}

impl Row {
    /// All of it but the link.
    pub(super) fn text(&self) -> String {
        if self.head.is_empty() { self.title.clone() } else { format!("{}: {}", self.head, self.title) }
    }
}

/// A link that leads to the web; any other is no link, nor is one with a user name, which makes a host look like another.
/// As a URL it has no blank, quote, bracket or control character that was not escaped; an `@`, for which a plain text
/// would be taken to mention somebody, and braces are escaped here.
fn web(link: Option<&str>) -> Option<String> {
    let url = url::Url::parse(link.filter(|link| link.len() <= MAX_LINK_BYTES)?).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let link = url.as_str().replace('@', "%40").replace('{', "%7B").replace('}', "%7D");
    Some(link).filter(|link| plain && link.len() <= MAX_LINK_BYTES)
}

fn shown<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<String> {
    lines.map(|line| inert(line).trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The text, or its beginning with an ellipsis: at most `most` characters.
pub(super) fn shorter(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) if most == 0 => String::new(),
        Some(_) => {
            let kept: String = text.chars().take(most - 1).collect();
            format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200d}'))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character_and_says_so() {
        assert_eq!(shorter("Гамбург", 7), "Гамбург");
        assert_eq!(shorter("Гамбург", 4), "Гам…");
        assert_eq!(shorter("a  b", 3), "a…");
        assert_eq!(shorter("ab", 0), "");
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(web(Some("https://example.org/a b|c>")).as_deref(), Some("https://example.org/a%20b|c%3E"));
        assert_eq!(web(Some("https://e.org/@desk")).as_deref(), Some("https://e.org/%40desk"));
        for other in [
            "https://a.example@b.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org",
            "x",
        ] {
            assert_eq!(web(Some(other)), None, "{other}");
        }
    }
}
