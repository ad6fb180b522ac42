//! Queries against the places of their terms.
//!
//! A query's leaves are looked for together with all other terms, in the one pass over the item. [`required`] names a
//! few of them of which at least one must be found for the query to hold, so that an item looks at few queries;
//! [`evaluate`] decides, and says which places made it true.
//!
//! What the caller provides: for each leaf its [`Place`]s, sorted, in word indices that count the words of the field, as
//! the phrase's gaps and NEAR count them. `Words` are found with their forms, `Exact` only in their own spelling,
//! `Prefix` up to the end of the word, and a `Regex` runs over the text as published, where what it finds covers whole
//! words. The field of a leaf is looked after here.

mod near;
mod phrase;
mod possible;
mod required;

pub(crate) use possible::possible;
pub(crate) use required::required;

use crate::model::{Atom, Field, LeafId, Node, Query};

/// Where a leaf was found. Places compare by field, then by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) field: Field,
    /// The index, within the field, of the first word that it covers.
    pub(crate) first_word: u32,
    /// The index of the last one, which may be the same.
    pub(crate) last_word: u32,
    /// Whatever the caller knows the place by.
    pub(crate) hit: u32,
}

/// What made a query true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The `hit`s of the places that did, ascending, each once: for a term its first place, for NEAR and for a phrase
    /// with slop those that stand together, for OR those of every alternative that holds.
    pub(crate) hits: Vec<u32>,
    /// The most telling field that one of them stands in.
    pub(crate) field: Field,
}

/// Whether the query holds, and what made it hold. `places` gives all places of a leaf in their order.
pub(crate) fn evaluate<'p>(query: &Query, places: &dyn Fn(LeafId) -> &'p [Place]) -> Option<Evidence> {
    let evaluation = Evaluation { query, places };
    let mut found = evaluation.holds(query.root(), false)?;
    let field = found.iter().map(|place| place.field).min()?;
    found.sort_unstable_by_key(|place| place.hit);
    found.dedup_by_key(|place| place.hit);
    Some(Evidence { hits: found.into_iter().map(|place| place.hit).collect(), field })
}

/// The smallest part for which a query does not hold: of an AND the first that fails. `None` if the query holds.
pub(crate) fn failing<'q, 'p>(query: &'q Query, places: &dyn Fn(LeafId) -> &'p [Place]) -> Option<&'q Node> {
    let evaluation = Evaluation { query, places };
    let fails = |node: &Node| evaluation.holds(node, false).is_none();
    let mut node = Some(query.root()).filter(|root| fails(root))?;
    while let Node::And(parts) = node
        && let Some(part) = parts.iter().find(|part| fails(part))
    {
        node = part;
    }
    Some(node)
}

/// Words of one field that an atom covers, and the places that make it up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    field: Field,
    first: u32,
    last: u32,
    places: Vec<Place>,
}

struct Evaluation<'e, 'p> {
    query: &'e Query,
    places: &'e dyn Fn(LeafId) -> &'p [Place],
}

impl<'p> Evaluation<'_, 'p> {
    /// The places that make the node hold, or make it not hold if `negated`: there may be none then.
    fn holds(&self, node: &Node, negated: bool) -> Option<Vec<Place>> {
        match node {
            Node::Not(inside) => self.holds(inside, !negated),
            Node::And(parts) if !negated => self.all(parts, negated),
            Node::Or(parts) if negated => self.all(parts, negated),
            Node::And(parts) | Node::Or(parts) => self.any(parts, negated),
            Node::Atom(atom) => answered(self.first(atom), negated),
            Node::Near(near) => answered(near::first(self, near), negated),
        }
    }

    fn all(&self, parts: &[Node], negated: bool) -> Option<Vec<Place>> {
        let mut found = Vec::new();
        for part in parts {
            found.extend(self.holds(part, negated)?);
        }
        Some(found)
    }

    fn any(&self, parts: &[Node], negated: bool) -> Option<Vec<Place>> {
        let holding = parts.iter().filter_map(|part| self.holds(part, negated));
        holding.reduce(|mut found, more| {
            found.extend(more);
            found
        })
    }

    /// The places of the atom where it stands first.
    fn first(&self, atom: &Atom) -> Option<Vec<Place>> {
        match atom {
            Atom::Leaf(id) => self.of(*id).first().map(|place| vec![*place]),
            Atom::Loose(_) => self.stretches(atom).into_iter().min().map(|stretch| stretch.places),
        }
    }

    /// The places of a leaf, in its field if it has one.
    fn of(&self, id: LeafId) -> &'p [Place] {
        let places = (self.places)(id);
        let Some(only) = self.query.leaf(id).field else { return places };
        let start = places.partition_point(|place| place.field < only);
        let end = places.partition_point(|place| place.field <= only);
        &places[start..end]
    }

    /// Everywhere that the atom stands.
    fn stretches(&self, atom: &Atom) -> Vec<Stretch> {
        match atom {
            Atom::Leaf(id) => self.of(*id).iter().map(|place| Stretch::of(*place)).collect(),
            Atom::Loose(loose) => {
                let words: Vec<&[Place]> = loose.words.iter().map(|id| self.of(*id)).collect();
                phrase::stretches(&words, loose.slop)
            }
        }
    }
}

impl Stretch {
    fn of(place: Place) -> Self {
        Self { field: place.field, first: place.first_word, last: place.last_word, places: vec![place] }
    }
}

/// What was found, or nothing at all where it should not be found.
fn answered(found: Option<Vec<Place>>, negated: bool) -> Option<Vec<Place>> {
    if negated { found.is_none().then(Vec::new) } else { found }
}

#[cfg(test)]
mod tests;
