//! A table of the configuration, with typed access to its keys.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{At, Fault, Span};
use super::quantity;
use super::reader::Reader;
use super::words::{is_setting, listed, nearest};

/// A table whose keys are known.
pub(super) struct Section<'t> {
    table: &'t DeTable<'t>,
    /// Its header.
    pub(super) span: Span,
    /// Known words that unknown keys probably meant: a misspelled key is one mistake, not also a missing key.
    misspelled: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// Opens a table, and reports the keys that are none of `words`. Those of `elsewhere` are known but do not belong
    /// here; the caller says why.
    pub(super) fn open(
        table: At<&'t DeTable<'t>>,
        words: &[&'static str],
        elsewhere: &[&'static str],
        reader: &mut Reader<'_>,
    ) -> Self {
        let At { value: table, span } = table;
        let mut section = Self { table, span, misspelled: Vec::new() };
        for (key, _) in table {
            let word = key.get_ref();
            if words.contains(&word.as_ref()) || elsewhere.contains(&word.as_ref()) {
                continue;
            }
            let meant = nearest(word, words.iter().chain(elsewhere).copied());
            section.misspelled.extend(meant);
            let hint = match meant {
                _ if is_setting(word) => format!("`{word}` belongs above the first table of the file"),
                Some(meant) if table.contains_key(meant) => format!("did you mean `{meant}`? that is here already"),
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", listed(words)),
            };
            reader.report(Fault::new(format!("unknown key `{word}`")).hint(hint).at(key.span()));
        }
        section
    }

    /// Whether the key is there, if only misspelled.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key) || self.misspelled.contains(&key)
    }

    /// Where the key is written, else the header.
    pub(super) fn key_span(&self, key: &str) -> Span {
        self.table.get_key_value(key).map_or_else(|| self.span.clone(), |(key, _)| key.span())
    }

    /// Reports that a key is absent, if it is.
    pub(super) fn require(&self, key: &str, hint: &str, reader: &mut Reader<'_>) {
        if !self.has(key) {
            reader.report_absence(Fault::new(format!("`{key}` is missing")).hint(hint).at(self.span.clone()));
        }
    }

    /// Reports that all of `keys` are absent, if they are.
    pub(super) fn require_one(&self, keys: &[&str], hint: &str, reader: &mut Reader<'_>) {
        if !keys.iter().any(|key| self.has(key)) {
            let fault = Fault::new(format!("{} is missing", listed(keys))).hint(hint);
            reader.report_absence(fault.at(self.span.clone()));
        }
    }

    /// Reports each of `keys` but the first that is there: they say the same thing.
    pub(super) fn allow_one(&self, keys: &[&str], reader: &mut Reader<'_>) {
        let mut present = keys.iter().filter(|key| self.table.contains_key(**key));
        let Some(first) = present.next() else { return };
        for key in present {
            let fault = Fault::new(format!("`{key}` and `{first}` exclude each other")).hint("keep one of them");
            reader.report(fault.at(self.key_span(key)));
        }
    }

    /// The value of a key as it stands.
    pub(super) fn value(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// Whether the key holds a list without elements.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        self.value(key).and_then(|value| value.get_ref().as_array()).is_some_and(|list| list.is_empty())
    }

    /// A string. `shape` says what it is, as in "a URL".
    pub(super) fn string(&self, key: &str, shape: &str, reader: &mut Reader<'_>) -> Option<At<String>> {
        reader.string(key, shape, self.value(key)?)
    }

    /// What `parse` makes of a string.
    pub(super) fn parsed<T>(
        &self,
        key: &str,
        shape: &str,
        reader: &mut Reader<'_>,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<At<T>> {
        let At { value, span } = self.string(key, shape, reader)?;
        reader.accept(parse(&value), &span).map(|value| At { value, span })
    }

    /// A list of strings; those that are none are reported and left out.
    pub(super) fn strings(&self, key: &str, shape: &str, reader: &mut Reader<'_>) -> Option<Vec<At<String>>> {
        let value = self.value(key)?;
        let DeValue::Array(elements) = value.get_ref() else {
            reader.wrong_type(key, &format!("a list of {shape}, as in [\"…\"]"), value);
            return None;
        };
        let each = format!("a list of {shape}");
        Some(elements.iter().filter_map(|element| reader.string(key, &each, element)).collect())
    }

    /// A duration within `bounds`.
    pub(super) fn duration(
        &self,
        key: &str,
        bounds: RangeInclusive<Duration>,
        reader: &mut Reader<'_>,
    ) -> Option<Duration> {
        let duration = self.parsed(key, "a duration like \"10s\"", reader, |text| quantity::duration(text, bounds));
        duration.map(|at| at.value)
    }

    /// A size within `bounds`: a string, or an integer for plain bytes.
    pub(super) fn size(&self, key: &str, bounds: RangeInclusive<u64>, reader: &mut Reader<'_>) -> Option<u64> {
        match self.value(key)?.get_ref() {
            DeValue::Integer(_) => self.integer(key, bounds, reader),
            _ => {
                let size = self.parsed(key, "a size like \"10MiB\"", reader, |text| quantity::size(text, bounds));
                size.map(|at| at.value)
            }
        }
    }

    /// A whole number within `bounds`.
    pub(super) fn integer(&self, key: &str, bounds: RangeInclusive<u64>, reader: &mut Reader<'_>) -> Option<u64> {
        let value = self.value(key)?;
        let DeValue::Integer(digits) = value.get_ref() else {
            reader.wrong_type(key, "a whole number", value);
            return None;
        };
        // What fits not even into 128 bits is beyond every bound, too.
        let beyond = if digits.as_str().starts_with('-') { i128::MIN } else { i128::MAX };
        let number = i128::from_str_radix(digits.as_str(), digits.radix()).unwrap_or(beyond);
        let bounds = i128::from(*bounds.start())..=i128::from(*bounds.end());
        let number = reader.accept(quantity::within(number, bounds, |n| n.to_string()), &value.span())?;
        u64::try_from(number).ok()
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, key: &str, reader: &mut Reader<'_>) -> Option<bool> {
        let value = self.value(key)?;
        let DeValue::Boolean(answer) = value.get_ref() else {
            reader.wrong_type(key, "true or false", value);
            return None;
        };
        Some(*answer)
    }

    /// The table under a key.
    pub(super) fn table(&self, key: &str, reader: &mut Reader<'_>) -> Option<At<&'t DeTable<'t>>> {
        let value = self.value(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong_type(key, &format!("a table, `[{key}]`"), value);
            return None;
        };
        Some(At { value: table, span: value.span() })
    }

    /// The tables under a key, each with the header `[[…]]`.
    pub(super) fn tables(&self, key: &str, header: &str, reader: &mut Reader<'_>) -> Vec<At<&'t DeTable<'t>>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let shape = format!("a list of tables, each headed `{header}`");
        let DeValue::Array(elements) = value.get_ref() else {
            reader.wrong_type(key, &shape, value);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(elements.len());
        for element in elements {
            match element.get_ref() {
                DeValue::Table(table) => tables.push(At { value: table, span: element.span() }),
                _ => reader.wrong_type(key, &shape, element),
            }
        }
        tables
    }
}

/// The text, unless it is empty.
pub(super) fn not_empty(text: &str) -> Result<String, Fault> {
    if text.is_empty() { Err(Fault::new("this must not be empty")) } else { Ok(text.to_owned()) }
}
