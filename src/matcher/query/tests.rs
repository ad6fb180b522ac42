use proptest::prelude::*;

use super::*;
use crate::model::{Loose, Near, Seek};

/// An item's words by field, and the places of a query's leaves in them.
struct World {
    fields: [Vec<&'static str>; 3],
    places: Vec<Vec<Place>>,
}

impl World {
    /// Finds the leaves word by word.
    fn new(query: &Query, fields: [Vec<&'static str>; 3]) -> Self {
        let mut world = Self { fields, places: Vec::new() };
        let mut hit = 0;
        for leaf in query.leaves() {
            let mut places = Vec::new();
            for field in Field::ALL {
                let words = &world.fields[field as usize];
                for first in 0..words.len() {
                    if let Some(len) = covers(&leaf.seek, &words[first..]) {
                        let (first_word, last_word) = (first as u32, (first + len - 1) as u32);
                        places.push(Place { field, first_word, last_word, hit });
                        hit += 1;
                    }
                }
            }
            world.places.push(places);
        }
        world
    }

    fn evaluate(&self, query: &Query) -> Option<Evidence> {
        evaluate(query, &|id| &self.places[id.index()])
    }
}

/// How many of the first words are what is looked for.
fn covers(seek: &Seek, words: &[&str]) -> Option<usize> {
    match seek {
        Seek::Words(text) | Seek::Exact(text) => {
            let wanted: Vec<&str> = text.split(' ').collect();
            words.starts_with(&wanted).then_some(wanted.len())
        }
        Seek::Prefix(text) => words[0].starts_with(text.as_str()).then_some(1),
        Seek::Regex(text) => words[0].contains(text.as_str()).then_some(1),
    }
}

fn query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The places that make the query true in the three texts, each as field, first and last word.
fn found(text: &str, fields: [&'static str; 3]) -> Option<Vec<(Field, u32, u32)>> {
    let query = query(text);
    let world = World::new(&query, fields.map(|text| text.split_whitespace().collect()));
    let evidence = world.evaluate(&query)?;
    let all = world.places.iter().flatten();
    let hits = all.filter(|place| evidence.hits.contains(&place.hit));
    let mut found: Vec<_> = hits.map(|place| (place.field, place.first_word, place.last_word)).collect();
    found.sort_unstable();
    assert_eq!(found[0].0, evidence.field, "the most telling field");
    Some(found)
}

fn in_title(text: &str, title: &'static str) -> Option<Vec<u32>> {
    found(text, [title, "", ""]).map(|found| found.into_iter().map(|(_, first, _)| first).collect())
}

#[test]
fn nearness_counts_the_words_between_in_either_order() {
    assert_eq!(in_title("oil NEAR/2 spill", "oil in the spill"), Some(vec![0, 3]));
    assert_eq!(in_title("oil NEAR/2 spill", "spill of much oil"), Some(vec![0, 3]));
    assert_eq!(in_title("oil NEAR/1 spill", "spill of much oil"), None);
    assert_eq!(in_title("oil NEAR/0 spill", "oil spill"), Some(vec![0, 1]));
    assert_eq!(in_title("oil NEAR/0 oil", "oil"), None);
    assert_eq!(in_title("oil NEAR/3 oil", "oil and oil"), Some(vec![0, 2]));
    assert_eq!(in_title("oil NEAR/9 \"oil spill\"", "an oil spill"), None);
    assert_eq!(in_title("(gas OR oil) NEAR/1 \"spill off\"", "oil in spill off shore"), Some(vec![0, 2]));
    assert_eq!(in_title("port NEAR/1 oil NEAR/0 spill", "oil spill x port x oil x oil spill"), None);
    assert_eq!(in_title("port NEAR/1 oil NEAR/0 spill", "spill oil x port"), Some(vec![0, 1, 3]));
    assert_eq!(found("oil NEAR/5 spill", ["oil", "spill", ""]), None);
    let both = found("oil NEAR/5 spill", ["oil", "spill oil", "oil spill"]);
    assert_eq!(both, Some(vec![(Field::Summary, 0, 0), (Field::Summary, 1, 1)]));
}

#[test]
fn slop_counts_all_gaps_of_a_phrase_together_and_keeps_its_order() {
    assert_eq!(in_title("\"ship ran aground\"~2", "ship x ran x aground"), Some(vec![0, 2, 4]));
    assert_eq!(in_title("\"ship ran aground\"~1", "ship x ran x aground"), None);
    assert_eq!(in_title("\"ship ran\"~9", "ran ship"), None);
    assert_eq!(in_title("\"ship ran\"~1", "ship x x ship ran"), Some(vec![3, 4]));
    assert_eq!(in_title("\"oil oil\"~1", "oil"), None);
    assert_eq!(in_title("\"ship ran\"~2 NEAR/0 port", "port ship ship ran"), Some(vec![0, 1, 3]));
    assert_eq!(in_title("\"ship ran\"~2 NEAR/0 port", "ship ran ran port"), Some(vec![0, 2, 3]));
}

#[test]
fn not_looks_at_the_whole_item_or_at_its_field() {
    let item = ["oil", "spill", "gas"];
    assert_eq!(found("oil -gas", item), None);
    assert_eq!(found("oil -title:gas", item), Some(vec![(Field::Title, 0, 0)]));
    assert_eq!(found("spill (fire OR NOT title:spill)", item), Some(vec![(Field::Summary, 0, 0)]));
    assert_eq!(found("NOT (NOT oil OR fire)", item), Some(vec![(Field::Title, 0, 0)]));
    assert_eq!(found("body:(oil OR gas)", item), Some(vec![(Field::Body, 0, 0)]));
}

#[test]
fn each_alternative_that_holds_is_evidence() {
    assert_eq!(in_title("oil OR (gas leak) OR fire", "fire gas oil"), Some(vec![0, 2]));
    assert_eq!(in_title("oil AND oil", "oil oil"), Some(vec![0]));
}

#[test]
fn the_index_gets_what_is_needed_and_rarest() {
    let needed = |text: &str| -> Vec<String> {
        let query = query(text);
        required(&query).into_iter().map(|id| query.leaf(id).to_string()).collect()
    };
    assert_eq!(needed("oil harbour"), ["harbour"]);
    assert_eq!(needed("oil (harbour OR gas)"), ["oil"]);
    assert_eq!(needed("fuel (harbour OR terminal)"), ["harbour", "terminal"]);
    assert_eq!(needed("oil OR harbour"), ["oil", "harbour"]);
    assert_eq!(needed("(oil OR gas) NEAR/3 spills"), ["spills"]);
    assert_eq!(needed("\"the oil terminal\"~3"), ["terminal"]);
    assert_eq!(needed("oil /terminals?/"), ["oil"]);
    assert_eq!(needed("harbour -terminal"), ["harbour"]);
    assert_eq!(needed("fuel (harbour OR NOT gas)"), ["fuel"]);
    assert_eq!(needed("NOT (NOT oil OR fire)"), ["oil"]);
    assert_eq!(needed("/oil/ OR terminal"), ["/oil/", "terminal"]);
    assert_eq!(needed("harbour* 港口"), ["港口"]);
}

#[test]
fn a_word_said_thousands_of_times_costs_no_square() {
    let many = |step: u32, offset: u32| -> Vec<Place> {
        let place = |n: u32| {
            let word = n * step + offset;
            Place { field: Field::Body, first_word: word, last_word: word, hit: word }
        };
        (0..50_000).map(place).collect()
    };
    let places = [many(100, 0), many(100, 50), many(100, 75)];
    for (text, holds) in [
        ("aa NEAR/3 bb NEAR/3 cc", false),
        ("aa NEAR/49 bb NEAR/24 cc", true),
        ("\"aa bb cc\"~30", false),
        ("\"cc aa bb\"~50", false),
        ("(\"aa bb\"~49 OR \"bb cc\"~24) NEAR/24 aa", true),
        ("aa NEAR/48 bb OR bb NEAR/24 cc", true),
    ] {
        let query = query(text);
        let number = |id: LeafId| ["aa", "bb", "cc"].iter().position(|word| *word == query.leaf(id).seek.text());
        let ordered = |id: LeafId| places[number(id).expect("known")].as_slice();
        assert_eq!(evaluate(&query, &ordered).is_some(), holds, "{text}");
    }
}

/// The definition, word for word, at any cost.
struct Naive<'w> {
    query: &'w Query,
    world: &'w World,
}

/// A field and the first and last word of what stands there.
type Stands = (Field, u32, u32);

impl Naive<'_> {
    fn holds(&self, node: &Node) -> bool {
        match node {
            Node::Atom(atom) => !self.stands(atom).is_empty(),
            Node::Near(near) => self.near(near),
            Node::Not(inside) => !self.holds(inside),
            Node::And(parts) => parts.iter().all(|part| self.holds(part)),
            Node::Or(parts) => parts.iter().any(|part| self.holds(part)),
        }
    }

    fn places(&self, id: LeafId) -> Vec<Stands> {
        let only = self.query.leaf(id).field;
        let all = self.world.places[id.index()].iter().filter(|place| only.is_none_or(|only| only == place.field));
        all.map(|place| (place.field, place.first_word, place.last_word)).collect()
    }

    fn stands(&self, atom: &Atom) -> Vec<Stands> {
        match atom {
            Atom::Leaf(id) => self.places(*id),
            Atom::Loose(Loose { words, slop }) => {
                let mut ways: Vec<(Stands, u32)> =
                    self.places(words[0]).into_iter().map(|stands| (stands, 0)).collect();
                for id in &words[1..] {
                    let mut longer = Vec::new();
                    for ((field, first, last), gap) in ways {
                        let behind = self.places(*id).into_iter().filter(|next| next.0 == field && next.1 > last);
                        longer.extend(behind.map(|next| ((field, first, next.2), gap + next.1 - last - 1)));
                    }
                    ways = longer;
                }
                ways.into_iter().filter(|(_, gap)| gap <= slop).map(|(stands, _)| stands).collect()
            }
        }
    }

    fn near(&self, near: &Near) -> bool {
        let mut reached: Vec<Stands> = near.first.iter().flat_map(|atom| self.stands(atom)).collect();
        for (words, atoms) in &near.rest {
            let mut next: Vec<Stands> = atoms.iter().flat_map(|atom| self.stands(atom)).collect();
            next.retain(|b| {
                reached.iter().any(|a| {
                    let between = if a.2 < b.1 {
                        b.1 - a.2 - 1
                    } else if b.2 < a.1 {
                        a.1 - b.2 - 1
                    } else {
                        u32::MAX
                    };
                    a.0 == b.0 && between <= *words
                })
            });
            reached = next;
        }
        !reached.is_empty()
    }
}

const WORDS: [&str; 5] = ["aa", "bb", "cc", "abcd", "zz"];

fn texts() -> impl Strategy<Value = [Vec<&'static str>; 3]> {
    let text = || proptest::collection::vec(prop::sample::select(WORDS.to_vec()), 0..10);
    [text(), text(), text()]
}

/// Queries of every form. Within a chain of NEAR no phrase with slop stands in the middle: there it counts where its
/// words are closest, which is less than the definition allows.
fn queries() -> impl Strategy<Value = String> {
    let term = || "aa|bb|cc|abcd|abc\\*|=aa|/b/|\"aa bb\"|\"bb aa cc\"|title:aa|summary:bb|body:cc";
    let any = || prop_oneof![term(), "\"(aa|bb|cc) (aa|bb|cc)( cc| aa)?\"~[1-4]"];
    let group = || (any(), any()).prop_map(|(a, b)| format!("({a} OR {b})"));
    let end = || prop_oneof![3 => any(), 1 => group()];
    let chain =
        (end(), 0u32..4, proptest::option::of((term(), 0u32..4)), end()).prop_map(|(first, n, middle, last)| {
            let middle = middle.map_or(String::new(), |(term, n)| format!("{term} NEAR/{n} "));
            format!("{first} NEAR/{n} {middle}{last}")
        });
    prop_oneof![any(), chain].prop_recursive(4, 12, 3, |inner| {
        let operator = "( | AND | OR | AND NOT | OR NOT )";
        prop_oneof![
            3 => (inner.clone(), operator, inner.clone()).prop_map(|(a, operator, b)| format!("({a}){operator}({b})")),
            1 => inner.prop_map(|a| format!("NOT (NOT ({a}))")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_decides_as_the_definition_does(text in queries(), fields in texts()) {
        let Ok(query) = Query::parse(&text) else { return Ok(()) };
        let world = World::new(&query, fields);
        let evidence = world.evaluate(&query);
        let expected = Naive { query: &query, world: &world }.holds(query.root());
        prop_assert_eq!(evidence.is_some(), expected, "{}", query);

        let of = |id: LeafId| {
            let only = query.leaf(id).field;
            world.places[id.index()].iter().any(|place| only.is_none_or(|only| only == place.field))
        };
        let Some(evidence) = evidence else { return Ok(()) };
        prop_assert!(possible(&query, &of), "{}", query);
        let found = |id: &LeafId| !world.places[id.index()].is_empty();
        prop_assert!(required(&query).iter().any(found), "{} needs {:?}", query, required(&query));
        // The evidence alone makes it true.
        let kept = |places: &Vec<Place>| places.iter().filter(|p| evidence.hits.contains(&p.hit)).copied().collect();
        let alone = World { fields: world.fields.clone(), places: world.places.iter().map(kept).collect() };
        prop_assert!(alone.evaluate(&query).is_some(), "{} by {:?}", query, evidence);
    }
}
