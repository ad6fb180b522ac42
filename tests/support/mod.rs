//! The test rig: real servers for the daemon to talk to, the real binary to start, and a disk that loses power.
//!
//! Written against the documented interface of `newswatch` and nothing else: no part of it uses code of the product.
//! `tests/rig/` tests the rig itself. Another test uses it with `mod support;`.
//!
//! | part | is |
//! |---|---|
//! | [`feed_server`] | an HTTP server whose answers are scripted path by path |
//! | [`tls_server`] | a feed over TLS, with a good certificate or a bad one |
//! | [`webhook_receiver`] | a receiver that verifies Standard Webhooks signatures |
//! | [`hub`] | a WebSub hub, with good manners or bad |
//! | [`smtp_server`] | a mail server that fails where it is told to |
//! | [`aiosmtpd`] | a mail server that others wrote |
//! | [`python`] | programs that others wrote, over JSON |
//! | [`binary`] | the program in a house of its own: run, watched, killed |
//! | [`shim`] | the disk: what a power cut leaves, kill points, faults |
//!
//! Waiting is always for something and never longer than a deadline: see [`journal`].

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of the rig")]
#![allow(clippy::unwrap_used, reason = "a rig that breaks shall fail the test at once")]
#![allow(clippy::disallowed_methods, reason = "the rig is the world: its time is the real one")]

pub mod aiosmtpd;
pub mod binary;
pub mod call;
pub mod certificate;
pub mod feed_server;
pub mod http;
pub mod hub;
pub mod journal;
pub mod listener;
pub mod python;
pub mod reply;
pub mod shim;
pub mod signature;
pub mod smtp_server;
pub mod smtp_session;
pub mod tls_server;
pub mod webhook_receiver;

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Longer than anything on this machine takes; only a failure waits for it.
pub const SOON: Duration = Duration::from_secs(20);

/// Says that a test cannot run here. With `NEWSWATCH_TEST_REQUIRE=1`, as on the build server, that is a failure.
pub fn skip(reason: &str) {
    assert!(std::env::var_os("NEWSWATCH_TEST_REQUIRE").is_none_or(|v| v != "1"), "required, but: {reason}");
    // Not `eprintln!`, which the test harness would swallow.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// Locks what another thread may have held while it panicked; that thread's panic is the one worth reading.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
