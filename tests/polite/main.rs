//! How feeds are polled politely, over days of virtual time: the real poller, fetcher, parser and store against origins that
//! record every byte. A test a row, in the order of the README's table "Polite by default".

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod held;
mod origin;
mod world;

mod clock;
mod coverage;
mod crowds;
mod hints;
mod hosts;
mod push;
mod redirects;
mod validators;
