//! Floor 1: when a delivery goes out, and in whose company.
//!
//! A [`Pacer`] knows the manner in which its target wants to be told and what it was told lately; [`Health`] knows how the
//! target has taken it. Both are plain reckoning: the lane that owns them brings the time.

mod health;
mod pacer;

pub use health::{FAILING_AFTER, Health, MAX_PROBE_INTERVAL};
pub use pacer::{Company, MAX_GROUPS, Pacer, Turn};
