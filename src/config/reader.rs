//! The reader: collects mistakes, and resolves what a value refers to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{At, Diagnostic, Fault, Place, Severity, Span};
use super::document::Document;
use super::expand::{Piece, pieces};
use super::mark::{Mark, Marked};
use super::{Checked, Config, Surroundings};

/// What every layer of reading needs.
pub(super) struct Reader<'a> {
    path: &'a Path,
    pub(super) surroundings: &'a dyn Surroundings,
    /// What has been read or is being read; the configuration itself is the first.
    files: Vec<File>,
    /// Which of them is being read.
    file: usize,
    /// Whether it and what led to it have no syntax error, so that what is absent is really absent.
    whole: bool,
    diagnostics: Vec<Diagnostic>,
    mistakes: usize,
    marks: Vec<Mark>,
}

/// A document, and what a reader needs to know of it.
struct File {
    document: Document,
    line_starts: Vec<usize>,
    syntax_errors: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of the configuration that stands in the file `path`.
    pub(super) fn new(path: &'a Path, surroundings: &'a dyn Surroundings) -> Self {
        Self {
            path,
            surroundings,
            files: Vec::new(),
            file: 0,
            whole: true,
            diagnostics: Vec::new(),
            mistakes: 0,
            marks: Vec::new(),
        }
    }

    /// Reads a document by `read`; what is reported meanwhile is about it.
    pub(super) fn within<T>(&mut self, document: Document, read: impl FnOnce(&DeTable<'_>, &mut Reader<'a>) -> T) -> T {
        let text = Arc::clone(&document.text);
        let (table, errors) = DeTable::parse_recoverable(&text);
        let before = (self.file, self.whole);
        (self.file, self.whole) = (self.files.len(), self.whole && errors.is_empty());
        let to_diagnostic = |error: &toml::de::Error| {
            let at = Fault::new(error.message()).at(error.span().unwrap_or_default());
            Diagnostic { file: self.file, ..at }
        };
        let syntax_errors = errors.iter().map(to_diagnostic).collect();
        self.files.push(File { document, line_starts: line_starts(&text), syntax_errors });
        let value = read(table.get_ref(), self);
        (self.file, self.whole) = before;
        value
    }

    /// The path of the configuration itself.
    pub(super) fn main_path(&self) -> &'a Path {
        self.path
    }

    /// The path as seen from the configuration's directory.
    pub(super) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.directory()).unwrap_or(path).display().to_string()
    }

    fn directory(&self) -> &'a Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Notes a diagnostic about the document that is being read.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.mistakes += usize::from(diagnostic.severity == Severity::Error);
        self.diagnostics.push(Diagnostic { file: self.file, ..diagnostic });
    }

    /// How many mistakes were noted so far.
    pub(super) fn mistakes(&self) -> usize {
        self.mistakes
    }

    /// Notes that something is absent. Where syntax errors hide parts of the text, nobody can know, so it is not said.
    pub(super) fn report_absence(&mut self, diagnostic: Diagnostic) {
        if self.whole {
            self.report(diagnostic);
        }
    }

    /// Notes where something stands.
    pub(super) fn mark(&mut self, of: Marked, place: Place) {
        self.marks.push(Mark { of, file: place.file, span: place.span });
    }

    /// The value, or a note of what is wrong with it.
    pub(super) fn accept<T>(&mut self, parsed: Result<T, Fault>, span: &Span) -> Option<T> {
        parsed.map_err(|fault| self.report(fault.at(span.clone()))).ok()
    }

    /// The number of the line that holds byte `at`, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        line_of(&self.files[self.file].line_starts, at)
    }

    /// The place of `span` in the document that is being read.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// The place in words: its line, and its file where that is not the one that is being read.
    pub(super) fn whereabouts(&self, place: &Place) -> String {
        let file = &self.files[place.file];
        let line = line_of(&file.line_starts, place.span.start);
        if place.file == self.file {
            format!("line {line}")
        } else {
            format!("line {line} of {}", self.shown(&file.document.path))
        }
    }

    /// The text at `span` as the file has it, quotes and all.
    pub(super) fn written(&self, span: &Span) -> Option<&str> {
        self.files[self.file].document.text.get(span.clone())
    }

    /// `path` as seen from the configuration's directory, without `.` in it.
    pub(super) fn resolve(&self, path: &str) -> PathBuf {
        use std::path::Component::CurDir;
        self.directory().join(path).components().filter(|part| *part != CurDir).collect()
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
        let start = within.start + self.files[self.file].document.text.get(within)?.find(needle)?;
        Some(start..start + needle.len())
    }

    /// What was found, with all diagnostics file by file, in the order of their texts.
    pub(super) fn finish(self, config: Option<Config>) -> Checked {
        let mut all = self.diagnostics;
        for (at, file) in self.files.iter().enumerate() {
            file.prefer_syntax_errors(at, &mut all);
        }
        all.sort_by_key(|diagnostic| (diagnostic.file, diagnostic.span.start));
        let failed = all.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        Checked {
            config: config.filter(|_| !failed),
            diagnostics: all,
            documents: self.files.into_iter().map(|file| file.document).collect(),
            marks: self.marks,
        }
    }
}

impl File {
    /// A broken line gets one syntax error and no other, since what was recovered from it is a guess.
    fn prefer_syntax_errors(&self, number: usize, all: &mut Vec<Diagnostic>) {
        let line = |at: usize| line_of(&self.line_starts, at);
        let mut broken: Vec<(usize, &Diagnostic)> =
            self.syntax_errors.iter().map(|diagnostic| (line(diagnostic.span.start), diagnostic)).collect();
        broken.sort_by_key(|(line, diagnostic)| (*line, diagnostic.span.start));
        broken.dedup_by_key(|(line, _)| *line);
        all.retain(|diagnostic| {
            let next = broken.partition_point(|(broken, _)| *broken < line(diagnostic.span.start));
            let spoiled = broken.get(next).is_some_and(|(broken, _)| *broken <= line(diagnostic.span.end));
            diagnostic.file != number || !spoiled
        });
        all.extend(broken.into_iter().map(|(_, diagnostic)| diagnostic.clone()));
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
