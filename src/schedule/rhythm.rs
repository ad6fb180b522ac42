//! When a feed publishes, as far as its polls have shown: how often, at which hours, in which minutes of the hour.
//!
//! Counts fade with a half-life of [`HALF_LIFE`], so that a feed that changes its habits is believed after weeks. All times
//! are seconds since 1970-01-01T00:00Z.

use crate::model::Rhythm;

/// Half of what was counted is forgotten after so many seconds: 14 days.
pub const HALF_LIFE: f64 = 14.0 * DAY;
/// A feed that was never read is taken for one with so many items a day.
pub const USUAL_ITEMS_A_DAY: f64 = 1.0;
/// How much more a feed matters whose every item alerts.
pub const MOST_INTEREST: f64 = 8.0;
/// Most dates of one reading that are counted; a reading of more is spread over them.
const MAX_COUNTED: usize = 1_000;
/// Seconds in which half a wave of news is over, times log2(e): 12 hours.
const WAVE: f64 = 12.0 * HOUR;
/// So many items that were expected anyway stand beside those of a wave.
const CALM: f64 = 3.0;
/// Items that every hour of the week is taken to have had, all together: what little is known counts for little.
const HOURS_PRIOR: f64 = 2.0;
/// The same, for each item a day.
const HOURS_PRIOR_A_DAY: f64 = 0.2;
/// The same for the parts of an hour.
const PARTS_PRIOR: f64 = 5.0;
/// How much of an hour's count its neighbours share.
const SHARED: f64 = 0.3;

pub(super) const DAY: f64 = 86_400.0;
pub(super) const HOUR: f64 = 3_600.0;
/// Length of a part of an hour, in seconds.
pub(super) const PART: i64 = 300;
/// Hours of a weekday, then of a day of the weekend.
const HOURS: usize = 48;
const PARTS: usize = 12;

/// What a reading has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// When each new item was published, in seconds, as far as it says.
    pub dates: Vec<Option<i64>>,
    /// How many of these alerted.
    pub matched: usize,
    /// All items of the document.
    pub items: usize,
}

impl Rhythm {
    /// The rhythm after a reading at `now`.
    ///
    /// The first reading shows what was published long before. Later ones bring what was published since the one before;
    /// a date that says otherwise, or none, is spread over that time.
    pub fn after(mut self, shown: &Shown, now: i64) -> Self {
        let dates = &shown.dates;
        self.hours.resize(HOURS, 0.0);
        self.parts.resize(PARTS, 0.0);
        self.window = self.window.max(u32::try_from(shown.items).unwrap_or(u32::MAX));
        let since = match self.read {
            Some(read) => read.min(now),
            None => dates.iter().flatten().copied().min().unwrap_or(now).clamp(now - 90 * DAY as i64, now),
        };
        let first = self.read.is_none();
        self.forget((now - since) as f64, first.then_some(HOUR), now);
        let counted = dates.len().min(MAX_COUNTED);
        for (at, date) in dates.iter().take(counted).enumerate() {
            let spread = since + (now - since) * (2 * at as i64 + 1) / (2 * counted as i64);
            let date = date.filter(|date| (since..=now).contains(date)).unwrap_or(spread);
            self.count(date, now);
        }
        self.matched += shown.matched.min(counted) as f32;
        if counted > 0 || first {
            self.before_silence = self.items_a_day() as f32;
        }
        self.read = Some(now);
        self
    }

    /// How much more than others the feed matters: one of which every item alerts, [`MOST_INTEREST`] times as much.
    pub fn interest(&self) -> f64 {
        1.0 + (MOST_INTEREST - 1.0) * f64::from(self.matched) / (f64::from(self.items) + CALM)
    }

    /// Lets `passed` seconds fade, and counts them as watched.
    fn forget(&mut self, passed: f64, at_least: Option<f64>, now: i64) {
        let forecast = self.forecast();
        let kept = (-passed / HALF_LIFE).exp2();
        let fade = |count: &mut f32| *count *= kept as f32;
        fade(&mut self.items);
        fade(&mut self.matched);
        self.hours.iter_mut().chain(&mut self.parts).for_each(fade);
        let watched = passed.max(at_least.unwrap_or(0.0));
        let length = HALF_LIFE / std::f64::consts::LN_2;
        self.seconds = self.seconds * kept + length * (1.0 - (-watched / HALF_LIFE).exp2());
        if let Some(read) = self.read {
            let (waves, calm) = ((-passed / WAVE).exp(), self.rate() * forecast.share(read, now));
            let seen = if passed > 0.0 { (1.0 - waves) * WAVE / passed } else { 1.0 };
            self.recent *= waves as f32;
            self.expected = self.expected * waves as f32 + (calm * seen) as f32;
        }
    }

    fn count(&mut self, date: i64, now: i64) {
        let age = (now - date) as f64;
        let weight = (-age / HALF_LIFE).exp2() as f32;
        self.items += weight;
        self.hours[hour_of_week(date)] += weight;
        self.parts[part_of_hour(date)] += weight;
        self.recent += (-age / WAVE).exp() as f32;
    }

    /// Items a second, in the long run.
    fn rate(&self) -> f64 {
        (f64::from(self.items) + 0.5) / (self.seconds + 0.5 * DAY / USUAL_ITEMS_A_DAY)
    }

    /// Items a day, in the long run.
    pub fn items_a_day(&self) -> f64 {
        self.rate() * DAY
    }

    /// Items that were to be expected from `from` to `to`, in the long run.
    pub fn expected(&self, from: i64, to: i64) -> f64 {
        self.rate() * self.forecast().share(from, to)
    }

    /// Items that a feed has failed to bring that has been silent from `from` to `to`.
    pub fn missed(&self, from: i64, to: i64) -> f64 {
        f64::from(self.before_silence).max(self.items_a_day()) / DAY * self.forecast().share(from, to)
    }

    /// What is to be expected.
    pub fn forecast(&self) -> Forecast {
        let items = f64::from(self.items);
        let prior = HOURS_PRIOR + HOURS_PRIOR_A_DAY * self.items_a_day();
        let count = |counts: &[f32], at: usize| counts.get(at).copied().map_or(0.0, f64::from);
        let hours = std::array::from_fn(|cell| {
            let (day, hour) = (cell / 24 * 24, cell % 24);
            let beside = |by: usize| count(&self.hours, day + (hour + by) % 24);
            let smooth = (1.0 - SHARED) * beside(0) + SHARED / 2.0 * (beside(1) + beside(23));
            let length = if day == 0 { 5.0 } else { 2.0 } / 7.0 / 24.0;
            ((smooth + prior * length) / ((items + prior) * length)) as f32
        });
        let parts = std::array::from_fn(|part| {
            ((count(&self.parts, part) * PARTS as f64 + PARTS_PRIOR) / (items + PARTS_PRIOR)) as f32
        });
        let wave = (f64::from(self.recent) + CALM) / (f64::from(self.expected) + CALM);
        Forecast { rate: self.rate() * wave, hours, parts }
    }
}

/// How many items are to be expected when.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Items a second, averaged over a week.
    pub rate: f64,
    /// How many times that an hour of the week has.
    hours: [f32; HOURS],
    /// How many times that a twelfth of an hour has.
    parts: [f32; PARTS],
}

impl Forecast {
    /// How many times the average is to be expected in the part of an hour that `at` lies in.
    pub(super) fn shape(&self, at: i64) -> f64 {
        f64::from(self.hours[hour_of_week(at)]) * f64::from(self.parts[part_of_hour(at)])
    }

    /// The same without the parts of the hour, and without its steps.
    pub(super) fn smooth(&self, at: i64) -> f64 {
        let from = at - HOUR as i64 / 2;
        let along = from.rem_euclid(HOUR as i64) as f64 / HOUR;
        let hour = |at: i64| f64::from(self.hours[hour_of_week(at)]);
        hour(from) * (1.0 - along) + hour(from + HOUR as i64) * along
    }

    /// The shape, summed up over the seconds from `from` to `to`.
    fn share(&self, from: i64, to: i64) -> f64 {
        // A feed that was not read for long: the average will do.
        if to - from > 14 * DAY as i64 {
            return (to - from) as f64;
        }
        let (mut at, mut sum) = (from, 0.0);
        while at < to {
            let end = part_end(at).min(to);
            sum += self.shape(at) * (end - at) as f64;
            at = end;
        }
        sum
    }
}

/// Where the part of an hour ends that `at` lies in.
pub(super) fn part_end(at: i64) -> i64 {
    (at.div_euclid(PART) + 1) * PART
}

fn hour_of_week(at: i64) -> usize {
    let hour = at.div_euclid(HOUR as i64);
    // 1970-01-01 was a Thursday.
    let weekday = (hour.div_euclid(24) + 3).rem_euclid(7);
    let weekend = if weekday >= 5 { 24 } else { 0 };
    weekend + hour.rem_euclid(24) as usize
}

fn part_of_hour(at: i64) -> usize {
    at.div_euclid(PART).rem_euclid(PARTS as i64) as usize
}

#[cfg(test)]
mod tests;
