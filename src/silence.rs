//! Floor 1: what a silence covers.
//!
//! A selector is a list of conditions, all of which have to hold: `watch=grain lang=et,fi feed="Example News" tag!=wire
//! title=harvest*`. The keys are `watch`, `lang`, `feed` (name or URL), `tag`, `title` (words of it) and `story` (the
//! beginning of its id). A value may be a list of alternatives and hold `*` for any text; case does not matter.

use jiff::Timestamp;

use crate::model::{Silence, SilenceId};
use crate::text::fold;

/// What of an alert a selector looks at.
#[derive(Debug, Clone, Default)]
pub struct Subject<'a> {
    /// The watch's name.
    pub watch: &'a str,
    /// The feed's name.
    pub feed: &'a str,
    /// The feed's URL or path.
    pub source: &'a str,
    /// The feed's tags.
    pub tags: &'a [String],
    /// The item's language (BCP 47), where one is known.
    pub language: Option<&'a str>,
    /// The item's title.
    pub title: &'a str,
    /// The story's id.
    pub story: String,
}

/// Why a text is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Everything would be silent.
    #[error("the selector is empty; to silence everything write watch=*")]
    Empty,
    /// A word without a sign.
    #[error("`{0}` is no condition; write KEY=VALUE or KEY!=VALUE, as in watch=grain")]
    NoCondition(String),
    /// A key that there is not.
    #[error("`{0}` cannot be selected by; there are watch, lang, feed, tag, title and story")]
    UnknownKey(String),
    /// Nothing behind the sign.
    #[error("`{0}` has no value")]
    NoValue(String),
    /// A quotation mark too few.
    #[error("a quotation mark is not closed")]
    OpenQuote,
}

/// What a silence covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(Vec<Condition>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    key: Key,
    not: bool,
    /// Folded; one has to fit.
    patterns: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Watch,
    Lang,
    Feed,
    Tag,
    Title,
    Story,
}

const KEYS: [(&str, Key); 6] = [
    ("watch", Key::Watch),
    ("lang", Key::Lang),
    ("feed", Key::Feed),
    ("tag", Key::Tag),
    ("title", Key::Title),
    ("story", Key::Story),
];

impl Selector {
    /// Reads a selector.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let conditions: Vec<Condition> = words(text)?.iter().map(|word| condition(word)).collect::<Result<_, _>>()?;
        if conditions.is_empty() { Err(SelectorError::Empty) } else { Ok(Self(conditions)) }
    }

    /// Whether it covers an alert.
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.0.iter().all(|condition| condition.fits(subject) != condition.not)
    }

    /// The watches that it names outright, to look up whether there are such.
    pub fn watches(&self) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(|condition| condition.key == Key::Watch);
        named.flat_map(|condition| &condition.patterns).map(String::as_str).filter(|name| !name.contains('*'))
    }
}

impl Condition {
    fn fits(&self, subject: &Subject<'_>) -> bool {
        let any = |text: &str| {
            let text = fold(text).into_pattern();
            self.patterns.iter().any(|pattern| is_like(&text, pattern))
        };
        match self.key {
            Key::Watch => any(subject.watch),
            // `en` covers `en-GB`.
            Key::Lang => subject.language.is_some_and(|tag| any(tag) || any(tag.split('-').next().unwrap_or(tag))),
            Key::Feed => any(subject.feed) || any(subject.source),
            Key::Tag => subject.tags.iter().any(|tag| any(tag)),
            Key::Title => self.is_in(subject.title),
            Key::Story => self.patterns.iter().any(|pattern| subject.story.starts_with(pattern.as_str())),
        }
    }

    /// Whether the words of a pattern stand in the title, one behind the other.
    fn is_in(&self, title: &str) -> bool {
        let title = fold(title).into_pattern();
        let words: Vec<&str> = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        self.patterns.iter().any(|pattern| {
            let wanted: Vec<&str> = pattern.split_whitespace().collect();
            words.windows(wanted.len().max(1)).any(|window| window.iter().zip(&wanted).all(|(has, w)| is_like(has, w)))
        })
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(tail) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(tail)
}

/// The words of a text; what stands in quotation marks is part of one.
fn words(text: &str) -> Result<Vec<String>, SelectorError> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => (quoted, begun) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => {
                begun = true;
                word.push(c);
            }
        }
    }
    if begun {
        words.push(word);
    }
    if quoted { Err(SelectorError::OpenQuote) } else { Ok(words) }
}

fn condition(word: &str) -> Result<Condition, SelectorError> {
    let (key, value) = word.split_once('=').ok_or_else(|| SelectorError::NoCondition(word.to_owned()))?;
    let (key, not) = key.strip_suffix('!').map_or((key, false), |key| (key, true));
    let known = KEYS.iter().find(|(name, _)| *name == key).map(|(_, key)| *key);
    let key = known.ok_or_else(|| SelectorError::UnknownKey(key.to_owned()))?;
    let pattern = |text: &str| {
        let parts: Vec<String> = text.split('*').map(|part| fold(part).into_pattern()).collect();
        parts.join("*")
    };
    let patterns: Vec<String> = value.split(',').map(str::trim).filter(|text| !text.is_empty()).map(pattern).collect();
    if patterns.is_empty() {
        Err(SelectorError::NoValue(word.to_owned()))
    } else {
        Ok(Condition { key, not, patterns })
    }
}

/// The silences that there are, ready to be asked.
#[derive(Debug, Default)]
pub struct Silences(Vec<(Silence, Selector)>);

impl Silences {
    /// Those that were stored. One whose selector an older or newer version wrote in another way covers nothing.
    pub fn new(silences: impl IntoIterator<Item = Silence>) -> Self {
        let mut all = Self::default();
        silences.into_iter().for_each(|silence| all.put(silence));
        all
    }

    /// Adds a silence, or puts it in place of the one with its id.
    pub fn put(&mut self, silence: Silence) {
        self.0.retain(|(known, _)| known.id != silence.id);
        if let Ok(selector) = Selector::parse(&silence.selector) {
            self.0.push((silence, selector));
        }
    }

    /// The silence that holds at `now` and covers an alert.
    pub fn covering(&self, subject: &Subject<'_>, now: Timestamp) -> Option<SilenceId> {
        let holding = self.0.iter().filter(|(silence, _)| silence.holds(now));
        holding.filter(|(_, selector)| selector.covers(subject)).map(|(silence, _)| silence.id).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(selector: &str, subject: &Subject<'_>) -> bool {
        Selector::parse(selector).expect("a selector").covers(subject)
    }

    #[test]
    fn all_conditions_have_to_hold() {
        let tags = ["wire".to_owned(), "baltics".to_owned()];
        let subject = Subject {
            watch: "grain-exports",
            feed: "Example News",
            source: "https://example.org/feed",
            tags: &tags,
            language: Some("en-GB"),
            title: "Grain: Harvest festival opens in Ghent",
            story: "00ab12".to_owned(),
        };
        for selector in [
            "watch=grain-exports",
            "watch=*",
            "watch=ore,GRAIN-*",
            "lang=en lang!=et",
            "lang=en-gb",
            "feed=\"Example News\"",
            "feed=https://example.org/*",
            "tag=baltics tag!=sport",
            "title=\"harvest festival\"",
            "title=fest*",
            "story=00ab",
        ] {
            assert!(covers(selector, &subject), "{selector}");
        }
        for selector in
            ["watch=grain", "lang=et", "feed=Example", "tag!=wire", "title=harvest lang=fi", "title=vest", "story=ab12"]
        {
            assert!(!covers(selector, &subject), "{selector}");
        }
        assert!(!covers("lang=en", &Subject::default()), "no language is not every language");
    }

    #[test]
    fn what_is_no_selector_says_why() {
        let why = |text| Selector::parse(text).expect_err("no selector");
        assert_eq!(why(" "), SelectorError::Empty);
        assert_eq!(why("grain"), SelectorError::NoCondition("grain".into()));
        assert_eq!(why("wacth=grain"), SelectorError::UnknownKey("wacth".into()));
        assert_eq!(why("watch="), SelectorError::NoValue("watch=".into()));
        assert_eq!(why("feed=\"Example"), SelectorError::OpenQuote);
    }

    #[test]
    fn a_silence_holds_between_two_moments() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let id = SilenceId::new("watch=*", at(0));
        let silence = Silence {
            id,
            selector: "watch=*".to_owned(),
            starts: at(10),
            ends: at(20),
            why: String::new(),
            by: String::new(),
            created: at(0),
        };
        let mut silences = Silences::new([silence.clone()]);
        let covering = |silences: &Silences, second| silences.covering(&Subject::default(), at(second));
        let at_times = [9, 10, 19, 20].map(|second| covering(&silences, second));
        assert_eq!(at_times, [None, Some(id), Some(id), None]);
        silences.put(Silence { ends: at(15), ..silence });
        assert_eq!([14, 15].map(|second| covering(&silences, second)), [Some(id), None]);
    }
}
