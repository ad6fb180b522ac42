//! `template` and `template_file`: in which words a target is told.
//!
//! What they say is not judged here: a mark says where each stands, and whoever tries it knows what it may speak of.

use super::diagnostic::Fault;
use super::file;
use super::mark::Marked;
use super::reader::Reader;
use super::section::Section;
use super::words::{self, listed};
use crate::model::Wording;

/// What a template can be of, for one type of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// A line and a text.
    TitleAndText,
    /// A whole JSON.
    Body,
}

impl Parts {
    fn words(self) -> &'static [&'static str] {
        match self {
            Parts::TitleAndText => &["title", "text"],
            Parts::Body => &["body"],
        }
    }

    /// What a file is of.
    fn long(self) -> &'static str {
        match self {
            Parts::TitleAndText => "text",
            Parts::Body => "body",
        }
    }
}

/// Reads the templates of the target `name`, where it has some.
pub(super) fn read(section: &Section<'_>, parts: Parts, name: Option<&str>, reader: &mut Reader<'_>) -> Wording {
    let mut wording = Wording::default();
    if let Some(table) = section.table("template", reader) {
        let here = parts.words();
        let elsewhere: Vec<&'static str> =
            words::TEMPLATE.iter().copied().filter(|word| !here.contains(word)).collect();
        let inner = Section::open(table, here, &elsewhere, reader);
        for word in elsewhere.iter().filter(|word| inner.value(word).is_some()) {
            let fault = Fault::new(format!("this type of target has no template `{word}`"));
            reader.report(fault.hint(format!("it has {}", listed(here))).at(inner.key_span(word)));
        }
        for part in here {
            let Some(source) = inner.string(part, "a template", reader) else { continue };
            mark(name, part, source.span, reader);
            *slot(&mut wording, part) = Some(source.value);
        }
    }
    let long = parts.long();
    if let Some(file) = file::read(section, "template_file", reader) {
        if slot(&mut wording, long).is_some() {
            let fault = Fault::new(format!("`template_file` is the template `{long}`, which is here already"));
            reader.report(fault.hint("keep one of them").at(section.key_span("template_file")));
        }
        mark(name, long, file.span, reader);
        *slot(&mut wording, long) = Some(file.value.text);
    }
    wording
}

fn mark(name: Option<&str>, part: &'static str, span: super::diagnostic::Span, reader: &mut Reader<'_>) {
    if let Some(name) = name {
        let place = reader.place(span);
        reader.mark(Marked::Template { target: name.to_owned(), part }, place);
    }
}

fn slot<'w>(wording: &'w mut Wording, part: &str) -> &'w mut Option<String> {
    match part {
        "title" => &mut wording.title,
        "text" => &mut wording.text,
        _ => &mut wording.body,
    }
}
