//! Skeletons: the consonants of a name, the same in every script. Arabic and Hebrew write no short vowels, so a name that
//! goes from them to another script, or back, keeps its consonants only.

use crate::text::{Script, sound};

/// Fewer consonants say too little.
const LEAST: usize = 3;
/// Endings stand behind as many.
const MOST: usize = 5;

/// The consonants of a folded name in a text of the language, those that scripts mix up merged; `None` where they are too
/// few or its script is not read.
pub(super) fn skeleton(name: &str, language: &str) -> Option<Skeleton> {
    let mut bones = Bones::default();
    let name = without_case(name, language);
    match Script::of_text(name)? {
        Script::Arabic | Script::Hebrew => name.chars().for_each(|c| bones.push(semitic(c))),
        Script::Unspaced if !name.chars().any(crate::text::is_katakana) => return None,
        Script::Armenian | Script::Other => return None,
        _ => sound(name, language)?.chars().for_each(|c| bones.push(merged(c))),
    }
    (bones.len >= LEAST).then_some(Skeleton { packed: bones.packed, len: bones.len })
}

/// The consonants of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Skeleton {
    pub(super) packed: u64,
    pub(super) len: usize,
}

impl Skeleton {
    /// In how many of two hundred items it is there by chance: there are not many of three consonants.
    pub(super) fn common(self) -> u8 {
        match self.len {
            ..=3 => 8,
            4 => 3,
            _ => 1,
        }
    }
}

/// Endings of case with a consonant in them, which names take on where languages are rich in cases.
const FINNIC: &[&str] = &[
    "issa", "ista", "illa", "ilta", "ille", "ssa", "sta", "lla", "lta", "lle", "ksi", "iin", "aan", "oon", "een", "lt",
    "st", "le", "ga", "ni", "n", "s", "l", "t",
];
const RUSSIAN: &[&str] = &["ского", "скому", "ским", "ском", "ого", "ому", "ами", "ом", "ем", "ым", "им", "ам", "ах"];
const POLISH: &[&str] = &["skiego", "skiemu", "skim", "iego", "ego", "emu", "ami", "em", "om", "ach", "owi"];

/// A name without the ending of its case.
fn without_case<'a>(name: &'a str, language: &str) -> &'a str {
    let endings = match language {
        "fi" | "et" => FINNIC,
        "ru" | "uk" | "be" => RUSSIAN,
        "pl" | "cs" | "sk" => POLISH,
        _ => return name,
    };
    let bare = endings.iter().find_map(|ending| name.strip_suffix(ending));
    bare.filter(|bare| bare.chars().count() >= 4).unwrap_or(name)
}

/// Up to [`MOST`] letters in a number.
#[derive(Default)]
struct Bones {
    packed: u64,
    len: usize,
}

impl Bones {
    fn push(&mut self, consonant: Option<char>) {
        if let Some(c) = consonant
            && self.len < MOST
        {
            self.packed = self.packed << 8 | u64::from(u32::from(c) & 0xff);
            self.len += 1;
        }
    }
}

/// What a letter of a sound becomes: Arabic has no p, v and hard g of its own.
fn merged(c: char) -> Option<char> {
    Some(match c {
        'b' | 'p' => 'b',
        'f' | 'v' => 'f',
        'k' | 'g' => 'k',
        's' | 'c' | 'j' | 'x' => 's',
        'd' | 'l' | 'm' | 'n' | 'r' | 't' => c,
        _ => return None,
    })
}

fn semitic(c: char) -> Option<char> {
    Some(match c {
        'ب' | 'پ' | 'ב' | 'פ' => 'b',
        'ف' | 'ڤ' => 'f',
        'ك' | 'ک' | 'ق' | 'غ' | 'گ' | 'ק' | 'כ' | 'ג' => 'k',
        'س' | 'ش' | 'ص' | 'ز' | 'ظ' | 'ذ' | 'ج' | 'چ' | 'ژ' | 'ס' | 'ש' | 'צ' | 'ז' => 's',
        'د' | 'ض' | 'ד' => 'd',
        'ت' | 'ط' | 'ث' | 'ט' | 'ת' => 't',
        'ل' | 'ל' => 'l',
        'م' | 'מ' => 'm',
        'ن' | 'נ' => 'n',
        'ر' | 'ר' => 'r',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn a_name_has_one_skeleton_in_every_script() {
        let bones = |name: &str, language| skeleton(fold(name).text(), language).expect("a name").packed;
        for (one, in_one, other, in_other) in [
            ("Bamako", "en", "Бамако", "ru"),
            ("Bamako", "en", "باماكو", "ar"),
            ("Wagner", "de", "فاغنر", "ar"),
            ("Netanyahu", "en", "نتنياهو", "ar"),
            ("Zelensky", "en", "Зеленский", "ru"),
            ("Rostock", "de", "Ростока", "ru"),
        ] {
            let (one, other) = (bones(one, in_one), bones(other, in_other));
            assert_eq!(one.to_be_bytes()[4..7], other.to_be_bytes()[4..7], "{one:x} {other:x}");
        }
        assert_eq!(skeleton("oslo", "no"), None);
    }
}
