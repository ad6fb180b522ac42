//! What notifiers send, read by those who are to understand it: mails by Python's `email`, signatures by the reference
//! library of Standard Webhooks, bodies by their JSON Schema; and what becomes of a delivery when the other side fails.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

#[path = "../support/mod.rs"]
mod support;

mod alerts;
mod sender;

mod mail;
mod refused;
mod strangers;
mod webhook;
