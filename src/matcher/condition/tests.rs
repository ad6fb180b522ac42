use proptest::prelude::*;

use crate::matcher::{Matcher, MatcherError, language::Languages, reading::Reading};
use crate::model::{Field, Hit, Match, Query, Role, Term, Watch};

fn watch(query: &str, terms: &[(Role, &str)]) -> Watch {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let terms = terms.iter().map(|(role, text)| Term { text: (*text).to_owned(), role: *role }).collect();
    Watch { name: "w".to_owned(), query: Some(query), terms, threshold: 0.5, ..Watch::default() }
}

fn matcher(watch: Watch) -> Matcher {
    Matcher::new(&[watch]).expect("sound")
}

/// What the watch makes of an item with this title, summary and body.
fn in_fields(watch: Watch, fields: [&str; 3]) -> Option<Match> {
    let fields = Field::ALL.into_iter().zip(fields);
    matcher(watch).match_fields(fields, Languages::ALL).pop()
}

fn texts(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.text.as_str()).collect()
}

/// The texts in a title that make the query hold.
#[track_caller]
fn met(query: &str, title: &str, found: Option<&[&str]>) {
    let matched = in_fields(watch(query, &[]), [title, "", ""]);
    let hits = matched.as_ref().map(|matched| texts(&matched.hits));
    assert_eq!(hits.as_deref(), found, "`{query}` in: {title}");
    for hit in matched.iter().flat_map(|matched| &matched.hits) {
        assert_eq!((&title[hit.start..hit.end], hit.role), (hit.text.as_str(), Role::Strong));
    }
}

fn scored(watch: &Watch, fields: [&str; 3]) -> (i32, Vec<String>) {
    let Some(matched) = in_fields(watch.clone(), fields) else { return (0, Vec::new()) };
    let weights: f64 = matched.hits.iter().map(|hit| hit.weight).sum();
    let parts: f64 = matched.parts.iter().map(|part| part.value).sum();
    let bounds: f64 =
        matched.parts.iter().filter(|p| p.what.contains("below") || p.what.contains("capped")).map(|p| p.value).sum();
    assert!((parts - matched.score).abs() < 1e-9 && (weights - (parts - bounds)).abs() < 1e-9, "{matched:?}");
    ((matched.score * 100.0).round() as i32, matched.parts.into_iter().map(|part| part.what).collect())
}

#[test]
fn and_or_not() {
    met("oil AND spill", "A spill of oil", Some(&["spill", "oil"]));
    met("oil AND spill", "A spill of wine", None);
    met("oil OR spill", "A spill of wine", Some(&["spill"]));
    met("spill -wine", "A spill of wine", None);
    met("spill -wine", "Spills of oil", Some(&["Spills"]));
    met("spill (oil OR gas) -drill", "Gas spill, no drill", None);
}

#[test]
fn nearness_and_slop_count_words() {
    met("oil NEAR/2 spill", "A spill off a port: oil", None);
    met("oil NEAR/3 spill", "A spill off a port: oil", Some(&["spill", "oil"]));
    met("oil NEAR/1 spill", "oil-rich spill", Some(&["oil", "spill"]));
    met("oil NEAR/0 spill", "an oil - spill", Some(&["oil", "spill"]));
    met("\"ship ran aground\"~2", "A ship that ran hard aground", Some(&["ship", "ran", "aground"]));
    met("\"ship ran aground\"~1", "A ship that ran hard aground", None);
    met("\"ran ship\"~5", "A ship that ran", None);
    // In a script without blanks each character is a word.
    met("港口 NEAR/2 石油", "港口和石油", Some(&["港口", "石油"]));
    met("港口 NEAR/2 石油", "港口没有了石油", None);
    met("oil NEAR/0 \"п'ять\"", "Oil п’ять", Some(&["Oil", "п’ять"]));
}

#[test]
fn the_last_of_many_places_may_be_the_near_one() {
    let body = format!("{} spill", "oil and gas and ".repeat(200));
    let matched = in_fields(watch("gas NEAR/1 spill", &[]), ["", "", &body]);
    assert_eq!(matched.map(|matched| matched.hits.len()), Some(2));
}

#[test]
fn a_prefix_is_a_whole_word_that_begins_so() {
    met("harbo*", "The Harbourmaster's word", Some(&["Harbourmaster's"]));
    met("harbo*", "In Oldharbour", None);
    met("anti-terror*", "An anti-terrorism act", Some(&["anti-terrorism"]));
    met("نفط*", "والنفطية", Some(&["نفطية"]));
    met("石油港*", "大石油港口", Some(&["石油港"]));
}

#[test]
fn exact_is_as_written() {
    met("=NATO", "NATO and Nato", Some(&["NATO"]));
    met("=NATO", "Nato", None);
    met("=Port", "Ports, port, PORT", None);
    met("=port", "a port's por\u{ad}t", Some(&["port"]));
    met("=\"Red Sea\"", "Red-Sea, red sea, the Red\u{a0} Sea", Some(&["Red\u{a0} Sea"]));
    met("=Tartû", "Tartu", None);
    met("=Tartû", "Tartu\u{302}", Some(&["Tartu\u{302}"]));
    met("=بنك", "والبنك", None);
}

#[test]
fn a_leaf_counts_in_its_field() {
    let w = watch("title:oil AND spill", &[]);
    assert_eq!(scored(&w, ["Oil", "A spill", ""]).0, 90);
    assert_eq!(scored(&w, ["Spill", "of oil", ""]).0, 0);
    assert_eq!(scored(&watch("oil AND NOT title:spill", &[]), ["Nothing", "spill of oil", ""]).0, 75);
}

#[test]
fn regular_expressions_run_over_the_text_as_published() {
    met("/U-\\d{3}/", "Die U-505 und U-47", Some(&["U-505"]));
    met("/(?-i)[A-Z]{2}-\\d+/", "oil for xy-12", None);
    met("oil /(?-i)[A-Z]{2}-\\d+/", "oil for XY-12", Some(&["oil", "XY-12"]));
    met("oil NEAR/1 /XY-\\d+/", "oil for XY-12", Some(&["oil", "XY-12"]));
    met("oil NEAR/0 /XY-\\d+/", "oil for XY-12", None);
    let w = watch("title:/spill/ OR body:/leak/", &[]);
    assert_eq!([scored(&w, ["leak", "spill", ""]).0, scored(&w, ["", "", "leak"]).0], [0, 60]);
}

#[test]
fn words_are_found_in_their_forms() {
    met("порт AND пожар", "Пожары в порту", Some(&["Пожары", "порту"]));
    met("\"нефтяной терминал\"", "о нефтяном терминале", Some(&["нефтяном терминале"]));
    met("\"терминал порта\"~2", "на терминалах большого порта", Some(&["терминалах", "порта"]));
    let only = Watch { languages: vec!["en".to_owned()], ..watch("порт", &[]) };
    assert!(in_fields(only, ["в порту", "", ""]).is_none());
}

#[test]
fn capitals_speak_as_for_terms() {
    met("Turkey AND roast", "A roast of turkey", None);
    met("Turkey AND roast", "A roast of Turkey", Some(&["roast", "Turkey"]));
    met("IT AND failure", "it is a failure", None);
    met("roast -Turkey", "A roast of turkey", Some(&["roast"]));
}

#[test]
fn a_query_that_holds_counts_like_a_strong_term() {
    let w = watch("oil AND Rotterdam", &[]);
    assert_eq!(
        scored(&w, ["Oil for Rotterdam", "", ""]),
        (90, vec!["the query is met by “oil” and “Rotterdam” in the title".to_owned()])
    );
    let apart = "the query is met by “oil” in the summary and “Rotterdam” in the body";
    assert_eq!(scored(&w, ["A title", "Oil", "Rotterdam"]), (75, vec![apart.to_owned()]));
    assert_eq!(scored(&w, ["Oil", "", ""]).0, 0);
    let many = scored(&watch("a1 b1 c1 d1 e1 =f /g/ hhh*", &[]), ["a1 b1 c1", "d1 e1 hhhx f g", ""]).1;
    assert_eq!(many, ["the query is met by “a1”, “b1” and “c1” in the title, “d1” in the summary, and 4 more"]);
}

#[test]
fn terms_and_query_go_together() {
    use Role::{Against, Context, Strong, Weak};
    let terms = [(Strong, "tanker"), (Weak, "HPA"), (Context, "harbour"), (Against, "paint")];
    let w = watch("oil AND spill", &terms);
    assert_eq!(scored(&w, ["Oil spill in the harbour", "", ""]).0, 100);
    assert_eq!(scored(&w, ["Oil spill and a lot of paint", "", ""]).0, 55);
    assert_eq!(scored(&w, ["Oil paint and a spill", "", ""]).0, 45);
    // The better of the two, and a little for the other.
    assert_eq!(scored(&w, ["Tanker", "Oil spill", ""]).0, 95);
    assert_eq!(scored(&w, ["Oil spill", "A tanker", ""]).0, 95);
    assert_eq!(scored(&w, ["HPA", "", "Oil spill"]).0, 60);
    // A query that does not hold leaves the terms alone.
    assert_eq!(scored(&w, ["HPA oil", "", ""]), (40, vec!["weak term “HPA” in the title".to_owned()]));
    let same = scored(&watch("tanker OR ship", &[(Strong, "tanker")]), ["A tanker", "", ""]);
    assert_eq!(same, (90, vec!["the query is met by “tanker” in the title".to_owned()]));
}

#[test]
fn a_place_of_a_term_and_of_the_query_is_one_hit() {
    let matched = in_fields(watch("oil AND tanker", &[(Role::Strong, "tanker")]), ["Oil tanker", "", ""]);
    let matched = matched.expect("a match");
    assert_eq!((texts(&matched.hits), matched.hits[1].weight), (vec!["Oil", "tanker"], 0.45));
}

#[test]
fn a_longer_counter_term_takes_the_place() {
    let w = watch("\"Red Cross\" AND fire", &[(Role::Against, "Red Cross Road")]);
    assert_eq!(scored(&w, ["Fire on Red Cross Road", "", ""]).0, 0);
    assert_eq!(scored(&w, ["Fire: Red Cross", "", ""]).0, 90);
    // Nor is it there for NOT.
    let not = watch("fire -\"Red Cross\"", &[(Role::Against, "Red Cross Road")]);
    assert_eq!(scored(&not, ["Fire on Red Cross Road", "", ""]).0, 45);
}

#[test]
fn at_one_place_the_nearest_reading_counts_and_may_be_in_doubt() {
    assert_eq!(scored(&watch("Lago", &[(Role::Against, "Lagos")]), ["Lagos täna", "", ""]).0, 0);
    let doubtful = scored(&watch("Lagos", &[(Role::Against, "Lago")]), ["Lagos täna", "", ""]);
    let part = "the query is met by “Lagos” in the title, which may be a form of a counter-term";
    assert_eq!(doubtful, (40, vec![part.to_owned()]));
    assert_eq!(scored(&watch("Lagos OR sadam", &[(Role::Against, "Lago")]), ["Lagos: sadam", "", ""]).0, 90);
}

#[test]
fn what_cannot_be_looked_for_is_an_error() {
    let mut loose = watch("oil", &[]);
    loose.query = Query::parse("\"oil '\"").ok();
    assert!(loose.query.is_some() && Matcher::new(&[loose]).is_ok());
    let lost = Matcher::new(&[watch("oil", &[(Role::Strong, "'")])]);
    assert!(matches!(lost, Err(MatcherError::EmptyTerm { .. })));
}

const WORDS: [&str; 8] = ["aa", "bb", "Cc", "CC", "abcd", "aa's", "zz", "bb cc dd"];

fn queries() -> impl Strategy<Value = String> {
    let term = "aa|bb|Cc|abcd|abc\\*|=CC|/bb?/|/zz/|\"aa bb\"|\"(aa|bb) (Cc|aa)\"~[1-3]|title:aa|summary:/a/|body:bb";
    let near = "(aa|Cc) NEAR/[0-3] (bb|abcd|\"aa bb\")";
    prop_oneof![2 => term, 1 => near].prop_recursive(4, 10, 3, |inner| {
        (inner.clone(), "( | AND | OR | AND NOT | OR NOT )", inner)
            .prop_map(|(a, operator, b)| format!("({a}){operator}({b})"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn to_sleep_is_to_have_no_match(
        queries in proptest::collection::vec((queries(), 0usize..4), 1..4),
        texts in proptest::collection::vec(proptest::collection::vec(prop::sample::select(WORDS.to_vec()), 0..8), 3)
    ) {
        let terms = [(Role::Strong, "Cc"), (Role::Against, "aa bb"), (Role::Context, "zz"), (Role::Weak, "abcd")];
        let parsed = queries.iter().filter(|(text, _)| Query::parse(text).is_ok());
        let watches: Vec<Watch> = parsed.map(|(text, count)| watch(text, &terms[..*count])).collect();
        let matcher = Matcher::new(&watches).expect("sound");
        let texts: Vec<String> = texts.iter().map(|words| words.join(" ")).collect();
        let fields = Field::ALL.into_iter().zip(texts.iter().map(String::as_str));
        let read = |(field, text)| Reading::new(field, text, Languages::ALL);
        let mut readings: Vec<Reading<'_>> = fields.clone().map(read).collect();
        let all: Vec<u32> = (0..watches.len() as u32).collect();
        let found = matcher.find(&mut readings);
        let awake = matcher.decide(&all, found, &readings);
        prop_assert_eq!(matcher.match_fields(fields, Languages::ALL), awake);
    }
}
