//! The reader: collects mistakes, and resolves what a value refers to.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;

use super::Surroundings;
use super::diagnostic::{At, Diagnostic, Fault, Span};
use super::expand::{Piece, pieces};

/// What every layer of reading needs.
pub(super) struct Reader<'a> {
    text: &'a str,
    directory: &'a Path,
    pub(super) surroundings: &'a dyn Surroundings,
    line_starts: Vec<usize>,
    whole: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`; `whole` says that the text has no syntax error, so that what is absent is really absent.
    pub(super) fn new(text: &'a str, directory: &'a Path, surroundings: &'a dyn Surroundings, whole: bool) -> Self {
        let line_starts = line_starts(text);
        Self { text, directory, surroundings, line_starts, whole, diagnostics: Vec::new() }
    }

    /// Notes a diagnostic.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Notes that something is absent. Where syntax errors hide parts of the text, nobody can know, so it is not said.
    pub(super) fn report_absence(&mut self, diagnostic: Diagnostic) {
        if self.whole {
            self.report(diagnostic);
        }
    }

    /// The value, or a note of what is wrong with it.
    pub(super) fn accept<T>(&mut self, parsed: Result<T, Fault>, span: &Span) -> Option<T> {
        parsed.map_err(|fault| self.report(fault.at(span.clone()))).ok()
    }

    /// The number of the line that holds byte `at`, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        line_of(&self.line_starts, at)
    }

    /// The text at `span` as the file has it, quotes and all.
    pub(super) fn written(&self, span: &Span) -> Option<&'a str> {
        self.text.get(span.clone())
    }

    /// `path` as seen from the configuration's directory, without `.` in it.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        use std::path::Component::CurDir;
        self.directory.join(path).components().filter(|part| *part != CurDir).collect()
    }

    /// A string with its variables replaced. `shape` says what `key` should be, for the message if it is not a string.
    pub(super) fn string(&mut self, key: &str, shape: &str, value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, shape, value);
            return None;
        };
        self.expand(text, value.span()).map(|text| At { value: text, span: value.span() })
    }

    /// Notes that a value is not of the type that `shape` describes.
    pub(super) fn wrong_type(&mut self, key: &str, shape: &str, value: &Spanned<DeValue<'_>>) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(Fault::new(format!("`{key}` must be {shape}, not {found}")).at(value.span()));
    }

    fn expand(&mut self, text: &str, span: Span) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        let mut sound = true;
        let mut from = span.start;
        for (_, piece) in pieces(text) {
            match piece {
                Piece::Text(text) => expanded.push_str(text),
                Piece::Dollar => expanded.push('$'),
                Piece::Variable(name) => {
                    let place = self.find(&format!("${{{name}}}"), from..span.end).unwrap_or(span.clone());
                    from = place.end;
                    match self.surroundings.var(name) {
                        Some(value) => expanded.push_str(&value),
                        None => {
                            sound = false;
                            self.report(Fault::new(format!("the environment variable `{name}` is not set")).at(place));
                        }
                    }
                }
                Piece::Broken => {
                    sound = false;
                    let place = self.find("${", from..span.end).unwrap_or(span.clone());
                    from = place.end;
                    let fault = Fault::new("`${` begins no variable")
                        .hint("a variable is written `${NAME}`; `$$` stands for a `$` itself");
                    self.report(fault.at(place));
                }
            }
        }
        sound.then_some(expanded)
    }

    /// Where `needle` stands as written: escapes may make the value's own offsets differ from the text's.
    fn find(&self, needle: &str, within: Span) -> Option<Span> {
        let start = within.start + self.text.get(within)?.find(needle)?;
        Some(start..start + needle.len())
    }

    /// All diagnostics in the order of the text. A broken line gets one syntax error and no other, since what was
    /// recovered from it is a guess.
    pub(super) fn finish(self, syntax_errors: &[toml::de::Error]) -> Vec<Diagnostic> {
        let mut broken: Vec<(usize, Diagnostic)> = syntax_errors
            .iter()
            .map(|error| {
                let span = error.span().unwrap_or_default();
                (line_of(&self.line_starts, span.start), Fault::new(error.message()).at(span))
            })
            .collect();
        broken.sort_by_key(|(line, diagnostic)| (*line, diagnostic.span.start));
        broken.dedup_by_key(|(line, _)| *line);

        let mut all = self.diagnostics;
        all.retain(|diagnostic| {
            let first = line_of(&self.line_starts, diagnostic.span.start);
            let last = line_of(&self.line_starts, diagnostic.span.end);
            let next = broken.partition_point(|(line, _)| *line < first);
            broken.get(next).is_none_or(|(line, _)| *line > last)
        });
        all.extend(broken.into_iter().map(|(_, diagnostic)| diagnostic));
        all.sort_by_key(|diagnostic| diagnostic.span.start);
        all
    }
}

/// The offset of each line's first byte.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The number of the line that holds byte `at`, from 1.
pub(super) fn line_of(line_starts: &[usize], at: usize) -> usize {
    line_starts.partition_point(|start| *start <= at).max(1)
}
