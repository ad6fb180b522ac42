//! Floor 1: templates in which users say how they want to be told.
//!
//! The language is that of Jinja, as `minijinja` has it, without macros, includes and loaders: a template is one text and
//! what it is given. What a template makes is as little trusted as what it is made of: who sends it, encodes it.

use std::io;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Serialize;

/// Longest template, in bytes.
pub const MAX_SOURCE_BYTES: usize = 16 * 1024;
/// Longest text that a template may make, in bytes; what a target takes of it is its own business.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;
/// Most steps that a template may take: several thousand for each member of the largest digest.
const FUEL: u64 = 1_000_000;
/// Deepest nesting of calls, by which a recursive loop ends.
const MAX_DEPTH: usize = 32;
/// What every template is called: it has no name of its own.
const NAME: &str = "template";

/// A template that was understood.
#[derive(Debug)]
pub struct Template(Environment<'static>);

/// Why a template is none, or why it could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct TemplateError {
    /// The template's own line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in a few words.
    pub why: String,
}

impl Template {
    /// Reads a template of at most [`MAX_SOURCE_BYTES`].
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        if source.len() > MAX_SOURCE_BYTES {
            let why = format!("it has {} bytes, and {MAX_SOURCE_BYTES} are the most", source.len());
            return Err(TemplateError { line: None, why });
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_recursion_limit(MAX_DEPTH);
        environment.set_fuel(Some(FUEL));
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| TemplateError::of(&error))?;
        Ok(Self(environment))
    }

    /// Fills in the values that `data` has under names, which are all that the template can speak of. An unknown name is an
    /// error, and so is a text beyond [`MAX_OUTPUT_BYTES`].
    pub fn render(&self, data: &impl Serialize) -> Result<String, TemplateError> {
        let template = self.0.get_template(NAME).map_err(|error| TemplateError::of(&error))?;
        let mut out = Bounded(Vec::new());
        let rendered = template.render_captured_to(Serde(data), &mut out);
        rendered.map_err(|error| TemplateError::of(&error))?;
        String::from_utf8(out.0).map_err(|error| TemplateError { line: None, why: error.to_string() })
    }
}

impl TemplateError {
    fn of(error: &Error) -> Self {
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        let why = match error.kind() {
            ErrorKind::UndefinedError => "it speaks of a value that is not there".to_owned(),
            ErrorKind::OutOfFuel => format!("it takes more than {FUEL} steps"),
            ErrorKind::WriteFailure => format!("it makes a text of more than {MAX_OUTPUT_BYTES} bytes"),
            kind => format!("{kind}{detail}"),
        };
        Self { line: error.line(), why }
    }
}

/// Takes [`MAX_OUTPUT_BYTES`] and no more.
struct Bounded(Vec<u8>);

impl io::Write for &mut Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT_BYTES {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(source: &str) -> Result<String, TemplateError> {
        Template::new(source)?.render(&json!({ "title": "a <b> {{ 7*7 }}", "item": null, "list": [1, 2] }))
    }

    #[test]
    fn what_is_filled_in_stays_as_it_is() {
        assert_eq!(render("{{ title }}!").as_deref(), Ok("a <b> {{ 7*7 }}!"));
        assert_eq!(render("{% for n in list %}{{ n }},{% endfor %}").as_deref(), Ok("1,2,"));
        assert_eq!(render("{{ {'t': title}|tojson }}").map(|json| json.contains("{{ 7*7 }}")), Ok(true));
        assert_eq!(render("{% if item %}{{ item.title }}{% endif %}").as_deref(), Ok(""));
    }

    #[test]
    fn mistakes_have_their_line() {
        let line = |source| render(source).map_err(|error| error.line);
        assert_eq!(line("a\n{{ titel }}"), Err(Some(2)));
        assert_eq!(line("a\nb\n{% if"), Err(Some(3)));
        assert_eq!(line("\n{{ item.title }}"), Err(Some(2)));
        assert_eq!(line("{% include 'x' %}").map_err(|line| line.is_some()), Err(true));
    }

    #[test]
    fn no_template_takes_for_ever_or_makes_a_flood() {
        let nested = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert!(render(nested).is_err_and(|error| error.why.contains("steps")));
        let flood = "{% for a in range(9999) %}0123456789{% endfor %}";
        assert!(render(flood).is_err_and(|error| error.why.contains("65536 bytes")), "{:?}", render(flood));
        assert!(Template::new(&"x".repeat(MAX_SOURCE_BYTES + 1)).is_err());
    }
}
