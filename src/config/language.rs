//! Language tags, as BCP 47 has them.

use isolang::Language;

use super::diagnostic::Fault;

/// Longest tag (RFC 5646, 4.4.1).
const MAX_BYTES: usize = 35;

/// The tag, if it is well-formed, roughly (RFC 5646, 2.1), and its language is known by this code.
pub(super) fn tag(text: &str) -> Result<String, Fault> {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let good = (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && text.len() <= MAX_BYTES;
    let meant = shortest(&primary.to_ascii_lowercase());
    match meant {
        Some(code) if good && code.eq_ignore_ascii_case(primary) => Ok(text.to_owned()),
        Some(code) => Err(Fault::new(format!("`{primary}` is not a language tag")).hint(format!("write `{code}`"))),
        None if good => {
            let fault = Fault::new(format!("no language has the code `{primary}`"));
            Err(fault.hint("write it as in BCP 47: \"et\", \"en-GB\", \"zh-Hant\""))
        }
        None => {
            let fault = Fault::new("this is not a language tag");
            Err(fault.hint("write it as in BCP 47: \"et\", \"en-GB\", \"zh-Hant\""))
        }
    }
}

/// A language tag as BCP 47 has them (`et`, `en-GB`, `zh-Hant`), or in one line what is wrong with it.
pub fn language_tag(text: &str) -> Result<String, String> {
    tag(text).map_err(|fault| fault.in_one_line())
}

/// The code of a language by which BCP 47 knows it, two letters where it has them (RFC 5646, 2.2.1); by any of its codes,
/// or its English name.
fn shortest(text: &str) -> Option<String> {
    let mut letters = text.chars();
    let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
    let by_name = || capital.and_then(|name| Language::from_name(&name));
    let language = Language::from_639_1(text).or_else(|| Language::from_639_3(text)).or_else(by_name)?;
    Some(language.to_639_1().unwrap_or(language.to_639_3()).to_owned())
}

/// The language of a tag without its region and script: `zh` of `zh-Hant`.
pub(super) fn primary(text: &str) -> Result<String, Fault> {
    let tag = tag(text)?;
    Ok(tag.split('-').next().unwrap_or_default().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{primary, shortest, tag};

    #[test]
    fn language_tags_look_like_bcp_47() {
        for good in ["et", "en-GB", "zh-Hant-TW", "sr-Latn", "de-CH-1996"] {
            assert!(tag(good).is_ok(), "{good}");
        }
        for bad in ["", "e", "english language", "en_GB", "en-", "-en", "en-toolongpart", "russian", "rus", "yy"] {
            assert!(tag(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_language_by_another_name_is_offered_by_its_code() {
        for (written, code) in [("russian", "ru"), ("rus", "ru"), ("Arabic", "ar"), ("RU-ru", "ru")] {
            assert_eq!(
                shortest(written.split('-').next().unwrap_or_default().to_lowercase().as_str()),
                Some(code.to_owned())
            );
        }
        assert!(tag("RU-ru").is_ok() && tag("ckb").is_ok() && tag("und").is_ok());
    }

    #[test]
    fn the_language_of_a_tag_is_its_first_part() {
        assert_eq!(primary("ZH-Hant-TW"), Ok("zh".to_owned()));
        assert!(primary("zh_Hant").is_err());
    }
}
