//! What alerts and what does not, from the feed's bytes to the line on standard output: first polls, edits, reused
//! GUIDs, copies in other feeds, feeds that identify nothing.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "the items of a first poll are as old as the real clock says")]

mod support;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::binary::Newswatch;

/// A house with the given feeds (name, items) and one watch for Tartus.
struct House(Newswatch);

impl House {
    fn with(feeds: &[&str], extra: &str) -> Self {
        let mut config = format!("{extra}\n[[target]]\nname = \"t\"\ntype = \"terminal\"\nformat = \"json\"\n");
        config += "[[watch]]\nname = \"tartus\"\nstrong = [\"Tartus\"]\n";
        for feed in feeds {
            config += &format!("[[feed]]\nname = \"{feed}\"\npath = \"{feed}.xml\"\n");
        }
        Self(Newswatch::new(&config))
    }

    fn publish(&self, feed: &str, items: &[String]) -> &Self {
        let xml = format!("<rss version=\"2.0\"><channel><title>{feed}</title>{}</channel></rss>", items.concat());
        self.0.write(format!("{feed}.xml"), xml);
        self
    }

    /// One round over all feeds: the alerts' kinds and headlines, in alphabetical order.
    fn round(&self) -> Vec<String> {
        let out = self.0.on_config("run").arg("--once").run().assert_code(0);
        let alerts = out.stdout.lines().map(|line| {
            let alert: Value = serde_json::from_str(line).unwrap();
            format!("{} {}", alert["type"].as_str().unwrap(), alert["data"]["headline"].as_str().unwrap())
        });
        let mut alerts: Vec<String> = alerts.collect();
        alerts.sort();
        alerts
    }

    fn explain(&self, item: &str) -> Value {
        let out = self.0.on_config("explain").args([item, "--json"]).run().assert_code(0);
        serde_json::from_str(&out.stdout).unwrap()
    }

    fn outcome(&self, item: &str) -> Value {
        self.explain(item)["record"]["decisions"][0]["outcome"].clone()
    }
}

fn item(guid: &str, title: &str, age_hours: i64) -> String {
    let at = Timestamp::now() - SignedDuration::from_hours(age_hours);
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!("<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title><pubDate>{date}</pubDate></item>")
}

/// An old item that matches nothing, so that a feed's first poll is behind it.
fn baseline() -> String {
    item("base", "Weather", 500)
}

#[test]
fn a_first_poll_alerts_on_what_is_newer_than_the_lookback_and_writes_the_rest_down() {
    let house = House::with(&["a"], "lookback = \"24h\"");
    let undated = "<item><guid>u</guid><title>Undated in Tartus</title></item>".to_owned();
    house.publish("a", &[item("1", "News from Tartus", 1), item("2", "Old news from Tartus", 72), undated]);
    assert_eq!(house.round(), ["alert.news News from Tartus"]);
    assert_eq!(house.outcome("2"), serde_json::json!({"suppressed": "first_run"}));
    assert_eq!(house.outcome("u"), serde_json::json!({"suppressed": "first_run"}));
    assert_eq!(house.round(), Vec::<String>::new());
}

#[test]
fn after_the_first_poll_an_item_alerts_however_old_it_says_it_is() {
    let house = House::with(&["a"], "");
    house.publish("a", &[baseline()]);
    assert_eq!(house.round(), Vec::<String>::new());
    house.publish("a", &[item("9", "A report on Tartus, back-dated", 24 * 400), baseline()]);
    assert_eq!(house.round(), ["alert.news A report on Tartus, back-dated"]);
}

#[test]
fn a_first_poll_that_would_flood_gives_one_summary() {
    let house = House::with(&["a"], "");
    let items: Vec<String> = (0..30).map(|n| item(&n.to_string(), &format!("Report {n} from Tartus"), 1)).collect();
    house.publish("a", &items);
    assert_eq!(house.round(), ["alert.summary “a” already holds 30 items for this watch"]);
    assert!(house.outcome("7")["suppressed"]["summarised"].is_string());
    house.publish("a", &[item("new", "A further report from Tartus", 0)]);
    assert_eq!(house.round(), ["alert.news A further report from Tartus"]);
}

#[test]
fn an_edit_does_not_alert_again_but_one_that_names_it_first_does() {
    let house = House::with(&["a"], "");
    house.publish("a", &[baseline(), item("1", "Blast heard in Tartus", 1), item("2", "Ship leaves the harbour", 1)]);
    assert_eq!(house.round(), ["alert.news Blast heard in Tartus"]);
    house.publish(
        "a",
        &[baseline(), item("1", "Blasts heard in Tartus", 1), item("2", "Ship leaves the Tartus harbour", 1)],
    );
    assert_eq!(house.round(), ["alert.news Ship leaves the Tartus harbour"]);
}

#[test]
fn a_guid_that_another_item_wears_still_alerts() {
    let house = House::with(&["a"], "");
    house.publish("a", &[item("1", "Blast heard in Tartus this morning", 1)]);
    assert_eq!(house.round(), ["alert.news Blast heard in Tartus this morning"]);
    house.publish("a", &[item("1", "Elections: Tartus votes today under heavy rain", 0)]);
    assert_eq!(house.round(), ["alert.news Elections: Tartus votes today under heavy rain"]);
}

#[test]
fn a_copy_in_another_feed_is_the_same_story() {
    let house = House::with(&["a", "b"], "");
    house.publish("a", &[item("1", "Blast heard near the Tartus base", 1)]).publish("b", &[baseline()]);
    assert_eq!(house.round(), ["alert.news Blast heard near the Tartus base"]);
    house.publish("b", &[item("x", "Blast heard near the Tartus base", 0), baseline()]);
    assert_eq!(house.round(), ["story.updated 2 outlets, 1 independent: Blast heard near the Tartus base"]);
    assert!(house.outcome("x")["updated"].is_string());
}

#[test]
fn both_of_two_feeds_read_at_once_tell_a_story_once() {
    let house = House::with(&["a", "b", "c"], "");
    for feed in ["a", "b", "c"] {
        house.publish(feed, &[item(feed, "Blast heard near the Tartus base", 1)]);
    }
    let told = house.round();
    assert_eq!(
        told,
        [
            "alert.news Blast heard near the Tartus base",
            "story.updated 3 outlets, 1 independent: Blast heard near the Tartus base"
        ]
    );
}

#[test]
fn a_feed_that_gives_everything_one_link_and_no_guid_loses_nothing() {
    let house = House::with(&["a"], "");
    let bare = |title: &str| format!("<item><link>https://example.org/</link><title>{title}</title></item>");
    house.publish("a", &[baseline()]);
    house.round();
    house.publish("a", &[baseline(), bare("Tartus harbour closed"), bare("Fire on a ship off Tartus")]);
    assert_eq!(house.round(), ["alert.news Fire on a ship off Tartus", "alert.news Tartus harbour closed"]);
    house.publish("a", &[baseline(), bare("Tartus harbour closed"), bare("Fire out"), bare("Tartus harbour open")]);
    assert_eq!(house.round(), ["alert.news Tartus harbour open"]);
}

#[test]
fn items_that_scrolled_away_and_came_back_are_known() {
    let house = House::with(&["a"], "");
    house.publish("a", &[item("1", "Blast heard in Tartus", 1), baseline()]);
    assert_eq!(house.round().len(), 1);
    house.publish("a", &[baseline()]);
    house.round();
    house.publish("a", &[item("1", "Blast heard in Tartus", 1), baseline()]);
    assert_eq!(house.round(), Vec::<String>::new());
}

#[test]
fn an_item_that_wears_anothers_guid_is_news_again_where_its_edit_makes_it_so() {
    let house = House::with(&["a"], "");
    house.publish("a", &[item("live", "Storm breaks windows in the Tartus harbour", 9), baseline()]);
    assert_eq!(house.round().len(), 1);
    let resigns = "Minister of transport resigns over the budget row";
    house.publish("a", &[item("live", resigns, 5), baseline()]);
    assert_eq!(house.round(), Vec::<String>::new());
    house.publish("a", &[item("live", &format!("{resigns} in Tartus"), 5), baseline()]);
    assert_eq!(house.round(), [format!("alert.news {resigns} in Tartus")]);
}

#[test]
fn what_is_back_with_a_later_date_is_told_and_alerts_where_edits_do() {
    let other = "[[feed]]\nname = \"b\"\npath = \"b.xml\"\nedits = \"alert\"";
    let house = House::with(&["a"], other);
    for feed in ["a", "b"] {
        house.publish(feed, &[item("siren", "Air raid alert, Tartus district", 9), baseline()]);
    }
    house.round();
    for feed in ["a", "b"] {
        house.publish(feed, &[baseline()]);
    }
    assert_eq!(house.round(), Vec::<String>::new());
    for feed in ["a", "b"] {
        house.publish(feed, &[item("siren", "Air raid alert, Tartus district", 2), baseline()]);
    }
    let told = house.round();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("alert.edited") && told[1].starts_with("story.updated"), "{told:?}");
}

#[test]
fn an_item_under_new_keys_is_neither_news_nor_withdrawn() {
    let house = House::with(&["a"], "");
    let list = |guid: &str| {
        let others = ["Ferries resume", "Weather", "Council meets"].into_iter().zip([3, 4, 5]);
        let others: Vec<String> = others.map(|(title, hours)| item(&format!("{guid}{hours}"), title, hours)).collect();
        [vec![item(guid, "Blast heard in Tartus", 2)], others].concat()
    };
    house.publish("a", &list("old"));
    assert_eq!(house.round().len(), 1);
    house.publish("a", &list("new"));
    house.round();
    house.publish("a", &[vec![item("top", "Mayor speaks", 1)], list("new")].concat());
    assert_eq!(house.round(), Vec::<String>::new());
}

#[test]
fn digits_below_a_headline_are_told_where_a_toll_grew_and_fill_no_archive_where_comments_did() {
    let house = House::with(&["a"], "[story.realert]\nnumber = true");
    let with = |text: &str| {
        let told = format!("</title><description>{text}</description>");
        item("1", "Blast heard in Tartus", 2).replace("</title>", &told)
    };
    house.publish("a", &[with("The blast killed 12 people. 4 comments"), baseline()]);
    assert_eq!(house.round().len(), 1);
    house.publish("a", &[with("The blast killed 12 people. 5 comments"), baseline()]);
    assert_eq!(house.round(), Vec::<String>::new());
    let kept = house.explain("1")["record"]["item"]["summary"].as_str().unwrap().to_owned();
    assert!(kept.ends_with("4 comments"), "{kept}");
    house.publish("a", &[with("The blast killed 31 people. 6 comments"), baseline()]);
    let told = house.round();
    assert!(told.len() == 1 && told[0].starts_with("alert.grown"), "{told:?}");
}

#[test]
fn two_first_polls_that_share_a_story_give_two_summaries() {
    let house = House::with(&["a", "b"], "");
    for feed in ["a", "b"] {
        let mut items: Vec<String> =
            (0..8).map(|n| item(&n.to_string(), &format!("{feed}: Report {n} from the Tartus harbour"), 1)).collect();
        items.push(item("shared", "Blast heard near the Tartus base", 9));
        house.publish(feed, &items);
    }
    assert_eq!(house.round().len(), 2);
}

#[test]
fn a_text_that_grows_is_looked_at_again_and_alerts_once() {
    let house = House::with(&["a"], "");
    let long = "Nothing of interest in this sentence. ".repeat(40);
    let with = |text: &str, body: &str| {
        format!(
            "<item><guid>1</guid><title>Ships at sea</title><description>{text}</description>\
             <content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">{body}</content:encoded></item>"
        )
    };
    house.publish("a", &[baseline(), with(&long, "None.")]);
    assert_eq!(house.round(), Vec::<String>::new());
    house.publish("a", &[baseline(), with(&long, "One was seen off Tartus.")]);
    assert_eq!(house.round(), ["alert.news Ships at sea"]);
    house.publish("a", &[baseline(), with(&format!("{long} Tartus again."), "One was seen off Tartus.")]);
    assert_eq!(house.round(), Vec::<String>::new());
}

#[test]
fn an_item_of_any_size_is_archived_so_that_it_can_be_read_back() {
    let house = House::with(&["a"], "");
    house.publish("a", &[baseline()]);
    house.round();
    let huge = "x".repeat(3 << 19);
    let categories = "<category>c</category>".repeat(5_000);
    let item = format!(
        "<item><guid>{huge}</guid><link>https://example.org/{huge}</link><title>Tartus {huge}</title>\
         <description>{huge}</description><author>{huge}</author>{categories}</item>"
    );
    house.publish("a", &[baseline(), item]);
    assert_eq!(house.round().len(), 1);
    // The next start reads the archive.
    assert_eq!(house.round(), Vec::<String>::new());
    house.0.on_config("backtest").args(["--since", "2d"]).run().assert_code(0);
}
