//! Company: words that tell what a name beside them is, in any watch.
//!
//! "HPA" may be anything; "HPA fighters", "HPA-held" and "the commander of the HPA" are a force. Such words stand right
//! beside a weak term or written on to it by a hyphen, and make it as believable as a context term does. Base forms, one
//! line a language; they are found in the forms of their languages like every term.

use super::score::Around;
use crate::model::{Field, Hit};

/// Words of people who fight, of the units that they are in, and of what is in their hands.
const WORDS: &[&str] = &[
    // English.
    "fighter militant militiaman militia gunman insurgent rebel guerrilla soldier troops commander brigade battalion \
     regiment jihadist extremist terrorist mercenary paramilitary warlord faction unit",
    "led backed held controlled linked affiliated aligned allied occupied affiliate",
    // German, Dutch.
    "Kämpfer Kämpferin Milizionär Miliz Rebell Soldat Truppe Truppen Kommandeur Brigade Bataillon Regiment Dschihadist \
     Extremist Terrorist Söldner Anhänger Anführer Kommandant nahe geführt geführte kontrolliert kontrollierte",
    "strijder militie rebel soldaat troepen commandant brigade bataljon terrorist huurling jihadist",
    // French, Spanish, Portuguese, Italian, Romanian.
    "combattant milicien milice rebelle insurgé soldat brigade bataillon régiment commandant djihadiste jihadiste \
     terroriste mercenaire paramilitaire",
    "combatiente miliciano milicia rebelde insurgente soldado tropas brigada batallón regimiento comandante yihadista \
     terrorista mercenario paramilitar",
    "combatente milícia insurgente batalhão regimento jihadista mercenário",
    "combattente miliziano milizia ribelle soldato truppe brigata battaglione reggimento comandante miliziani mercenari",
    "luptător miliție batalion mercenar terorist",
    // Nordic.
    "stridande krigare milis rebell soldat trupp trupper brigad bataljon regemente befälhavare legosoldat ledda stödda",
    "kriger milits opprører oprører soldat tropper brigade bataljon kommandant leiesoldat lejesoldat",
    // Finnish, Estonian, Hungarian, Baltic.
    "taistelija sotilas kapinallinen joukko joukot prikaati pataljoona komentaja palkkasoturi terroristi",
    "võitleja sõdur mässuline väed brigaad pataljon komandör palgasõdur terrorist",
    "harcos katona lázadó csapatok dandár zászlóalj ezred parancsnok zsoldos terrorista",
    "kovotojas karys sukilėlis brigada batalionas pulkas vadas samdinys teroristas",
    "kaujinieks karavīrs nemiernieks brigāde bataljons pulks komandieris algotnis terorists",
    // Slavic.
    "боец боевик солдат военнослужащий наёмник повстанец террорист бригада батальон полк отряд командир ополченец военный",
    "боєць бойовик солдат військовий найманець повстанець терорист бригада батальйон полк загін командир",
    "bojownik żołnierz najemnik rebeliant terrorysta brygada batalion pułk oddział dowódca",
    "bojovník voják žoldnéř povstalec terorista brigáda prapor pluk velitel příslušník jednotka",
    "vojak žoldnier prápor veliteľ príslušník",
    "borac vojnik plaćenik pobunjenik terorist brigada bataljun bataljon puk komandant",
    "борац војник плаћеник побуњеник терориста бригада батаљон пук командант боец войник наемник бунтовник терорист батальон",
    // Greek, Turkish.
    "μαχητής στρατιώτης μισθοφόρος αντάρτης τρομοκράτης ταξιαρχία τάγμα σύνταγμα διοικητής",
    "savaşçı militan asker milis isyancı terörist paralı tugay tabur alay komutan örgüt mensup",
    // Arabic, Persian, Hebrew.
    "مقاتل مقاتلو مقاتلي مقاتلون مسلح مسلحو مسلحي مسلحون ميليشيا مليشيا عناصر عنصر جنود جندي متمرد إرهابي كتيبة لواء فوج قائد قوات فصيل",
    "رزمنده جنگجو شبه‌نظامی سرباز نیرو نیروها نیروهای تیپ گردان فرمانده تروریست مزدور",
    "לוחם לוחמי שכיר שכירי מחבל מחבלי חייל חיילי פעיל פעילי מורד גדוד חטיבה מפקד",
    // Chinese, Japanese, Korean.
    "武装分子 士兵 战士 叛军 民兵 指挥官 武裝分子 士兵 戰士 叛軍",
    "戦闘員 兵士 反政府勢力 民兵 旅団 大隊 連隊 司令官",
    "전투원 무장대원 병사 반군 민병대 여단 대대 연대 사령관 대원",
];

/// Most words between a weak term and its company ("the fighters of the HPA").
const MAX_WORDS_BETWEEN: usize = 2;

/// The words, each once.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|line| line.split_whitespace())
}

/// Most bytes of what stands between two hits, so that looking at it costs nothing however long a text is.
const MAX_BYTES_BETWEEN: usize = 160;

/// A text, with the company words that were found in it.
pub(super) struct Surroundings<F> {
    text: F,
    /// Field and bytes of each, in order.
    company: Vec<(Field, usize, usize)>,
}

impl<'t, F: Fn(Field) -> &'t str> Surroundings<F> {
    pub(super) fn new(text: F, mut company: Vec<(Field, usize, usize)>) -> Self {
        company.sort_unstable();
        Self { text, company }
    }

    /// What stands between two places that do not overlap, if it is not too long.
    fn between(&self, field: Field, one: (usize, usize), other: (usize, usize)) -> Option<&'t str> {
        let (first, second) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        let near = second.0.checked_sub(first.1)? <= MAX_BYTES_BETWEEN;
        near.then(|| &(self.text)(field)[first.1..second.0])
    }
}

impl<'t, F: Fn(Field) -> &'t str> Around for Surroundings<F> {
    fn company(&self, hit: &Hit) -> Option<String> {
        let beside = |&&(field, start, end): &&(Field, usize, usize)| {
            field == hit.field
                && self.between(field, (start, end), (hit.start, hit.end)).is_some_and(|between| {
                    // The dot of an acronym is no end of a sentence.
                    let between = between.strip_prefix(". ").filter(|_| hit.text.contains('.')).unwrap_or(between);
                    count_words(between, MAX_WORDS_BETWEEN) <= MAX_WORDS_BETWEEN && !between.contains(STOPS)
                })
        };
        // What is farther away than the nearest has no less between itself and the hit.
        let (before, behind) =
            self.company.split_at(self.company.partition_point(|c| (c.0, c.1) < (hit.field, hit.start)));
        let before = before.iter().rev().take(MAX_OVERLAPPING).find(|c| c.2 <= hit.start);
        let behind = behind.iter().take(MAX_OVERLAPPING).find(|c| c.1 >= hit.end);
        let word = before.into_iter().chain(behind).find(beside);
        word.map(|&(field, start, end)| (self.text)(field)[start..end].to_owned())
    }

    fn stand_beside(&self, one: &Hit, other: &Hit, most_words: usize) -> bool {
        let between = || self.between(one.field, (one.start, one.end), (other.start, other.end));
        one.field == other.field && between().is_some_and(|between| count_words(between, most_words) <= most_words)
    }
}

/// Most company words that may overlap with a hit before the one beside it.
const MAX_OVERLAPPING: usize = 8;

/// What ends a thought.
const STOPS: &[char] = &['.', '!', '?', ';', ':', '،', '。', '|', '–', '—'];

/// The words of a text; where they are more than `most`, one more than that.
fn count_words(text: &str, most: usize) -> usize {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(most + 1).count()
}
