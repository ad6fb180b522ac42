use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;
use crate::matcher::case::Capitals;
use crate::model::{FeedId, ItemId, Term};

fn watch(name: &str, terms: &[(Role, &str)]) -> Watch {
    let terms = terms.iter().map(|(role, text)| Term { text: (*text).to_owned(), role: *role }).collect();
    Watch { name: name.to_owned(), terms, threshold: 0.5, ..Watch::default() }
}

fn item(language: Option<&str>, title: &str) -> Item {
    let feed = FeedId::new("f");
    Item {
        id: ItemId::new(feed, "guid", b"1"),
        feed,
        feed_name: String::new(),
        guid: None,
        link: None,
        title: title.to_owned(),
        summary: String::new(),
        body: String::new(),
        published: None,
        updated: None,
        authors: vec![],
        categories: vec![],
        language: language.map(str::to_owned),
    }
}

/// A shipping desk's watch.
fn port() -> Matcher {
    Matcher::new(&[watch(
        "port",
        &[
            (Role::Strong, "Port Authority of Hamburg"),
            (Role::Strong, "سلطة الميناء"),
            (Role::Weak, "HPA"),
            (Role::Context, "ship"),
            (Role::Context, "Elbe"),
            (Role::Against, "protein"),
            (Role::Against, "axis"),
        ],
    )])
    .expect("a sound watch")
}

/// Each text as a title: the texts found and the score in hundredths.
#[track_caller]
fn check(text: &str, found: &[&str], score: i32) {
    let matches = port().match_text(text);
    let hits: Vec<&str> = matches.iter().flat_map(|m| &m.hits).map(|hit| &text[hit.start..hit.end]).collect();
    assert_eq!(hits, found, "{text}");
    assert_eq!((matches.first().map_or(0.0, |m| m.score) * 100.0).round() as i32, score, "{text}");
}

/// Would not end in a life if the work grew with the square of the text.
#[test]
fn texts_made_to_be_slow_are_decided() {
    let terms = [(Role::Strong, "HPA"), (Role::Weak, "東京"), (Role::Weak, "ブレーメン"), (Role::Context, "ship")];
    let terms = [&terms[..], &[(Role::Against, "protein"), (Role::Strong, "Port Office")]].concat();
    let matcher = Matcher::new(&[watch("w", &terms)]).expect("sound");
    let parts = [
        "HPA'",
        "H.P.A.",
        "HPA-",
        "HPA",
        "東京",
        "ブレーメン",
        "HPA fighters ",
        "HPA, protein ",
        "Port Of",
        "゛",
        "“HPA”",
    ];
    for part in parts {
        let text = part.repeat((64 << 10) / part.len());
        for text in [text.clone(), format!("HPA {text} fighters")] {
            let found = matcher.match_item(&item(Some("tr"), &text));
            assert!(found.iter().all(|matched| matched.hits.len() <= MAX_HITS), "{part}");
        }
    }
}

/// What was seen before is remembered, and changes nothing: each term as it is and in pieces, with what may stand beside.
#[test]
fn items_are_decided_alike_in_any_order() {
    const TERMS: [&str; 8] = ["Oslo", "SK하이닉스", "C++", "16 C++", "자주포", "A股", "#hash", "ブレーメン"];
    const PARTS: [&str; 28] = [
        "Oslo",
        "oslo",
        "Осло",
        "SK하이닉스",
        "SK",
        "하이닉스",
        "C",
        "c++",
        "C+",
        "16c",
        "16",
        "자주포",
        "K9자주포",
        "A",
        "A股",
        "股",
        "hash",
        "#",
        "ブレ",
        "ーメン",
        "ブレーメン",
        "'",
        "x'゙",
        "゙",
        " ",
        " ",
        " ",
        "-",
    ];
    let terms = TERMS.map(|term| (Role::Strong, term));
    let matchers = [(); 2].map(|()| RefCell::new(Matcher::new(&[watch("w", &terms)]).expect("sound")));
    let text = proptest::collection::vec(proptest::sample::select(&PARTS), 1..6).prop_map(|parts| parts.concat());
    let texts = (proptest::collection::vec(text, 2..8), proptest::sample::select(&[None, Some("ko"), Some("en")]));
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&texts, |(texts, language)| {
        let [mut shared, mut alone] = matchers.each_ref().map(RefCell::borrow_mut);
        shared.memory = Memory::default();
        texts.iter().for_each(|text| drop(shared.match_item(&item(language, text))));
        for text in &texts {
            alone.memory = Memory::default();
            prop_assert_eq!(
                shared.match_item(&item(language, text)),
                alone.match_item(&item(language, text)),
                "{}",
                text
            );
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// What a strong term finds in a text of the language.
#[track_caller]
fn finds(term: &str, language: &str, text: &str, found: Option<&str>) {
    let matcher = Matcher::new(&[watch("w", &[(Role::Strong, term)])]).expect("sound");
    let matches = matcher.match_item(&item(Some(language), text));
    let hit = matches.first().map(|m| &text[m.hits[0].start..m.hits[0].end]);
    assert_eq!(hit, found, "`{term}` in: {text}");
}

#[test]
fn finds_a_name_in_its_spellings() {
    check("PORT AUTHORITY of Hamburg", &["PORT AUTHORITY of Hamburg"], 90);
    check("The Port‑Authority of Hämburg's", &["Port‑Authority of Hämburg"], 90);
    check("قوات سُلطة المينـاء", &["سُلطة المينـاء"], 90);
}

#[test]
fn not_inside_another_word_but_beside_an_apostrophe_or_a_hyphen() {
    check("HPAlib 1.20 released", &[], 0);
    check("alphas and HPAS", &[], 0);
    check("HPA'nın açıklaması", &["HPA"], 40);
    check("HPA-led harbour", &["HPA"], 60);
    check("H.P.A. says", &["H.P.A"], 40);
}

#[test]
fn an_ambiguous_term_needs_company_and_yields_to_counter_terms() {
    check("HPA ships on the Elbe", &["HPA", "ships", "Elbe"], 75);
    check("HPA axis and a ship", &["HPA", "axis", "ship"], 15);
    check("HPA protein axis", &["HPA", "protein", "axis"], 0);
}

#[test]
fn context_or_counter_terms_alone_are_no_evidence() {
    check("A ship on the Elbe", &[], 0);
    check("protein axis", &[], 0);
}

#[test]
fn a_counter_term_around_a_hit_makes_it_part_of_another_name() {
    let m =
        Matcher::new(&[watch("w", &[(Role::Strong, "Red Cross"), (Role::Against, "Red Cross Road")])]).expect("sound");
    assert!(m.match_text("Fire on Red Cross Road").is_empty());
    assert!(m.match_text("Red Cross opens on Red Cross Road")[0].alerts());
}

#[test]
fn one_text_serves_every_watch() {
    let two =
        Matcher::new(&[watch("a", &[(Role::Strong, "port")]), watch("b", &[(Role::Strong, "PORT")])]).expect("sound");
    let names: Vec<String> = two.match_text("The PORT").into_iter().map(|m| m.watch).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn names_are_found_in_the_forms_of_the_language() {
    finds("Гамбург", "ru", "Взрыв в Гамбурге", Some("Гамбурге"));
    finds("Гамбург", "ru", "гамбургский порт", Some("гамбургский"));
    finds("Hamburg", "pl", "Wybuch w Hamburgu", Some("Hamburgu"));
    finds("Hamburg", "fi", "Räjähdys Hamburgissa", Some("Hamburgissa"));
    finds("Hamburg", "tr", "Hamburg'da ve Hamburgdan", Some("Hamburg"));
    finds("Hamburg", "de", "Die Hamburgbrücke", Some("Hamburgbrücke"));
    finds("Hamburg", "en", "Hamburgers for lunch", None);
    finds("Hamburg", "en", "Wybuch w Hamburgu", None);
    finds("هامبورغ", "ar", "انفجار بهامبورغ", Some("هامبورغ"));
    finds("הקוורטט", "he", "והקוורטט", Some("הקוורטט"));
    finds("ハンブルク", "ja", "俄軍ハンブルク港", Some("ハンブルク"));
    finds("NATO", "ko", "NATO가 발표", Some("NATO"));
    finds("NATO", "ar", "قوات الـNATO", Some("NATO"));
    finds("کتاب\u{200c}خانه", "fa", "در کتاب خانه", Some("کتاب خانه"));
    finds("کتاب\u{200c}خانه", "fa", "در کتابخانه", Some("کتابخانه"));
    finds("함부르크", "ko", "함부르크에서 폭발", Some("함부르크에서"));
}

#[test]
fn phrases_agree_join_and_take_any_article() {
    finds(
        "Силы быстрого реагирования",
        "ru",
        "с Силами быстрого реагирования НАТО",
        Some("Силами быстрого реагирования"),
    );
    finds("Demokratische Union", "de", "der Demokratischen Union", Some("Demokratischen Union"));
    finds("Home Guard", "en", "the Homeguard", Some("Homeguard"));
    finds("Ras al-Khaima", "tr", "Ras el Khaima'da", Some("Ras el Khaima"));
    finds("Ras al-Khaima", "en", "Ras Khaima", Some("Ras Khaima"));
    finds("البنك المركزي", "ar", "للبنك المركزي", Some("بنك المركزي"));
    finds("Free State", "en", "free states of old", None);
}

#[test]
fn capitals_tell_an_acronym_from_a_word() {
    finds("IT", "en", "IT failure", Some("IT"));
    finds("IT", "en", "Is it over?", None);
    finds("IT", "en", "WHO SAID IT WAS", None);
    finds("NATO", "en", "Nato summit", Some("Nato"));
    finds("NATO", "fi", "NATOn joukot", Some("NATOn"));
    finds("NATO", "en", "NATOX", None);
}

#[test]
fn a_name_in_small_letters_needs_company_where_capitals_mark_names() {
    let m = Matcher::new(&[watch("w", &[(Role::Strong, "Turkey")])]).expect("sound");
    let score = |text| m.match_text(text).first().map(|m| (m.score * 100.0).round() as i32);
    assert_eq!(score("Turkey votes"), Some(90));
    assert_eq!(score("How to roast turkey"), Some(40));
    assert_eq!(score("turkey votes today"), Some(90));
}

#[test]
fn at_one_place_the_nearest_reading_counts() {
    let terms = [(Role::Strong, "Lagos"), (Role::Against, "Lago")];
    let m = Matcher::new(&[watch("w", &terms)]).expect("sound");
    assert_eq!(m.match_item(&item(Some("et"), "Lagos täna"))[0].hits.len(), 1);
}

#[test]
fn a_term_that_folds_to_nothing_is_an_error() {
    let error = Matcher::new(&[watch("t", &[(Role::Strong, "--'")])]).expect_err("nothing to look for");
    assert!(error.to_string().contains("--'"));
}

#[test]
fn hits_are_bounded_and_those_that_weigh_stay() {
    let text = format!("{} Elbe", "HPA ".repeat(200));
    let m = port().match_text(&text).remove(0);
    assert_eq!(m.hits.len(), MAX_HITS);
    assert!(m.hits.iter().any(|hit| hit.text == "Elbe"));
}

proptest! {
    #[test]
    fn the_parts_add_up_and_the_score_is_in_bounds(words in proptest::collection::vec(
        prop_oneof![Just("HPA"), Just("Elbe"), Just("ships"), Just("protein"), Just("axis"), Just("x"),
                    Just("Port Authority of Hamburg"), Just("سلطة الميناء")], 0..12)) {
        for m in port().match_text(&words.join(" ")) {
            let sum: f64 = m.parts.iter().map(|part| part.value).sum();
            prop_assert!((sum - m.score).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&m.score));
        }
    }

    #[test]
    fn any_term_finds_itself_in_any_text(term in "[A-Za-zäßşЀ-яα-ωا-يא-ת가-힣一-龥ア-ン]{2,8}( [A-Za-zЀ-яا-يא-ת]{2,6}){0,2}",
                                         before in "\\PC{0,10}", after in "\\PC{0,10}") {
        let sound = Matcher::new(&[watch("w", &[(Role::Strong, &term)])]);
        if let Ok(matcher) = sound {
            let text = format!("{before} {term} {after}");
            let matches = matcher.match_text(&text);
            let shouted = Capitals::of_text(&text) == Capitals::Everywhere;
            prop_assert!(!matches.is_empty() || shouted, "{text:?}");
            for hit in matches.iter().flat_map(|m| &m.hits) {
                prop_assert!(text.get(hit.start..hit.end).is_some());
            }
        }
    }
}

#[test]
fn a_word_that_was_seen_alone_is_still_found_with_its_signs() {
    let watch = watch("w", &[(Role::Strong, "C++"), (Role::Strong, "Yahoo!")]);
    let matcher = Matcher::new(&[watch]).expect("sound");
    for _ in 0..3 {
        assert!(matcher.match_text("Grades: C or yahoo, said the C student").is_empty());
        assert_eq!(matcher.match_text("C++ is old")[0].hits[0].text, "C++");
        assert_eq!(matcher.match_text("At Yahoo! today")[0].hits[0].text, "Yahoo!");
    }
}
