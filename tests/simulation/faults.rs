//! What befalls an await, and the weather in which targets and publishers fail for a while.

use std::ops::Range;

use crate::gate::Gate;
use crate::news::{HOUR, MINUTE};

/// How much goes wrong in a world.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    /// In 1/10,000 at each await that matters.
    pub death: u32,
    /// The same, for a store that fails without the process dying of it at once.
    pub failure: u32,
    /// In 256 at each request.
    pub fetch: u8,
    /// In 256 at each attempt.
    pub notify: u8,
}

impl Faults {
    pub fn of(gate: &Gate) -> Self {
        let mut dice = gate.dice("faults", 0);
        Self {
            death: dice.choice([0, 50, 100, 200, 400]).unwrap(),
            failure: dice.choice([0, 0, 20, 60]).unwrap(),
            fetch: dice.choice([0, 20, 80, 120]).unwrap(),
            notify: dice.choice([0, 20, 60, 120]).unwrap(),
        }
    }
}

/// Whether it befalls this one, which happens `rate` times in 10,000.
pub fn befalls(gate: &Gate, dice: &mut fastrand::Rng, rate: u32) -> bool {
    let drawn = dice.u32(0..10_000);
    !gate.is_calm() && drawn < rate
}

/// Times in which somebody is out of order, and how.
pub fn outages(gate: &Gate, whose: &str, kinds: u8, end: u64) -> Vec<(Range<u64>, u8)> {
    let mut dice = gate.dice(&format!("weather of {whose}"), 0);
    let count = dice.choice([0, 0, 1, 1, 2, 3]).unwrap();
    let one = |_| {
        let from = dice.u64(0..end);
        let lasts = if dice.bool() { dice.u64(MINUTE..20 * MINUTE) } else { dice.u64(20 * MINUTE..3 * HOUR) };
        (from..from + lasts, dice.u8(0..kinds))
    };
    (0..count).map(one).collect()
}

/// How it is out of order at `now`, if it is.
pub fn weather(outages: &[(Range<u64>, u8)], now: u64) -> Option<u8> {
    outages.iter().find(|(time, _)| time.contains(&now)).map(|(_, kind)| *kind)
}
