//! The floors of the house, as `src/lib.rs` draws them: imports go down only, siblings do not import each other, and the
//! two lowest floors know nothing of the world. A wrong import fails here, with its file and line.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Modules by floor. The assembly and the door are flights of stairs: each step stands on those before it.
const FLOORS: &[&[&str]] = &[
    &["model", "text"],
    &[
        "config",
        "parse",
        "recognise",
        "matcher",
        "story",
        "schedule",
        "coverage",
        "latency",
        "backoff",
        "address",
        "websub",
        "route",
        "silence",
        "token",
        "dispatch",
        "template",
    ],
    &["clock", "fetch", "store", "notify"],
    &["poller", "delivery", "objective", "reminder"],
    &["web"],
    &["daemon"],
    &["cli"],
    &["main", "lib"],
];
/// The floors below this one are pure.
const FIRST_IMPURE: usize = 2;
/// What a pure floor does not name: there time, entropy and files are arguments. Network addresses are plain values.
const WORLDLY: &[&str] = &[
    "tokio",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "UnixListener",
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "fastrand",
    "reqwest",
    "sled",
    "axum",
];
const MAX_LINES: usize = 500;

/// A source file: its path below `src/`, and its text.
type Source = (String, String);

#[test]
fn the_house_stands_on_its_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = read(&root, &root);
    let modules: BTreeSet<&str> = sources.iter().map(|(path, _)| module(path)).collect();
    assert!(modules.len() > 10, "the sources were not found: {modules:?}");
    let findings = findings(&sources);
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

fn read(directory: &Path, root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources.extend(read(&path, root));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("a path below the root").to_string_lossy().into_owned();
            sources.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
    sources.sort();
    sources
}

/// Everything that is wrong, a line each.
fn findings(sources: &[Source]) -> Vec<String> {
    sources.iter().flat_map(|(path, text)| findings_in(path, text)).collect()
}

fn findings_in(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        found.push(format!("src/{path}: {lines} lines, and {MAX_LINES} are the most"));
    }
    if path.ends_with("mod.rs") {
        found.push(format!("src/{path}: a module is foo.rs beside foo/, never mod.rs"));
    }
    let from = module(path);
    let Some(floor) = floor(from) else {
        found.push(format!("src/{path}: the module `{from}` is on no floor; give it one in tests/architecture.rs"));
        return found;
    };
    // Tests may reach for whatever they like.
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return found;
    }
    let code = code_of(text);
    for (name, line) in imports(&code) {
        let below = self::floor(&name).is_some_and(|other| other < floor);
        if self::floor(&name).is_some() && name != from && !below {
            found.push(format!("src/{path}:{line}: `{from}` imports `{name}`, which does not lie below it"));
        }
    }
    for (at, line) in code.lines().enumerate() {
        if has_word(line, "unsafe") {
            found.push(format!("src/{path}:{}: `unsafe`", at + 1));
        }
        for worldly in WORLDLY.iter().filter(|worldly| floor < FIRST_IMPURE && has_word(line, worldly)) {
            found.push(format!("src/{path}:{}: `{worldly}` on a pure floor", at + 1));
        }
    }
    found
}

/// The top-level module that a file belongs to.
fn module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// The top-level modules named by `crate::…` or `newswatch::…`, each with its line; groups are looked into.
fn imports(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for root in ["crate::", "newswatch::"] {
        for (at, _) in code.match_indices(root) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let line = code[..at].lines().count().max(1);
            let rest = &code[at + root.len()..];
            found.extend(heads(rest).into_iter().map(|name| (name, line)));
        }
    }
    found
}

/// The first word of a path, or of each path in a group.
fn heads(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        return vec![path[..end].to_owned()];
    };
    let (mut depth, mut names, mut name) = (1, Vec::new(), Some(String::new()));
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.extend(name.replace(String::new())),
            ':' if depth == 1 => names.extend(name.take()),
            c if depth == 1 && !c.is_whitespace() => name.iter_mut().for_each(|name| name.push(c)),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.extend(name);
    names.retain(|name| !name.is_empty());
    names
}

/// The text without comments, the contents of strings, and what is compiled for tests only; its lines stay where they
/// are.
fn code_of(text: &str) -> String {
    let bare = without_comments_and_strings(text);
    let mut out = String::with_capacity(bare.len());
    let mut rest = bare.as_str();
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        let skipped = end_of_item(&rest[at..]);
        out.extend(rest[at..at + skipped].chars().filter(|c| *c == '\n'));
        rest = &rest[at + skipped..];
    }
    out + rest
}

/// Where the item at the start of `text` ends: at its `;`, or where its braces close.
fn end_of_item(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn without_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = skip(rest, &out);
        if skipped == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            let _ = write!(out, " ");
            out.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            rest = &rest[skipped..];
        }
    }
    out
}

/// The length of the comment or literal at the start of `rest`; 0 if there is none. `before` is the code so far.
fn skip(rest: &str, before: &str) -> usize {
    let through = |from: usize, end: &str| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return through(2, "*/");
    }
    if rest.starts_with('"') {
        return string_end(rest, '"');
    }
    let raw = rest.strip_prefix('r').map(|tail| tail.len() - tail.trim_start_matches('#').len());
    if let Some(hashes) = raw
        && rest[1 + hashes..].starts_with('"')
        && !before.ends_with(|c: char| c.is_alphanumeric() && c != 'b' || c == '_')
    {
        return through(2 + hashes, &format!("\"{}", "#".repeat(hashes)));
    }
    // A character, and not a lifetime: a quote closes it right after.
    let mut chars = rest.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some('\\'), _) => string_end(rest, '\''),
        (Some('\''), Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

/// The end of a literal with escapes, past its closing quote.
fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether `word` stands in the line by itself, not within a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part_of_name) && !line[at + word.len()..].starts_with(part_of_name))
}

/// A made-up tree of one file.
fn judged(path: &str, text: &str) -> Vec<String> {
    findings(&[(path.to_owned(), text.to_owned())])
}

#[test]
fn the_checker_finds_what_was_planted() {
    let planted = [
        ("model/feed.rs", "use crate::store::Store;", "src/model/feed.rs:1: `model` imports `store`"),
        ("fetch.rs", "\nuse crate::{\n    model::Feed,\n    notify::{self, Alert},\n};", "src/fetch.rs:2: `fetch`"),
        ("poller.rs", "fn f() { crate::delivery::run(); }", "`poller` imports `delivery`"),
        ("web.rs", "use crate::daemon::Place;", "`web` imports `daemon`"),
        ("main.rs", "fn main() { unsafe { f() } }", "`unsafe`"),
        ("story.rs", "use tokio::time::Instant;", "`tokio` on a pure floor"),
        ("config.rs", "let text = std::fs::read(path);", "`std::fs` on a pure floor"),
        ("schedule.rs", "let now = jiff::Timestamp::now();", "`Timestamp::now` on a pure floor"),
        ("attic.rs", "", "the module `attic` is on no floor"),
        ("store/mod.rs", "", "never mod.rs"),
        ("model.rs", "const Q: char = '\"'; use crate::cli::Out; // \"", "`model` imports `cli`"),
    ];
    for (path, text, expected) in planted {
        let found = judged(path, text);
        assert_eq!(found.len() - usize::from(expected.contains("`tokio`")), 1, "{path}: {found:?}");
        assert!(found.iter().any(|finding| finding.contains(expected)), "{path}: {found:?}");
    }
    let long = judged("model.rs", &"\n".repeat(MAX_LINES + 1));
    assert_eq!(long, ["src/model.rs: 501 lines, and 500 are the most"]);
}

#[test]
fn the_checker_lets_pass_what_is_right() {
    let sound = [
        ("daemon.rs", "use crate::web::{self, Admin};\nuse crate::{poller::Poller, delivery, model::*};"),
        ("cli/run.rs", "use crate::daemon::{self, DaemonError};"),
        ("config/file.rs", "use super::reader;\nuse crate::config::words;\nuse std::net::{IpAddr, Ipv4Addr};"),
        ("story.rs", "//! [`crate::store`] keeps it; not `tokio`.\n/* std::fs */ const S: &str = \"crate::store::X\";"),
        ("matcher.rs", "const T: &str = r#\"unsafe \"std::fs\" \"#; struct InstantCoffee<'a>(&'a str);"),
        ("parse.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::store::Store; fn g() { std::fs::read(p); } }"),
        ("parse/items.rs", "#[cfg(test)]\nmod tests;\n"),
        ("parse/items/tests.rs", "use crate::store::Store;"),
    ];
    for (path, text) in sound {
        assert_eq!(judged(path, text), Vec::<String>::new(), "{path}");
    }
    let after = judged("parse.rs", "#[cfg(test)]\nmod tests {\n}\nuse crate::store::Store;");
    assert!(after[0].starts_with("src/parse.rs:4: `parse` imports `store`"), "{after:?}");
}

/// Names are data: what the program knows is languages. None that a shipped watch waits for is written into the source.
#[test]
fn no_name_of_a_shipped_watch_is_in_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = read(&root.join("src"), &root.join("src"));
    let names = shipped_names(&root.join("config/watches"));
    assert!(names.len() > 50, "the shipped watches were not found: {names:?}");
    let mut found = Vec::new();
    for (path, text) in &sources {
        let text = newswatch::text::fold(text);
        for name in &names {
            let at = text.text().match_indices(name.as_str()).find(|(at, _)| {
                let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let (before, after) = (&text.text()[..*at], &text.text()[at + name.len()..]);
                !beside(before.chars().next_back()) && !beside(after.chars().next())
            });
            found.extend(at.map(|_| format!("{path}: {name}")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The strong and weak terms, folded.
fn shipped_names(directory: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(directory).expect("the shipped watches").map(|entry| entry.expect("a file").path());
    let text: String = files.map(|path| std::fs::read_to_string(path).expect("a text")).collect();
    let mut names = BTreeSet::new();
    let mut evidence = false;
    for line in text.lines().map(str::trim) {
        if let Some((key, _)) = line.split_once('=') {
            evidence = matches!(key.trim(), "strong" | "weak");
        }
        let uncommented = line.split('#').next().unwrap_or_default();
        let quoted = uncommented.split('"').skip(1).step_by(2).filter(|_| evidence);
        names.extend(quoted.map(|term| newswatch::text::fold(term).into_pattern()).filter(|term| term.len() > 2));
    }
    names
}
