//! Which leaves a query needs: of these at least one is found wherever it holds.

use crate::model::{Atom, LeafId, Node, Query, Seek};

/// The leaves under which a query is to be indexed: where none of them is found it cannot hold, and need not be looked
/// at. One of them may be a regular expression, if everything that the query needs is one; such a query must be looked
/// at for every item, or the expression be run over every item.
///
/// Of the parts of AND any one will do: it is that whose most frequent leaf is rarest; of OR all are needed. How rare a
/// leaf is, its length tells well enough.
pub(crate) fn required(query: &Query) -> Vec<LeafId> {
    let mut leaves = needed(query, query.root(), false).map(|needed| needed.leaves).unwrap_or_default();
    leaves.sort_unstable();
    leaves.dedup();
    leaves
}

/// Leaves of which one is needed, and how rare the most frequent of them is.
struct Needed {
    rarity: usize,
    leaves: Vec<LeafId>,
}

impl Needed {
    /// The better for an index: rarer, then fewer.
    fn better(self, other: Needed) -> Needed {
        let rank = |needed: &Needed| (needed.rarity, std::cmp::Reverse(needed.leaves.len()));
        if rank(&other) > rank(&self) { other } else { self }
    }

    fn and_also(mut self, other: Needed) -> Needed {
        self.rarity = self.rarity.min(other.rarity);
        self.leaves.extend(other.leaves);
        self
    }
}

/// `None` where the node may hold with nothing found.
fn needed(query: &Query, node: &Node, negated: bool) -> Option<Needed> {
    match node {
        Node::Not(inside) => needed(query, inside, !negated),
        Node::And(parts) if !negated => any_of(query, parts, negated),
        Node::Or(parts) if negated => any_of(query, parts, negated),
        Node::And(parts) | Node::Or(parts) => {
            let mut each = parts.iter().map(|part| needed(query, part, negated));
            let first = each.next()?;
            each.try_fold(first?, |all, part| Some(all.and_also(part?)))
        }
        Node::Atom(_) | Node::Near(_) if negated => None,
        Node::Atom(atom) => rarest(query, atom),
        Node::Near(near) => {
            let operand = |atoms: &[Atom]| {
                let each = atoms.iter().filter_map(|atom| rarest(query, atom));
                each.reduce(Needed::and_also)
            };
            near.operands().filter_map(operand).reduce(Needed::better)
        }
    }
}

fn any_of(query: &Query, parts: &[Node], negated: bool) -> Option<Needed> {
    parts.iter().filter_map(|part| needed(query, part, negated)).reduce(Needed::better)
}

fn rarest(query: &Query, atom: &Atom) -> Option<Needed> {
    let each = atom.leaves().iter().map(|id| Needed { rarity: rarity(&query.leaf(*id).seek), leaves: vec![*id] });
    each.reduce(Needed::better)
}

/// Letters, as it were: the more, the rarer. A character of a script without blanks says as much as a syllable or two.
fn rarity(seek: &Seek) -> usize {
    let letters = |text: &str| -> usize { text.chars().map(|c| if c >= '\u{2e80}' { 3 } else { 1 }).sum() };
    match seek {
        Seek::Regex(_) => 0,
        // Many words begin alike.
        Seek::Prefix(text) => letters(text) / 2,
        // A blank counts: two words are rarer together than one of their length. Exact or not, what the automaton
        // finds first is the same.
        Seek::Words(text) | Seek::Exact(text) => letters(text),
    }
}
