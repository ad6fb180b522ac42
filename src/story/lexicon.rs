//! The lexicon: what the news speaks of, in the languages in which it is read. It lets a report be recognised in another
//! language where the names alone do not tell.
//!
//! The table is text (`lexicon.txt`): a line a concept, a column a language, entries that are the beginnings of words. What
//! a language is not in the table for is read as a near relative.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold;

const TABLE: &str = include_str!("lexicon.txt");
/// The languages of the columns.
const LANGUAGES: [&str; 18] =
    ["en", "ar", "ru", "uk", "de", "fr", "es", "it", "pt", "pl", "cs", "tr", "fa", "fi", "sv", "nl", "et", "zh"];
/// Languages that are read as another.
const RELATIVES: [(&str, &str); 20] = [
    ("da", "sv"),
    ("no", "sv"),
    ("nb", "sv"),
    ("nn", "sv"),
    ("sk", "cs"),
    ("ca", "es"),
    ("gl", "es"),
    ("be", "uk"),
    ("bg", "ru"),
    ("mk", "ru"),
    ("sr", "ru"),
    ("kk", "ru"),
    ("ky", "ru"),
    ("az", "tr"),
    ("ja", "zh"),
    ("af", "nl"),
    ("lb", "de"),
    ("ro", "it"),
    ("prs", "fa"),
    ("tg", "ru"),
];
/// Longest beginning that is looked up, in letters.
const MAX_LETTERS: usize = 12;

/// What a concept is: a place or an actor, or what happens and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Entity,
    Topic,
}

/// A concept: its line in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Concept {
    pub(super) line: u16,
    pub(super) sort: Sort,
}

/// The column of a language, by its primary subtag.
pub(super) fn column(language: &str) -> Option<u8> {
    let relative = RELATIVES.iter().find(|(from, _)| *from == language).map_or(language, |(_, to)| *to);
    LANGUAGES.iter().position(|known| *known == relative).and_then(|at| u8::try_from(at).ok())
}

/// The concept that a folded word of a language stands for, by its longest beginning that is known.
pub(super) fn concept(column: u8, word: &str) -> Option<Concept> {
    let lexicon = &*LEXICON;
    if let Some(concept) = lexicon.whole.get(&(column, word)) {
        return Some(*concept);
    }
    let mut ends = [0; MAX_LETTERS];
    let mut letters = 0;
    for (at, c) in word.char_indices().take(MAX_LETTERS) {
        ends[letters] = at + c.len_utf8();
        letters += 1;
    }
    ends[..letters].iter().rev().find_map(|end| lexicon.beginnings.get(&(column, &word[..*end]))).copied()
}

struct Lexicon {
    beginnings: HashMap<(u8, &'static str), Concept>,
    whole: HashMap<(u8, &'static str), Concept>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { beginnings: HashMap::new(), whole: HashMap::new() };
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for (line, columns) in (0..).zip(lines) {
        let mut columns = columns.split('|');
        let sort = if matches!(columns.next(), Some("p" | "a")) { Sort::Entity } else { Sort::Topic };
        for (column, entries) in (0..).zip(columns) {
            for entry in entries.split_whitespace() {
                let (entry, whole) = entry.strip_prefix('=').map_or((entry, false), |entry| (entry, true));
                // For the life of the program.
                let folded: &'static str = fold(entry).into_pattern().leak();
                let map = if whole { &mut lexicon.whole } else { &mut lexicon.beginnings };
                // Of two concepts that begin alike the first stands.
                map.entry((column, folded)).or_insert(Concept { line, sort });
            }
        }
    }
    lexicon
});
