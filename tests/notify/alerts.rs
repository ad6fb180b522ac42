//! Alerts of every kind.

use jiff::{SignedDuration, Timestamp};
use newswatch::model::{
    Alert, AlertId, AlertKind, Arrival, FeedId, Field, Form, Hit, ItemId, Lead, Match, Member, Part, Role, Standing,
    StoryId,
};

/// Every kind there is.
pub(crate) const KINDS: [AlertKind; 13] = [
    AlertKind::News,
    AlertKind::Update,
    AlertKind::Corroborated,
    AlertKind::Escalated,
    AlertKind::Grown,
    AlertKind::Corrected,
    AlertKind::Withdrawn,
    AlertKind::Edited,
    AlertKind::Distinct,
    AlertKind::Summary,
    AlertKind::Digest,
    AlertKind::Notice,
    AlertKind::Test,
];

/// When all of them were raised.
pub(crate) fn raised() -> Timestamp {
    "2026-11-12T17:04:09Z".parse().unwrap()
}

fn earlier(minutes: i64) -> Timestamp {
    raised() - SignedDuration::from_mins(minutes)
}

fn item(name: &str) -> ItemId {
    ItemId::new(FeedId::new("https://liman.example/feed"), "guid", name.as_bytes())
}

/// The first report of a story, with the word "Tartus" found in its title and its summary where it is there.
pub(crate) fn news(watch: &str, title: &str, summary: &str) -> Alert {
    let lead = Lead {
        item: item(title),
        feed: FeedId::new("https://liman.example/feed"),
        feed_name: "Liman Postası".to_owned(),
        link: Some("https://liman.example/2026/11/tartus?a=1&b=2".to_owned()),
        title: title.to_owned(),
        summary: summary.to_owned(),
        published: Some(earlier(64)),
        language: Some("tr".to_owned()),
        arrival: Some(Arrival { missing: Some(earlier(8)), received: earlier(1) }),
    };
    let mut alert = Alert::about_itself(AlertKind::News, title, lead.headline(), String::new(), raised());
    let story = StoryId::opened_by(lead.item);
    let hits = [(Field::Title, title, 0.9), (Field::Summary, summary, 0.0)];
    let hits = hits.into_iter().filter_map(|(field, text, weight)| hit("Tartus", field, text, weight)).collect();
    let parts = vec![Part { what: "strong term “Tartus” in the title".to_owned(), value: 0.9 }];
    alert.id = AlertId::first(story, watch);
    (alert.watch, alert.story, alert.lead) = (watch.to_owned(), Some(story), Some(lead));
    alert.matched = Some(Match { watch: watch.to_owned(), score: 0.9, threshold: 0.5, hits, parts });
    alert.member_count = 1;
    alert
}

fn hit(word: &str, field: Field, text: &str, weight: f64) -> Option<Hit> {
    let start = text.find(word)?;
    let (term, end) = (word.to_owned(), start + word.len());
    Some(Hit { text: term.clone(), term, role: Role::Strong, form: Form::Base, field, start, end, weight })
}

/// A member, number `n`.
pub(crate) fn member(n: usize, watch: &str) -> Member {
    let rtl = n % 7 == 3;
    Member {
        item: item(&format!("{watch} {n}")),
        title: match rtl {
            true => format!("سفينة شحن تغادر ميناء طرطوس رقم {n}"),
            false => format!("Cargo ship number {n} leaves the port of Tartus after a night at anchor in the roads"),
        },
        link: Some(format!("https://liman.example/2026/11/{watch}-{n}")),
        score: 0.9,
        outlet: if rtl { "وكالة الساحل".to_owned() } else { "Liman Postası".to_owned() },
        published: Some(earlier(n as i64)),
        note: String::new(),
        watch: watch.to_owned(),
    }
}

/// A digest of so many alerts of three watches in turn.
pub(crate) fn digest(count: usize) -> Alert {
    let text = String::new();
    let headline = format!("{count} alerts since 07:00");
    let mut alert = Alert::about_itself(AlertKind::Digest, "digest", headline, text, raised());
    alert.members = (0..count).map(|n| member(n, ["tartus", "hts", "africa-corps"][n % 3])).collect();
    alert.member_count = count;
    alert
}

fn standing(alert: &Alert) -> Standing {
    Standing {
        reports: 4,
        outlets: 3,
        independent: 2,
        first_outlet: "Sahil Haber".to_owned(),
        first_at: earlier(90),
        headline: alert.headline.clone(),
    }
}

/// One of this kind, as newswatch would raise it.
pub(crate) fn alert(kind: AlertKind) -> Alert {
    let title = "Rus tankeri Tartus limanına yanaştı; görgü tanıkları duman gördüklerini söylüyor";
    let summary = "Sabah saatlerinde Tartus limanına giren tanker, iki römorkör eşliğinde 3 numaralı iskeleye yanaştı. \
                   Yetkililer olayla ilgili açıklama yapmadı.";
    let mut alert = news("tartus", title, summary);
    let first = alert.id;
    let itself = |headline: &str, text: &str| {
        Alert::about_itself(kind, headline, headline.to_owned(), text.to_owned(), raised())
    };
    match kind {
        AlertKind::News => return alert,
        AlertKind::Digest => return digest(20),
        AlertKind::Notice => {
            let text = "Alert 1773f0e38e63a3b766661a45e6050e8f became a dead letter: refused for good: the receiver \
                        answered 410.\nThere may be more; `newswatch outbox` lists them all.";
            return itself("An alert did not reach the target “desk”", text);
        }
        AlertKind::Test => {
            return itself("This is a test of newswatch", "If you read this, alerts will reach you here.");
        }
        AlertKind::Summary => {
            alert.headline = "“Liman Postası” already holds 7 items for this watch".to_owned();
            alert.text = "This is the feed's first poll. From now on each new item alerts by itself.".to_owned();
            alert.members = (0..5).map(|n| Member { watch: String::new(), ..member(n, "tartus") }).collect();
            alert.member_count = 7;
            (alert.lead, alert.matched) = (None, None);
        }
        AlertKind::Update => {
            alert.standing = Some(standing(&alert));
            alert.headline = format!("3 outlets, 2 independent: {title}");
            let note = |n| if n == 1 { "corrected".to_owned() } else { String::new() };
            alert.members = (0..2).map(|n| Member { note: note(n), watch: String::new(), ..member(n, "") }).collect();
            alert.member_count = 2;
            (alert.lead, alert.matched) = (None, None);
        }
        AlertKind::Withdrawn => {
            alert.standing = Some(standing(&alert));
            alert.headline = format!("withdrawn by Liman Postası: {title}");
            alert.text = "Its feed still shows what is newer and what is older, but not this.".to_owned();
            (alert.lead, alert.matched) = (None, None);
        }
        _ => {
            alert.standing = Some(standing(&alert));
            alert.headline = format!("{kind}: {title}");
            alert.text = format!("First told as “{title}”.");
        }
    }
    alert.kind = kind;
    if kind != AlertKind::Summary {
        alert.thread = Some(first);
        alert.id = AlertId::new(alert.story.unwrap(), "tartus", kind.name(), 0);
    }
    alert
}
