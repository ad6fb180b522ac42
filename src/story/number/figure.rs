//! Numbers as they are written: with blanks and dots between their digits, in the digits of Arabic and Persian, in words.

use crate::text::Script;

use super::super::tokens::Word;
use super::vocabulary as said;

/// Greater numbers are none of anything.
const MAX_VALUE: f64 = 1e15;
/// Most digits of a group.
const MAX_DIGITS: usize = 12;

/// What a number is of by its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Plain,
    Part,
    Money,
}

/// A number, as words `first..end` of a text and as its bytes `start..stop`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) value: f64,
    pub(super) measure: Measure,
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) start: usize,
    pub(super) stop: usize,
    /// A thousand, million or billion is written out behind it.
    pub(super) scaled: bool,
    /// It is written in words.
    pub(super) spelled: bool,
}

/// The number that begins at a word, if one does that may count something.
pub(super) fn at(text: &str, words: &[Word], first: usize, language: Option<&str>) -> Option<Figure> {
    let (value, mut end, spelled) = match digits(text, &words[first]) {
        Some(_) => {
            let (value, end) = written(text, words, first, language)?;
            (value, end, false)
        }
        None => (in_words(words, first, language)?, first + 1, true),
    };
    let before = &text[first.checked_sub(1).map_or(0, |at| words[at].end)..words[first].start];
    let behind = gap_behind(text, words, end);
    let neighbour = first.checked_sub(1).map(|at| words[at].folded.as_str()).filter(|_| !ends_sentence(before));
    if is_bound_before(text, words[first].start)
        || is_bound_behind(behind, words.get(end), text)
        || is_parenthesis(before, behind)
    {
        return None;
    }
    if neighbour.is_some_and(|word| said::MONTH.has(word) || said::LABEL.has(word)) {
        return None;
    }
    let mut measure = measure_of(before, behind);
    let mut value = value;
    let mut scaled = false;
    let joins = |gap: &str| gap.chars().all(char::is_whitespace) || matches!(gap.trim(), "." | "-");
    if let Some(scale) = words.get(end).filter(|_| joins(behind)).and_then(|word| said::SCALE.of(&word.folded)) {
        (value, end, scaled) = (value * scale, end + 1, true);
    }
    let behind = gap_behind(text, words, end);
    if let Some(next) = words.get(end).filter(|_| !ends_sentence(behind)) {
        let word = next.folded.as_str();
        let after = words.get(end + 1).map_or("", |word| word.folded.as_str());
        let of_month = matches!(word, "of" | "de" | "d" | "ter") && said::MONTH.has(after);
        let percent = matches!(
            (word, after),
            ("per", "cent") | ("pour", "cent") | ("por", "ciento" | "cento") | ("per", "cento")
        );
        if (!scaled && said::MONTH.has(word))
            || of_month
            || percent
            || said::UNIT.has(word)
            || (spelled && said::PART_OF_GREATER.has(word))
        {
            return None;
        }
        let linked = scaled && matches!(word, "of" | "de" | "d");
        if said::CURRENCY.has(word) || (linked && said::CURRENCY.has(after)) {
            measure = Measure::Money;
        }
    }
    // "8. Dezember" and "3. liga": where a small letter or a month follows, the dot makes an ordinal.
    let ordinal = behind.starts_with('.')
        && words.get(end).is_some_and(|word| {
            said::MONTH.has(&word.folded) || text[word.start..].chars().next().is_some_and(char::is_lowercase)
        });
    let whole = value > 0.0 && value <= MAX_VALUE;
    let stop = words[end - 1].end;
    (whole && !ordinal).then_some(Figure {
        value,
        measure,
        first,
        end,
        start: words[first].start,
        stop,
        scaled,
        spelled,
    })
}

/// The digits of a word that is nothing but digits.
fn digits(text: &str, word: &Word) -> Option<String> {
    let written = text.get(word.start..word.end)?;
    written.chars().map(digit).collect::<Option<String>>().filter(|digits| digits.len() <= MAX_DIGITS)
}

/// A digit of Latin, Arabic, Persian or full width in ASCII.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(u32::from(c).checked_sub(zero)?, 10)
}

/// A number in digits from a word on, and the word behind it.
fn written(text: &str, words: &[Word], first: usize, language: Option<&str>) -> Option<(f64, usize)> {
    let head = digits(text, &words[first])?;
    let mut all = head.clone();
    let mut end = first + 1;
    let mut separator: Option<char> = None;
    let next = |end: usize| {
        let word = words.get(end)?;
        let mut gap = text[words[end - 1].end..word.start].chars();
        let sign = gap.next().filter(|_| gap.next().is_none())?;
        Some((sign, digits(text, word)?))
    };
    let grouped = head.len() <= 3 && !head.starts_with('0');
    while let Some((sign, group)) = next(end).filter(|_| grouped) {
        let parts = matches!(sign, ',' | '.' | '\'' | '’' | '٬' | '\u{a0}' | '\u{202f}' | '\u{2009}')
            || (sign == ' ' && blanks_group(language));
        if group.len() != 3 || !parts || separator.is_some_and(|known| known != sign) || all.len() > MAX_DIGITS {
            break;
        }
        (separator, end) = (Some(sign), end + 1);
        all.push_str(&group);
    }
    if let Some((sign, part)) = next(end)
        && matches!(sign, '.' | ',' | '٫')
        && separator != Some(sign)
        && part.len() <= 2
    {
        end += 1;
        all = format!("{all}.{part}");
    }
    let year = separator.is_none() && !all.contains('.') && all.len() == 4 && ("1900"..="2100").contains(&all.as_str());
    let padded = all.starts_with('0') && !all.starts_with("0.");
    // More digits written on make a date, a version or a list.
    let goes_on = next(end).is_some_and(|(sign, _)| !sign.is_whitespace());
    if year || padded || goes_on {
        return None;
    }
    Some((all.parse().ok()?, end))
}

/// Whether the language may part thousands by a plain blank.
fn blanks_group(language: Option<&str>) -> bool {
    !matches!(language, Some("en" | "ar" | "fa" | "he" | "tr"))
}

/// Two to twelve, standing for itself.
fn in_words(words: &[Word], at: usize, language: Option<&str>) -> Option<f64> {
    let value = said::spelled(&words[at].folded, language)?;
    let great =
        |word: &Word| said::PART_OF_GREATER.has(&word.folded) || said::spelled(&word.folded, language).is_some();
    let beside = at.checked_sub(1).and_then(|before| words.get(before)).into_iter().chain(words.get(at + 1));
    // "Treinta y dos".
    let joined = at >= 2 && matches!(words[at - 1].folded.as_str(), "y" | "und" | "et" | "و") && great(&words[at - 2]);
    (!beside.into_iter().any(great) && !joined).then_some(value)
}

/// Whether something is written on to the front of a number that makes it a name, an ordinal or a part of another.
fn is_bound_before(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let (last, other) = (before.next(), before.next());
    match last {
        // Hebrew writes its prepositions on with a hyphen.
        Some('-' | '־') => other.and_then(Script::of) != Some(Script::Hebrew),
        Some(c) => {
            !(c.is_whitespace()
                || matches!(
                    c,
                    '(' | '['
                        | '"'
                        | '\''
                        | '«'
                        | '„'
                        | '“'
                        | '”'
                        | '‘'
                        | '’'
                        | ','
                        | ';'
                        | '|'
                        | '…'
                        | '\u{200e}'
                        | '\u{200f}'
                        | '—'
                )
                || is_currency(c))
        }
        None => false,
    }
}

/// Whether something is written on behind.
fn is_bound_behind(gap: &str, next: Option<&Word>, text: &str) -> bool {
    let mut signs = gap.chars();
    let (first, second) = (signs.next(), signs.next());
    let written_on = second.is_none()
        && next.is_some_and(|next| text[next.start..].chars().next().is_some_and(char::is_alphanumeric));
    match first {
        None => next.is_some(),
        Some('\'' | '’' | '°' | 'º' | '#' | '+' | '@' | '&' | '*') => true,
        Some('-' | '–' | '‑' | '/' | ':' | '\\' | '_' | '.') => written_on,
        _ => false,
    }
}

/// ", 43," and "(43)" tell an age or a reference.
fn is_parenthesis(before: &str, behind: &str) -> bool {
    let behind = behind.trim_start();
    (before.trim_end().ends_with(',') && behind.starts_with(','))
        || (before.ends_with(['(', '[']) && behind.starts_with([')', ']']))
}

fn measure_of(before: &str, behind: &str) -> Measure {
    let sign = behind.trim_start().chars().next();
    if sign.is_some_and(|sign| matches!(sign, '%' | '٪' | '‰' | '％')) {
        Measure::Part
    } else if before.trim_end().ends_with(is_currency) || sign.is_some_and(is_currency) {
        Measure::Money
    } else {
        Measure::Plain
    }
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '€' | '\u{20a0}'..='\u{20bf}' | '﷼')
}

fn gap_behind<'t>(text: &'t str, words: &[Word], end: usize) -> &'t str {
    let from = words[end - 1].end;
    &text[from..words.get(end).map_or(text.len(), |word| word.start)]
}

fn ends_sentence(gap: &str) -> bool {
    gap.contains(['!', '?', ';', '|', '\n', '؟']) || gap.contains(". ") && gap.len() > 2
}
