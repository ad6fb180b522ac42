//! Every kind of target: what it is sent, how much of it, and that nothing which a stranger wrote acts there.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

#[path = "../support/mod.rs"]
mod support;

mod desk;

mod canary;
mod digests;
mod exec;
mod services;
mod words;
