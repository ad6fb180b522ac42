//! Names of watches and targets, and references to them.

use std::collections::HashMap;

use super::diagnostic::{At, Fault, Place};
use super::reader::Reader;
use super::section::Section;
use super::words::did_you_mean;

/// Longest name in bytes.
const MAX_BYTES: usize = 64;

/// The names given to one kind of thing, in the order of the file.
pub(super) struct Names {
    /// What is named: "watch" or "target".
    kind: &'static str,
    all: Vec<String>,
    first: HashMap<String, Place>,
}

impl Names {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, all: Vec::new(), first: HashMap::new() }
    }

    /// Reads the section's name; `None` where it is absent, malformed or taken.
    pub(super) fn claim(&mut self, section: &Section<'_>, reader: &mut Reader<'_>) -> Option<String> {
        section.require("name", &format!("every {} has a name of its own: name = \"…\"", self.kind), reader);
        let At { value: name, span } = section.string("name", "a string", reader)?;
        if let Some(first) = self.first.get(&name) {
            let first = reader.whereabouts(first);
            let fault = Fault::new(format!("another {} is named `{name}`, on {first}", self.kind));
            reader.report(fault.hint("names must differ").at(span));
            return None;
        }
        let well_formed = reader.accept(well_formed(&name), &span).is_some();
        // A malformed name is known nevertheless: a reference to it is not a second mistake.
        self.first.insert(name.clone(), reader.place(span));
        self.all.push(name.clone());
        well_formed.then_some(name)
    }

    /// The names that a list refers to; all of them where there is no list.
    pub(super) fn referred(&self, section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Vec<String> {
        self.listed(section, key, reader).unwrap_or_else(|| self.all.clone())
    }

    /// The names that a list refers to; `None` where there is no list.
    pub(super) fn listed(&self, section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Vec<String>> {
        let list = section.strings(key, "names of targets", reader)?;
        if section.is_empty_list(key) {
            let fault = Fault::new(format!("`{key}` is empty, so that nobody would be told"));
            let hint = format!("name a {}, or leave the key out to mean all of them", self.kind);
            reader.report(fault.hint(hint).at(section.key_span(key)));
        }
        let mut names: Vec<String> = Vec::with_capacity(list.len());
        for At { value: name, span } in list {
            if names.contains(&name) {
                reader.report(Fault::new(format!("`{name}` stands twice in this list")).at(span));
            } else if self.first.contains_key(&name) {
                names.push(name);
            } else if !self.all.is_empty() {
                reader.report_absence(self.unknown(&name).at(span));
            }
        }
        Some(names)
    }

    /// The name that a key refers to.
    pub(super) fn referred_one(&self, section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Option<At<String>> {
        let at = section.string(key, &format!("the name of a {}", self.kind), reader)?;
        if self.first.contains_key(&at.value) {
            return Some(at);
        }
        reader.report_absence(self.unknown(&at.value).at(at.span));
        None
    }

    fn unknown(&self, name: &str) -> Fault {
        let known = self.all.iter().map(String::as_str);
        let hint = did_you_mean(name, known).unwrap_or_else(|| format!("there is: {}", self.all.join(", ")));
        Fault::new(format!("no {} is named `{name}`", self.kind)).hint(hint)
    }
}

fn well_formed(name: &str) -> Result<(), Fault> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if (1..=MAX_BYTES).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(Fault::new("this is not a name")
        .hint(format!("a name is 1 to {MAX_BYTES} lower-case letters (a to z), digits, `-` and `_`")))
}

#[cfg(test)]
mod tests {
    use super::well_formed;

    #[test]
    fn names_are_short_and_plain() {
        assert!(well_formed("grain-exports_2").is_ok());
        for bad in ["", "Grain", "a b", "é", "a/b", "a".repeat(65).as_str()] {
            assert!(well_formed(bad).is_err(), "{bad}");
        }
    }
}
