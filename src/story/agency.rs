//! Which news agencies an item credits: two outlets that print one agency's report are one witness.
//!
//! A full and unmistakable name (Reuters, Рейтер, رويترز) counts wherever it stands. A short name may mean something else
//! (AP, ETA, the Philippine AFP, a city), so it counts only as it is spelled and where a credit stands: as an author, in a
//! dateline, at the end, or beside a word of attribution. An item whose link is at an agency's own domain credits it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::Item;
use crate::text::{Script, fold, is_word_char, writes_no_blanks};

use super::outlet;
use super::tokens::{MAX_BODY, MAX_SUMMARY, MAX_TITLE, Word, clip, words};

mod place;
mod table;

use table::{AGENCIES, UNLESS};

/// Most agencies of an item; nothing honest names more.
pub const MAX_CREDITS: usize = 16;
/// Most authors that are read, and most bytes of each.
const MAX_AUTHORS: usize = 16;
const MAX_AUTHOR: usize = 200;

/// A news agency, as it is told apart from the others: its place in the shipped table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Agency(u8);

impl Agency {
    /// What people call it, in Latin letters: "AFP", "RIA Novosti".
    pub fn name(self) -> &'static str {
        AGENCIES.get(usize::from(self.0)).map_or("", |agency| agency.0)
    }

    /// All that are known.
    pub fn all() -> impl Iterator<Item = Agency> {
        (0..AGENCIES.len()).filter_map(|at| u8::try_from(at).ok().map(Agency))
    }
}

/// A way to write an agency.
struct Name {
    agency: Agency,
    /// Folded, at least one.
    words: Vec<String>,
    /// As it is spelled, if it counts as a credit alone.
    short: Option<&'static str>,
}

/// Every name of blanked scripts by its first word, longest first.
static NAMES: LazyLock<HashMap<String, Vec<Name>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Name>> = HashMap::new();
    for (agency, _, full, short, _) in table::rows() {
        let full =
            full.split(';').map(|name| (name, None)).chain(short.split(';').map(|name| (name, Some(name.trim()))));
        for (name, short) in full.filter(|(name, _)| !name.trim().is_empty() && !is_unspaced(name)) {
            let words: Vec<String> = words(name).into_iter().map(|word| word.folded).collect();
            if let Some(first) = words.first() {
                names.entry(first.clone()).or_default().push(Name { agency, words, short });
            }
        }
    }
    names.values_mut().for_each(|names| names.sort_by_key(|name| std::cmp::Reverse(name.words.len())));
    names
});

/// Names in scripts that set no blanks around them, folded: they are looked for as they are.
static UNSPACED: LazyLock<Vec<(Agency, String)>> = LazyLock::new(|| {
    let rows = table::rows().flat_map(|(agency, _, full, ..)| full.split(';').map(move |name| (agency, name)));
    rows.filter(|(_, name)| is_unspaced(name)).map(|(agency, name)| (agency, fold(name).into_pattern())).collect()
});

fn is_unspaced(name: &str) -> bool {
    name.chars().any(|c| writes_no_blanks(c) || Script::of(c) == Some(Script::Hangul))
}

/// A name that was found, as words `first..end` of a text.
struct Found<'n> {
    name: &'n Name,
    first: usize,
    end: usize,
}

/// The names of the agencies that an item credits, sorted and each once; at most [`MAX_CREDITS`].
pub fn credits(item: &Item) -> Vec<&'static str> {
    let mut found: Vec<Agency> =
        item.link.as_deref().and_then(outlet::host).and_then(|host| of_host(&host)).into_iter().collect();
    for author in item.authors.iter().take(MAX_AUTHORS) {
        let text = clip(author, MAX_AUTHOR);
        let words = words(text);
        found.extend(
            names_in(text, &words)
                .filter(|f| f.name.short.is_none() || place::is_author(text, &words, f.first, f.end))
                .map(|f| f.name.agency),
        );
        found.extend(unspaced_in(text));
    }
    let parts = [clip(&item.title, MAX_TITLE), clip(&item.summary, MAX_SUMMARY), clip(&item.body, MAX_BODY)];
    let whole = [item.title.len(), item.summary.len(), item.body.len()];
    let read: Vec<Vec<Word>> = parts.iter().map(|part| words(part)).collect();
    // A force or a region of the same short name, anywhere in the item.
    let other: Vec<Agency> = UNLESS
        .iter()
        .filter(|(_, words)| read.iter().flatten().any(|word| words.split(' ').any(|other| other == word.folded)))
        .filter_map(|(name, _)| Agency::all().find(|agency| agency.name() == *name))
        .collect();
    for ((text, words), whole) in parts.into_iter().zip(&read).zip(whole) {
        let credited = |f: &Found<'_>| {
            let (first, end) = (f.first, f.end);
            match f.name.short {
                _ if place::is_another_house(words, first, end) => false,
                None => true,
                Some(short) => {
                    // A force or a party writes its letters at an end as well; the agency of that name is too great to miss.
                    let other = other.contains(&f.name.agency);
                    let ends =
                        text.len() == whole && place::is_trailing(text, words, first, end, table::is_wary(short));
                    (short != "PA" && place::is_dateline(text, words, first, end))
                        || (ends && (!other || short == "AFP"))
                        || (!other && place::is_attribution(text, words, first, end, table::is_wary(short)))
                }
            }
        };
        found.extend(names_in(text, words).filter(credited).map(|f| f.name.agency));
        found.extend(unspaced_in(text));
    }
    found.sort_unstable();
    found.dedup();
    let mut names: Vec<&'static str> = found.into_iter().map(Agency::name).take(MAX_CREDITS).collect();
    names.sort_unstable();
    names
}

fn of_host(host: &str) -> Option<Agency> {
    let under =
        |domain: &str| host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    table::rows().find(|(_, _, _, _, domains)| domains.split_whitespace().any(under)).map(|(agency, ..)| agency)
}

/// The names in a text, each where its longest one stands.
fn names_in<'w>(text: &'w str, words: &'w [Word]) -> impl Iterator<Item = Found<'static>> + 'w {
    let mut free = 0;
    (0..words.len()).filter_map(move |first| {
        if first < free {
            return None;
        }
        let (name, end) = starts_at(text, words, first)?;
        free = end;
        Some(Found { name, first, end })
    })
}

fn starts_at(text: &str, words: &[Word], first: usize) -> Option<(&'static Name, usize)> {
    let candidates = without_clitics(&words[first].folded).into_iter().filter_map(|word| NAMES.get(word));
    candidates.flatten().find_map(|name| {
        let end = first + name.words.len();
        let here = words.get(first..end)?;
        let same = here.iter().zip(&name.words).skip(1).all(|(word, expected)| word.folded == *expected);
        let close = here.windows(2).all(|two| is_gap(&text[two[0].end..two[1].start]));
        let spelled = name.short.is_none_or(|short| {
            let written = &text[words[first].start..words[end - 1].end];
            let cased = Script::of_text(short).is_some_and(Script::has_case);
            !cased || name.words.len() > 1 || written == short || fold_keeps_case(written, short)
        });
        (same && close && spelled).then_some((name, end))
    })
}

/// The same word in other code points of the same capitals (a C with a caron above).
fn fold_keeps_case(written: &str, short: &str) -> bool {
    let capitals = |text: &str| text.chars().filter(|c| c.is_uppercase()).count();
    !written.is_ascii() && !short.is_ascii() && capitals(written) == capitals(short)
}

/// What may part the words of one name.
fn is_gap(gap: &str) -> bool {
    gap.len() <= 4
        && gap.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '\u{2011}' | '.' | '’' | '\'' | '\u{200c}' | '/'))
}

/// A word as it is, and without what Arabic and Hebrew write on in front of it, if enough is left to be a name.
fn without_clitics(word: &str) -> Vec<&str> {
    let clitics: &[&str] = match Script::of_text(word) {
        Some(Script::Arabic) => &["و", "ل", "ب", "ف", "ك", "ال", "وال", "لل"],
        Some(Script::Hebrew) => &["ו", "ל", "ב", "ה", "ש", "מ"],
        _ => return vec![word],
    };
    let bare = clitics.iter().filter_map(|clitic| word.strip_prefix(clitic)).filter(|rest| rest.chars().count() >= 4);
    std::iter::once(word).chain(bare).collect()
}

fn unspaced_in(text: &str) -> Vec<Agency> {
    if text.is_ascii()
        || !text.chars().any(|c| is_word_char(c) && (writes_no_blanks(c) || Script::of(c) == Some(Script::Hangul)))
    {
        return Vec::new();
    }
    let folded = fold(text);
    UNSPACED.iter().filter(|(_, name)| folded.text().contains(name.as_str())).map(|(agency, _)| *agency).collect()
}

#[cfg(test)]
mod tests;
