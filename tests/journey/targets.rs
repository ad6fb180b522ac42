//! Targets of other kinds, their templates, and what is seen of them before anything is sent.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::desk::{SCREEN, config, feed, once, rows, rss};
use crate::support::binary::Newswatch;
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;

/// A house with a feed of one report on Tartus, and these targets.
fn house(server: &FeedServer, targets: &str) -> Newswatch {
    server.feed("/feed", rss(&["Ship seen off Tartus"]));
    Newswatch::new(&config("", &[targets, &feed(&server.url("/feed"), "1s")]))
}

#[test]
fn an_alert_reaches_a_chat_a_pager_and_a_program() {
    let server = FeedServer::start();
    let base = server.url("");
    let targets = format!(
        "[[target]]\nname = \"chat\"\ntype = \"slack\"\nurl = \"{base}/services/T0/B0/s3cret\"\n\
         template = {{ title = \"{{{{ watch }}}}: {{{{ headline }}}}\" }}\n\
         [[target]]\nname = \"pager\"\ntype = \"pagerduty\"\nurl = \"{base}\"\nrouting_key_file = \"key\"\n\
         [[target]]\nname = \"program\"\ntype = \"exec\"\ncommand = [\"${{HOUSE}}/page\", \"${{HOUSE}}/told\"]\n"
    );
    server.script("/services/T0/B0/s3cret", [Reply::status(500).body("s3cret no"), Reply::ok("ok")]);
    server.set("/v2/enqueue", Reply::status(202));
    let house = house(&server, &targets);
    house.write("key", "r0uting\n");
    let page = house.write("page", "#!/bin/sh\ncat > \"$1\"\n");
    std::fs::set_permissions(&page, std::fs::Permissions::from_mode(0o755)).unwrap();
    let root = page.parent().unwrap().to_owned();
    let text = std::fs::read_to_string(house.config()).unwrap();
    house.write("newswatch.toml", text.replace("${HOUSE}", root.to_str().unwrap()));

    let output = once(&house, 75);
    let waiting = rows(&house, "waiting");
    assert_eq!((waiting.len(), &waiting[0]["target"]), (1, &"chat".into()), "{output}");
    assert_eq!(waiting[0]["last_error"], "the receiver answered 500: *** no");
    assert!(!output.stderr.contains("s3cret") && !output.stderr.contains("r0uting"), "{output}");
    let body = |path: &str| serde_json::from_slice::<Value>(&server.requests_for(path)[0].body).unwrap();
    assert_eq!(body("/services/T0/B0/s3cret")["text"], "tartus: Ship seen off Tartus");
    assert_eq!(body("/v2/enqueue")["routing_key"], "r0uting");
    let told: Value = serde_json::from_str(&std::fs::read_to_string(root.join("told")).unwrap()).unwrap();
    assert_eq!(told["data"]["item"]["title"], "Ship seen off Tartus");
}

const CHAT: &str =
    "[[target]]\nname = \"chat\"\ntype = \"discord\"\nurl = \"https://discord.example/api/webhooks/1/s3cr3t\"\n";

#[test]
fn check_tries_each_template_and_says_where_it_is_wrong() {
    let server = FeedServer::start();
    let hook =
        "[[target]]\nname = \"hook\"\ntype = \"exec\"\ncommand = [\"/bin/true\"]\ntemplate_file = \"hook.json\"\n";
    let templates = "[target.template]\ntitle = \"{{ headlin }}\"\ntext = \"\"\"\none\n{% if item %}\"\"\"\n";
    let house = house(&server, &format!("{hook}{CHAT}{templates}"));
    house.write("hook.json", "{\"text\": \"{{ headline }}\",}");
    let output = house.on_config("check").run().assert_code(78);
    let text = std::fs::read_to_string(house.config()).unwrap();
    for (line, message) in [
        ("template_file =", "the template `body` of an alert of the kind `news`: what it makes is not JSON"),
        ("title = \"{{ headlin", "the template `title` of an alert of the kind `news`: line 1: it speaks of a value"),
        ("text = \"\"\"", "the template `text`: line 2: syntax error"),
    ] {
        let number = text.lines().position(|all| all.starts_with(line)).unwrap() + 1;
        let column = line.find('=').unwrap() + 3;
        assert!(output.stderr.contains(&format!("newswatch.toml:{number}:{column}")), "{line} in {output}");
        assert!(output.stderr.contains(message), "{message} in {output}");
    }
    assert!(output.stderr.contains("3 templates cannot be filled in") && output.stdout.is_empty(), "{output}");

    let well =
        text.replace("headlin }}", "headline }}").replace("{% if item %}", "{% if item %}{{ item.link }}{% endif %}");
    house.write("newswatch.toml", well);
    house.write("hook.json", "{\"text\": {{ headline | tojson }}}");
    house.on_config("check").run().assert_code(0);
}

#[test]
fn a_preview_shows_what_would_be_sent_and_sends_nothing() {
    let server = FeedServer::start();
    let hook =
        format!("[[target]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"{}\"\n", server.url("/hook/s3cret-part"));
    let house = house(&server, &format!("{SCREEN}{hook}{CHAT}"));
    let preview = |name: &str, kind: &[&str]| {
        let output = house.on_config("test-target").args([name, "--preview"]).args(kind).run().assert_code(0);
        assert!(!output.stdout.contains("s3cr"), "{output}");
        output.stdout
    };
    let chat = preview("chat", &["--kind", "digest"]);
    assert!(chat.starts_with("POST https://discord.example/***\ncontent-type: application/json\n\n{"), "{chat}");
    let body: Value = serde_json::from_str(chat.split_once("\n\n").unwrap().1).unwrap();
    assert!(body["embeds"][0]["description"].as_str().unwrap().contains("exports"), "{chat}");
    assert!(preview("hook", &["--kind", "update"]).contains("\"type\":\"story.updated\""));
    assert!(preview("hook", &[]).contains("\"type\":\"alert.test\""));
    assert!(preview("screen", &["--kind", "news"]).starts_with("[harbour]  0.90  Grain terminal"));
    let unknown = house.on_config("test-target").args(["chat", "--preview", "--kind", "gossip"]).run().assert_code(2);
    assert!(unknown.stderr.contains("news, update"), "{unknown}");
    house.on_config("test-target").args(["chat", "--kind", "news"]).run().assert_code(2);
    assert_eq!(server.requests().len(), 0);
}
