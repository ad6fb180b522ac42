//! The tokens of a query's text.

use std::ops::Range;

use super::{MAX_NEAR_WORDS, MAX_QUERY_REGEXES, MAX_SLOP, QueryError, Seek, pattern, term};
use crate::model::Field;

/// A token and its bytes.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// What a token is.
#[derive(Debug)]
pub(super) enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(u32),
    Field(Field),
    Seek(Seek),
    /// The words and the slop of a phrase.
    Loose(Vec<String>, u32),
}

/// Reads all tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0, regexes: 0, tokens: Vec::new() };
    while lexer.next()? {}
    Ok(lexer.tokens)
}

/// What the text looks for, if it is one term and nothing else.
pub(super) fn only_seek(text: &str) -> Option<Seek> {
    match tokens(text).ok()?.as_slice() {
        [Token { kind: Kind::Seek(seek), .. }] => Some(seek.clone()),
        _ => None,
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    regexes: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    /// Reads one token; `false` at the end.
    fn next(&mut self) -> Result<bool, QueryError> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let start = self.at;
        let Some(c) = self.text[start..].chars().next() else { return Ok(false) };
        let kind = match c {
            '(' => self.sign(Kind::Open),
            ')' => self.sign(Kind::Close),
            '-' => self.dash()?,
            '"' => self.phrase()?,
            '=' => self.exact()?,
            '/' => self.regex()?,
            _ => self.word()?,
        };
        self.tokens.push(Token { kind, span: start..self.at });
        Ok(true)
    }

    fn sign(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn dash(&mut self) -> Result<Kind, QueryError> {
        let behind = self.text[self.at + 1..].chars().next();
        if behind.is_none_or(|c| c.is_whitespace() || c == ')') {
            let error = QueryError::new(self.at..self.at + 1, "expected a term right behind `-`");
            return Err(error.hint("-word is short for NOT word"));
        }
        Ok(self.sign(Kind::Not))
    }

    fn phrase(&mut self) -> Result<Kind, QueryError> {
        let start = self.at;
        let text = self.quoted()?;
        let span = start..self.at;
        if self.text[self.at..].starts_with('~') {
            let slop = self.slop()?;
            if slop > 0 {
                return Ok(Kind::Loose(term::loose_words(&text, span)?, slop));
            }
        }
        Ok(Kind::Seek(Seek::Words(term::words(&text, false, span)?)))
    }

    /// The number behind `~`.
    fn slop(&mut self) -> Result<u32, QueryError> {
        let start = self.at;
        self.at += self.bare_len();
        let span = start..self.at;
        number(&self.text[start + 1..self.at], MAX_SLOP, "slop", "words between", span).map_err(|error| {
            let example = "\"oil spill\"~3 allows three other words between these two";
            if error.hint.is_none() { error.hint(example) } else { error }
        })
    }

    /// The text between quotes, without its escapes.
    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + 1 + offset + 1;
                    return Ok(text);
                }
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                '*' => {
                    let star = start + 1 + offset;
                    let error = QueryError::new(star..star + 1, "a star within quotes is no prefix");
                    return Err(error.hint("a prefix stands alone: oil NEAR/0 spill*; for the star itself write \\*"));
                }
                c => text.push(c),
            }
        }
        let error = QueryError::new(start..start + 1, "this quote is never closed");
        Err(error.hint("a quote within quotes is written \\\""))
    }

    fn exact(&mut self) -> Result<Kind, QueryError> {
        let start = self.at;
        self.at += 1;
        let text = if self.text[self.at..].starts_with('"') {
            let text = self.quoted()?;
            if self.text[self.at..].starts_with('~') {
                let error = QueryError::new(self.at..self.at + 1, "an exact phrase has no slop");
                return Err(error.hint("leave out either the `=` or the `~`"));
            }
            text
        } else {
            let end = self.at + self.bare_len();
            let word = &self.text[self.at..end];
            if self.text[end..].starts_with(':') {
                let error = QueryError::new(self.at..end + 1, "`:` has no meaning behind `=`");
                return Err(error.hint("the field stands first: title:=Word; a term with a colon stands in quotes"));
            }
            if word.is_empty() {
                let error = QueryError::new(start..end, "expected a word right behind `=`");
                return Err(error.hint("=Word is found in just this spelling"));
            }
            // Behind `=` an operator is a word like any other.
            if !["AND", "OR", "NOT", "NEAR"].contains(&word) {
                term::check_bare(word, self.at)?;
            }
            self.at = end;
            word.to_owned()
        };
        Ok(Kind::Seek(Seek::Exact(term::words(&text, true, start..self.at)?)))
    }

    fn regex(&mut self) -> Result<Kind, QueryError> {
        let start = self.at;
        let mut regex = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        loop {
            match chars.next() {
                Some((offset, '/')) => {
                    self.at = start + 1 + offset + 1;
                    break;
                }
                Some((_, '\\')) => match chars.next() {
                    Some((_, '/')) => regex.push('/'),
                    Some((_, escaped)) => regex.extend(['\\', escaped]),
                    None => {}
                },
                Some((_, c)) => regex.push(c),
                None => {
                    let error = QueryError::new(start..start + 1, "this regular expression is never closed");
                    return Err(error.hint("it stands between slashes: /colou?r/; a term that begins so, in quotes"));
                }
            }
        }
        let span = start..self.at;
        let behind = self.at..self.at + self.bare_len();
        if !behind.is_empty() {
            let error = QueryError::new(behind, "expected a blank behind the regular expression");
            return Err(error.hint("`/` within it is written \\/, and flags stand inside: /(?-i)NATO/"));
        }
        // Before they are compiled: that takes its time.
        self.regexes += 1;
        if self.regexes > MAX_QUERY_REGEXES {
            return Err(too_many(MAX_QUERY_REGEXES, "regular expressions", span));
        }
        match pattern(&regex) {
            Ok(_) => Ok(Kind::Seek(Seek::Regex(regex))),
            Err(message) => Err(QueryError::new(span, message)),
        }
    }

    /// A word, an operator, a field, or a prefix.
    fn word(&mut self) -> Result<Kind, QueryError> {
        let start = self.at;
        let end = start + self.bare_len();
        let word = &self.text[start..end];
        if self.text[end..].starts_with(':') {
            self.at = end + 1;
            return field(word, start..self.at);
        }
        self.at = end;
        let near = || QueryError::new(start..end, "NEAR needs a number of words");
        match word {
            "AND" => Ok(Kind::And),
            "OR" => Ok(Kind::Or),
            "NOT" => Ok(Kind::Not),
            "NEAR" => Err(near().hint("NEAR/5 allows five words between its operands")),
            "AROUND" if self.text[end..].starts_with('(') => {
                Err(QueryError::new(start..end, "AROUND is not an operator here").hint("write NEAR/5"))
            }
            _ => {
                if let Some(words) = word.strip_prefix("NEAR/") {
                    return number(words, MAX_NEAR_WORDS, "NEAR", "words between", start..end).map(Kind::Near);
                }
                let stem = word.strip_suffix('*');
                term::check_bare(stem.unwrap_or(word), start)?;
                let seek = match stem {
                    Some(stem) => Seek::Prefix(term::prefix(stem, start..end)?),
                    None => Seek::Words(term::words(word, false, start..end)?),
                };
                Ok(Kind::Seek(seek))
            }
        }
    }

    /// The bytes from here to the next blank, parenthesis, quote or colon.
    fn bare_len(&self) -> usize {
        let rest = &self.text[self.at..];
        rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ':')).unwrap_or(rest.len())
    }
}

fn field(name: &str, span: Range<usize>) -> Result<Kind, QueryError> {
    let known = Field::ALL.into_iter().find(|field| field.to_string() == name);
    known.map(Kind::Field).ok_or_else(|| {
        let message =
            if name.is_empty() { "`:` has no meaning at this place" } else { &format!("there is no field `{name}`") };
        let error = QueryError::new(span, message);
        error.hint("fields are title:, summary: and body:; a term with a colon stands in quotes")
    })
}

/// More of something than a query may have.
pub(super) fn too_many(most: usize, what: &str, span: Range<usize>) -> QueryError {
    let error = QueryError::new(span, format!("a query may have {most} {what}"));
    error.hint("several watches may wait for parts of it")
}

/// The number of words behind an operator.
fn number(digits: &str, most: u32, what: &str, unit: &str, span: Range<usize>) -> Result<u32, QueryError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(QueryError::new(span, format!("{what} needs a whole number of {unit}")));
    }
    match digits.parse() {
        Ok(number) if number <= most => Ok(number),
        _ => Err(QueryError::new(span, format!("{what} allows at most {most} {unit}"))),
    }
}
