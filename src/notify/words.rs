//! The words that a target is told in: those of its templates, or ours.
//!
//! A template that fails on a real alert holds nothing up: the alert goes out in our words, and the log says why.

use jiff::Timestamp;
use serde_json::Value;

use super::brief::Brief;
use super::inert_json;
use super::payload::{data, payload};
use super::sample::{KINDS, sample};
use crate::model::{Alert, AlertKind, Wording};
use crate::template::{Template, TemplateError};

/// Understood templates.
#[derive(Debug, Default)]
pub(super) struct Words {
    title: Option<Template>,
    text: Option<Template>,
    body: Option<Template>,
}

/// A mistake in one of a target's templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordingError {
    /// Which: `title`, `text` or `body`.
    pub part: &'static str,
    /// The sample on which it fails; `None` where it is no template at all.
    pub sample: Option<AlertKind>,
    /// What is wrong, and on which of the template's lines.
    pub error: TemplateError,
}

/// Tries each template on a sample of every kind of alert; at most one mistake each.
pub fn try_wording(wording: &Wording, now: Timestamp) -> Vec<WordingError> {
    let parts = [("title", &wording.title), ("text", &wording.text), ("body", &wording.body)];
    let sources = parts.iter().filter_map(|(part, source)| Some((*part, source.as_ref()?)));
    sources.filter_map(|(part, source)| try_one(part, source, now).err()).collect()
}

fn try_one(part: &'static str, source: &str, now: Timestamp) -> Result<(), WordingError> {
    let template = Template::new(source).map_err(|error| WordingError { part, sample: None, error })?;
    for kind in KINDS {
        let rendered = template.render(&data(&sample(kind, now))).and_then(|text| match part {
            "body" => json(&text).map(drop),
            "title" if text.trim().is_empty() => Err(TemplateError { line: None, why: "it says nothing".to_owned() }),
            _ => Ok(()),
        });
        rendered.map_err(|error| WordingError { part, sample: Some(kind), error })?;
    }
    Ok(())
}

fn json(text: &str) -> Result<String, TemplateError> {
    let read: Result<Value, serde_json::Error> = serde_json::from_str(text);
    // The line is one of what was made, not of the template.
    let why =
        |error: serde_json::Error| format!("what it makes is not JSON: {error}; write values as {{{{ … | tojson }}}}");
    let value = read.map_err(|error| TemplateError { line: None, why: why(error) })?;
    Ok(inert_json(&value.to_string()))
}

impl Words {
    pub(super) fn new(wording: &Wording) -> Result<Self, String> {
        let read = |part: &str, source: &Option<String>| {
            let template = source.as_deref().map(Template::new).transpose();
            template.map_err(|error| format!("its template `{part}`: {error}"))
        };
        Ok(Self {
            title: read("title", &wording.title)?,
            text: read("text", &wording.text)?,
            body: read("body", &wording.body)?,
        })
    }

    /// The JSON of a webhook or a program.
    pub(super) fn payload(&self, alert: &Alert, now: Timestamp) -> String {
        let own = made(self.body.as_ref(), alert).and_then(|text| json(&text).map_err(|error| warn(&error)).ok());
        own.unwrap_or_else(|| payload(alert, now))
    }

    /// What the template of the title says, where there is one.
    pub(super) fn title(&self, alert: &Alert) -> Option<String> {
        made(self.title.as_ref(), alert).map(|title| title.trim().to_owned()).filter(|title| !title.is_empty())
    }

    /// What the template of the text says, where there is one.
    pub(super) fn text(&self, alert: &Alert) -> Option<String> {
        made(self.text.as_ref(), alert)
    }

    /// What a message says.
    pub(super) fn brief(&self, alert: &Alert) -> Brief {
        let mut brief = Brief::of(alert);
        if let Some(title) = self.title(alert) {
            brief.entitle(&title);
        }
        if let Some(text) = self.text(alert) {
            brief.replace(&text);
        }
        brief
    }
}

fn made(template: Option<&Template>, alert: &Alert) -> Option<String> {
    template?.render(&data(alert)).map_err(|error| warn(&error)).ok()
}

fn warn(error: &TemplateError) {
    tracing::warn!(error = %super::inert(&error.to_string()), "a template failed; the alert goes out without it");
}
