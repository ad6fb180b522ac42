use proptest::prelude::*;

use super::*;
use crate::text::fold;

fn good(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The canonical form of a query.
fn canonical(text: &str) -> String {
    good(text).to_string()
}

/// The part of the query that the mistake is about, and what is said.
fn mistake(text: &str) -> (&str, String) {
    let error = Query::parse(text).expect_err(text);
    (&text[error.span], error.message)
}

#[test]
fn operators_bind_as_documented() {
    for (written, meant) in [
        ("oil", "oil"),
        ("oil spill", "oil AND spill"),
        ("oil spill OR fire", "oil AND spill OR fire"),
        ("oil AND (spill OR fire)", "oil AND (spill OR fire)"),
        ("(oil spill) fire", "oil AND spill AND fire"),
        ("oil OR (fire OR flood)", "oil OR fire OR flood"),
        ("oil NEAR/3 spill fire", "oil NEAR/3 spill AND fire"),
        ("oil -spill", "oil AND NOT spill"),
        ("oil AND NOT NOT -spill", "oil AND NOT spill"),
        ("oil -(-spill)", "oil AND spill"),
        ("oil NOT (spill fire)", "oil AND NOT (spill AND fire)"),
        ("oil -(spill NEAR/5 fire)", "oil AND NOT (spill NEAR/5 fire)"),
        ("(oil OR gas) NEAR/5 (\"a leak\"~2) NEAR/0 port", "(oil OR gas) NEAR/5 \"a leak\"~2 NEAR/0 port"),
        ("title:(oil OR -(gas) spill) fire", "(title:oil OR NOT title:gas AND title:spill) AND fire"),
        ("title:title:oil", "title:oil"),
        ("body: \"oil  spill\"", "body:\"oil spill\""),
        ("\"oil\" \"oil\"~0", "oil AND oil"),
        ("(((oil)))", "oil"),
        ("oil\n  OR\n  gas", "oil OR gas"),
        ("a1(b2)\"c d\"e3", "a1 AND b2 AND \"c d\" AND e3"),
    ] {
        assert_eq!(canonical(written), meant, "{written}");
    }
}

#[test]
fn terms_are_read_as_written() {
    let seek = |text: &str| {
        let query = good(text);
        assert_eq!(query.leaves().len(), 1, "{text}");
        query.leaves()[0].seek.clone()
    };
    let words = |text: &str| Seek::Words(text.to_owned());
    for plain in ["U.S.", "F-16", "AT&T", "don't", "TCP/IP", "#port", "C++", "俄", "порт", "Yahoo!", "W", "w5"] {
        if plain != "W" {
            assert_eq!(seek(plain), words(plain));
        }
        assert_eq!(seek(&format!("=\"{plain}\"")), Seek::Exact(plain.to_owned()));
    }
    assert_eq!(seek(r#""say \"oil\" \\ \* or""#), words(r#"say "oil" \ * or"#));
    assert_eq!(seek("\"or\""), words("or"));
    assert_eq!(seek("harbo*"), Seek::Prefix("harbo".to_owned()));
    assert_eq!(seek("=HTML"), Seek::Exact("HTML".to_owned()));
    assert_eq!(seek("=OR"), Seek::Exact("OR".to_owned()));
    assert_eq!(seek("=\"US Steel\""), Seek::Exact("US Steel".to_owned()));
    assert_eq!(seek(r"/a(b|c)\/\\\d+ $/"), Seek::Regex(r"a(b|c)/\\\d+ $".to_owned()));
    let loose = good("\"tanker & aground\"~4");
    let Node::Atom(Atom::Loose(Loose { words, slop: 4 })) = loose.root() else { panic!("{loose:?}") };
    assert_eq!(words.iter().map(|id| loose.leaf(*id).seek.text()).collect::<Vec<_>>(), ["tanker", "aground"]);
}

#[test]
fn the_same_thing_is_looked_for_once() {
    let query = good("(oil spill) OR (oil fire) OR title:oil");
    let shown: Vec<String> = query.leaves().iter().map(Leaf::to_string).collect();
    assert_eq!(shown, ["oil", "spill", "fire", "title:oil"]);
    assert_eq!(query.ids().map(|id| query.leaf(id).to_string()).collect::<Vec<_>>(), shown);
}

#[test]
fn mistakes_are_told_at_their_place() {
    for (text, place, said) in [
        ("", "", "this query is empty"),
        (" \n ", " \n ", "this query is empty"),
        ("oil AND", "AND", "expected a term after AND"),
        ("oil AND OR gas", "AND", "expected a term after AND"),
        ("OR oil", "OR", "expected a term before OR"),
        ("(AND oil)", "AND", "expected a term before AND"),
        ("NEAR/3 oil", "NEAR/3", "expected a term before NEAR"),
        ("oil NEAR/3", "NEAR/3", "expected a term after NEAR"),
        ("oil NOT", "NOT", "expected a term after NOT"),
        ("oil - gas", "-", "expected a term right behind `-`"),
        ("oil title:", "title:", "expected a term after `title:`"),
        ("oil title:-gas", "title:", "expected a term after `title:`"),
        ("oil ()", "()", "there is nothing between these parentheses"),
        ("oil (gas (fire)", "(", "this parenthesis is never closed"),
        ("oil) gas", ")", "this parenthesis closes nothing"),
        (")", ")", "this parenthesis closes nothing"),
        ("oil \"spill", "\"", "this quote is never closed"),
        ("oil \" \"", "\" \"", "there is nothing between these quotes"),
        ("oil /spi(l", "/", "this regular expression is never closed"),
        ("oil /spi(l/", "/spi(l/", "this is not a regular expression: unclosed group"),
        ("/oil/i", "i", "expected a blank behind the regular expression"),
        ("oil //", "//", "this regular expression is empty"),
        ("/o*/", "/o*/", "this regular expression is satisfied by nothing at all"),
        ("/\\b/", "/\\b/", "this regular expression is satisfied by nothing at all"),
        ("oil NEAR spill", "NEAR", "NEAR needs a number of words"),
        ("oil NEAR/x spill", "NEAR/x", "NEAR needs a whole number of words between"),
        ("oil NEAR/999 spill", "NEAR/999", "NEAR allows at most 100 words between"),
        ("\"oil spill\"~", "~", "slop needs a whole number of words between"),
        ("\"oil spill\"~99999999999", "~99999999999", "slop allows at most 50 words between"),
        ("\"oil &\"~3", "\"oil &\"", "slop is for a phrase of at least two words"),
        ("oil NEAR/3 NOT gas", "NOT gas", "NEAR takes two terms or groups of terms"),
        ("(oil gas) NEAR/3 fire", "(oil gas)", "NEAR takes two terms or groups of terms"),
        ("oil NEAR/3 (gas NEAR/2 fire)", "(gas NEAR/2 fire)", "NEAR takes two terms or groups of terms"),
        ("oil or gas", "or", "`or` is an operator only in upper case"),
        ("oil And gas", "And", "`And` is an operator only in upper case"),
        ("oil W/5 gas", "W/5", "`W/5` is not an operator here"),
        ("oil near5 gas", "near5", "`near5` is not an operator here"),
        ("oil AROUND(5) gas", "AROUND", "AROUND is not an operator here"),
        ("oil && gas", "&&", "this term has no letter and no digit"),
        ("oil || gas", "|", "`|` has no meaning at this place"),
        ("oil, gas", ",", "`,` has no meaning at this place"),
        ("oil –gas", "–", "`–` has no meaning at this place"),
        ("+oil", "+", "`+` has no meaning at this place"),
        ("“oil spill”", "“", "`“` has no meaning at this place"),
        ("wom?n", "?", "`?` has no meaning at this place"),
        ("oil~2", "~", "`~` has no meaning at this place"),
        ("w*rd", "*", "`*` has no meaning at this place"),
        ("oi*", "oi*", "a prefix has at least 3 letters before its star"),
        ("\"oil spi*\"", "*", "a star within quotes is no prefix"),
        ("Title:oil", "Title:", "there is no field `Title`"),
        ("at 10:30", "10:", "there is no field `10`"),
        (":oil", ":", "`:` has no meaning at this place"),
        ("/oil/:", ":", "`:` has no meaning at this place"),
        ("=title:oil", "title:", "`:` has no meaning behind `=`"),
        ("=oil*", "*", "`*` has no meaning at this place"),
        ("=", "=", "expected a word right behind `=`"),
        ("=\"oil spill\"~2", "~", "an exact phrase has no slop"),
        ("title:(oil body:gas)", "body:", "this can never match: it stands in `title:` already"),
        ("title:oil NEAR/3 body:gas", "title:oil NEAR/3 body:gas", "this can never match: NEAR looks within one field"),
        ("oil é", "é", "a term of one character would be found everywhere"),
        ("oil \"...\"", "\"...\"", "this term has no letter and no digit"),
    ] {
        assert_eq!(mistake(text), (place, said.to_owned()), "{text}");
    }
}

#[test]
fn what_would_match_everything_is_refused() {
    let alone = "a query of NOT alone would match everything else";
    let branch = "this alternative is NOT alone and would match everything else";
    for (text, place, said) in [
        ("NOT oil", "oil", alone),
        ("-oil -gas", "oil -gas", alone),
        ("NOT (oil gas)", "oil gas", alone),
        ("NOT (oil NEAR/3 (gas OR fire))", "oil NEAR/3 (gas OR fire", alone),
        ("oil OR NOT gas", "gas", branch),
        ("oil AND gas OR (-fire -flood)", "fire -flood", branch),
        ("oil OR NOT (gas AND NOT fire)", "gas", branch),
    ] {
        assert_eq!(mistake(text), (place, said.to_owned()), "{text}");
    }
    for fine in ["oil (gas OR NOT fire)", "NOT (NOT oil)", "NOT (NOT oil OR gas)"] {
        good(fine);
    }
}

#[test]
fn what_could_never_match_is_refused() {
    for (text, place) in [
        ("oil AND NOT oil", "oil"),
        ("oil -Oil", "oil"),
        ("title:oil -oil", "oil"),
        ("=OIL -oil", "=OIL"),
        ("gas (oil OR fire) -(oil OR fire)", "oil OR fire"),
        ("gas OR (oil fire -oil)", "oil"),
        ("(oil NEAR/3 gas) -gas", "oil NEAR/3 gas"),
        ("\"oil spill\"~3 -spill", "\"oil spill\"~3"),
        ("gas (fire OR flood NOT (gas OR NOT (oil OR mud)) -oil -mud)", "gas OR NOT (oil OR mud"),
    ] {
        assert_eq!(
            mistake(text),
            (place, "this can never match: what it needs is excluded by NOT".to_owned()),
            "{text}"
        );
    }
    for fine in ["oil -title:oil", "oil -=OIL", "(oil OR gas) -gas", "(oil NEAR/3 (gas OR fire)) -gas"] {
        good(fine);
    }
}

#[test]
fn limits_are_errors_and_neither_panic_nor_hang() {
    for (text, said) in [
        ("oil ".repeat(300_000), "this query has 1200000 bytes, and 65536 are the most"),
        ("(".repeat(1_000_000), "this query has 1000000 bytes, and 65536 are the most"),
        ("(".repeat(60_000), "more than 32 parentheses stand around this"),
        ("-(".repeat(30_000), "more than 32 parentheses stand around this"),
        ("title:(".repeat(9_000), "more than 32 parentheses stand around this"),
        ("NOT ".repeat(16_000), "expected a term after NOT"),
        ("title:".repeat(10_000), "expected a term after `title:`"),
        ("\"".repeat(60_001), "there is nothing between these quotes"),
        ("oil ".repeat(1_001), "a query may have 1000 terms"),
        (format!("\"{}\"~2", "oil ".repeat(50)), "a query may have 1000 terms"),
        ("/\\w{10}/ ".repeat(6_000), "a query may have 16 regular expressions"),
        (format!("\"{}\"", "oil ".repeat(51)), "this term is longer than 200 bytes"),
        ("o".repeat(60_000), "this term is longer than 200 bytes"),
        (format!("/{}/", "o".repeat(1_001)), "this regular expression is longer than 1000 bytes"),
        ("/\\w{900}/".to_owned(), "this regular expression needs more than 1048576 bytes when it is compiled"),
        (
            format!("/{}a{}/", "(".repeat(400), ")".repeat(400)),
            "this is not a regular expression: exceed the maximum number of nested",
        ),
    ] {
        match Query::parse(&text) {
            Err(error) => {
                assert!(error.message.starts_with(said), "{:.40}: {error:?}", text);
                assert!(text.get(error.span.clone()).is_some(), "{:.40}: {error:?}", text);
            }
            Ok(query) => assert!(said.contains("1000 terms") && query.leaves().len() < 1000, "{:.40}", text),
        }
    }
    good(&format!("{}oil{}", "(".repeat(MAX_QUERY_DEPTH), ")".repeat(MAX_QUERY_DEPTH)));
    good(&format!("{}oil", "NOT ".repeat(16_000)));
    good(&["oil"; MAX_QUERY_LEAVES].join(" OR "));
    good(&["oil"; MAX_QUERY_LEAVES].join(" NEAR/3 "));
}

#[test]
fn a_letter_is_what_folding_leaves() {
    for c in (' '..=char::MAX).filter(|c| term::is_letter(*c)) {
        assert!(!fold(&c.to_string()).into_pattern().is_empty(), "U+{:04X}", u32::from(c));
    }
}

#[test]
fn regular_expressions_are_without_case_unless_they_say_so() {
    assert!(pattern("nato").expect("sound").is_match("NATO"));
    assert!(!pattern("(?-i)nato").expect("sound").is_match("NATO"));
}

/// Texts of queries, most of them sound: every form, with parentheses and operators that are not needed.
fn query_text() -> impl Strategy<Value = String> {
    let word = "[a-d]{2}|\"[a-d]{2}( [a-d]{2}){0,2}\"(~[0-3])?|[a-d]{3}\\*|=[A-D][a-d]|=\"[A-D] x\"|/[a-d]+(\\\\/|[.]|\\\\d)/|\
                \"[a-d(:=/~?!,-]{2}\\\\[\"*\\\\]\"|[a-d]-[a-d]|\"(AND|or|NEAR/3|W/5|title:x)\"|/\\\\\\\\\\\\/x/";
    word.prop_recursive(6, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), "( | AND | OR | NEAR/[0-9] | -| OR NOT | AND NOT )", inner.clone())
                .prop_map(|(a, operator, b)| format!("{a}{operator}{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            ("title|summary|body", inner.clone()).prop_map(|(field, a)| format!("{field}:({a})")),
            ("title|summary|body", inner).prop_map(|(field, a)| format!("{field}:{a}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_canonical_form_is_the_same_query(text in query_text()) {
        if let Ok(query) = Query::parse(&text) {
            let shown = query.to_string();
            let again = Query::parse(&shown);
            prop_assert_eq!(again.as_ref(), Ok(&query), "{} -> {}", text, shown);
            prop_assert_eq!(again.expect("just seen").to_string(), shown);
        }
    }

    #[test]
    fn no_text_makes_it_panic(
        text in "\\PC{0,40}|[a-c \"()/=*~:\\\\|,-]{0,30}|((AND|OR|NOT|NEAR/3|title:|-|=|/|~2|\\(|\\)|\"| |ab|\\\\|é|\u{feff}|\n){0,12})",
    ) {
        match Query::parse(&text) {
            Ok(query) => {
                let again = Query::parse(&query.to_string());
                prop_assert_eq!(again, Ok(query));
            }
            Err(error) => prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error),
        }
    }
}
