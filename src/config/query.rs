//! `query` of a watch: a boolean expression, whose mistakes are shown at their place within the string.
//!
//! Variables are not replaced in it: `$` belongs to its regular expressions.

use toml::de::DeValue;

use super::diagnostic::{Fault, Span};
use super::expand::{Piece, pieces};
use super::reader::Reader;
use super::section::Section;
use super::term::MAX_TERMS;
use crate::model::{Atom, LeafId, Node, Query, Role, Seek, Term};
use crate::text::{fold, is_stop_word};

/// Reads the query; `None` where there is none or a wrong one. Its terms are added to `count`.
pub(super) fn read(section: &Section<'_>, count: &mut usize, reader: &mut Reader<'_>) -> Option<Query> {
    let value = section.value("query")?;
    let DeValue::String(text) = value.get_ref() else {
        reader.wrong_type("query", "a query like \"port AND (fire OR explosion)\"", value);
        return None;
    };
    let span = value.span();
    let written = reader.written(&span).map(str::to_owned);
    let place = |within: Span| {
        let mapped = written.as_deref().and_then(|written| place(written, text, &within));
        mapped.map_or(span.clone(), |place| span.start + place.start..span.start + place.end)
    };
    if let Some((within, _)) = pieces(text).into_iter().find(|(_, piece)| matches!(piece, Piece::Variable(_))) {
        let fault = Fault::new("variables are not replaced in a query").hint("`$` belongs to regular expressions");
        reader.report(fault.warning_at(place(within)));
    }
    match Query::parse(text) {
        Ok(query) => {
            let before = *count;
            *count += query.leaves().len();
            if before <= MAX_TERMS && *count > MAX_TERMS {
                let fault = Fault::new(format!("with this query there are {count} terms"));
                reader.report(fault.hint(format!("all watches together may have {MAX_TERMS}")).at(span.clone()));
            }
            for leaf in query.leaves() {
                let Seek::Words(word) = &leaf.seek else { continue };
                if is_stop_word(&fold(word).into_pattern()) && word.contains(char::is_lowercase) {
                    let fault = Fault::new(format!("nearly every text of some language has the word `{word}`"));
                    reader.report(fault.hint("make it part of a phrase").warning_at(span.clone()));
                }
            }
            Some(query)
        }
        Err(error) => {
            reader.report(Fault::new(error.message).maybe_hint(error.hint).at(place(error.span)));
            None
        }
    }
}

/// A word that a query asks for and a counter-term takes away again is hardly meant.
pub(super) fn report_counter_terms(query: &Query, terms: &[Term], section: &Section<'_>, reader: &mut Reader<'_>) {
    let folded = |text: &str| fold(text).into_pattern();
    let against: Vec<String> =
        terms.iter().filter(|term| term.role == Role::Against).map(|term| folded(&term.text)).collect();
    let mut asked = Vec::new();
    asked_for(query.root(), &mut asked);
    for leaf in asked {
        let Seek::Words(word) = &query.leaf(leaf).seek else { continue };
        if against.contains(&folded(word)) {
            let fault = Fault::new(format!("the query asks for `{word}`, and a counter-term takes it away again"));
            reader.report(fault.hint("take it out of one of the two").warning_at(section.key_span("against")));
        }
    }
}

/// The leaves that are not under a NOT.
fn asked_for(node: &Node, leaves: &mut Vec<LeafId>) {
    match node {
        Node::Atom(atom) => leaves.extend(atom.leaves()),
        Node::Near(near) => leaves.extend(near.operands().flatten().flat_map(Atom::leaves)),
        Node::Not(_) => {}
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| asked_for(part, leaves)),
    }
}

/// Where the bytes `within` of `value` stand in `written`, the string with its quotes as the file has it. `None` where
/// the two do not go together as far as that.
fn place(written: &str, value: &str, within: &Span) -> Option<Span> {
    let escapes = written.starts_with('"');
    let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
    let mut at = quotes;
    if quotes == 3 {
        // A line end right behind the quotes is not part of the value.
        let rest = written.get(at..)?;
        at += rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest).len();
    }
    let mut start = None;
    for (offset, c) in value.char_indices() {
        let before = at;
        at += joint(written.get(at..)?, c, escapes);
        if offset == within.start {
            start = Some(at);
        }
        if offset >= within.end {
            at = before;
            break;
        }
        at += character(written.get(at..)?, c, escapes)?;
    }
    let start = start.filter(|start| *start <= at).unwrap_or(at);
    written.get(start..at).map(|_| start..at)
}

/// The length of what stands before the character `c` of a value and for nothing: backslashes at the ends of lines with
/// the blanks behind them, and half of a line end.
fn joint(written: &str, c: char, escapes: bool) -> usize {
    let blanks = [' ', '\t', '\r', '\n'];
    let mut rest = written;
    while let Some(tail) = rest.strip_prefix('\\').filter(|tail| escapes && tail.starts_with(blanks)) {
        rest = tail.trim_start_matches(blanks);
    }
    written.len() - rest.len() + usize::from(c == '\n' && rest.starts_with("\r\n"))
}

/// The length of the character `c` as written at the start of `rest`.
fn character(rest: &str, c: char, escapes: bool) -> Option<usize> {
    if let Some(kind) = rest.strip_prefix('\\').filter(|_| escapes).and_then(|tail| tail.chars().next()) {
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        return Some(1 + kind.len_utf8() + digits);
    }
    rest.starts_with(c).then_some(c.len_utf8())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml::de::DeTable;

    use super::*;

    /// Of each character of the value in `q = …`, how it is written.
    fn places(document: &str) -> Vec<(char, &str)> {
        let table = DeTable::parse(document).expect("TOML");
        let value = table.get_ref().get("q").expect("a value");
        let DeValue::String(text) = value.get_ref() else { panic!("a string") };
        let written = &document[value.span()];
        let one = |(at, c): (usize, char)| {
            let place = place(written, text, &(at..at + c.len_utf8())).expect("a place");
            (c, &written[place])
        };
        text.char_indices().map(one).collect()
    }

    #[test]
    fn places_are_those_of_the_file_whatever_is_escaped() {
        let plain = [('é', "é"), ('"', "\""), ('\\', "\\"), ('x', "x")];
        assert_eq!(places("q = 'é\"\\x'"), plain);
        assert_eq!(places("q = '''é\"\\x'''"), plain);
        assert_eq!(places("q = '''\r\né\"\\x'''"), plain);
        assert_eq!(places(r#"q = "é\"\\x""#), [('é', "é"), ('"', "\\\""), ('\\', "\\\\"), ('x', "x")]);
        assert_eq!(places("q = \"\\u00e9x\""), [('é', "\\u00e9"), ('x', "x")]);
        assert_eq!(places("q = \"\"\"a\\\n   \n  b \\\n \"\"\""), [('a', "a"), ('b', "b"), (' ', " ")]);
    }

    #[test]
    fn an_end_is_a_place_too() {
        assert_eq!(place("'ab'", "ab", &(2..2)), Some(3..3));
        assert_eq!(place("''", "", &(0..0)), Some(1..1));
        assert_eq!(place("\"a\\\"\"", "a\"", &(0..2)), Some(1..4));
        assert_eq!(place("'ab'", "ax", &(1..2)), None);
    }

    proptest! {
        #[test]
        fn every_string_has_its_places(text in "\"[a-z é]{0,8}(\\\\[ntr\"\\\\]|\\\\u00e9|\\\\U0001f600| ){0,6}[a-z]{0,3}\"\
             |\"\"\"[\n]?[a-z\n\r]{0,6}(\\\\\n *|\\\\\"|\\\\t|\r\n){0,4}[a-z]{0,3}\"\"\"|'[a-z\\\\\"]{0,9}'|'''[\n\r]{0,2}[a-z'\\\\]{0,6}x'''") {
            let document = format!("q = {text}");
            if DeTable::parse(&document).is_ok() {
                for (c, written) in places(&document) {
                    prop_assert!(written.starts_with('\\') && written.len() > 1 || written == c.to_string(), "{:?}", written);
                }
            }
        }
    }
}
