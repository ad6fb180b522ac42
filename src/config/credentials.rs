//! User names with their passwords.

use super::diagnostic::Fault;
use super::file;
use super::reader::Reader;
use super::section::{Section, not_empty};
use crate::model::Secret;

/// The keys that a password may stand under.
pub(super) const PASSWORD: [&str; 2] = ["password", "password_file"];

/// User name and password: both or neither.
pub(super) fn read(section: &Section<'_>, reader: &mut Reader<'_>) -> (Option<String>, Option<Secret>) {
    section.allow_one(&PASSWORD, reader);
    let username = section.parsed("username", "a string", reader, not_empty).map(|name| name.value);
    let written = section.parsed("password", "a string", reader, not_empty).map(|password| password.value);
    let stored = file::read(section, "password_file", reader).map(|file| file.value.text);
    match (section.has("username"), PASSWORD.iter().find(|key| section.has(key))) {
        (true, None) => {
            let fault = Fault::new("`username` needs a password").hint("add `password_file` or `password`");
            reader.report_absence(fault.at(section.key_span("username")));
        }
        (false, Some(key)) => {
            let fault = Fault::new(format!("`{key}` needs a user name")).hint("add `username`");
            reader.report_absence(fault.at(section.key_span(key)));
        }
        _ => {}
    }
    (username, written.or(stored).map(Secret::new))
}
