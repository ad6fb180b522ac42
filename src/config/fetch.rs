//! `[fetch]`: bounds on requests.

use std::time::Duration;

use toml::de::DeTable;

use super::diagnostic::{At, Fault};
use super::quantity::seconds;
use super::reader::Reader;
use super::section::Section;
use super::words;

/// Bounds on requests, of all and of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchLimits {
    /// To a connection.
    pub connect_timeout: Duration,
    /// To the last byte of a response, redirects included.
    pub total_timeout: Duration,
    /// Of a response, decoded.
    pub max_body_bytes: u64,
    /// Redirects followed.
    pub max_redirects: u32,
    /// Between two requests to one host.
    pub host_gap: Duration,
    /// Requests at once.
    pub max_in_flight: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            connect_timeout: seconds(10),
            total_timeout: seconds(20),
            max_body_bytes: 10 << 20,
            max_redirects: 5,
            host_gap: seconds(1),
            max_in_flight: 64,
        }
    }
}

/// Reads the table; what it does not say stays at its default.
pub(super) fn read(table: At<&DeTable<'_>>, reader: &mut Reader<'_>) -> FetchLimits {
    let section = Section::open(table, words::FETCH, &[], reader);
    let default = FetchLimits::default();
    let timeouts = Duration::from_millis(100)..=seconds(600);
    let connect_timeout = section.duration("connect_timeout", timeouts.clone(), reader);
    let total_timeout = section.duration("total_timeout", timeouts, reader);
    let max_redirects = section.integer("max_redirects", 0..=20, reader).and_then(|n| u32::try_from(n).ok());
    let max_in_flight = section.integer("max_in_flight", 1..=4096, reader).and_then(|n| usize::try_from(n).ok());
    if let (Some(connect), Some(total)) = (connect_timeout, total_timeout)
        && connect > total
    {
        let fault = Fault::new("`connect_timeout` is longer than `total_timeout`, which includes it");
        reader.report(fault.at(section.key_span("connect_timeout")));
    }
    FetchLimits {
        // A short total is enough said: the default for connecting yields to it.
        connect_timeout: connect_timeout.unwrap_or(default.connect_timeout.min(total_timeout.unwrap_or(Duration::MAX))),
        total_timeout: total_timeout.unwrap_or(default.total_timeout.max(connect_timeout.unwrap_or_default())),
        max_body_bytes: section.size("max_body", 1 << 10..=1 << 30, reader).unwrap_or(default.max_body_bytes),
        max_redirects: max_redirects.unwrap_or(default.max_redirects),
        host_gap: section.duration("host_gap", seconds(0)..=seconds(3600), reader).unwrap_or(default.host_gap),
        max_in_flight: max_in_flight.unwrap_or(default.max_in_flight),
    }
}
