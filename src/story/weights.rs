//! The weights of the model: what a logistic regression made of pairs of reports (see `model`). Fitted, not chosen: to
//! change one by hand is to guess.

use super::alike::GROUPS;
use super::read::Kind;

/// What the parts of [`Alike`] weigh; the first of two for reports in one language.
pub(super) struct Weights {
    pub(super) bias: [f64; 2],
    pub(super) cosine: [[f64; GROUPS]; 2],
    /// Of the logarithm of the rare words that are shared.
    pub(super) words: [f64; 2],
    /// Of the same for names, concepts and numbers.
    pub(super) rest: [f64; 2],
    /// And for those of both headlines.
    pub(super) title_rest: [f64; 2],
    /// Where both name some and share none.
    pub(super) conflict: [(Kind, f64); 4],
    pub(super) log_hours: f64,
    pub(super) same_feed: f64,
    /// The more reports there are, the more will look alike.
    pub(super) log_reports: f64,
}

/// Fitted on 1,206 pairs that tell of one event and 38,000 that do not, beside 120,000 with a report nobody looked at.
pub(super) const WEIGHTS: Weights = Weights {
    bias: [-0.027, -0.242],
    cosine: [
        [6.417, -0.602, 2.415, -1.036, 2.153, 6.106, 0.437, 3.944],
        [6.279, -0.513, 3.255, 1.594, 3.427, 4.573, 0.000, 3.756],
    ],
    words: [1.187, -0.320],
    rest: [0.160, 1.505],
    title_rest: [-0.971, -0.310],
    conflict: [(Kind::Name, -0.163), (Kind::Place, -1.603), (Kind::Actor, -1.740), (Kind::Number, 0.229)],
    log_hours: -0.829,
    same_feed: -1.441,
    log_reports: -1.243,
};
