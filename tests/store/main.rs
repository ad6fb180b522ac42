//! The store: one conformance suite for every backend, and what is the embedded one's own.

#![allow(clippy::unwrap_used, reason = "tests")]

mod conformance;
mod embedded;
mod labels;
mod manner;
mod queue;
mod stories;
mod values;
