//! Pushes instead of polls: the rules of a WebSub subscriber (W3C Recommendation of 2018), apart from any network.
//!
//! ```text
//! discover    which hub pushes a feed, and what the feed is called there
//! form        what the hub is asked
//! course      a subscription from the request to the end of its lease
//! challenge   the hub asks back whether it was really us
//! signature   a push is believed only if it is signed
//! trust       how rarely a feed is polled that is pushed
//! ```
//!
//! A push is a hint that there is news, and never the only way to hear of it: hubs forget, leases end, callbacks become
//! unreachable. So a feed that is pushed is still polled, only more rarely ([`SAFETY_NET`]), and a push that was missed
//! ends the trust until a good one comes.

mod challenge;
mod course;
mod discover;
mod form;
mod signature;
mod trust;

pub use challenge::{Answer, DEFAULT_LEASE, LONGEST_LEASE, MAX_CHALLENGE_BYTES, SHORTEST_LEASE, challenge};
pub use course::{
    DISOWNED_FOR, DISOWNED_READINGS, FIRST_RETRY, LAST_RETRY, asked, confirmed, denied, disowned, missed, pinged,
    refused, renew_at,
};
pub use discover::{Found, MAX_URL_BYTES, discover};
pub use form::{WANTED_LEASE, callback, form};
pub use signature::verify;
pub use trust::{SAFETY_NET, trusted};
