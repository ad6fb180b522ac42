//! Scores as bars of a tenth each.

/// Longest bar, in characters.
const WIDTH: usize = 40;

/// How many items scored how much.
#[derive(Debug, Default)]
pub(super) struct Histogram([usize; 10]);

impl Histogram {
    /// Counts a score in 0..1.
    pub(super) fn count(&mut self, score: f64) {
        self.0[bar_of(score)] += 1;
    }

    /// A line a bar, the threshold marked.
    pub(super) fn lines(&self, threshold: f64) -> Vec<String> {
        let most = self.0.iter().copied().max().unwrap_or(0).max(1);
        let line = |(at, count): (usize, &usize)| {
            // However few, they are seen.
            let bar = "█".repeat((count * WIDTH).div_ceil(most));
            let (from, to) = (at as f64 / 10.0, (at + 1) as f64 / 10.0);
            let mark = if at == bar_of(threshold) { format!("  ← threshold {threshold:.2}") } else { String::new() };
            format!("{from:.1}–{to:.1} {count:>7}  {bar}{mark}").trim_end().to_owned()
        };
        self.0.iter().enumerate().map(line).collect()
    }
}

/// By hundredths, in which scores are reckoned: 0.3 stands in the bar that begins with it.
fn bar_of(score: f64) -> usize {
    ((score * 100.0).round().max(0.0) as usize / 10).min(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_with_their_counts_and_the_threshold_is_marked() {
        let mut histogram = Histogram::default();
        for score in [0.0, 0.3, 0.29, 0.9, 1.0, 1.0] {
            histogram.count(score);
        }
        let lines = histogram.lines(0.35);
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[0], format!("0.0–0.1       1  {}", "█".repeat(14)));
        assert_eq!(lines[1], "0.1–0.2       0");
        assert_eq!(lines[3], format!("0.3–0.4       1  {}  ← threshold 0.35", "█".repeat(14)));
        assert_eq!(lines[9], format!("0.9–1.0       3  {}", "█".repeat(40)));
    }
}
