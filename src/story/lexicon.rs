//! The lexicon: places, people, groups and events of the news, and the words for them in many languages. It lets reports
//! in different languages be compared by what they are about.
//!
//! `lexicon.txt` holds a concept a line: its kind, its name, a `>parent` where one is meant with it, and behind a colon the
//! words for it. A `*` ends a word that may go on in any way; `_` joins two words; a word in capitals is meant only where
//! it is written in capitals.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::seed::Plain;
use super::words::{Case, Word};
use crate::text::{fold, writes_no_blanks};

/// What sort of thing a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Place,
    Actor,
    Event,
    /// Said in all news: such a word tells little, whatever it means.
    Common,
}

/// A line of the lexicon.
#[derive(Debug)]
pub(super) struct Concept {
    pub(super) sort: Sort,
    pub(super) parent: Option<u16>,
}

#[derive(Debug, Default)]
struct Head {
    whole: Option<u16>,
    prefix: Option<u16>,
    capitals: Option<u16>,
    /// What has to begin the word behind, or to be it, and the concept.
    phrases: Vec<(Box<str>, bool, u16)>,
}

/// The concepts and how they are found.
pub(super) struct Lexicon {
    pub(super) concepts: Vec<Concept>,
    heads: HashMap<u64, Head, Plain>,
    /// The first letters of all of them: most words begin like none.
    begins: HashSet<u64, Plain>,
}

/// Longest beginning of a word that is looked up, in letters.
const LONGEST: usize = 14;
/// Shortest one that may go on.
const SHORTEST: usize = 3;
/// Longest word of a script without blanks.
const LONGEST_BLANKLESS: usize = 6;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("lexicon.txt")));

/// The lexicon that is shipped.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    fn read(text: &str) -> Self {
        let mut lexicon = Self { concepts: Vec::new(), heads: HashMap::default(), begins: HashSet::default() };
        let mut names: HashMap<&str, u16> = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((head, words)) = line.split_once(':') else { continue };
            let mut head = head.split_whitespace();
            let sort = match head.next() {
                Some("place") => Sort::Place,
                Some("actor") => Sort::Actor,
                Some("common") => Sort::Common,
                _ => Sort::Event,
            };
            let (name, parent) = (head.next().unwrap_or_default(), head.next());
            let parent = parent.and_then(|parent| names.get(parent.trim_start_matches('>')).copied());
            let concept = lexicon.concepts.len() as u16;
            names.insert(name, concept);
            lexicon.concepts.push(Concept { sort, parent });
            words.split_whitespace().for_each(|word| lexicon.add(word, concept));
        }
        lexicon
    }

    fn add(&mut self, word: &str, concept: u16) {
        let capitals = word.chars().all(|c| c.is_uppercase());
        let (bare, goes_on) = word.strip_suffix('*').map_or((word, false), |bare| (bare, true));
        let folded = fold(&bare.replace('_', " ")).into_pattern();
        let (first, second) = folded.split_once(' ').map_or((folded.as_str(), None), |(a, b)| (a, Some(b)));
        self.begins.insert(beginning(first));
        let head = self.heads.entry(xxh3_64(first.as_bytes())).or_default();
        match second {
            Some(second) => head.phrases.push((second.into(), goes_on, concept)),
            None if capitals => head.capitals = Some(concept),
            None if goes_on => head.prefix = Some(concept),
            None => head.whole = Some(concept),
        }
    }

    /// The concept that a word stands for, with the one behind it where they are a phrase.
    pub(super) fn find(&self, word: Word<'_>, next: Option<&str>) -> Option<u16> {
        let text = word.text;
        if !self.begins.contains(&beginning(text)) {
            return None;
        }
        let head = |text: &str| self.heads.get(&xxh3_64(text.as_bytes()));
        if let Some(head) = head(text) {
            let phrase = next.and_then(|next| head.phrase(next));
            let capitals = head.capitals.filter(|_| word.case == Case::Capitals);
            let found = phrase.or(capitals).or(head.whole).or(head.prefix);
            if found.is_some() {
                return found;
            }
        }
        let ends = text.char_indices().map(|(at, _)| at).skip(SHORTEST).take(LONGEST - SHORTEST + 1);
        let mut found = None;
        // The longest beginning wins, and it is the last.
        for end in ends {
            found = head(&text[..end]).and_then(|head| head.prefix).or(found);
        }
        found
    }

    /// The concepts in a stretch of a script that writes no blanks.
    pub(super) fn find_blankless(&self, text: &str, mut found: impl FnMut(u16)) {
        let mut starts = text.char_indices().filter(|(_, c)| writes_no_blanks(*c)).map(|(at, _)| at).peekable();
        while let Some(start) = starts.next() {
            let rest = &text[start..];
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).skip(1).take(LONGEST_BLANKLESS);
            let longest = ends.filter_map(|end| {
                let head = self.heads.get(&xxh3_64(&rest.as_bytes()[..end]))?;
                Some((end, head.whole.or(head.prefix)?))
            });
            if let Some((end, concept)) = longest.last() {
                found(concept);
                while starts.next_if(|at| *at < start + end).is_some() {}
            }
        }
    }
}

/// A hash of the first [`SHORTEST`] letters of a word, or of all that there are.
fn beginning(word: &str) -> u64 {
    let end = word.char_indices().nth(SHORTEST).map_or(word.len(), |(at, _)| at);
    xxh3_64(&word.as_bytes()[..end])
}

impl Head {
    fn phrase(&self, next: &str) -> Option<u16> {
        let matches = |(second, goes_on, _): &&(Box<str>, bool, u16)| {
            next == &**second || (*goes_on && next.starts_with(&**second))
        };
        self.phrases.iter().find(matches).map(|(_, _, concept)| *concept)
    }
}
