//! Alerts as HTML, for the second part of a mail: no images, no scripts, nothing from elsewhere.
//!
//! Colours of the day stand at each element, because many clients drop the style sheet; those of the night stand there,
//! under classes. The page is one column that is never wider than its window, down to 320 pixels.

use std::fmt::Write;

use super::facts::{Action, END_ISOLATE, Group, ISOLATE, actions, byline, eyebrow, facts, groups, time, unnamed};
use super::inert;
use super::palette::{DAY, NIGHT, Palette};
use super::text::line;
use crate::model::{Alert, AlertKind, Field, Hit, Member};

/// The whole document.
pub(super) fn document(alert: &Alert) -> String {
    let Palette { quiet, .. } = DAY;
    let mut body = String::new();
    let _ = write!(
        body,
        "<p class=\"q\" style=\"margin:0 0 8px;color:{quiet};font-size:14px\">{}</p>",
        escaped(&eyebrow(alert))
    );
    let _ = write!(
        body,
        "<h1 dir=\"auto\" style=\"margin:0 0 12px;font-size:20px;line-height:1.3\">{}</h1>",
        linked(&headline(alert), alert.lead.as_ref().and_then(|lead| lead.link.as_deref()))
    );
    paragraphs(&mut body, alert);
    write_facts(&mut body, alert);
    for group in groups(alert) {
        write_group(&mut body, alert, &group);
    }
    if unnamed(alert) > 0 {
        let _ = write!(body, "<p style=\"margin:0 0 12px\">… and {} more</p>", unnamed(alert));
    }
    footer(&mut body, alert);
    page(&alert.headline, &body)
}

/// A text in somebody's own words, as it is.
pub(super) fn own_words(headline: &str, text: &str) -> String {
    page(headline, &text.lines().map(|line| format!("<p dir=\"auto\">{}</p>\n", escaped(line))).collect::<String>())
}

fn page(headline: &str, body: &str) -> String {
    let Palette { ground, text, .. } = DAY;
    let style = style();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n\
         <body class=\"g\" style=\"margin:0;padding:0;background:{ground}\">\n\
         <div class=\"g t\" style=\"box-sizing:border-box;max-width:640px;margin:0 auto;padding:16px;background:{ground};\
         color:{text};font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
         overflow-wrap:anywhere;word-break:break-word\">\n{body}</div>\n</body>\n</html>\n",
        escaped(headline)
    )
}

/// What a client may drop: the colours of the night.
fn style() -> String {
    let Palette { ground, text, quiet, link, mark, code, rule } = NIGHT;
    format!(
        ":root{{color-scheme:light dark;supported-color-schemes:light dark}}\
         @media (prefers-color-scheme:dark){{.g{{background:{ground}!important}}.t,.t td{{color:{text}!important}}\
         .t .q{{color:{quiet}!important}}a{{color:{link}!important}}\
         mark{{background:{mark}!important;color:{text}!important}}a mark{{color:inherit!important}}\
         .c{{background:{code}!important;color:{text}!important}}.r{{border-color:{rule}!important}}}}"
    )
}

/// The headline; of an item's title in it, the matched words are marked.
fn headline(alert: &Alert) -> String {
    let hits = alert.matched.as_ref().map_or(&[][..], |matched| &matched.hits);
    let title = alert.lead.as_ref().map_or("", |lead| &lead.title);
    match alert.headline.strip_suffix(title) {
        Some("") => marked(title, Field::Title, hits),
        Some(before) => format!("{}<bdi>{}</bdi>", escaped(before), marked(title, Field::Title, hits)),
        None => escaped(&alert.headline),
    }
}

/// The item's text, and what newswatch itself has to say.
fn paragraphs(body: &mut String, alert: &Alert) {
    let mut paragraph = |html: &str| {
        let _ = writeln!(body, "<p dir=\"auto\" style=\"margin:0 0 12px\">{html}</p>");
    };
    if let Some(lead) = alert.lead.as_ref().filter(|lead| !lead.summary.trim().is_empty()) {
        let hits = alert.matched.as_ref().map_or(&[][..], |matched| &matched.hits);
        paragraph(&marked(&lead.summary, Field::Summary, hits));
    }
    alert.text.lines().filter(|line| !line.trim().is_empty()).for_each(|line| paragraph(&escaped(line)));
}

fn write_facts(body: &mut String, alert: &Alert) {
    let facts = facts(alert);
    if facts.is_empty() {
        return;
    }
    let Palette { text, quiet, .. } = DAY;
    body.push_str(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:0 0 12px;font-size:14px;line-height:1.45\">\n",
    );
    for fact in facts {
        let _ = writeln!(
            body,
            "<tr><td class=\"q\" width=\"76\" valign=\"top\" style=\"padding:2px 8px 2px 0;color:{quiet}\">{}</td>\
             <td valign=\"top\" style=\"padding:2px 0;color:{text}\">{}</td></tr>",
            fact.label,
            isolating(&fact.value)
        );
    }
    body.push_str("</table>\n");
}

fn write_group(body: &mut String, alert: &Alert, group: &Group<'_>) {
    if !group.heading.is_empty() {
        let (heading, count) = (escaped(&group.heading), group.members.len());
        let _ = writeln!(body, "<h2 style=\"margin:20px 0 8px;font-size:16px\">{heading} ({count})</h2>");
    }
    for member in &group.members {
        let _ = writeln!(
            body,
            "<div class=\"r\" style=\"padding:8px 0;border-top:1px solid {}\">{}</div>",
            DAY.rule,
            entry(alert, member)
        );
    }
}

fn entry(alert: &Alert, member: &Member) -> String {
    let title = if alert.kind == AlertKind::Update { escaped(&line(alert, member)) } else { escaped(&member.title) };
    let title = format!("<div dir=\"auto\">{}</div>", linked(&title, member.link.as_deref()));
    match alert.kind {
        AlertKind::Update => title,
        _ => format!(
            "{title}<div class=\"q\" style=\"color:{};font-size:14px\">{}</div>",
            DAY.quiet,
            isolating(&byline(member))
        ),
    }
}

/// What a reader can do, each as a link or as a command to copy.
fn footer(body: &mut String, alert: &Alert) {
    let Palette { text, quiet, code, rule, .. } = DAY;
    let _ = writeln!(
        body,
        "<div class=\"r q\" style=\"margin:16px 0 0;padding:12px 0 0;border-top:1px solid {rule};color:{quiet};font-size:14px\">"
    );
    for Action { label, how } in actions(alert) {
        match is_web(&how) {
            true => drop(writeln!(body, "<p style=\"margin:0 0 8px\">{}</p>", linked(label, Some(&how)))),
            false => drop(writeln!(
                body,
                "<p style=\"margin:0 0 8px\">{label}<br><code class=\"c\" style=\"display:inline-block;padding:2px 6px;\
                 border-radius:4px;background:{code};color:{text};font:13px/1.5 Menlo,Consolas,monospace\">{}</code></p>",
                escaped(&how)
            )),
        }
    }
    let _ = writeln!(body, "<p style=\"margin:0\">Alert {}, raised {}</p>\n</div>", alert.id, time(alert.raised));
}

/// HTML that leads to a URL of the web, where there is one.
fn linked(html: &str, link: Option<&str>) -> String {
    match link.filter(|link| is_web(link)) {
        Some(link) => format!("<a href=\"{}\" style=\"color:{}\">{html}</a>", escaped(link), DAY.link),
        None => html.to_owned(),
    }
}

fn is_web(link: &str) -> bool {
    link.starts_with("https://") || link.starts_with("http://")
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
            let (before, hit) = (escaped(&text[done..start]), escaped(&text[start..end]));
            let _ = write!(out, "{before}<mark style=\"background:{};color:inherit\">{hit}</mark>", DAY.mark);
            done = end;
        }
    }
    out + &escaped(&text[done..])
}

/// A text of ours as HTML, with the isolates in it.
fn isolating(text: &str) -> String {
    let pieces = text.split_inclusive([ISOLATE, END_ISOLATE]).map(|piece| {
        let tag = match piece.chars().next_back() {
            Some(ISOLATE) => "<bdi>",
            Some(END_ISOLATE) => "</bdi>",
            _ => "",
        };
        escaped(piece) + tag
    });
    pieces.collect()
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
        let mark = format!("<mark style=\"background:{};color:inherit\"", DAY.mark);
        let hits = [hit(3, 6, "ECB"), hit(4, 6, "CB"), hit(90, 93, "ECB")];
        assert_eq!(
            marked("<b>ECB & co", Field::Title, &hits),
            "&lt;b&gt;MARK>ECB</mark> &amp; co".replace("MARK", &mark)
        );
    }
}
