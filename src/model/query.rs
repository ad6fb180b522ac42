//! Queries: what a watch waits for, as a boolean expression.
//!
//! ```text
//! query  = and { "OR" and }
//! and    = near { [ "AND" ] near }                      side by side means AND
//! near   = unary { "NEAR/n" unary }                     at most n words between, in either order
//! unary  = { "NOT" | "-" } [ field ":" ] ( term | "(" query ")" )
//! field  = "title" | "summary" | "body"
//! term   = word | "a phrase" | "a phrase"~n | prefix* | =Exact | ="Exact Phrase" | /regex/
//! ```
//!
//! NOT binds tightest, then NEAR, AND, OR; operators are in upper case, everything else compares without case. What the
//! forms mean:
//!
//! - A phrase's words follow each other. With slop `~n` they stand in their order with at most n other words between
//!   the first and the last of them, all gaps taken together.
//! - NEAR joins terms, phrases, and groups of them in parentheses with OR. Its operands stand at places of one field
//!   that do not overlap. In a chain each is near the one before it.
//! - NOT is a filter over the whole item: what it holds stands nowhere in it. `NOT title:draft` looks at the title
//!   alone.
//! - A field before a group holds for each of its terms.
//! - A backslash takes the meaning from the character behind it, within quotes; in a regex it is the regex's own, and
//!   `\/` stands for `/`.
//!
//! [`Query::parse`] refuses what cannot be meant: that which would match an item without any of its terms (`NOT a`,
//! `a OR NOT b`), that which never could match (`a AND NOT a`), and words that other tools take for operators (`or`,
//! `W/5`, `&&`) but that would be looked for as words here.
//!
//! ```
//! use newswatch::model::Query;
//!
//! let query = Query::parse(r#"(port OR harbo*) NEAR/5 "oil spill" -title:drill"#)?;
//! assert_eq!(query.to_string(), r#"(port OR harbo*) NEAR/5 "oil spill" AND NOT title:drill"#);
//! let error = Query::parse("port AND").expect_err("a term is missing");
//! assert_eq!((error.message.as_str(), error.span), ("expected a term after AND", 5..8));
//! # Ok::<(), newswatch::model::QueryError>(())
//! ```

mod check;
mod error;
mod parser;
mod pattern;
mod show;
mod term;
mod token;

use super::Field;

pub use error::QueryError;
pub use pattern::pattern;

/// Longest query in bytes.
pub const MAX_QUERY_BYTES: usize = 64 * 1024;
/// Most terms of a query, each counted as often as it is written, phrases with slop by their words.
pub const MAX_QUERY_LEAVES: usize = 1_000;
/// Most parentheses around a term.
pub const MAX_QUERY_DEPTH: usize = 32;
/// Longest term of a query in bytes, quotes not counted.
pub const MAX_QUERY_TERM_BYTES: usize = 200;
/// Most words that NEAR allows between its operands.
pub const MAX_NEAR_WORDS: u32 = 100;
/// Most words that the slop of a phrase allows between its words.
pub const MAX_SLOP: u32 = 50;
/// Fewest letters or digits before the star of a prefix.
pub const MIN_PREFIX_LETTERS: usize = 3;
/// Most regular expressions of a query: each runs over the text by itself.
pub const MAX_QUERY_REGEXES: usize = 16;
/// Longest regular expression in bytes.
pub const MAX_REGEX_BYTES: usize = 1_000;
/// Most bytes that a regular expression may take when it is compiled: `\w{500}` is short only as written.
pub const MAX_REGEX_PROGRAM_BYTES: usize = 1024 * 1024;

/// A boolean query. Only [`Query::parse`] makes one, so its rules hold: it never matches an item in which none of its
/// leaves is found, its depth is bounded, its regular expressions compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: Node,
    leaves: Vec<Leaf>,
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::parse(text)
    }

    /// What must hold.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What has to be looked for, each thing once, in the order of the text; a [`LeafId`] is a place in this list.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The ids of all leaves.
    pub fn ids(&self) -> impl Iterator<Item = LeafId> + use<> {
        (0..self.leaves.len() as u32).map(LeafId)
    }

    /// The leaf of an id of this query.
    pub fn leaf(&self, id: LeafId) -> &Leaf {
        &self.leaves[id.index()]
    }
}

/// The number of a leaf in its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeafId(u32);

impl LeafId {
    /// The place in [`Query::leaves`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// The one field in which it counts.
    pub field: Option<Field>,
    /// What it is.
    pub seek: Seek,
}

/// How a leaf is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Seek {
    /// A word, or words that follow each other, as one term with its word forms. Blanks are single.
    Words(String),
    /// A word that begins so; the star is not part of it.
    Prefix(String),
    /// A word or words in just this spelling: case counts, and there are no word forms. Blanks are single.
    Exact(String),
    /// A regular expression over the text as published, to be compiled by [`pattern`].
    Regex(String),
}

/// An expression. AND and OR have at least two operands, none of them of their own kind; no NOT stands in a NOT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Found.
    Atom(Atom),
    /// Found side by side.
    Near(Near),
    /// Does not hold anywhere in the item.
    Not(Box<Node>),
    /// All hold.
    And(Vec<Node>),
    /// One holds at least.
    Or(Vec<Node>),
}

/// What stands at places of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Atom {
    /// A leaf.
    Leaf(LeafId),
    /// The words of a phrase with slop.
    Loose(Loose),
}

impl Atom {
    /// Its leaves: all of them are needed.
    pub fn leaves(&self) -> &[LeafId] {
        match self {
            Atom::Leaf(leaf) => std::slice::from_ref(leaf),
            Atom::Loose(loose) => &loose.words,
        }
    }
}

/// A phrase with slop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose {
    /// Two words or more, each a leaf, in their order; all in the same field.
    pub words: Vec<LeafId>,
    /// Most other words in all gaps together; 1 or more.
    pub slop: u32,
}

/// A chain of operands, each near the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The first operand: one of these.
    pub first: Vec<Atom>,
    /// The others, each with the most words between it and the one before.
    pub rest: Vec<(u32, Vec<Atom>)>,
}

impl Near {
    /// All operands in their order: the alternatives of each.
    pub fn operands(&self) -> impl Iterator<Item = &[Atom]> {
        std::iter::once(self.first.as_slice()).chain(self.rest.iter().map(|(_, atoms)| atoms.as_slice()))
    }
}

#[cfg(test)]
mod tests;
