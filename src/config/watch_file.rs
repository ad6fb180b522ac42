//! `watches`: files of their own that hold nothing but watches.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::diagnostic::{At, Fault};
use super::document::Document;
use super::reader::Reader;
use super::section::{Section, not_empty};
use super::watch::Watches;
use super::words;

/// Reads the files that `watches` names, and says whether all of them could be read.
pub(super) fn read(top: &Section<'_>, watches: &mut Watches<'_>, reader: &mut Reader<'_>) -> bool {
    let mut sound = true;
    // A pattern may find the configuration itself, and two patterns one file.
    let mut known: HashSet<PathBuf> = HashSet::from([reader.main_path().to_owned()]);
    for name in top.strings("watches", "paths", reader).unwrap_or_default() {
        let Some(paths) = find(&name, reader) else {
            sound = false;
            continue;
        };
        for path in paths {
            if !known.insert(path.clone()) {
                continue;
            }
            let text = reader.surroundings.read(&path);
            let text = text.map_err(|error| {
                Fault::new(format!("cannot read {}: {error}", path.display()))
                    .hint("a relative path is looked for beside the configuration")
            });
            match reader.accept(text, &name.span) {
                Some(text) => {
                    let document = Document { path, text: text.into() };
                    reader.within(document, |table, reader| read_one(table, watches, reader));
                }
                None => sound = false,
            }
        }
    }
    sound
}

/// The files that a path or pattern means, by name; `None` where it means nothing that can be looked for.
fn find(name: &At<String>, reader: &mut Reader<'_>) -> Option<Vec<PathBuf>> {
    reader.accept(not_empty(&name.value), &name.span)?;
    let path = reader.resolve(&name.value);
    let written = Path::new(&name.value);
    let pattern = written.file_name().unwrap_or_default().to_string_lossy();
    if written.parent().is_some_and(|directory| is_pattern(&directory.to_string_lossy())) {
        let fault = Fault::new("only the last part of a path may be a pattern");
        reader.report(fault.hint("name each directory: [\"sea/*.toml\", \"land/*.toml\"]").at(name.span.clone()));
        return None;
    }
    if !is_pattern(&pattern) {
        return Some(vec![path]);
    }
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut names = match reader.surroundings.list(directory) {
        Ok(names) => names,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let fault = Fault::new(format!("cannot look into {}: {error}", directory.display()));
            reader.report(fault.at(name.span.clone()));
            return None;
        }
    };
    names.retain(|name| is_match(&pattern, name));
    names.sort_unstable();
    if names.is_empty() {
        let fault = Fault::new(format!("no file of {} is named like this", directory.display()));
        reader.report(fault.hint("put watches there, or take the pattern out").warning_at(name.span.clone()));
    }
    Some(names.into_iter().map(|name| directory.join(name)).collect())
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether the name is like the pattern, where `*` stands for any characters and `?` for one. What editors and systems
/// hide by a leading dot is found only by a pattern that begins with one.
fn is_match(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // The last star and how far it reaches: only that one is ever tried again.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                star = Some((p, n));
                p += 1;
            }
            (Some(c), _) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            (_, Some((at, reach))) => {
                star = Some((at, reach + 1));
                (p, n) = (at + 1, reach + 1);
            }
            _ => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

fn read_one(document: &DeTable<'_>, watches: &mut Watches<'_>, reader: &mut Reader<'_>) {
    let misplaced = [words::ROOT, words::WATCH].concat();
    let misplaced: Vec<&'static str> = misplaced.into_iter().filter(|word| !words::WATCH_FILE.contains(word)).collect();
    let top = Section::open(At { value: document, span: 0..0 }, words::WATCH_FILE, &misplaced, reader);
    for word in misplaced.into_iter().filter(|word| top.value(word).is_some()) {
        let span = top.key_span(word);
        if words::ROOT.contains(&word) {
            let main = reader.shown(reader.main_path());
            let fault = Fault::new(format!("`{word}` does not belong into a file of watches"));
            reader.report(fault.hint(format!("move it into {main}")).at(span));
        } else {
            let fault = Fault::new(format!("`{word}` stands outside of a watch"));
            reader.report_absence(fault.hint("write `[[watch]]` on a line above it").at(span));
        }
    }
    if !top.has("watch") || top.is_empty_list("watch") {
        let fault = Fault::new("this file has no `[[watch]]`");
        reader.report_absence(fault.hint("such a file holds `[[watch]]` tables and nothing else").warning_at(0..0));
    }
    watches.read(top.tables("watch", "[[watch]]", reader), reader);
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn patterns_find_names() {
        for (pattern, name) in [
            ("*.toml", "a.toml"),
            ("*", "a"),
            ("**", "a"),
            ("a*b*c", "aXbYbZc"),
            ("?.toml", "é.toml"),
            ("a*", "a"),
            (".*", ".hidden"),
        ] {
            assert!(is_match(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("*.toml", "a.toml~"), ("*.toml", ".a.toml"), ("?", ""), ("?", "ab"), ("a*b", "ac"), ("", "a")]
        {
            assert!(!is_match(pattern, name), "{pattern} {name}");
        }
    }
}
