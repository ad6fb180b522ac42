//! The targets of a world, each with a manner of its own.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use newswatch::model::{
    Calendar, Days, Fallback, GroupBy, Grouping, Hours, Manner, Rate, Target, TargetKind, TerminalTarget, WebhookTarget,
};

use crate::gate::Gate;

/// Who hears of trouble, and never has a manner.
pub const OWNER: &str = "owner";
const NAMES: [&str; 3] = ["desk", "phone", "pager"];

/// Two to four of them; the first is the owner.
pub fn targets(gate: &Gate) -> Vec<Target> {
    let mut dice = gate.dice("targets", 0);
    let count = dice.usize(1..=NAMES.len());
    let mut targets = vec![target(&mut dice, OWNER, Manner::default())];
    for name in &NAMES[..count] {
        let mut manner = manner(&mut dice);
        if *name == "desk" && dice.bool() {
            let target = if count > 1 && dice.bool() { NAMES[1] } else { OWNER };
            let after = Duration::from_mins(dice.u64(3..20));
            manner.fallback = Some(Fallback { target: target.to_owned(), after });
        }
        targets.push(target(&mut dice, name, manner));
    }
    targets
}

fn target(dice: &mut fastrand::Rng, name: &str, manner: Manner) -> Target {
    let webhook = WebhookTarget { url: "https://target.example/".parse().unwrap(), keys: Vec::new() };
    let kind = match dice.u8(0..3) {
        0 => TargetKind::Terminal(TerminalTarget::default()),
        _ => TargetKind::Webhook(Box::new(webhook)),
    };
    Target { manner, ..Target::new(name, kind, Duration::from_mins(dice.u64(60..720))) }
}

fn manner(dice: &mut fastrand::Rng) -> Manner {
    let mut manner = Manner::default();
    for _ in 0..dice.usize(0..=2) {
        match dice.u8(0..5) {
            0 => {
                let times = (0..24).step_by(dice.usize(2..5)).map(|hour| time(hour, 30)).collect();
                manner.digest = Some(Calendar { days: Days::ALL, times, zone: TimeZone::UTC });
            }
            1 | 2 => {
                let (from, lasts) = (dice.i8(0..24), dice.i8(1..4));
                let (from, to) = (time(from, dice.i8(0..60)), time((from + lasts) % 24, 0));
                manner.quiet_hours = vec![Hours { days: Days::ALL, from, to, zone: TimeZone::UTC }];
            }
            3 => {
                let by = if dice.bool() { GroupBy::Watch } else { GroupBy::Story };
                let (wait, interval) = (Duration::from_secs(dice.u64(10..300)), Duration::from_mins(dice.u64(5..40)));
                manner.group = Some(Grouping { by, wait, interval });
            }
            _ => {
                manner.rate = Some(Rate { messages: dice.u32(1..4), per: Duration::from_mins(dice.u64(1..30)) });
            }
        }
    }
    manner
}

fn time(hour: i8, minute: i8) -> Time {
    Time::constant(hour, minute, 0, 0)
}
