//! The model: how likely two reports tell of the same event, from what they share.
//!
//! A logistic regression over pairs of labelled reports, fitted once, outside of the program, on news of 2012 to 2026 in
//! 22 languages, as they came and squeezed into sixty hours. What it looks at was chosen by leaving out a fifth of the
//! stories in turn. Reports in one language are compared by their words, others by what the lexicon and the sound of names
//! see in them; so each weight is there twice.

use super::alike::{Alike, GROUPS};
use super::read::Kind;
use super::weights::WEIGHTS;

/// In a small window little looks alike by chance; but who reads few feeds may read them for one town, where all does.
const FEWEST_REPORTS: usize = 300;
/// More reports than any that the weights were fitted on change nothing further.
const MOST_REPORTS: usize = 1000;

/// The logarithm of the odds that two reports of a window with so many reports tell of one event.
pub(super) fn odds(alike: &Alike, reports: usize) -> f64 {
    let tongue = usize::from(!alike.same_tongue);
    let w = &WEIGHTS;
    let words = Kind::Word as usize;
    let rest: f64 = alike.shared[words + 1..super::read::COMPARED].iter().sum();
    let mut odds = w.bias[tongue];
    odds += w.cosine[tongue].iter().zip(alike.cosine).map(|(weight, cosine)| weight * cosine).sum::<f64>();
    odds += w.words[tongue] * alike.shared[words].ln_1p();
    odds += w.rest[tongue] * rest.ln_1p();
    odds += w.title_rest[tongue] * alike.shared[GROUPS - 1].ln_1p();
    for (kind, weight) in w.conflict {
        if alike.conflicts(kind) {
            odds += weight;
        }
    }
    odds += w.log_hours * alike.hours.ln_1p();
    odds += if alike.same_feed { w.same_feed } else { 0.0 };
    odds + w.log_reports * (reports.clamp(FEWEST_REPORTS, MOST_REPORTS) as f64 + 50.0).ln()
}
