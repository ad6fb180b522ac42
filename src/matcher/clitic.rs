//! What some scripts write on in front of a word: conjunctions, prepositions, articles.

use crate::text::Script;

/// Arabic و ف ب ك ل س أ, alone and after one another; folded.
const ARABIC: &[&str] = &["و", "ف", "ب", "ك", "ل", "وب", "ول", "وك", "فب", "فل", "فك"];
/// The same with the article, as they stand before a word that the base form has without it.
const ARABIC_ARTICLE: &[&str] = &["ال", "وال", "فال", "بال", "كال", "لل", "وبال", "ولل", "فلل", "وكال", "فبال", "اال"];
/// Hebrew ו ה ב כ ל מ ש, as far as they follow one another.
const HEBREW: &[&str] = &[
    "ו", "ה", "ב", "כ", "ל", "מ", "ש", "וה", "וב", "וכ", "ול", "ומ", "וש", "שב", "שה", "של", "שמ", "כש", "מה", "כשה",
    "ושה", "ושב", "ומה", "לכש", "שמה", "בה",
];

/// Longest clitics in characters.
pub(super) const MAX_CLITIC_CHARS: usize = 4;

/// How a word begins before its base form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clitic {
    /// At once.
    None,
    /// With clitics that leave it as it is.
    Bare,
    /// With the Arabic article, maybe behind others.
    Article,
}

/// What the characters before a base form in its word are, if they are clitics.
pub(super) fn of(script: Script, before: &str) -> Option<Clitic> {
    if before.is_empty() {
        return Some(Clitic::None);
    }
    match script {
        Script::Arabic if ARABIC.contains(&before) => Some(Clitic::Bare),
        Script::Arabic if ARABIC_ARTICLE.contains(&before) => Some(Clitic::Article),
        Script::Hebrew if HEBREW.contains(&before) => Some(Clitic::Bare),
        _ => None,
    }
}

/// Whether a character may be part of one.
pub(super) fn is_part(c: char) -> bool {
    matches!(c, 'و' | 'ف' | 'ب' | 'ك' | 'ل' | 'ا' | 'ו' | 'ה' | 'ב' | 'כ' | 'ל' | 'מ' | 'ש')
}

/// The base form without the article that it begins with: what stands behind ال and لل, and behind the ב, ל and כ of Hebrew,
/// which swallow it.
pub(super) fn without_article(script: Script, base: &str) -> Option<&str> {
    let (article, least) = match script {
        Script::Arabic => ("ال", 2),
        Script::Hebrew => ("ה", 3),
        _ => return None,
    };
    base.strip_prefix(article).filter(|rest| rest.chars().nth(least - 1).is_some())
}

/// Whether the clitics before a word have its article in them.
pub(super) fn has_article(script: Script, before: &str) -> bool {
    match script {
        Script::Hebrew => HEBREW.contains(&before) && before.ends_with(['ב', 'ל', 'כ']),
        _ => of(script, before) == Some(Clitic::Article),
    }
}
