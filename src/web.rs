//! The admin API: what newswatch knows, as JSON over a Unix socket, and the same answers without a daemon. What people
//! make of alerts goes the other way.
//!
//! For hubs there is a [`callback`], a server of its own.
//!
//! [`Admin`] answers from the store. A daemon serves it on its socket ([`serve`]), so that commands reach the store
//! that the daemon holds; without a daemon a command opens the store and asks an `Admin` of its own.

mod admin;
pub mod callback;
mod drill;
mod feeds;
mod guest;
mod handle;
mod queue;
mod report;
mod search;
mod server;
mod silence;
mod story;
mod suppressed;

pub use admin::{Admin, AdminError, Running};
pub use drill::{DRILL_TIMEOUT, DrillOrder, DrillReport, Drilling, MAX_DRILLS};
pub use handle::Handles;
pub use queue::{Steered, Steering};
pub use report::{
    ConditionReport, ExplainReport, FeedReport, FeedsSummary, HubReport, Labelling, StatusReport, WhyReport,
};
pub use server::{SOCKET_NAME, bind, serve};
pub use silence::{MAX_SILENCE, Meant, PREVIEW_DAYS, SilenceReport, Silencing};
pub use story::{Amending, ReportReport, StoryReport, told_by};
pub use suppressed::{MAX_SUPPRESSED, SuppressedQuery, SuppressedReport, SuppressedRow};
