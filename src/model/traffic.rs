//! What polling a feed costs, and how soon it brings what is published.

use serde::{Deserialize, Serialize};

use super::Spread;

const DAY: i64 = 86_400;
/// Days after which half of it is forgotten.
const HALF_LIFE_DAYS: f64 = 14.0;

/// Counts of the last weeks, fading day by day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// The day of the last poll, since 1970.
    day: i64,
    polls: f32,
    unchanged: f32,
    bytes: f32,
    seconds: f32,
    /// From publication to the poll that found it.
    #[serde(default)]
    pub delays: Spread,
}

impl Traffic {
    /// Counts a poll at `now` that has cost so many bytes; `last` is the one before. All times are seconds since 1970.
    pub fn count(&mut self, last: Option<i64>, now: i64, bytes: u64, unchanged: bool) {
        let days = now.div_euclid(DAY) - self.day;
        if days > 0 {
            let kept = (-(days as f64) / HALF_LIFE_DAYS).exp2() as f32;
            let fade = |count: &mut f32| *count = (*count * kept * 10.0).round() / 10.0;
            [&mut self.polls, &mut self.unchanged, &mut self.bytes, &mut self.seconds].into_iter().for_each(fade);
            self.delays.fade(kept);
            self.day = now.div_euclid(DAY);
        }
        self.polls += 1.0;
        self.unchanged += if unchanged { 1.0 } else { 0.0 };
        self.bytes += bytes as f32;
        self.seconds += last.map_or(0, |last| (now - last).max(0)) as f32;
    }

    /// Counts bytes that the last poll has cost besides.
    pub fn count_bytes(&mut self, bytes: u64) {
        self.bytes += bytes as f32;
    }

    /// Bytes of bodies a day, as they came over the wire; `None` before half a day.
    pub fn bytes_a_day(&self) -> Option<f64> {
        let days = f64::from(self.seconds) / DAY as f64;
        (days >= 0.5).then(|| f64::from(self.bytes) / days)
    }

    /// Share of the polls that found nothing changed (304); `None` before the first.
    pub fn unchanged_share(&self) -> Option<f64> {
        (self.polls > 0.0).then(|| f64::from(self.unchanged / self.polls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_polls() {
        let mut traffic = Traffic::default();
        assert_eq!((traffic.bytes_a_day(), traffic.unchanged_share()), (None, None));
        let mut last = None;
        for poll in 0..=96 {
            let now = 20_000 * DAY + poll * 900;
            traffic.count(last, now, if poll % 4 == 0 { 1_000 } else { 0 }, poll % 4 != 0);
            last = Some(now);
        }
        let bytes = traffic.bytes_a_day().expect("a day");
        assert!((bytes - 25_000.0).abs() < 1_000.0, "{bytes}");
        assert!(traffic.unchanged_share().is_some_and(|share| (share - 0.742).abs() < 0.01));
        traffic.count(last, 20_000 * DAY + 400 * DAY, 7, false);
        assert!(traffic.unchanged_share().is_some_and(|share| share < 0.01), "what is old is forgotten: {traffic:?}");
    }
}
