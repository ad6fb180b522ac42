//! Names and values in a tag, quoted well, badly or not at all.

/// Quotes in a value that are looked at.
const MAX_QUOTES: usize = 8;
/// Bytes of an attribute's name that are looked at.
const MAX_NAME_BYTES: usize = 64;

/// Walks over the attributes of a tag.
#[derive(Debug, Clone, Copy)]
pub(in crate::parse) struct Attributes<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '/'));
        if text.is_empty() {
            return None;
        }
        let name_len = text.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(text.len());
        let (name, after) = text.split_at(name_len);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            self.rest = after;
            return Some((name, ""));
        };
        let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quoted.and_then(|quote| Some((&value[1..], value_len(&value[1..], quote)?))) {
            Some((value, len)) => (&value[..len], &value[len + 1..]),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// The length of a quoted value. A quote that is followed by neither another attribute nor the tag's end belongs to the
/// text, as far as that can be seen soon.
fn value_len(text: &str, quote: char) -> Option<usize> {
    let ends = |rest: &str| {
        let name = rest.trim_start().trim_start_matches(['/', '?']);
        let len =
            name.bytes().take(MAX_NAME_BYTES).take_while(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(b)).count();
        name.is_empty() || (len > 0 && name[len..].trim_start().starts_with('='))
    };
    let mut quotes = text.match_indices(quote).map(|(at, _)| at).take(MAX_QUOTES);
    let first = quotes.next()?;
    if ends(&text[first + 1..]) {
        return Some(first);
    }
    // A quote that opens the next value shows that this one was closed before an attribute without a value.
    let mut inner = quotes.take_while(|at| !text[..*at].trim_end().ends_with('='));
    Some(inner.find(|at| ends(&text[at + 1..])).unwrap_or(first))
}
