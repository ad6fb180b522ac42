//! What each character folds to, whatever stands beside it.

use std::sync::LazyLock;

use unicode_normalization::char::decompose_compatible;

/// A character, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    Blank,
    Apostrophe,
    Dropped,
    As(char),
}

/// What characters of two bytes (Latin with marks, Greek, Cyrillic, Hebrew, Arabic) fold to, if it is one letter or sign of
/// at most two bytes; 0 where it is not.
static SHORT: LazyLock<Vec<u16>> = LazyLock::new(|| (0..FIRST_OF_THREE_BYTES).map(short).collect());

const FIRST_OF_THREE_BYTES: u32 = 0x800;

/// The one letter or sign that a character folds to; `None` if it has more of a fate, or nobody knows it here.
pub(super) fn simple(c: char) -> Option<char> {
    match u32::from(c) {
        // Han has neither case nor marks.
        0x4e00..=0x9fff => Some(c),
        // Ideographic comma and full stop.
        0x3001..=0x3002 => Some(c),
        code @ ..FIRST_OF_THREE_BYTES => {
            let letter = u32::from(SHORT[code as usize]);
            if letter == 0 { None } else { char::from_u32(letter) }
        }
        _ => None,
    }
}

fn short(code: u32) -> u16 {
    let Some(c) = char::from_u32(code) else { return 0 };
    let mut letters = Vec::new();
    parts(c, |letter| letters.push(letter));
    match letters[..] {
        [Letter::As(letter)] => u16::try_from(u32::from(letter)).unwrap_or(0),
        _ => 0,
    }
}

/// All that a character folds to, in order.
pub(super) fn parts(c: char, mut part: impl FnMut(Letter)) {
    match class(c) {
        Some(fate) => part(fate),
        None => decompose_compatible(c, |piece| match (class(piece), spelled_out(piece)) {
            (Some(fate), _) => part(fate),
            (None, Some(letters)) => letters.chars().for_each(|letter| part(Letter::As(letter))),
            (None, None) => piece.to_lowercase().filter(|c| !is_mark(*c)).for_each(|c| part(Letter::As(c))),
        }),
    }
}

/// The fate of a character that is no letter, digit or sign.
fn class(c: char) -> Option<Letter> {
    match c {
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '_' => Some(Letter::Blank),
        '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' => Some(Letter::Blank),
        '\''
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{02b9}'..='\u{02bf}'
        | '`'
        | '\u{b4}'
        | '\u{2032}'
        | '\u{5f3}' => Some(Letter::Apostrophe),
        // A name in a longer one is often put into quotation marks (brigade "North").
        '"' | '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{300a}'..='\u{300f}' => {
            Some(Letter::Blank)
        }
        // Soft hyphen, tatweel, zero-width characters, bidi controls, variation selectors.
        '\u{ad}' | '\u{640}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => Some(Letter::Dropped),
        '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => Some(Letter::Dropped),
        c if is_mark(c) => Some(Letter::Dropped),
        c if c.is_whitespace() || c.is_control() => Some(Letter::Blank),
        _ => None,
    }
}

/// Marks that fold away: those that readers of the script leave out themselves.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8d3}'..='\u{8ff}')
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
    use super::*;

    #[test]
    fn what_is_simple_is_all_there_is_to_it() {
        for c in '\u{80}'..=char::MAX {
            let mut all = Vec::new();
            parts(c, |part| all.push(part));
            assert!(simple(c).is_none_or(|letter| all == [Letter::As(letter)]), "{c}");
        }
    }
}
