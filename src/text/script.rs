//! Scripts, as far as words of different scripts compare differently.

use std::sync::LazyLock;

/// The script of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Latin.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic, with the letters of Persian, Urdu and Kurdish.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Han, kana, Thai, Lao, Khmer, Burmese: written without blanks between words.
    Unspaced,
    /// Korean.
    Hangul,
    /// Georgian.
    Georgian,
    /// Armenian.
    Armenian,
    /// Any other.
    Other,
}

impl Script {
    /// The script of a character; `None` for one that is no letter.
    pub fn of(c: char) -> Option<Script> {
        Some(match c {
            'a'..='z' | 'A'..='Z' => Script::Latin,
            '\0'..='\u{a9}' => return None,
            '\u{aa}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}'
                if c.is_alphabetic() =>
            {
                Script::Latin
            }
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' => Script::Cyrillic,
            '\u{531}'..='\u{58f}' => Script::Armenian,
            '\u{590}'..='\u{5ff}' => Script::Hebrew,
            '\u{600}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{8a0}'..='\u{8ff}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}' => Script::Arabic,
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Script::Georgian,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' => Script::Hangul,
            c if writes_no_blanks(c) => Script::Unspaced,
            c if c.is_alphabetic() => Script::Other,
            _ => return None,
        })
    }

    /// The script of the first letter of a text.
    pub fn of_text(text: &str) -> Option<Script> {
        text.chars().find_map(Script::of)
    }

    /// Whether the script has capital letters that mark a name.
    pub fn has_case(self) -> bool {
        matches!(self, Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian)
    }
}

/// Han, kana, Thai, Lao, Khmer and Burmese write no blanks between words.
pub fn writes_no_blanks(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether the character is katakana. The mark of a voiced one, which folding sets apart, is not.
pub fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | '\u{30fc}')
}

/// Whether the character is the mark of voiced kana: a part of the one before it.
pub fn is_voicing_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

/// Whether a word ends between two characters of words, `before` being the last that is no mark of its own: beside those of scripts that write no blanks, and where Latin
/// letters meet those of a script that writes its particles and prefixes on to them ("NATO가", "الـNATO").
pub fn divides(before: char, after: char) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    // A name in katakana is a word between others.
    if is_voicing_mark(after) || (is_katakana(before) && is_katakana(after)) {
        return false;
    }
    if writes_no_blanks(before) || writes_no_blanks(after) {
        return true;
    }
    let joins = |script| matches!(script, Some(Script::Arabic | Script::Hebrew | Script::Hangul));
    let (before, after) = (Script::of(before), Script::of(after));
    (before == Some(Script::Latin) && joins(after)) || (joins(before) && after == Some(Script::Latin))
}

/// Whether the character is part of a word. Vowel signs that folding keeps are neither letters nor digits, yet never the
/// end of a word.
pub fn is_word_char(c: char) -> bool {
    match u32::from(c) {
        0..0x80 => c.is_ascii_alphanumeric(),
        code @ 0x80..SHORT => SHORT_WORD_CHARS[(code / 64) as usize] >> (code % 64) & 1 == 1,
        0x4e00..=0x9fff => true,
        // General punctuation, and that of Chinese and Japanese.
        0x2000..=0x206f | 0x3000..=0x3004 => false,
        _ => looked_up(c),
    }
}

/// The first character of three bytes.
const SHORT: u32 = 0x800;

/// A bit for each character of at most two bytes that is part of a word: nearly all letters of news outside of Asia, for
/// which the standard library searches.
static SHORT_WORD_CHARS: LazyLock<[u64; SHORT as usize / 64]> = LazyLock::new(|| {
    let mut bits = [0; SHORT as usize / 64];
    let word_chars = (0..SHORT).filter(|code| char::from_u32(*code).is_some_and(looked_up));
    word_chars.for_each(|code| bits[(code / 64) as usize] |= 1 << (code % 64));
    bits
});

fn looked_up(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{900}'..='\u{dff}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_characters_are_those_of_unicode() {
        assert!(('\0'..=char::MAX).all(|c| is_word_char(c) == looked_up(c)));
    }
}
