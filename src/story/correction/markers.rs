//! How publishers mark a correction, by language.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Correction::{self, Corrected, Withdrawn};
use super::folded;

/// What stands alone before a colon or a dash, or in brackets.
const CORRECTED: &[&str] = &[
    "correction | corrected | corrects | clarification | clarified | erratum | corrigendum | editor's correction",
    "Korrektur | korrigiert | korrigierte Fassung | korrigierte Meldung | Berichtigung | berichtigt | Richtigstellung | Klarstellung",
    "rectificatif | rectification | rectifié | corrigé | correctif | erratum",
    "corrección | corregido | corregida | rectificación | fe de errores | fe de erratas | aclaración",
    "correção | corrigida | corrigido | retificação | errata | erramos",
    "rettifica | correzione | corretto | errata corrige | precisazione",
    "rectificatie | correctie | gecorrigeerd | rättelse | korrigering | rettelse | korreksjon | oikaisu | korjattu",
    "sprostowanie | opraveno | upřesnění | spresnenie | ispravka | ispravak | popravek | исправка",
    "helyesbítés | corectură | erată | rectificare | διόρθωση | düzeltme | düzeltildi | parandus | õiendus | pataisymas | labojums",
    "поправка | исправление | исправлено | исправленная версия | уточнение | уточнено | виправлення | виправлено | уточнення | поправлено",
    "تصحيح | تصحيح خبر | تصويب | استدراك | مصحح | اصلاحیه | اصلاح خبر | تصحیح | תיקון | תיקון טעות | הבהרה",
    "更正 | 勘误 | 勘誤 | 訂正 | 정정 | 정정보도",
];
const WITHDRAWN: &[&str] = &[
    "retraction | retracted | story withdrawn | story retracted | article retracted | story killed | kill notice | mandatory kill",
    "Meldung zurückgezogen | zurückgezogene Meldung | dépêche annulée | annule et remplace | nota anulada | anulación de nota",
    "ritiro notizia | notizia annullata | depesza anulowana | anulowana depesza | новость аннулирована | аннулировано | анульовано",
    "سحب خبر | إلغاء خبر | حذف خبر | haber iptali | 撤稿 | 撤回 | 기사 삭제",
];
/// Only in capitals: the words mean much else.
const IN_CAPITALS: &[&str] =
    &["withdrawn", "withdrawal of story", "annulation", "anulada", "zurückgezogen", "annullamento"];

/// What a bracket at the start begins with.
const BEGINNINGS: &[&str] = &[
    "corrects | corrected | correcting | correction | clarifies | korrigiert | berichtigt | corrige | corrigé | rectifie | \
     corrige a | rectifica | исправляет | исправлена | исправлено | исправлены | уточняет | виправлено | виправляє",
];

/// Behind "Corrects", what of a story may be wrong.
const PARTS: &str = "paragraph paragraphs headline spelling name names date day year month figure figures number numbers typo \
                     attribution dateline to in throughout first second third last lead title age location quote byline day \
                     grammar story that paragraphe paragraphes titre";

/// A sentence says one of each group: that something was wrong or earlier, and that it is this text.
const SAID: &[(Correction, &[&str])] = &[
    (
        Withdrawn,
        &[
            "this story | this article | this report | this item | this dispatch | this post | our story | our report",
            "has been withdrawn | is withdrawn | was withdrawn | has been retracted | is retracted | was retracted | have withdrawn \
             | has been removed because",
        ],
    ),
    (
        Withdrawn,
        &[
            "please disregard | please kill | do not use",
            "this story | the story | earlier story | earlier alert | this article",
        ],
    ),
    (
        Withdrawn,
        &[
            "diese meldung | dieser artikel | dieser beitrag",
            "wurde zurückgezogen | wird zurückgezogen | ist zurückgezogen",
        ],
    ),
    (
        Withdrawn,
        &["cette dépêche | cet article", "est annulée | est retirée | a été retiré | a été retirée | a été annulée"],
    ),
    (Withdrawn, &["esta nota | este artículo", "ha sido retirada | ha sido retirado | queda anulada | fue retirada"]),
    (
        Withdrawn,
        &[
            "эта новость | это сообщение | данная новость | данное сообщение",
            "отозвано | отозвана | аннулировано | аннулирована",
        ],
    ),
    (Withdrawn, &["هذا الخبر | هذا المقال", "تم سحب | تم حذف | سحبت | ألغي"]),
    (
        Corrected,
        &[
            "this story | this article | this report | this item | this version | this dispatch | this post | this headline | our story",
            "has been corrected | was corrected | is corrected | corrects | has been amended to correct | has been clarified | \
             correcting | updated to correct | edited to correct | a correction",
        ],
    ),
    (
        Corrected,
        &[
            "an earlier version of | a previous version of | earlier versions of | previous versions of | an earlier headline | \
             the original version of",
            "this story | this article | this report | this item | this piece | this post | the story | the article | headline | this dispatch",
        ],
    ),
    (
        Corrected,
        &["we earlier reported incorrectly | we incorrectly reported | we wrongly reported | we mistakenly reported"],
    ),
    (
        Corrected,
        &[
            "früheren version | früheren fassung | vorherigen version | ursprünglichen fassung | ursprünglichen version | ersten fassung",
            "dieses artikels | dieser meldung | dieses textes | dieses beitrags | des artikels | der meldung",
        ],
    ),
    (Corrected, &["diese meldung | dieser artikel | dieser text", "wurde korrigiert | wurde berichtigt"]),
    (
        Corrected,
        &[
            "version précédente | première version | version antérieure",
            "cet article | cette dépêche | notre article | l'article",
        ],
    ),
    (
        Corrected,
        &[
            "versión anterior | versión previa",
            "esta nota | este artículo | esta noticia | esta información | este texto",
        ],
    ),
    (
        Corrected,
        &[
            "versão anterior | versão inicial",
            "deste texto | desta reportagem | desta notícia | deste artigo | esta reportagem",
        ],
    ),
    (Corrected, &["versione precedente", "questo articolo | questa notizia | dell'articolo"]),
    (Corrected, &["eerdere versie", "dit artikel | dit bericht"]),
    (
        Corrected,
        &[
            "tidigare version | tidligere versjon | tidligere version",
            "artikeln | texten | artikkelen | saken | artiklen",
        ],
    ),
    (
        Corrected,
        &["aiemmassa versiossa | aiempi versio | jutussa aiemmin", "jutun | jutussa | artikkelin | uutisen | juttua"],
    ),
    (Corrected, &["wcześniejszej wersji | poprzedniej wersji", "artykułu | tekstu | depeszy"]),
    (Corrected, &["dřívější verzi | předchozí verzi | původní verzi", "článku | textu | zprávy"]),
    (Corrected, &["önceki sürümünde | önceki versiyonunda | ilk halinde", "haberin | bu haberin | makalenin"]),
    (
        Corrected,
        &[
            "предыдущей версии | более ранней версии | первоначальной версии | прежней версии",
            "материала | новости | статьи | сообщения | заметки | публикации | этого текста",
        ],
    ),
    (
        Corrected,
        &[
            "попередній версії | ранішій версії | першій версії",
            "матеріалу | новини | статті | повідомлення | публікації",
        ],
    ),
    (Corrected, &["نسخة سابقة | صيغة سابقة | تم تصحيح", "هذا الخبر | هذا المقال | هذا التقرير | من الخبر"]),
    (Corrected, &["نسخه پیشین | نسخه قبلی | اصلاح شد", "این خبر | این گزارش | این مطلب"]),
    (Corrected, &["גרסה קודמת | בגרסה קודמת", "הכתבה | הידיעה | כתבה זו | ידיעה זו"]),
];

/// Words of the exchange, whose corrections are falls.
const MARKETS: &[&str] =
    &["market", "markets", "stock", "stocks", "share", "shares", "prices", "index", "savings", "portfolio", "bourse"];
/// What is said of a law, whose corrections are amendments.
const LAWS: &[&str] =
    &["депутат", "закон", "конституц", "бюджет", "госдум", "верховн", "хок", "כנסת", "قانون", "دستور"];

/// Whether a headline of markets may speak of their fall.
pub(super) fn is_of_markets(title: &str) -> bool {
    folded(title).split(' ').any(|word| MARKETS.contains(&word))
}

/// Whether a headline that begins with a marker goes on about a correction in the world: an English sentence that goes on
/// small, a fall of the market, an amendment.
pub(super) fn is_about(title: &str) -> bool {
    let whole = folded(title);
    let mut words = whole.split(' ');
    let first = words.next().unwrap_or_default();
    let english = matches!(first, "correction" | "corrected");
    let loud = title.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).is_some_and(super::is_capitals);
    let bracketed = title.trim_start().starts_with(['(', '[']);
    let behind = title.split_once([':', '-', '–', '—', '|']).map_or("", |(_, behind)| behind.trim_start());
    let small = behind.chars().next().is_some_and(char::is_lowercase);
    let law = words.any(|word| LAWS.iter().any(|law| word.strip_prefix('ה').unwrap_or(word).starts_with(law)));
    let amends = matches!(first, "поправка" | "уточнение" | "уточнення" | "исправление" | "תיקון" | "تصحيح" | "اصلاحيه");
    (english && !loud && !bracketed && (small || is_of_markets(title))) || (amends && law)
}

fn table(lines: &[&str]) -> Vec<String> {
    lines.iter().flat_map(|line| line.split('|')).map(folded).filter(|marker| !marker.is_empty()).collect()
}

static EXACT: LazyLock<HashMap<String, Correction>> = LazyLock::new(|| {
    let corrected = table(CORRECTED).into_iter().map(|marker| (marker, Corrected));
    corrected.chain(table(WITHDRAWN).into_iter().map(|marker| (marker, Withdrawn))).collect()
});
/// A repair, to everyone but a wire.
static REPAIRS: LazyLock<Vec<String>> = LazyLock::new(|| table(&["oprava | korekta | korjaus"]));
static CAPITALS: LazyLock<Vec<String>> = LazyLock::new(|| table(IN_CAPITALS));
static STARTS: LazyLock<Vec<String>> =
    LazyLock::new(|| table(BEGINNINGS).into_iter().map(|beginning| beginning + " ").collect());
/// Groups with their alternatives, a blank at either end of each.
type Said = Vec<(Correction, Vec<Vec<String>>)>;
static SENTENCES: LazyLock<Said> = LazyLock::new(|| {
    let group = |group: &&str| table(&[group]).into_iter().map(|words| format!(" {words} ")).collect();
    SAID.iter().map(|(kind, groups)| (*kind, groups.iter().map(group).collect())).collect()
});

/// The marker that folded words are.
pub(super) fn exact(folded: &str) -> Option<Correction> {
    EXACT.get(folded).copied()
}

/// The marker that folded words are in capitals alone.
pub(super) fn in_capitals(folded: &str) -> Option<Correction> {
    let is_in = |markers: &[String]| markers.iter().any(|marker| marker == folded);
    is_in(&CAPITALS).then_some(Withdrawn).or_else(|| is_in(&REPAIRS).then_some(Corrected))
}

/// What is in a bracket at the start begins with a marker.
pub(super) fn begins(inside: &str) -> Option<Correction> {
    let folded = folded(inside) + " ";
    STARTS.iter().any(|start| folded.starts_with(start.as_str())).then_some(Corrected)
}

/// "Corrects paragraph 3", of a folded sentence with blanks at its ends.
pub(super) fn begins_summary(sentence: &str) -> Option<Correction> {
    let mut words = sentence.split_whitespace();
    let corrects = words.next().is_some_and(|word| matches!(word, "corrects" | "corrige"));
    let part = words.next()?;
    (corrects && (PARTS.split_whitespace().any(|known| known == part))).then_some(Corrected)
}

/// A folded sentence with blanks at its ends that says so.
pub(super) fn said_in(sentence: &str) -> Option<Correction> {
    let said =
        |groups: &Vec<Vec<String>>| groups.iter().all(|any| any.iter().any(|words| sentence.contains(words.as_str())));
    SENTENCES.iter().find(|(_, groups)| said(groups)).map(|(kind, _)| *kind)
}
