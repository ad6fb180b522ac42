//! Diagnostics as text, the way a compiler shows them.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Severity};
use super::mask;
use super::reader::{line_of, line_starts};

/// Shows all `diagnostics` of the configuration `text`, in their order: what is wrong, `--> file:line:column`, the line
/// with carets, and what to do about it. Secrets on a quoted line are masked, with `*` for each of their bytes.
pub fn render(diagnostics: &[Diagnostic], text: &str, path: &Path, color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let shown = mask::masked(text);
    let starts = line_starts(&shown);
    let path = path.display().to_string();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        let line = line_of(&starts, diagnostic.span.start);
        let (source, span) = quote(&shown, starts[line - 1], &diagnostic.span);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // Only the one line is handed over: a large file with many mistakes would cost the square of its length.
        let snippet =
            Snippet::source(source).line_start(line).path(&path).annotation(AnnotationKind::Primary.span(span));
        let hint = diagnostic.hint.iter().map(|hint| Level::HELP.message(hint));
        out += &renderer.render(&[level.primary_title(&diagnostic.message).element(snippet).elements(hint)]);
        out += "\n\n";
    }
    out
}

/// The line that begins at `start`, and the part of `span` that lies on it.
fn quote<'t>(text: &'t str, start: usize, span: &Range<usize>) -> (&'t str, Range<usize>) {
    // A byte order mark is no character that anybody sees or counts.
    let start = start + usize::from(text[start..].starts_with('\u{feff}')) * '\u{feff}'.len_utf8();
    let line = text[start..].lines().next().unwrap_or_default();
    let within = |at: usize| line.floor_char_boundary(at.saturating_sub(start).min(line.len()));
    (line, within(span.start)..within(span.end))
}
