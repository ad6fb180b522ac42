//! One canary in every field of an alert, through every kind of target: it stays text.

use newswatch::model::{Alert, AlertKind, Service, TargetKind, TerminalFormat, Wording};
use serde_json::Value;

use crate::desk::{alert, all, body, preview, strings, unquoted};

/// Markup of every kind, line ends, mentions, a terminal's escape, controls of C0, C1 and bidi, a template, a formula.
const CANARY: &str = "=Q <b>x</b>\r\nBcc: x\n@everyone @here @channel <!channel> <@U1> <#C1> @room @all ~town \u{1b}[31m \u{9b}m \
                      \u{202e}evil\u{202c} \u{2066}y\u{2069} \u{200f}\u{0} [li](http://evil.example) <script>alert(1)\
                      </script> </a> \"' {{ 7*7 }} {{DATE(2026)}} ${x} *b* _i_ ~~s~~ `c` ||s|| # h > q &lt; &#64;all :x:";
const LINK: &str = "https://n.example/<script>\"')(|>[x](y)*_~`@everyone\u{202e}?a=1&b={{ 7*7 }}\r\nX: y";

/// The alert with the canary wherever a stranger can write.
fn poisoned(kind: AlertKind) -> Alert {
    let mut alert = alert(kind);
    let canary = || CANARY.to_owned();
    (alert.headline, alert.text, alert.watch) = (canary(), canary(), canary());
    if let Some(standing) = &mut alert.standing {
        (standing.first_outlet, standing.headline) = (canary(), canary());
    }
    if let Some(lead) = &mut alert.lead {
        (lead.feed_name, lead.title, lead.summary) = (canary(), canary(), canary());
        (lead.link, lead.language) = (Some(LINK.to_owned()), Some(canary()));
    }
    if let Some(matched) = &mut alert.matched {
        matched.watch = canary();
        matched.hits.iter_mut().for_each(|hit| (hit.term, hit.text) = (canary(), canary()));
        matched.parts.iter_mut().for_each(|part| part.what = canary());
    }
    for (n, member) in alert.members.iter_mut().enumerate() {
        (member.title, member.outlet, member.note, member.watch) = (canary(), canary(), canary(), canary());
        member.link = Some(if n == 0 { "javascript:alert(1)".to_owned() } else { LINK.to_owned() });
    }
    alert
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}')
}

fn wording(kind: &TargetKind) -> Wording {
    let text = "{{ text }} {{ watch }}{% for m in members %}\n{{ m.title }} {{ m.note }}{% endfor %}";
    let body = "{\"all\": [{{ headline|tojson }}, {{ members|tojson }}]}";
    match kind {
        TargetKind::Terminal(_) => Wording::default(),
        TargetKind::Webhook(_) | TargetKind::Exec(_) => Wording { body: Some(body.to_owned()), ..Wording::default() },
        _ => Wording { title: Some("{{ headline }}".to_owned()), text: Some(text.to_owned()), body: None },
    }
}

#[test]
fn a_canary_in_every_field_is_text_in_every_target() {
    for kind in all() {
        for of in [AlertKind::News, AlertKind::Update, AlertKind::Digest, AlertKind::Notice] {
            let alert = poisoned(of);
            for wording in [Wording::default(), wording(&kind)] {
                let whole = preview(&kind, wording.clone(), &alert);
                let found: Vec<char> = whole.chars().filter(|c| steers(*c)).collect();
                assert!(found.is_empty(), "{found:?} in {}: {whole}", kind.name());
                let mut head = whole.lines().take_while(|line| !line.is_empty());
                assert!(!head.any(|line| line.starts_with("Bcc:")), "{}: {whole}", kind.name());
                assert_inert(&kind, &body(&kind, wording, &alert));
            }
        }
    }
}

/// By the rules of each.
fn assert_inert(kind: &TargetKind, body: &str) {
    let json = || serde_json::from_str::<Value>(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    match kind {
        TargetKind::Terminal(target) if target.format == TerminalFormat::Text => {}
        // Nothing is lost on a program, and it knows where each text ends.
        TargetKind::Terminal(_) | TargetKind::Webhook(_) | TargetKind::Exec(_) => {
            assert!(strings(&json()).iter().any(|text| text == CANARY), "{body}");
        }
        TargetKind::Email(_) => {
            let text = unquoted(body);
            assert!(!text.contains("\u{1b}") && text.contains("{{ 7*7 }}"), "{text}");
            let html = text.split_once("<!doctype html>").expect("a page").1;
            assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<b>"), "{html}");
        }
        TargetKind::Service(target) => assert_chat(&target.service, &json()),
    }
}

fn assert_chat(service: &Service, json: &Value) {
    let texts = strings(json);
    for text in &texts {
        assert!(!text.chars().any(steers), "{}: {text:?}", service.name());
        assert!(!text.contains("javascript:"), "{}: {text}", service.name());
        // What pages do is shown as it is; nobody is called by it.
        if !matches!(service, Service::PagerDuty { .. } | Service::Alertmanager { .. }) {
            for mention in ["@everyone", "@here", "@channel", "@room", "@all"] {
                assert!(!text.contains(mention), "{}: {mention} in {text}", service.name());
            }
        }
    }
    assert!(
        texts.iter().any(|text| text.contains("7\\*7") || text.contains("7∗7") || text.contains("7*7")),
        "{texts:?}"
    );
    match service {
        Service::Slack => texts.iter().for_each(|text| assert_slack(text)),
        Service::Discord => {
            assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
            let content = json["content"].as_str().unwrap();
            let title = content.strip_prefix("**").and_then(|title| title.strip_suffix("**")).unwrap();
            let title = title.replace("](<https://", "](https://").replace(">)", ")");
            for text in [&title, json["embeds"][0]["description"].as_str().unwrap()] {
                assert_markdown(text, r"\`*_~|<>#[]()");
            }
        }
        Service::Mattermost => {
            let text = json["text"].as_str().unwrap();
            let (title, rest) = text.split_once('\n').unwrap();
            let title = title.strip_prefix("**").and_then(|title| title.strip_suffix("**")).unwrap();
            let lines = rest.lines().map(|line| line.strip_prefix("- ").unwrap_or(line));
            lines.chain([title]).for_each(|line| assert_markdown(line, r"\`*_|>#[]()!"));
            assert!(!text.contains("<!") && !text.contains("~town"), "{text}");
        }
        Service::Telegram { .. } => assert_html(json["text"].as_str().unwrap(), &["b", "/b", "/a"]),
        Service::Matrix { .. } => {
            let tags = ["strong", "/strong", "br", "ul", "/ul", "li", "/li", "/a"];
            assert_html(json["formatted_body"].as_str().unwrap(), &tags);
            assert_eq!(json["m.mentions"], serde_json::json!({}));
        }
        Service::Teams => {
            assert!(texts.iter().all(|text| !text.contains("{{")), "{texts:?}");
            let body = json["attachments"][0]["content"]["body"].as_array().unwrap();
            assert!(body.iter().all(|block| block["type"] == "RichTextBlock"));
            assert!(json["attachments"][0]["content"]["msteams"].get("entities").is_none());
        }
        Service::Ntfy { .. } => assert!(json.get("markdown").is_none() && json.get("actions").is_none()),
        Service::PagerDuty { .. } | Service::Alertmanager { .. } => {}
    }
}

/// Slack: `<` and `>` are those of our links, `&` begins one of three entities, and emphasis is that of the title.
fn assert_slack(text: &str) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>'), "{text}");
        let (inside, behind) = after.split_once('>').unwrap_or_else(|| panic!("an open link in {text}"));
        let (url, _) = inside.split_once('|').unwrap_or_else(|| panic!("{inside} is no link"));
        assert!(url.starts_with("https://n.example/") && !url.contains(' '), "{url}");
        rest = behind;
    }
    assert!(!rest.contains('>'), "{text}");
    let entities = ["amp;", "lt;", "gt;"];
    assert!(text.split('&').skip(1).all(|after| entities.iter().any(|entity| after.starts_with(entity))), "{text}");
    let bare: String = text.split('<').map(|part| part.split_once('|').map_or(part, |(_, text)| text)).collect();
    let inner = bare.strip_prefix('*').and_then(|bare| bare.strip_suffix('*')).unwrap_or(&bare);
    assert!(!inner.trim_end_matches('*').contains(['*', '_', '~', '`']), "{text}");
}

/// Each sign of Markdown is escaped but those of our own links.
fn assert_markdown(text: &str, signs: &str) {
    let mut chars = text.chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' if !inside => inside = true,
            ']' if inside && chars.peek() == Some(&'(') => {
                inside = false;
                let url: String = chars.by_ref().skip(1).take_while(|c| *c != ')').collect();
                assert!(url.starts_with("https://n.example/") && !url.contains([' ', '(']), "{url}");
            }
            c => assert!(!signs.contains(c), "{c} acts in {text}"),
        }
    }
}

/// The tags are ours, and links lead where a link of the alert leads.
fn assert_html(html: &str, tags: &[&str]) {
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("an open tag in {html}"));
        let link = tag.strip_prefix("a href=\"https://n.example/").and_then(|tag| tag.strip_suffix('"'));
        assert!(tags.contains(&tag) || link.is_some_and(|link| !link.contains('"')), "<{tag}> in {html}");
    }
}
