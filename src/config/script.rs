//! Scripts: which letters a term has, and which letters a language is written in.

use std::collections::BTreeSet;

/// A script, by its ISO 15924 code.
pub(super) type Script = &'static str;

/// First and last character of the blocks that hold each script's letters.
const BLOCKS: [(u32, u32, Script); 36] = [
    (0x0041, 0x024f, "Latn"),
    (0x1e00, 0x1eff, "Latn"),
    (0xff21, 0xff5a, "Latn"),
    (0x0370, 0x03ff, "Grek"),
    (0x1f00, 0x1fff, "Grek"),
    (0x0400, 0x052f, "Cyrl"),
    (0x0531, 0x058f, "Armn"),
    (0x0591, 0x05f4, "Hebr"),
    (0x0600, 0x06ff, "Arab"),
    (0x0750, 0x077f, "Arab"),
    (0x08a0, 0x08ff, "Arab"),
    (0xfb50, 0xfdff, "Arab"),
    (0xfe70, 0xfefc, "Arab"),
    (0x0900, 0x097f, "Deva"),
    (0x0980, 0x09ff, "Beng"),
    (0x0a00, 0x0a7f, "Guru"),
    (0x0a80, 0x0aff, "Gujr"),
    (0x0b80, 0x0bff, "Taml"),
    (0x0c00, 0x0c7f, "Telu"),
    (0x0c80, 0x0cff, "Knda"),
    (0x0d00, 0x0d7f, "Mlym"),
    (0x0d80, 0x0dff, "Sinh"),
    (0x0e00, 0x0e7f, "Thai"),
    (0x0e80, 0x0eff, "Laoo"),
    (0x1000, 0x109f, "Mymr"),
    (0x10a0, 0x10ff, "Geor"),
    (0x1200, 0x137f, "Ethi"),
    (0x1780, 0x17ff, "Khmr"),
    (0x3041, 0x30ff, "Kana"),
    (0x3400, 0x4dbf, "Hani"),
    (0x4e00, 0x9fff, "Hani"),
    (0xf900, 0xfaff, "Hani"),
    (0x20000, 0x323af, "Hani"),
    (0x1100, 0x11ff, "Hang"),
    (0x3130, 0x318f, "Hang"),
    (0xac00, 0xd7af, "Hang"),
];

/// Languages by what they are written in. One that stands twice is written in both.
const LANGUAGES: [(Script, &str); 30] = [
    (
        "Latn",
        "af az bs ca cs cy da de en eo es et eu fi fil fr ga gl ha hr hu id is it kk ku lt lv ms mt nb nl nn no pl pt ro \
         sk sl so sq sr sv sw tk tl tr uz vi",
    ),
    ("Cyrl", "az be bg bs kk ky mk mn ru sr tg tk uk uz"),
    ("Arab", "ar az ckb fa kk ku pa ps sd ug ur"),
    ("Grek", "el"),
    ("Armn", "hy"),
    ("Hebr", "he yi"),
    ("Deva", "hi mr ne sd"),
    ("Beng", "as bn"),
    ("Guru", "pa"),
    ("Gujr", "gu"),
    ("Taml", "ta"),
    ("Telu", "te"),
    ("Knda", "kn"),
    ("Mlym", "ml"),
    ("Sinh", "si"),
    ("Thai", "th"),
    ("Laoo", "lo"),
    ("Mymr", "my"),
    ("Geor", "ka"),
    ("Ethi", "am ti"),
    ("Khmr", "km"),
    ("Kana", "ja"),
    ("Hani", "ja ko yue zh"),
    ("Hang", "ko"),
    // Names that the languages had before.
    ("Hebr", "iw"),
    ("Latn", "in mo sh"),
    ("Cyrl", "mo sh"),
    ("Arab", "prs"),
    ("Latn", "la lb"),
    ("Hani", "cmn"),
];

/// The scripts of a text's letters.
pub(super) fn of_text(text: &str) -> BTreeSet<Script> {
    text.chars().filter(|c| c.is_alphabetic()).filter_map(of_letter).collect()
}

/// The scripts that a language is written in; none where the language is not known.
pub(super) fn of_language(language: &str) -> BTreeSet<Script> {
    let writes = |languages: &str| languages.split_whitespace().any(|other| other == language);
    LANGUAGES.iter().filter(|(_, languages)| writes(languages)).map(|(script, _)| *script).collect()
}

fn of_letter(letter: char) -> Option<Script> {
    let code = u32::from(letter);
    BLOCKS.iter().find(|(first, last, _)| (*first..=*last).contains(&code)).map(|(_, _, script)| *script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_languages_have_scripts() {
        assert_eq!(of_text("Grain 12, зерно"), BTreeSet::from(["Cyrl", "Latn"]));
        assert_eq!(of_text("قمح"), BTreeSet::from(["Arab"]));
        assert_eq!(of_text("12 %"), BTreeSet::new());
        assert_eq!(of_language("sr"), BTreeSet::from(["Cyrl", "Latn"]));
        assert_eq!(of_language("tlh"), BTreeSet::new());
    }

    #[test]
    fn every_script_of_a_language_has_letters() {
        for (script, languages) in LANGUAGES {
            assert!(BLOCKS.iter().any(|(_, _, known)| *known == script), "{script} {languages}");
        }
    }
}
