//! Phrases: terms taken apart into words, each with what is needed to recognise it.

use super::case::{self, Agreement, Capitals, Case};
use super::clitic;
use super::language::{Kind, Languages, common_stem};
use crate::model::Form;
use crate::text::{Script, divides, fold, is_word_char, writes_no_blanks};
use unicode_normalization::UnicodeNormalization;

/// Romanised and Cyrillic forms of the Arabic article, which follow the sound of the next letter and the language of the
/// writer; folded.
const ARTICLES: &[&str] = &[
    "al", "el", "ul", "il", "ol", "ar", "er", "as", "es", "us", "ash", "esh", "ush", "ach", "ech", "asch", "esch",
    "asz", "esz", "at", "et", "ut", "ad", "ed", "an", "en", "az", "ez", "ur", "un", "ud", "uz", "l", "аль", "эль",
    "аш", "ас", "ат", "ад", "ан", "ар", "аз", "эш", "эс", "ал", "ел", "ел", "еш", "уль", "уш",
];

/// Fewest letters of words that may be written together without a blank ("home page", "homepage").
const MIN_JOINED_LETTERS: usize = 4;
/// The same in Arabic script, which leaves out its vowels.
const MIN_JOINED_ARABIC_LETTERS: usize = 3;

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
    /// The word that is looked up in the index.
    pub(super) anchor: usize,
}

/// What tells phrases apart that find different things: the folded text, and how it is compared.
pub(super) type Key = (String, Case, [bool; 2], Option<String>, Languages);

/// A word of a phrase, folded.
#[derive(Debug)]
pub(super) enum Word {
    /// A word as dictionaries have it.
    Base {
        /// The base form.
        text: String,
        /// Its script, which chooses the languages.
        script: Script,
    },
    /// The romanised Arabic article: any form of it, or none.
    Article,
    /// Signs, or a word with signs inside: as it is.
    Literal(String),
}

impl Phrase {
    /// Takes a term apart; `None` where folding leaves no letter or digit.
    pub(super) fn new(term: &str, case: Case, languages: Languages) -> Option<Self> {
        // Persian writes parts of a word with this between them, or a blank, or nothing.
        let folded = fold(&term.replace('\u{200c}', " ")).into_pattern();
        let pieces: Vec<&str> = folded.split(' ').filter(|piece| !piece.is_empty()).collect();
        let cased_article = pieces.len() > 1;
        let words: Vec<Word> = pieces.iter().map(|piece| Word::new(piece, cased_article)).collect();
        words.iter().find(|word| word.text().is_some_and(|text| text.contains(is_word_char)))?;
        let kind = kind(term, case, words.len());
        let mut phrase =
            Self { words, case, kind, languages, prefix: false, derived: false, spelling: None, anchor: 0 };
        phrase.anchor = phrase.choose_anchor();
        Some(phrase)
    }

    /// What tells the phrase, which stands for `text`, from others.
    pub(super) fn key(&self, text: &str) -> Key {
        let compared = [self.prefix, self.derived];
        (fold(text).into_pattern(), self.case, compared, self.spelling.clone(), self.languages)
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
        long(self.words.get(index)) && long(self.words.get(index + 1))
    }

    /// How a place in a text agrees with the term's capitals. An adjective made of a name is written small in many
    /// languages, and so are longer names by those in a hurry.
    pub(super) fn agree(&self, found: &str, form: Form, capitals: Capitals) -> Agreement {
        if let Some(spelling) = &self.spelling {
            let same = form == Form::Base && is_spelled(found, spelling);
            return if same { Agreement::Well } else { Agreement::No };
        }
        match case::agree(self.case, found, capitals) {
            Agreement::Small if self.words.len() > 1 || form != Form::Base => Agreement::Well,
            agreement => agreement,
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
        if let Word::Base { script: Script::Arabic, .. } = word {
            stems.extend(clitic::without_article(stem).map(str::to_owned));
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

impl Word {
    fn new(piece: &str, may_be_article: bool) -> Self {
        if may_be_article && is_article(piece) {
            return Word::Article;
        }
        let unspaced = piece.starts_with(writes_no_blanks);
        let mut pairs = piece.chars().zip(piece.chars().skip(1));
        let mixed = pairs.any(|(a, b)| divides(a, b) && !(unspaced && writes_no_blanks(a) && writes_no_blanks(b)));
        match Script::of_text(piece) {
            Some(script) if !mixed && piece.chars().all(is_word_char) => Word::Base { text: piece.to_owned(), script },
            None if piece.chars().all(is_word_char) => Word::Base { text: piece.to_owned(), script: Script::Other },
            _ => Word::Literal(piece.to_owned()),
        }
    }

    /// The base form, or the literal.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Word::Base { text, .. } | Word::Literal(text) => Some(text),
            Word::Article => None,
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
            Word::Article => "",
        }
    }
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

/// Whether a folded word is a romanised article.
pub(super) fn is_article(word: &str) -> bool {
    ARTICLES.contains(&word)
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
