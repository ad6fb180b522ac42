//! Strangers' texts in the markup of chats: what could act is escaped, and what has no escape is broken up.
//!
//! All of these take texts that are [inert](super::inert) already: without control and bidi characters.

/// Has no width, and keeps its neighbours from being read as one.
const BREAK: char = '\u{200b}';

/// HTML of Telegram and Matrix.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in unmentioned(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Slack's mrkdwn: `& < >` are written out as <https://docs.slack.dev/messaging/formatting-message-text> asks, so that no
/// `<!channel>`, `<@user>` or `<link|text>` is one. The signs of emphasis have no escape: others that look like them
/// take their places.
pub(super) fn slack(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in unmentioned(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '*' => out.push('∗'),
            '_' => out.push('＿'),
            '~' => out.push('∼'),
            '`' => out.push('ˋ'),
            c => out.push(c),
        }
    }
    out
}

/// Discord's Markdown, in which a backslash frees any sign of its meaning. A colon, too: no emoji, no bare link.
pub(super) fn discord(text: &str) -> String {
    escaped(&unmentioned(text), r"\`*_~|[]()<>#+-:=", "")
}

/// Mattermost's Markdown. A webhook's text may hold Slack's `<!channel>` as well, and `~channel`; these have no escape.
pub(super) fn mattermost(text: &str) -> String {
    escaped(&unmentioned(text), r"\`*_{}[]()#+-.!>|", "<~")
}

/// Adaptive Cards: a run of text has no markup, but for functions such as `{{DATE(…)}}`.
pub(super) fn card(text: &str) -> String {
    unmentioned(text).replace("{{", &format!("{{{BREAK}{{"))
}

/// No `@everyone`, `@channel`, `@room` or `@name` that anybody or anything would take for a mention.
pub(super) fn unmentioned(text: &str) -> String {
    text.replace('@', &format!("@{BREAK}"))
}

/// A link between the brackets of Markdown; [links](super::brief::Brief) have no blanks.
pub(super) fn markdown_url(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    for c in link.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '\\' => out.push_str("%5C"),
            '*' => out.push_str("%2A"),
            '|' => out.push_str("%7C"),
            c => out.push(c),
        }
    }
    out
}

/// A link between Slack's angle brackets.
pub(super) fn slack_url(link: &str) -> String {
    link.replace('&', "&amp;").replace('<', "%3C").replace('>', "%3E").replace('|', "%7C")
}

fn escaped(text: &str, signs: &str, broken: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if signs.contains(c) {
            out.push('\\');
        }
        out.push(c);
        if broken.contains(c) {
            out.push(BREAK);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts() {
        let evil = "<!channel> *b* @here [x](http://e) ~t `c` &lt; {{DATE()}}";
        assert_eq!(slack(evil), "&lt;!channel&gt; ∗b∗ @\u{200b}here [x](http://e) ∼t ˋcˋ &amp;lt; {{DATE()}}");
        assert!(discord(evil).starts_with(r"\<!channel\> \*b\* "), "{}", discord(evil));
        assert!(discord(evil).contains(r"\[x\]\(http\://e\)"));
        assert!(mattermost(evil).starts_with("<\u{200b}\\!channel\\> \\*b\\* @\u{200b}here"), "{}", mattermost(evil));
        assert!(html(evil).contains("&lt;!channel&gt;") && html(evil).ends_with("&amp;lt; {{DATE()}}"));
        assert!(card(evil).ends_with("{\u{200b}{DATE()}}"));
    }

    #[test]
    fn links_stay_within_their_brackets() {
        assert_eq!(markdown_url("https://e.org/a_(b)"), "https://e.org/a_%28b%29");
        assert_eq!(slack_url("https://e.org/?a=1&b=|"), "https://e.org/?a=1&amp;b=%7C");
    }
}
