//! Numbers that count something, and whether one grew.
//!
//! A number counts the dead, the attacks or the ships if a word beside it says so; anything else it counts is the next
//! word. Left out are numbers that count nothing that could grow: years, dates, times, ages, distances, names of machines,
//! what comes on top of an earlier number, and sums over a long time. A growth that is not one wakes people, so what is
//! in doubt is left out.

use crate::model::{Count, Item};
use crate::text::{Script, is_stop_word};

use super::tokens::{MAX_SUMMARY, MAX_TITLE, Word, clip, words};

mod figure;
mod vocabulary;

use figure::{Figure, Measure};
use vocabulary as said;

/// Most counts of an item.
pub const MAX_COUNTS: usize = 32;
/// Most bytes of [`Count::text`].
pub const MAX_TEXT: usize = 40;
/// Most bytes of [`Count::of`].
pub const MAX_OF: usize = 96;
/// A number more than so many times greater is of something else.
pub const MAX_GROWTH: f64 = 100.0;
/// Letters of a word that tell what is counted, so that its endings do not.
const STEM: usize = 5;
/// Most words from a number to the word that says of what.
const MAX_BEHIND: usize = 6;
const MAX_BEFORE: usize = 6;
const MAX_TOLL: usize = 10;
/// Most words behind a number in which it is looked for that it sums up a long time.
const MAX_LONG: usize = 8;
/// Most words around a number in which it is looked for that it is of another event.
const MAX_APART: usize = 12;

/// The counts of title and summary in their order, at most [`MAX_COUNTS`].
pub fn counts(item: &Item) -> Vec<Count> {
    let language = item.language.as_deref().and_then(|tag| tag.split(['-', '_']).next()).map(str::to_ascii_lowercase);
    let language = language.as_deref().filter(|tag| matches!(tag.len(), 2 | 3));
    let parts = [clip(&item.title, MAX_TITLE), clip(&item.summary, MAX_SUMMARY)];
    let mut found = Vec::new();
    for text in parts {
        let words = words(text);
        let reader = Reader { text, words: &words, language };
        let mut at = 0;
        while at < words.len() && found.len() < MAX_COUNTS {
            let figure = figure::at(text, &words, at, language);
            found.extend(figure.as_ref().and_then(|figure| reader.count(figure)));
            at = figure.map_or(at + 1, |figure| figure.end.max(at + 1));
        }
    }
    found
}

/// The largest count known before, and the larger one of the same thing that is known now, of the first thing in `now`
/// that grew; `None` where nothing did, or where it cannot be told.
///
/// Nothing grew where the old number still stands beside the new one (it is then of something else), nor beyond
/// [`MAX_GROWTH`].
pub fn grew(before: &[Count], now: &[Count]) -> Option<(Count, Count)> {
    let largest =
        |of: &str| before.iter().filter(|count| count.of == of).max_by(|one, other| one.value.total_cmp(&other.value));
    now.iter().find_map(|first| {
        let known = largest(&first.of)?;
        let mut same = now.iter().filter(|count| count.of == first.of);
        let stands = same.clone().any(|count| count.value == known.value);
        let limit = known.value * MAX_GROWTH;
        let larger = same.by_ref().filter(|count| count.value > known.value && count.value <= limit);
        let grown = larger.max_by(|one, other| one.value.total_cmp(&other.value))?;
        (!stands).then(|| (known.clone(), grown.clone()))
    })
}

/// What a count was told by.
struct Told {
    of: String,
    /// The word that says it.
    word: usize,
}

struct Reader<'t> {
    text: &'t str,
    words: &'t [Word],
    language: Option<&'t str>,
}

impl Reader<'_> {
    fn count(&self, figure: &Figure) -> Option<Count> {
        if self.is_apart(figure) || self.is_increment(figure) || self.is_overtaken(figure) || self.sums_up(figure) {
            return None;
        }
        let told = match figure.measure {
            Measure::Part => self.thing_near(figure, "% ")?,
            Measure::Money => self.thing_near(figure, "$ ")?,
            Measure::Plain => self.what(figure)?,
        };
        let (start, end) = (figure.start, figure.stop);
        let word = &self.words[told.word];
        let whole = start.min(word.start)..end.max(word.end);
        let span = if whole.len() <= MAX_TEXT { whole } else { start..end };
        let text = clip(self.text.get(span)?, MAX_TEXT).to_owned();
        Some(Count { value: figure.value, of: clip(&told.of, MAX_OF).to_owned(), text })
    }

    fn what(&self, figure: &Figure) -> Option<Told> {
        let behind = self.behind(figure);
        if let Behind::State(told) = behind {
            return Some(told);
        }
        let thing = matches!(&behind, Behind::Kind(told, false) if !told.of.is_empty());
        let before = || self.toll(figure).or_else(|| self.toll_behind(figure)).or_else(|| self.deed(figure));
        match behind {
            Behind::Kind(told, _) if thing => Some(told),
            Behind::Kind(told, _) => before().or(Some(told)),
            Behind::Other(told) => before().or_else(|| (!figure.spelled).then_some(told)),
            _ => before(),
        }
    }

    /// What the words behind a number say of it.
    fn behind(&self, figure: &Figure) -> Behind {
        // The dot of an ordinal or of the end of a sentence.
        let mut kind: Option<(&'static str, usize)> = None;
        let mut others: Vec<usize> = Vec::new();
        for at in figure.end..self.words.len().min(figure.end + MAX_BEHIND) {
            let word = self.words[at].folded.as_str();
            let linked = at == figure.end && figure.scaled && matches!(word, "of" | "de" | "d");
            if !self.goes_on(at) || self.is_number(at) || (!linked && said::BREAK.has(word)) || said::DEED.has(word) {
                break;
            }
            let next = self.words.get(at + 1).map_or("", |word| word.folded.as_str());
            let lost = (matches!((word, next), ("ums", "leben"))).then_some("dead");
            if let Some(state) = said::STATE.of(word).or(lost) {
                // Drones that killed are not killed, nor are fighters who killed an officer.
                let things = kind.is_some_and(|(kind, _)| !is_human(kind));
                if things
                    || others.len() > 1 && is_adjective(word)
                    || self.qualifies(at)
                    || (at > figure.end && self.has_object(at + 1))
                {
                    break;
                }
                // "12 killed or wounded" is a sum of both.
                let both = self.joins(at + 1) && self.goes_on(at + 2) && self.is_other_state(at + 2, state);
                return if both { Behind::Nothing } else { Behind::State(Told { of: state.to_owned(), word: at }) };
            }
            if let Some(found) = said::KIND.of(word) {
                if kind.is_some_and(|(_, last)| last + 1 < at) {
                    break;
                }
                if figure.value > 1.0 && self.is_attribute(at) {
                    return Behind::Nothing;
                }
                kind = Some((found, at));
                others.clear();
            } else if !said::AUXILIARY.has(word) && !linked {
                if is_stop_word(word) {
                    break;
                }
                others.push(at);
            }
        }
        match kind {
            Some((kind, at)) if is_human(kind) => Behind::Kind(self.people(kind, at, &others), true),
            Some((kind, at)) => Behind::Kind(Told { of: kind.to_owned(), word: at }, false),
            None => self.other(figure, &others).map_or(Behind::Nothing, Behind::Other),
        }
    }

    fn joins(&self, at: usize) -> bool {
        self.goes_on(at) && said::BREAK.has(&self.words[at].folded)
    }

    fn is_other_state(&self, at: usize, state: &str) -> bool {
        let word = self.words.get(at).map_or("", |word| word.folded.as_str());
        said::STATE.of(word).or_else(|| said::DEED.of(word)).is_some_and(|other| other != state)
    }

    /// "Attack helicopters": an English singular before a noun.
    fn is_attribute(&self, at: usize) -> bool {
        const SINGULARS: &[&str] = &[
            "attack",
            "strike",
            "airstrike",
            "drone",
            "missile",
            "rocket",
            "ship",
            "vessel",
            "tanker",
            "soldier",
            "uav",
        ];
        SINGULARS.contains(&self.words[at].folded.as_str()) && self.has_noun(at + 1)
    }

    /// "Missing links", "dead fish": in small letters, since a day of the week may follow as well.
    fn qualifies(&self, at: usize) -> bool {
        let small = |at: usize| self.text[self.words[at].start..].chars().next().is_some_and(char::is_lowercase);
        matches!(self.words[at].folded.as_str(), "missing" | "dead") && self.has_noun(at + 1) && small(at + 1)
    }

    fn has_noun(&self, at: usize) -> bool {
        self.goes_on(at) && {
            let word = self.words[at].folded.as_str();
            let joins =
                said::BREAK.has(word) || said::AUXILIARY.has(word) || said::KIND.has(word) || said::STATE.has(word);
            !joins && !is_stop_word(word) && !self.is_number(at)
        }
    }

    /// People are the same only where the same is said of them.
    fn people(&self, kind: &str, at: usize, others: &[usize]) -> Told {
        let does = others.first().map(|other| format!("{kind} {}", stem(&self.words[*other].folded)));
        Told { of: does.unwrap_or_else(|| kind.to_owned()), word: at }
    }

    /// The next word, within one language; with its noun where it is a capital that only qualifies one.
    fn other(&self, figure: &Figure, others: &[usize]) -> Option<Told> {
        let &first = others.first().filter(|at| **at == figure.end || (figure.scaled && **at == figure.end + 1))?;
        let letters = |at: usize| self.words[at].folded.chars().filter(|c| c.is_alphabetic()).count();
        let word = &self.words[first].folded;
        if letters(first) < 3 || said::LABEL.has(word) || said::METER.has(word) {
            return None;
        }
        let capital = |at: usize| self.text[self.words[at].start..].chars().next().is_some_and(char::is_uppercase);
        let second = others.get(1).filter(|at| **at == first + 1 && (capital(first) || capital(**at)));
        let mut of = self.language.map_or_else(String::new, |language| format!("{language}:"));
        of.push_str(&stem(&self.words[first].folded));
        second.iter().for_each(|at| of.extend([" ", &stem(&self.words[**at].folded)]));
        Some(Told { of, word: first })
    }

    /// "Kills at least 12", "убиты 12".
    fn deed(&self, figure: &Figure) -> Option<Told> {
        let at = self.before_fillers(figure)?;
        let word = &self.words[at].folded;
        let of = said::DEED.of(word).or_else(|| said::STATE.of(word))?;
        // "Killed and wounded 12", which Arabic writes as two words.
        let other = |before: usize| at.checked_sub(before).is_some_and(|other| self.is_other_state(other, of));
        if other(1) || (other(2) && self.joins(at - 1)) {
            return None;
        }
        Some(Told { of: of.to_owned(), word: at })
    }

    /// "Death toll from the quake rises to 15", "число погибших достигло 15".
    fn toll(&self, figure: &Figure) -> Option<Told> {
        let last = self.before_fillers(figure)?;
        let folded = |at: usize| self.words[at].folded.as_str();
        let rises = said::RISE.has(folded(last))
            || said::TOLL.has(folded(last))
            || said::DEATH_TOLL.has(folded(last))
            || said::STATE.has(folded(last));
        if !rises {
            return None;
        }
        let (mut state, mut kind, mut toll) = (None, None, None);
        for at in (0..=last).rev().take(MAX_TOLL) {
            if self.is_number(at) && !self.is_from_to(at) {
                return None;
            }
            let word = folded(at);
            state = said::STATE.of(word).or(state);
            // What the toll is of stands nearest to it ("number of attacks on ships").
            kind = said::KIND.of(word).filter(|_| toll.is_none()).or(kind);
            if said::DEATH_TOLL.has(word) || matches!(word, "toll" | "bilan" | "bilancio") {
                toll = Some((at, true));
            } else if said::TOLL.has(word) {
                toll = toll.or(Some((at, false)));
            }
            if at == 0 || !self.goes_on(at) {
                break;
            }
        }
        let (at, of_dead) = toll?;
        let of = state.or(kind.filter(|_| !of_dead)).or(of_dead.then_some("dead"))?;
        Some(Told { of: of.to_owned(), word: at })
    }

    /// The word before a number, without what says how surely it is known.
    fn before_fillers(&self, figure: &Figure) -> Option<usize> {
        if !self.goes_on(figure.first) {
            return None;
        }
        for at in (0..figure.first).rev().take(MAX_BEFORE) {
            let word = &self.words[at].folded;
            if self.is_from_to(at) || self.is_from_to(at + 1) {
                continue;
            }
            let counted = said::STATE.has(word) || said::DEED.has(word);
            if counted || !said::FILLER.has(word) {
                return (!self.is_number(at)).then_some(at);
            }
            if at == 0 || !self.goes_on(at) {
                break;
            }
        }
        None
    }

    /// What a part or a sum is of: the next word that says anything, else the one before.
    fn thing_near(&self, figure: &Figure, mark: &str) -> Option<Told> {
        let says = |at: &usize| {
            let word = &self.words[*at].folded;
            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
            letters >= 3
                && !is_stop_word(word)
                && !said::CURRENCY.has(word)
                && !said::FILLER.has(word)
                && !said::RISE.has(word)
        };
        let behind = (figure.end..self.words.len().min(figure.end + 3)).take_while(|at| self.goes_on(*at)).find(says);
        let before = || (0..figure.first).rev().take(4).find(says);
        let word = behind.or_else(before)?;
        let language = self.language.map_or_else(String::new, |language| format!("{language}:"));
        Some(Told { of: format!("{mark}{language}{}", stem(&self.words[word].folded)), word })
    }

    fn is_increment(&self, figure: &Figure) -> bool {
        let has = |at: usize| self.words.get(at).is_some_and(|word| said::INCREMENT.has(&word.folded));
        let before = figure.first.checked_sub(1).is_some_and(|at| has(at) && self.goes_on(figure.first));
        let than = self.words.get(figure.end + 1).is_some_and(|word| word.folded == "than");
        before || (has(figure.end) && self.goes_on(figure.end)) || than
    }

    /// The first number of "from 12 to 15".
    fn is_overtaken(&self, figure: &Figure) -> bool {
        self.is_from_to(figure.end - 1)
    }

    fn is_from_to(&self, number: usize) -> bool {
        let from = number.checked_sub(1).is_some_and(|at| said::OVERTAKEN.has(&self.words[at].folded));
        let to = self.words.get(number + 1).is_some_and(|word| said::TOWARDS.has(&word.folded));
        from && to && self.is_number(number) && self.is_number(number + 2)
    }

    /// "Sube a 15 el número de muertos": what rose stands behind the number.
    fn toll_behind(&self, figure: &Figure) -> Option<Told> {
        let before = self.before_fillers(figure)?;
        if !said::RISE.has(&self.words[before].folded) {
            return None;
        }
        let behind = figure.end..self.words.len().min(figure.end + MAX_BEHIND);
        let mut behind = behind.take_while(|at| self.goes_on(*at) && !self.is_number(*at));
        let toll = behind.by_ref().take(2).find(|at| said::TOLL.has(&self.words[*at].folded))?;
        let of = |at: usize| said::STATE.of(&self.words[at].folded).or_else(|| said::KIND.of(&self.words[at].folded));
        behind.find_map(of).map(|of| Told { of: of.to_owned(), word: toll })
    }

    /// Whether the sentence speaks of another event, of an older one, or of what is only feared.
    fn is_apart(&self, figure: &Figure) -> bool {
        let folded = |at: usize| self.words[at].folded.as_str();
        let start =
            (figure.first.saturating_sub(MAX_APART)..=figure.first).rev().find(|at| !self.ends_no_sentence(*at));
        let behind =
            (figure.end..self.words.len().min(figure.end + MAX_APART)).take_while(|at| self.ends_no_sentence(*at));
        let from = start.unwrap_or(figure.first.saturating_sub(MAX_APART));
        let long_ago = |at: usize| {
            let next = self.words.get(at + 1).map_or("", |word| word.folded.as_str());
            matches!(
                (folded(at), next),
                ("last", "year" | "month" | "week" | "decade") | ("letztes", "jahr") | ("прошлом", "году")
            )
        };
        let one_in = figure.first >= 2
            && matches!(folded(figure.first - 1), "in" | "of" | "von" | "sur" | "из")
            && (self.is_number(figure.first - 2) || folded(figure.first - 2) == "one");
        one_in || (from..figure.first).chain(behind).any(|at| said::OTHER_EVENT.has(folded(at)) || long_ago(at))
    }

    /// "45,000 killed since October".
    fn sums_up(&self, figure: &Figure) -> bool {
        let behind = figure.end..self.words.len().min(figure.end + MAX_LONG);
        behind.take_while(|at| self.ends_no_sentence(*at)).any(|at| said::LONG.has(&self.words[at].folded))
    }

    /// Whether the word stands in one thought with the one before it.
    fn goes_on(&self, at: usize) -> bool {
        let Some(gap) = self.gap_before(at) else { return false };
        !gap.contains(['.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '|', '–', '—', '\n', '،', '؛', '؟', '/', '…'])
            && !gap.contains(" -")
    }

    fn ends_no_sentence(&self, at: usize) -> bool {
        self.gap_before(at).is_some_and(|gap| !gap.contains(['.', ';', '!', '?', '|', '\n', '؟', '؛']))
    }

    fn gap_before(&self, at: usize) -> Option<&str> {
        let (before, word) = (self.words.get(at.checked_sub(1)?)?, self.words.get(at)?);
        self.text.get(before.end..word.start)
    }

    fn is_number(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| {
            word.folded.starts_with(char::is_numeric) || said::spelled(&word.folded, self.language).is_some()
        })
    }

    /// Whether a verb has what it is done to behind it: an article, or a number.
    fn has_object(&self, at: usize) -> bool {
        const ARTICLES: &[&str] = &[
            "a",
            "an",
            "the",
            "their",
            "his",
            "her",
            "one",
            "several",
            "dozens",
            "scores",
            "hundreds",
            "many",
            "some",
            "civilians",
            "people",
        ];
        let follows = |at: usize| at < self.words.len() && self.goes_on(at);
        let word = |at: usize| self.words[at].folded.as_str();
        follows(at)
            && (ARTICLES.contains(&word(at))
                || (at..at + 3)
                    .take_while(|at| follows(*at) && (self.is_number(*at) || said::FILLER.has(word(*at))))
                    .any(|at| self.is_number(at)))
    }
}

/// What stands behind a number.
enum Behind {
    State(Told),
    /// A kind of thing, and whether it is one of people.
    Kind(Told, bool),
    Other(Told),
    Nothing,
}

/// What stands of itself beside people, and may be the object of a verb as well ("12 nations mourn dead").
fn is_adjective(state: &str) -> bool {
    matches!(state, "dead" | "missing" | "wounded" | "injured" | "death" | "deaths")
}

fn is_human(kind: &str) -> bool {
    matches!(kind, "people" | "soldiers")
}

/// The beginning of a word, by which its forms are the same; Arabic and Hebrew words are short and stay whole.
fn stem(word: &str) -> String {
    let letters = match Script::of_text(word) {
        Some(Script::Arabic | Script::Hebrew) => 8,
        _ => STEM,
    };
    word.chars().take(letters).collect()
}

#[cfg(test)]
mod tests;
