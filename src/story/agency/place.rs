//! Where a credit stands.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text::fold;

use super::super::tokens::Word;

/// What a desk is called behind an agency's name in a byline.
const STAFF: &[&str] = &[
    "staff news agency reporter reporters correspondent correspondents desk files file photo photos wire bureau agence \
     redaktion agentur redazione редакция корреспондент and y et und mit with with via i и",
];
/// What stands before an agency's name in a byline.
const WITH: &[&str] =
    &["with by via from and mit und von avec et par con y por da de com e с и z i staff agencies agency afp reuters"];
/// What attributes to the name behind it, maybe with an article between.
const BEFORE: &[&str] = &[
    "agency via told citing quoting cites quoted news according reported source run quelle lähde källa kilde bron fonte fuente źródło zdroj источник джерело kaynak المصدر منبع",
    "berichtet berichtete berichten meldet meldete melden laut gegenüber sagte nachrichtenagentur agentur zitiert",
    "selon rapporte rapportent indiqué déclaré agence d'après cité annonce",
    "según informa informó reporta reportó agencia citado citada dijo",
    "segundo agência informou informa",
    "secondo riferisce riporta agenzia riferito",
    "meldt volgens bericht persbureau nieuwsagentschap aldus tegen",
    "enligt rapporterar nyhetsbyrån till ifølge melder nyhetsbyrået uutistoimisto nyhedsbureauet",
    "podaje podała informuje poinformowała według przekazała agencja agencji agencją agencję cytowana",
    "uvedla informovala podle agentura agentury agentuře citovala řekl řekla",
    "сообщает сообщают сообщили сообщил сообщила сообщило передает пишет ссылкой агентство агентства агентству рассказал \
     рассказали рассказала заявил заявили заявила цитирует данным информации",
    "повідомляє повідомили повідомив передає пише посиланням агентство агентства агенція розповів",
    "نقلا نقلت عن بحسب حسب وفق ذكرت أفادت قالت وكالة لوكالة وكالات أوردت وأفادت وذكرت وقالت",
    "گزارش خبرگزاری نقل",
    "סוכנות לסוכנות",
    "ajansı πρακτορείο ügynökség агенция агенција agencije agencija",
];
/// Two words of attribution whose second means too much alone.
const BEFORE_TWO: &[&str] = &[
    "according to",
    "inputs from",
    "input from",
    "information from",
    "reported by",
    "quoted by",
    "cited by",
    "published by",
    "por la",
    "on the",
    "со ссылкой",
    "seen by",
];
/// What attributes to the name before it.
const AFTER: &[&str] = &[
    "reports reported cites cited quoted quotes news report agency correspondent reporter journalist photographer tally",
    "berichtet berichtete meldet meldete zufolge zitierte rapporte rapportait informó reporta reportó informa informou riferisce \
     riporta meldt meldde bericht",
    "сообщает сообщило сообщил передает пишет повідомляє передає пише podaje podała informuje poinformowała uvedla informovala \
     uvádí",
    "kertoo mukaan rapporterar skriver melder haberine aktardı bildirdi muhabirine muhabiri ajansı",
];
/// Articles and short words between an attribution and its agency.
const ARTICLES: &[&str] =
    &["from the die der den dem das l la le les el il lo a o à na to by of de del della dell all das do на ل من"];
/// What is called as an agency is and is none: beside these.
const HOUSES_BEFORE: &[&str] = &["thomson", "mayor", "michael", "mike", "mr"];
const HOUSES_BEHIND: &[&str] = &["institute", "foundation", "plaza", "building"];

/// Agencies whose letters open a text without a place and mean nothing else there.
const ALONE: &[&str] = &["afp", "dpa", "efe", "ansa", "tass", "ap", "reuters"];
/// Agencies whose letters mean so little else that what they said is what they reported.
const SPEAKERS: &[&str] = &["sana", "irna", "isna", "tass", "kuna", "kcna", "tasnim", "unian", "anha"];

/// Most bytes and words before the agency of a dateline.
const MAX_DATELINE: usize = 100;
const MAX_DATELINE_WORDS: usize = 9;

fn set(lines: &[&str]) -> HashSet<String> {
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    words.map(|word| fold(word).into_pattern()).collect()
}

static STAFF_SET: LazyLock<HashSet<String>> = LazyLock::new(|| set(STAFF));
static WITH_SET: LazyLock<HashSet<String>> = LazyLock::new(|| set(WITH));
static BEFORE_SET: LazyLock<HashSet<String>> = LazyLock::new(|| set(BEFORE));
static AFTER_SET: LazyLock<HashSet<String>> = LazyLock::new(|| set(AFTER));
static ARTICLE_SET: LazyLock<HashSet<String>> = LazyLock::new(|| set(ARTICLES));

/// Whether a full name is that of something else of the same house.
pub(super) fn is_another_house(words: &[Word], first: usize, end: usize) -> bool {
    let before = first.checked_sub(1).and_then(|at| words.get(at));
    before.is_some_and(|word| HOUSES_BEFORE.contains(&word.folded.as_str()))
        || words.get(end).is_some_and(|word| HOUSES_BEHIND.contains(&word.folded.as_str()))
}

/// An author that is an agency, or has one beside a name.
pub(super) fn is_author(text: &str, words: &[Word], first: usize, end: usize) -> bool {
    let (before, behind) = around(text, words, first, end);
    let starts = first == 0 || has_sign(before) || WITH_SET.contains(&words[first - 1].folded);
    let ends = end == words.len() || has_sign(behind) || STAFF_SET.contains(&words[end].folded);
    starts && ends
}

/// "BERGEN, Dec 8 (AP) -", "/PAP/", "دمشق-سانا", "WARSAW, Dec 8. PAP –".
pub(super) fn is_dateline(text: &str, words: &[Word], first: usize, end: usize) -> bool {
    let start = words[first].start;
    if start > MAX_DATELINE || first > MAX_DATELINE_WORDS {
        return false;
    }
    let (before, behind) = around(text, words, first, end);
    let dash = |text: &str| text.trim_start_matches(['.', ' ', '\u{a0}']).starts_with(['-', '–', '—', '―', ':']);
    let bracket = [('(', ')'), ('[', ']'), ('/', '/')].into_iter().any(|(open, close)| {
        before.trim_end().ends_with(open)
            && behind.trim_start().starts_with(close)
            && (dash(behind.trim_start().get(1..).unwrap_or_default())
                || (first > 0
                    && has_day(words, first)
                    && (open == '/' || behind.trim_start().get(1..).is_some_and(|rest| rest.starts_with('.')))))
    });
    // "(dpa/tmn) -": two desks in one bracket.
    let desks = before.ends_with('(')
        && behind == "/"
        && words.get(end).is_some_and(|desk| text[desk.end..].strip_prefix(')').is_some_and(dash));
    if bracket || desks {
        return !spells_out(words, first, end);
    }
    // At the very start, a place and the agency on to it.
    let written_on = first == 1
        && matches!(before.trim(), "-" | "–" | "—" | "/")
        && before.len() <= 5
        && is_place_or_caseless(text, words, first);
    let behind_day = first > 0
        && has_day(words, first)
        && before.contains(['.', ',', '/', '-', '–'])
        && (dash(behind) || behind.starts_with('.'));
    let set_off = behind.starts_with(" - ") || behind.starts_with(" – ") || behind.starts_with(" — ");
    let alone = start == 0 && set_off && ALONE.contains(&words[first].folded.as_str());
    written_on || behind_day || alone
}

/// Whether what stands before is a day of a month, as far as a numeral tells.
fn has_day(words: &[Word], first: usize) -> bool {
    words[..first].iter().any(|word| word.folded.chars().all(char::is_numeric) && word.folded.chars().count() <= 2)
}

/// Whether what stands before is a place in capitals.
fn is_place(text: &str, words: &[Word], first: usize) -> bool {
    first > 0 && {
        let place = &text[words[0].start..words[0].end];
        place.chars().count() > 2 && place.chars().any(char::is_uppercase) && !place.chars().any(char::is_lowercase)
    }
}

fn is_place_or_caseless(text: &str, words: &[Word], first: usize) -> bool {
    is_place(text, words, first)
        || !text[words[0].start..words[0].end].chars().any(|c| c.is_lowercase() || c.is_uppercase())
}

/// "Euskadi Ta Askatasuna (ETA)": the letters are those of the words before them.
fn spells_out(words: &[Word], first: usize, end: usize) -> bool {
    let letters: Vec<char> = words[first].folded.chars().collect();
    if end - first != 1 || letters.is_empty() || first < letters.len() {
        return false;
    }
    let from = first - letters.len();
    words[from..first].iter().zip(&letters).filter(|(word, letter)| word.folded.starts_with(**letter)).count() + 1
        >= letters.len()
}

/// "… - AFP", "… | AFP", "… (AP)", "© dpa" at the end of a text.
pub(super) fn is_trailing(text: &str, words: &[Word], first: usize, end: usize, wary: bool) -> bool {
    if end != words.len() {
        return false;
    }
    let (before, behind) = around(text, words, first, end);
    if first == 0 {
        return before.ends_with('(') && behind.starts_with(')') && !wary;
    }
    // "Raid kills two: SANA", "Reuters/AFP".
    let told = before == ": " || (before == "/" && ALONE.contains(&words[first - 1].folded.as_str()));
    if told && !wary && behind.trim().is_empty() {
        return true;
    }
    let ends = behind.trim().chars().all(|c| matches!(c, '.' | ')' | ']' | '/'));
    let head = before.trim_end();
    let set_apart = head.ends_with(['|', '©', '•', '·', '—', '–'])
        || (head.ends_with('-') && before.starts_with(' ') && before.ends_with(' '));
    let bracketed =
        (head.ends_with('(') && behind.starts_with(')')) || (head.ends_with('[') && behind.starts_with(']'));
    let slash = (head.ends_with('/') && before.trim() != "/") || (before.contains('.') && head.ends_with('/'));
    let letters = words[first].end - words[first].start;
    let copyright = words[first - 1].folded == "copyright"
        || (first > 1 && words[first - 2].folded == "copyright")
        || text[..words[first].start].trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').ends_with('©');
    // A state or a degree in brackets has two letters as well ("Pittsburgh (PA)"): behind the end of a sentence it has not.
    let sentence =
        before.contains(['.', '!', '?']) || letters > 2 || text[words[first].start..words[first].end] == *"AP";
    ends && (set_apart || slash || copyright || (bracketed && sentence && !spells_out(words, first, end)))
}

/// Beside a word of attribution; for a name of which one is wary, beside the word agency.
pub(super) fn is_attribution(text: &str, words: &[Word], first: usize, end: usize, wary: bool) -> bool {
    let open = |from: usize, to: usize| {
        !text[words[from].end..words[to].start].contains(['.', '!', '?', ';', '(', ')', '|', ','])
    };
    let mut at = first;
    while at > 0 && first - at < 2 && ARTICLE_SET.contains(&words[at - 1].folded) && open(at - 1, at) {
        at -= 1;
    }
    // "Belga Queen" goes on as a name does.
    let name = &text[words[first].start..words[first].end];
    let goes_on = name.chars().any(char::is_lowercase)
        && words.get(end).is_some_and(|next| {
            let capital = text[next.start..].chars().next().is_some_and(char::is_uppercase);
            capital && text[words[end - 1].end..next.start].chars().all(char::is_whitespace)
        });
    if goes_on {
        return false;
    }
    let is_agency = |word: &str| AGENCY_WORDS.contains(&word);
    let before = (at.saturating_sub(1)..first).any(|cue| {
        let word = words[cue].folded.as_str();
        let pair = words.get(cue + 1).filter(|_| cue + 1 < first).map(|next| format!("{word} {}", next.folded));
        let alone = BEFORE_SET.contains(word) && !matches!(word, "news" | "according" | "reported" | "till");
        let said = alone || pair.is_some_and(|pair| BEFORE_TWO.contains(&pair.as_str()));
        open(cue, cue + 1) && if wary { is_agency(word) } else { said }
    });
    let after = words.get(end).is_some_and(|word| {
        open(end - 1, end)
            && !text[words[end - 1].end..word.start].contains(['-', '–', '—', ':', '/'])
            && if wary {
                is_agency(&word.folded)
            } else {
                AFTER_SET.contains(&word.folded)
                    || (word.folded == "said" && SPEAKERS.contains(&words[first].folded.as_str()))
            }
    });
    before || after
}

/// What an agency is called, folded.
const AGENCY_WORDS: &[&str] = &[
    "agency",
    "agentur",
    "nachrichtenagentur",
    "agence",
    "agencia",
    "agenzia",
    "agencja",
    "agencji",
    "agentura",
    "agentury",
    "nyhetsbyran",
    "uutistoimisto",
    "skriver",
    "uppger",
    "persbureau",
    "агентство",
    "агентства",
    "podaje",
    "ajansi",
];

fn around<'t>(text: &'t str, words: &[Word], first: usize, end: usize) -> (&'t str, &'t str) {
    let from = first.checked_sub(1).map_or(0, |before| words[before].end);
    let to = words.get(end).map_or(text.len(), |behind| behind.start);
    (&text[from..words[first].start], &text[words[end - 1].end..to])
}

fn has_sign(gap: &str) -> bool {
    gap.contains(['/', ',', '|', '(', ')', '[', ']', '&', ';', '–', '—', ':', '+', '@', '·', '•'])
        || gap.contains(" - ")
}
