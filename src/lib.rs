//! newswatch watches news feeds and tells people, within moments and with few false alarms, when what they wait for is
//! published.
//!
//! # An item's trip: seven stops
//!
//! 1. [`schedule`] says that the feed is due.
//! 2. [`fetch`] makes one bounded, conditional, polite request.
//! 3. [`parse`] turns bytes into items with stable keys, whatever the publisher got wrong; [`recognise`] says which are
//!    known.
//! 4. [`matcher`] scores each new item against every watch, in one pass, with its evidence.
//! 5. [`story`] says whether this is news or another outlet's copy of it.
//! 6. [`store`] commits the poll: ONE transaction with seen items, validators, schedule, alerts and one outbox row a
//!    target. Durable on return.
//! 7. [`delivery`] claims the outbox row, a notifier sends it, the outcome is recorded: sent, retry at, or dead.
//!
//! A crash before 6 fetches again; a crash after 6 sends again. Data waits on disk, and delivery is merely woken: a slow
//! mail server never slows polling.
//!
//! # The house
//!
//! Imports go down only; modules of one floor do not import each other. `tests/architecture.rs` holds this.
//!
//! ```text
//! 5 door      main → cli                              what a person types
//! 4 assembly  daemon, web                             build, wire, supervise, stop; the admin API, the callback
//! 3 flow      poller  delivery  objective  reminder     the two halves of the trip, who times it, who insists
//! 2 edges     clock  fetch  store  notify             the world's time and dice, network, disk, targets
//! 1 pure      config  parse  recognise  matcher  story                   no tokio, files, network, clock, randomness
//!             schedule  coverage  latency  backoff  address  websub  route  silence  dispatch  token  template
//! 0 ground    model  text                             plain values; how written words compare
//! ```

pub mod address;
pub mod backoff;
pub mod cli;
pub mod clock;
pub mod config;
pub mod coverage;
pub mod daemon;
pub mod delivery;
pub mod dispatch;
pub mod fetch;
pub mod latency;
pub mod matcher;
pub mod model;
pub mod notify;
pub mod objective;
pub mod parse;
pub mod poller;
pub mod recognise;
pub mod reminder;
pub mod route;
pub mod schedule;
pub mod silence;
pub mod store;
pub mod story;
pub mod template;
pub mod text;
pub mod token;
pub mod web;
pub mod websub;
