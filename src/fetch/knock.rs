//! What hubs bring to the callback, on its way to whoever knows the subscriptions.
//!
//! The callback's server knows no feed and decides nothing: it sends a knock and waits for the reply to answer by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::model::Unguessable;

/// Knocks that may wait for whoever takes them.
pub const MAX_KNOCKS: usize = 16;

/// Whose subscription each token is, by the place of its feed: known to who takes the knocks, and to the callback, which sends
/// strangers away before they have said anything.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Arc<Mutex<HashMap<Unguessable, usize>>>);

impl Tokens {
    /// The feed of a token.
    pub fn feed(&self, token: &Unguessable) -> Option<usize> {
        self.lock().get(token).copied()
    }

    /// From now on the token is that of the feed at this place.
    pub fn insert(&self, token: Unguessable, feed: usize) {
        self.lock().insert(token, feed);
    }

    /// From now on nobody knows it.
    pub fn remove(&self, token: &Unguessable) {
        self.lock().remove(token);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Unguessable, usize>> {
        // Whoever panicked has left it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call at the callback.
#[derive(Debug)]
pub enum Knock {
    /// A hub asks whether it was us who asked it, or says that it will not.
    Verify {
        /// Of which subscription.
        token: Unguessable,
        /// The query of the request, as it came.
        query: String,
        /// What to echo; `None` refuses. A denial is echoed with nothing.
        reply: oneshot::Sender<Option<String>>,
    },
    /// A hub pushes.
    Ping(Ping),
}

/// A document that was pushed; not yet believed.
#[derive(Debug)]
pub struct Ping {
    /// To which subscription.
    pub token: Unguessable,
    /// `X-Hub-Signature`.
    pub signature: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// As it came: this is what is signed.
    pub body: Vec<u8>,
    /// What became of it.
    pub reply: oneshot::Sender<Pinged>,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinged {
    /// Whatever it brought is committed, or was known.
    Durable,
    /// It was not believed. The hub hears nothing of that (WebSub, 7.1).
    Ignored,
    /// No subscription has this token.
    Unknown,
    /// It could not be taken now: the hub is to try again.
    Busy,
}
