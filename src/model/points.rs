//! Points: what evidence is worth, in hundredths of a score, so that sums are exact.

/// For the best strong hit in title, summary, body.
pub const STRONG: [i32; 3] = [90, 75, 60];
/// For the best weak hit in title, summary, body, where no strong term was found.
pub const WEAK: [i32; 3] = [40, 35, 25];
/// For a second and a third strong term.
pub const FURTHER_STRONG: [i32; 2] = [5, 5];
/// For the first, second and third context term.
pub const CONTEXT: [i32; 3] = [20, 15, 10];
/// What the first, second and third counter-term take away.
pub const AGAINST: [i32; 3] = [35, 35, 20];
/// The first of them where the counter-term stands right beside the hit.
pub const AGAINST_BESIDE: i32 = 45;
/// What a hit in another spelling or another script weighs less.
pub const OTHER_SPELLING: i32 = 10;
/// The highest score.
pub const MOST: i32 = 100;
