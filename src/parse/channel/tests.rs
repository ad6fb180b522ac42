use super::super::{Document, Source, parse};
use super::*;

fn read(body: &str) -> Document {
    parse(&Source { body: body.as_bytes(), content_type: None, base_url: None }).expect("a feed")
}

/// What a channel asks that says `inner`.
fn asked(inner: &str) -> Asked {
    read(&format!(
        "<rss version=\"2.0\" xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel><title>c</title>\
         {inner}<item><title>a</title></item></channel></rss>"
    ))
    .asked
}

#[test]
fn a_period_is_shared_out_among_its_updates() {
    let hours = |hours: u64| Some(Duration::from_secs(hours * 3_600));
    for (inner, want) in [
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", hours(1)),
        ("<sy:updatePeriod>\n Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", hours(6)),
        ("<sy:updateFrequency>2</sy:updateFrequency><sy:updatePeriod>weekly</sy:updatePeriod>", hours(84)),
        ("<sy:updatePeriod>monthly</sy:updatePeriod>", hours(30 * 24)),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", hours(365 * 24)),
        ("<sy:updateFrequency>24</sy:updateFrequency>", hours(1)),
        ("<sy:updatePeriod>hourly<sy:updateFrequency>1</sy:updateFrequency>", hours(1)),
        ("<sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>", None),
        ("", None),
    ] {
        assert_eq!(asked(inner).update_period, want, "{inner}");
    }
}

#[test]
fn a_period_without_sense_is_no_hint() {
    for inner in [
        "<sy:updatePeriod>often</sy:updatePeriod>",
        "<sy:updatePeriod>often</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
        "<sy:updatePeriod/><sy:updateFrequency>2</sy:updateFrequency>",
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
        "<sy:updateFrequency>-1</sy:updateFrequency>",
        "<sy:updateFrequency>twice</sy:updateFrequency>",
        "<sy:updateFrequency>1.5</sy:updateFrequency>",
        "<sy:updateFrequency>99999999999999999999</sy:updateFrequency>",
        "<sy:updateFrequency></sy:updateFrequency>",
        "<updatePeriod>hourly</updatePeriod>",
    ] {
        assert_eq!(asked(inner), Asked::default(), "{inner}");
    }
    let fastest = format!("<sy:updateFrequency>{}</sy:updateFrequency>", u32::MAX);
    assert!(asked(&fastest).update_period.is_some_and(|period| !period.is_zero()));
}

#[test]
fn a_ttl_is_minutes() {
    for (inner, minutes) in [
        ("<ttl>60</ttl>", Some(60)),
        ("<ttl>soon</ttl><ttl> 5 </ttl><ttl>7</ttl>", Some(5)),
        ("<ttl>4294967295</ttl>", Some(4_294_967_295)),
        ("<ttl>4294967296</ttl>", None),
        ("<ttl>-1</ttl>", None),
        ("<ttl/>", None),
    ] {
        assert_eq!(asked(inner).ttl, minutes.map(|minutes: u64| Duration::from_secs(minutes * 60)), "{inner}");
    }
}

#[test]
fn hours_and_days_are_skipped() {
    for (inner, hours, days) in [
        ("<skipHours><hour>0</hour><hour> 23 </hour></skipHours>", 1 | 1 << 23, 0),
        ("<skipHours><hour>24</hour><hour>07</hour></skipHours>", 1 | 1 << 7, 0),
        ("<skipHours><hour>25</hour><hour>-1</hour><hour>x</hour><hour/><hour>4294967297</hour></skipHours>", 0, 0),
        ("<skiphours><HOUR>3</HOUR></skiphours><skipHours><hour>4</hour></skipHours>", 0b1_1000, 0),
        ("<skipHours><day>Monday</day></skipHours><skipDays><hour>1</hour></skipDays>", 0, 0),
        ("<skipDays><day>Monday</day><day>SUNDAY</day><day>Montag</day></skipDays>", 0, 0b100_0001),
        ("<skipHours><hour>1</hour><skipDays><day>Tuesday</day></skipDays>", 0b10, 0b10),
        ("<skipHours/><skipDays></skipDays>", 0, 0),
    ] {
        let asked = asked(inner);
        assert_eq!((asked.skip.hours, asked.skip.days), (hours, days), "{inner}");
    }
}

#[test]
fn nobody_is_never_polled() {
    let hours: String = (1..=24).map(|hour| format!("<hour>{hour}</hour>")).collect();
    let days: String = DAYS.iter().map(|day| format!("<day>{day}</day>")).collect();
    assert_eq!(asked(&format!("<skipHours>{hours}</skipHours>")), Asked::default());
    assert_eq!(asked(&format!("<skipDays>{days}</skipDays>")), Asked::default());
    let both = format!("<skipHours>{hours}</skipHours><skipDays><day>Friday</day></skipDays>");
    assert_eq!(asked(&both), Asked::default());
    assert_eq!(asked(&format!("<skipHours>{}</skipHours>", &hours[14..])).skip.hours, ALL_HOURS - 0b10);
}

#[test]
fn an_item_asks_for_nothing() {
    let inner = "<ttl>5</ttl><sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>9</sy:updateFrequency>\
                 <skipHours><hour>1</hour></skipHours><skipDays><day>Monday</day></skipDays>";
    assert_ne!(asked(inner), Asked::default());
    for wrapped in [
        format!("<item>{inner}<title>b</title></item>"),
        format!("<item><description>{inner}</description></item>"),
        format!("<image>{inner}</image>"),
        format!("<item><source>{inner}</source></item>"),
    ] {
        assert_eq!(asked(&wrapped), Asked::default(), "{wrapped}");
    }
    let item = &read(&format!("<rss><channel><item>{inner}<title>b</title></item></channel></rss>")).items[0];
    assert_eq!(item.title.as_deref(), Some("b"));
}

#[test]
fn a_feed_names_what_made_it() {
    for (body, want) in [
        ("<rss><channel><generator> A &amp; B </generator><generator>C</generator><item/></channel></rss>", "A & B"),
        ("<rss><channel><generator/><generator>C</generator><item/></channel></rss>", "C"),
        ("<feed><generator uri='https://example.org/'>G</generator><entry><id>1</id></entry></feed>", "G"),
        ("<feed><generator uri=' https://example.org/ '/><entry><id>1</id></entry></feed>", "https://example.org/"),
        ("<feed><generator uri=''></generator><entry><generator>no</generator></entry></feed>", ""),
        ("<feed><entry><source><generator>no</generator></source><id>1</id></entry></feed>", ""),
    ] {
        assert_eq!(read(body).generator.as_deref().unwrap_or_default(), want, "{body}");
    }
    let long = read(&format!("<rss><channel><generator>{}</generator><item/></channel></rss>", "ü€".repeat(900)));
    assert_eq!(long.generator.map(|name| name.len()), Some(200));
}

#[test]
fn half_a_hint_is_none() {
    let whole = "<rss><channel><item><title>a</title><guid>1</guid></item><skipHours><hour>1</hour><hour>23</hour>\
                 </skipHours><ttl>60</ttl></channel></rss>";
    let until = |end: &str| read(&whole[..whole.find(end).expect("the end")]).asked;
    assert_eq!(until("3</hour>").skip.hours, 0b10);
    assert_eq!(until("0</ttl>").ttl, None);
    assert_eq!(until("</rss>").ttl, Some(Duration::from_secs(3_600)));
}
