//! Alerts as HTML, for the second part of a mail: no images, no scripts, nothing from elsewhere.

use std::fmt::Write;

use super::inert;
use super::text::{first, hits, line, provenance, reckoning};
use crate::model::{Alert, Field, Hit};

/// The whole document.
pub(super) fn document(alert: &Alert) -> String {
    let mut body = String::new();
    let score = alert.matched.as_ref().map(|matched| format!(" · {:.2}", matched.score)).unwrap_or_default();
    let _ = write!(body, "<p style=\"color:#666\">{}{score}</p>", escaped(&alert.watch));
    let title_hits = alert.matched.as_ref().map_or(&[][..], |matched| &matched.hits);
    match &alert.lead {
        Some(lead) => {
            let headline = marked(&lead.title, Field::Title, title_hits);
            let _ = write!(body, "<h2 dir=\"auto\">{}</h2>", linked(&headline, lead.link.as_deref()));
            let _ = write!(body, "<p style=\"color:#666\">{}</p>", escaped(&provenance(lead)));
            let _ = write!(body, "<p dir=\"auto\">{}</p>", marked(&lead.summary, Field::Summary, title_hits));
        }
        None => {
            let _ = write!(body, "<h2 dir=\"auto\">{}</h2>", escaped(&alert.headline));
        }
    }
    if let Some(standing) = &alert.standing {
        let _ = write!(body, "<p style=\"color:#666\">{standing}; {}</p>", escaped(&first(standing)));
    }
    for paragraph in alert.text.lines() {
        let _ = write!(body, "<p dir=\"auto\">{}</p>", escaped(paragraph));
    }
    if !alert.members.is_empty() {
        let items = alert.members.iter().map(|member| {
            let text = format!("{:.2} {}", member.score, escaped(&line(alert, member)));
            format!("<li dir=\"auto\">{}</li>", linked(&text, member.link.as_deref()))
        });
        let _ = write!(body, "<ul>{}</ul>", items.collect::<String>());
        if alert.member_count > alert.members.len() {
            let _ = write!(body, "<p>… and {} more</p>", alert.member_count - alert.members.len());
        }
    }
    if let Some(matched) = &alert.matched {
        let (found, why) = (escaped(&hits(matched)), escaped(&reckoning(matched)));
        let _ = write!(body, "<p style=\"color:#666\">Matched: {found}<br>Why: {why}</p>");
    }
    let _ = write!(body, "<p style=\"color:#666\">Alert {}</p>", alert.id);
    page(&body)
}

/// A text in somebody's own words, as it is.
pub(super) fn paragraphs(text: &str) -> String {
    page(&text.lines().map(|line| format!("<p dir=\"auto\">{}</p>", escaped(line))).collect::<String>())
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body style=\"font-family:sans-serif;max-width:40em\">{body}</body></html>"
    )
}

/// HTML that leads to a URL of the web, where there is one.
fn linked(html: &str, link: Option<&str>) -> String {
    match link.filter(|link| link.starts_with("https://") || link.starts_with("http://")) {
        Some(link) => format!("<a href=\"{}\">{html}</a>", escaped(link)),
        None => html.to_owned(),
    }
}

/// The text with its hits in `<mark>`. Spans beyond the end (the text was cut) or inside an earlier mark are passed over.
fn marked(text: &str, field: Field, hits: &[Hit]) -> String {
    let mut spans: Vec<(usize, usize)> = hits
        .iter()
        .filter(|hit| hit.field == field && text.get(hit.start..hit.end) == Some(hit.text.as_str()))
        .map(|hit| (hit.start, hit.end))
        .collect();
    spans.sort_unstable();
    let (mut out, mut done) = (String::new(), 0);
    for (start, end) in spans {
        if start >= done {
            let _ = write!(out, "{}<mark>{}</mark>", escaped(&text[done..start]), escaped(&text[start..end]));
            done = end;
        }
    }
    out + &escaped(&text[done..])
}

/// Inert and with `& < > " '` written out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in inert(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    #[test]
    fn hits_are_marked_and_markup_is_text() {
        let hit = |start, end, text: &str| Hit {
            term: String::new(),
            role: Role::Weak,
            form: crate::model::Form::Base,
            field: Field::Title,
            start,
            end,
            text: text.to_owned(),
            weight: 0.0,
        };
        let hits = [hit(3, 6, "ECB"), hit(4, 6, "CB"), hit(90, 93, "ECB")];
        assert_eq!(marked("<b>ECB & co", Field::Title, &hits), "&lt;b&gt;<mark>ECB</mark> &amp; co");
    }
}
