use super::*;
use crate::model::Rhythm;

const BOUNDS: (i64, i64) = (300, 86_400);

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn outlook() -> Outlook {
    Outlook::of(&Rhythm::default())
}

fn plan(last: Timestamp) -> Plan {
    Plan {
        outlook: outlook(),
        last,
        not_before: last,
        skip: Skip::default(),
        bounds: BOUNDS,
        jitter: SignedDuration::ZERO,
    }
}

fn pace(feeds: usize, polls_a_day: f64) -> Pace {
    let (outlook, rate) = (outlook(), polls_a_day * feeds as f64 / 86_400.0);
    let price = Price::new(rate, BOUNDS.0, BOUNDS.1, &vec![outlook; feeds], 0.0);
    Pace::new(price, feeds, at(0))
}

#[test]
fn the_budget_is_spent_and_not_more() {
    let mut pace = pace(50, 24.0);
    for feed in 0..50 {
        pace.plan(feed, plan(at(0)));
    }
    let (mut spent, mut now) = ([0; 10], at(0));
    while now < at(10 * 24 * 60) {
        now = pace.next().expect("fifty feeds").max(now);
        if let Some(feed) = pace.pop(now) {
            pace.spend();
            pace.plan(feed, plan(now));
            if let Some(day) = spent.get_mut(now.as_second() as usize / 86_400) {
                *day += 1;
            }
        }
    }
    let total: i32 = spent.iter().sum();
    assert!((11_880..=12_120).contains(&total), "{total}");
    assert!(spent.iter().all(|day| *day <= 1_500), "{spent:?}");
}

#[test]
fn feeds_come_in_the_order_in_which_they_are_due() {
    let mut pace = pace(3, 24.0);
    pace.fix(0, at(7));
    pace.fix(1, at(3));
    pace.fix(2, at(90));
    assert_eq!((pace.pop(at(2)), pace.next()), (None, Some(at(3))));
    assert_eq!([pace.pop(at(8)), pace.pop(at(8)), pace.pop(at(8))], [Some(1), Some(0), None]);
}

#[test]
fn a_machine_that_slept_polls_nothing_twice_and_owes_no_polls() {
    let mut pace = pace(20, 24.0);
    for feed in 0..20 {
        pace.plan(feed, plan(at(0)));
    }
    let morning = at(3 * 24 * 60);
    let mut polled = 0;
    while let Some(feed) = pace.pop(morning) {
        pace.spend();
        pace.plan(feed, plan(morning));
        polled += 1;
    }
    assert_eq!(polled, 20);
    let soon = pace.next().expect("twenty feeds").duration_since(morning);
    assert!(soon > SignedDuration::from_mins(30), "{soon:?}");
}

#[test]
fn a_plan_waits_for_what_the_publisher_allows() {
    let mut pace = pace(1, 24.0);
    let allowed = at(600);
    assert_eq!(pace.plan(0, Plan { not_before: allowed, ..plan(at(0)) }), allowed);
    assert_eq!(pace.pop(at(599)), None);
    assert_eq!(pace.pop(allowed), Some(0));
}

#[test]
fn a_plan_that_moves_ahead_of_an_hour_to_skip_is_not_made_good_in_it() {
    let nights = Skip { hours: 1 << 22, days: 0 };
    let plan = Plan { skip: nights, bounds: (300, 300), ..plan(at(21 * 60 + 30)) };
    let price = pace(1, 24.0).price();
    assert_eq!(plan.due(&price), at(21 * 60 + 35));
    assert_eq!(plan.due_from(at(22 * 60 + 10), &price), at(23 * 60));
    let second = SignedDuration::from_secs(1);
    let plan = Plan { last: at(21 * 60 + 55) - second, jitter: 2 * second, ..plan };
    assert_eq!(plan.due(&price), at(23 * 60) + 2 * second, "jitter leads into no hour to skip");
}
