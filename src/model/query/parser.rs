//! The grammar of queries, by recursive descent; the depth of parentheses bounds the recursion.

use std::collections::HashMap;
use std::ops::Range;

use super::token::{Kind, Token, tokens, too_many};
use super::{
    Atom, Leaf, LeafId, Loose, MAX_QUERY_BYTES, MAX_QUERY_DEPTH, MAX_QUERY_LEAVES, Near, Node, Query, QueryError, Seek,
    check,
};
use crate::model::Field;

/// Reads a query and judges whether it can be meant.
pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    if text.len() > MAX_QUERY_BYTES {
        let excess = text.floor_char_boundary(MAX_QUERY_BYTES)..text.len();
        let message = format!("this query has {} bytes, and {MAX_QUERY_BYTES} are the most", text.len());
        return Err(QueryError::new(excess, message).hint("several watches may wait for parts of it"));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        leaves: Vec::new(),
        ids: HashMap::new(),
        count: 0,
        spans: Vec::new(),
    };
    if parser.tokens.is_empty() {
        return Err(QueryError::new(0..text.len(), "this query is empty").hint("a word is enough: query = \"harbour\""));
    }
    let root = parser.either(None)?;
    if let Some(token) = parser.peek() {
        return Err(QueryError::new(token.span.clone(), "this parenthesis closes nothing"));
    }
    let query = Query { root, leaves: parser.leaves };
    check::check(&query, &parser.spans)?;
    Ok(query)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    leaves: Vec<Leaf>,
    ids: HashMap<Leaf, LeafId>,
    /// Terms so far, each as often as it is written.
    count: usize,
    /// Where each atom is written, in the order of the text.
    spans: Vec<Range<usize>>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Whether the next token is of the kind; it is taken if so.
    fn take(&mut self, is: impl Fn(&Kind) -> bool) -> bool {
        let found = self.peek().is_some_and(|token| is(&token.kind));
        self.at += usize::from(found);
        found
    }

    /// Operands of OR; each term is looked for in `field` if there is one.
    fn either(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let mut parts = Vec::new();
        loop {
            match self.all(field)? {
                Node::Or(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.take(|kind| matches!(kind, Kind::Or)) {
                return Ok(one_or(parts, Node::Or));
            }
        }
    }

    /// Operands of AND, written or not.
    fn all(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let mut parts = Vec::new();
        loop {
            match self.near(field)? {
                Node::And(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            let written = self.take(|kind| matches!(kind, Kind::And));
            let ends = self.peek().is_none_or(|token| matches!(token.kind, Kind::Or | Kind::Close));
            if ends && !written {
                return Ok(one_or(parts, Node::And));
            }
        }
    }

    /// Operands of NEAR, or a single part.
    fn near(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let start = self.at;
        let first = self.unary(field)?;
        let mut end = self.at;
        if !matches!(self.peek(), Some(Token { kind: Kind::Near(_), .. })) {
            return Ok(first);
        }
        let mut near = Near { first: operand(first).ok_or_else(|| self.no_operand(start..end))?, rest: Vec::new() };
        while let Some(Token { kind: Kind::Near(words), .. }) = self.peek() {
            let words = *words;
            self.at += 1;
            let start = self.at;
            let next = self.unary(field)?;
            end = self.at;
            near.rest.push((words, operand(next).ok_or_else(|| self.no_operand(start..end))?));
        }
        if Field::ALL
            .iter()
            .all(|field| near.operands().any(|atoms| !atoms.iter().any(|atom| self.stands(atom, *field))))
        {
            let error = QueryError::new(self.bytes(start..end), "this can never match: NEAR looks within one field");
            return Err(error.hint("name one field for all operands: title:(oil NEAR/5 spill)"));
        }
        Ok(Node::Near(near))
    }

    /// Whether the atom may be found in the field.
    fn stands(&self, atom: &Atom, field: Field) -> bool {
        atom.leaves().iter().all(|id| self.leaves[id.index()].field.is_none_or(|only| only == field))
    }

    fn no_operand(&self, tokens: Range<usize>) -> QueryError {
        let inner = &self.tokens[tokens.clone()];
        let hint = if inner.iter().any(|token| matches!(token.kind, Kind::Near(_))) {
            "write a chain, in which each is near the one before: oil NEAR/3 spill NEAR/5 harbour"
        } else if inner.iter().any(|token| matches!(token.kind, Kind::Not)) {
            "put the whole into parentheses: NOT (oil NEAR/3 spill)"
        } else {
            "within its groups there is OR: (oil OR fuel) NEAR/3 spill"
        };
        QueryError::new(self.bytes(tokens), "NEAR takes two terms or groups of terms").hint(hint)
    }

    /// The bytes of some tokens.
    fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let tokens = &self.tokens[tokens];
        tokens.first().map_or(0, |token| token.span.start)..tokens.last().map_or(0, |token| token.span.end)
    }

    /// A term or a group, with what stands before it.
    fn unary(&mut self, outer: Option<Field>) -> Result<Node, QueryError> {
        let mut negated = false;
        while self.take(|kind| matches!(kind, Kind::Not)) {
            negated = !negated;
        }
        let mut field = outer;
        while let Some(&Token { kind: Kind::Field(inner), ref span }) = self.peek() {
            if let Some(other) = field.filter(|other| *other != inner) {
                let message = format!("this can never match: it stands in `{other}:` already");
                return Err(QueryError::new(span.clone(), message).hint("one field for a term: title:oil OR body:oil"));
            }
            field = Some(inner);
            self.at += 1;
        }
        let node = self.primary(field)?;
        Ok(match node {
            Node::Not(inside) if negated => *inside,
            node if negated => Node::Not(Box::new(node)),
            node => node,
        })
    }

    fn primary(&mut self, field: Option<Field>) -> Result<Node, QueryError> {
        let Some(token) = self.tokens.get(self.at) else { return Err(self.expected()) };
        let span = token.span.clone();
        let atom = match &token.kind {
            Kind::Open => return self.group(field, span),
            Kind::Seek(seek) => {
                let seek = seek.clone();
                Atom::Leaf(self.leaf(seek, field, &span)?)
            }
            Kind::Loose(words, slop) => {
                let (words, slop) = (words.clone(), *slop);
                let words = words.into_iter().map(|word| self.leaf(Seek::Words(word), field, &span));
                Atom::Loose(Loose { words: words.collect::<Result<_, _>>()?, slop })
            }
            _ => return Err(self.expected()),
        };
        self.at += 1;
        self.spans.push(span);
        Ok(Node::Atom(atom))
    }

    fn group(&mut self, field: Option<Field>, open: Range<usize>) -> Result<Node, QueryError> {
        if self.depth == MAX_QUERY_DEPTH {
            return Err(QueryError::new(open, format!("more than {MAX_QUERY_DEPTH} parentheses stand around this")));
        }
        self.depth += 1;
        self.at += 1;
        // What is never closed is said first: nothing behind it can be right.
        if self.peek().is_none() {
            return Err(never_closed(open));
        }
        let node = self.either(field)?;
        if !self.take(|kind| matches!(kind, Kind::Close)) {
            return Err(never_closed(open));
        }
        self.depth -= 1;
        Ok(node)
    }

    /// The id of what is looked for; the same thing has the same id wherever it stands.
    fn leaf(&mut self, seek: Seek, field: Option<Field>, span: &Range<usize>) -> Result<LeafId, QueryError> {
        self.count += 1;
        if self.count > MAX_QUERY_LEAVES {
            return Err(too_many(MAX_QUERY_LEAVES, "terms", span.clone()));
        }
        let leaf = Leaf { field, seek };
        if let Some(id) = self.ids.get(&leaf) {
            return Ok(*id);
        }
        let id = LeafId(self.leaves.len() as u32);
        self.leaves.push(leaf.clone());
        self.ids.insert(leaf, id);
        Ok(id)
    }

    /// What is missing where a term should stand.
    fn expected(&self) -> QueryError {
        let next = self.peek();
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        let after =
            |span: &Range<usize>, what: &str| QueryError::new(span.clone(), format!("expected a term after {what}"));
        match (before, next) {
            (Some(Token { kind: Kind::Open, span }), Some(Token { kind: Kind::Close, span: close })) => {
                QueryError::new(span.start..close.end, "there is nothing between these parentheses")
            }
            (Some(Token { kind: Kind::Field(field), span }), next) => {
                let error = after(span, &format!("`{field}:`"));
                let not = next.is_some_and(|token| matches!(token.kind, Kind::Not));
                if not { error.hint(format!("NOT stands before it: NOT {field}:oil")) } else { error }
            }
            (Some(Token { kind, span }), _) if name(kind).is_some() => after(span, name(kind).unwrap_or_default()),
            (_, Some(Token { kind, span })) => match name(kind) {
                Some(name) => QueryError::new(span.clone(), format!("expected a term before {name}")),
                None => QueryError::new(span.clone(), "this parenthesis closes nothing"),
            },
            (_, None) => QueryError::new(0..0, "expected a term"),
        }
    }
}

fn never_closed(open: Range<usize>) -> QueryError {
    QueryError::new(open, "this parenthesis is never closed")
}

/// The operator's name.
fn name(kind: &Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::And => "AND",
        Kind::Or => "OR",
        Kind::Not => "NOT",
        Kind::Near(_) => "NEAR",
        _ => return None,
    })
}

/// The only part, or what `join` makes of several.
fn one_or(mut parts: Vec<Node>, join: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

/// The alternatives of an operand of NEAR; `None` where there are others than terms.
fn operand(node: Node) -> Option<Vec<Atom>> {
    let atom = |node| if let Node::Atom(atom) = node { Some(atom) } else { None };
    match node {
        Node::Or(parts) => parts.into_iter().map(atom).collect(),
        node => atom(node).map(|atom| vec![atom]),
    }
}
