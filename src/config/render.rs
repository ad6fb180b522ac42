//! Diagnostics as text, the way a compiler shows them.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Severity};
use super::document::Document;
use super::mask;
use super::reader::{line_of, line_starts};

/// Longest part of a line that is pointed at, in bytes.
const MAX_POINTED_BYTES: usize = 120;

/// Most of a line that is shown behind the part that is pointed at, in bytes.
const MAX_BEHIND_BYTES: usize = 200;
/// Most diagnostics that are shown; nobody mends more at once.
const MAX_SHOWN: usize = 100;

/// A document that is quoted.
struct Quoted {
    path: String,
    /// Its text without secrets.
    text: String,
    line_starts: Vec<usize>,
}

/// Shows all `diagnostics` of a configuration that is written in `documents`, in their order: what is wrong,
/// `--> file:line:column`, the line with carets, and what to do about it. `shown` says how a path is written. Secrets on
/// a quoted line are masked, with `*` for each of their bytes. The first hundred are shown, of the others their number.
pub fn render(
    diagnostics: &[Diagnostic],
    documents: &[Document],
    shown: impl Fn(&Path) -> PathBuf,
    color: bool,
) -> String {
    let quoted: Vec<Option<Quoted>> = (documents.iter().enumerate())
        .map(|(file, document)| {
            let needed = diagnostics.iter().any(|diagnostic| diagnostic.file == file);
            needed.then(|| {
                let text = mask::masked(&document.text);
                Quoted { path: shown(&document.path).display().to_string(), line_starts: line_starts(&text), text }
            })
        })
        .collect();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MAX_SHOWN) {
        let Some(Some(document)) = quoted.get(diagnostic.file) else { continue };
        let line = line_of(&document.line_starts, diagnostic.span.start);
        let (source, span) = quote(&document.text, document.line_starts[line - 1], &diagnostic.span);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // Only the one line is handed over: a large file with many mistakes would cost the square of its length.
        let annotation = AnnotationKind::Primary.span(span);
        let snippet = Snippet::source(source).line_start(line).path(&document.path).annotation(annotation);
        let hint = diagnostic.hint.iter().map(|hint| Level::HELP.message(hint));
        out += &renderer.render(&[level.primary_title(&diagnostic.message).element(snippet).elements(hint)]);
        out += "\n\n";
    }
    match diagnostics.len().saturating_sub(MAX_SHOWN) {
        0 => out,
        more => out + &format!("… and {more} more\n\n"),
    }
}

/// The line that begins at `start`, and the part of `span` that lies on it. What is too long to be read is cut.
fn quote<'t>(text: &'t str, start: usize, span: &Range<usize>) -> (Cow<'t, str>, Range<usize>) {
    // A byte order mark is no character that anybody sees or counts.
    let start = start + usize::from(text[start..].starts_with('\u{feff}')) * '\u{feff}'.len_utf8();
    let line = text[start..].lines().next().unwrap_or_default();
    let within = |at: usize| line.floor_char_boundary(at.saturating_sub(start).min(line.len()));
    let (from, to) = (within(span.start), within(span.end));
    let pointed = line.floor_char_boundary(from + MAX_POINTED_BYTES);
    let (to, behind) =
        if pointed < to { (pointed, pointed) } else { (to, line.floor_char_boundary(to + MAX_BEHIND_BYTES)) };
    let cut = if behind < line.len() { format!("{}…", &line[..behind]).into() } else { line.into() };
    (cut, from..to)
}
