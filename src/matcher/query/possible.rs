//! Whether a query can hold at all, by which of its leaves were found anywhere: cheap, and most queries need no more.

use crate::model::{Atom, LeafId, Node, Query};

/// Whether the query may hold where just these leaves are found; where their words stand to each other is left open.
pub(crate) fn possible(query: &Query, found: &dyn Fn(LeafId) -> bool) -> bool {
    possibly(query.root(), false, found)
}

fn possibly(node: &Node, negated: bool, found: &dyn Fn(LeafId) -> bool) -> bool {
    let whole = |atom: &Atom| atom.leaves().iter().all(|id| found(*id));
    match node {
        Node::Not(inside) => possibly(inside, !negated, found),
        Node::And(parts) if !negated => parts.iter().all(|part| possibly(part, negated, found)),
        Node::Or(parts) if negated => parts.iter().all(|part| possibly(part, negated, found)),
        Node::And(parts) | Node::Or(parts) => parts.iter().any(|part| possibly(part, negated, found)),
        Node::Atom(Atom::Leaf(id)) => found(*id) != negated,
        // Its leaves may all be found and yet not side by side.
        Node::Atom(Atom::Loose(_)) | Node::Near(_) if negated => true,
        Node::Atom(atom) => whole(atom),
        Node::Near(near) => near.operands().all(|atoms| atoms.iter().any(whole)),
    }
}
