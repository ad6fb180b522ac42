//! Folding: one spelling for what people read as the same, with a way back to the text as published.
//!
//! Folded away are case, width and other compatibility forms (NFKD), diacritics of Latin, Greek, Cyrillic, Hebrew and
//! Arabic, tatweel, zero-width and bidi characters, and apostrophes; unified are alef, ya, kaf and ta-marbuta forms,
//! dotless i, the final forms of Hebrew, and a few letters that have no decomposition. Hyphens, dashes, middle dots,
//! quotation marks and blanks become one blank. The dots of an acronym go (U.N. is UN), and so does the quotation mark
//! that Hebrew writes into one. A word that mixes scripts by look-alike letters is read in one of them. Vowel signs of
//! Indic scripts and the voicing marks of kana are letters to their readers and stay.

mod letter;
mod origin;

use std::ops::Range;

use super::{Script, is_word_char, lookalike};
use letter::Letter;
use origin::Origin;

/// A folded text that knows where each of its bytes came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    text: String,
    origin: Origin,
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

    /// The bytes of the original that the folded letters `start..end` stand for, marks that were dropped behind them
    /// included.
    pub fn original_span(&self, start: usize, end: usize) -> Range<usize> {
        if start >= end {
            let at = if start < self.text.len() { self.origin.start(start) } else { self.origin.end(self.text.len()) };
            return at..at;
        }
        self.origin.start(start)..self.origin.end(end)
    }

    /// The byte of the original at which the folded letter at `at` begins.
    pub fn original_start(&self, at: usize) -> usize {
        self.origin.start(at)
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
        self.origin.push(self.text.len(), c.len_utf8(), original);
        self.text.push(c);
    }

    /// Appends ASCII that folds letter by letter and stands at `start` in the original.
    fn push_plain(&mut self, ascii: &str, start: usize) {
        if ascii.is_empty() {
            return;
        }
        let from = self.text.len();
        self.origin.push_in_step(from, start);
        self.text.push_str(ascii);
        self.text[from..].make_ascii_lowercase();
    }

    /// Lets the last letter stand for the dropped one behind it as well.
    fn absorb(&mut self, original: &Range<usize>) {
        if let Some(last) = self.text.chars().next_back() {
            self.origin.absorb(self.text.len() - last.len_utf8(), original.end);
        }
    }

    /// Whether the last letter stands alone, `before` being what is before it: nothing of a word, or the letter of an
    /// acronym whose dot was dropped.
    fn in_acronym(&self, before: Option<char>) -> bool {
        let Some(before) = before else { return true };
        let at = self.text.len() - self.text.chars().next_back().map_or(0, char::len_utf8);
        let dotted = || self.original_span(at - before.len_utf8(), at).len() > before.len_utf8();
        !is_word_char(before) || dotted()
    }

    /// Rewrites the word from `start` on in one script, where its letters allow it.
    fn read_in_one_script(&mut self, start: usize) {
        let Some(meant) = lookalike::resolve(&self.text[start..]) else { return };
        let letters = self.text[start..].char_indices();
        let spans = letters.map(|(at, c)| (c, self.original_span(start + at, start + at + c.len_utf8())));
        let spans: Vec<(char, Range<usize>)> = spans.collect();
        self.text.truncate(start);
        self.origin.truncate(start);
        for (c, span) in spans {
            self.push(meant(c), &span);
        }
        self.breaks.truncate(self.breaks.partition_point(|at| *at as usize <= start));
    }
}

/// Folds a text of at most 4 GiB.
pub fn fold(original: &str) -> Folded {
    let text = String::with_capacity(original.len() + original.len() / 8);
    let mut folded = Folded { text, origin: Origin::default(), breaks: Vec::new() };
    let mut word = Word::default();
    let mut at = 0;
    loop {
        let plain = plain_len(&original.as_bytes()[at..], folded.text.ends_with(' '));
        if plain > 0 {
            word.go_on_plain(&original[at..at + plain], at, &mut folded);
            at += plain;
        }
        let Some(c) = original[at..].chars().next() else { break };
        let span = at..at + c.len_utf8();
        at = span.end;
        if is_silent(c, &folded, &original[at..]) {
            folded.absorb(&span);
        } else if let Some(letter) = letter::simple(c) {
            word.push(letter, &span, &mut folded);
        } else {
            fold_char(c, &span, &mut word, &mut folded);
        }
    }
    word.end(&mut folded);
    folded
}

/// How many bytes of a text, behind a blank or not, are ASCII that folds letter by letter: all but hyphens, apostrophes,
/// controls, blanks behind blanks, and what is written into an acronym.
fn plain_len(text: &[u8], behind_blank: bool) -> usize {
    const AT_ONCE: usize = 16;
    let plain = |byte: u8| matches!(byte, b' '..0x7f) & !matches!(byte, b'-' | b'_' | b'\'' | b'`' | b'.' | b'"');
    let mut before = if behind_blank { b' ' } else { 0 };
    let mut len = 0;
    // Without a branch a byte, so that the compiler can look at all of them at once. It does not pay for the blanks
    // between words of other scripts.
    let worth = text.iter().take(3).all(u8::is_ascii);
    for many in text.chunks_exact(AT_ONCE).take_while(|_| worth) {
        let all_plain = many.iter().fold(true, |all, byte| all & plain(*byte));
        let blanks = many[1..].iter().zip(many).fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')));
        if !all_plain || blanks || (before == b' ' && many[0] == b' ') {
            break;
        }
        before = many[AT_ONCE - 1];
        len += AT_ONCE;
    }
    let rest = text[len..].iter().position(|byte| {
        let stop = !plain(*byte) || (before == b' ' && *byte == b' ');
        before = *byte;
        stop
    });
    rest.map_or(text.len(), |rest| len + rest)
}

/// The word that is being folded.
#[derive(Default)]
struct Word {
    start: usize,
    ascii: bool,
    other: bool,
}

impl Word {
    /// A letter, or a sign that ends the word.
    fn push(&mut self, letter: char, span: &Range<usize>, folded: &mut Folded) {
        if is_word_char(letter) {
            self.ascii |= letter.is_ascii_alphabetic();
            self.other |= !letter.is_ascii();
            folded.push(letter, span);
        } else {
            self.end(folded);
            folded.push(letter, span);
            self.start = folded.text.len();
        }
    }

    /// Goes on with plain ASCII that stands at `start` in the original, to the last word in it.
    fn go_on_plain(&mut self, mut ascii: &str, mut start: usize, folded: &mut Folded) {
        let gap = |byte: u8| !byte.is_ascii_alphanumeric();
        if self.other {
            let rest = ascii.bytes().position(gap).unwrap_or(ascii.len());
            self.ascii |= rest > 0;
            folded.push_plain(&ascii[..rest], start);
            (ascii, start) = (&ascii[rest..], start + rest);
            if !ascii.is_empty() {
                self.end(folded);
            }
        }
        if ascii.is_empty() {
            return;
        }
        folded.push_plain(ascii, start);
        if let Some(last) = ascii.bytes().rposition(gap) {
            *self = Self { start: folded.text.len() - (ascii.len() - last - 1), ..Self::default() };
        }
        self.ascii |= folded.text.len() > self.start;
    }

    /// Reads a word of mixed scripts in one; the next begins behind it.
    fn end(&mut self, folded: &mut Folded) {
        if self.ascii && self.other {
            folded.read_in_one_script(self.start);
        }
        *self = Self { start: folded.text.len(), ..Self::default() };
    }
}

/// Whether a mark is written into an acronym and not read: the dot behind a single letter with another single letter
/// behind it, and the quotation mark between two Hebrew letters.
fn is_silent(c: char, folded: &Folded, behind: &str) -> bool {
    match c {
        '.' => {
            let mut behind = behind.chars();
            let mut before = folded.text.chars().rev();
            behind.next().is_some_and(char::is_alphabetic)
                && !behind.next().is_some_and(is_word_char)
                && before.next().is_some_and(char::is_alphabetic)
                && folded.in_acronym(before.next())
        }
        '"' | '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{5f4}' => {
            let hebrew = |c: Option<char>| c.and_then(Script::of) == Some(Script::Hebrew);
            hebrew(folded.text.chars().next_back()) && hebrew(behind.chars().next())
        }
        _ => false,
    }
}

/// Folds a character that may become several, or none.
fn fold_char(c: char, span: &Range<usize>, word: &mut Word, folded: &mut Folded) {
    letter::parts(c, |letter| {
        let letter = match letter {
            Letter::Blank if folded.text.ends_with(' ') => return folded.absorb(span),
            Letter::Dropped => return folded.absorb(span),
            Letter::Apostrophe => return folded.breaks.push(folded.text.len() as u32),
            Letter::Blank => ' ',
            Letter::As(letter) => letter,
        };
        word.push(letter, span, folded);
    });
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
        assert_eq!(folded("ЦH🄤"), "цн(u)");
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
            let text = text.replace(['.', '․', '．', '﹒', '"', '＂', '“', '”', '‟', '״'], ",");
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
