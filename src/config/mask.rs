//! Hides secrets in the text that diagnostics quote.
//!
//! What may be shown is decided by the key: the known words of the format are harmless but for a few, and in a target
//! or a feed an unknown word is trusted only if it resembles a harmless one, since it may be a misspelled `password`. Where the
//! text has syntax errors the parsed tree is a guess, so its lines are judged by their looks as well; there, too much
//! is hidden rather than too little.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expand::{Piece, pieces};
use super::words;

/// Tables that hold no secrets; every other may be a target, if only by what was meant.
const PLAIN_TABLES: [&str; 3] = ["fetch", "websub", "watch"];
/// What gives away a secret in a word or line that is not understood.
const MARKS: [&str; 10] = ["pass", "secret", "token", "key", "auth", "cred", "whsec_", "bearer", "header", "proxy"];

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Plain,
    Feed,
    Target,
    /// Under a key whose value is hidden.
    Hidden,
}

/// How much of a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    /// A URL without its user name and password.
    WithoutUser,
    /// The same of a URL that has no path: whatever looks like one is part of a password.
    Proxy,
    /// A URL's scheme and host: the path of a webhook is often a token.
    Host,
    /// Of a list its first element: a program, but not what it is told.
    First,
    Nothing,
}

/// The text with `*` for every byte of a secret, so that all offsets stay.
pub(super) fn masked(text: &str) -> String {
    let (document, syntax_errors) = DeTable::parse_recoverable(text);
    let mut mask = Mask { text, hidden: vec![false; text.len()] };
    mask.table(document.get_ref(), Place::Root);
    if !syntax_errors.is_empty() {
        mask.lines();
    }
    let hidden = mask.hidden;
    let show = |(at, c): (usize, char)| {
        let (shown, times) = if hidden[at] && !matches!(c, '\n' | '\r') { ('*', c.len_utf8()) } else { (c, 1) };
        std::iter::repeat_n(shown, times)
    };
    text.char_indices().flat_map(show).collect()
}

fn shown(key: &str, place: Place) -> Shown {
    if place == Place::Hidden || words::SECRET.contains(&key) {
        Shown::Nothing
    } else if key == "url" {
        if matches!(place, Place::Plain | Place::Feed) { Shown::WithoutUser } else { Shown::Host }
    } else if key == "command" {
        Shown::First
    } else if ["callback", "sitemap", "homeserver"].contains(&key) {
        Shown::WithoutUser
    } else if key == "proxy" {
        Shown::Proxy
    } else if words::is_known(key) {
        Shown::All
    } else if is_suspicious(key) {
        Shown::Nothing
    } else if place.holds_secrets() {
        words::nearest(key, words::all()).map_or(Shown::Nothing, |meant| shown(meant, place))
    } else {
        Shown::All
    }
}

fn is_suspicious(key: &str) -> bool {
    mark_in(key, &MARKS).is_some() || words::nearest(key, words::SECRET.iter().copied()).is_some()
}

/// Where the first mark of a secret ends.
fn mark_in(text: &str, marks: &[&str]) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    marks.iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len())).min()
}

impl Place {
    /// Whether what is not understood there may be a secret.
    fn holds_secrets(self) -> bool {
        matches!(self, Place::Feed | Place::Target | Place::Hidden)
    }
}

fn place_of_table(name: &str) -> Place {
    match name {
        "feed" => Place::Feed,
        _ if PLAIN_TABLES.contains(&name) => Place::Plain,
        _ => Place::Target,
    }
}

/// The place that a line like `[name]` or `[name.key]` opens.
fn place_of_header(line: &str, name: &str) -> Place {
    let place = place_of_table(name);
    let keys = line.split(']').next().unwrap_or(line).split('.').skip(1);
    let mut keys = keys.map(|key| key.trim_matches([' ', '\t', '"', '\'', '\r', '\n']));
    if keys.any(|key| shown(key, place) == Shown::Nothing) { Place::Hidden } else { place }
}

struct Mask<'t> {
    text: &'t str,
    /// Of each byte.
    hidden: Vec<bool>,
}

impl Mask<'_> {
    fn hide(&mut self, range: Range<usize>) {
        if let Some(bytes) = self.hidden.get_mut(range) {
            bytes.fill(true);
        }
    }

    fn table(&mut self, table: &DeTable<'_>, place: Place) {
        for (key, value) in table {
            let inside = if place == Place::Root { place_of_table(key.get_ref()) } else { place };
            self.value(value, shown(key.get_ref(), place), inside);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, shown: Shown, place: Place) {
        match value.get_ref() {
            DeValue::Table(table) if shown == Shown::Nothing => self.table(table, Place::Hidden),
            DeValue::Table(table) => self.table(table, place),
            DeValue::Array(elements) if shown == Shown::First => {
                elements.iter().skip(1).for_each(|element| self.value(element, Shown::Nothing, place));
            }
            DeValue::Array(elements) => elements.iter().for_each(|element| self.value(element, shown, place)),
            _ => self.scalar(value.span(), shown),
        }
    }

    fn scalar(&mut self, span: Range<usize>, shown: Shown) {
        let Some(raw) = self.text.get(span.clone()) else { return };
        let inner = raw.trim_start_matches(['"', '\'']);
        let start = span.end - inner.len();
        let inner = inner.trim_end_matches(['"', '\'']);
        let hidden = match shown {
            Shown::All => return,
            Shown::Nothing | Shown::First => [0..inner.len(), 0..0],
            Shown::WithoutUser => [user_of(inner), 0..0],
            Shown::Proxy => [user_of(inner), authority_start(inner)..inner.rfind('@').unwrap_or_default()],
            Shown::Host => [user_of(inner), host_end(inner)..inner.len()],
        };
        // A variable's name is no secret, and the reader needs it.
        let variables: Vec<Range<usize>> = pieces(inner)
            .into_iter()
            .filter(|(_, piece)| matches!(piece, Piece::Variable(_)))
            .map(|(range, _)| range.start + start..range.end + start)
            .collect();
        let before: Vec<Vec<bool>> = variables.iter().map(|range| self.hidden[range.clone()].to_vec()).collect();
        for range in hidden {
            self.hide(range.start + start..range.end + start);
        }
        for (range, before) in variables.into_iter().zip(before) {
            self.hidden[range].copy_from_slice(&before);
        }
    }

    /// Judges each line by its looks.
    fn lines(&mut self) {
        let text = self.text;
        let mut place = Place::Root;
        // Whether the value of a secret may go on from the line before.
        let mut open = false;
        // Whether it is a table that goes on.
        let mut inside = false;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let next = start + line.len();
            if let Some(name) = header(line) {
                (place, open, inside) = (place_of_header(line, name), false, false);
                self.hide_from_mark(start, line, place);
            } else if inside || place == Place::Hidden {
                self.hide(start..start + line.trim_end().len());
                inside &= !line.trim_end().ends_with('}');
            } else if let Some((key, value)) = assignment(line) {
                let shown = shown(key, place);
                open = matches!(shown, Shown::Nothing | Shown::First);
                inside = open && value.starts_with('{') && !value.contains('}');
                let start = start + line.len() - value.len();
                self.scalar(start..start + value.trim_end().len(), shown);
                self.hide_from_mark(start, value, place);
            } else if open {
                self.hide(start..start + line.trim_end().len());
            } else {
                if place.holds_secrets() {
                    let shown = known_word(line);
                    self.hide(start + shown..start + line.trim_end().len().max(shown));
                }
                open = self.hide_from_mark(start, line, place);
            }
            start = next;
        }
    }

    /// Hides what follows the first mark of a secret, and says whether there is one.
    fn hide_from_mark(&mut self, start: usize, part: &str, place: Place) -> bool {
        // Where a line end is lost, a webhook's URL stands behind another value.
        let url = if place.holds_secrets() { mark_in(part, &["url"]) } else { None };
        let mark = mark_in(part, &MARKS);
        if let Some(first) = [url, mark].into_iter().flatten().min() {
            self.hide(start + first..start + part.trim_end().len().max(first));
        }
        mark.is_some()
    }
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The length of the word that the line begins with, if it is one of the format or resembles one.
fn known_word(line: &str) -> usize {
    let word = &line[..line.find(|c| !is_bare(c)).unwrap_or(line.len())];
    if words::nearest(word, words::all()).is_some() { word.len() } else { 0 }
}

/// The name in a line like `[[name]]`.
fn header(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix('[')?;
    let name = line.strip_prefix('[').unwrap_or(line).trim_start();
    let end = name.find(|c| !is_bare(c)).unwrap_or(name.len());
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(&name[..end])
}

/// The key and the rest of a line like `key = …`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    (!key.is_empty() && key.chars().all(is_bare)).then_some((key, value.trim_start()))
}

/// Where a URL's authority begins.
fn authority_start(url: &str) -> usize {
    url.find("://").map_or(0, |at| at + 3)
}

/// Where a URL's host and port end; at once where it has none.
fn host_end(url: &str) -> usize {
    let start = authority_start(url);
    if start == 0 {
        return 0;
    }
    url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at)
}

/// User name and password of a URL. A `/` in a password ends the authority too early, and a lost `@` makes it a port:
/// what stands for the port gives that away.
fn user_of(url: &str) -> Range<usize> {
    let start = authority_start(url);
    // What a slip turned into a query or a fragment is searched, too.
    let authority = url[start..].split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let port = host.split_once(':').filter(|_| !host.starts_with('['));
    let odd_port = port.is_some_and(|(_, port)| !port.bytes().all(|b| b.is_ascii_digit()));
    let searched = if start == 0 || odd_port || authority.is_empty() { &url[start..] } else { authority };
    let lost = if odd_port { url.len() } else { start };
    start..searched.rfind('@').map_or(lost, |at| start + at)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_hidden_and_everything_else_is_not() {
        let text =
            "contact = \"a@b.example\"\n[[target]]\nname = \"x\"\npassword = \"päss\"\nsecrets = ['a', \"b${C}\"]\n";
        let expected =
            "contact = \"a@b.example\"\n[[target]]\nname = \"x\"\npassword = \"*****\"\nsecrets = ['*', \"*${C}\"]\n";
        assert_eq!(masked(text), expected);
    }

    #[test]
    fn urls_keep_what_is_needed_to_recognise_them() {
        let feed = |url: &str| masked(&format!("[[feed]]\nurl = \"{url}\""))[15..].trim_matches('"').to_owned();
        assert_eq!(feed("https://example.org/@user/feed"), "https://example.org/@user/feed");
        assert_eq!(feed("https://u:p@example.org/feed"), "https://***@example.org/feed");
        assert_eq!(feed("https://u:p/w@example.org/"), "https://*****@example.org/");
        let proxy = masked("[[feed]]\nproxy = \"http://u:p@proxy.example:3128\"");
        assert_eq!(proxy, "[[feed]]\nproxy = \"http://***@proxy.example:3128\"");
        assert_eq!(feed("https://u:pexample.org:80/"), format!("https://{}", "*".repeat(18)));
        assert_eq!(feed("https://[::1]/feed"), "https://[::1]/feed");
        let target = masked("[[target]]\nurl = \"https://hooks.example/T0/abc\"");
        assert_eq!(target, "[[target]]\nurl = \"https://hooks.example*******\"");
    }

    #[test]
    fn misspelled_and_broken_secrets_are_hidden_too() {
        for text in [
            "[[target]]\npasword = \"hunter2\"",
            "[[target]]\npassword = \"hunter2",
            "[[target]]\npassword \"hunter2\"",
            "[[target]]\nsecrets = [\n  \"whsec_hunter2\"\n  \"hunter2",
            "[[target]]\napi_key = 'hunter2'",
            "[[feed]]\npassword = \"hunter2\"",
            "[[webhook]]\nurl = \"https://example.org/hunter2\"",
            "[[target]]\nurl = \"https://example.org/hunter2",
            "[[target]]\nusername = \"x\"password = \"hunter2\"",
            "password = { a = [\"hunter2\"] }",
            "[[target]]\npassword = \"\"\"\nhunter2",
            "[[target]]\nsecret = \"$${hunter2}\"",
            "[[feed]]\nbearer = \"hunter2\"",
            "[[feed]]\nbearer = \"hunter2",
            "[[feed]]\nbea\nrer = \"hunter2\"",
            "[[feed]]\nbaerer = \"hunter2\"",
            "[[feed]]\nheaders = { X-Foo = \"hunter2\" }",
            "[[feed]]\nheaders = { X-Foo = \"hunter2\"",
            "[[feed]]\nheaders = {\nX-Foo = \"hunter2\"\n",
            "[[feed]]\nheaders.X-Foo = \"hunter2\"",
            "[[feed]]\nheaders.\"X-Foo\" = \"hunter2",
            "[[feed]]\n[feed.headers]\nX-Foo = \"hunter2\"",
            "[[feed]]\n[feed.headers]\nX-Foo = \"hunter2",
            "[[feed]]\n[feed.\"headers\"\n\"X-Foo\" = \"hunter2",
            "[[feed]]\nproxy = \"http://me:hunter2@proxy.example\"",
            "[[feed]]\nproxy = \"http://me:hunter2@proxy.example",
            "[[feed]]\nproxy \"http://me:hunter2@proxy.example\"",
            "[[feed]]\nproxy = \"http://m/e:hunter2@proxy.example\"",
            "[[feed]]\nproxy = \"http://#me:hunter2@proxy.example\"",
            "[[feed]]\nproxy = \"http:/me:hunter2@proxy.example\"",
            "[[feed]]\nproxy = \"http://me:hunter2proxy.example:3128\"",
            "[[feed]]\nurl = \"https://?me:hunter2@example.org/\"",
            "[[feed]]\nporxy = \"http://me:hunter2@proxy.example\"",
            "[[target]]\ntoken = \"hunter2\"",
            "[[target]]\nrouting_key = \"hunter2",
            "[[target]]\ncommand = [\"/bin/page\", \"hunter2\"]",
            "[[target]]\ncommand = [\"/bin/page\", \"hunter2",
            "[[target]]\ncommand = [\n\"/bin/page\",\n\"hunter2",
            "[[target]]\nhomeserver = \"https://me:hunter2@matrix.example\"",
        ] {
            assert!(!masked(text).contains("hunter2"), "{text}");
            assert_eq!(masked(text).len(), text.len());
        }
    }
}
