//! Whether two items tell one event: a probability, from what they have in common.
//!
//! Two logistic models, one for items of one language and one for others. Their weights were fitted to the labelled pairs of
//! items within 72 hours of a collection of 277 news items of 81 stories, as they were published and squeezed into 60 hours
//! (maximum likelihood with an L2 penalty of 1); left-out stories were grouped nearly as well as those that were fitted to
//! (`tests/stories.rs` prints how well).

use super::reading::{KINDS, Kind};

/// What two items have in common and how far apart they are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Likeness {
    /// Whether they are in one language.
    pub(super) same_language: bool,
    /// Whether they came in one feed.
    pub(super) same_feed: bool,
    /// Whether they have one headline.
    pub(super) same_title: bool,
    /// Cosine of their words, weighted by rarity.
    pub(super) words: f64,
    /// Cosine of their names.
    pub(super) names: f64,
    /// Cosine of the places and actors that the lexicon knows.
    pub(super) entities: f64,
    /// Cosine of what happens, as far as the lexicon knows.
    pub(super) topics: f64,
    /// How many places and actors stand in the one's headline and nowhere in the other, of the one that has fewer.
    pub(super) own_entities: f64,
    /// The same of what may be names.
    pub(super) own_names: f64,
    /// How many words they share.
    pub(super) shared_words: f64,
    /// How many concepts of the lexicon they share.
    pub(super) shared_concepts: f64,
    /// How many names they share.
    pub(super) shared_names: f64,
    /// How many numbers they share.
    pub(super) shared_numbers: f64,
    /// Both have numbers, and none in common.
    pub(super) numbers_differ: bool,
    /// From one to the other.
    pub(super) hours: f64,
}

/// Addends of the logit for items of one language, in the order of [`Likeness::in_one_language`].
const SAME: [f64; 10] = [-3.246, 6.870, 1.912, 5.176, 2.961, -0.459, -0.785, -0.811, 2.739, -1.977];
/// And for others, in the order of [`Likeness::across_languages`].
const ACROSS: [f64; 12] = [-5.212, 2.288, 2.812, 1.158, 1.549, -0.748, -0.875, 3.789, 3.035, 1.070, 3.767, 0.011];

/// From this probability on other names do not matter: every outlet has some of its own.
const SURE: f64 = 0.9;
/// Items that were published longer apart tell no one event.
const MAX_HOURS: f64 = 72.0;
/// Words that two items of one language must share.
const MIN_SHARED_WORDS: f64 = 2.0;
/// And two of one feed.
const MIN_SHARED_WORDS_OF_A_FEED: f64 = 3.0;

impl Likeness {
    /// The probability that they tell one event.
    pub(super) fn probability(&self) -> f64 {
        if self.is_ruled_out() {
            return 0.0;
        }
        let logit = match self.same_language {
            true => dot(&self.in_one_language(), &SAME),
            false => dot(&self.across_languages(), &ACROSS),
        };
        1.0 / (1.0 + (-logit).exp())
    }

    /// What no likeness makes up for. A feed that says the same of another place, name or number means another event:
    /// warnings, sirens and results are published so, and a headline that stands over something else each day is no event.
    /// Nor is a name that two headlines share, or what was the same last year.
    fn is_ruled_out(&self) -> bool {
        let of_another = self.numbers_differ || self.own_entities > 0.0 || self.own_names > 0.0;
        let shared = if self.same_feed { MIN_SHARED_WORDS_OF_A_FEED } else { MIN_SHARED_WORDS };
        (self.same_feed && (of_another || self.same_title))
            || (self.same_language && self.shared_words < shared)
            || self.hours > MAX_HOURS
    }

    /// Whether each names something that the other does not, and what they have in common leaves a doubt.
    pub(super) fn differs(&self) -> bool {
        let of_another = self.own_names > 0.0 || self.own_entities > 0.0 || self.numbers_differ;
        of_another && self.probability() < SURE
    }

    fn in_one_language(&self) -> [f64; 10] {
        [
            1.0,
            self.words,
            self.words * self.words,
            self.names,
            self.shared_numbers.min(2.0),
            flag(self.numbers_differ),
            self.hours.ln_1p(),
            flag(self.same_feed),
            self.topics,
            self.own_entities.min(2.0),
        ]
    }

    fn across_languages(&self) -> [f64; 12] {
        [
            1.0,
            self.words,
            self.names,
            self.shared_names.min(4.0) / 4.0,
            self.shared_numbers.min(2.0),
            flag(self.numbers_differ),
            self.hours.ln_1p(),
            self.entities,
            self.topics,
            self.entities * self.topics,
            self.shared_concepts.min(6.0) / 6.0,
            self.own_entities.min(2.0),
        ]
    }
}

fn flag(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}

fn dot<const N: usize>(features: &[f64; N], weights: &[f64; N]) -> f64 {
    features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum()
}

/// Sums over the common features of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) dot: [f64; KINDS],
    pub(super) count: [f64; KINDS],
}

impl Sums {
    pub(super) fn add(&mut self, kind: Kind, product: f64) {
        self.dot[kind as usize] += product;
        self.count[kind as usize] += 1.0;
    }
}
