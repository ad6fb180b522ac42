//! Folding: one spelling for what people read as the same, with a way back to the text as published.
//!
//! Folded away are case, width and other compatibility forms (NFKD), diacritics of Latin, Greek, Cyrillic, Hebrew and
//! Arabic, tatweel, zero-width and bidi characters, and apostrophes; unified are alef, ya, kaf and ta-marbuta forms,
//! dotless i, the final forms of Hebrew, and a few letters that have no decomposition. Hyphens, dashes, middle dots,
//! quotation marks and blanks become one blank. The dots of an acronym go (U.N. is UN), and so does the quotation mark that Hebrew writes into
//! one. A word that mixes scripts by look-alike letters is read in one of them. Vowel signs of Indic scripts and the
//! voicing marks of kana are letters to their readers and stay.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

use super::{Script, is_word_char, lookalike};

/// A folded text that knows where each of its bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For each byte of `text`, the first byte of the original character(s) that it stands for.
    starts: Vec<u32>,
    /// For each byte of `text`, the byte behind the original character(s), marks that were dropped after it included.
    ends: Vec<u32>,
    /// Offsets in `text` where an apostrophe was dropped: words may end there ("Oslo'da").
    breaks: Vec<u32>,
}

impl Folded {
    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The folded text as a term is looked for: without blanks at its ends.
    pub fn into_pattern(self) -> String {
        self.text.trim().to_owned()
    }

    /// The bytes of the original that the folded bytes `start..end` stand for.
    pub fn original_span(&self, start: usize, end: usize) -> Range<usize> {
        if start >= end {
            let at = self.starts.get(start).copied().unwrap_or_else(|| self.ends.last().copied().unwrap_or(0));
            return at as usize..at as usize;
        }
        self.starts[start] as usize..self.ends[end - 1] as usize
    }

    /// Whether an apostrophe was dropped at this offset.
    pub fn is_break(&self, at: usize) -> bool {
        self.breaks.binary_search(&(at as u32)).is_ok()
    }

    /// The offsets between `start` and `end` at which an apostrophe was dropped.
    pub fn breaks_in(&self, start: usize, end: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.breaks.partition_point(|at| *at as usize <= start);
        self.breaks[first..].iter().map(|at| *at as usize).take_while(move |at| *at < end)
    }

    fn push(&mut self, c: char, original: &Range<usize>) {
        self.text.push(c);
        let width = c.len_utf8();
        self.starts.extend(std::iter::repeat_n(original.start as u32, width));
        self.ends.extend(std::iter::repeat_n(original.end as u32, width));
    }

    /// Whether the last letter stands alone, `before` being what is before it: nothing of a word, or the letter of an
    /// acronym whose dot was dropped.
    fn in_acronym(&self, before: Option<char>) -> bool {
        let Some(before) = before else { return true };
        let at = self.text.len() - self.text.chars().next_back().map_or(0, char::len_utf8);
        let dotted = || self.ends[at - 1] - self.starts[at - before.len_utf8()] > before.len_utf8() as u32;
        !is_word_char(before) || dotted()
    }

    /// Rewrites the word from `start` on in one script, where its letters allow it.
    fn read_in_one_script(&mut self, start: usize) {
        let Some(meant) = lookalike::resolve(&self.text[start..]) else { return };
        let word = self.text.split_off(start);
        let (starts, ends) = (self.starts.split_off(start), self.ends.split_off(start));
        for (at, c) in word.char_indices() {
            self.push(meant(c), &(starts[at] as usize..ends[at] as usize));
        }
        self.breaks.retain(|at| *at as usize <= start);
    }

    /// Lets the last character stand for the dropped one behind it as well.
    fn absorb(&mut self, original: &Range<usize>) {
        let width = self.text.chars().next_back().map_or(0, char::len_utf8);
        let len = self.ends.len();
        self.ends[len - width..].fill(original.end as u32);
    }
}

/// Folds a text of at most 4 GiB.
pub fn fold(original: &str) -> Folded {
    let mut folded = Folded {
        text: String::with_capacity(original.len()),
        starts: Vec::with_capacity(original.len()),
        ends: Vec::with_capacity(original.len()),
        breaks: Vec::new(),
    };
    let mut word = Word::default();
    for (at, c) in original.char_indices() {
        let span = at..at + c.len_utf8();
        if c.is_ascii_alphanumeric() {
            word.ascii = true;
            folded.push(c.to_ascii_lowercase(), &span);
        } else if is_silent(c, &folded, &original[span.end..]) {
            folded.absorb(&span);
        } else {
            let from = folded.text.len();
            fold_char(c, &span, &mut folded);
            let pushed = &folded.text[from..];
            word.ascii |= pushed.contains(|c: char| c.is_ascii_alphabetic());
            word.other |= !pushed.is_ascii();
            if pushed.contains(|c| !is_word_char(c)) {
                word.end(&mut folded);
            }
        }
    }
    word.end(&mut folded);
    folded
}

/// The word that is being folded.
#[derive(Default)]
struct Word {
    start: usize,
    ascii: bool,
    other: bool,
}

impl Word {
    /// Reads a word of mixed scripts in one; the next begins behind it.
    fn end(&mut self, folded: &mut Folded) {
        if self.ascii && self.other {
            folded.read_in_one_script(self.start);
        }
        *self = Word { start: folded.text.len(), ascii: false, other: false };
    }
}

/// Whether a mark is written into an acronym and not read: the dot behind a single letter with another single letter
/// behind it, and the quotation mark between two Hebrew letters.
fn is_silent(c: char, folded: &Folded, behind: &str) -> bool {
    match c {
        '.' => {
            let mut before = folded.text.chars().rev();
            let single = before.next().is_some_and(char::is_alphabetic) && folded.in_acronym(before.next());
            let mut behind = behind.chars();
            single && behind.next().is_some_and(char::is_alphabetic) && !behind.next().is_some_and(is_word_char)
        }
        '"' | '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{5f4}' => {
            let hebrew = |c: Option<char>| c.and_then(Script::of) == Some(Script::Hebrew);
            hebrew(folded.text.chars().next_back()) && hebrew(behind.chars().next())
        }
        _ => false,
    }
}

fn fold_char(c: char, span: &Range<usize>, folded: &mut Folded) {
    match class(c) {
        Class::Blank if folded.text.ends_with(' ') => folded.absorb(span),
        Class::Blank => folded.push(' ', span),
        Class::Apostrophe => folded.breaks.push(folded.text.len() as u32),
        Class::Dropped => folded.absorb(span),
        Class::Other => decompose_compatible(c, |part| match class(part) {
            Class::Dropped => folded.absorb(span),
            Class::Blank if folded.text.ends_with(' ') => folded.absorb(span),
            Class::Blank => folded.push(' ', span),
            Class::Apostrophe => folded.breaks.push(folded.text.len() as u32),
            Class::Other => match spelled_out(part) {
                Some(letters) => letters.chars().for_each(|letter| folded.push(letter, span)),
                None => part.to_lowercase().filter(|c| !is_mark(*c)).for_each(|c| folded.push(c, span)),
            },
        }),
    }
}

enum Class {
    Blank,
    Apostrophe,
    Dropped,
    Other,
}

fn class(c: char) -> Class {
    match c {
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '_' => Class::Blank,
        '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' => Class::Blank,
        '\''
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{02b9}'..='\u{02bf}'
        | '`'
        | '\u{b4}'
        | '\u{2032}'
        | '\u{5f3}' => Class::Apostrophe,
        // Quotation marks: a name in a longer one is often put into them (brigade "North").
        '"' | '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{300a}'..='\u{300f}' => {
            Class::Blank
        }
        // Soft hyphen, tatweel, zero-width characters, bidi controls, variation selectors.
        '\u{ad}' | '\u{640}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => Class::Dropped,
        '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => Class::Dropped,
        c if is_mark(c) => Class::Dropped,
        c if c.is_whitespace() || c.is_control() => Class::Blank,
        _ => Class::Other,
    }
}

/// Marks that fold away: those that readers of the script leave out themselves.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8d3}'..='\u{8ff}')
}

/// Letters without a decomposition that people write in another way.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ة' | 'ۀ' | 'ە' => "ه",
        'ک' => "ك",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    fn folded(text: &str) -> String {
        fold(text).text().to_owned()
    }

    #[test]
    fn spellings_of_one_word_fold_to_one() {
        assert_eq!(folded("HÂMBÛRG"), "hamburg");
        assert_eq!(folded("Ｏｓｌｏ"), "oslo");
        assert_eq!(folded("Ra’s al-Ḫaima"), folded("Ras  al\u{2011}Haima"));
        assert_eq!(folded("دِمْياط"), folded("دمـياط"));
        assert_eq!(folded("هيئة"), folded("هيئه"));
        assert_eq!(folded("أفريقيا"), folded("افريقيا"));
        assert_eq!(folded("Королёв"), folded("королев"));
        assert_eq!(folded("DIŞI İstanbul"), "disi istanbul");
        assert_eq!(folded("Straße"), "strasse");
        assert_eq!(folded("Ham\u{ad}burg\u{200b}"), "hamburg");
    }

    #[test]
    fn an_acronym_loses_its_dots_and_an_initial_keeps_its_blank() {
        assert_eq!(folded("U.N. envoy"), "un. envoy");
        assert_eq!(folded("the U.S.A."), "the usa.");
        assert_eq!(folded("J. K. Rowling"), "j. k. rowling");
        assert_eq!(folded("in a.b. Then"), "in ab. then");
        assert_eq!(folded("v1.2.x e.g"), "v1.2.x eg");
        assert_eq!(folded("או\"ם האו״ם"), "אומ האומ");
        assert_eq!(folded("\"או\" \"ם\""), " או מ ");
    }

    #[test]
    fn letters_of_other_scripts_stay() {
        assert_ne!(folded("が"), folded("か"));
        assert_ne!(folded("कि"), folded("क"));
    }

    #[test]
    fn a_span_takes_its_marks_along() {
        let text = "в О\u{301}дере\u{301}.";
        let f = fold(text);
        let at = f.text().find("одере").expect("folded");
        assert_eq!(&text[f.original_span(at, at + "одере".len())], "О\u{301}дере\u{301}");
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text_on_characters_in_order(text in "\\PC{0,60}|[a-zA-Zäßéıİﬁ'’\\-ا-يـً-ْ ]{0,60}") {
            let f = fold(&text);
            let mut before = 0;
            for (at, c) in f.text().char_indices() {
                let span = f.original_span(at, at + c.len_utf8());
                prop_assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
                prop_assert!(!span.is_empty() && span.start >= before);
                before = span.start;
            }
        }

        #[test]
        fn a_span_folds_to_what_was_found(text in "[a-zA-Zäßéıİﬁ'’\\-ا-يـً-ْ ]{0,40}", from in 0usize..40, len in 1usize..10) {
            let f = fold(&text);
            let chars: Vec<usize> = f.text().char_indices().map(|(at, _)| at).collect();
            if let (Some(&start), Some(&last)) = (chars.get(from), chars.get(from + len - 1)) {
                let end = last + f.text()[last..].chars().next().map_or(0, char::len_utf8);
                let again = folded(&text[f.original_span(start, end)]);
                // One character may fold to several (ﬁ): the span then covers more than was asked for, never less.
                prop_assert!(again.contains(f.text()[start..end].trim()), "{again:?}");
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            // But for marks of an acronym, which depend on what is beside them.
            let text = text.replace(['.', '"', '“', '”', '‟', '״'], ",");
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
