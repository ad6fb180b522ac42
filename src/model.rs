//! Floor 0: plain values that every floor shares.
//!
//! Nothing here does I/O, reads a clock or rolls dice. A value is built by one floor and read by the others; what it
//! may contain is said where it is defined. The words are those of the field: a **Feed** publishes **Items**; a
//! **Watch** turns an item into a **Match** with **Hits**; a match raises an **Alert**; an alert × a **Target** is a
//! **Delivery**, which waits in the outbox until it is accepted or becomes a dead letter.

mod access;
mod alert;
mod amendment;
mod asked;
mod budget;
mod condition;
mod cookie;
mod count;
mod delivery;
mod due;
mod feed;
mod hours;
mod id;
mod item;
mod label;
mod links;
mod manner;
mod matched;
mod moved;
pub mod points;
mod query;
mod record;
mod rhythm;
mod route;
mod secret;
mod seen;
mod service;
mod silence;
mod spread;
mod subscription;
mod target;
mod thread;
mod traffic;
mod trouble;
mod unguessable;
mod watch;

pub use access::{Access, Credentials};
pub use alert::{
    Alert, AlertKind, Arrival, DRILL_WATCH, Lead, MAX_LEAD_TEXT_BYTES, MAX_LINK_BYTES, MAX_MEMBER_TEXT_BYTES,
    MAX_MEMBERS, Member,
};
pub use amendment::{Amendment, MAX_SIDE, Pair, Said, Side};
pub use asked::{Asked, Skip};
pub use budget::Budget;
pub use condition::{Condition, ConditionKind, Coverage, Gap};
pub use cookie::Cookie;
pub use count::Count;
pub use delivery::{DeadLetter, Delivery, DeliveryState, Digested, Hold, Sent};
pub use due::{Because, Due};
pub use feed::{Edits, Feed, FeedState, Health, Source, Validators};
pub use hours::{Calendar, Days, Hours, end_of};
pub use id::{AlertId, DeliveryId, FeedId, IdError, ItemId, SilenceId, StoryId};
pub use item::{Field, Item};
pub use label::{Label, Verdict};
pub use links::Links;
pub use manner::{Fallback, GroupBy, Grouping, Manner, Rate};
pub use matched::{Form, Hit, Match, Part};
pub use moved::Moved;
pub use query::{
    Atom, Leaf, LeafId, Loose, MAX_NEAR_WORDS, MAX_QUERY_BYTES, MAX_QUERY_DEPTH, MAX_QUERY_LEAVES, MAX_QUERY_REGEXES,
    MAX_QUERY_TERM_BYTES, MAX_REGEX_BYTES, MAX_REGEX_PROGRAM_BYTES, MAX_SLOP, MIN_PREFIX_LETTERS, Near, Node, Query,
    QueryError, Seek, pattern,
};
pub use record::{Decision, Outcome, Record, Suppression};
pub use rhythm::Rhythm;
pub use route::Route;
pub use secret::Secret;
pub use seen::{
    ItemKeys, MAX_TOLD, SEEN_KEEP_DAYS, Seen, SeenError, SeenItem, same_sketches, similar_sketches, title_sketch,
};
pub use service::{ExecTarget, Service, ServiceTarget, Severity, Wording};
pub use silence::{MAX_SILENCE_TEXT_BYTES, Silence};
pub use spread::Spread;
pub use subscription::{Intent, Lease, Subscription};
pub use target::{EmailTarget, SmtpTls, Target, TargetKind, TerminalFormat, TerminalTarget, WebhookTarget};
pub use thread::{
    Followed, MAX_COUNTS, MAX_FOLLOWED, MAX_FOLLOWED_TITLE_BYTES, MAX_HEADLINE_BYTES, MAX_ORIGINS, MAX_OUTLETS,
    MAX_SKETCHES, MIN_MISSING, Origin, Standing, Thread,
};
pub use traffic::Traffic;
pub use trouble::Trouble;
pub use unguessable::Unguessable;
pub use watch::{Golden, Realert, Role, Term, Watch};

/// Longest explanation that is kept with a feed or a delivery, in bytes.
pub const MAX_REASON_BYTES: usize = 500;

/// The longest beginning of `text` within `most` bytes that ends between two characters.
pub fn clip(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
