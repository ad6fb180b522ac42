//! Language tags, as BCP 47 has them.

use super::diagnostic::Fault;

/// Longest tag (RFC 5646, 4.4.1).
const MAX_BYTES: usize = 35;

/// The tag, if it is well-formed, roughly (RFC 5646, 2.1).
pub(super) fn tag(text: &str) -> Result<String, Fault> {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let good = (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && text.len() <= MAX_BYTES;
    if good {
        return Ok(text.to_owned());
    }
    Err(Fault::new("this is not a language tag").hint("write it as in BCP 47: \"et\", \"en-GB\", \"zh-Hant\""))
}

/// The language of a tag without its region and script: `zh` of `zh-Hant`.
pub(super) fn primary(text: &str) -> Result<String, Fault> {
    let tag = tag(text)?;
    Ok(tag.split('-').next().unwrap_or_default().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{primary, tag};

    #[test]
    fn language_tags_look_like_bcp_47() {
        for good in ["et", "en-GB", "zh-Hant-TW", "sr-Latn", "de-CH-1996"] {
            assert!(tag(good).is_ok(), "{good}");
        }
        for bad in ["", "e", "english language", "en_GB", "en-", "-en", "en-toolongpart"] {
            assert!(tag(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_language_of_a_tag_is_its_first_part() {
        assert_eq!(primary("ZH-Hant-TW"), Ok("zh".to_owned()));
        assert!(primary("zh_Hant").is_err());
    }
}
