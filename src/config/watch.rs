//! `[[watch]]`: what is waited for.

use std::collections::HashMap;

use toml::de::{DeTable, DeValue};
use unicode_normalization::UnicodeNormalization;

use super::diagnostic::{At, Fault, Span};
use super::mark::Marked;
use super::name::Names;
use super::query;
use super::reader::Reader;
use super::section::Section;
use super::{golden, language, words};
use crate::model::{Role, Term, Watch};

/// Alerts on a hint: for those who would rather read too much.
pub const THRESHOLD_LOW: f64 = 0.35;
/// Where a watch alerts unless it says otherwise.
pub const THRESHOLD_NORMAL: f64 = 0.5;
/// Alerts on plenty of evidence only.
pub const THRESHOLD_HIGH: f64 = 0.7;
/// Most terms of all watches together.
pub const MAX_TERMS: usize = 100_000;

/// Longest term in bytes.
const MAX_TERM_BYTES: usize = 200;
/// Raised by newswatch about itself, so no watch may be named so.
const RESERVED: &str = "newswatch";
const THRESHOLDS: [(&str, f64); 3] = [("low", THRESHOLD_LOW), ("normal", THRESHOLD_NORMAL), ("high", THRESHOLD_HIGH)];
const ROLES: [(&str, Role); 4] =
    [("strong", Role::Strong), ("weak", Role::Weak), ("context", Role::Context), ("against", Role::Against)];

/// All watches, from whichever files.
pub(super) struct Watches<'n> {
    targets: &'n Names,
    names: Names,
    /// Of watches and of their terms, mistakes included.
    count: usize,
    term_count: usize,
    watches: Vec<Watch>,
}

impl<'n> Watches<'n> {
    /// None yet; `targets` are those that they may name.
    pub(super) fn new(targets: &'n Names) -> Self {
        Self { targets, names: Names::new("watch"), count: 0, term_count: 0, watches: Vec::new() }
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
        let section = Section::open(table, words::WATCH, &[], reader);
        let name = self.names.claim(&section, reader);
        if name.as_deref() == Some(RESERVED) {
            let fault = Fault::new(format!("`{RESERVED}` is the name under which newswatch speaks about itself"));
            reader.report(fault.hint("give the watch another name").at(section.key_span("name")));
        }
        let terms = terms(&section, &mut self.term_count, reader);
        let query = query::read(&section, &mut self.term_count, reader);
        let threshold = threshold(&section, reader).unwrap_or(THRESHOLD_NORMAL);
        report_weakness(&section, threshold, reader);
        let languages = languages(&section, reader);
        let transliterate = section.boolean("transliterate", reader).unwrap_or(true);
        let targets = self.targets.referred(&section, "targets", reader);
        let golden = golden::read(&section, reader);
        let name = name?;
        let golden = (golden.into_iter().enumerate())
            .map(|(index, (golden, place))| {
                reader.mark(Marked::Golden { watch: name.clone(), index }, place);
                golden
            })
            .collect();
        Some(Watch { name, terms, query, languages, transliterate, golden, threshold, targets })
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

/// A watch that cannot alert is a mistake, one that hardly can is worth a word.
fn report_weakness(section: &Section<'_>, threshold: f64, reader: &mut Reader<'_>) {
    let given = |key| section.has(key) && !section.is_empty_list(key);
    if !given("strong") && !given("weak") && !section.has("query") {
        let fault = Fault::new("this watch has no terms that could raise an alert");
        reader.report_absence(
            fault.hint("add strong = [\"…\"], weak = [\"…\"] or query = \"…\"").at(section.span.clone()),
        );
    }
    if given("weak") && !given("context") && threshold >= THRESHOLD_NORMAL {
        let fault = Fault::new("weak terms without any `context` can never alert alone at this threshold");
        let hint = "add context = [\"…\"] with words that make them believable, or make them strong";
        reader.report_absence(fault.hint(hint).warning_at(section.key_span("weak")));
    }
}

/// The terms of every role, each once.
fn terms(section: &Section<'_>, count: &mut usize, reader: &mut Reader<'_>) -> Vec<Term> {
    let mut first: HashMap<String, (Role, Span)> = HashMap::new();
    let mut terms = Vec::new();
    for (key, role) in ROLES {
        for At { value: text, span } in section.strings(key, "terms", reader).unwrap_or_default() {
            *count += 1;
            if *count == MAX_TERMS + 1 {
                let fault = Fault::new(format!("this is term {count}; all watches together may have {MAX_TERMS}"));
                reader.report(fault.at(span.clone()));
            }
            let Some(text) = reader.accept(term(&text), &span) else { continue };
            if let Some((role, first)) = first.get(&folded(&text)) {
                let line = reader.line(first.start);
                let fault = Fault::new(format!("this watch has the term already, as `{role}` on line {line}"));
                reader.report(fault.hint("a term has one role; case makes no difference").at(span));
                continue;
            }
            first.insert(folded(&text), (role, span));
            terms.push(Term { text, role });
        }
    }
    terms
}

/// A term that can be looked for.
fn term(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new("this term is empty"));
    }
    if text.len() > MAX_TERM_BYTES {
        return Err(Fault::new(format!("this term is longer than {MAX_TERM_BYTES} bytes")));
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(Fault::new("this term has no letter and no digit"));
    }
    let mut characters = text.trim().nfc();
    if let (Some(only), None) = (characters.next(), characters.next())
        && !is_ideograph(only)
    {
        return Err(Fault::new("a term of one character would be found everywhere"));
    }
    Ok(text.to_owned())
}

/// What two spellings of the same term have in common.
fn folded(term: &str) -> String {
    let folded: String = term.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the character can be a word of Chinese or Japanese by itself: the Unified Ideographs and their extensions.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
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
            let word = section.parsed("threshold", shape, reader, |text| words::choice(text, &THRESHOLDS));
            return word.map(|at| at.value);
        }
    };
    let allowed = number.filter(|number| *number > 0.0 && *number <= 1.0);
    let hint = "or say it in a word: \"low\" is 0.35, \"normal\" 0.5, \"high\" 0.7";
    reader.accept(allowed.ok_or_else(|| Fault::new("a threshold is above 0 and at most 1").hint(hint)), &value.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_must_be_something_to_look_for() {
        for good in ["IAEA", "C4", "俄", "U.S.", "أوديسا"] {
            assert!(term(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a", " a ", "é", "e\u{301}", "--", &"x".repeat(201)] {
            assert!(term(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spellings_of_one_term_are_recognised() {
        assert_eq!(folded("Grain  Exports"), folded("grain exports"));
        assert_eq!(folded("ＩＡＥＡ"), folded("iaea"));
        assert_ne!(folded("Odesa"), folded("Odessa"));
    }
}
