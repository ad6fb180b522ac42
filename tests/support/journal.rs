//! What happened, in order, and a way to wait for it.

use std::fmt::Debug;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::lock;

/// A list that only grows and that others can watch grow.
pub struct Journal<T> {
    entries: Mutex<Vec<T>>,
    grown: Condvar,
}

impl<T> Default for Journal<T> {
    fn default() -> Self {
        Self { entries: Mutex::default(), grown: Condvar::new() }
    }
}

impl<T: Clone + Debug> Journal<T> {
    /// Adds an entry and wakes whoever waits.
    pub fn push(&self, entry: T) {
        lock(&self.entries).push(entry);
        self.grown.notify_all();
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<T> {
        lock(&self.entries).clone()
    }

    /// Waits until `done` says yes to everything so far, and returns that; `None` when `within` passes first.
    pub fn watch(&self, within: Duration, mut done: impl FnMut(&[T]) -> bool) -> Option<Vec<T>> {
        let entries = lock(&self.entries);
        let (entries, _) = self
            .grown
            .wait_timeout_while(entries, within, |entries| !done(entries))
            .unwrap_or_else(PoisonError::into_inner);
        done(&entries).then(|| entries.clone())
    }

    /// As [`Journal::watch`], but failing the test, with all that did happen, instead of returning nothing.
    #[track_caller]
    pub fn wait_for(&self, what: &str, within: Duration, done: impl FnMut(&[T]) -> bool) -> Vec<T> {
        match self.watch(within, done) {
            Some(entries) => entries,
            None => panic!("waited {within:?} for {what}; there was only: {:#?}", self.all()),
        }
    }
}
