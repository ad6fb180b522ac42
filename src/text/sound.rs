//! Sound: a rough spelling of names that is the same however a language or a script writes them.
//!
//! One name reaches the news as Khartoum, Hartum, Chartum, Jartum and Хартум, since every language has its own letters for
//! the sounds of another. [`sound`] undoes that: it reads a word by the spelling of its language, puts it into Latin
//! letters where it is in Cyrillic, Greek, Georgian, Hangul or katakana, and merges what transliterations mix up: voiced
//! and unvoiced s, w and v, e and i, o and u, single and double letters, silent h. Scripts that leave out their vowels
//! (Arabic, Hebrew) are not read: too many words would sound alike.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Script;

/// How a language writes the sounds that others write in another way: letters, longest first, and what they sound like.
type Letters = &'static [(&'static str, &'static str)];

const GERMAN: Letters =
    &[("dsch", "j"), ("tsch", "c"), ("sch", "s"), ("ch", "h"), ("ck", "k"), ("j", "i"), ("ie", "i"), ("th", "t")];
const FRENCH: Letters = &[
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("tch", "c"),
    ("dj", "j"),
    ("ch", "s"),
    ("j", "s"),
    ("ou", "u"),
    ("gu", "g"),
    ("qu", "k"),
    ("th", "t"),
];
const POLISH: Letters = &[("dz", "j"), ("sz", "s"), ("cz", "c"), ("rz", "s"), ("ch", "h"), ("j", "i")];
const SPANISH: Letters = &[
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("ch", "c"),
    ("j", "h"),
    ("gu", "g"),
    ("qu", "k"),
    ("ll", "i"),
    ("z", "s"),
];
const PORTUGUESE: Letters =
    &[("ce", "se"), ("ci", "si"), ("cy", "si"), ("ch", "s"), ("j", "s"), ("gu", "g"), ("qu", "k"), ("x", "s")];
const ITALIAN: Letters = &[("gi", "j"), ("sci", "s"), ("sc", "sk"), ("ch", "k"), ("gh", "g"), ("qu", "k")];
const TURKISH: Letters = &[("c", "j"), ("j", "s")];
const SLAVIC: Letters = &[("dz", "j"), ("ch", "h"), ("j", "i"), ("c", "c")];
const NORDIC: Letters = &[("sj", "s"), ("sch", "s"), ("ch", "s"), ("ck", "k"), ("j", "i")];
const HUNGARIAN: Letters = &[("dzs", "j"), ("sz", "s"), ("zs", "s"), ("cs", "c"), ("gy", "j"), ("j", "i")];
const BALTIC: Letters = &[("dz", "j"), ("ch", "h"), ("j", "i")];
const ENGLISH: Letters = &[
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("tch", "c"),
    ("sch", "s"),
    ("sh", "s"),
    ("zh", "s"),
    ("ch", "c"),
    ("ck", "k"),
    ("ou", "u"),
    ("ow", "u"),
    ("qu", "k"),
    ("ph", "f"),
];

/// The conventions under which a name of unknown language may be written.
const CONVENTIONS: [Letters; 6] = [ENGLISH, GERMAN, FRENCH, SPANISH, POLISH, TURKISH];

fn letters_of(language: &str) -> Letters {
    match language {
        "de" | "nl" => GERMAN,
        "fr" => FRENCH,
        "pl" => POLISH,
        "es" | "ca" | "gl" => SPANISH,
        "pt" => PORTUGUESE,
        "it" | "ro" => ITALIAN,
        "tr" | "az" | "ku" => TURKISH,
        "cs" | "sk" | "sl" | "hr" | "sr" | "bs" => SLAVIC,
        "sv" | "no" | "nb" | "da" | "fi" | "et" => NORDIC,
        "hu" => HUNGARIAN,
        "lt" | "lv" => BALTIC,
        _ => ENGLISH,
    }
}

/// How a folded word sounds in a text of the language (a primary subtag of BCP 47). `None` where its script is not read.
pub fn sound(word: &str, language: &str) -> Option<String> {
    match Script::of_text(word)? {
        Script::Latin => Some(merge(&read(word, letters_of(language)))),
        _ => romanise(word, language).map(|latin| merge(&latin)),
    }
}

/// How a folded name of unknown language may sound: each of the common conventions once.
pub fn sounds(word: &str) -> Vec<String> {
    let mut all = match Script::of_text(word) {
        Some(Script::Latin) => CONVENTIONS.iter().map(|letters| merge(&read(word, letters))).collect(),
        _ => ["ru", "uk"].iter().filter_map(|language| sound(word, language)).collect::<Vec<_>>(),
    };
    all.sort();
    all.dedup();
    all
}

/// Replaces the letters of one language.
fn read(word: &str, letters: Letters) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        match letters.iter().find(|(written, _)| rest.starts_with(written)) {
            Some((written, sound)) => {
                out.push_str(sound);
                rest = &rest[written.len()..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Merges what transliterations do not agree about, and takes double letters and silent h away.
fn merge(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        let next = chars.clone().next();
        let (sound, width) = match (c, next) {
            ('k' | 'g', Some('h')) => (if c == 'k' { 'h' } else { 'g' }, 2),
            ('s' | 'z', Some('h')) => ('s', 2),
            ('t', Some('s' | 'z')) => ('s', 2),
            ('p', Some('h')) => ('f', 2),
            ('d', Some('j')) => ('j', 2),
            ('a' | 'e' | 'o', Some('i' | 'y')) => ('i', 2),
            ('o', Some('u' | 'o')) => ('u', 2),
            ('c', Some('a' | 'o' | 'u' | 'l' | 'r' | 't')) => ('k', 1),
            ('c', Some('k')) => ('k', 2),
            ('x', _) => ('k', 1),
            ('z', _) => ('s', 1),
            ('w', _) => ('v', 1),
            ('q', _) => ('k', 1),
            ('e' | 'y', _) => ('i', 1),
            ('o', _) => ('u', 1),
            (c, _) => (c, 1),
        };
        if width == 2 {
            chars.next();
        }
        if (sound == 'h' && !out.is_empty()) || out.ends_with(sound) {
            continue;
        }
        out.push(sound);
    }
    out
}

/// A word of another script in Latin letters.
fn romanise(word: &str, language: &str) -> Option<String> {
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let pair = next.and_then(|next| PAIRS.iter().find(|(a, b, _)| *a == c && *b == next));
        if let Some((_, _, latin)) = pair {
            out.push_str(latin);
            chars.next();
            continue;
        }
        // Ukrainian and Belarusian read г as h.
        if c == 'г' && matches!(language, "uk" | "be") {
            out.push('h');
        } else if c.is_ascii() {
            out.push(c);
        } else if is_epenthetic(c) && next != Some('ー') {
            out.push_str(&letter(c)?[..1]);
        } else {
            out.push_str(letter(c)?);
        }
    }
    Some(out)
}

/// Kana that stand for a single consonant of a foreign word.
fn is_epenthetic(c: char) -> bool {
    matches!(c, 'ス' | 'ル' | 'ト' | 'ク' | 'フ' | 'ム' | 'ツ')
}

/// Two letters that are one sound; folded, so that a voiced kana is two.
const PAIRS: &[(char, char, &str)] = &[
    ('д', 'ж', "j"),
    ('ο', 'υ', "u"),
    ('μ', 'π', "b"),
    ('ν', 'τ', "d"),
    ('γ', 'κ', "g"),
    ('τ', 'ζ', "j"),
    ('α', 'ι', "i"),
    ('ε', 'ι', "i"),
    ('ο', 'ι', "i"),
    ('ᆯ', 'ᄅ', "l"),
    ('カ', '\u{3099}', "ga"),
    ('キ', '\u{3099}', "gi"),
    ('ク', '\u{3099}', "g"),
    ('ケ', '\u{3099}', "ge"),
    ('コ', '\u{3099}', "go"),
    ('サ', '\u{3099}', "za"),
    ('シ', '\u{3099}', "ji"),
    ('ス', '\u{3099}', "z"),
    ('セ', '\u{3099}', "ze"),
    ('ソ', '\u{3099}', "zo"),
    ('タ', '\u{3099}', "da"),
    ('テ', '\u{3099}', "de"),
    ('ト', '\u{3099}', "d"),
    ('ハ', '\u{3099}', "ba"),
    ('ヒ', '\u{3099}', "bi"),
    ('フ', '\u{3099}', "b"),
    ('ヘ', '\u{3099}', "be"),
    ('ホ', '\u{3099}', "bo"),
    ('ウ', '\u{3099}', "v"),
    ('ハ', '\u{309a}', "pa"),
    ('ヒ', '\u{309a}', "pi"),
    ('フ', '\u{309a}', "p"),
    ('ヘ', '\u{309a}', "pe"),
    ('ホ', '\u{309a}', "po"),
];

/// One letter of Cyrillic, Greek, Georgian, Hangul (decomposed) or katakana.
fn letter(c: char) -> Option<&'static str> {
    LETTERS.get(&c).copied()
}

static LETTERS: LazyLock<HashMap<char, &'static str>> = LazyLock::new(|| {
    let tables = [CYRILLIC, GREEK, GEORGIAN, HANGUL, KATAKANA];
    let words: Vec<&str> = tables.iter().flat_map(|table| table.split_whitespace()).collect();
    let pairs = words.chunks_exact(2).filter_map(|pair| Some((pair[0].chars().next()?, pair[1].trim_matches('_'))));
    pairs.collect()
});

// Letters and what they sound like, by turns; `_` is nothing.
const CYRILLIC: &str = "а a б b в v г g ґ g д d е e є ie ж zh з z и i і i ј i к k қ k л l љ l м m н n њ n ң n о o п p р r с s т t \
                           ћ c ђ j у u ү u ұ u ў v ф f х h һ h ц ts ч c џ j ш sh щ sh ъ _ ы i ь _ э e ю iu я ia ө o ә a ғ g";
const GREEK: &str = "α a β v γ g δ d ε e ζ z η i θ t ι i κ k λ l μ m ν n ξ ks ο o π p ρ r σ s τ t υ i φ f χ h ψ ps ω o";
const GEORGIAN: &str = "ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ g ყ k შ sh ჩ c \
                           ც ts ძ z წ ts ჭ c ხ h ჯ j ჰ h";
/// Initial and final consonants and vowels; the vowel ᅳ is written where Korean allows no two consonants.
const HANGUL: &str = "ᄀ g ᄁ k ᄂ n ᄃ d ᄄ t ᄅ r ᄆ m ᄇ b ᄈ p ᄉ s ᄊ s ᄋ _ ᄌ j ᄍ j ᄎ c ᄏ k ᄐ t ᄑ p ᄒ h \
                           ᅡ a ᅢ e ᅣ ia ᅤ ie ᅥ o ᅦ e ᅧ io ᅨ ie ᅩ o ᅪ ua ᅬ ue ᅭ io ᅮ u ᅯ uo ᅰ ue ᅱ ui ᅲ iu ᅳ _ ᅴ i ᅵ i \
                           ᆨ k ᆫ n ᆮ t ᆯ l ᆷ m ᆸ p ᆺ s ᆻ s ᆼ ng ᇀ t ᇁ p ᆿ k";
const KATAKANA: &str = "ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ ci ツ tsu テ te ト to \
                           ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo \
                           ラ ra リ ri ル ru レ re ロ ro ワ wa ン n ッ _ ー _ ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    fn said(word: &str, language: &str) -> String {
        sound(fold(word).text(), language).expect("a script that is read")
    }

    #[test]
    fn one_name_sounds_the_same_in_many_spellings() {
        let khartoum = said("Khartoum", "en");
        for (word, language) in [
            ("Hartum", "tr"),
            ("Chartum", "de"),
            ("Jartum", "es"),
            ("Khartoum", "fr"),
            ("Хартум", "ru"),
            ("Χαρτούμ", "el"),
        ] {
            assert_eq!(said(word, language), khartoum, "{word}");
        }
        assert_eq!(said("Shanghai", "en"), said("Schanghai", "de"));
        assert_eq!(said("Djibouti", "fr"), said("Dschibuti", "de"));
        assert_eq!(said("오슬로", "ko"), said("Oslo", "en"));
        assert_eq!(said("ベルリン", "ja"), said("Berrin", "en"));
    }

    #[test]
    fn other_names_sound_different() {
        for (one, other) in [("Hamburg", "Homburg"), ("Oslo", "Olso"), ("Bergen", "Bremen")] {
            assert_ne!(said(one, "en"), said(other, "en"));
        }
    }

    #[test]
    fn scripts_without_vowels_are_not_read() {
        assert_eq!(sound("هامبورغ", "ar"), None);
        assert_eq!(sound("北京", "zh"), None);
    }
}
