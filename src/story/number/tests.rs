//! Texts are invented.

use proptest::prelude::*;

use super::super::sample::item;
use super::*;

fn read(text: &str, language: &str) -> Vec<Count> {
    let mut item = item(text, "");
    item.language = (!language.is_empty()).then(|| language.to_owned());
    counts(&item)
}

fn brief(text: &str, language: &str) -> Vec<(f64, String)> {
    read(text, language).into_iter().map(|count| (count.value, count.of)).collect()
}

#[test]
fn what_is_counted_is_the_same_in_many_languages() {
    let mut wrong = Vec::new();
    for (text, language, value, of) in [
        ("Blast kills 12 in market", "en", 12.0, "dead"),
        ("Death toll from market blast rises to 15", "en", 15.0, "dead"),
        ("12 killed in blast", "en", 12.0, "dead"),
        ("At least 12 people were killed in blast", "en", 12.0, "dead"),
        ("Blast leaves 12 dead", "en", 12.0, "dead"),
        ("Twelve dead after ferry sinks", "en", 12.0, "dead"),
        ("Soldiers killed 12 militants, ministry says", "en", 12.0, "dead"),
        ("Navy counts 310 attacks on shipping", "en", 310.0, "attacks"),
        ("Number of attacks on ships rises to 310", "en", 310.0, "attacks"),
        ("1,200 wounded in quake", "en", 1_200.0, "wounded"),
        ("3.5 million people displaced by flood", "en", 3_500_000.0, "displaced"),
        ("Army shoots down 40 drones", "en", 40.0, "drones"),
        ("Police arrest 30 after match", "en", 30.0, "arrested"),
        ("Fleet loses 3 ships", "en", 3.0, "ships"),
        ("Zahl der Toten steigt auf 15", "de", 15.0, "dead"),
        ("Mindestens zwölf Menschen getötet", "de", 12.0, "dead"),
        ("1.200 Verletzte nach Beben", "de", 1_200.0, "wounded"),
        ("Beben tötet mindestens 12 Menschen", "de", 12.0, "dead"),
        ("Le bilan s'alourdit à 15 morts", "fr", 15.0, "dead"),
        ("Une explosion tue 12 personnes", "fr", 12.0, "dead"),
        ("1\u{202f}200 blessés après le séisme", "fr", 1_200.0, "wounded"),
        ("Al menos 12 muertos en una explosión", "es", 12.0, "dead"),
        ("Sube a 15 el número de muertos", "es", 15.0, "dead"),
        ("Explosão mata 12 pessoas", "pt", 12.0, "dead"),
        ("Esplosione: 12 morti e 30 feriti", "it", 12.0, "dead"),
        ("Погибли 12 человек", "ru", 12.0, "dead"),
        ("Число погибших выросло до 15", "ru", 15.0, "dead"),
        ("1 200 раненых после землетрясения", "ru", 1_200.0, "wounded"),
        ("Сбито 40 беспилотников", "ru", 40.0, "drones"),
        ("Загинули щонайменше 12 людей", "uk", 12.0, "dead"),
        ("مقتل 12 شخصا في انفجار", "ar", 12.0, "dead"),
        ("ارتفاع عدد القتلى إلى ١٥", "ar", 15.0, "dead"),
        ("إصابة ١٬٢٠٠ شخص", "ar", 1_200.0, "wounded"),
        ("۱۲ کشته در انفجار", "fa", 12.0, "dead"),
        ("12 הרוגים בפיצוץ", "he", 12.0, "dead"),
        ("Co najmniej 12 zabitych w wybuchu", "pl", 12.0, "dead"),
        ("Výbuch si vyžádal 12 mrtvých", "cs", 12.0, "dead"),
        ("Patlamada 12 kişi öldü", "tr", 12.0, "dead"),
        ("Räjähdyksessä 12 kuollut", "fi", 12.0, "dead"),
        ("Minst 12 döda i explosion", "sv", 12.0, "dead"),
        ("Zeker 12 doden bij explosie", "nl", 12.0, "dead"),
        ("Beim Absturz kamen 12 Menschen ums Leben", "de", 12.0, "dead"),
        ("تعداد کشته ها به ۱۵ نفر رسید", "fa", 15.0, "dead"),
        ("Dödssiffran stiger till 15", "sv", 15.0, "dead"),
        ("Dodental stijgt naar 15", "nl", 15.0, "dead"),
        ("Počet obětí stoupl na 15", "cs", 15.0, "dead"),
        ("Liczba ofiar wzrosła do 15", "pl", 15.0, "dead"),
        ("Il bilancio sale a 15 morti", "it", 15.0, "dead"),
        ("Número de mortos sobe para 15", "pt", 15.0, "dead"),
        ("מספר ההרוגים עלה ל-15", "he", 15.0, "dead"),
        ("Кількість загиблих зросла до 15", "uk", 15.0, "dead"),
        ("12 houses burn down", "en", 12.0, "en:house"),
        ("12 houses burn down", "", 12.0, "house"),
        ("2 млн человек остались без воды", "ru", 2_000_000.0, "people"),
    ] {
        let found = brief(text, language);
        if !found.first().is_some_and(|(v, o)| *v == value && (o == of || o.starts_with(&format!("{of} ")))) {
            wrong.push((text, value, of, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_number_counts_its_own() {
    let brief = |text| brief(text, "en").into_iter().map(|(v, o)| format!("{v} {o}")).collect::<Vec<_>>();
    assert_eq!(brief("Blast kills 12, wounds 30"), ["12 dead", "30 wounded"]);
    assert_eq!(brief("12 killed and 30 wounded in attack"), ["12 dead", "30 wounded"]);
    assert_eq!(brief("Strike kills 12 soldiers and wounds 30"), ["12 dead", "30 wounded"]);
    assert_eq!(brief("Police arrest 12 after 3 killed"), ["12 arrested", "3 dead"]);
    assert_eq!(brief("20 missiles killed 3 people"), ["20 missiles", "3 dead"]);
    assert_eq!(brief("Death toll rises from 12 to 15"), ["15 dead"]);
    assert_eq!(read("Blast kills 12 in market", "en")[0].text, "kills 12");
    assert_eq!(read("Navy counts 310 attacks", "en")[0].text, "310 attacks");
}

/// Texts whose numbers count nothing that grows, with their languages.
const LOOK_ALIKES: &[(&str, &str)] = &[
    ("Points: 14 # Comments: 6, 31 comments and 4000 views", "en"),
    ("12 Kommentare, 300 Aufrufe", "de"),
    ("Просмотров: 200, 15 комментариев", "ru"),
    ("Elections of 2024 attract crowds", "en"),
    ("On Dec 8 soldiers left", "en"),
    ("On 8 December people marched", "en"),
    ("8 декабря люди вышли на улицы", "ru"),
    ("Am 8. Dezember Menschen auf der Straße", "de"),
    ("El 8 de diciembre personas salieron", "es"),
    ("2024-12-08 attacks reported", "en"),
    ("08.12.2024 Angriffe gemeldet", "de"),
    ("At 17:30 people left", "en"),
    ("Um 17.30 Uhr Menschen evakuiert", "de"),
    ("A 43-year-old killed", "en"),
    ("Man aged 43 killed", "en"),
    ("John Doe, 43, killed in crash", "en"),
    ("Su-24 drones collide", "en"),
    ("F-16 attacks convoy", "en"),
    ("T-90 strikes mine", "en"),
    ("9/11 attacks remembered", "en"),
    ("G7 people meet", "en"),
    ("COVID-19 deaths fall", "en"),
    ("M23 soldiers advance", "en"),
    ("The 8th attack this week", "en"),
    ("12 days of attacks", "en"),
    ("12 km from the dead city", "en"),
    ("24/7 attacks", "en"),
    ("12 more killed in attack", "en"),
    ("Another 12 killed in attack", "en"),
    ("Ещё 12 погибших", "ru"),
    ("45,000 killed since October", "en"),
    ("3-day strike begins", "en"),
    ("Twenty-two dead", "en"),
    ("Two hundred dead", "en"),
    ("Group of five", "en"),
    ("Version 1.2.3 people", "en"),
    ("No. 12 ships out", "en"),
    ("10-12 killed", "en"),
    ("Highway 12 people", "en"),
    ("12th soldiers' day", "en"),
    ("12-й солдат", "ru"),
    ("12-летний погиб", "ru"),
    ("عن عمر 43 عاما", "ar"),
    ("Temperature falls to -12", "en"),
    ("killed 12 per cent", "en"),
    ("12 лет назад погибли", "ru"),
    ("12, 15 and 18 December", "en"),
    ("December 8, 12 and 15", "en"),
    ("Room 12 attack", "en"),
    ("Won 3:1, people cheer", "en"),
    ("Brent at 70.5, people wait", "en"),
    ("Article 5 attack", "en"),
    ("12 killed or wounded", "en"),
    ("Убиты и ранены 12", "ru"),
    ("مقتل وإصابة 12", "ar"),
    ("Call 112 people", "en"),
    ("Channel 12 reports dead", "en"),
    ("Shahed-136 drones", "en"),
    ("B-52 strikes", "en"),
    ("Mi-8 убит", "ru"),
    ("10-K ships", "en"),
    ("The 2000s attacks", "en"),
    ("1990s attacks", "en"),
    ("12.5.2024 attacks", "en"),
    ("16.30 Uhr Angriffe", "de"),
    ("in 12 Tagen Angriffe", "de"),
    ("il y a 12 ans", "fr"),
    ("Hace 12 años murieron", "es"),
    ("12 час. удары", "ru"),
    ("12-го убит", "ru"),
    ("Under-21 people", "en"),
    ("one in 5 people", "en"),
    ("5 of 12", "en"),
    ("Two-thirds of ships", "en"),
    ("half a million", "en"),
    ("2/3 of soldiers", "en"),
    ("", ""),
];

#[test]
fn numbers_that_count_nothing_are_left_out() {
    let mut wrong = Vec::new();
    for (text, language) in LOOK_ALIKES {
        let found = brief(text, language);
        if !found.is_empty() {
            wrong.push((text, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_growth_is_told_over_languages() {
    let mut wrong = Vec::new();
    for (before, now) in [
        (("Navy counts 275 attacks", "en"), ("Navy counts 310 attacks", "en")),
        (("Blast kills 12", "en"), ("Death toll rises to 15", "en")),
        (("Blast kills 12", "en"), ("Zahl der Toten steigt auf 15", "de")),
        (("12 dead", "en"), ("15 people killed", "en")),
        (("Погибли 12 человек", "ru"), ("ارتفاع عدد القتلى إلى ١٥", "ar")),
        (("12 houses burn", "en"), ("15 houses burn", "en")),
        (("Turnout at 45%", "en"), ("Turnout at 51%", "en")),
        (("Quake kills 980 people", "en"), ("Quake kills 1,200 people", "en")),
    ] {
        if grew(&read(before.0, before.1), &read(now.0, now.1)).is_none() {
            wrong.push((before.0, now.0));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_did_not_grow_is_none() {
    let mut wrong = Vec::new();
    for (before, now) in [
        (("Blast kills 12", "en"), ("Blast kills 12", "en")),
        (("Blast kills 15", "en"), ("Blast kills 12", "en")),
        (("Blast kills 12", "en"), ("Blast kills 12; 900 dead this year", "en")),
        (("Blast kills 12", "en"), ("1,500,000 dead in all wars", "en")),
        (("Blast kills 12", "en"), ("30 wounded in blast", "en")),
        (("12 killed", "en"), ("15 ships leave", "en")),
        (("12 killed, 45,000 dead in war", "en"), ("15 killed", "en")),
        (("12 Gift shops", "en"), ("15 Gifte", "de")),
        (("Tax of 12%", "en"), ("Tax of 15 cities", "en")),
        (("$12 million for aid", "en"), ("15 million for aid", "en")),
        (("12 Russian tanks lost", "en"), ("40 Russian jets lost", "en")),
        (("12 people trapped", "en"), ("40 people rescued", "en")),
        (("12 killed", "en"), ("15 more killed", "en")),
        (("20 missiles fired", "en"), ("Missiles kill 30", "en")),
        (("12 militants killed", "en"), ("30 militants killed an officer", "en")),
        (("Turnout 12%", "en"), ("Unemployment 15%", "en")),
        (("Two die", "en"), ("Day 12 of attacks", "en")),
        (("Attack on 3 ships", "en"), ("Death toll on ships rises to 5", "en")),
        (("12 killed", "en"), ("40 arrested after 3 killed", "en")),
        (("Blast kills 3", "en"), ("Blast kills 3 in town of 40 people", "en")),
        (("3 people killed", "en"), ("20 people attend funeral of killed", "en")),
        (("3 killed in strike", "en"), ("Strike destroys 12 houses of the dead", "en")),
        (("3 killed", "en"), ("12 miles from where 3 were killed", "en")),
        (("3 killed", "en"), ("Up to 12 feared killed", "en")),
        (("3 killed", "en"), ("12 of those killed were buried", "en")),
        (("3 dead", "en"), ("Prosecutor seeks 12 years over dead", "en")),
        (("3 dead", "en"), ("Court hears 12 witnesses on dead", "en")),
        (("3 dead", "en"), ("12 nations mourn dead", "en")),
        (("3 dead", "en"), ("Last year's blast left 12 dead", "en")),
        (("3 attacks", "en"), ("12 attack helicopters sold", "en")),
        (("3 ships", "en"), ("12 ship owners sue", "en")),
        (("3 drones", "en"), ("12 drone makers sue", "en")),
        (("3 soldiers", "en"), ("12 soldier graves", "en")),
        (("3 missing", "en"), ("12 missing links in the plan", "en")),
        (("3 die", "en"), ("12 die hard fans", "en")),
        (("3 strikes", "en"), ("12 strike days", "en")),
        (("Blast kills 3", "en"), ("Blast kills 3 as army kills 12 in north", "en")),
        (("Blast kills 3", "en"), ("Separate attack kills 12", "en")),
        (("12 dead", "en"), ("Dead Sea falls 15 metres", "en")),
    ] {
        let found = grew(&read(before.0, before.1), &read(now.0, now.1));
        if found.is_some() {
            wrong.push((before.0, now.0, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        text in "\\PC{0,60}|([0-9]{1,4}|[.,: /%$€-]|kills|dead|people|million|Dec|от|до|مقتل|١٢|toll|rises to|é| ){0,20}",
        language in "|en|fr|\\PC{0,4}",
    ) {
        let found = read(&text, &language);
        prop_assert!(found.len() <= MAX_COUNTS);
        for count in &found {
            prop_assert!(count.value > 0.0 && count.value.is_finite());
            prop_assert!(!count.of.is_empty() && count.of.len() <= MAX_OF && !count.text.is_empty() && count.text.len() <= MAX_TEXT);
        }
        prop_assert_eq!(grew(&found, &found), None);
    }
}
