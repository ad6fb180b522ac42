//! Whether an item takes back, or puts right, what its publisher said before.
//!
//! Read are the marker that the headline begins with or ends with in brackets, and the first sentence of the summary where
//! it speaks of an earlier version of itself. A denial by someone else is news and no correction, and so is a story about
//! corrections: a marker counts only where a publisher sets one, apart from the sentence by a sign.

use crate::model::Item;
use crate::text::fold;

use super::tokens::{MAX_SUMMARY, MAX_TITLE, clip, words};

mod markers;

/// What became of an earlier report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Correction {
    /// It was wrong in part, and this is how it was meant.
    Corrected,
    /// It is not to be used any more.
    Withdrawn,
}

/// Longest first sentence in bytes.
const MAX_SENTENCE: usize = 400;
/// Most words of a marker.
const MAX_MARKER_WORDS: usize = 4;
/// Most labels that stand before a marker ("UPDATE 1-CORRECTED-").
const MAX_LABELS: usize = 2;

/// Whether the item says of itself that it corrects or withdraws an earlier report.
pub fn correction(item: &Item) -> Option<Correction> {
    let title = clip(&item.title, MAX_TITLE).trim();
    of_title(title).or_else(|| of_sentence(first_sentence(clip(&item.summary, MAX_SUMMARY))))
}

fn of_title(title: &str) -> Option<Correction> {
    let mut rest = title;
    for _ in 0..=MAX_LABELS {
        if let Some(found) = at_start(rest) {
            return (!markers::is_about(rest)).then_some(found);
        }
        match without_label(rest) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    in_brackets_at_end(title).or_else(|| stopped(title))
}

/// What is behind a wire's label, as "UPDATE 2-" and "Sport:" are none of ours.
fn without_label(title: &str) -> Option<&str> {
    let (label, rest) = title.split_once('-')?;
    let capitals = label.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ');
    (capitals && label.split(' ').any(|word| matches!(word, "UPDATE" | "WRAPUP" | "REFILE" | "EXCLUSIVE")))
        .then_some(rest)
}

/// A marker that the text begins with, set apart by brackets, a colon or a dash.
fn at_start(title: &str) -> Option<Correction> {
    let title =
        title.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '"' | '\u{200e}' | '\u{200f}'));
    if let Some((open, close)) = brackets(title.chars().next()?) {
        let (inside, _) = title[open.len_utf8()..].split_once(close)?;
        return markers::begins(inside).or_else(|| exact(inside));
    }
    // An unspaced script has no blanks to end a marker at.
    let head = clip(title, 80);
    if let Some((marker, _)) = head.split_once(['：', ':'])
        && let Some(found) = exact(marker)
    {
        return Some(found);
    }
    let first = words(head).into_iter().take(MAX_MARKER_WORDS).map(|word| word.end).collect::<Vec<_>>();
    first.into_iter().rev().find_map(|end| {
        let (marker, behind) = head.split_at(end);
        let found = exact(marker)?;
        let dash = behind.trim_start().chars().next().is_some_and(|c| matches!(c, '-' | '–' | '—' | '|'));
        let spaced = behind.starts_with(char::is_whitespace) || behind.starts_with(['–', '—']);
        // A hyphen written on makes a compound ("Correction-bound"), but behind the label of a wire ("CORRECTED-").
        (dash && (spaced || is_capitals(marker))).then_some(found)
    })
}

/// A marker that is all of a text; one that means much else counts in capitals alone.
fn exact(text: &str) -> Option<Correction> {
    let folded = folded(text);
    let folded = folded.strip_prefix("update ").unwrap_or(&folded);
    markers::exact(folded).or_else(|| is_capitals(text).then(|| markers::in_capitals(folded)).flatten())
}

/// "Storm hits coast (corrected)".
fn in_brackets_at_end(title: &str) -> Option<Correction> {
    let close = title.chars().next_back()?;
    let open = match close {
        ')' => '(',
        ']' => '[',
        '】' => '【',
        '）' => '（',
        _ => return None,
    };
    let at = title.rfind(open)?;
    let inside = &title[at + open.len_utf8()..title.len() - close.len_utf8()];
    let found = exact(inside)?;
    // "Shares lose a tenth (correction)" explains a word of the exchange.
    if markers::is_of_markets(title) && !is_capitals(inside) {
        return None;
    }
    let small = inside.trim().chars().next().is_some_and(char::is_lowercase);
    (!(small && folded(inside) == "correction")).then_some(found)
}

/// The notices by which a wire stops a story: "KILL: Harbour story", "Advisory: story withdrawn".
fn stopped(title: &str) -> Option<Correction> {
    let (label, rest) = title.split_once(':')?;
    let rest = format!(" {} ", folded(clip(rest, 200)));
    let names_itself = [" story ", " article ", " item ", " dispatch ", " headline ", " photo "]
        .iter()
        .any(|word| rest.contains(word));
    let kill = label.trim() == "KILL" || label.trim() == "KILLED";
    let advisory = matches!(folded(label).as_str(), "advisory" | "editors" | "attention editors" | "note to editors");
    let ends = ["withdrawn ", "withdraws ", "killed ", "retracted "].iter().any(|word| rest.contains(word));
    (names_itself && (kill || (advisory && ends))).then_some(Correction::Withdrawn)
}

fn brackets(open: char) -> Option<(char, char)> {
    let pairs = [('(', ')'), ('[', ']'), ('【', '】'), ('（', '）'), ('［', '］'), ('<', '>')];
    pairs.into_iter().find(|pair| pair.0 == open)
}

fn is_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// The folded words of a text, a blank between each two.
fn folded(text: &str) -> String {
    fold(text)
        .text()
        .split(|c: char| !crate::text::is_word_char(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn of_sentence(sentence: &str) -> Option<Correction> {
    let text = sentence.trim_start();
    let bracketed = text.starts_with(['(', '[']);
    let inside = text.trim_start_matches(['(', '[']);
    if bracketed && let Some(found) = markers::begins(inside.split([')', ']']).next().unwrap_or(inside)) {
        return Some(found);
    }
    let folded = format!(" {} ", folded(text));
    markers::begins_summary(&folded).or_else(|| markers::said_in(&folded))
}

/// Up to the first end of a sentence.
fn first_sentence(summary: &str) -> &str {
    let summary = clip(summary.trim_start(), MAX_SENTENCE);
    let end = summary.char_indices().find_map(|(at, c)| {
        let behind = &summary[at + c.len_utf8()..];
        let ends =
            matches!(c, '.' | '!' | '?' | '؟' | ')' | ']') && behind.chars().next().is_none_or(char::is_whitespace);
        (ends || matches!(c, '。' | '\n')).then_some(at + c.len_utf8())
    });
    &summary[..end.unwrap_or(summary.len())]
}

#[cfg(test)]
mod tests;
