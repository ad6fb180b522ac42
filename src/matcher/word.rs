//! Words in a text: where they begin and end, and whether one is a form of a base form.

use super::article::is_article;
use super::case::Case;
use super::clitic::{self, Clitic};
use super::country;
use super::language::{Kind, Languages};
use super::phrase::{Phrase, Word, foreign_stem};
use crate::model::Form;
use crate::text::{Folded, Script, divides, is_voicing_mark, is_word_char, writes_no_blanks};

/// Most letters that a derived word has behind its stem ("Lapland" → "Laplanders").
const MAX_DERIVATION_LETTERS: usize = 6;

/// Fewest letters of a common word that others are derived from.
const MIN_COMMON_DERIVATION_LETTERS: usize = 6;
/// Letters that tell whether the next word of a phrase is written on to this one.
const JOINED_LETTERS: usize = 3;
/// Most bytes of a word that are looked at beyond those of the base form: no ending is so long. Without this bound a text
/// of one endless word would cost the square of its length.
const MAX_ADDED_BYTES: usize = 64;

/// A phrase found: its folded bytes, and how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: Form,
}

/// A text to look for phrases in.
pub(super) struct Text<'t> {
    pub(super) folded: &'t Folded,
    /// The languages that it may be in, by the script of a word.
    pub(super) languages: &'t dyn Fn(Script) -> Languages,
}

impl Text<'_> {
    /// The phrase, if its anchor stands at `at` and its other words around it.
    pub(super) fn find(&self, phrase: &Phrase, at: usize) -> Option<Place> {
        let anchor = phrase.anchor;
        let (start, end, form) = self.anchored(phrase, anchor, at)?;
        let (start, before) = self.backward(phrase, anchor, start)?;
        let (end, after) = self.forward(phrase, anchor + 1, end)?;
        // Behind a clitic it is a form.
        if phrase.case == Case::Exact && !self.is_edge(start) {
            return None;
        }
        Some(Place { start, end, form: form.max(before).max(after) })
    }

    /// Whether the anchor of the phrase may stand at `at`, as far as the word there can tell.
    pub(super) fn may_find(&self, phrase: &Phrase, at: usize) -> bool {
        matches!(phrase.words[phrase.anchor], Word::Literal(_)) || self.anchored(phrase, phrase.anchor, at).is_some()
    }

    fn anchored(&self, phrase: &Phrase, anchor: usize, at: usize) -> Option<(usize, usize, Form)> {
        let last = anchor + 1 == phrase.words.len();
        let (end, form) = self.word_at(phrase, anchor, at, last)?;
        let start = self.start_of_word(at);
        let word = &phrase.words[anchor];
        let clitic = match word {
            Word::Base { script, .. } => clitic::of(*script, &self.text()[start..at]),
            _ => (start == at).then_some(Clitic::None),
        };
        match clitic {
            Some(Clitic::None) => Some((at, end, form)),
            Some(Clitic::Bare) => Some((at, end, form.max(Form::Inflected))),
            // A name has no article, but what is named after it has: "the Berliner", not "the Berlin".
            Some(Clitic::Article)
                if phrase.kind != Kind::Name || phrase.derived || form == Form::Inflected || word.is_descent() =>
            {
                Some((at, end, form.max(Form::Inflected)))
            }
            Some(Clitic::Article) => None,
            None => None,
        }
    }

    /// The words before the anchor, from the last to the first.
    fn backward(&self, phrase: &Phrase, anchor: usize, mut start: usize) -> Option<(usize, Form)> {
        let mut form = Form::Base;
        for index in (0..anchor).rev() {
            let from = self.end_before(phrase, index, start);
            if let Word::Article { optional } = phrase.words[index] {
                start = self.article_before(from, start).or(optional.then_some(start))?;
                continue;
            }
            let begin = self.start_of_word_before(from, phrase.word_bytes(index)).filter(|_| from < start)?;
            let found = self.clitics(&phrase.words[index], begin, from).find_map(|at| {
                let (end, found) = self.word_at(phrase, index, at, false)?;
                (end == from).then_some((at, found))
            });
            let (at, found) = found?;
            start = at;
            form = form.max(found);
        }
        (self.is_edge(start) || self.clitic_before(phrase, start)).then_some((start, form))
    }

    /// The words behind the anchor.
    fn forward(&self, phrase: &Phrase, from: usize, mut end: usize) -> Option<(usize, Form)> {
        let mut form = Form::Base;
        for index in from..phrase.words.len() {
            let behind = self.start_behind(phrase, index - 1, end);
            let joined = behind == end;
            if let Word::Article { optional } = phrase.words[index] {
                end = self.article_at(behind).or(optional.then_some(end))?;
                continue;
            }
            let last = index + 1 == phrase.words.len();
            let (to, found) =
                self.clitics_at(&phrase.words[index], behind).find_map(|at| self.word_at(phrase, index, at, last))?;
            if joined && !phrase.may_join(index - 1) {
                return None;
            }
            end = to;
            form = form.max(found);
        }
        Some((end, form))
    }

    /// Where the word `index` of a phrase would end, before one that begins at `start`.
    fn end_before(&self, phrase: &Phrase, index: usize, start: usize) -> usize {
        let before = &self.text()[..start];
        let end = before.trim_end_matches(' ');
        let dot = end.len() < start && phrase.may_have_dot(index);
        if dot { end.strip_suffix('.').unwrap_or(end).len() } else { end.len() }
    }

    /// Where the word would begin that follows the word `index` of a phrase, which ends at `end`.
    fn start_behind(&self, phrase: &Phrase, index: usize, end: usize) -> usize {
        let behind = &self.text()[end..];
        let rest = behind.strip_prefix('.').filter(|rest| rest.starts_with(' ') && phrase.may_have_dot(index));
        let rest = rest.unwrap_or(behind);
        end + (behind.len() - rest.trim_start_matches(' ').len())
    }

    /// Whether the word stands at `at`: where it ends, and its form.
    fn word_at(&self, phrase: &Phrase, index: usize, at: usize, last: bool) -> Option<(usize, Form)> {
        let text = self.text();
        let (base, script) = match &phrase.words[index] {
            Word::Base { text, script } => (text.as_str(), *script),
            Word::Literal(literal) => {
                let end = at + literal.len();
                if phrase.prefix && last && self.text()[at..].starts_with(literal.as_str()) {
                    return Some((self.end_of_word(end, 0), Form::Base));
                }
                return (text[at..].starts_with(literal.as_str()) && self.is_edge(end)).then_some((end, Form::Base));
            }
            Word::Article { .. } => return None,
        };
        let end = self.end_of_word(at, base.len());
        let word = &text[at..end];
        // "Mala's" is no "Malas".
        let possessive = || !phrase.apostrophe && self.folded.is_break(end - 1);
        if script == Script::Latin && base.ends_with('s') && word == base && possessive() {
            return None;
        }
        // The place of a beginning is the whole word, where anybody can tell where that ends.
        if phrase.prefix && last && script != Script::Unspaced {
            return word.starts_with(base).then_some((end, Form::Base));
        }
        if let Some(found) = self.in_full(phrase, index, (base, script), at, end, last) {
            return Some(found);
        }
        if phrase.prefix && last {
            return None;
        }
        if phrase.case == Case::Exact {
            return None;
        }
        self.as_a_form(phrase, (base, script), at, end, last)
    }

    /// The base form itself, up to a word's end, an apostrophe, or the next word of the phrase written on to it.
    fn in_full(
        &self,
        phrase: &Phrase,
        index: usize,
        (base, script): (&str, Script),
        at: usize,
        end: usize,
        last: bool,
    ) -> Option<(usize, Form)> {
        let base = match clitic::without_article(script, base) {
            // Behind the article that was read as a clitic.
            Some(bare) if !self.text()[at..].starts_with(base) && self.has_article_before(script, at) => bare,
            _ => base,
        };
        let stop = at + base.len();
        if !self.text()[at..end].starts_with(base) {
            return None;
        }
        let ends = stop == end || self.is_edge(stop);
        let joined = || {
            let next = phrase.words.get(index + 1).and_then(Word::text).unwrap_or_default();
            let begin = next.char_indices().nth(JOINED_LETTERS).map_or(next, |(at, _)| &next[..at]);
            !last && phrase.may_join(index) && self.text()[stop..].starts_with(begin)
        };
        (ends || joined()).then_some((stop, Form::Base))
    }

    /// A form of it, or a word made of it.
    fn as_a_form(
        &self,
        phrase: &Phrase,
        (base, script): (&str, Script),
        at: usize,
        end: usize,
        last: bool,
    ) -> Option<(usize, Form)> {
        let word = &self.text()[at..end];
        // "F-16s".
        if script == Script::Other
            && last
            && word.strip_prefix(base) == Some("s")
            && base.ends_with(|c: char| c.is_ascii_digit())
        {
            return Some((end, Form::Inflected));
        }
        let bare = clitic::without_article(script, base).filter(|_| self.has_article_before(script, at));
        // No language changes the first letter of a word; most words that are looked at beside an anchor differ in it.
        if bare.is_none() && word.chars().next() != base.chars().next() {
            return None;
        }
        let languages = (self.languages)(script).and(phrase.languages);
        let kind = if bare.is_some() { Kind::Common } else { phrase.kind };
        let acronym = matches!(phrase.case, Case::Acronym { .. });
        let pair = !last && country::is_pair(base, word);
        let another = pair && !country::may_stand_in(phrase);
        let is_form = |word: &str| {
            languages.tongues().filter(|tongue| !another || tongue.tag() != country::LANGUAGE).any(|tongue| {
                if acronym {
                    let ends = word.strip_prefix(base).is_some_and(|rest| tongue.is_ending(rest, Kind::Name));
                    return ends || tongue.is_form(base, word, kind);
                }
                tongue.is_form(base, word, kind) || bare.is_some_and(|base| tongue.is_form(base, word, kind))
            })
        };
        let short = self.folded.breaks_in(at, end).find(|stop| is_form(&self.text()[at..*stop]));
        if let Some(stop) = short.or_else(|| is_form(word).then_some(end)) {
            return Some((stop, Form::Inflected));
        }
        if pair && country::may_stand_in(phrase) && languages.tongues().any(|tongue| tongue.tag() == country::LANGUAGE)
        {
            return Some((end, Form::Inflected));
        }
        // A base form of another language with an ending of this one.
        let foreign = foreign_stem(base, script).and_then(|stem| word.strip_prefix(stem));
        let declined = |rest: &str| languages.tongues().any(|tongue| tongue.declines() && tongue.is_ending(rest, kind));
        let people = || last && languages.tongues().any(|tongue| tongue.is_people(base, word));
        if !people() && foreign.is_some_and(|rest| !rest.is_empty() && declined(rest)) {
            return Some((end, Form::Inflected));
        }
        (people() || last && is_made_of(phrase, (base, script), word, languages)).then_some((end, Form::Compound))
    }

    fn text(&self) -> &str {
        self.folded.text()
    }

    /// An edge is an end of the text, a place beside anything that is not part of a word, a dropped apostrophe, or a
    /// place beside a character of a script that writes no blanks between words.
    pub(super) fn is_edge(&self, at: usize) -> bool {
        let text = self.text();
        let before = text[..at].chars().rev().find(|c| !is_voicing_mark(*c));
        let (Some(before), Some(after)) = (before, text[at..].chars().next()) else {
            return true;
        };
        !is_word_char(before) || !is_word_char(after) || self.folded.is_break(at) || divides(before, after)
    }

    /// Where the word ends that stands at `at`, or the part of it that a form of so many bytes can have.
    fn end_of_word(&self, at: usize, base_bytes: usize) -> usize {
        let text = &self.text()[at..];
        let text = &text[..text.floor_char_boundary(base_bytes + MAX_ADDED_BYTES)];
        let unspaced = text.starts_with(writes_no_blanks);
        let mut before = None;
        let stop = text.find(|c| {
            let divided = before.is_some_and(|before| divides(before, c) && !(unspaced && writes_no_blanks(c)));
            before = before.filter(|_| is_voicing_mark(c)).or(Some(c));
            !is_word_char(c) || divided
        });
        at + stop.unwrap_or(text.len())
    }

    /// Where the word begins that holds `at`.
    fn start_of_word(&self, at: usize) -> usize {
        if self.is_edge(at) {
            return at;
        }
        let before = self.text()[..at].char_indices().rev();
        before.map(|(start, _)| start).find(|start| self.is_edge(*start)).unwrap_or(0)
    }

    /// Where the word begins that ends at `end`, or the part of it that a form of so many bytes can have.
    fn start_of_word_before(&self, end: usize, base_bytes: usize) -> Option<usize> {
        let letters = self.text()[..end].char_indices().rev().take(base_bytes + MAX_ADDED_BYTES);
        let word = letters.take_while(|(_, c)| is_word_char(*c)).last();
        word.map(|(start, _)| start)
    }

    /// Places in the word `start..end` where the base form may begin: at once, and behind clitics.
    fn clitics<'s>(&'s self, word: &'s Word, start: usize, end: usize) -> impl Iterator<Item = usize> + 's {
        let script = match word {
            Word::Base { script, .. } => *script,
            _ => Script::Other,
        };
        let text = &self.text()[start..end.max(start)];
        let most = if matches!(script, Script::Arabic | Script::Hebrew) { clitic::MAX_CLITIC_CHARS } else { 0 };
        let places = text.char_indices().map(|(at, _)| at).take(most + 1);
        places.filter(move |at| clitic::of(script, &text[..*at]).is_some()).map(move |at| start + at)
    }

    fn clitics_at<'s>(&'s self, word: &'s Word, start: usize) -> impl Iterator<Item = usize> + 's {
        let end = self.end_of_word(start, 0);
        self.clitics(word, start, end)
    }

    fn clitic_before(&self, phrase: &Phrase, at: usize) -> bool {
        let start = self.start_of_word(at);
        match &phrase.words[0] {
            Word::Base { script, .. } => clitic::of(*script, &self.text()[start..at]).is_some(),
            _ => false,
        }
    }

    /// Whether the word that holds `at` has the article just before it.
    fn has_article_before(&self, script: Script, at: usize) -> bool {
        let start = self.start_of_word(at);
        clitic::has_article(script, &self.text()[start..at])
    }

    /// The article that ends at `end`, before what begins at `next`.
    fn article_before(&self, end: usize, next: usize) -> Option<usize> {
        let start = self.start_of_word_before(end, 0)?;
        is_article(&self.text()[start..end], &self.text()[next..]).then_some(start)
    }

    fn article_at(&self, start: usize) -> Option<usize> {
        let end = self.end_of_word(start, 0);
        let next = self.text()[end..].trim_start_matches(' ');
        is_article(&self.text()[start..end], next).then_some(end)
    }
}

/// Whether a word is a compound with a phrase's only word in front, or derived from it where that will do.
fn is_made_of(phrase: &Phrase, (base, script): (&str, Script), word: &str, languages: Languages) -> bool {
    if phrase.words.len() > 1 {
        return false;
    }
    let head = |rest: &str| languages.tongues().any(|tongue| tongue.is_head(rest));
    if word.strip_prefix(base).is_some_and(head) {
        return true;
    }
    let stem = foreign_stem(base, script).filter(|_| phrase.derived);
    // A common word is the beginning of too many others.
    let rare = |stem: &&str| phrase.case != Case::Small || stem.chars().count() >= MIN_COMMON_DERIVATION_LETTERS;
    let rest = stem.filter(rare).and_then(|stem| word.strip_prefix(stem));
    rest.is_some_and(|rest| (1..=MAX_DERIVATION_LETTERS).contains(&rest.chars().count()))
}
