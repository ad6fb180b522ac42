//! `*_file`: values that stand in a file of their own.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::diagnostic::{At, Fault};
use super::reader::Reader;
use super::section::{Section, not_empty};

/// Where systemd puts the credentials of a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// A file that a key names.
pub(super) struct NamedFile {
    pub(super) path: PathBuf,
    /// Its text without the newline at its end.
    pub(super) text: String,
}

/// Reads the file that `key` names. The place is that of the name.
pub(super) fn read(section: &Section<'_>, key: &str, reader: &mut Reader<'_>) -> Option<At<NamedFile>> {
    let At { value: name, span } = section.parsed(key, "a path", reader, not_empty)?;
    let path = locate(&name, reader);
    let text = reader.surroundings.read(&path).map_err(|error| {
        Fault::new(format!("cannot read {}: {error}", path.display()))
            .hint(format!("a relative path is looked for in ${CREDENTIALS}, then beside the configuration"))
    });
    let text = reader.accept(text, &span)?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    if text.is_empty() {
        reader.report(Fault::new(format!("{} is empty", path.display())).at(span));
        return None;
    }
    Some(At { value: NamedFile { path, text }, span })
}

/// The path that a name means. A credential that is there but cannot be read is not passed over in silence.
fn locate(name: &str, reader: &Reader<'_>) -> PathBuf {
    if Path::new(name).is_relative()
        && let Some(credentials) = reader.surroundings.var(CREDENTIALS)
    {
        let credential = Path::new(&credentials).join(name);
        let there = !matches!(reader.surroundings.read(&credential), Err(error) if error.kind() == ErrorKind::NotFound);
        if there {
            return credential;
        }
    }
    reader.resolve(name)
}
