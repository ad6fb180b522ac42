//! Languages: which forms a word takes in them.
//!
//! A grammar is a table of rules: what a base form ends in, and what may stand in that place instead. The tables are
//! about languages, not about names: they are written to be complete for foreign proper names and for the nouns and
//! adjectives that name organisations, and nothing more. They are folded once, so that they compare with folded text.

mod germanic;
mod romance;
mod semitic;
mod slavic;
mod uralic;

use std::collections::HashSet;
use std::sync::LazyLock;

use super::index::Plain;
use crate::text::{Script, fold, sound};

/// What a base form ends in, and the endings that may stand in its place, divided by blanks. `_` is none at all; `*` at
/// the end stands for each ending of an adjective. A sign in front says which words may take the ending: `+` those of a
/// longer term, never a name of one word; `!` only those written small, since a name has no plural ("Free State", "free
/// states"); `~` all but the words of a longer name ("Berliners"); `&` names its people, and so makes another word of it.
struct Rule(&'static str, &'static str);

/// A language as it is written down here.
struct Grammar {
    /// BCP 47, primary subtag.
    tag: &'static str,
    script: Script,
    /// Endings of adjectives.
    adjective: &'static str,
    rules: &'static [Rule],
    /// Nouns that are written on to a name to make a compound.
    heads: &'static str,
}

const GRAMMARS: &[Grammar] = &[
    germanic::ENGLISH,
    germanic::GERMAN,
    germanic::DUTCH,
    germanic::SWEDISH,
    germanic::NORWEGIAN,
    germanic::DANISH,
    romance::FRENCH,
    romance::SPANISH,
    romance::PORTUGUESE,
    romance::CATALAN,
    romance::GALICIAN,
    romance::ITALIAN,
    romance::ROMANIAN,
    romance::ALBANIAN,
    slavic::POLISH,
    slavic::CZECH,
    slavic::SLOVAK,
    slavic::SLOVENE,
    slavic::CROATIAN,
    uralic::LITHUANIAN,
    uralic::LATVIAN,
    uralic::ESTONIAN,
    uralic::FINNISH,
    uralic::HUNGARIAN,
    uralic::TURKISH,
    uralic::AZERBAIJANI,
    uralic::UZBEK,
    uralic::KURMANJI,
    slavic::RUSSIAN,
    slavic::UKRAINIAN,
    slavic::BELARUSIAN,
    slavic::BULGARIAN,
    slavic::MACEDONIAN,
    slavic::SERBIAN,
    uralic::KAZAKH,
    semitic::ARABIC,
    semitic::PERSIAN,
    semitic::URDU,
    semitic::SORANI,
    semitic::HEBREW,
    semitic::GREEK,
    semitic::ARMENIAN,
    semitic::GEORGIAN,
    semitic::KOREAN,
];

/// Other tags of a language that has a grammar here.
const ALIASES: &[(&str, &str)] = &[
    ("nb", "no"),
    ("nn", "no"),
    ("bs", "hr"),
    ("iw", "he"),
    ("prs", "fa"),
    ("tg", "fa"),
    ("kmr", "ku"),
    ("et", "et"),
    ("ekk", "et"),
    ("arz", "ar"),
    ("uzb", "uz"),
];

/// Fewest endings of a language whose names change by case.
const MIN_CASE_ENDINGS: usize = 8;

/// The language of a tag without what follows it.
fn primary(tag: &str) -> &str {
    let end = tag.bytes().position(|b| matches!(b, b'-' | b'_'));
    &tag[..end.unwrap_or(tag.len())]
}

/// Bits of languages, one each in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Languages(u64);

impl Languages {
    pub(super) const ALL: Languages = Languages(u64::MAX);

    /// The language of a BCP 47 tag, in all its scripts ("sr" is written in two); none where it has no grammar.
    pub(super) fn of_tag(tag: &str) -> Languages {
        let known = BY_TAG.iter().find(|(known, _)| known.eq_ignore_ascii_case(primary(tag)));
        known.map_or_else(Languages::default, |(_, languages)| *languages)
    }

    /// What a text in the language of the tag may be in: none where that language has no grammar here, all where the tag
    /// is missing or names none (RFC 5646, 4.1: `und`, `mul`, `zxx`).
    pub(super) fn of_text(tag: Option<&str>) -> Languages {
        let none =
            |tag: &str| ["", "und", "mul", "zxx", "mis"].iter().any(|none| none.eq_ignore_ascii_case(primary(tag)));
        tag.filter(|tag| !none(tag)).map_or(Languages::ALL, Languages::of_tag)
    }

    /// Those of a script.
    pub(super) fn of_script(script: Script) -> Languages {
        BY_SCRIPT.iter().find(|(known, _)| *known == script).map_or_else(Languages::default, |(_, all)| *all)
    }

    pub(super) fn and(self, other: Languages) -> Languages {
        Languages(self.0 & other.0)
    }

    pub(super) fn or(self, other: Languages) -> Languages {
        Languages(self.0 | other.0)
    }

    pub(super) fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(super) fn tongues(self) -> impl Iterator<Item = &'static Tongue> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let tongue = TONGUES.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(tongue)
        })
    }
}

/// A grammar, folded and spelled out.
#[derive(Debug)]
pub(super) struct Tongue {
    tag: &'static str,
    script: Script,
    /// The longest base ending first.
    rules: Vec<Paradigm>,
    heads: Vec<String>,
    /// How the endings sound that foreign names take.
    sounds: HashSet<String, Plain>,
}

/// What a word of a term is, as far as endings care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A name of one word.
    Name,
    /// A word of a longer name.
    Part,
    /// A common word.
    Common,
}

impl Kind {
    /// The sign in front of an ending, and what may take it.
    fn takers(ending: &str) -> (&'static [Kind], &str) {
        match ending.as_bytes()[0] {
            b'+' => (&[Kind::Part, Kind::Common], &ending[1..]),
            b'!' => (&[Kind::Common], &ending[1..]),
            b'~' => (&[Kind::Name, Kind::Common], &ending[1..]),
            _ => (&[Kind::Name, Kind::Part, Kind::Common], ending),
        }
    }
}

#[derive(Debug)]
struct Paradigm {
    base: String,
    /// The last byte of `base`, which rules most of them out at once.
    last: Option<u8>,
    /// By [`Kind`], sorted.
    endings: [Vec<String>; 3],
    /// Those of adjectives that are made of it, sorted.
    adjectives: Vec<String>,
    /// Those that make a word for its people.
    people: Vec<String>,
}

/// The languages of each tag and alias.
static BY_TAG: LazyLock<Vec<(&'static str, Languages)>> = LazyLock::new(|| {
    let of = |tag: &str| {
        // Serbian in Latin letters inflects as Croatian does.
        let found = |(_, t): &(usize, &Tongue)| t.tag == tag || (tag == "sr" && t.tag == "hr");
        Languages(TONGUES.iter().enumerate().filter(found).fold(0, |bits, (at, _)| bits | 1 << at))
    };
    let aliases = ALIASES.iter().map(|(alias, tag)| (*alias, of(tag)));
    aliases.chain(TONGUES.iter().map(|tongue| (tongue.tag, of(tongue.tag)))).collect()
});

/// The languages of each script that has any, that of the first grammar first.
static BY_SCRIPT: LazyLock<Vec<(Script, Languages)>> = LazyLock::new(|| {
    let mut all: Vec<(Script, Languages)> = Vec::new();
    for (at, tongue) in TONGUES.iter().enumerate() {
        match all.iter_mut().find(|(script, _)| *script == tongue.script) {
            Some((_, languages)) => languages.0 |= 1 << at,
            None => all.push((tongue.script, Languages(1 << at))),
        }
    }
    all
});

static TONGUES: LazyLock<Vec<Tongue>> = LazyLock::new(|| GRAMMARS.iter().map(Tongue::new).collect());

impl Tongue {
    fn new(grammar: &Grammar) -> Self {
        let folded = |text: &str| fold(text).into_pattern();
        let adjective: Vec<String> = grammar.adjective.split_whitespace().map(folded).collect();
        let spelled = |ending: &str| -> Vec<String> {
            match ending.strip_suffix('*') {
                Some(stem) => adjective.iter().map(|end| folded(stem) + end).collect(),
                None if ending == "_" => vec![String::new()],
                None => vec![folded(ending)],
            }
        };
        let mut rules: Vec<Paradigm> = Vec::new();
        for Rule(base, endings) in grammar.rules {
            let mut paradigm = Paradigm::new(folded(base));
            for ending in endings.split_whitespace() {
                if let Some(people) = ending.strip_prefix('&') {
                    paradigm.people.extend(spelled(people));
                    continue;
                }
                let (takers, ending) = Kind::takers(ending);
                let spelled = spelled(ending);
                // A bare star declines what is an adjective by itself.
                if ending.len() > 1 && ending.ends_with('*') {
                    paradigm.adjectives.extend_from_slice(&spelled);
                }
                takers.iter().for_each(|kind| paradigm.endings[*kind as usize].extend_from_slice(&spelled));
            }
            // Rules that folding makes one (й and и) are one.
            match rules.iter_mut().find(|rule| rule.base == paradigm.base) {
                Some(rule) => {
                    let both = rule.endings.iter_mut().zip(&mut paradigm.endings);
                    both.for_each(|(all, more)| all.append(more));
                    rule.adjectives.append(&mut paradigm.adjectives);
                    rule.people.append(&mut paradigm.people);
                }
                None => rules.push(paradigm),
            }
        }
        for rule in &mut rules {
            rule.endings.iter_mut().for_each(|endings| endings.sort());
            rule.adjectives.sort();
        }
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.base.len()));
        let heads = grammar.heads.split_whitespace().map(folded).collect();
        let sounds = foreign_endings(&rules).filter_map(|ending| sound(ending, grammar.tag)).collect();
        Self { tag: grammar.tag, script: grammar.script, rules, heads, sounds }
    }

    /// Whether `word` is a form of `base`; both folded.
    pub(super) fn is_form(&self, base: &str, word: &str, kind: Kind) -> bool {
        self.paradigm(base)
            .is_some_and(|(stem, paradigm)| word.strip_prefix(stem).is_some_and(|ending| paradigm.allows(ending, kind)))
    }

    /// Whether `word` is an adjective made of `base`.
    pub(super) fn is_adjective(&self, base: &str, word: &str) -> bool {
        self.paradigm(base).is_some_and(|(stem, rule)| {
            word.strip_prefix(stem)
                .is_some_and(|rest| rule.adjectives.binary_search_by(|e| e.as_str().cmp(rest)).is_ok())
        })
    }

    /// Whether `word` names the people of `base`: its members, its inhabitants.
    pub(super) fn is_people(&self, base: &str, word: &str) -> bool {
        let ends = |rule: &Paradigm, rest: &str| rule.people.iter().any(|people| people == rest);
        let own = self
            .paradigm(base)
            .is_some_and(|(stem, rule)| word.strip_prefix(stem).is_some_and(|rest| ends(rule, rest)));
        let foreign = self.rules.last().filter(|rule| rule.base.is_empty());
        own || foreign.is_some_and(|rule| word.strip_prefix(base).is_some_and(|rest| ends(rule, rest)))
    }

    /// The stem of `base`: what all its forms begin with.
    pub(super) fn stem<'b>(&self, base: &'b str) -> &'b str {
        self.paradigm(base).map_or(base, |(stem, _)| stem)
    }

    /// Whether `rest` is what may follow a name in a compound: an optional linking s, and a noun in one of its forms.
    pub(super) fn is_head(&self, rest: &str) -> bool {
        let is_head = |rest: &str| {
            let ends =
                |head: &String| rest.strip_prefix(head.as_str()).is_some_and(|end| self.is_ending(end, Kind::Common));
            self.heads.iter().any(ends)
        };
        is_head(rest) || rest.strip_prefix('s').is_some_and(is_head)
    }

    /// Whether `rest` is an ending that the language gives to foreign words.
    pub(super) fn is_ending(&self, rest: &str, kind: Kind) -> bool {
        self.rules.last().is_some_and(|rule| rule.base.is_empty() && rule.allows(rest, kind))
    }

    pub(super) fn tag(&self) -> &'static str {
        self.tag
    }

    /// Whether names change by case in it, so that also foreign ones do.
    pub(super) fn declines(&self) -> bool {
        self.rules.last().is_some_and(|rule| rule.endings[Kind::Name as usize].len() >= MIN_CASE_ENDINGS)
    }

    /// Whether some ending of the language sounds like this.
    pub(super) fn ends_like(&self, heard: &str) -> bool {
        self.sounds.contains(heard)
    }

    /// The paradigm of a base form, which leaves at least two letters of it.
    fn paradigm<'b>(&self, base: &'b str) -> Option<(&'b str, &Paradigm)> {
        let last = base.bytes().next_back();
        self.rules.iter().filter(|rule| rule.last.is_none() || rule.last == last).find_map(|rule| {
            let stem = base.strip_suffix(rule.base.as_str())?;
            (rule.base.is_empty() || stem.chars().nth(1).is_some()).then_some((stem, rule))
        })
    }
}

/// Endings that are put behind foreign names: all of the rule without a base ending, and what vowels are followed by.
fn foreign_endings(rules: &[Paradigm]) -> impl Iterator<Item = &str> {
    let of = |rule: &'_ Paradigm| rule.base.chars().count() <= 1;
    rules.iter().filter(move |rule| of(rule)).flat_map(|rule| {
        let endings = rule.endings[Kind::Name as usize].iter();
        endings.filter_map(|ending| ending.strip_prefix(rule.base.as_str())).filter(|ending| !ending.is_empty())
    })
}

impl Paradigm {
    fn new(base: String) -> Self {
        let last = base.bytes().next_back();
        Self { base, last, endings: Default::default(), adjectives: Vec::new(), people: Vec::new() }
    }

    fn allows(&self, ending: &str, kind: Kind) -> bool {
        self.endings[kind as usize].binary_search_by(|e| e.as_str().cmp(ending)).is_ok()
    }
}

/// What all forms of a base form begin with, in any of the languages.
pub(super) fn common_stem(languages: Languages, base: &str) -> &str {
    languages.tongues().map(|tongue| tongue.stem(base)).min_by_key(|stem| stem.len()).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn forms(tag: &str, base: &str, words: &str, kind: Kind) {
        let base = fold(base).into_pattern();
        for word in words.split_whitespace() {
            let found = Languages::of_tag(tag).tongues().any(|t| t.is_form(&base, &fold(word).into_pattern(), kind));
            assert!(found, "{tag}: {word} is a form of {base}");
        }
    }

    #[track_caller]
    fn no_forms(tag: &str, base: &str, words: &str) {
        let base = fold(base).into_pattern();
        for word in words.split_whitespace() {
            let found =
                Languages::of_tag(tag).tongues().any(|t| t.is_form(&base, &fold(word).into_pattern(), Kind::Name));
            assert!(!found, "{tag}: {word} is no form of {base}");
        }
    }

    #[test]
    fn slavic_names_take_their_cases() {
        forms("ru", "Гамбург", "Гамбург Гамбурга Гамбургу Гамбургом Гамбурге гамбургский гамбургского", Kind::Name);
        forms("ru", "Лапландия", "Лапландия Лапландии Лапландию Лапландией лапландский лапландских", Kind::Name);
        forms("uk", "Львів", "Львів Львова Львові Львовом львівський львівських", Kind::Name);
        forms("uk", "Африка", "Африка Африки Африці Африку Африкою", Kind::Name);
        forms("pl", "Hamburg", "Hamburg Hamburga Hamburgowi Hamburgiem Hamburgu hamburski", Kind::Name);
        forms("pl", "Kanada", "Kanada Kanady Kanadzie Kanadę Kanadą", Kind::Name);
        forms("cs", "Praha", "Praha Prahy Praze Prahu Prahou", Kind::Name);
        forms("sr", "Хамбург", "Хамбурга Хамбургу Хамбургом", Kind::Name);
    }

    #[test]
    fn endings_of_other_families() {
        forms("fi", "Hamburg", "Hamburgin Hamburgissa Hamburgista Hamburgiin", Kind::Name);
        forms("et", "Hamburg", "Hamburgi Hamburgis Hamburgist Hamburgisse", Kind::Name);
        forms("hu", "Hamburg", "Hamburgban Hamburgból Hamburgot Hamburgnak", Kind::Name);
        forms("tr", "Kuvvetleri", "Kuvvetleri Kuvvetlerinin Kuvvetlerine Kuvvetlerinden", Kind::Part);
        forms("el", "Πειραιάς", "Πειραιάς Πειραιά", Kind::Name);
        forms("lt", "Hamburgas", "Hamburgas Hamburgo Hamburge", Kind::Name);
        forms("ko", "함부르크", "함부르크 함부르크의 함부르크에서 함부르크는", Kind::Name);
        forms("de", "Demokratische", "Demokratischen Demokratischer Demokratisches", Kind::Part);
        forms("fa", "نیرو", "نیروهای نیروها نیرو", Kind::Part);
    }

    #[test]
    fn a_name_has_no_plural_that_is_another_name() {
        no_forms("en", "Mala", "Malas");
        no_forms("en", "Lao", "Laos");
        no_forms("en", "Texas", "Texa");
    }

    #[test]
    fn a_compound_ends_in_a_noun() {
        let german = Languages::of_tag("de-AT");
        assert!(german.tongues().all(|t| t.is_head("brucke") && t.is_head("skrieg") && !t.is_head("inalitat")));
        assert!(Languages::of_tag("en").tongues().all(|t| !t.is_head("brucke")));
    }

    #[test]
    fn every_tag_is_there_once_and_fits_the_bits() {
        let mut tags: Vec<(&str, Script)> = TONGUES.iter().map(|t| (t.tag, t.script)).collect();
        let count = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), count);
        assert!(count <= 64);
    }
}
