//! Made news: items in seven languages, and names to look for in them, the same ones each time.
//!
//! Words are syllables of each language behind its own function words, by Zipf's law; a third of the items name a term,
//! the first terms more often than the last.

use std::collections::HashSet;

use fastrand::Rng;

use newswatch::model::{FeedId, Item, ItemId};

/// Of ten items, how many name a term on purpose.
const NAMING: f32 = 0.3;
/// Of ten items, how many have a body.
const WITH_BODY: f32 = 0.25;
const VOCABULARY: usize = 8000;
/// Terms that an item may name on purpose: what is behind them is found by chance only.
pub const NAMED: usize = 50_000;

/// How a language writes.
struct Writing {
    tag: &'static str,
    /// Items of a hundred.
    share: u32,
    functions: &'static str,
    onsets: &'static str,
    vowels: &'static str,
    codas: &'static str,
    endings: &'static str,
    /// Of a hundred words, how many begin with a capital.
    capitals: u32,
}

const LATIN: Writing = Writing {
    tag: "en",
    share: 60,
    functions: "the of and to in a is that it for on was with as be by at this have from or an are not but had his they",
    onsets: "b c d f g h l m n p r s t v w st tr pl ch sh gr fl qu br",
    vowels: "a e i o u ea ou ai",
    codas: "_ _ _ n r s l t nd st ck m",
    endings: "_ _ _ s ed ing er ly tion",
    capitals: 9,
};
const CYRILLIC: Writing = Writing {
    tag: "ru",
    share: 8,
    functions: "и в не на я с что по это как к но из у за от о для до после также при его она они был была",
    onsets: "б в г д ж з к л м н п р с т ф х ш ст пр тр",
    vowels: "а е и о у я ы",
    codas: "_ _ _ н р с л т й к",
    endings: "_ а у ов ами ого ый ения ить",
    capitals: 9,
};
const ARABIC: Writing = Writing {
    tag: "ar",
    share: 10,
    functions: "في من على إلى عن أن التي الذي هذا هذه بعد قبل مع بين أو قد كان كانت ما لا لم",
    onsets: "ب ت ج ح خ د ر ز س ش ص ط ع غ ف ق ك ل م ن ه و ي ال وال",
    vowels: "_ _ ا ي و",
    codas: "_ _ ر ن م ل د",
    endings: "_ _ ة ات ين ها ية",
    capitals: 0,
};
const WRITINGS: [Writing; 7] = [
    LATIN,
    CYRILLIC,
    Writing {
        tag: "uk",
        share: 4,
        functions: "і в у на не що з та до за як це від він про його для або але ще був була також який при",
        onsets: "б в г д ж з к л м н п р с т х ш ст пр тр",
        vowels: "а е и о у я і ї є",
        endings: "_ а у ів ами ого ий ення ити",
        ..CYRILLIC
    },
    ARABIC,
    Writing {
        tag: "de",
        share: 7,
        functions: "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden",
        vowels: "a e i o u ä ö ü ei ie au",
        codas: "_ _ n r s l t cht ß nd",
        endings: "_ en er ung lich keit te",
        capitals: 32,
        ..LATIN
    },
    Writing {
        tag: "tr",
        share: 6,
        functions: "ve bir bu da de için ile çok olarak daha gibi o ne olan ki en kadar sonra ama veya her göre",
        onsets: "b c ç d f g h k l m n p r s ş t v y z",
        vowels: "a e ı i o ö u ü",
        codas: "_ _ n r s l k ğ m",
        endings: "_ lar ler nın in da den yor mış",
        ..LATIN
    },
    Writing {
        tag: "zh", share: 5, functions: "的 了 是 在 和 有 不 也 就 都 这 与 为 及", capitals: 0, ..LATIN
    },
];

impl Writing {
    fn word(&self, rng: &mut Rng, syllables: usize) -> String {
        if self.tag == "zh" {
            // The frequent characters are some two thousand of the block.
            let letter = |rng: &mut Rng| char::from_u32(0x4e00 + 9 * rng.u32(0..2200)).unwrap_or('一');
            return (0..syllables.min(2)).map(|_| letter(rng)).collect();
        }
        let parts = [self.onsets, self.vowels, self.codas];
        let syllable = |rng: &mut Rng| parts.map(|part| pick(rng, part)).concat();
        (0..syllables).map(|_| syllable(rng)).collect()
    }

    fn vocabulary(&self, rng: &mut Rng) -> Vec<String> {
        let word = |rng: &mut Rng| {
            let syllables = [1, 2, 2, 2, 3, 3][rng.usize(0..6)];
            self.word(rng, syllables) + if self.tag == "zh" { "" } else { pick(rng, self.endings) }
        };
        (0..VOCABULARY).map(|_| word(rng)).collect()
    }

    /// Sentences of about so many bytes, with these names among the words.
    fn text(&self, rng: &mut Rng, vocabulary: &[String], bytes: usize, names: &[String]) -> String {
        let (blank, comma, stop) = if self.tag == "zh" { ("", "，", "。") } else { (" ", ", ", ". ") };
        let mut text = String::new();
        let mut left = 0;
        let mut names = names.iter().map(|name| (rng.usize(0..=bytes * 3 / 4), name)).collect::<Vec<_>>();
        while text.len() < bytes {
            let first = left == 0;
            if first {
                left = rng.usize(8..20);
            }
            if let Some(at) = names.iter().position(|(at, _)| *at <= text.len()) {
                text += names.swap_remove(at).1;
            } else {
                self.push_word(rng, vocabulary, first, &mut text);
            }
            left -= 1;
            text += match rng.u32(0..100) {
                _ if left == 0 => stop,
                0..=6 => comma,
                7 if !blank.is_empty() => "-",
                _ => blank,
            };
        }
        text
    }

    fn push_word(&self, rng: &mut Rng, vocabulary: &[String], first: bool, text: &mut String) {
        let word = match rng.u32(0..100) {
            0..=39 => pick(rng, self.functions).to_owned(),
            40..=42 => rng.u32(1..3000).to_string(),
            43..=44 => format!("“{}”", zipf(rng, vocabulary)),
            45 => format!("{}’s", zipf(rng, vocabulary)),
            _ => zipf(rng, vocabulary).clone(),
        };
        text.push_str(&if first || rng.u32(0..100) < self.capitals { capital(&word) } else { word });
    }
}

/// So many items.
pub fn items(count: usize, terms: &[String]) -> Vec<Item> {
    let rng = &mut Rng::with_seed(7);
    let vocabularies: Vec<Vec<String>> = WRITINGS.iter().map(|writing| writing.vocabulary(rng)).collect();
    (0..count)
        .map(|_| {
            let at = language(rng);
            let writing = &WRITINGS[at];
            let names = if rng.f32() < NAMING { vec![name(rng, writing, terms)] } else { vec![] };
            let mut text = |bytes: usize, names: &[String]| writing.text(rng, &vocabularies[at], bytes, names);
            let (title, summary) = (text(70, &[]), text(240, &names));
            let body = if rng.f32() < WITH_BODY { rng.usize(2000..4000) } else { 0 };
            let body = writing.text(rng, &vocabularies[at], body, &names);
            item(title, summary, body, writing.tag)
        })
        .collect()
}

/// An item of which only the texts count.
pub fn item(title: String, summary: String, body: String, language: &str) -> Item {
    let feed = FeedId::new("bench");
    Item {
        id: ItemId::new(feed, "guid", b"1"),
        feed,
        feed_name: String::new(),
        guid: None,
        link: None,
        title,
        summary,
        body,
        published: None,
        updated: None,
        authors: vec![],
        categories: vec![],
        language: Some(language.to_owned()),
    }
}

/// So many different names; those of fewer are the first of those of more.
pub fn terms(count: usize) -> Vec<String> {
    let rng = &mut Rng::with_seed(11);
    let mut known = HashSet::new();
    let mut terms = Vec::with_capacity(count);
    while terms.len() < count {
        let writing = match rng.u32(0..100) {
            0..=7 => &CYRILLIC,
            8..=11 => &ARABIC,
            _ => &LATIN,
        };
        let word = |rng: &mut Rng| {
            let syllables = rng.usize(2..=4);
            capital(&writing.word(rng, syllables))
        };
        let phrase = if rng.u32(0..100) < 20 { format!("{} {}", word(rng), word(rng)) } else { word(rng) };
        if known.insert(phrase.clone()) {
            terms.push(phrase);
        }
    }
    terms
}

/// A term in a form that the language gives it, the first ones more often.
fn name(rng: &mut Rng, writing: &Writing, terms: &[String]) -> String {
    let script = |text: &str| text.chars().find_map(newswatch::text::Script::of);
    let wanted = script(writing.onsets);
    for _ in 0..200 {
        let term = &terms[(rng.f32().powi(3) * terms.len().min(NAMED) as f32) as usize];
        if script(term) == wanted {
            let ending = match writing.tag {
                "ru" | "uk" if rng.bool() => ["а", "у", "ом"][rng.usize(0..3)],
                "de" if rng.bool() => "s",
                "tr" if rng.bool() => "’da",
                _ => "",
            };
            return format!("{term}{ending}");
        }
    }
    String::new()
}

fn language(rng: &mut Rng) -> usize {
    let mut left = rng.u32(0..100);
    let found = WRITINGS.iter().position(|writing| {
        let here = left < writing.share;
        left = left.saturating_sub(writing.share);
        here
    });
    found.unwrap_or(0)
}

/// One of a list divided by blanks; `_` is nothing.
fn pick<'l>(rng: &mut Rng, list: &'l str) -> &'l str {
    let all = list.split(' ').count();
    match list.split(' ').nth(rng.usize(0..all)) {
        Some("_") | None => "",
        Some(one) => one,
    }
}

/// The word of rank n comes with a frequency of 1/n.
fn zipf<'v>(rng: &mut Rng, vocabulary: &'v [String]) -> &'v String {
    let rank = (vocabulary.len() as f32).powf(rng.f32());
    &vocabulary[(rank as usize).min(vocabulary.len() - 1)]
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
