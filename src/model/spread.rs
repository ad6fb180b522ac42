//! How durations spread: counted by classes of their length, so that a quantile costs little room.

use serde::{Deserialize, Serialize};

/// Classes to a doubling: a quantile is told to within a fifth.
const CLASSES: f64 = 4.0;
/// What has faded below this is forgotten.
const LEAST: f32 = 0.05;

/// Durations, counted by their length: pairs of a class and its count, the shortest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spread(Vec<(u8, f32)>);

impl Spread {
    /// Counts a duration in seconds; what is shorter than a second counts as one.
    pub fn add(&mut self, seconds: f64) {
        let class = (seconds.max(1.0).log2() * CLASSES) as u8;
        match self.0.binary_search_by_key(&class, |(class, _)| *class) {
            Ok(at) => self.0[at].1 += 1.0,
            Err(at) => self.0.insert(at, (class, 1.0)),
        }
    }

    /// Keeps this share of all counts.
    pub fn fade(&mut self, kept: f32) {
        // Rounded, so that what is stored is short.
        self.0.iter_mut().for_each(|(_, count)| *count = in_three_digits(*count * kept));
        self.0.retain(|(_, count)| *count >= LEAST);
    }

    /// How many were counted, less what has faded.
    pub fn count(&self) -> f32 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The length, in seconds, that this share of them did not exceed; `None` where there are none.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut left = f64::from(self.count()) * share;
        let reached = |(_, count): &&(u8, f32)| {
            left -= f64::from(*count);
            left <= 1e-6
        };
        let class = self.0.iter().find(reached).or(self.0.last())?.0;
        Some(((f64::from(class) + 0.5) / CLASSES).exp2())
    }
}

/// A count of which two decimals are enough, and of ten or more one.
pub(super) fn in_three_digits(count: f32) -> f32 {
    let parts = if count < 10.0 { 100.0 } else { 10.0 };
    (count * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_told_to_within_a_fifth() {
        let mut spread = Spread::default();
        assert_eq!(spread.quantile(0.5), None);
        (1..=1_000).for_each(|seconds| spread.add(f64::from(seconds)));
        for (share, seconds) in [(0.01, 10.0), (0.5, 500.0), (0.99, 990.0), (1.0, 1_000.0)] {
            let told = spread.quantile(share).expect("counted") / seconds;
            assert!((0.8..1.25).contains(&told), "{share}: {told}");
        }
        spread.fade(0.5);
        assert!((spread.count() - 500.0).abs() < 1.0);
        spread.fade(0.0);
        assert_eq!(spread, Spread::default());
    }

    #[test]
    fn no_duration_is_beyond_it() {
        let mut spread = Spread::default();
        [-1.0, 0.0, f64::NAN, f64::MAX, f64::INFINITY].into_iter().for_each(|seconds| spread.add(seconds));
        assert!(spread.quantile(0.5).is_some_and(f64::is_finite));
        assert!(serde_json::to_string(&spread).is_ok_and(|json| json.len() < 50));
    }
}
