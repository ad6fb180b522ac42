use proptest::prelude::*;

use super::super::Shown;
use super::*;
use crate::model::Rhythm;

const DAY: i64 = 86_400;
const MONDAY: i64 = 19_996 * DAY;
const TERMS: Terms = Terms { price: 1.0, patience: 1e9, shortest: 300, longest: DAY };

/// A feed that is read once an hour and has one item at this second of each.
fn hourly(second: i64, days: i64) -> Outlook {
    let mut rhythm = Rhythm::default();
    for hour in 0..days * 24 {
        let now = MONDAY - days * DAY + hour * 3_600;
        rhythm = rhythm.after(&Shown { dates: vec![Some(now - 3_600 + second)], matched: 0, items: 20 }, now);
    }
    Outlook::new(rhythm.forecast(), 1.0, 0)
}

#[test]
fn where_news_comes_evenly_the_interval_grows_with_the_root_of_the_price() {
    let outlook = Outlook::new(Rhythm::default().forecast(), 1.0, 0);
    for price in [1e7, 4e7, 16e7] {
        let due = outlook.due(MONDAY, &Terms { price, ..TERMS }) - MONDAY;
        let even = (2.0 * price / outlook.weight).sqrt();
        assert!((due as f64 / even - 1.0).abs() < 0.02, "{due} {even}");
    }
}

#[test]
fn a_feed_is_polled_behind_the_minutes_in_which_it_publishes() {
    let outlook = hourly(1_000, 28);
    let price = outlook.weight * 3_600.0 * 1_000.0;
    let due = outlook.due(MONDAY + 1_200, &Terms { price, ..TERMS });
    let minute = due.rem_euclid(3_600) / 60;
    assert!((17..26).contains(&minute), "at minute {minute}, and news comes at 16");
}

#[test]
fn what_waits_too_long_is_fetched_sooner() {
    let outlook = Outlook::new(Rhythm::default().forecast(), 1.0, 0);
    let terms = Terms { price: outlook.weight * 1e9, ..TERMS };
    let impatient = Terms { patience: 10_000.0, ..terms };
    assert!(outlook.due(MONDAY, &impatient) < outlook.due(MONDAY, &terms));
}

#[test]
fn a_feed_is_read_before_its_window_has_turned_over() {
    let busy = |window: u32| Outlook { window: f64::from(window), ..hourly(1_000, 28) };
    let terms = Terms { price: 1e30, ..TERMS };
    assert_eq!(busy(0).due(MONDAY, &terms), MONDAY + DAY);
    let due = busy(20).due(MONDAY, &terms) - MONDAY;
    assert!((4 * 3_600..7 * 3_600).contains(&due), "{due}");
}

#[test]
fn an_interesting_feed_is_polled_more_often() {
    let forecast = Rhythm::default().forecast();
    let terms = Terms { price: 1e8, ..TERMS };
    let due = |interest| Outlook::new(forecast.clone(), interest, 0).due(MONDAY, &terms);
    assert!(due(4.0) < due(1.0));
}

proptest! {
    #[test]
    fn the_bounds_hold_whatever_the_price(price in 0.0f64..1e30, patience in 1.0f64..1e6, last in -DAY..MONDAY) {
        let terms = Terms { price, patience, ..TERMS };
        let due = hourly(500, 2).due(last, &terms) - last;
        prop_assert!((300..=DAY).contains(&due), "{}", due);
    }
}
