//! How many requests polling may make.

use std::fmt;

/// Shared out so that news is seen soonest; feeds with an interval of their own (`every`) are beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// So many requests a day for each feed, on average.
    PerFeedDay(u32),
    /// So many requests a minute for all feeds together, on average.
    PerMinute(u32),
}

impl Default for Budget {
    /// 96 requests a feed a day: one in 15 minutes.
    fn default() -> Self {
        Self::PerFeedDay(96)
    }
}

impl Budget {
    /// Requests a second that `feeds` feeds may make.
    pub fn rate(self, feeds: usize) -> f64 {
        match self {
            Self::PerFeedDay(requests) => f64::from(requests) * feeds as f64 / 86_400.0,
            Self::PerMinute(requests) => f64::from(requests) / 60.0,
        }
    }
}

impl fmt::Display for Budget {
    /// As the configuration has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerFeedDay(requests) => write!(f, "{requests}/feed/day"),
            Self::PerMinute(requests) => write!(f, "{requests}/min"),
        }
    }
}
