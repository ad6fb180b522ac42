use super::*;

const MINUTE: i64 = 60;
const WEDNESDAY: i64 = 19_998 * DAY as i64;
const SATURDAY: i64 = WEDNESDAY + 3 * DAY as i64;

fn shown(dates: &[Option<i64>], items: usize) -> Shown {
    Shown { dates: dates.to_vec(), matched: 0, items }
}

/// A feed that publishes at these minutes of each working day, read every hour for so many days.
fn learned(minutes: &[i64], days: i64) -> Rhythm {
    let mut rhythm = Rhythm::default();
    let start = WEDNESDAY - days * DAY as i64;
    for hour in 0..days * 24 {
        let now = start + hour * HOUR as i64;
        let last = now - HOUR as i64;
        let midnight = last.div_euclid(DAY as i64) * DAY as i64;
        let works = hour_of_week(midnight) < 24;
        let new =
            minutes.iter().map(|minute| midnight + minute * MINUTE).filter(|at| works && (last..now).contains(at));
        rhythm = rhythm.after(&shown(&new.map(Some).collect::<Vec<_>>(), 20), now);
    }
    rhythm
}

#[test]
fn hours_minutes_and_days_off_are_learned() {
    let forecast = learned(&[8 * 60 + 2, 8 * 60 + 32, 9 * 60 + 2], 28).forecast();
    let at = |day: i64, minute: i64| forecast.shape(day + minute * MINUTE);
    assert!(at(WEDNESDAY, 8 * 60 + 2) > 20.0 * at(WEDNESDAY, 20 * 60 + 2));
    assert!(at(WEDNESDAY, 8 * 60 + 2) > 5.0 * at(WEDNESDAY, 8 * 60 + 17));
    assert!(at(WEDNESDAY, 8 * 60 + 2) > 5.0 * at(SATURDAY, 8 * 60 + 2));
    let week = forecast.share(WEDNESDAY, WEDNESDAY + 7 * DAY as i64) / (7.0 * DAY);
    assert!((week - 1.0).abs() < 0.02, "over a week the shape is 1 on average: {week}");
}

#[test]
fn the_rate_is_learned_from_the_first_reading_on_and_forgotten_by_half_in_two_weeks() {
    let dates: Vec<_> = (0..20).map(|n| Some(WEDNESDAY - n * 2 * HOUR as i64)).collect();
    let seeded = Rhythm::default().after(&shown(&dates, 20), WEDNESDAY);
    assert!((9.0..15.0).contains(&seeded.items_a_day()), "{}", seeded.items_a_day());
    let busy = learned(&[600, 660, 720, 780], 60);
    let silent = busy.clone().after(&shown(&[], 20), WEDNESDAY - HOUR as i64 + 14 * DAY as i64);
    let ratio = silent.items_a_day() / busy.items_a_day();
    assert!((0.45..0.6).contains(&ratio), "{ratio}");
}

#[test]
fn what_a_silence_misses_is_judged_by_what_was_before_it() {
    let weekly = (0..10).fold(Rhythm::default(), |rhythm, week| {
        let at = WEDNESDAY + week * 7 * DAY as i64;
        rhythm.after(&shown(&[Some(at)], 20), at)
    });
    let (since, mut silent) = (WEDNESDAY + 9 * 7 * DAY as i64, weekly);
    let mut at = since;
    while at < since + 8 * 7 * DAY as i64 {
        at += HOUR as i64;
        silent = silent.after(&shown(&[], 20), at);
    }
    assert!((6.0..12.0).contains(&silent.missed(since, at)), "{} in eight weeks", silent.missed(since, at));
    assert!(silent.expected(since, at) < 2.0, "though by now little is expected of it");
}

#[test]
fn a_wave_of_news_raises_what_is_expected_for_hours() {
    let calm = learned(&[600, 660, 720], 28);
    let now = WEDNESDAY + 11 * HOUR as i64;
    let wave: Vec<_> = (1..=12).map(|n| Some(now - n * MINUTE)).collect();
    let (before, during) = (calm.forecast().rate, calm.clone().after(&shown(&wave, 20), now).forecast().rate);
    assert!(during > 3.0 * before, "{during} {before}");
    let after = calm.after(&shown(&wave, 20), now).after(&shown(&[], 20), now + 3 * DAY as i64).forecast().rate;
    assert!(after < 2.0 * before, "{after} {before}");
}

#[test]
fn dates_that_cannot_be_are_spread_over_the_time_between_two_readings() {
    let start = Rhythm::default().after(&shown(&[], 0), WEDNESDAY);
    let odd = [None, Some(0), Some(i64::MAX), Some(WEDNESDAY - 1)];
    let read = start.after(&shown(&odd, 4), WEDNESDAY + 4 * HOUR as i64);
    let hours: Vec<f32> = (0..4).map(|hour| read.hours[hour]).collect();
    assert!(hours.iter().all(|count| *count > 0.9), "{hours:?}");
}

#[test]
fn it_is_small_and_survives_being_stored() {
    let rhythm = learned(&[8 * 60 + 2, 8 * 60 + 32, 14 * 60 + 47], 60);
    let stored = serde_json::to_string(&rhythm).expect("numbers");
    assert!(stored.len() < 1_500, "{}", stored.len());
    let read: Rhythm = serde_json::from_str(&stored).expect("its own text");
    let near = |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 0.05);
    assert!(near(&read.hours, &rhythm.hours) && near(&read.parts, &rhythm.parts), "{stored}");
    let scalars = |r: &Rhythm| [r.items, r.matched, r.seconds as f32, r.recent, r.expected, r.before_silence];
    assert!(
        scalars(&read).iter().zip(scalars(&rhythm)).all(|(a, b)| (a - b).abs() <= 0.05_f32.max(b / 1e6)),
        "{stored}"
    );
    assert_eq!((read.read, read.window), (rhythm.read, rhythm.window));
}

#[test]
fn clocks_that_jump_break_nothing() {
    let rhythm =
        learned(&[600], 7).after(&shown(&[Some(5)], 1), 0).after(&shown(&[Some(i64::MIN), None], 1), i64::MAX / 4);
    assert!(rhythm.forecast().rate.is_finite() && rhythm.items_a_day() > 0.0);
}

#[test]
fn a_feed_whose_items_alert_matters_more() {
    let now = WEDNESDAY;
    let all = Shown { dates: vec![None; 40], matched: 40, items: 40 };
    let none = Shown { matched: 0, ..all.clone() };
    let interest = |shown: &Shown| Rhythm::default().after(shown, now).interest();
    assert_eq!(interest(&none), 1.0);
    assert!((7.0..=MOST_INTEREST).contains(&interest(&all)), "{}", interest(&all));
}
