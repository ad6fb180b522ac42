//! The rig is tested before it is trusted: each part against plain sockets, other people's programs and fixed vectors.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

#[path = "../support/mod.rs"]
mod support;

mod client;

mod binary;
mod feed_server;
mod mail;
mod power;
mod probe;
mod shim;
mod webhook_receiver;
