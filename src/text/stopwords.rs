//! Stop words: the function words that nearly every text of a language has.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::fold;

/// The most frequent function words of each language, in its spelling. Left out are those that are a content word of
/// another language that people look for: the German past tense "war" is none, since it is a war to others.
const WORDS: &[(&str, &str)] = &[
    (
        "ar",
        "في من على إلى عن أن إن ما لا لم لن هذا هذه ذلك تلك التي الذي الذين هو هي كان كانت قد كل بعد قبل مع بين أو ثم حتى عند",
    ),
    ("bg", "на за от да се по че не до са като което който която които при след или това този тази през между още"),
    ("cs", "je se na že do ve za po od pro jako aby ale by jsou byl byla bylo který která které nebo také při jeho"),
    ("da", "og i at det er en den til på som med af har ikke fra der kan var efter også eller blev sig"),
    (
        "de",
        "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine einer eines einem als auch es an \
            werden aus er sie wir ich nach wird bei noch wie einen über zum zur oder dass haben wurde sind",
    ),
    ("el", "και το τα της του των την τον οι στο στη στην στον με για από που δεν είναι θα να ένα μια ως"),
    (
        "en",
        "the of and to in a is that it for on was with as be by at this have from or an are not but had his her they \
            he she we you i were which their has been there if would who what when more will its about than",
    ),
    (
        "es",
        "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o este sí porque \
            esta entre cuando muy sin sobre ser también fue ha hasta desde",
    ),
    ("et", "ja on ei et see oli ta ka kui mis aga oma mida siis või kes selle seda nagu pole ning välja veel"),
    ("fa", "و در به از که این را با است برای آن یک خود تا بر شد می هم نیز ما او بود شده ها های"),
    ("fi", "ja on ei että se oli hän myös mutta kun mitä jos joka niin tai sen ovat ole kuin hänen sekä jotka"),
    (
        "fr",
        "de la le et les des en un une du que est pour qui dans par plus pas au sur ne se ce il elle sont avec ou son \
            sa ses aux mais cette comme ont été leur nous vous je",
    ),
    ("he", "של את על לא זה הוא היא עם כל אני גם כי אם או אבל מה יש אין כך רק עוד היה היתה אל בין"),
    ("hi", "के में की है और से का को पर ने यह कि भी इस एक था हैं नहीं तो या लिए कर"),
    ("hu", "a az és hogy nem is egy van meg volt de ez azt csak már még el ki mint ha vagy aki ami lesz"),
    ("id", "dan yang di ke dari untuk dengan pada ini itu tidak dalam adalah akan oleh juga atau karena"),
    (
        "it",
        "di e il la che in a per un del è non della le con si una dei i da nel al alla sono più come anche ma lo gli \
            ha o se dal dalla su delle ed nella questo",
    ),
    (
        "nl",
        "de en van ik te dat die in een hij het niet zijn is was op aan met als voor er maar om had ook dan ze bij nog uit",
    ),
    ("no", "og i det er på til som en av for at med de ikke den har om et fra var seg også eller ble"),
    (
        "pl",
        "w i na z do że się nie jest to za o jak po od przez dla co ale jego oraz tym był była było które który która",
    ),
    (
        "pt",
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua \
            ou ser quando muito há nos já está também só pelo pela",
    ),
    ("ro", "de și în la cu nu o pe din că un este pentru a se mai care au fost sau prin dar după ale fi"),
    (
        "ru",
        "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от \
            меня еще нет о из ему для при это этот эта были был была или чтобы также который которая которые",
    ),
    ("sv", "och i att det som en på är av för med den till inte har de ett om var sig från kan men eller efter också"),
    ("tr", "ve bir bu da de için ile çok olarak daha gibi o ne olan ki en kadar sonra ama veya her mi göre"),
    (
        "uk",
        "і в у на не що з та до за як це від він про його для але або ще є був була було були також який яка які при",
    ),
    ("zh", "的 了 是 在 和 有 我 他 她 不 也 就 都 这 這 那 与 與 为 為 及 我们 我們 他们 他們 一个 一個"),
];

static FOLDED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(_, words)| words.split_whitespace());
    words.map(|word| fold(word).into_pattern()).collect()
});

/// Whether a folded text is nothing but stop words.
pub fn is_stop_word(folded: &str) -> bool {
    let mut words = folded.split_whitespace().peekable();
    words.peek().is_some() && words.all(|word| FOLDED.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_every_text_has_are_known() {
        for word in ["the", "The", "of the", "Für", "в", "من", "إلى", "στη", "και", "och", "için", "и", "的", "که"]
        {
            assert!(is_stop_word(&fold(word).into_pattern()), "{word}");
        }
        for word in ["", " ", "war", "The Hague", "grain", "IAEA", "порт", "ميناء", "港", "mine", "hat"] {
            assert!(!is_stop_word(&fold(word).into_pattern()), "{word}");
        }
    }

    #[test]
    fn each_language_is_there_once_and_has_its_words() {
        let languages: HashSet<&str> = WORDS.iter().map(|(language, _)| *language).collect();
        assert_eq!(languages.len(), WORDS.len());
        assert!(WORDS.iter().all(|(_, words)| words.split_whitespace().count() >= 15));
    }
}
