//! `${VAR}` in strings.

use std::ops::Range;

/// A part of a string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Stands for itself.
    Text(&'a str),
    /// `$$`, which stands for `$`.
    Dollar,
    /// `${NAME}`, which stands for the variable's value.
    Variable(&'a str),
    /// `${` that does not begin a variable.
    Broken,
}

/// The parts of `text` in order, each with its bytes.
pub(super) fn pieces(text: &str) -> Vec<(Range<usize>, Piece<'_>)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (len, piece) = first_piece(&text[at..]);
        pieces.push((at..at + len, piece));
        at += len;
    }
    pieces
}

/// The piece that `rest`, which is not empty, begins with, and its length in bytes.
fn first_piece(rest: &str) -> (usize, Piece<'_>) {
    if rest.starts_with("$$") {
        return (2, Piece::Dollar);
    }
    if let Some(inside) = rest.strip_prefix("${") {
        return match inside.split_once('}') {
            Some((name, _)) if is_variable_name(name) => (name.len() + 3, Piece::Variable(name)),
            _ => (2, Piece::Broken),
        };
    }
    // A lone `$` stays, so the text goes on behind it.
    let lone = usize::from(rest.starts_with('$'));
    let len = rest[lone..].find('$').map_or(rest.len(), |next| lone + next);
    (len, Piece::Text(&rest[..len]))
}

fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Piece<'_>> {
        pieces(text).into_iter().map(|(_, piece)| piece).collect()
    }

    #[test]
    fn variables_dollars_and_plain_text_are_told_apart() {
        use Piece::{Broken, Dollar, Text, Variable};
        assert_eq!(kinds("a${B}c"), [Text("a"), Variable("B"), Text("c")]);
        assert_eq!(kinds("US$ 5"), [Text("US"), Text("$ 5")]);
        assert_eq!(kinds("$${B}"), [Dollar, Text("{B}")]);
        assert_eq!(kinds("${B"), [Broken, Text("B")]);
        assert_eq!(kinds("${}${1}$"), [Broken, Text("}"), Broken, Text("1}"), Text("$")]);
    }
}
