use proptest::prelude::*;

use super::*;
use crate::model::{Role, Term};

fn watch(name: &str, terms: &[(Role, &str)]) -> Watch {
    let terms = terms.iter().map(|(role, text)| Term { text: (*text).to_owned(), role: *role }).collect();
    Watch { name: name.to_owned(), terms, threshold: 0.5, ..Watch::default() }
}

fn hts() -> Matcher {
    Matcher::new(&[watch(
        "hts",
        &[
            (Role::Strong, "Hay'at Tahrir al-Sham"),
            (Role::Strong, "هيئة تحرير الشام"),
            (Role::Weak, "HTS"),
            (Role::Context, "Idlib"),
            (Role::Context, "Aleppo"),
            (Role::Against, "superconductor"),
            (Role::Against, "tariff"),
        ],
    )])
    .expect("a sound watch")
}

/// Each text as a title: the texts found and the score in hundredths.
fn check(text: &str, found: &[&str], score: i32) {
    let matches = hts().match_text(text);
    let hits: Vec<&str> = matches.iter().flat_map(|m| &m.hits).map(|hit| &text[hit.start..hit.end]).collect();
    assert_eq!(hits, found, "{text}");
    assert_eq!((matches.first().map_or(0.0, |m| m.score) * 100.0).round() as i32, score, "{text}");
}

#[test]
fn finds_a_name_in_its_spellings() {
    check("Hay’at Tahrir al‑Sham enters the city", &["Hay’at Tahrir al‑Sham"], 90);
    check("HAYAT TAHRIR AL SHAM", &["HAYAT TAHRIR AL SHAM"], 90);
    check("قوات هَيْئَة تحرير الشام", &["هَيْئَة تحرير الشام"], 90);
}

#[test]
fn not_inside_another_word_but_beside_an_apostrophe_or_a_hyphen() {
    check("HTSlib 1.20 released", &[], 0);
    check("rights and heights", &[], 0);
    check("HTS'nin açıklaması", &["HTS"], 40);
    check("HTS-led government", &["HTS"], 40);
}

#[test]
fn an_ambiguous_term_needs_company_and_yields_to_counter_terms() {
    check("HTS fighters near Idlib", &["HTS", "Idlib"], 60);
    check("HTS superconductor magnets for Idlib", &["HTS", "superconductor", "Idlib"], 25);
    check("Customs: HTS tariff superconductor", &["HTS", "tariff", "superconductor"], 0);
}

#[test]
fn context_or_counter_terms_alone_are_no_evidence() {
    check("Idlib and Aleppo", &[], 0);
    check("tariff on superconductor wire", &[], 0);
}

#[test]
fn one_text_serves_every_watch() {
    let two =
        Matcher::new(&[watch("a", &[(Role::Strong, "port")]), watch("b", &[(Role::Strong, "PORT")])]).expect("sound");
    let names: Vec<String> = two.match_text("The port").into_iter().map(|m| m.watch).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn chinese_needs_no_blanks() {
    let m = Matcher::new(&[watch("t", &[(Role::Strong, "塔尔图斯")])]).expect("sound");
    assert_eq!(m.match_text("俄军驻塔尔图斯港基地")[0].hits[0].text, "塔尔图斯");
}

#[test]
fn a_term_that_folds_to_nothing_is_an_error() {
    let error = Matcher::new(&[watch("t", &[(Role::Strong, "--'")])]).expect_err("nothing to look for");
    assert!(error.to_string().contains("--'"));
}

#[test]
fn hits_are_bounded_and_those_that_weigh_stay() {
    let text = format!("{} Idlib", "HTS ".repeat(200));
    let m = hts().match_text(&text).remove(0);
    assert_eq!(m.hits.len(), MAX_HITS);
    assert!(m.hits.iter().any(|hit| hit.text == "Idlib"));
}

proptest! {
    #[test]
    fn the_parts_add_up_and_the_score_is_in_bounds(words in proptest::collection::vec(
        prop_oneof![Just("HTS"), Just("Idlib"), Just("Aleppo"), Just("tariff"), Just("superconductor"), Just("x"),
                    Just("Hayat Tahrir al-Sham"), Just("هيئة تحرير الشام")], 0..12)) {
        for m in hts().match_text(&words.join(" ")) {
            let sum: f64 = m.parts.iter().map(|part| part.value).sum();
            prop_assert!((sum - m.score).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&m.score));
        }
    }
}
