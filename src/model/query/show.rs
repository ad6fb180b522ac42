//! The canonical form of a query: with all operators, no parenthesis that is not needed, and the field at each term.

use std::fmt::{self, Display, Formatter};

use super::{Atom, Leaf, Loose, Node, Query, Seek, token};

/// Parsed again it is the same query, unless it has grown longer than a query may be.
impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.show(f, &self.root)
    }
}

/// A part of a query.
struct Part<'q> {
    query: &'q Query,
    node: &'q Node,
}

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.query.show(f, self.node)
    }
}

impl Query {
    /// A part of the query as it would be written alone.
    pub fn part<'q>(&'q self, node: &'q Node) -> impl Display + 'q {
        Part { query: self, node }
    }

    fn show(&self, f: &mut Formatter<'_>, node: &Node) -> fmt::Result {
        match node {
            Node::Atom(atom) => self.show_atom(f, atom),
            Node::Near(near) => {
                self.show_group(f, &near.first)?;
                for (words, group) in &near.rest {
                    write!(f, " NEAR/{words} ")?;
                    self.show_group(f, group)?;
                }
                Ok(())
            }
            Node::Not(inside) => {
                f.write_str("NOT ")?;
                self.show_part(f, inside, matches!(**inside, Node::And(_) | Node::Or(_) | Node::Near(_)))
            }
            Node::And(parts) => {
                joined(f, " AND ", parts, |f, part| self.show_part(f, part, matches!(part, Node::Or(_))))
            }
            Node::Or(parts) => joined(f, " OR ", parts, |f, part| self.show(f, part)),
        }
    }

    fn show_part(&self, f: &mut Formatter<'_>, part: &Node, grouped: bool) -> fmt::Result {
        if !grouped {
            return self.show(f, part);
        }
        f.write_str("(")?;
        self.show(f, part)?;
        f.write_str(")")
    }

    fn show_group(&self, f: &mut Formatter<'_>, group: &[Atom]) -> fmt::Result {
        match group {
            [only] => self.show_atom(f, only),
            several => {
                f.write_str("(")?;
                joined(f, " OR ", several, |f, atom| self.show_atom(f, atom))?;
                f.write_str(")")
            }
        }
    }

    fn show_atom(&self, f: &mut Formatter<'_>, atom: &Atom) -> fmt::Result {
        match atom {
            Atom::Leaf(id) => self.leaf(*id).fmt(f),
            Atom::Loose(loose) => self.show_loose(f, loose),
        }
    }

    fn show_loose(&self, f: &mut Formatter<'_>, loose: &Loose) -> fmt::Result {
        let words = loose.words.iter().map(|id| self.leaf(*id));
        if let Some(field) = words.clone().find_map(|leaf| leaf.field) {
            write!(f, "{field}:")?;
        }
        f.write_str("\"")?;
        joined(f, " ", &words.collect::<Vec<_>>(), |f, leaf| f.write_str(&escaped(leaf.seek.text())))?;
        write!(f, "\"~{}", loose.slop)
    }
}

/// As it is written in a query.
impl Display for Leaf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{field}:")?;
        }
        match &self.seek {
            seek @ (Seek::Words(text) | Seek::Exact(text)) => {
                let sign = if matches!(seek, Seek::Exact(_)) { "=" } else { "" };
                let bare = format!("{sign}{text}");
                // Whatever can go without quotes is read back as the same.
                if token::only_seek(&bare).is_some_and(|read| read == *seek) {
                    f.write_str(&bare)
                } else {
                    write!(f, "{sign}\"{}\"", escaped(text))
                }
            }
            Seek::Prefix(text) => write!(f, "{text}*"),
            Seek::Regex(text) => write!(f, "/{}/", with_slashes_escaped(text)),
        }
    }
}

impl Seek {
    /// The words, the prefix or the expression.
    pub fn text(&self) -> &str {
        match self {
            Seek::Words(text) | Seek::Prefix(text) | Seek::Exact(text) | Seek::Regex(text) => text,
        }
    }
}

/// Writes `parts` with `between` between them.
fn joined<T>(
    f: &mut Formatter<'_>,
    between: &str,
    parts: &[T],
    show: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        show(f, part)?;
    }
    Ok(())
}

/// The text as it stands in quotes.
fn escaped(text: &str) -> String {
    let escape = |c: char| matches!(c, '"' | '\\' | '*').then_some('\\').into_iter().chain([c]);
    text.chars().flat_map(escape).collect()
}

/// The expression as it stands between slashes; what is escaped in it already stays so.
fn with_slashes_escaped(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(std::iter::once(c).chain(chars.next())),
            '/' => out.push_str("\\/"),
            c => out.push(c),
        }
    }
    out
}
