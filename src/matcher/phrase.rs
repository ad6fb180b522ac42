//! Phrases: terms taken apart into words, each with what is needed to recognise it.

use super::article::{agrees, is_article, is_hyphened_article};
use super::case::{self, Agreement, Capitals, Case};
use super::clitic;
use super::language::{Kind, Languages, common_stem};
use crate::model::Form;
use crate::text::{Folded, Script, divides, fold, is_word_char, writes_no_blanks};
use unicode_normalization::UnicodeNormalization;

/// Fewest letters of words that may be written together without a blank ("home page", "homepage").
const MIN_JOINED_LETTERS: usize = 4;
/// The same in Arabic script, which leaves out its vowels.
const MIN_JOINED_ARABIC_LETTERS: usize = 3;
/// Longest abbreviation of a title or a kind of place, in letters.
const MAX_ABBREVIATION_LETTERS: usize = 3;

/// What is looked for: the words of a term in their order.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) words: Vec<Word>,
    pub(super) case: Case,
    pub(super) kind: Kind,
    /// Those whose word forms count.
    pub(super) languages: Languages,
    /// Not as written and not in a form, but as the beginning of a longer word (`prefix*`).
    pub(super) prefix: bool,
    /// Also where a longer word is derived from it: context is not picky.
    pub(super) derived: bool,
    /// For [`Case::Exact`], just what is to be found, [`spelled`].
    pub(super) spelling: Option<String>,
    /// Whether it has an apostrophe of its own ("Moody's").
    pub(super) apostrophe: bool,
    /// Whether it is an acronym of Hebrew, which has a mark in it wherever it stands.
    pub(super) marked: bool,
    /// The word that is looked up in the index.
    pub(super) anchor: usize,
}

/// What tells phrases apart that find different things: the words, and how they are compared.
pub(super) type Key = (Vec<Word>, Case, [bool; 4], Option<String>, Languages);

/// A word of a phrase, folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// A word as dictionaries have it.
    Base {
        /// The base form.
        text: String,
        /// Its script, which chooses the languages.
        script: Script,
    },
    /// The Arabic article in any form.
    Article {
        /// Whether it may be missing.
        optional: bool,
    },
    /// Signs, or a word with signs inside: as it is.
    Literal(String),
}

impl Phrase {
    /// Takes a term apart; `None` where folding leaves no letter or digit.
    pub(super) fn new(term: &str, case: Case, languages: Languages) -> Option<Self> {
        // Persian writes parts of a word with this between them, or a blank, or nothing.
        let written = term.replace('\u{200c}', " ");
        let folded = fold(&written);
        let mut pieces = pieces(&written, &folded);
        if case != Case::Exact {
            pieces = pieces.into_iter().flat_map(Piece::at_number).collect();
        }
        let words: Vec<Word> = (0..pieces.len()).filter_map(|at| Word::new(&pieces, at)).collect();
        words.iter().find(|word| word.text().is_some_and(|text| text.contains(is_word_char)))?;
        let kind = kind(term, case, words.len());
        let (begin, end) = (folded.text().len() - folded.text().trim_start().len(), folded.text().trim_end().len());
        let mut phrase = Self {
            words,
            case,
            kind,
            languages,
            prefix: false,
            derived: false,
            spelling: None,
            apostrophe: folded.breaks_in(begin, end).next().is_some(),
            marked: is_marked(term),
            anchor: 0,
        };
        phrase.anchor = phrase.choose_anchor();
        Some(phrase)
    }

    /// What tells the phrase from others.
    pub(super) fn key(&self) -> Key {
        let compared = [self.prefix, self.derived, self.apostrophe, self.marked];
        (self.words.clone(), self.case, compared, self.spelling.clone(), self.languages)
    }

    /// The longest word is the rarest. Words written on to the one before it begin nowhere, so they cannot be it.
    fn choose_anchor(&self) -> usize {
        let words = self.words.iter().enumerate().filter(|(at, _)| *at == 0 || !self.may_join(at - 1));
        words.max_by_key(|(at, word)| (word.stem(self.languages).len(), usize::MAX - at)).map_or(0, |(at, _)| at)
    }

    /// Whether the word `index` and the next may stand without a blank between them.
    pub(super) fn may_join(&self, index: usize) -> bool {
        let long = |word: Option<&Word>| match word {
            Some(Word::Base { text, script }) => match script {
                Script::Unspaced | Script::Hangul => true,
                Script::Arabic => text.chars().count() >= MIN_JOINED_ARABIC_LETTERS,
                _ => text.chars().count() >= MIN_JOINED_LETTERS,
            },
            _ => false,
        };
        let (this, next) = (self.words.get(index), self.words.get(index + 1));
        let number =
            |word: Option<&Word>| word.and_then(Word::text).map(|text| text.bytes().all(|b| b.is_ascii_digit()));
        // "F-16", "F16".
        matches!((number(this), number(next)), (Some(a), Some(b)) if a != b) || (long(this) && long(next))
    }

    /// Whether the word `index` may be an abbreviation, with a dot behind it ("St.", "Gen.").
    pub(super) fn may_have_dot(&self, index: usize) -> bool {
        self.words[index].text().is_some_and(|text| text.chars().count() <= MAX_ABBREVIATION_LETTERS)
    }

    /// How long the base form of the word `index` is.
    pub(super) fn word_bytes(&self, index: usize) -> usize {
        self.words[index].text().map_or(0, str::len)
    }

    /// How many letters its words have together, the article two.
    pub(super) fn letters(&self) -> usize {
        self.words.iter().map(|word| word.text().map_or(2, |text| text.chars().count())).sum()
    }

    /// How a place in a text agrees with the term's capitals. An adjective made of a name is written small in many
    /// languages, and so are longer names by those in a hurry.
    pub(super) fn agree(&self, found: &str, form: Form, capitals: Capitals) -> Agreement {
        if let Some(spelling) = &self.spelling {
            let same = form == Form::Base && is_spelled(found, spelling);
            return if same { Agreement::Well } else { Agreement::No };
        }
        if self.marked && !is_marked(found) {
            return Agreement::No;
        }
        match case::agree(self.case, found, capitals) {
            // A name of several words has a capital somewhere, and one of many is no accident without.
            Agreement::Small if found.contains(char::is_uppercase) || self.words.len() > 2 => Agreement::Well,
            Agreement::Small if self.is_written_small(found, form) => Agreement::Well,
            // "Crimea" is no beginning of "criminal".
            Agreement::Small if form == Form::Compound => Agreement::No,
            agreement => agreement,
        }
    }

    /// Whether languages write the name small in this form: an adjective made of it, or a word for its people.
    fn is_written_small(&self, found: &str, form: Form) -> bool {
        let Some(base) = self.words[self.anchor].text() else { return false };
        let word = fold(found).into_pattern();
        let adjective = || {
            let script = Script::of_text(base).unwrap_or(Script::Other);
            Languages::of_script(script).tongues().any(|tongue| tongue.is_adjective(base, &word))
        };
        match form {
            Form::Compound => !self.derived,
            Form::Inflected => self.words.len() == 1 && adjective(),
            Form::Base | Form::Respelled | Form::Transliterated => form != Form::Base,
        }
    }

    /// Stems under which the anchor stands in the index.
    pub(super) fn stems(&self) -> Vec<String> {
        let word = &self.words[self.anchor];
        let stem = if self.prefix || self.case == Case::Exact {
            word.text().unwrap_or_default()
        } else {
            word.stem(self.languages)
        };
        let mut stems = vec![stem.to_owned()];
        if let Word::Base { script, .. } = word {
            stems.extend(clitic::without_article(*script, stem).map(str::to_owned));
        }
        if let (Word::Base { text, script }, false) = (word, self.prefix || self.case == Case::Exact) {
            // The shortest is found wherever a longer one is.
            let foreign = foreign_stem(text, *script).filter(|foreign| foreign.len() < stem.len());
            if let Some(foreign) = foreign {
                stems[0] = foreign.to_owned();
            }
        }
        stems
    }
}

/// A part of a term between blanks and hyphens.
struct Piece<'t> {
    folded: &'t str,
    written: &'t str,
    /// Whether a hyphen stands behind it.
    hyphened: bool,
}

impl<'t> Piece<'t> {
    /// A name and its number, apart ("F16").
    fn at_number(self) -> impl Iterator<Item = Piece<'t>> {
        let at = self.folded.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let (name, number) = self.folded.split_at(at);
        let apart = at > 0 && name.chars().all(char::is_alphabetic) && number.bytes().all(|b| b.is_ascii_digit());
        let Piece { written, hyphened, .. } = self;
        let name = apart.then_some(Piece { folded: name, written, hyphened: true });
        let rest = if apart { number } else { self.folded };
        name.into_iter().chain([Piece { folded: rest, written, hyphened }])
    }
}

fn pieces<'t>(written: &'t str, folded: &'t Folded) -> Vec<Piece<'t>> {
    let text = folded.text();
    let mut pieces = Vec::new();
    let mut start = 0;
    for piece in text.split(' ') {
        let end = start + piece.len();
        if !piece.is_empty() {
            let gap = if end < text.len() { folded.original_span(end, end + 1) } else { 0..0 };
            let hyphened = !gap.is_empty() && !written[gap].contains(char::is_whitespace);
            pieces.push(Piece { folded: piece, written: &written[folded.original_span(start, end)], hyphened });
        }
        start = end + 1;
    }
    pieces
}

impl Word {
    /// The word that a piece is among the others; `None` for a sign that says nothing.
    fn new(pieces: &[Piece<'_>], at: usize) -> Option<Self> {
        let Piece { folded: piece, written, hyphened } = pieces[at];
        if let Some(next) = pieces.get(at + 1) {
            // "US Army" has none.
            let acronym = written.chars().nth(1).is_some() && !written.contains(char::is_lowercase);
            if hyphened && is_hyphened_article(piece) {
                return Some(Word::Article { optional: true });
            }
            if !acronym && is_article(piece, next.folded) {
                return Some(Word::Article { optional: agrees(piece, next.folded) });
            }
        }
        // "St. Petersburg" and "St Petersburg" are one.
        let piece = if pieces.len() > 1 && piece.len() > 1 { piece.trim_end_matches('.') } else { piece };
        if piece.is_empty() {
            return None;
        }
        let unspaced = piece.starts_with(writes_no_blanks);
        let mut pairs = piece.chars().zip(piece.chars().skip(1));
        let mixed = pairs.any(|(a, b)| divides(a, b) && !(unspaced && writes_no_blanks(a) && writes_no_blanks(b)));
        Some(match Script::of_text(piece) {
            Some(script) if !mixed && piece.chars().all(is_word_char) => Word::Base { text: piece.to_owned(), script },
            None if piece.chars().all(is_word_char) => Word::Base { text: piece.to_owned(), script: Script::Other },
            _ => Word::Literal(piece.to_owned()),
        })
    }

    /// The base form, or the literal.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Word::Base { text, .. } | Word::Literal(text) => Some(text),
            Word::Article { .. } => None,
        }
    }

    /// Whether it is an Arabic word for people or things by where they come from, which takes the article.
    pub(super) fn is_descent(&self) -> bool {
        const ENDINGS: [&str; 4] = ["ي", "يه", "يون", "يين"];
        matches!(self, Word::Base { text, script: Script::Arabic } if text.chars().count() >= MIN_FOREIGN_LETTERS
            && ENDINGS.iter().any(|ending| text.ends_with(ending)))
    }

    /// What all forms of the word begin with.
    fn stem(&self, languages: Languages) -> &str {
        match self {
            Word::Base { text, script } => common_stem(Languages::of_script(*script).and(languages), text),
            Word::Literal(text) => text,
            Word::Article { .. } => "",
        }
    }
}

/// Whether it is an acronym of Hebrew: with a quotation mark before its last letter.
fn is_marked(text: &str) -> bool {
    let hebrew = |c: Option<char>| c.and_then(Script::of) == Some(Script::Hebrew);
    let marks = text.match_indices(['"', '\u{201c}', '\u{201d}', '\u{201f}', '\u{5f4}']);
    marks
        .into_iter()
        .any(|(at, mark)| hebrew(text[..at].chars().next_back()) && hebrew(text[at + mark.len()..].chars().next()))
}

/// The text as people see it: any blanks are one, and what nobody sees does not count.
pub(super) fn spelled(text: &str) -> String {
    let unseen = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let seen: String = text.chars().filter(|c| !unseen(c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Whether the text is written just so.
fn is_spelled(found: &str, spelling: &str) -> bool {
    // Most are told apart as they stand.
    let plain = found.is_ascii() && !found.contains(char::is_whitespace);
    found == spelling || !plain && spelled(found) == spelling
}

/// What the words of a term are: a name's last word begins with a capital in every language that has them ("Workers'
/// Party", not "free elections").
fn kind(term: &str, case: Case, words: usize) -> Kind {
    let last = term.split_whitespace().next_back().and_then(|word| word.chars().find(|c| c.is_alphabetic()));
    match (case, words) {
        (Case::Small, 1) if term.chars().find_map(Script::of).is_some_and(Script::has_case) => Kind::Common,
        (_, 1) => Kind::Name,
        _ if last.is_some_and(char::is_uppercase) => Kind::Part,
        _ => Kind::Common,
    }
}

/// Fewest letters of a name that other languages may go on from.
const MIN_FOREIGN_LETTERS: usize = 4;

/// What a name of one language begins with in another: it, without a vowel at its end (Lapland-e, Laplandi-a, Лапланди-я).
pub(super) fn foreign_stem(base: &str, script: Script) -> Option<&str> {
    const VOWELS: &[char] =
        &['a', 'e', 'i', 'o', 'u', 'y', 'а', 'е', 'и', 'і', 'о', 'у', 'ы', 'я', 'ю', 'ь', 'α', 'ο', 'η', 'ι'];
    if !script.has_case() {
        return None;
    }
    let long = |stem: &&str| stem.chars().count() >= MIN_FOREIGN_LETTERS;
    base.strip_suffix(VOWELS).filter(long).or(Some(base)).filter(long)
}
