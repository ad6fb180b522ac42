//! `[[watch]]`: what is waited for.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{At, Fault};
use super::mark::Marked;
use super::name::Names;
use super::quantity::{days, seconds};
use super::reader::Reader;
use super::script::Script;
use super::section::Section;
use super::{golden, language, query, script, story, term, words};
use crate::model::{DRILL_WATCH, Realert, Role, Term, Watch, points};

/// Alerts on a hint: for those who would rather read too much.
pub const THRESHOLD_LOW: f64 = 0.35;
/// Where a watch alerts unless it says otherwise.
pub const THRESHOLD_NORMAL: f64 = 0.5;
/// Alerts on plenty of evidence only.
pub const THRESHOLD_HIGH: f64 = 0.7;

/// Raised by newswatch about itself, so no watch may be named so.
const RESERVED: &str = "newswatch";
const THRESHOLDS: [(&str, f64); 3] = [("low", THRESHOLD_LOW), ("normal", THRESHOLD_NORMAL), ("high", THRESHOLD_HIGH)];

/// All watches, from whichever files.
pub(super) struct Watches<'n> {
    targets: &'n Names,
    /// Who is told where a watch does not say.
    defaults: Vec<String>,
    /// What alerts again where a watch does not say.
    realert: Realert,
    names: Names,
    /// Of watches and of their terms, mistakes included.
    count: usize,
    term_count: usize,
    watches: Vec<Watch>,
}

impl<'n> Watches<'n> {
    /// None yet; `targets` are those that they may name, `defaults` and `realert` what holds where they do not say.
    pub(super) fn new(targets: &'n Names, defaults: Vec<String>, realert: Realert) -> Self {
        Self { targets, defaults, realert, names: Names::new("watch"), count: 0, term_count: 0, watches: Vec::new() }
    }

    /// Reads the watches of one file; those with a mistake may be incomplete.
    pub(super) fn read(&mut self, tables: Vec<At<&DeTable<'_>>>, reader: &mut Reader<'_>) {
        self.count += tables.len();
        for table in tables {
            let watch = self.read_one(table, reader);
            self.watches.extend(watch);
        }
    }

    fn read_one(&mut self, table: At<&DeTable<'_>>, reader: &mut Reader<'_>) -> Option<Watch> {
        let before = reader.mistakes();
        let section = Section::open(table, words::WATCH, &[], reader);
        let name = self.names.claim(&section, reader);
        if let Some(name) = name.as_deref().filter(|name| [RESERVED, DRILL_WATCH].contains(name)) {
            let fault = Fault::new(format!("`{name}` is a name under which newswatch speaks about itself"));
            reader.report(fault.hint("give the watch another name").at(section.key_span("name")));
        }
        let terms = term::read(&section, &mut self.term_count, reader);
        let query = query::read(&section, &mut self.term_count, reader);
        let threshold = threshold(&section, reader).unwrap_or(THRESHOLD_NORMAL);
        // Of one with a mistake nobody knows what it was meant to reach.
        if reader.mistakes() == before {
            report_weakness(&section, &terms, threshold, reader);
        } else {
            report_missing(&section, reader);
        }
        query.iter().for_each(|query| query::report_counter_terms(query, &terms, &section, reader));
        let languages = languages(&section, reader);
        let transliterate = section.boolean("transliterate", reader).unwrap_or(true);
        report_strangers(&section, &terms, &languages, transliterate, reader);
        let targets = self.targets.listed(&section, "targets", reader).unwrap_or_else(|| self.defaults.clone());
        let urgent = section.boolean("urgent", reader).unwrap_or(false);
        let remind = section.duration("remind", seconds(60)..=days(7), reader);
        let realert = section.table("realert", reader).map(|table| story::realert(table, self.realert, reader));
        let realert = realert.unwrap_or(self.realert);
        if section.has("realert") && realert.score.is_some_and(|score| score <= threshold) {
            let fault =
                Fault::new(format!("every report that alerts reaches this score: the threshold is {threshold:.2}"));
            let hint = "give a score above the threshold, or score = false";
            reader.report(fault.hint(hint).at(section.key_span("realert")));
        }
        let golden = golden::read(&section, reader);
        let name = name?;
        let golden = (golden.into_iter().enumerate())
            .map(|(index, (golden, place))| {
                reader.mark(Marked::Golden { watch: name.clone(), index }, place);
                golden
            })
            .collect();
        Some(Watch {
            name,
            terms,
            query,
            languages,
            transliterate,
            golden,
            threshold,
            targets,
            urgent,
            remind,
            realert,
        })
    }

    /// The names of those without a mistake.
    pub(super) fn names(&self) -> Vec<String> {
        self.watches.iter().map(|watch| watch.name.clone()).collect()
    }

    /// Whether there is one, if only with a mistake.
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }

    /// The watches, in the order in which they were read.
    pub(super) fn finish(self) -> Vec<Watch> {
        self.watches
    }
}

/// A watch that has nothing to alert on is a mistake.
fn report_missing(section: &Section<'_>, reader: &mut Reader<'_>) -> bool {
    let given = |key| section.has(key) && !section.is_empty_list(key);
    let missing = !given("strong") && !given("weak") && !section.has("query");
    if missing {
        let fault = Fault::new("this watch has no terms that could raise an alert");
        reader.report_absence(
            fault.hint("add strong = [\"…\"], weak = [\"…\"] or query = \"…\"").at(section.span.clone()),
        );
    }
    missing
}

/// A watch that cannot alert is a mistake, one whose weak terms cannot is worth a word.
fn report_weakness(section: &Section<'_>, terms: &[Term], threshold: f64, reader: &mut Reader<'_>) {
    if report_missing(section, reader) {
        return;
    }
    let count = |role| terms.iter().filter(|term| term.role == role).count();
    let (by_strong, by_weak) = reachable(count(Role::Strong) + usize::from(section.has("query")), count(Role::Context));
    let short = |most: i32| f64::from(most) / 100.0 < threshold;
    let weak = count(Role::Weak) > 0;
    if short(by_strong) && (!weak || short(by_weak)) {
        let most = if weak { by_strong.max(by_weak) } else { by_strong };
        let most = f64::from(most) / 100.0;
        let fault = Fault::new(format!(
            "this watch can never alert: it reaches {most:.2} at most, its threshold is {threshold:.2}"
        ));
        let hint = "lower the threshold, or add context = [\"…\"] with words that stand beside its terms";
        reader.report_absence(fault.hint(hint).at(section.key_span("threshold")));
    } else if weak && short(by_weak) {
        let most = f64::from(by_weak) / 100.0;
        let fault =
            Fault::new(format!("weak terms can never alert alone at this threshold: they reach {most:.2} at most"));
        let hint = "add context = [\"…\"] with words that make them believable, or make them strong";
        reader.report_absence(fault.hint(hint).warning_at(section.key_span("weak")));
    }
}

/// The most [points] that a watch with so many strong terms, its query among them, and context terms can come to: by a
/// strong term, and by a weak one, beside which a word may stand that tells what it is.
fn reachable(strong: usize, context: usize) -> (i32, i32) {
    let sum = |steps: &[i32], count: usize| steps.iter().take(count).sum::<i32>();
    let by_strong =
        points::STRONG[0] + sum(&points::FURTHER_STRONG, strong.saturating_sub(1)) + sum(&points::CONTEXT, context);
    let by_weak = points::WEAK[0] + sum(&points::CONTEXT, context + 1);
    (if strong == 0 { 0 } else { by_strong.min(points::MOST) }, by_weak)
}

/// Languages that are written in none of the scripts of the terms find no word forms of them. A name in Latin letters
/// may well be looked for by its transliterations alone.
fn report_strangers(
    section: &Section<'_>,
    terms: &[Term],
    languages: &[String],
    transliterate: bool,
    reader: &mut Reader<'_>,
) {
    let written: BTreeSet<Script> = terms.iter().flat_map(|term| script::of_text(&term.text)).collect();
    let read: Vec<BTreeSet<Script>> = languages.iter().map(|language| script::of_language(language)).collect();
    let respelled = |term: &Term| term.role == Role::Strong && script::of_text(&term.text).contains("Latn");
    let strange = !written.is_empty() && !read.is_empty() && read.iter().all(|scripts| !scripts.is_empty());
    if strange
        && read.iter().all(|scripts| scripts.is_disjoint(&written))
        && !(transliterate && terms.iter().any(respelled))
    {
        let fault = Fault::new("none of these languages is written in the letters of this watch's terms");
        let hint = "add the languages of the terms, or leave `languages` out to mean all";
        reader.report(fault.hint(hint).warning_at(section.key_span("languages")));
    }
}

/// The languages' primary subtags, each once.
fn languages(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let mut languages = Vec::new();
    for At { value: tag, span } in section.strings("languages", "language tags", reader).unwrap_or_default() {
        let language = reader.accept(language::primary(&tag), &span);
        languages.extend(language.filter(|language| !languages.contains(language)));
    }
    languages
}

fn threshold(section: &Section<'_>, reader: &mut Reader<'_>) -> Option<f64> {
    let value = section.value("threshold")?;
    let number = match value.get_ref() {
        DeValue::Float(digits) => digits.as_str().parse::<f64>().ok(),
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok().map(|n| n as f64),
        _ => {
            let shape = "a number above 0 and up to 1, or \"low\", \"normal\" or \"high\"";
            let word = section.parsed("threshold", shape, reader, |text| match text.parse::<f64>() {
                Ok(_) => {
                    Err(Fault::new("a number stands without quotation marks").hint(format!("write threshold = {text}")))
                }
                Err(_) => words::choice(text, &THRESHOLDS),
            });
            return word.map(|at| at.value);
        }
    };
    let allowed = number.filter(|number| *number > 0.0 && *number <= 1.0);
    let hint = "or say it in a word: \"low\" is 0.35, \"normal\" 0.5, \"high\" 0.7";
    reader.accept(allowed.ok_or_else(|| Fault::new("a threshold is above 0 and at most 1").hint(hint)), &value.span())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn scores_are_reached_step_by_step() {
        assert_eq!([reachable(0, 0), reachable(1, 0), reachable(2, 0)], [(0, 60), (90, 60), (95, 60)]);
        assert_eq!([reachable(3, 0), reachable(1, 1), reachable(1, 9)], [(100, 60), (100, 75), (100, 85)]);
    }
}
