//! Whole trips: the real program between real servers, from an item in a feed to an alert at its target.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests of the real world")]

#[path = "../support/mod.rs"]
mod support;

mod desk;

mod access;
mod backtest;
mod bombs;
mod commands;
mod drill;
mod email;
mod explain;
mod feeds;
mod first;
mod hostile;
mod hosts;
mod http;
mod inspect;
mod label;
mod links;
mod outbox;
mod quickstart;
mod silence;
mod story;
mod targets;
mod webhook;
mod websub;
