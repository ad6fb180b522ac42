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

/// A text, with the company words that were found in it.
pub(super) struct Surroundings<'t, F: Fn(Field) -> &'t str> {
    pub(super) text: F,
    /// Field and bytes of each.
    pub(super) company: Vec<(Field, usize, usize)>,
}

impl<'t, F: Fn(Field) -> &'t str> Around for Surroundings<'t, F> {
    fn company(&self, hit: &Hit) -> Option<String> {
        let text = (self.text)(hit.field);
        let beside = |&&(field, start, end): &&(Field, usize, usize)| {
            field == hit.field
                && between((start, end), (hit.start, hit.end)).is_some_and(|(from, to)| {
                    let between = &text[from..to];
                    // The dot of an acronym is no end of a sentence.
                    let between = between.strip_prefix(". ").filter(|_| hit.text.contains('.')).unwrap_or(between);
                    count_words(between) <= MAX_WORDS_BETWEEN && !between.contains(STOPS)
                })
        };
        self.company.iter().find(beside).map(|&(_, start, end)| text[start..end].to_owned())
    }

    fn words_between(&self, one: &Hit, other: &Hit) -> Option<usize> {
        let (from, to) = between((one.start, one.end), (other.start, other.end))?;
        (one.field == other.field).then(|| count_words(&(self.text)(one.field)[from..to]))
    }
}

/// What ends a thought.
const STOPS: &[char] = &['.', '!', '?', ';', ':', '،', '。', '|', '–', '—'];

/// The bytes between two places that do not overlap.
fn between(one: (usize, usize), other: (usize, usize)) -> Option<(usize, usize)> {
    let (first, second) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    (first.1 <= second.0).then_some((first.1, second.0))
}

fn count_words(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count()
}
