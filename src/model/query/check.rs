//! What a query can hardly mean: to match without any of its terms, or never.
//!
//! Both are judged with NOT pushed down to the terms: under an odd number of NOTs, AND is OR and OR is AND.

use std::collections::HashSet;
use std::ops::Range;

use super::{Atom, Leaf, Node, Query, QueryError, Seek};
use crate::model::Field;

/// Judges a query whose atoms are written at `spans`, in the order of the text.
pub(super) fn check(query: &Query, spans: &[Range<usize>]) -> Result<(), QueryError> {
    if let Some(atoms) = free(&query.root, false, &mut 0) {
        let message = if atoms.len() == spans.len() {
            "a query of NOT alone would match everything else"
        } else {
            "this alternative is NOT alone and would match everything else"
        };
        let error = QueryError::new(bytes(spans, atoms), message);
        return Err(error.hint("say what must be found besides: harbour AND NOT wine"));
    }
    match contradiction(query, &query.root, false, &mut 0) {
        Some(atoms) => {
            let error = QueryError::new(bytes(spans, atoms), "this can never match: what it needs is excluded by NOT");
            Err(error.hint("drop one of the two, or put parentheses around what NOT is for"))
        }
        None => Ok(()),
    }
}

fn bytes(spans: &[Range<usize>], atoms: Range<usize>) -> Range<usize> {
    let atoms = &spans[atoms];
    atoms.first().map_or(0, |span| span.start)..atoms.last().map_or(0, |span| span.end)
}

/// The parts of AND, or of OR, and whether all of them must hold.
fn parts(node: &Node, negated: bool) -> Option<(&[Node], bool)> {
    match node {
        Node::And(parts) => Some((parts, !negated)),
        Node::Or(parts) => Some((parts, negated)),
        _ => None,
    }
}

/// The number of atoms in the node.
fn size(node: &Node) -> usize {
    match node {
        Node::Atom(_) => 1,
        Node::Near(near) => near.operands().map(<[Atom]>::len).sum(),
        Node::Not(inside) => size(inside),
        Node::And(parts) | Node::Or(parts) => parts.iter().map(size).sum(),
    }
}

/// The atoms of a part that holds where nothing at all is found. `at` counts the atoms before the node, then those
/// through it.
fn free(node: &Node, negated: bool, at: &mut usize) -> Option<Range<usize>> {
    let start = *at;
    if let Node::Not(inside) = node {
        return free(inside, !negated, at);
    }
    let Some((parts, all)) = parts(node, negated) else {
        *at += size(node);
        return negated.then_some(start..*at);
    };
    let found: Vec<Option<Range<usize>>> = parts.iter().map(|part| free(part, negated, at)).collect();
    if all {
        return found.iter().all(Option::is_some).then_some(start..*at);
    }
    let whole = found.iter().all(Option::is_some).then_some(start..*at);
    whole.or_else(|| found.into_iter().flatten().next())
}

/// How a leaf compares: by its field, the kind of what is looked for, and the text without case where case is none.
type Key = (Option<Field>, u8, String);

/// The atoms of a part that cannot hold together with what is excluded beside it.
fn contradiction(query: &Query, node: &Node, negated: bool, at: &mut usize) -> Option<Range<usize>> {
    if let Node::Not(inside) = node {
        return contradiction(query, inside, !negated, at);
    }
    let Some((parts, all)) = parts(node, negated) else {
        *at += size(node);
        return None;
    };
    let mut absent = Absent { query, keys: HashSet::new() };
    if all {
        absent.add(node, negated);
    }
    for part in parts {
        if !absent.keys.is_empty() && !absent.allows(part, negated) {
            return Some(*at..*at + size(part));
        }
        if let Some(found) = contradiction(query, part, negated, at) {
            return Some(found);
        }
    }
    None
}

/// The leaves that must not be found.
struct Absent<'q> {
    query: &'q Query,
    keys: HashSet<Key>,
}

impl Absent<'_> {
    /// Adds the leaves of which the node says that they must not be found.
    fn add(&mut self, node: &Node, negated: bool) {
        match node {
            Node::Not(inside) => self.add(inside, !negated),
            Node::Atom(Atom::Leaf(id)) if negated => drop(self.keys.insert(key(self.query.leaf(*id)))),
            _ => {
                if let Some((parts, true)) = parts(node, negated) {
                    parts.iter().for_each(|part| self.add(part, negated));
                }
            }
        }
    }

    /// Whether the node could hold nevertheless.
    fn allows(&self, node: &Node, negated: bool) -> bool {
        if let Node::Not(inside) = node {
            return self.allows(inside, !negated);
        }
        match (parts(node, negated), node) {
            (Some((parts, true)), _) => parts.iter().all(|part| self.allows(part, negated)),
            (Some((parts, false)), _) => parts.iter().any(|part| self.allows(part, negated)),
            (None, Node::Atom(atom)) => negated || self.findable(atom),
            (None, Node::Near(near)) => {
                negated || near.operands().all(|atoms| atoms.iter().any(|atom| self.findable(atom)))
            }
            (None, _) => true,
        }
    }

    fn findable(&self, atom: &Atom) -> bool {
        atom.leaves().iter().all(|id| !self.is_absent(self.query.leaf(*id)))
    }

    /// Whether the leaf is excluded: itself, or in all fields, or an exact spelling of an excluded word.
    fn is_absent(&self, leaf: &Leaf) -> bool {
        let loose = match &leaf.seek {
            Seek::Exact(text) => Some(key(&Leaf { field: leaf.field, seek: Seek::Words(text.clone()) })),
            _ => None,
        };
        [Some(key(leaf)), loose].into_iter().flatten().any(|(field, kind, text)| {
            let own = (field, kind, text);
            self.keys.contains(&own) || self.keys.contains(&(None, own.1, own.2))
        })
    }
}

fn key(leaf: &Leaf) -> Key {
    let (kind, text) = match &leaf.seek {
        Seek::Words(text) => (0, text.to_lowercase()),
        Seek::Prefix(text) => (1, text.to_lowercase()),
        Seek::Exact(text) => (2, text.clone()),
        Seek::Regex(text) => (3, text.clone()),
    };
    (leaf.field, kind, text)
}
